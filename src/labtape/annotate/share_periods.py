"""Which of the periods that a text names is that of a share: the one with the highest sum of learned weights, or none.

The rules (share_fields.period_of) say which stands nearest; what they say, the place, the wording and what the share
before took are the features of a logistic regression, shipped as a plain table that `train.periods_model` makes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from labtape.annotate.share_period_features import candidates, none_features, period_features

if TYPE_CHECKING:
    from labtape.annotate.share_period_features import Asked, Scene
    from labtape.types import Period

TABLE: Final = "period_weights.json"
BIAS: Final = 1.8
"""How far ahead, in log-odds, no period must be of the best one."""


@dataclass(frozen=True, slots=True)
class PeriodWeights:
    """One weight for each feature.

    >>> PeriodWeights({"place:left": 2.0}).of({"place:left": 1.0, "never met": 1.0})
    2.0
    """

    weights: Mapping[str, float]

    def of(self, features: Mapping[str, float]) -> float:
        """The sum of weights times values."""
        get = self.weights.get
        return math.fsum(get(name, 0.0) * value for name, value in features.items())

    def as_json(self) -> str:
        """The table as it is shipped, one feature a line."""
        rows = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(weight)}"
            for name, weight in sorted(self.weights.items())
        )
        return f"{{\n{rows}\n}}\n"


@cache
def period_weights() -> PeriodWeights:
    """The shipped table."""
    return PeriodWeights(json.loads((files("labtape.annotate") / TABLE).read_text("utf-8")))


def choices(scene: Scene, asked: Asked) -> Iterator[tuple[Period | None, dict[str, float]]]:
    """Yield each candidate with its features, and None with those that show that there is no period."""
    yield None, none_features(scene, asked)
    rows = candidates(scene, asked)
    number = asked.setting.quantity.start
    ahead = sum(1 for span, _ in rows if span.start < number)
    for i, (span, period) in enumerate(rows):
        order = ahead - 1 - i if i < ahead else i - ahead
        yield period, period_features(scene, asked, span, period, order)


def chosen(scene: Scene, asked: Asked) -> Period | None:
    """The period of a share; of equal sums the first."""
    table = period_weights()
    best: tuple[float, Period | None] | None = None
    for period, features in choices(scene, asked):
        total = table.of(features) - (BIAS if period is None else 0.0)
        if best is None or total > best[0]:
            best = (total, period)
    return best[1] if best else None
