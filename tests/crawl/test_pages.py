"""Which articles want their page, and what is kept of one that was fetched."""

from dataclasses import replace
from datetime import timedelta

import pytest

from labtape.crawl.pages import MAX_PER_VISIT, page_visit, pages_wanted, refused_visit
from labtape.crawl.visits import shown_hash
from labtape.exceptions import FetchError, ReadError
from labtape.ports import Poll
from labtape.read import Page

from .samples import DAY, FEED, HOUR, LONG, NOW, answer, arrival

SHORT = arrival("1", "A lab released a model.")
WHOLE = arrival("2", LONG)
PAGE = Page(title="Title 1", text=LONG)
MINUTE = timedelta(minutes=1)


def wanted(*arrivals, feed=FEED, **facts):
    return [a.article.id for a in pages_wanted(feed, arrivals, **({"now": NOW} | facts))]


def attempt(status="failed", *, of=SHORT, ago=HOUR, kind="timeout", http=None):
    return Poll(
        FEED.url,
        NOW - ago,
        status,
        kind="page",
        address=of.article.url,
        body_hash=shown_hash(of),
        error_kind=kind if status == "failed" else None,
        http_status=http,
    )


# ---------------------------------------------------------------- which


def test_short_articles_want_their_page_long_ones_do_not():
    assert wanted(SHORT, WHOLE) == ["1"]


@pytest.mark.parametrize(("policy", "ids"), [("always", ["1", "2"]), ("short", ["1"]), ("never", [])])
def test_the_policy_of_the_feed_wins_over_the_settings(policy, ids):
    assert sorted(wanted(SHORT, WHOLE, feed=replace(FEED, pages=policy), default="never")) == ids
    assert sorted(wanted(SHORT, WHOLE, default=policy)) == ids


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "javascript:alert(1)", "mailto:a@b.example"])
def test_only_pages_of_the_web_are_wanted(url):
    assert wanted(arrival("1", "Short.", url=url), default="always") == []


@pytest.mark.parametrize("flag", ["full_text", "paywalled"])
def test_an_article_whose_page_was_had_does_not_want_it(flag):
    assert wanted(arrival("1", "Short.", flags=(flag,))) == []
    assert wanted(arrival("1", "Short.", flags=("future_date",))) == ["1"]


def test_what_is_no_news_any_more_wants_no_page_unless_always():
    old = arrival("1", "Short.", published_at=NOW - 3 * DAY - HOUR)
    assert wanted(old) == []
    assert wanted(old, default="always") == ["1"]
    assert wanted(arrival("1", "Short.", published_at=NOW - 3 * DAY)) == ["1"]


def test_an_article_without_a_date_is_as_old_as_it_is_known():
    undated = arrival("1", "Short.", published_at=None)
    known = arrival("1", "Short.", published_at=None, first_seen_at=NOW - 9 * DAY)
    assert wanted(undated) == ["1"]
    assert wanted(undated, known=[known]) == []


def test_the_newest_come_first_and_only_so_many_for_a_visit():
    many = [arrival(str(n), "Short.", published_at=NOW - n * MINUTE) for n in range(50)]
    assert wanted(*many) == [str(n) for n in range(MAX_PER_VISIT)]
    assert len(wanted(*many, limit=None)) == 50


def test_one_address_is_asked_for_once():
    assert wanted(SHORT, replace(SHORT, article=replace(SHORT.article, id="other"))) == ["1"]


# ---------------------------------------------------------------- after earlier attempts


@pytest.mark.parametrize(
    ("agos", "again"),
    [
        ([29 * MINUTE], False),
        ([30 * MINUTE], True),
        ([7 * HOUR, 5 * HOUR], False),
        ([7 * HOUR, 6 * HOUR], True),
        ([30 * HOUR, 20 * HOUR, 10 * HOUR], False),
        ([-HOUR], True),  # of a clock that was wrong
    ],
)
def test_a_page_is_tried_three_times_each_later_than_the_one_before(agos, again):
    assert wanted(SHORT, earlier=[attempt(ago=ago) for ago in agos]) == (["1"] if again else [])


