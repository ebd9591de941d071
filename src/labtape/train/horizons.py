"""Fits both horizons on articles that were read for them, and says what they are worth on articles left out.

The log-odds that they start from are those of heads that had not seen the article. Articles of one verdict were drawn
more often than others for this reading; each counts by how many of its verdict it stands for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.signal.features import Seen
from labtape.signal.horizons import (
    AS_VERDICT,
    DIRECTION,
    HORIZONS,
    MATERIAL,
    Weights,
    horizon_inputs,
    horizon_log_odds,
)
from labtape.signal.mathematics import label_of
from labtape.signal.model import three
from labtape.signal.ngrams import LABELS
from labtape.train.heads import LEAST_SPREAD

FOLDS: Final = 5
#: Fewer readings than this teach nothing; then both horizons say what the verdict says.
LEAST: Final = 100
#: The variance that weights may have on inputs of equal spread; chosen by log loss in folds (.01 and .1 cost .02 at most).
STRENGTH: Final = 0.03


@dataclass(frozen=True, slots=True)
class Reading:
    """An article read for its horizons: log-odds by heads that had not seen it, what was read, its verdict and story."""

    z: Mapping[str, float]
    seen: Seen
    labels: Mapping[str, str]
    verdict: str
    story: str


@dataclass(frozen=True, slots=True)
class Horizons:
    weights: Weights
    scores: Mapping[str, Any]  # Any: JSON of measures


def fit_horizons(readings: Sequence[Reading], verdicts: Counter[str]) -> Horizons:
    """Weights, and per horizon the measures in folds beside those of the verdict's own log-odds; `verdicts` counts all articles."""
    if len(readings) < LEAST:
        return Horizons(AS_VERDICT, {})
    drawn = Counter(r.verdict for r in readings)
    counts = [verdicts[r.verdict] / drawn[r.verdict] for r in readings]
    weights = {name: _fit(readings, counts, name) for name in HORIZONS}
    order = {story: n for n, story in enumerate(sorted({r.story for r in readings}))}
    folds = [order[r.story] % FOLDS for r in readings]
    scores: dict[str, Any] = {}
    for name in HORIZONS:
        made: dict[int, dict[str, float]] = {}
        for fold in range(FOLDS):
            rest = [k for k, f in enumerate(folds) if f != fold]
            own = _fit([readings[k] for k in rest], [counts[k] for k in rest], name)
            made |= {
                k: three(*horizon_log_odds(own, readings[k].z, readings[k].seen))
                for k, f in enumerate(folds)
                if f == fold
            }
        as_verdict = {k: three(r.z["material"], r.z["direction"]) for k, r in enumerate(readings)}
        scores[name] = {
            "folds": _measures(readings, counts, made, name),
            "as_verdict": _measures(readings, counts, as_verdict, name),
        }
    return Horizons(weights, scores)


def _fit(readings: Sequence[Reading], counts: Sequence[float], horizon: str) -> dict[str, dict[str, float]]:
    inputs = [horizon_inputs(r.z, r.seen) for r in readings]
    labels = [r.labels[horizon] for r in readings]
    moved = [k for k, label in enumerate(labels) if label != "Neutral"]
    return {
        "material": _few(
            "material", MATERIAL, [m for m, _ in inputs], [label != "Neutral" for label in labels], counts
        ),
        "direction": _few(
            "direction",
            DIRECTION,
            [inputs[k][1] for k in moved],
            [labels[k] == "Bullish" for k in moved],
            [counts[k] for k in moved],
        ),
    }


def _few(
    head: str,
    names: Sequence[str],
    rows: Sequence[Mapping[str, float]],
    truth: Sequence[bool],
    counts: Sequence[float],
) -> dict[str, float]:
    """Weights by name on the inputs as they are, with a bias; rounded so that a platform's last bits do not show.

    A logistic regression that is held back towards the verdict's own log-odds: with nothing to learn, the horizon says what it says.
    """
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit

    table = np.array([[row[name] for name in names] for row in rows])
    spread = table.std(axis=0)
    factor = np.where(spread > LEAST_SPREAD, 1 / np.where(spread > LEAST_SPREAD, spread, 1.0), 0.0)
    centre = table.mean(axis=0)
    scaled = (table - centre) * factor
    given, sign = np.array([row[head] for row in rows]), np.where(truth, 1.0, -1.0)
    weight = np.array(counts) / np.mean(counts)

    def loss(x: Any) -> Any:  # Any: arrays
        margin = sign * (given + scaled @ x[1:] + x[0])
        pull = -weight * sign * expit(-margin)
        value = weight @ np.logaddexp(0.0, -margin) + x[1:] @ x[1:] / (2 * STRENGTH)
        return value, np.concatenate([[pull.sum()], scaled.T @ pull + x[1:] / STRENGTH])

    found = minimize(
        loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-9}
    )
    weights = found.x[1:] * factor
    bias = float(found.x[0] - weights @ centre)
    named = dict(zip(names, (float(w) for w in weights), strict=True))
    named[head] += 1.0
    return {"bias": round(bias, 4)} | {name: round(w, 4) for name, w in named.items() if round(w, 4)}


def _measures(
    readings: Sequence[Reading],
    counts: Sequence[float],
    made: Mapping[int, Mapping[str, float]],
    horizon: str,
) -> dict[str, float]:
    """Accuracy, macro-F1 and log loss, each article counted by how many it stands for; and how often the side is right where both have one."""
    total = sum(counts)
    table: Counter[tuple[str, str]] = Counter()  # weights are no whole numbers
    loss = 0.0
    for k, (reading, count) in enumerate(zip(readings, counts, strict=True)):
        truth = reading.labels[horizon]
        table[truth, label_of(made[k])] += count  # type: ignore[assignment]  # see above
        loss -= count * math.log(max(made[k][truth], 1e-9))
    f1 = [
        2 * table[x, x] / max(1e-9, sum(n * ((a == x) + (b == x)) for (a, b), n in table.items()))
        for x in LABELS
    ]
    moved = {pair: n for pair, n in table.items() if "Neutral" not in pair}
    same = sum(n for (a, b), n in moved.items() if a == b)
    return {
        "n": len(readings),
        "acc": round(sum(table[x, x] for x in LABELS) / total, 4),
        "macro_f1": round(sum(f1) / len(f1), 4),
        "direction_acc": round(same / max(1e-9, sum(moved.values())), 4),
        "log_loss": round(loss / total, 4),
    }
