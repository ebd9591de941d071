"""Periods of a lexicon row: from `since`, included, to `until`, left out.

A date may be a year, a month or a day; one that is not exact counts from its first day. None is an end that nobody
gave: what has no `since` held as long as we know of it, what has no `until` holds now.
"""

from __future__ import annotations

from datetime import date


def holds(since: str | None, until: str | None, at: date | None) -> bool:
    """Whether the period holds the day; without a day, whether it still holds.

    The day of a change belongs to what comes after it.

    >>> [holds("2025-12-29", "2026-04", date(2026, m, 1)) for m in (1, 3, 4)]
    [True, True, False]
    >>> holds("2025-12-29", "2026-04", None), holds("2026", None, None)
    (False, True)
    """
    if at is None:
        return until is None
    day = day_of(at)
    return (since or "") <= day and (until is None or day < until)


def is_backward(since: str | None, until: str | None) -> bool:
    """Whether a period ends before it begins, or has no day at all.

    >>> is_backward("2026-02", "2026-01-31"), is_backward("2026", "2026-05"), is_backward(None, "2026")
    (True, False, False)
    """
    return since is not None and until is not None and until <= since


def first_day(value: str) -> date:
    """The first day of a year, a month or a day.

    >>> first_day("2026"), first_day("2026-04")
    (datetime.date(2026, 1, 1), datetime.date(2026, 4, 1))
    """
    year, month, day = (*(int(part) for part in value.split("-")), 1, 1)[:3]
    return date(year, month, day)


def day_of(at: date) -> str:
    """The ISO day of a date or a time."""
    return f"{at.year:04}-{at.month:02}-{at.day:02}"
