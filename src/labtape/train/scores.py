"""The arithmetic of the measures: precision and recall, parts, and how far a certainty can be believed."""

from __future__ import annotations

from collections.abc import Sequence


def ece(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between certainty and hit rate over equal-width bins."""
    total = 0.0
    for k in range(bins):
        part = [pair for pair in pairs if k / bins < pair[0] <= (k + 1) / bins]
        if part:
            gap = abs(sum(c for c, _ in part) / len(part) - sum(ok for _, ok in part) / len(part))
            total += gap * len(part) / len(pairs)
    return round(total, 4)


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
