"""How good sealed calls were: proper scores beside what knows nothing, reliability, and the worst of them by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from labtape.calls.nouns import CLASSES
from labtape.calls.outcomes import HORIZONS, Scored
from labtape.proportions import wilson

#: A forecast of 0 that happens would make the mean infinite; below this a probability counts as this.
CLIP: Final = 0.001
DRAWS: Final = 2000  # percentile intervals want 1,000 or more (Efron and Tibshirani 1993, chapter 13)
ENOUGH: Final = 10  # blocks; with fewer a bootstrap interval is too narrow to be shown
BINS: Final = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
Interval = tuple[float, float]
P = dict[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` calls with its 95 % interval; None where there is none."""

    value: float
    n: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The scores of one forecaster over one horizon: labtape's calls, or what knows nothing of the news.

    `brier` is the sum over the three classes of (p - happened)², 0 to 2; `log_loss` in nats; both better when lower. `hit` is the
    part of Bullish and Bearish calls whose class came true, `opposite` of those where the other direction did. `skill` is
    1 - Brier / Brier of the base rates: above 0 the calls knew something.
    """

    horizon: str
    sessions: int
    who: str
    n: int
    n_blocks: int
    brier: Figure
    log_loss: Figure
    hit: Figure | None
    opposite: Figure | None
    skill: Figure | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Calls whose label had a probability in (`low`, `high`]: the mean of it, and how often it came true (Wilson)."""

    horizon: str
    low: float
    high: float
    mean_p: float
    came_true: Figure


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything about some scored calls. `n_after` of them were sealed when the return had begun: not provably before."""

    rows: tuple[ScoreRow, ...]
    bins: tuple[Bin, ...]
    worst: tuple[Scored, ...]
    n_wrong: int
    n_before: int
    n_after: int


def scores(scored: Sequence[Scored], *, worst: int = 10, seed: int = 0) -> Scores:
    """Score calls by horizon: all of them, those sealed before their returns began, and three that know nothing.

    Intervals of means are by a bootstrap over blocks of calendar time as long as the horizon, since calls whose windows overlap share
    their luck; those of hit rates are Wilson's. `worst` is how many of the surest wrong calls are listed.
    """
    rows: list[ScoreRow] = []
    for name in dict.fromkeys(one.horizon for one in scored):
        ours = [one for one in scored if one.horizon == name]
        rows += _rows(name, ours, seed)
    wrong = sorted(
        (one for one in scored if one.prediction.label != "Neutral" and not one.is_hit),
        key=lambda one: (not one.is_opposite, -one.p_label, one.call.key, one.horizon),
    )
    n_before = sum(one.before for one in scored)
    return Scores(
        tuple(rows), _bins(scored), tuple(wrong[:worst]), len(wrong), n_before, len(scored) - n_before
    )


def _rows(name: str, ours: Sequence[Scored], seed: int) -> list[ScoreRow]:
    sealed = [one for one in ours if one.before]
    told = [("calls", ours)]
    if sealed and len(sealed) < len(ours):
        told.append(("sealed before", sealed))
    rates = _rates(ours)
    return [
        *(_called(name, who, some, seed) for who, some in told),
        _constant(name, "base rates", ours, rates, seed, hits=rates),
        _constant(name, "always Neutral", ours, {"Bullish": 0.0, "Neutral": 1.0, "Bearish": 0.0}, seed),
        _constant(name, "a third each", ours, dict.fromkeys(CLASSES, 1 / 3), seed),
    ]


def _rates(ours: Sequence[Scored]) -> P:
    """How often each class came true: the best constant forecast there is, in hindsight."""
    return {c: sum(one.outcome == c for one in ours) / len(ours) for c in CLASSES}


def _called(name: str, who: str, ours: Sequence[Scored], seed: int) -> ScoreRow:
    """The row of the calls themselves."""
    directed = [one for one in ours if one.prediction.label != "Neutral"]
    n, hits, opposite = (
        len(directed), sum(one.is_hit for one in directed), sum(one.is_opposite for one in directed)
    )  # fmt: skip
    return _row(
        name,
        who,
        ours,
        [one.prediction.p for one in ours],
        seed,
        hit=Figure(hits / n, n, wilson(hits, n)) if n else None,
        opposite=Figure(opposite / n, n, wilson(opposite, n)) if n else None,
        with_skill=True,
    )


def _constant(
    name: str, who: str, ours: Sequence[Scored], p: P, seed: int, *, hits: P | None = None
) -> ScoreRow:
    """The row of one forecast for everything; `hits` are the rates that the same calls would meet at random."""
    labels = [one.prediction.label for one in ours if one.prediction.label != "Neutral"]
    n = len(labels)
    turned = {"Bullish": "Bearish", "Bearish": "Bullish"}
    return _row(
        name,
        who,
        ours,
        [p] * len(ours),
        seed,
        hit=Figure(sum(hits[label] for label in labels) / n, n, None) if hits and n else None,
        opposite=Figure(sum(hits[turned[label]] for label in labels) / n, n, None) if hits and n else None,
    )


def _row(
    name: str,
    who: str,
    ours: Sequence[Scored],
    given: Sequence[Mapping[str, float]],
    seed: int,
    *,
    hit: Figure | None,
    opposite: Figure | None,
    with_skill: bool = False,
) -> ScoreRow:
    sessions = HORIZONS[name]
    rates = _rates(ours)
    blocks = [_block(one.entry, sessions) for one in ours]
    briers = [brier(p, one.outcome) for p, one in zip(given, ours, strict=True)]
    losses = [log_loss(p, one.outcome) for p, one in zip(given, ours, strict=True)]
    base = [brier(rates, one.outcome) for one in ours]
    return ScoreRow(
        horizon=name,
        sessions=sessions,
        who=who,
        n=len(ours),
        n_blocks=len(set(blocks)),
        brier=_mean(briers, blocks, seed),
        log_loss=_mean(losses, blocks, seed),
        hit=hit,
        opposite=opposite,
        skill=_skill(briers, base, blocks, seed) if with_skill else None,
    )


def brier(p: Mapping[str, float], outcome: str) -> float:
    """The Brier score of one forecast over three classes, 0 to 2.

    >>> round(brier({"Bullish": 0.6, "Neutral": 0.3, "Bearish": 0.1}, "Bullish"), 4)
    0.26
    """
    return sum((p[c] - (c == outcome)) ** 2 for c in CLASSES)


def log_loss(p: Mapping[str, float], outcome: str) -> float:
    """Minus the natural logarithm of what was given to what happened, a probability below 0.001 taken for 0.001.

    >>> round(log_loss({"Bullish": 0.5, "Neutral": 0.3, "Bearish": 0.2}, "Bullish"), 4)
    0.6931
    """
    return -math.log(max(CLIP, p[outcome]))


def _block(entry: str, sessions: int) -> int:
    """The stretch of the calendar, as long as so many sessions, that a day lies in."""
    return date.fromisoformat(entry).toordinal() // max(1, round(sessions * 7 / 5))


def _mean(values: Sequence[float], blocks: Sequence[int], seed: int) -> Figure:
    n = len(values)
    found = _bootstrap([values, [1.0] * n], blocks, lambda sums: sums[0] / sums[1], seed)
    return Figure(math.fsum(values) / n, n, found)


def _skill(ours: Sequence[float], base: Sequence[float], blocks: Sequence[int], seed: int) -> Figure | None:
    if not math.fsum(base):
        return None
    found = _bootstrap([ours, base], blocks, lambda sums: 1 - sums[0] / sums[1] if sums[1] else 0.0, seed)
    return Figure(1 - math.fsum(ours) / math.fsum(base), len(ours), found)


def _bootstrap(
    columns: Sequence[Sequence[float]], blocks: Sequence[int], of: Callable[[list[float]], float], seed: int
) -> Interval | None:
    """The 95 % percentile interval of a function of column sums, blocks drawn with replacement; None with too few blocks."""
    import numpy as np

    names = sorted(set(blocks))
    if len(names) < ENOUGH:
        return None
    place = {name: n for n, name in enumerate(names)}
    sums = np.zeros((len(names), len(columns)))
    for row, block in enumerate(blocks):
        sums[place[block]] += [column[row] for column in columns]
    random = np.random.default_rng(seed)
    drawn = random.integers(len(names), size=(DRAWS, len(names)))
    found = [of([float(x) for x in sums[chosen].sum(axis=0)]) for chosen in drawn]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _bins(scored: Sequence[Scored]) -> tuple[Bin, ...]:
    found = []
    for name in dict.fromkeys(one.horizon for one in scored):
        for low, high in pairwise(BINS):
            ours = [one for one in scored if one.horizon == name and low < one.p_label <= high]
            if ours:
                k, n = sum(one.is_hit for one in ours), len(ours)
                mean = math.fsum(one.p_label for one in ours) / n
                found.append(Bin(name, low, high, mean, Figure(k / n, n, wilson(k, n))))
    return tuple(found)