@pytest.mark.parametrize(
    ("kind", "http"),
    [
        *(("http", status) for status in (401, 403, 404, 410)),
        ("robots", None),
        ("size", None),
        ("read_no_text", 200),
    ],
)
def test_some_answers_are_final(kind, http):
    assert wanted(SHORT, earlier=[attempt(kind=kind, http=http, ago=2 * DAY)]) == []
    assert wanted(SHORT, earlier=[attempt(kind="http", http=500, ago=2 * DAY)]) == ["1"]


@pytest.mark.parametrize("status", ["new", "unchanged"])
def test_a_page_that_was_had_is_asked_for_again_only_when_the_feed_shows_other_words(status):
    had = attempt(status, ago=DAY)
    assert wanted(SHORT, earlier=[had]) == []
    revised = replace(SHORT, article=replace(SHORT.article, text="A lab withdrew a model."))
    assert wanted(revised, earlier=[had]) == ["1"]


def test_visits_to_the_feed_and_to_other_pages_are_no_attempts():
    others = [Poll(FEED.url, NOW, "failed"), attempt("new", of=WHOLE)]
    assert wanted(SHORT, earlier=others * 9) == ["1"]


# ---------------------------------------------------------------- what is kept


def test_an_article_arrives_with_the_text_of_its_page_and_says_what_the_feed_showed():
    visit = page_visit(FEED, SHORT, answer(b"<html>", n_bytes=6, seconds=0.5), PAGE, now=NOW)
    (one,) = visit.arrivals
    assert one.article.text == LONG and "full_text" in one.article.flags
    assert (one.article.id, one.keys, one.shown) == ("1", SHORT.keys, SHORT.article.content_hash)
    poll = visit.poll
    assert (poll.kind, poll.address, poll.status, poll.http_status) == ("page", SHORT.article.url, "new", 200)
    assert (poll.feed_url, poll.n_bytes, poll.seconds) == (FEED.url, 6, 0.5)
    assert visit.state is None, "the feed's state is not touched"


def test_an_article_that_keeps_its_own_text_does_not_arrive():
    visit = page_visit(FEED, SHORT, answer(b"<html>"), Page("Log in", "", wall="login"), now=NOW)
    assert (visit.poll.status, visit.arrivals) == ("unchanged", ())
    assert wanted(SHORT, earlier=[visit.poll], now=NOW + DAY) == []


def test_an_article_behind_a_paywall_keeps_its_text_and_says_so():
    (one,) = page_visit(
        FEED, SHORT, answer(b"<html>"), Page("T", "Beginning", wall="paywall"), now=NOW
    ).arrivals
    assert one.article.text == SHORT.article.text and one.article.flags == ("paywalled",)


@pytest.mark.parametrize(
    ("got", "page", "kind", "http"),
    [
        (FetchError("404", kind="http", status=404), None, "http", 404),
        (FetchError("no answer", kind="timeout"), None, "timeout", None),
        (answer(b"x"), ReadError("holds no text", kind="no_text"), "read_no_text", 200),
        (answer(status=304), None, "protocol", 304),
    ],
)
def test_a_page_that_cannot_be_had_is_a_failed_visit_and_nothing_else(got, page, kind, http):
    visit = page_visit(FEED, SHORT, got, page, now=NOW, seconds=2.0)
    assert (visit.poll.status, visit.poll.error_kind, visit.poll.http_status) == ("failed", kind, http)
    assert visit.arrivals == () and visit.state is None and visit.poll.error


def test_a_page_that_robots_txt_refuses_is_kept_as_such_and_not_wanted_again():
    visit = refused_visit(FEED, SHORT, now=NOW)
    assert (visit.poll.status, visit.poll.error_kind, visit.poll.kind) == ("failed", "robots", "page")
    assert wanted(SHORT, earlier=[visit.poll], now=NOW + DAY) == []
