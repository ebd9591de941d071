"""The same measure at dates on which nothing was said: how often chance alone does as well.

Each entry day is moved to a session drawn at random, with all tickers that were entered on it, so that what happens to them together on a
day stays together. A session counts for a ticker when no verdict about it was entered within five sessions on either side. Where the tickers
of a day have too few such sessions in common each is moved alone; one that has too few of its own has no placebo.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]  # Any: numpy's own parameters

#: Placebo samples. The smallest p that can come out is 1 / (draws + 1), and with many rows a q needs small ones.
DRAWS = 2000
#: Sessions around an entry that are no placebo.
APART = 5
_FEWEST = 20  # sessions to draw from
_BLOCK = 512  # observations drawn at once, 8 MB of returns


@dataclass(frozen=True, slots=True)
class Observed:
    """A ticker entered in a session: `day` names the session with its calendar, `place` is where it stands in the ticker's track."""

    ticker: str
    day: str
    place: int


def quiet(places: Sequence[int], n_sessions: int) -> Array:
    """The sessions without an entry within `APART` of them."""
    import numpy as np

    made = np.ones(n_sessions, dtype=bool)
    for place in places:
        made[max(place - APART, 0) : place + APART + 1] = False
    return made


def placebo_means(
    observed: Sequence[Observed],
    weights: Array,
    values: Mapping[str, Array],
    still: Mapping[str, Array],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Array, Array]:
    """The weighted mean of each row of `weights` in each placebo sample (a row a group), and which observations have a placebo.

    `values` are a ticker's returns for an entry in each session, `still` whether that session may be drawn.
    """
    import numpy as np

    random = np.random.default_rng([seed, 2])
    total, count = np.zeros((len(weights), draws)), np.zeros((len(weights), draws))
    covered = np.zeros(len(observed), dtype=bool)
    by_day: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(observed):
        by_day[one.day].append(n)
    may_be = {ticker: still[ticker] & ~np.isnan(values[ticker]) for ticker in values}
    block: list[int] = []
    drawn: list[Array] = []
    for day in sorted(by_day):
        for n, places in _places(by_day[day], observed, may_be, draws, random):
            covered[n] = True
            block.append(n)
            drawn.append(values[observed[n].ticker][places])
        if len(block) >= _BLOCK:
            _add(total, count, weights, block, drawn)
            block, drawn = [], []
    if block:
        _add(total, count, weights, block, drawn)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan), covered


def _places(
    members: Sequence[int],
    observed: Sequence[Observed],
    may_be: Mapping[str, Array],
    draws: int,
    random: np.random.Generator,
) -> list[tuple[int, Array]]:
    """Sessions for each observation of a day: the same for all where they have enough in common."""
    import numpy as np

    masks = [may_be[observed[n].ticker] for n in members]
    common = np.flatnonzero(np.logical_and.reduce(masks))
    if len(common) >= _FEWEST:
        places = random.choice(common, draws)
        return [(n, places) for n in members]
    own = [(n, np.flatnonzero(mask)) for n, mask in zip(members, masks, strict=True)]
    return [(n, random.choice(there, draws)) for n, there in own if len(there) >= _FEWEST]


def _add(total: Array, count: Array, weights: Array, block: Sequence[int], drawn: Sequence[Array]) -> None:
    import numpy as np

    chosen = weights[:, block]
    total += chosen @ np.stack(drawn)
    count += (chosen != 0).sum(axis=1)[:, None]


def p_value(observed: float, expected: float, placebo: Array) -> float | None:
    """How often a placebo is as far from the placebos' mean as what was observed is from what is expected, both ways.

    `expected` is the mean over all sessions. The mean of the placebos would not do: it lacks the sessions with events, and so lies on the other side
    of it whenever these went one way by chance. None where there is no placebo.
    """
    import numpy as np

    there = placebo[~np.isnan(placebo)]
    if not len(there) or np.isnan(observed):
        return None
    as_far = int((np.abs(there - there.mean()) >= abs(observed - expected)).sum())
    return (1 + as_far) / (len(there) + 1)
