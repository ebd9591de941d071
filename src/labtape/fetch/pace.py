"""How long to leave a host alone between two requests. Pure: the pace and what happened in, the next pace out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from labtape.exceptions import FetchError

Outcome = Literal["good", "error", "strained"]

SLOWEST = (
    60.0  # seconds: the longest delay we come to by ourselves, and the longest crawl-delay that is obeyed
)
_REST = 2.0  # a host rests this many times as long as it worked for us
_DECAY = 0.75  # of the delay is left by a good answer: from a minute back to a second takes 15 of them
_BUSY = frozenset({429, 503})
_STRAINED = frozenset({"timeout", "connect"})


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between the end of a request and the start of the next; `floor` is the least that is wished.

    `is_wary` holds from an error until the first good answer after it.
    """

    delay: float
    floor: float
    is_wary: bool = False


def next_pace(pace: Pace, outcome: Outcome, seconds: float) -> Pace:
    """Give the pace after a request that took `seconds`.

    Twice as slow when the host is strained; as slow as it answers; with good answers slowly back to the floor, but not
    with an error or right after one. A floor of 0 switches all of it off.

    >>> pace = next_pace(Pace(delay=1, floor=1), "strained", seconds=0.1)
    >>> [round((pace := next_pace(pace, "good", 0.1)).delay, 2) for _ in range(4)]
    [2, 1.5, 1.12, 1]
    >>> next_pace(pace, "good", seconds=12).delay
    24.0
    """
    if not pace.floor:
        return replace(pace, delay=0.0)
    at_rest = max(pace.floor, min(SLOWEST, _REST * seconds))
    if outcome == "strained":
        return replace(pace, delay=max(at_rest, min(SLOWEST, 2 * pace.delay)), is_wary=True)
    if outcome == "error" or pace.is_wary:
        return replace(pace, delay=max(at_rest, pace.delay), is_wary=outcome == "error")
    return replace(pace, delay=max(at_rest, _DECAY * pace.delay))


def with_floor(pace: Pace, floor: float) -> Pace:
    """Give the pace with another least delay, at once as slow as that."""
    return replace(pace, floor=floor, delay=max(pace.delay, floor))


def outcome_of(result: object) -> Outcome:
    """Tell what an answer says about the host: whether it is well, failed, or has too much to do.

    >>> outcome_of(FetchError("busy", kind="http", status=429)), outcome_of(FetchError("gone", kind="http", status=410))
    ('strained', 'error')
    """
    if not isinstance(result, FetchError):
        return "good"
    return "strained" if result.kind in _STRAINED or result.status in _BUSY else "error"
