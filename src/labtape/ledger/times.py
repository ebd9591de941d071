"""What time a claim is about, and which of two is about the later one.

a period with days    its end                              "in May", "last week"
none                  the day it was first published       "holds 61%"
an undated baseline   some time before that day            "up from 11%"
an undated forecast   unknown                              "will reach 50%"
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from labtape.ledger.rows import ShareRow

#: Two undated claims seen within this time are taken to be about the same moment; the next issue of a weekly table is not.
SAME_TIME = timedelta(days=6)


def is_dated(row: ShareRow) -> bool:
    """Whether the words give days, not only "recently"."""
    return bool(row.period_start or row.period_end)


def point_in_time(row: ShareRow) -> str | None:
    """The ISO day a claim is about: the end of its period, else the day it was first published.

    None for a claim about a time that nobody says: an undated baseline or forecast.
    """
    if is_dated(row):
        return row.period_end or row.period_start
    if row.role != "current" or row.first.at is None:
        return None
    return row.first.at.date().isoformat()


def is_same_time(left: ShareRow, right: ShareRow) -> bool:
    """Whether two claims are about one time: equal periods, or both undated and seen within six days of each other."""
    if is_dated(left) or is_dated(right):
        return (left.period_start, left.period_end) == (right.period_start, right.period_end)
    if left.role != "current" or right.role != "current" or left.first.at is None or right.first.at is None:
        return False
    return abs(left.first.at - right.first.at) <= SAME_TIME


def day_number(row: ShareRow) -> float | None:
    """The day a claim is about as a number that sorts; an undated baseline lies half a day before its publication."""
    if row.role == "baseline" and not is_dated(row):
        return row.first.at.toordinal() - 0.5 if row.first.at else None
    day = point_in_time(row)
    return _ordinal(day) if day else None


@lru_cache(maxsize=65536)
def _ordinal(day: str) -> float | None:
    try:
        return float(date.fromisoformat(day).toordinal())
    except ValueError:  # a record of another hand may give a year or a month
        return None
