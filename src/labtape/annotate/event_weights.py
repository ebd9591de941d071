"""The learned weights of event types: a plain table beside this module, made by `train.events_model`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE = "event_weights.json"


@dataclass(frozen=True, slots=True)
class EventWeights:
    """One row of weights for each feature, one column for each type; `slope` and `bias` calibrate their sum.

    >>> table = EventWeights(("funding", "other"), (-1.0, 0.0), {"form:money": (3.0, -1.0)}, 1.0, 0.0, 0.3)
    >>> {kind: round(p, 2) for kind, p in table.probabilities({"form:money": 1.0, "unknown": 1.0}).items()}
    {'funding': 0.88, 'other': 0.27}
    """

    types: tuple[str, ...]
    intercepts: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]
    slope: float
    bias: float
    threshold: float
    few: tuple[str, ...] = ()  # types met too seldom to be learned: their own cues count as well

    def probabilities(self, values: Mapping[str, float]) -> dict[str, float]:
        """How probable each type is."""
        sums = list(self.intercepts)
        for name, value in values.items():
            row = self.weights.get(name)
            if row:
                sums = list(map(add, sums, row if value == 1.0 else [value * weight for weight in row]))
        return {
            kind: 1 / (1 + math.exp(-self.slope * total - self.bias))
            for kind, total in zip(self.types, sums, strict=True)
        }

    def as_json(self) -> str:
        """The table as it is shipped, one feature a line."""
        head = {
            "types": self.types,
            "intercepts": self.intercepts,
            "slope": self.slope,
            "bias": self.bias,
            "threshold": self.threshold,
            "few": self.few,
        }
        rows = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(self.weights.items())
        )
        return f'{json.dumps(head)[:-1]}, "weights": {{\n{rows}\n}}}}\n'


def read_weights(text: str) -> EventWeights:
    """The table from its JSON."""
    table = json.loads(text)
    return EventWeights(
        tuple(table["types"]),
        tuple(table["intercepts"]),
        {name: tuple(row) for name, row in table["weights"].items()},
        table["slope"],
        table["bias"],
        table["threshold"],
        tuple(table["few"]),
    )


@cache
def event_weights() -> EventWeights:
    """The shipped table."""
    return read_weights((files("labtape.annotate") / TABLE).read_text("utf-8"))
