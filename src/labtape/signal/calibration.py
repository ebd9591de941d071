"""The last step of a verdict: probabilities that can be believed, from the raw ones, by plain numbers of a manifest.

    heads -> log-odds -> raw p over the labels -> calibrated -> p

| method | numbers of a label k | p(k), before all are scaled to sum to one |
| --- | --- | --- |
| `temperature` | one T for all | exp(log p(k) / T) |
| `vector` | scale w, shift b | exp(w log p(k) + b) |
| `sigmoid` | scale w, shift b | 1 / (1 + exp(-(w logit p(k) + b))), Platt's |
| `isotonic` | corners x, y, x, y … | straight lines between the corners, level outside |

`train/calibrating.py` fits the numbers and chooses the method by measurement.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.exceptions import BundleError
from labtape.signal.mathematics import logit, sigmoid, softmax
from labtape.signal.ngrams import LABELS

#: From the one with the fewest numbers to the one with the most.
METHODS: Final = ("temperature", "vector", "sigmoid", "isotonic")
TEMPERATURE: Final = "temperature"
_LEAST: Final = 1e-9
_SETTING: Final = "calibration"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A method of this module's table, and its numbers: by label, for a temperature by that word."""

    method: str
    numbers: Mapping[str, tuple[float, ...]]

    def to_dict(self) -> dict[str, Any]:  # Any: JSON of the manifest
        """As `read_calibration` reads it back."""
        return {"method": self.method, "numbers": {name: list(own) for name, own in self.numbers.items()}}


def temperature(value: float) -> Calibration:
    """One number over 0 for all labels; over 1 it makes less sure. The order of the labels stays."""
    return Calibration(TEMPERATURE, {TEMPERATURE: (value,)})


#: Changes nothing.
UNCHANGED: Final = temperature(1.0)


def calibrated(p: Mapping[str, float], calibration: Calibration) -> dict[str, float]:
    """The calibrated probabilities; they sum to one.

    >>> calibrated({"Bullish": 0.6, "Neutral": 0.3, "Bearish": 0.1}, UNCHANGED)["Bullish"]
    0.6
    >>> sure = calibrated({"Bullish": 0.6, "Neutral": 0.3, "Bearish": 0.1}, temperature(0.5))
    >>> round(sure["Bullish"], 3)
    0.783
    """
    numbers = calibration.numbers
    if calibration == UNCHANGED:
        return dict(p)
    if calibration.method == TEMPERATURE:
        (t,) = numbers[TEMPERATURE]
        return softmax({label: _log(value) / t for label, value in p.items()})
    if calibration.method == "vector":
        return softmax({k: numbers[k][0] * _log(value) + numbers[k][1] for k, value in p.items()})
    if calibration.method == "sigmoid":
        return _scaled({k: sigmoid(numbers[k][0] * logit(value) + numbers[k][1]) for k, value in p.items()})
    return _scaled({k: _between(numbers[k], value) for k, value in p.items()})


def read_calibration(settings: Mapping[str, Any], place: str) -> Calibration:  # Any: JSON of the manifest
    """The calibration of a manifest's settings; a lone `temperature`, as manifests of schema 1 have it, is one, too.

    Raises `BundleError` with `place` for a method or numbers that this module does not know.

    >>> read_calibration({"temperature": 1.2}, "market3") == temperature(1.2)
    True
    """
    alone = settings.get(TEMPERATURE)
    found: Any = settings.get(_SETTING)  # Any: JSON
    if alone is not None:
        found = {"method": TEMPERATURE, "numbers": {TEMPERATURE: [alone]}}
    if not isinstance(found, Mapping) or found.get("method") not in METHODS:
        have = ", ".join(METHODS)
        raise BundleError(
            f"{place}: settings of the manifest do not fit (calibration by one of {have}); train again"
        )
    method, numbers = found["method"], found.get("numbers")
    names = (TEMPERATURE,) if method == TEMPERATURE else LABELS
    if not isinstance(numbers, Mapping) or not all(_are_fit(method, numbers.get(name)) for name in names):
        wanted = ", ".join(names)
        raise BundleError(
            f"{place}: numbers of the {method} calibration do not fit (need {wanted}); train again"
        )
    return Calibration(method, {name: tuple(map(float, numbers[name])) for name in names})


def _are_fit(method: str, numbers: object) -> bool:
    if not isinstance(numbers, list) or not all(_is_number(n) for n in numbers):
        return False
    if method == TEMPERATURE:
        return len(numbers) == 1 and numbers[0] > 0
    if method == "isotonic":
        xs = numbers[::2]
        return len(numbers) >= 2 and len(numbers) % 2 == 0 and xs == sorted(set(xs))
    return len(numbers) == 2


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _between(corners: Sequence[float], x: float) -> float:
    """The height of the line through the corners at `x`."""
    xs, ys = corners[::2], corners[1::2]
    k = bisect_right(xs, x)
    if k in (0, len(xs)):
        return ys[0] if k == 0 else ys[-1]
    part = (x - xs[k - 1]) / (xs[k] - xs[k - 1])
    return ys[k - 1] + part * (ys[k] - ys[k - 1])


def _scaled(parts: Mapping[str, float]) -> dict[str, float]:
    total = max(sum(parts.values()), _LEAST)
    return {label: value / total for label, value in parts.items()}


def _log(p: float) -> float:
    return math.log(max(p, _LEAST))
