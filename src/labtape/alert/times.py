"""When it is quiet, and when a digest is due: by the clock on the wall of a place, summer time and all.

A wall time that a night of summer time leaves out is taken an hour later, one that comes twice is the first of the two; so
every day has each time once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from labtape.alert.nouns import Quiet
from labtape.exceptions import SettingsError

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_DAY = timedelta(days=1)


def wall_time(text: str) -> time:
    """A time of day from `07:30`. Raises `SettingsError`.

    >>> wall_time("07:30")
    datetime.time(7, 30)
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise SettingsError(f"{text!r} is no time of day; write HH:MM from 00:00 to 23:59, as 07:30")
    return time(int(found[1]), int(found[2]))


def quiet_hours(text: str) -> Quiet | None:
    """Quiet hours from `22:00-07:00`; None for the empty text. Raises `SettingsError`.

    >>> quiet_hours("22:00-07:00")
    Quiet(start=datetime.time(22, 0), end=datetime.time(7, 0))
    """
    if not text.strip():
        return None
    start, dash, end = text.partition("-")
    if not dash:
        raise SettingsError(f"{text!r} are no quiet hours; write FROM-TO, as 22:00-07:00")
    quiet = Quiet(wall_time(start), wall_time(end))
    if quiet.start == quiet.end:
        raise SettingsError(f"{text!r} are no quiet hours: they end when they begin")
    return quiet


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment when the wall of a place shows that time on that day.

    >>> from zoneinfo import ZoneInfo
    >>> instant(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Berlin")).isoformat()  # left out that night: 03:30 there
    '2026-03-29T01:30:00+00:00'
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def quiet_until(now: datetime, quiet: Quiet | None, zone: tzinfo) -> datetime | None:
    """When the quiet hours end that it is in now; None outside of them.

    >>> quiet_until(datetime(2026, 6, 3, 23, tzinfo=UTC), quiet_hours("22:00-07:00"), UTC).isoformat()
    '2026-06-04T07:00:00+00:00'
    """
    if quiet is None:
        return None
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today):
        last = day if quiet.start < quiet.end else day + _DAY
        end = instant(last, quiet.end, zone)
        if instant(day, quiet.start, zone) <= now < end:
            return end
    return None


def last_slot(now: datetime, times: Iterable[time], zone: tzinfo) -> datetime | None:
    """The latest moment up to now at which the wall showed one of these times; None without any.

    >>> last_slot(datetime(2026, 6, 3, 6, tzinfo=UTC), [time(7, 30)], UTC).isoformat()
    '2026-06-02T07:30:00+00:00'
    """
    today = now.astimezone(zone).date()
    slots = (instant(day, at, zone) for at in times for day in (today - _DAY, today))
    return max((slot for slot in slots if slot <= now), default=None)
