"""What a visit came to: which answers are read, which fail and how, and what is kept of each."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.crawl.schedule import asks_with
from labtape.crawl.visits import (
    ERROR_KINDS,
    error_kind,
    has_turned_volatile,
    hash_of,
    message_of,
    needs_reading,
    news,
    visit_of,
)
from labtape.exceptions import FetchError, ReadError, StoreError
from labtape.ports import FeedState
from labtape.types import Validators

from .samples import DAY, FEED, HOUR, NOW, URL, answer, arrival, document

BODY = b"<rss>one</rss>"
KNOWN = FeedState(
    URL,
    validators=Validators('"e1"', "Sat, 13 Jun 2026 16:37:21 GMT"),
    body_hash=sha256(BODY).hexdigest(),
    interval=7200.0,
    n_visits=5,
    last_visit_at=NOW - HOUR,
    last_success_at=NOW - HOUR,
)
READ = document(arrival("1"), arrival("2"))


def visit(state, got, read=None, **facts):
    return visit_of(FEED, state, got, read, now=NOW, weekly=10, **facts)


# ---------------------------------------------------------------- good answers


def test_a_new_document_is_read_and_one_that_is_known_is_not():
    assert needs_reading(FeedState(URL), answer(BODY))
    assert needs_reading(KNOWN, answer(b"<rss>two</rss>"))
    assert not needs_reading(KNOWN, answer(BODY, etag='"e9"'))
    assert not needs_reading(KNOWN, answer(status=304))


def test_a_new_document_brings_its_arrivals_with_the_state_that_knows_it():
    made = visit(FeedState(URL), answer(BODY, etag='"e1"', n_bytes=9, seconds=0.25), READ)
    assert (made.poll.status, made.poll.n_entries, made.poll.http_status) == ("new", 2, 200)
    assert (made.poll.n_bytes, made.poll.seconds) == (9, 0.25)
    assert made.arrivals == READ.arrivals
    assert made.state.validators == made.poll.validators == Validators('"e1"')
    assert made.state.body_hash == made.poll.body_hash == hash_of(BODY)
    assert made.state.last_new_at == NOW and made.state.due_at > NOW


def test_the_same_bytes_again_write_nothing_but_the_validators():
    made = visit(KNOWN, answer(BODY, etag='"e2"'))
    assert (made.poll.status, made.arrivals) == ("unchanged", ())
    assert made.state.validators == Validators(
        '"e2"'
    )  # a rotating ETag: the old date is not asked with any more
    assert made.state.last_new_at is None and made.state.last_success_at == NOW


def test_not_modified_refreshes_the_validators_it_names_and_keeps_the_others():
    made = visit(KNOWN, answer(status=304, etag='W/"e2"'))
    assert made.poll.status == "unchanged"
    assert made.state.validators == Validators('W/"e2"', KNOWN.validators.last_modified)


def test_a_document_that_says_what_the_last_one_said_is_new_and_brings_no_news():
    made = visit(KNOWN, answer(b"<rss>other spaces</rss>"), READ, previous=READ.arrivals)
    assert made.poll.status == "new" and made.state.last_new_at is None


def test_news_are_articles_not_shown_before_or_with_other_words():
    shown = replace(arrival("2", "The page's text."), shown=arrival("2").article.content_hash)
    current = (arrival("1", "Revised."), arrival("2"), arrival("3"))
    assert [a.article.id for a in news((arrival("1"), shown), current)] == ["1", "3"]


def test_a_document_that_is_to_be_read_has_to_be_read():
    with pytest.raises(ValueError, match="is to be read first"):
        visit(KNOWN, answer(b"<rss>two</rss>"))


def test_the_first_document_paces_the_feed_by_its_dates():
    fresh = document(*(arrival(str(n)) for n in range(84)), arrival("old", published_at=NOW - 30 * DAY))
    assert visit_of(FEED, FeedState(URL), answer(BODY), fresh, now=NOW).state.interval == 15 * 60


def test_the_address_asked_is_kept_where_the_feed_has_moved():
    moved = replace(KNOWN, address="https://new.example/feed")
    assert visit(moved, answer(status=304)).poll.address == "https://new.example/feed"
    assert visit(KNOWN, answer(status=304)).poll.address is None


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("got", "read", "kind", "status"),
    [
        (FetchError("no answer", kind="timeout"), None, "timeout", None),
        (FetchError("404", kind="http", status=404), None, "http", 404),
        (FetchError("too large", kind="size"), None, "size", None),
        (answer(b""), ReadError("is empty", kind="empty"), "read_empty", 200),
        (answer(b"x"), ReadError("no feed", kind="not_a_feed"), "read_not_a_feed", 200),
        (answer(b"x"), ReadError("the worker died", kind="limit"), "read_limit", 200),
    ],
)
def test_a_failure_keeps_its_class_and_moves_nothing_forward(got, read, kind, status):
    made = visit(KNOWN, got, read, seconds=3.0)
    assert (made.poll.status, made.poll.error_kind, made.poll.http_status) == ("failed", kind, status)
    assert made.poll.error and made.arrivals == ()
    assert made.poll.validators == Validators() and made.poll.body_hash is None
    assert (made.state.validators, made.state.body_hash) == (KNOWN.validators, KNOWN.body_hash)
    assert (made.state.last_error_kind, made.state.last_error_at) == (kind, NOW)
    assert made.state.last_success_at == NOW - HOUR and made.state.interval == 2 * KNOWN.interval


def test_a_request_that_failed_says_how_long_it_took():
    assert visit(KNOWN, FetchError("no answer", kind="timeout"), seconds=20.0).poll.seconds == 20.0


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        (FeedState(URL), {}),
        (KNOWN, {"asked": Validators()}),
        (replace(KNOWN, validators=Validators()), {}),
        (replace(KNOWN, body_hash=None), {"asked": Validators('"e1"')}),
    ],
)
def test_not_modified_without_being_asked_is_a_failure(state, facts):
    made = visit(state, answer(status=304, etag='"liar"'), **facts)
    assert (made.poll.status, made.poll.error_kind) == ("failed", "protocol")
    assert made.state.validators == state.validators


def test_a_document_that_ends_in_the_middle_brings_what_it_holds_and_no_validators():
    half = answer(b"<rss><channel><item>", etag="e2")
    known = FeedState(URL, validators=Validators("e1"), body_hash="h1")
    visit = visit_of(FEED, known, half, document(arrival("1"), is_cut=True), now=NOW)
    assert (visit.poll.status, visit.poll.error_kind, len(visit.arrivals)) == ("failed", "read_broken", 1)
    assert asks_with(visit.state, now=NOW) == Validators()
    again = visit_of(FEED, visit.state, half, None, now=NOW + HOUR)
    assert (again.poll.status, again.state.n_failures) == ("unchanged", 0)
    whole = answer(b"<rss><channel><item></channel></rss>", etag="e2")
    assert needs_reading(visit.state, whole)


def test_a_page_in_place_of_a_feed_names_the_feeds_it_advertises():
    error = ReadError(f"{URL}: is an HTML page", kind="html", feeds=("https://wire.example/atom.xml",))
    assert visit(KNOWN, answer(b"<html>"), error).poll.error.endswith(
        "is an HTML page; the page advertises https://wire.example/atom.xml"
    )


def test_a_message_is_one_line_of_bounded_length_and_keeps_its_hint():
    error = ReadError("a\nb\t" * 1000, kind="html", feeds=("https://wire.example/atom.xml",))
    assert len(message_of(error)) <= 500 and "\n" not in message_of(error)
    assert "https://wire.example/atom.xml" in message_of(error)
    assert message_of(ReadError("try f:1", kind="html", feeds=("f:1",))) == "try f:1"


def test_every_error_has_a_class_of_the_list():
    errors = [
        FetchError("", kind="dns"),
        ReadError("", kind="broken"),
        ReadError(""),
        StoreError(""),
    ]
    assert [error_kind(e) for e in errors] == ["dns", "read_broken", "read_other", "read_other"]
    assert {error_kind(e) for e in errors} <= set(ERROR_KINDS)


# ---------------------------------------------------------------- links made up each time


def test_a_feed_that_makes_up_new_links_is_read_by_its_titles_from_then_on():
    def made_up(run):
        return tuple(replace(arrival(f"{run}{n}"), keys=(f"url|{run}{n}", f"title|{n}")) for n in range(10))

    before, now = made_up("x"), document(*made_up("y"))
    assert has_turned_volatile(KNOWN, before, now)
    assert not has_turned_volatile(replace(KNOWN, by_title=True), before, now)
    assert not has_turned_volatile(KNOWN, before, document(*before))
    made = visit(KNOWN, answer(b"<rss>two</rss>"), now, previous=before, by_title=True)
    assert made.state.by_title
    assert visit(made.state, answer(status=304)).state.by_title


# ---------------------------------------------------------------- for any row of answers

ANSWERS = st.one_of(
    st.builds(
        answer,
        st.sampled_from([b"<rss>one</rss>", b"<rss>two</rss>", b""]),
        st.sampled_from([200, 200, 304]),
        etag=st.sampled_from([None, '"e1"', '"e2"']),
        moved_to=st.sampled_from([None, "https://new.example/feed"]),
        max_age=st.none() | st.integers(0, 10**9),
    ),
    st.builds(
        FetchError,
        st.text(max_size=20),
        kind=st.sampled_from(["http", "timeout", "size"]),
        status=st.sampled_from([None, 404, 410, 429, 503]),
        retry_at=st.none() | st.timedeltas(-DAY, 99 * DAY).map(lambda d: NOW + d),
    ),
)
DOCUMENTS = st.sampled_from([READ, document(), ReadError("is broken", kind="broken")])


@given(st.lists(st.tuples(ANSWERS, DOCUMENTS), max_size=8))
def test_only_a_good_answer_moves_validators_and_body_and_only_a_new_document_brings_articles(row):
    state = FeedState(URL)
    for got, read in row:
        made = visit(state, got, read)
        assert (
            (made.poll.status == "failed")
            == (made.poll.error is not None)
            == (made.poll.error_kind is not None)
        )
        assert bool(made.arrivals) <= (made.poll.status == "new")
        if made.poll.status == "failed":
            assert (made.state.validators, made.state.body_hash) == (state.validators, state.body_hash)
            assert made.state.last_success_at == state.last_success_at
        elif made.poll.status == "unchanged":
            assert made.state.body_hash == state.body_hash is not None
        else:
            assert made.state.body_hash == hash_of(got.body) != state.body_hash
        state = made.state
