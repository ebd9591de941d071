"""How a story runs: how much was told lately, and whether it breaks, develops, is sustained or fades.

breaking      first told less than 6 hours ago, and a new independent source came in the last 3
fading        nothing told for 24 hours
sustained     first told 48 hours ago or more, and still told
developing    everything else
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from labtape.story_record.nouns import Counts, Phase
from labtape.story_record.sources import roots_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from labtape.story_record.nouns import Source

# Chosen by reading stories of the pool, not fitted: a scoop is retold within a few hours, and a matter that nobody has
# written of for a day is rarely taken up again before its next step, which is another story.
BREAKING: Final = timedelta(hours=6)
COMING: Final = timedelta(hours=3)
QUIET: Final = timedelta(hours=24)
SUSTAINED: Final = timedelta(hours=48)


def counts(times: Sequence[datetime], now: datetime) -> Counts:
    """How many of some times lie in the last 12, 24, 72, 120 and 168 hours up to `now`, both ends included."""
    ordered = sorted(times)
    end = bisect_right(ordered, now)
    h12, h24, h72, h120, h168 = (
        end - bisect_left(ordered, now - timedelta(hours=hours), hi=end) for hours in (12, 24, 72, 120, 168)
    )
    return Counts(h12, h24, h72, h120, h168, all=len(ordered))


def origin_times(forest: Sequence[Source]) -> tuple[datetime, ...]:
    """When each independent source was first heard, oldest first."""
    roots = roots_of(forest)
    first: dict[str, datetime] = {}
    for node in forest:
        if node.at is not None:
            root = roots[node.id]
            first[root] = min(first.get(root, node.at), node.at)
    return tuple(sorted(first.values()))


def phase(first_at: datetime, last_at: datetime, came: Sequence[datetime], now: datetime) -> Phase:
    """The phase of a story told from `first_at` to `last_at`, whose independent sources `came` at these times.

    >>> from datetime import UTC, datetime
    >>> at = lambda hour: datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=hour)
    >>> [phase(at(0), at(last), (at(0), at(last)), at(now)).name for last, now in ((2, 3), (2, 8), (50, 51), (2, 30))]
    ['breaking', 'developing', 'sustained', 'fading']
    """
    age, quiet = max(now - first_at, timedelta()), max(now - last_at, timedelta())
    fresh = max(now - came[-1], timedelta()) if came else age
    told = f"first told {_ago(age)}, last {_ago(quiet)}"
    if age < BREAKING and fresh < COMING:
        return Phase("breaking", f"{told}; the latest independent source came {_ago(fresh)}")
    if quiet >= QUIET:
        return Phase("fading", f"{told}: nothing for {_hours(QUIET)}")
    if age >= SUSTAINED:
        return Phase("sustained", f"{told}: still told after {_hours(SUSTAINED)}")
    return Phase("developing", told)


def _ago(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours < 1:
        return "less than 1 h ago"
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} d ago"


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.0f} h"
