from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.alert import last_slot, quiet_hours, quiet_until, wall_time
from labtape.exceptions import SettingsError

from .made import at

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = quiet_hours("22:00-07:00")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-03T21:59:59+02:00", None),
        ("2026-06-03T22:00:00+02:00", "2026-06-04T07:00:00+02:00"),
        ("2026-06-04T00:30:00+02:00", "2026-06-04T07:00:00+02:00"),
        ("2026-06-04T06:59:59+02:00", "2026-06-04T07:00:00+02:00"),
        ("2026-06-04T07:00:00+02:00", None),
        # The nights in which summer time begins and ends: 07:00 is 07:00 on the wall.
        ("2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"),
        ("2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(now: str, until: str | None) -> None:
    assert quiet_until(at(now), NIGHT, BERLIN) == (at(until) if until else None)


def test_quiet_hours_within_a_day_are_those_of_that_day() -> None:
    noon = quiet_hours("12:00-13:30")
    assert quiet_until(at("2026-06-03T12:30:00+00:00"), noon, UTC) == at("2026-06-03T13:30:00+00:00")
    assert quiet_until(at("2026-06-03T02:00:00+00:00"), noon, UTC) is None


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_once() -> None:
    quiet = quiet_hours("22:00-02:30")
    inside, after = at("2026-10-25T02:10:00+02:00"), at("2026-10-25T02:10:00+01:00")
    assert quiet_until(inside, quiet, BERLIN) == at("2026-10-25T02:30:00+02:00")
    assert quiet_until(after, quiet, BERLIN) is None


def test_quiet_hours_that_end_in_the_hour_that_is_left_out_end_an_hour_later_on_the_wall() -> None:
    quiet = quiet_hours("22:00-02:30")
    assert quiet_until(at("2026-03-29T00:30:00+00:00"), quiet, BERLIN) == at("2026-03-29T03:30:00+02:00")


@given(st.integers(0, 10 * 365 * 24 * 60))
def test_quiet_hours_once_left_end_later_than_now_and_within_a_day(minutes: int) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = quiet_until(now, NIGHT, BERLIN)
    if until is not None:
        assert now < until <= now + timedelta(hours=10)
        assert quiet_until(until, NIGHT, BERLIN) is None


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-06-03T07:29:59+02:00", "2026-06-02T18:00:00+02:00"),
        ("2026-06-03T07:30:00+02:00", "2026-06-03T07:30:00+02:00"),
        ("2026-03-29T12:00:00+02:00", "2026-03-29T07:30:00+02:00"),
        ("2026-10-25T12:00:00+01:00", "2026-10-25T07:30:00+01:00"),
    ],
)
def test_the_last_time_of_a_digest_is_by_the_clock_on_the_wall(now: str, slot: str) -> None:
    assert last_slot(at(now), [time(18), time(7, 30)], BERLIN) == at(slot)


def test_a_time_that_comes_twice_or_never_is_one_slot_of_its_day() -> None:
    for day, expected in (("2026-10-25", 1), ("2026-03-29", 1)):
        start = at(f"{day}T00:00:00+00:00") - timedelta(hours=2)
        slots = {last_slot(start + timedelta(minutes=m), [time(2, 30)], BERLIN) for m in range(24 * 60)}
        assert len({slot for slot in slots if slot and slot >= start}) == expected


@pytest.mark.parametrize("text", ["7:30", "24:00", "07:60", "0730", "soon", "", "07:30:00"])
def test_what_is_no_time_of_day_is_told_what_is(text: str) -> None:
    with pytest.raises(SettingsError, match="write HH:MM"):
        wall_time(text)


def test_quiet_hours_that_never_end_are_refused() -> None:
    assert quiet_hours("") is None
    with pytest.raises(SettingsError, match="end when they begin"):
        quiet_hours("22:00-22:00")
    with pytest.raises(SettingsError, match="FROM-TO"):
        quiet_hours("22:00")
