"""When a feed is visited again: the table of docs/crawl.md, line by line, and what holds for any row of answers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.crawl.schedule import (
    Outcome,
    Pace,
    asks_with,
    due_first,
    is_due,
    may_visit,
    next_state,
    resumed,
)
from labtape.ports import FeedState
from labtape.types import Document, Validators

from .samples import DAY, HOUR, NOW, URL, arrival, document

MINUTE = timedelta(minutes=1)
NEW = FeedState(URL)
OK = Outcome("new", http_status=200, body_hash="h1", validators=Validators("e1"), document=Document(()))
SAME = Outcome("unchanged", http_status=304, body_hash="h1", validators=Validators("e1"))


def failed(status=None, kind="http", retry_at=None):
    return Outcome(
        "failed", http_status=status, error="it failed", error_kind=kind if status else "timeout", retry_at=retry_at
    )  # fmt: skip


def after(*outcomes, state=NEW, weekly=10, every=DAY, now=NOW):
    """The state after visits that came to these outcomes, one `every` so long; the last is at `now`."""
    start = now - every * (len(outcomes) - 1)
    for n, outcome in enumerate(outcomes):
        state = next_state(state, outcome, now=start + n * every, weekly=weekly)
    return state


def wait(state):
    return state.due_at - state.last_visit_at


# ---------------------------------------------------------------- the interval


@pytest.mark.parametrize(
    ("weekly", "interval"),
    [
        (10, 126 * MINUTE),
        (1, 21 * HOUR),
        (0, 24 * HOUR),
        (84, 15 * MINUTE),
        (252, 5 * MINUTE),
        (5_000, 5 * MINUTE),
    ],
)
def test_a_feed_is_visited_eight_times_for_each_entry_between_five_minutes_and_a_day(weekly, interval):
    assert after(OK, weekly=weekly).interval == interval.total_seconds()


def test_the_number_of_visits_for_each_entry_is_a_setting():
    assert next_state(NEW, OK, now=NOW, weekly=10, settings=Pace(per_entry=4)).interval == 252 * 60


def test_the_wait_is_the_interval_give_or_take_ten_percent():
    waits = {wait(after(OK, weekly=10, now=NOW + n * MINUTE)) for n in range(200)}
    assert min(waits) >= 126 * MINUTE * 0.9 and max(waits) <= 126 * MINUTE * 1.1
    assert max(waits) - min(waits) > 126 * MINUTE * 0.15


def test_the_wait_of_two_feeds_at_one_time_differs_and_that_of_one_is_always_the_same():
    other = replace(NEW, url="https://other.example/feed")
    assert wait(after(OK)) == wait(after(OK)) != wait(after(OK, state=other))


def test_a_wait_is_never_longer_than_a_day():
    assert all(wait(after(OK, weekly=0, now=NOW + n * MINUTE)) <= DAY for n in range(100))


def test_a_feed_seen_for_the_first_time_is_paced_by_the_dates_in_its_document():
    assert after(replace(OK, n_recent=84), weekly=0).interval == 15 * 60


def test_the_larger_of_the_interval_and_what_the_publisher_asks_for_counts():
    asking = document(arrival(), ttl=4 * 3600)
    assert after(replace(OK, document=asking)).interval == 4 * 3600
    assert after(replace(OK, max_age=5 * 3600)).interval == 5 * 3600
    assert after(replace(OK, document=asking, max_age=60)).interval == 4 * 3600
    assert after(replace(OK, document=replace(asking, ttl=60))).interval == 126 * 60


def test_a_publisher_is_never_asked_before_the_time_it_gave():
    asking = replace(OK, document=document(arrival(), ttl=4 * 3600))
    assert all(wait(after(asking, now=NOW + n * MINUTE)) >= 4 * HOUR for n in range(50))


def test_a_ttl_and_a_max_age_of_a_year_count_for_a_day():
    assert after(replace(OK, max_age=365 * 86400)).interval == 86400
    assert after(replace(OK, document=document(ttl=365 * 86400))).interval == 86400


def test_an_unchanged_document_still_asks_for_what_it_asked_for():
    asking = replace(OK, document=document(arrival(), ttl=4 * 3600))
    assert after(asking, SAME).interval == 4 * 3600


# ---------------------------------------------------------------- skipped hours and days


def test_a_skipped_hour_is_left_out():
    night = replace(OK, document=document(ttl=60, skip_hours=(14,)))
    hours = [
        after(night, now=NOW + n * MINUTE).due_at.hour for n in range(-30, 60)
    ]  # due from 13:23 to 15:19
    assert set(hours) == {13, 15}


def test_a_skipped_day_is_left_out():
    weekend = document(skip_days=(3, 4, 5, 6))
    assert after(replace(OK, document=weekend), weekly=0).due_at.weekday() in (0, 2)


def test_a_feed_that_skips_every_hour_or_every_day_skips_none():
    always = document(skip_hours=tuple(range(24)), skip_days=tuple(range(7)))
    state = after(replace(OK, document=always))
    assert (state.skip_hours, state.skip_days) == ((), ()) and wait(state) < 3 * HOUR


def test_hours_and_days_that_no_clock_shows_are_left_out():
    state = after(replace(OK, document=document(skip_hours=(24, -1, 3), skip_days=(9,))))
    assert (state.skip_hours, state.skip_days) == ((3,), ())


# ---------------------------------------------------------------- errors


def test_an_error_doubles_the_wait_up_to_a_day():
    state, seen = after(OK, weekly=84), []
    for _ in range(9):
        state = next_state(state, failed(500), now=state.due_at, weekly=84)
        seen.append(state.interval / 60)
    assert seen == [30, 60, 120, 240, 480, 960, 1440, 1440, 1440]


def test_a_feed_that_fails_on_its_first_visit_is_tried_again_soon():
    assert after(failed()).interval == 10 * 60


def test_a_good_answer_ends_the_row_of_errors():
    state = after(OK, failed(500), failed(404), SAME)
    assert (state.n_failures, state.n_missing, state.interval) == (0, 0, 126 * 60)
    assert state.last_error_kind == "http" and state.last_error_at == NOW - DAY  # but it is remembered


def test_validators_and_the_body_are_those_of_the_last_good_answer():
    state = after(OK, failed(500))
    assert (state.validators, state.body_hash) == (Validators("e1"), "h1")
    assert (state.last_success_at, state.last_visit_at) == (NOW - DAY, NOW)


def test_validators_are_refreshed_by_an_unchanged_answer():
    assert after(OK, replace(SAME, validators=Validators("e2"))).validators == Validators("e2")


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(status):
    until = NOW + 10 * HOUR
    state = after(OK, failed(status, retry_at=until))
    assert state.not_before == state.due_at == until


def test_a_retry_after_in_the_past_or_sooner_than_the_wait_changes_nothing():
    plain = after(OK, failed(503)).due_at
    assert after(OK, failed(503, retry_at=NOW - HOUR)).due_at == plain
    assert after(OK, failed(503, retry_at=NOW + MINUTE)).due_at == plain


def test_a_retry_after_of_a_year_counts_for_31_days():
    assert after(failed(429, retry_at=NOW + 365 * DAY)).not_before == NOW + 31 * DAY


def test_a_retry_after_with_another_status_counts_for_nothing():
    assert after(failed(500, retry_at=NOW + 10 * HOUR)).not_before is None


def test_a_visit_before_the_time_given_that_fails_does_not_end_the_wait():
    state = after(failed(429, retry_at=NOW + DAY), now=NOW)
    assert after(failed(), state=state, now=NOW + HOUR).not_before == NOW + DAY
    assert after(OK, state=state, now=NOW + HOUR).not_before is None


# ---------------------------------------------------------------- suspended, gone, moved


def test_a_feed_that_is_missing_ten_times_in_a_row_is_suspended():
    assert after(*[failed(404)] * 9).status == "active"
    state = after(*[failed(404)] * 10)
    assert state.status == "suspended" and not is_due(state, now=NOW + 365 * DAY)


@pytest.mark.parametrize("between", [OK, SAME, failed(500), failed(410)])
def test_another_answer_in_between_starts_the_row_again(between):
    assert after(*[failed(404)] * 9, between, *[failed(404)] * 9).status == "active"


def test_no_answer_in_between_neither_counts_nor_starts_again():
    assert after(*[failed(404)] * 9, failed(), failed(404)).status == "suspended"
    assert after(*[failed(404)] * 9, failed()).status == "active"


def test_a_feed_that_says_twice_a_day_apart_that_it_is_gone_is_gone():
    assert after(failed(410)).status == "active"
    assert after(failed(410), failed(410), every=23 * HOUR).status == "active"
    assert after(failed(410), failed(410), every=DAY).status == "gone"
    assert after(failed(410), failed(410), failed(410), every=12 * HOUR).status == "gone"


@pytest.mark.parametrize("between", [OK, failed(404), failed(503)])
def test_an_answer_between_two_410_starts_again(between):
    assert after(failed(410), between, failed(410)).status == "active"


def test_a_feed_that_is_suspended_or_gone_and_answers_is_active_again():
    assert after(*[failed(404)] * 10, OK).status == "active"
    assert after(failed(410), failed(410), OK).status == "active"


def test_a_feed_taken_up_again_is_due_and_begins_anew():
    state = resumed(after(*[failed(404)] * 10), now=NOW)
    assert state.status == "active" and is_due(state, now=NOW)
    assert (state.n_missing, state.n_failures) == (0, 0)
    assert after(failed(404), state=state, now=NOW + DAY).status == "active"


def redirected(to="https://new.example/feed", outcome=SAME):
    return replace(outcome, moved_to=to)


def test_a_feed_has_moved_after_three_permanent_redirects_over_a_day():
    state = after(OK, *[redirected()] * 3, every=12 * HOUR)
    assert state.address == "https://new.example/feed" and state.url == URL
    assert (state.moved_to, state.n_moved) == (None, 0)


@pytest.mark.parametrize(
    ("row", "every"),
    [
        ([redirected()] * 2, DAY),
        ([redirected()] * 3, 11 * HOUR),
        ([redirected(), redirected("https://third.example/feed"), redirected()], DAY),
        ([redirected(), redirected(), SAME, redirected()], DAY),
        ([redirected("ftp://new.example/feed")] * 3, DAY),
    ],
)
def test_a_feed_has_not_moved_with_less(row, every):
    assert after(OK, *row, every=every).address is None


def test_failures_between_redirects_neither_count_nor_start_again():
    assert after(OK, redirected(), failed(), redirected(), redirected()).address is not None
    assert after(OK, redirected(), failed(500), redirected()).address is None


def test_a_feed_that_moves_back_lives_at_its_first_address():
    state = after(OK, *[redirected()] * 3)
    assert after(*[redirected(URL)] * 3, state=state, now=NOW + 9 * DAY).address is None


# ---------------------------------------------------------------- what is known of the last document


def test_the_counts_are_those_of_the_last_document():
    brought = document(arrival("1"), arrival("2", published_at=None), arrival("3", text=" "))
    state = after(replace(OK, document=brought, n_new=3), failed(500), SAME)
    assert (state.n_entries, state.n_undated, state.n_empty) == (3, 1, 1)
    assert state.last_new_at == NOW - 2 * DAY and state.last_success_at == NOW
    assert (state.n_visits, state.first_visit_at) == (3, NOW - 2 * DAY)


# ---------------------------------------------------------------- due, and asked with what


def test_a_feed_never_visited_is_due():
    assert is_due(NEW, now=NOW)


def test_a_feed_is_due_when_its_time_has_come():
    state = after(OK)
    assert not is_due(state, now=state.due_at - MINUTE) and is_due(state, now=state.due_at)


def test_never_visited_feeds_come_first_then_those_that_waited_longest():
    def due(name, at, **changes):
        return FeedState(name, due_at=at, **changes)

    states = [
        due("late", NOW - HOUR),
        due("not yet", NOW + HOUR),
        due("later", NOW - 2 * HOUR),
        FeedState("new b"),
        FeedState("new a"),
        due("gone", NOW - DAY, status="gone"),
    ]
    assert [s.url for s in due_first(states, now=NOW)] == ["new b", "new a", "later", "late"]


def test_one_visit_in_a_hundred_is_unconditional():
    state = after(OK)
    asked = [asks_with(state, now=NOW + n * MINUTE) for n in range(20_000)]
    assert set(asked) == {Validators(), Validators("e1")}
    assert 0.007 < asked.count(Validators()) / len(asked) < 0.013
    assert asked == [asks_with(state, now=NOW + n * MINUTE) for n in range(20_000)]


def test_a_feed_without_a_body_to_compare_with_is_asked_unconditionally():
    assert asks_with(replace(NEW, validators=Validators("e1")), now=NOW) == Validators()


# ---------------------------------------------------------------- a clock that jumps


def test_a_time_that_lies_too_far_ahead_is_now():
    assert is_due(replace(NEW, due_at=NOW + 26 * HOUR), now=NOW)
    assert not is_due(replace(NEW, due_at=NOW + 24 * HOUR), now=NOW)


def test_a_last_visit_in_the_future_was_written_by_a_wrong_clock():
    state = replace(NEW, due_at=NOW + HOUR, last_visit_at=NOW + DAY)
    assert is_due(state, now=NOW)
    assert not is_due(
        replace(state, last_visit_at=NOW + MINUTE), now=NOW
    )  # a step of the clock is not a jump


def test_what_a_server_asked_for_may_lie_31_days_ahead_and_no_more():
    waiting = replace(NEW, due_at=NOW + 30 * DAY, not_before=NOW + 30 * DAY)
    assert not is_due(waiting, now=NOW)
    assert is_due(replace(waiting, due_at=NOW + 90 * DAY, not_before=NOW + 90 * DAY), now=NOW)


def test_a_feed_that_skips_days_may_wait_through_them():
    state = after(replace(OK, document=document(skip_days=(3, 4, 5, 6))), weekly=0)
    assert not is_due(state, now=NOW + HOUR)


def test_after_a_year_in_the_future_all_goes_on_as_before():
    wrong = after(OK, failed(410), redirected(), now=NOW + 365 * DAY)
    assert is_due(wrong, now=NOW)
    right = next_state(wrong, SAME, now=NOW, weekly=10)
    assert right.last_visit_at == NOW and wait(right) < 3 * HOUR
    gone = next_state(replace(wrong, gone_since=NOW + 300 * DAY), failed(410), now=NOW, weekly=10)
    assert gone.gone_since == NOW and gone.status == "active"
    moving = next_state(wrong, redirected(), now=NOW, weekly=10)
    assert moving.moved_since == NOW and moving.n_moved == 1


# ---------------------------------------------------------------- for any row of answers

seconds = st.none() | st.integers(-10, 400 * 86400)
moments = st.none() | st.timedeltas(-40 * DAY, 400 * DAY).map(lambda d: NOW + d)
documents = st.none() | st.builds(
    Document,
    arrivals=st.just(()),
    ttl=seconds,
    skip_hours=st.lists(st.integers(-2, 30), max_size=40).map(tuple),
    skip_days=st.lists(st.integers(-2, 9), max_size=12).map(tuple),
)
outcomes = st.builds(
    Outcome,
    status=st.sampled_from(["new", "unchanged", "failed", "failed"]),
    http_status=st.none() | st.sampled_from([200, 304, 404, 410, 410, 429, 500, 503]),
    retry_at=moments,
    document=documents,
    max_age=seconds,
    moved_to=st.sampled_from([None, "https://a.example/", "https://b.example/", "file:///etc/passwd"]),
    n_recent=st.integers(0, 1000),
)
visits = st.lists(
    st.tuples(outcomes, st.timedeltas(-3 * DAY, 40 * DAY), st.integers(0, 100_000)), min_size=1, max_size=12
)


@given(visits)
def test_whatever_comes_the_next_visit_lies_ahead_and_within_bounds(rows):
    state, now = NEW, NOW
    for outcome, pause, weekly in rows:
        now += pause  # also backwards
        state = next_state(state, outcome, now=now, weekly=weekly)
        assert state.due_at > now
        assert 300 <= state.interval <= 86400
        assert state.not_before is None or now < state.not_before <= now + 31 * DAY
        assert state.not_before is None or state.due_at >= state.not_before
        assert state.due_at.hour not in state.skip_hours and state.due_at.weekday() not in state.skip_days
        assert not is_due(state, now=now), "a feed that was just visited is not due"
        assert (state.n_failures > 0) == (outcome.status == "failed")
        assert state.status == "active" or state.n_failures > 0, "who answers is neither gone nor suspended"
        assert state.url == URL and (state.address or "https://").startswith("https://")
        assert state.n_missing == 0 or state.gone_since is None, "never missing and gone at once"
        assert is_due(resumed(state, now=now), now=now)
        if state.status == "active":
            assert is_due(state, now=now + 45 * DAY), "nothing waits for ever"
            assert is_due(state, now=now - 2 * DAY) or state.not_before, "a clock set back holds nothing up"


# ---------------------------------------------------------------- files of this machine


def test_a_file_may_be_looked_at_whenever_somebody_asks_and_is_every_five_minutes_by_a_watch():
    state = next_state(FeedState("file:///feeds/a.xml"), Outcome("new"), now=NOW, weekly=1)
    assert state.interval == 300
    assert not is_due(state, now=NOW)
    assert may_visit(state, now=NOW, due_only=True)


def test_who_asks_now_is_heard_unless_the_feed_is_over_or_its_server_wants_us_to_wait():
    later = NOW + timedelta(hours=2)
    state = FeedState("https://wire.example/feed", due_at=later)
    assert may_visit(state, now=NOW, due_only=False)
    assert not may_visit(state, now=NOW, due_only=True)
    assert not may_visit(replace(state, not_before=later), now=NOW, due_only=False)
    assert not may_visit(replace(state, status="suspended"), now=NOW, due_only=False)
