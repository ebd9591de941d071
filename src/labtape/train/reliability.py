"""How far a certainty can be believed, bin by bin: what the picture of a bundle draws and its card lists."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from labtape.proportions import wilson
from labtape.report.reliability import Bin

#: Equal widths over 0 to 1, as the ECE of verdicts counts them; the upper end belongs to a bin.
BINS: Final = 15


def bin_of(certainty: float, bins: int = BINS) -> int:
    """The bin of a certainty, from 0.

    >>> bin_of(0.4), bin_of(0.41), bin_of(1.0)
    (5, 6, 14)
    """
    return min(max(math.ceil(round(certainty * bins, 6)) - 1, 0), bins - 1)


def bins_of(pairs: Sequence[tuple[float, bool]], bins: int = BINS) -> tuple[Bin, ...]:
    """The bins that hold a (certainty, whether it was right), from the least sure on.

    >>> [(b.n, b.certainty, b.right) for b in bins_of([(0.5, True), (0.5, False), (0.9, True)])]
    [(2, 0.5, 0.5), (1, 0.9, 1.0)]
    """
    made = []
    for k in range(bins):
        own = [(certainty, ok) for certainty, ok in pairs if bin_of(certainty, bins) == k]
        if own:
            n, hits = len(own), sum(ok for _, ok in own)
            low, high = wilson(hits, n)
            mean = sum(certainty for certainty, _ in own) / n
            made.append(
                Bin(
                    round(k / bins, 4),
                    round((k + 1) / bins, 4),
                    n,
                    round(mean, 4),
                    round(hits / n, 4),
                    round(low, 4),
                    round(high, 4),
                )
            )
    return tuple(made)
