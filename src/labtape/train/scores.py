"""The arithmetic of the measures: precision and recall, parts, and how far a certainty can be believed."""

from __future__ import annotations

from collections.abc import Sequence


def ece(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between certainty and hit rate over equal-width bins."""
    return round(_gap(pairs, bins, 0.0), 4)


def steady_ece(pairs: Sequence[tuple[float, bool]], bins: int = 10, grids: int = 20) -> float:
    """The mean of `ece` over bins that begin at `grids` places instead of at 0 alone.

    Of few articles `ece` jumps when a certainty crosses an edge.

    >>> pairs = [(0.70, True), (0.71, False), (0.69, True)]
    >>> a_point_more = [(certainty + 0.01, ok) for certainty, ok in pairs]
    >>> ece(pairs), ece(a_point_more)
    (0.44, 0.2433)
    >>> steady_ece(pairs), steady_ece(a_point_more)
    (0.0947, 0.1027)
    """
    return round(sum(_gap(pairs, bins, k / grids) for k in range(grids)) / grids, 4)


def _gap(pairs: Sequence[tuple[float, bool]], bins: int, begin: float) -> float:
    """`begin` is where the first bin begins, in widths of a bin below 0."""
    total = 0.0
    for k in range(bins + 1):
        part = [pair for pair in pairs if (k - begin) / bins < pair[0] <= (k + 1 - begin) / bins]
        total += abs(sum(certainty for certainty, _ in part) - sum(ok for _, ok in part))
    return total / len(pairs) if pairs else 0.0


def prf(tp: int, fp: int, fn: int) -> dict[str, float]:
    """Precision, recall and F1 with the counts they come from."""
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(f1, 4), "tp": tp, "fp": fp, "fn": fn}


def brier(pairs: Sequence[tuple[float, bool]]) -> float:
    """The mean squared gap between certainty and outcome: 0 is perfect, 0.25 is what "one half" always gets.

    >>> brier([(1.0, True), (0.5, False)])
    0.125
    """
    return rate(sum((certainty - ok) ** 2 for certainty, ok in pairs), len(pairs))


def rate(count: float, n: int) -> float:
    """A part of `n`; 0 where there is nothing.

    >>> rate(1, 3), rate(0, 0)
    (0.3333, 0.0)
    """
    return round(count / max(1, n), 4)
