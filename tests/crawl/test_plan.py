"""What a dry run says: which feeds, when, in what order and how far apart."""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from labtape.crawl.plan import plan, plan_row, summary_of
from labtape.ports import FeedState, HostState
from labtape.read import read_opml
from labtape.types import Feed, Validators

from .samples import DAY, HOUR, NOW

SECOND = timedelta(seconds=1)


def feeds(*urls, **facts):
    return tuple(Feed(url, **facts) for url in urls)


def planned(listed, states=(), **facts):
    return plan(listed, states, now=NOW, **({"delay": 1.0} | facts))


def test_feeds_of_one_host_are_asked_one_after_the_other_and_those_of_others_meanwhile():
    listed = feeds("https://a.example/1", "https://a.example/2", "https://b.example/1", "https://a.example/3")
    visits = planned(listed, delay=2.0)
    assert [(v.url[8:], (v.at - NOW) / SECOND, v.nth) for v in visits] == [
        ("a.example/1", 0, 1),
        ("b.example/1", 0, 1),
        ("a.example/2", 2, 2),
        ("a.example/3", 4, 3),
    ]
    assert {v.why for v in visits} == {"was never visited"}


def test_a_host_that_wants_more_time_gets_it():
    visits = planned(
        feeds("https://a.example/1", "https://a.example/2"), hosts=[HostState("a.example", delay=9.0)]
    )
    assert visits[1].at == NOW + 9 * SECOND


def test_files_wait_for_nobody():
    assert {v.at for v in planned(feeds("file:///a.xml", "file:///b.xml"))} == {NOW}


def test_due_feeds_come_at_once_others_at_their_time_and_some_never():
    listed = feeds(*(f"https://{name}.example/" for name in ("waits", "late", "gone", "later", "failed")))
    waits, late, gone, later, failed = (feed.url for feed in listed)
    states = [
        FeedState(waits, due_at=NOW + DAY / 2, not_before=NOW + DAY / 2),
        FeedState(late, due_at=NOW - HOUR),
        FeedState(gone, status="gone", due_at=NOW - DAY),
        FeedState(later, due_at=NOW + HOUR),
        FeedState(failed, due_at=NOW + 2 * HOUR, n_failures=3),
    ]
    assert [(v.url, v.when, v.at, v.why) for v in planned(listed, states)] == [
        (late, "at once", NOW, "was due at 2026-06-03 11:00Z"),
        (later, "later", NOW + HOUR, "is not due yet"),
        (failed, "later", NOW + 2 * HOUR, "failed 3 times in a row"),
        (waits, "later", NOW + DAY / 2, "its server asked to wait"),
        (gone, "never", None, "is gone; take it up again to have it visited"),
    ]


def test_all_may_be_asked_now_but_those_whose_server_wanted_us_to_wait_and_they_hold_nobody_up():
    waits = FeedState("https://a.example/1", due_at=NOW + HOUR, not_before=NOW + HOUR)
    states = [waits, FeedState("https://a.example/2", due_at=NOW + 9 * HOUR)]
    visits = planned(feeds("https://a.example/1", "https://a.example/2"), states, due_only=False)
    assert [(v.url[-1], v.when, v.at) for v in visits] == [
        ("2", "at once", NOW),
        ("1", "later", NOW + HOUR),
    ]


def test_a_visit_says_what_it_asks_with():
    state = FeedState("https://a.example/", validators=Validators("e", "Sat, …"), body_hash="h")
    (one,) = planned(feeds("https://a.example/"), [state])
    assert one.asks_with == ("etag", "last_modified")
    (one,) = planned(feeds("https://a.example/"), [replace(state, body_hash=None)])
    assert one.asks_with == ()


def test_a_feed_that_moved_is_asked_at_its_new_address_and_host():
    state = FeedState("https://a.example/", address="https://b.example/feed")
    (one,) = planned(feeds("https://a.example/"), [state])
    assert (one.url, one.address, one.host) == ("https://a.example/", "https://b.example/feed", "b.example")


def test_a_feed_listed_twice_is_visited_once():
    visits = planned(feeds("https://a.example/", "https://a.example/"))
    assert [(v.when, v.same_as) for v in visits] == [("at once", None), ("never", "https://a.example/")]


def test_a_feed_listed_in_two_spellings_is_visited_twice_and_named():
    visits = planned(
        feeds("https://a.example/feed", "http://www.a.example/feed/", "https://a.example/feed?x=1")
    )
    assert {v.url: v.same_as for v in visits} == {
        "https://a.example/feed": None,
        "http://www.a.example/feed/": "https://a.example/feed",
        "https://a.example/feed?x=1": None,
    }


def test_what_cannot_be_fetched_never_is():
    visits = planned(feeds("ftp://a.example/feed", "http://", "https://[::1", "https://a.example/"))
    assert [v.when for v in visits] == ["at once", "never", "never", "never"]


def test_the_page_policy_is_that_of_the_feed_else_of_the_settings():
    listed = (Feed("https://a.example/", pages="always"), Feed("https://b.example/"))
    assert [v.pages for v in planned(listed, pages="never")] == ["always", "never"]


def test_a_plan_in_numbers():
    listed = feeds("https://a.example/1", "https://a.example/2", "https://b.example/", "https://b.example/")
    state = FeedState("https://b.example/", due_at=NOW + HOUR, validators=Validators("e"), body_hash="h")
    summary = summary_of(planned(listed, [state]))
    assert plan_row(summary) == {
        "n_feeds": 4,
        "n_at_once": 2,
        "n_later": 1,
        "n_never": 1,
        "n_same": 1,
        "n_conditional": 1,
        "n_hosts": 2,
        "busiest": (("a.example", 2), ("b.example", 1)),
        "last_at": "2026-06-03T12:00:01+00:00",
    }
    assert summary_of(()).last_at is None


def test_a_row_is_json():
    (one,) = planned(feeds("https://a.example/"))
    assert json.loads(json.dumps(plan_row(one)))["at"] == "2026-06-03T12:00:00+00:00"


def test_thousands_of_feeds_are_planned_within_a_second():
    listed = feeds(*(f"https://host{n % 700}.example/feed/{n}" for n in range(5_000)))
    began = time.process_time()
    visits = planned(listed)
    assert time.process_time() - began < 2.0  # 0.3 s where nobody else is at work
    assert len(visits) == 5_000 and visits[-1].at == NOW + 7 * SECOND


def test_real_lists_are_planned(shared):
    lists = sorted((shared / "opml").rglob("*.opml"))
    if not lists:
        pytest.skip("needs ../shared/opml")
    for path in lists:
        listed = read_opml(path.read_bytes(), source=path.name)
        summary = summary_of(planned(listed))
        assert summary.n_at_once + summary.n_never == summary.n_feeds == len(listed), path.name
        most = max((n for _, n in summary.busiest), default=1)
        assert summary.last_at is None or summary.last_at == NOW + (most - 1) * SECOND
