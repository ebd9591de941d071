"""Fits the calibrations of `signal/calibration.py` and chooses among them on articles that the heads have not seen.

The rule: fit each method on four fifths of the articles by story and apply it to the fifth left out, in turn. Of the
methods whose mean log loss there is within one standard error (of the paired difference) of the least, the one with the
lowest calibration error is taken; of equal ones the one with fewer numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labtape.signal.calibration import METHODS, TEMPERATURE, Calibration, calibrated, temperature
from labtape.signal.mathematics import logit
from labtape.signal.ngrams import LABELS
from labtape.train.scores import ece

if TYPE_CHECKING:
    from numpy import ndarray

    Array = ndarray[Any, Any]  # Any: shape and number type

P = Mapping[str, float]
TEMPERATURES: Final = tuple(round(0.5 + 0.05 * k, 2) for k in range(41))
#: Holds scales to 1 and shifts to 0: log loss over all articles, in nats, per unit squared.
RIDGE: Final = 1.0
#: Nothing is certain that was seen a few dozen times.
LEAST, MOST = 0.01, 0.99
DIGITS: Final = 4
_LEAST_P: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Trial:
    """What a method is worth on articles it was not fitted on: mean log loss (nats), ECE over 15 bins, accuracy."""

    method: str
    log_loss: float
    ece: float
    acc: float

    def to_dict(self) -> dict[str, Any]:  # Any: JSON of the manifest
        return {"log_loss": self.log_loss, "ece": self.ece, "acc": self.acc}


def fit_calibration(method: str, raw: Sequence[P], truth: Sequence[str]) -> Calibration:
    """The numbers of one method, from raw probabilities and the true labels."""
    return _FITS[method](raw, truth)


def trial(method: str, shown: Sequence[P], truth: Sequence[str]) -> Trial:
    """Measures of probabilities that a method gave on articles left out."""
    losses = log_losses(shown, truth)
    pairs = [
        (max(p.values()), max(p, key=lambda k: p[k]) == label) for p, label in zip(shown, truth, strict=True)
    ]
    n = max(1, len(truth))
    return Trial(
        method, round(sum(losses) / n, 4), ece(pairs, bins=15), round(sum(ok for _, ok in pairs) / n, 4)
    )


def log_losses(shown: Sequence[P], truth: Sequence[str]) -> list[float]:
    """-log p(true label) of each article, in nats."""
    return [-math.log(max(p[label], _LEAST_P)) for p, label in zip(shown, truth, strict=True)]


def chosen(shown: Mapping[str, Sequence[P]], truth: Sequence[str]) -> str:
    """The method that the rule of this module takes; `shown` has what each gave on the articles left out."""
    methods = [method for method in METHODS if method in shown]
    losses = {method: log_losses(shown[method], truth) for method in methods}
    best = min(methods, key=lambda method: sum(losses[method]))
    near = [m for m in methods if _is_near(losses[m], losses[best])]
    return min(near, key=lambda m: trial(m, shown[m], truth).ece)


def _is_near(losses: Sequence[float], least: Sequence[float]) -> bool:
    gaps = [a - b for a, b in zip(losses, least, strict=True)]
    n = len(gaps)
    mean = sum(gaps) / n
    variance = sum((g - mean) ** 2 for g in gaps) / max(1, n - 1)
    return mean <= math.sqrt(variance / n)


def _temperature(raw: Sequence[P], truth: Sequence[str]) -> Calibration:
    return temperature(
        min(TEMPERATURES, key=lambda t: sum(log_losses([calibrated(p, temperature(t)) for p in raw], truth)))
    )


def _vector(raw: Sequence[P], truth: Sequence[str]) -> Calibration:
    import numpy as np

    logs = np.log(np.array([[max(p[k], 1e-9) for k in LABELS] for p in raw]))
    hit = np.array([[float(label == k) for k in LABELS] for label in truth])
    n = len(LABELS)

    def loss(x: Array) -> tuple[float, Array]:
        z = logs * x[:n] + x[n:]
        z = z - z.max(axis=1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        gap = p - hit
        slope = np.concatenate([(gap * logs).sum(axis=0), gap.sum(axis=0)])
        return -float((hit * np.log(np.maximum(p, 1e-12))).sum()), slope

    x = _least(loss, n)
    return Calibration("vector", {k: (x[i], x[n + i]) for i, k in enumerate(LABELS)})


def _sigmoid(raw: Sequence[P], truth: Sequence[str]) -> Calibration:
    return Calibration(
        "sigmoid",
        {k: _one_sigmoid([logit(p[k]) for p in raw], [label == k for label in truth]) for k in LABELS},
    )


def _one_sigmoid(odds: Sequence[float], truth: Sequence[bool]) -> tuple[float, float]:
    """Scale and shift of one label against the rest."""
    import numpy as np

    z, hit = np.array(odds), np.array(truth, dtype=float)

    def loss(x: Array) -> tuple[float, Array]:
        t = z * x[0] + x[1]
        gap = 1 / (1 + np.exp(-t)) - hit
        return float((np.logaddexp(0, t) - hit * t).sum()), np.array([(gap * z).sum(), gap.sum()])

    scale, shift = _least(loss, 1)
    return scale, shift


def _least(loss: Callable[[Array], tuple[float, Array]], n: int) -> tuple[float, ...]:
    """The `n` scales, then the `n` shifts, with the least loss; a ridge holds them to 1 and 0, so that a few articles of
    one label cannot move them anywhere."""
    import numpy as np
    from scipy.optimize import minimize

    start = np.array([1.0] * n + [0.0] * n)

    def held(x: Array) -> tuple[float, Array]:
        value, slope = loss(x)
        off = x - start
        return value + RIDGE * float(off @ off), slope + 2 * RIDGE * off

    found = minimize(held, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-12, "gtol": 1e-8}).x
    return tuple(round(float(x), DIGITS) for x in found)


def _isotonic(raw: Sequence[P], truth: Sequence[str]) -> Calibration:
    from sklearn.isotonic import IsotonicRegression

    numbers = {}
    for k in LABELS:
        model = IsotonicRegression(y_min=LEAST, y_max=MOST, out_of_bounds="clip")
        model.fit([p[k] for p in raw], [float(label == k) for label in truth])
        corners = dict(zip(model.X_thresholds_.round(DIGITS), model.y_thresholds_.round(DIGITS), strict=True))
        numbers[k] = tuple(float(x) for corner in corners.items() for x in corner)
    return Calibration("isotonic", numbers)


_FITS: Final[Mapping[str, Callable[[Sequence[P], Sequence[str]], Calibration]]] = {
    TEMPERATURE: _temperature,
    "vector": _vector,
    "sigmoid": _sigmoid,
    "isotonic": _isotonic,
}
