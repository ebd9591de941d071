"""Faults 7 and 8: what a server says about coming back, and about what has changed."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from labtape.types import Validators

from .feeds import titles
from .stations import Station, kinds
from .transport import routes

pytestmark = pytest.mark.slow
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def wait(desk: Station, path: str) -> timedelta:
    """How long until the feed is due."""
    due = desk.state(path).due_at
    assert due is not None
    return due - desk.clock()


# ---------------------------------------------------------------- 7


@pytest.mark.fault(7)
def test_404_ten_times_suspends_a_feed(desk: Station) -> None:
    for n in range(1, 11):
        assert desk.state("/7/404").status == "active" if n > 1 else True
        assert kinds(desk.crawl(["/7/404"])) == {"/7/404": "http"}
        assert desk.state("/7/404").n_missing == n
        desk.clock.advance(hours=25)
    assert desk.state("/7/404").status == "suspended"
    n_hits = len(desk.hits("/7/404"))
    assert desk.crawl(["/7/404"]) == {}
    assert len(desk.hits("/7/404")) == n_hits


@pytest.mark.fault(7)
def test_410_twice_a_day_apart_means_gone(desk: Station) -> None:
    desk.crawl(["/7/410"])
    desk.clock.advance(hours=2)
    desk.crawl(["/7/410"])
    assert desk.state("/7/410").status == "active", "gone within two hours"
    desk.clock.advance(hours=23)
    desk.crawl(["/7/410"])
    assert desk.state("/7/410").status == "gone"
    assert desk.crawl(["/7/410"]) == {}


@pytest.mark.fault(7)
@pytest.mark.parametrize(
    ("path", "asked"), [("/7/429-seconds", 2 * HOUR), ("/7/429-date", 2 * HOUR), ("/7/503", 6 * HOUR)]
)
def test_a_server_that_says_when_to_come_back_is_obeyed(desk: Station, path: str, asked: timedelta) -> None:
    assert kinds(desk.crawl([path])) == {path: "http"}
    state = desk.state(path)
    assert state.not_before is not None
    assert abs(state.not_before - desk.clock() - asked) < timedelta(seconds=60)
    assert asked - timedelta(seconds=60) < wait(desk, path) < asked + HOUR
    assert desk.crawl([path]) == {}, "asked again although the server asked to wait"
    assert len(desk.hits(path)) == 1
    desk.clock.advance(seconds=asked.total_seconds() + 120)
    assert kinds(desk.crawl([path])) == {path: "http"}


@pytest.mark.fault(7)
def test_retry_after_ten_years_is_obeyed_for_31_days_at_most(desk: Station) -> None:
    desk.crawl(["/7/429-years"])
    assert 30 * DAY < wait(desk, "/7/429-years") <= 32 * DAY


@pytest.mark.fault(7)
@pytest.mark.parametrize("path", ["/7/429", "/7/429-odd", "/7/503-bare", "/7/500", "/7/401", "/7/204"])
def test_errors_double_the_interval_up_to_a_day(desk: Station, path: str) -> None:
    waits = []
    for _ in range(11):
        poll = desk.crawl([path])[path]
        assert poll.status == "failed"
        assert poll.error_kind in ("http", "read_empty")
        waits.append(wait(desk, path))
        desk.clock.advance(hours=25)
    assert timedelta(minutes=4.5) <= waits[0] <= HOUR
    assert all(later >= 1.5 * sooner or later > 0.85 * DAY for sooner, later in pairwise(waits))
    assert 0.85 * DAY < waits[-1] <= 1.1 * DAY
    assert desk.state(path).status == "active"
    assert desk.state(path).n_failures == 11


@pytest.mark.fault(7)
def test_an_unasked_304_is_an_error_and_forgets_nothing(desk: Station) -> None:
    assert kinds(desk.crawl(["/7/304"])) == {"/7/304": "protocol"}
    assert desk.state("/7/304").validators == Validators()
    assert wait(desk, "/7/304") > timedelta(minutes=4)
    assert kinds(desk.crawl(["/once/7/304"])) == {"/once/7/304": "protocol"}
    desk.clock.advance(hours=25)
    assert kinds(desk.crawl(["/once/7/304"])) == {"/once/7/304": "new 10"}


@pytest.mark.fault(7)
def test_a_feed_that_answers_again_begins_anew(desk: Station) -> None:
    once = [f"/once{p}" for p in ("/7/404", "/7/410", "/7/500", "/7/503-bare", "/7/429")]
    desk.crawl(once)
    desk.clock.advance(hours=25)
    assert set(kinds(desk.crawl(once)).values()) == {"new 10"}
    states = [desk.state(path) for path in once]
    assert {(s.status, s.n_failures, s.n_missing, s.gone_since) for s in states} == {("active", 0, 0, None)}
    assert all(s.last_error for s in states), "the last error is not told any more"


@pytest.mark.fault(7)
def test_cache_control_puts_the_next_visit_off(desk: Station) -> None:
    desk.crawl(["/7/max-age"])
    assert 23 * HOUR < wait(desk, "/7/max-age") <= 25 * HOUR


# ---------------------------------------------------------------- 8

ASKED = tuple(p for p, r in routes.table.items() if r.fault == 8 and p not in ("/8/rotating", "/8/refreshed", "/8/always-304"))  # fmt: skip


@pytest.mark.fault(8)
def test_a_feed_that_has_not_changed_is_304_on_the_second_poll(desk: Station) -> None:
    assert set(kinds(desk.crawl(ASKED)).values()) == {"new 10"}
    for _ in range(3):  # one visit in a hundred asks without validators, on purpose
        desk.clock.advance(hours=25)
        assert set(kinds(desk.crawl(ASKED)).values()) == {"unchanged 0"}
    assert {p: desk.hits(p) for p in ASKED if desk.hits(p)[0] != 200 or desk.hits(p)[1:].count(304) < 2} == {}


@pytest.mark.fault(8)
def test_an_etag_that_rotates_writes_nothing(desk: Station, tmp_path: Path) -> None:
    def rows() -> dict[str, list[tuple[object, ...]]]:
        with sqlite3.connect(tmp_path / "tape.db") as db:
            return {
                t: db.execute(f"select * from {t}").fetchall()
                for t in ("articles", "revisions", "sightings", "article_keys")
            }

    assert kinds(desk.crawl(["/8/rotating"])) == {"/8/rotating": "new 10"}
    before = rows()
    assert len(before["articles"]) == 10
    for _ in range(3):
        desk.clock.advance(hours=25)
        crawled = desk.crawled(["/8/rotating"])
        assert [(p.status, p.error) for p in crawled.polls] == [("unchanged", None)]
        assert crawled.articles == ()
    assert rows() == before
    assert desk.hits("/8/rotating") == [200] * 4


@pytest.mark.fault(8)
def test_the_etag_of_a_304_is_the_one_to_ask_with_next(desk: Station) -> None:
    for _ in range(5):
        desk.crawl(["/8/refreshed"])
        desk.clock.advance(hours=25)
    assert desk.hits("/8/refreshed").count(304) >= 3
    assert desk.state("/8/refreshed").validators.etag == '"5"'


@pytest.mark.fault(8)
def test_a_server_that_says_304_for_ever_is_found_out(desk: Station) -> None:
    """One poll in a hundred is unconditional: after 700 the chance of having missed is below one in a thousand."""
    desk.crawl(["/8/always-304"])
    expected = sorted(titles(f"8-always-304-{desk.host('/8/always-304')}"))
    for _ in range(700):
        desk.clock.advance(hours=25)
        desk.crawl(["/8/always-304"])
        if sorted(desk.titles("/8/always-304")) == expected:
            break
    assert sorted(desk.titles("/8/always-304")) == expected
    assert isinstance(desk.state("/8/always-304").last_success_at, datetime)
