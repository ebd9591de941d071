"""How long a host is left alone: values in, values out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.exceptions import FetchError
from labtape.fetch.pace import SLOWEST, Pace, next_pace, outcome_of, with_floor

PLAIN = Pace(delay=1.0, floor=1.0)


def test_a_quick_host_keeps_the_least_delay():
    assert next_pace(PLAIN, "good", 0.1) == PLAIN


def test_a_slow_host_rests_twice_as_long_as_it_worked():
    assert next_pace(PLAIN, "good", 3.0).delay == 6.0
    assert next_pace(PLAIN, "good", 300.0).delay == SLOWEST


def test_strain_doubles_up_to_a_minute():
    pace, delays = PLAIN, []
    for _ in range(8):
        pace = next_pace(pace, "strained", 0.1)
        delays.append(pace.delay)
    assert delays == [2, 4, 8, 16, 32, 60, 60, 60]


def test_it_is_never_faster_with_an_error_or_right_after_one():
    slow = next_pace(Pace(8.0, 1.0), "error", 0.1)
    after = next_pace(slow, "good", 0.1)
    assert (slow.delay, after.delay) == (8.0, 8.0)
    assert next_pace(after, "good", 0.1).delay == 6.0


def test_good_answers_bring_it_back_slowly():
    pace, n = Pace(60.0, 1.0), 0
    while pace != PLAIN:
        pace, n = next_pace(pace, "good", 0.1), n + 1
    assert 10 < n < 20


def test_a_crawl_delay_is_a_floor():
    pace = with_floor(PLAIN, 10.0)
    assert pace.delay == 10.0
    assert next_pace(pace, "good", 0.1).delay == 10.0
    assert with_floor(Pace(30.0, 1.0), 10.0).delay == 30.0


def test_a_floor_of_zero_switches_delays_off():
    assert next_pace(Pace(0.0, 0.0), "strained", 20.0).delay == 0.0


@pytest.mark.parametrize(
    ("result", "outcome"),
    [(FetchError("", kind="timeout"), "strained"), (FetchError("", kind="connect"), "strained"),
     (FetchError("", kind="http", status=429), "strained"), (FetchError("", kind="http", status=503), "strained"),
     (FetchError("", kind="http", status=500), "error"), (FetchError("", kind="dns"), "error"), (None, "good")],
)  # fmt: skip
def test_an_answer_says_how_the_host_is(result, outcome):
    assert outcome_of(result) == outcome


@given(
    st.lists(st.tuples(st.sampled_from(["good", "error", "strained"]), st.floats(0, 1000))),
    st.floats(0.01, 100),
)
def test_a_delay_is_never_below_its_floor_nor_above_a_minute_and_its_floor(steps, floor):
    pace = Pace(floor, floor)
    for outcome, seconds in steps:
        before, pace = pace, next_pace(pace, outcome, seconds)
        assert floor <= pace.delay <= max(SLOWEST, floor)
        if outcome != "good" or before.is_wary:
            assert pace.delay >= before.delay
