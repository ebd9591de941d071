"""Learned tables for the matters of states: whether an article is one, and its direction; made by `train.geo_told`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

from labtape.exceptions import BundleError
from labtape.types import GeoDirection, Geopolitics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labtape.annotate.geo_features import GeoFeatures

YES: Final = "yes"
NO: Final = "no"
DIRECTIONS: Final[tuple[GeoDirection, ...]] = get_args(GeoDirection)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of several: a row of weights for each feature, a column for each answer.

    >>> choice = Choice((NO, YES), (0.0, -1.0), {"cue": (0.0, 2.0)})
    >>> {answer: round(p, 2) for answer, p in choice.probabilities({"cue": 1.0, "unknown": 9.0}).items()}
    {'no': 0.27, 'yes': 0.73}
    """

    answers: tuple[str, ...]
    intercepts: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def probabilities(self, values: Mapping[str, float]) -> dict[str, float]:
        """How probable each answer is; they sum to 1."""
        sums = list(self.intercepts)
        for name, value in values.items():
            for k, weight in enumerate(self.weights.get(name, ())):
                sums[k] += value * weight
        most = max(sums)
        parts = [math.exp(own - most) for own in sums]
        return {answer: part / sum(parts) for answer, part in zip(self.answers, parts, strict=True)}

    def likeliest(self, values: Mapping[str, float]) -> str:
        """The likeliest answer, of equal ones the first."""
        p = self.probabilities(values)
        return max(self.answers, key=lambda answer: p[answer])


@dataclass(frozen=True, slots=True)
class GeoWeights:
    """Both tables; an article is a matter of states where `relevant` gives "yes" at least `threshold`."""

    relevant: Choice
    direction: Choice
    threshold: float

    def geopolitics(self, features: GeoFeatures, read: Mapping[str, float]) -> Geopolitics:
        """The answer for an article by its features and what a model has `read`, by name; stage, actors and evidence are the rules'."""
        values = {**features.values, **read}
        p = round(self.relevant.probabilities(values)[YES], 4)
        if p < self.threshold:
            return Geopolitics(relevant=False, p=p)
        direction = self.direction.likeliest(values)
        return Geopolitics(
            relevant=True,
            p=p,
            actors=features.told.actors,
            direction=next(d for d in DIRECTIONS if d == direction),
            stage=features.told.stage,
            evidence=features.told.evidence,
            rule=f"learned:{features.told.rule}",
        )

    def as_json(self) -> str:
        """The tables as they are shipped, one feature a line."""
        parts = ",\n".join(_choice_json(name, getattr(self, name)) for name in _CHOICES)
        return f'{{"threshold": {self.threshold},\n{parts}}}\n'


_CHOICES: Final = ("relevant", "direction")


def read_geo_weights(text: str) -> GeoWeights:
    """The tables from their JSON; raises `BundleError` where an answer is none that a record can give."""
    data = json.loads(text)
    table = GeoWeights(_choice(data["relevant"]), _choice(data["direction"]), data["threshold"])
    possible = zip(_CHOICES, ((NO, YES), DIRECTIONS), strict=True)
    for name, known in possible:
        unknown = sorted(set(getattr(table, name).answers) - set(known))
        if unknown:
            raise BundleError(f"geopolitics.json: {name} cannot be {', '.join(unknown)}; train again")
    return table


def _choice(data: Mapping[str, Any]) -> Choice:  # Any: JSON
    weights = {name: tuple(row) for name, row in data["weights"].items()}
    return Choice(tuple(data["answers"]), tuple(data["intercepts"]), weights)


def _choice_json(name: str, choice: Choice) -> str:
    rows = ",\n".join(f"{json.dumps(n)}: {json.dumps(row)}" for n, row in sorted(choice.weights.items()))
    head = f'"answers": {json.dumps(choice.answers)}, "intercepts": {json.dumps(choice.intercepts)}'
    return f'"{name}": {{{head}, "weights": {{\n{rows}\n}}}}'
