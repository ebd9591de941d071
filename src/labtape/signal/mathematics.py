"""Probabilities as plain numbers: logits, temperature, conformal sets, and rounding that still sums to one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def softmax(logits: Mapping[str, float]) -> dict[str, float]:
    """Probabilities that sum to one.

    >>> softmax({"Bullish": 1.0, "Neutral": 1.0})
    {'Bullish': 0.5, 'Neutral': 0.5}
    """
    top = max(logits.values())
    raised = {label: math.exp(value - top) for label, value in logits.items()}
    total = sum(raised.values())
    return {label: value / total for label, value in raised.items()}


def rounded(p: Mapping[str, float]) -> dict[str, float]:
    """Four decimals that sum to exactly one: what rounding leaves over goes to the largest.

    >>> rounded({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    {'a': 0.3334, 'b': 0.3333, 'c': 0.3333}
    """
    units = {label: round(value * 10_000) for label, value in p.items()}
    largest = max(units, key=lambda label: units[label])
    units[largest] += 10_000 - sum(units.values())
    return {label: unit / 10_000 for label, unit in units.items()}


def label_of(p: Mapping[str, float]) -> str:
    """The most probable label; the earlier one of the label set where two are equal."""
    return max(p, key=lambda label: p[label])


def conformal_set(p: Mapping[str, float], threshold: float) -> tuple[str, ...]:
    """Labels, most probable first, that a split-conformal threshold on 1 - p keeps; never empty.

    >>> conformal_set({"Bullish": 0.5, "Neutral": 0.45, "Bearish": 0.05}, 0.7)
    ('Bullish', 'Neutral')
    """
    order = sorted(p, key=lambda label: -p[label])
    return tuple(label for label in order if 1 - p[label] <= threshold) or (order[0],)


def conformal_threshold(scores: Sequence[float], coverage: float) -> float:
    """The finite-sample quantile of calibration scores 1 - p(true label) for the wanted coverage."""
    ordered = sorted(scores)
    rank = math.ceil((len(ordered) + 1) * coverage)
    return ordered[rank - 1] if rank <= len(ordered) else 1.0


def discounted(p: Mapping[str, float], relevance: float, neutral: str) -> dict[str, float]:
    """What is left of a direction when the article is not about AI: its probability times the relevance.

    >>> discounted({"Bullish": 0.75, "Neutral": 0.25}, 0.25, "Neutral")
    {'Bullish': 0.1875, 'Neutral': 0.8125}
    """
    kept = min(relevance, 0.49)
    left = {label: value * kept for label, value in p.items()}
    left[neutral] += 1 - kept
    return left
