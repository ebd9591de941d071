"""Means with intervals that know how many days they rest on, and many tests at once.

Articles come in swarms: ten of them about one morning's news are one fact about the market. Therefore all verdicts about one ticker with one
entry are one observation, and the bootstrap draws whole days, with all that was entered on them (Efron and Tibshirani 1993; Cameron, Gelbach
and Miller 2008 for clusters).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]  # Any: numpy's own parameters

#: Below so many observations, or days, a mean of returns says nothing; a convention, stated with the table.
ENOUGH, ENOUGH_DAYS = 30, 10
#: Percentile intervals want 1,000 draws or more (Efron and Tibshirani 1993, chapter 13).
DRAWS = 2000


def day_draws(n_days: int, *, draws: int = DRAWS, seed: int = 0) -> Array:
    """How often each day is in each draw of as many days with replacement: a row a draw."""
    import numpy as np

    if not n_days:
        return np.zeros((draws, 0), dtype="float32")
    random = np.random.default_rng([seed, 1])
    made: Array = random.multinomial(n_days, [1 / n_days] * n_days, size=draws).astype("float32")
    return made


def means_by_day(values: Array, days: Array, drawn: Array) -> Array:
    """The mean of the values in each draw of days; NaN for a draw that has none of their days.

    `days` are the places of the values' days among the columns of `drawn`.
    """
    import numpy as np

    n_days = drawn.shape[1]
    total = drawn @ np.bincount(days, values, n_days)
    count = drawn @ np.bincount(days, minlength=n_days).astype("float64")
    made: Array = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return made


def interval(draws: Array) -> tuple[float, float]:
    """The middle 95 % of some draws (percentile method); NaN twice where there are none."""
    import numpy as np

    there = draws[~np.isnan(draws)]
    if not len(there):
        return float("nan"), float("nan")
    low, high = np.quantile(there, [0.025, 0.975])
    return float(low), float(high)


def q_values(p: Sequence[float]) -> tuple[float, ...]:
    """The false discovery rate at which each of some tests would be called found (Benjamini and Hochberg 1995), in their order.

    >>> [round(q, 3) for q in q_values([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    """
    order = sorted(range(len(p)), key=lambda n: p[n])
    found = [1.0] * len(p)
    least = 1.0
    for rank in range(len(p), 0, -1):
        at = order[rank - 1]
        least = min(least, p[at] * len(p) / rank)
        found[at] = least
    return tuple(found)
