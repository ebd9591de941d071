"""One word for each feed, and never "ok" for one that is dead."""

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.crawl.health import FeedHealth, health, to_row
from labtape.crawl.schedule import Outcome, next_state, resumed
from labtape.ports import FeedState

from .samples import DAY, FEED, HOUR, NOW, URL, arrival, document

OK = Outcome("new", http_status=200, body_hash="h", document=document(arrival(), arrival("2")), n_new=2)
GONE = Outcome("failed", http_status=410, error="410", error_kind="http")
MISSING = replace(GONE, http_status=404)
SILENT = Outcome("failed", error="no answer in time", error_kind="timeout")
SAME = Outcome("unchanged", http_status=304, body_hash="h")


def state_after(*outcomes, every=DAY, ago=timedelta(minutes=5)):
    state = FeedState(URL)
    for n, outcome in enumerate(outcomes):
        at = NOW - ago - (len(outcomes) - 1 - n) * every
        state = next_state(state, outcome, now=at, weekly=5)
    return state


def how(state, *, weekly=5, lately=20, now=NOW):
    (one,) = health([FEED], [state], {URL: weekly}, now=now, lately=None if lately is None else {URL: lately})
    return one


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (FeedState(URL), "never visited"),
        (state_after(OK), "ok"),
        (state_after(OK, SAME), "ok"),
        (state_after(SILENT), "failing"),
        (state_after(OK, SILENT), "failing"),
        (state_after(OK, SILENT, SAME), "ok"),
        (state_after(*[MISSING] * 10), "suspended"),
        (state_after(GONE, GONE), "gone"),
        (state_after(GONE), "failing"),
        (state_after(OK, ago=3 * DAY), "late"),
        (state_after(replace(OK, document=document())), "empty"),
        (state_after(OK, *[replace(SAME, moved_to="https://new.example/feed")] * 3), "moved"),
    ],
)
def test_a_feed_is_what_its_visits_say(state, word):
    assert how(state).word == word


def test_a_feed_that_answers_and_shows_only_what_is_old_is_stale():
    assert how(state_after(OK), weekly=0, lately=0).word == "stale"
    assert how(state_after(OK), weekly=0, lately=1).word == "ok"


def test_without_a_month_to_look_back_on_a_feed_is_stale_a_month_after_its_last_news():
    silent = state_after(OK, *[SAME] * 31)
    assert how(silent, weekly=0, lately=None).word == "stale"
    assert how(state_after(OK, *[SAME] * 5), weekly=0, lately=None).word == "ok"


def test_a_feed_that_was_taken_up_again_is_not_ok_before_it_answers():
    again = resumed(state_after(*[MISSING] * 10), now=NOW)
    assert how(again).word == "failing" and "taken up again" in how(again).why
    assert how(next_state(again, OK, now=NOW, weekly=5)).word == "ok"


def test_a_feed_is_late_an_hour_after_it_was_due():
    state = replace(state_after(OK), due_at=NOW)
    assert how(state, now=NOW + HOUR).word == "ok"
    assert how(state, now=NOW + HOUR + timedelta(minutes=1)).word == "late"


def test_a_state_written_by_a_wrong_clock_is_due_now():
    assert how(replace(state_after(OK), due_at=NOW + 99 * DAY)).next_due_at == NOW


def test_what_is_known_of_a_failure_is_told():
    found = how(state_after(OK, SILENT, SILENT))
    assert (found.failures, found.last_error_kind, found.last_error) == (2, "timeout", "no answer in time")
    assert found.last_success_at == NOW - timedelta(minutes=5) - 2 * DAY
    assert found.why == "failed 2 times in a row (timeout); the last good answer came 2 days ago"
    assert how(state_after(SILENT)).why == "failed once (timeout); there never was a good answer"


def test_a_server_that_asked_us_to_wait_is_told_with_how_long():
    busy = replace(SILENT, http_status=429, error_kind="http", retry_at=NOW + 3 * HOUR)
    assert how(state_after(OK, busy)).why.endswith("its server asks to be left alone for another 3 hours")


def test_a_feed_that_redirects_for_good_is_told_before_it_is_believed():
    assert how(replace(state_after(OK), moved_to="https://new.example/")).why.endswith(
        "; redirects to https://new.example/"
    )


def test_a_visit_in_the_future_is_not_ok():
    found = how(replace(state_after(OK), last_visit_at=NOW + DAY, last_success_at=NOW + DAY))
    assert found.word == "late"
    assert "clock" in found.why


def test_a_feed_that_is_not_visited_any_more_has_no_next_visit():
    assert how(state_after(GONE, GONE)).next_due_at is None
    assert how(FeedState(URL)).next_due_at == NOW


def test_the_counts_are_those_of_the_last_document():
    brought = document(arrival(), arrival("2", published_at=None), arrival("3", text=""))
    found = how(state_after(replace(OK, document=brought)))
    assert (found.entries, found.undated, found.empty, found.entries_per_week) == (3, 1, 1, 5)


def test_feeds_come_in_their_order_also_without_a_state():
    feeds = [replace(FEED, url=f"https://wire.example/{n}") for n in (3, 1, 2)]
    assert [h.url[-1] for h in health(feeds, [], {}, now=NOW)] == ["3", "1", "2"]


def test_a_row_is_json_with_a_field_for_each_fact():
    row = json.loads(json.dumps(to_row(how(state_after(OK, SILENT)))))
    assert list(row) == [f.name for f in fields(FeedHealth)]
    assert row["last_error_at"] == "2026-06-03T11:55:00+00:00" and row["word"] == "failing"


outcomes = st.sampled_from([OK, SAME, SILENT, GONE, MISSING, replace(OK, document=document(), n_new=0)])


@given(st.lists(outcomes, max_size=14), st.integers(0, 2), st.integers(0, 2), st.timedeltas(DAY * 0, 9 * DAY))
def test_only_a_feed_that_answered_last_and_has_shown_news_is_well(row, weekly, more, ago):
    found = how(state_after(*row, ago=ago), weekly=weekly, lately=weekly + more)
    if found.is_well:
        assert row[-1] in (OK, SAME) and found.entries > 0
        assert found.word == "stale" or weekly + more > 0
        assert found.failures == 0 and found.next_due_at > NOW - HOUR
    assert found.why
