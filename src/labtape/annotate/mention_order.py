"""Which mentions of a text lie where: by bisection, as a text of a thousand figures has as many names.

All mentions here are sorted by their start, and none overlaps another.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labtape.types import Mention

_START = attrgetter("start")
FAR_BACK: Final = 20_000
"""How far back, in characters, another name is looked for that may stand anywhere before."""


def beginning_in(mentions: Sequence[Mention], start: int, end: int) -> Sequence[Mention]:
    """Those that begin in a span, in order."""
    first = bisect_left(mentions, start, key=_START)
    return mentions[first : bisect_left(mentions, end, lo=first, key=_START)] if end > start else ()


def backwards(mentions: Sequence[Mention], until: int, *, since: int = 0) -> Iterator[Mention]:
    """Yield those with a lab that begin at `since` or later and end by `until`, the last first."""
    for place in range(bisect_left(mentions, until, key=_START) - 1, -1, -1):
        mention = mentions[place]
        if mention.start < since:
            return
        if mention.lab and mention.end <= until:
            yield mention
