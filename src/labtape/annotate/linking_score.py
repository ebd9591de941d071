"""How probable it is that an ambiguous name means ours, by the words around it: a table that `train.linking_model` makes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from labtape.annotate.linking_features import (
    Context,
    bag_weight,
    near_features,
    pairs,
    word_features,
)

TABLE = "linking_weights.json"
_MOST_WORDS = 100_000


@dataclass(frozen=True, slots=True)
class LinkingWeights:
    """A weight for each feature of `linking_features`; `slope` and `bias` calibrate their sum.

    What the rules leave open is linked from `link_at` on; what they link by little is dropped below `drop_at`.

    >>> table = LinkingWeights({"l:prompted": 2.0, "*#mpt": 1.0}, -1.0, 1.0, 0.0, 0.7, 0.3)
    >>> round(table.logit(Context(("prompted",), (), "c_^"), ()), 2)
    3.5
    """

    weights: Mapping[str, float]
    intercept: float
    slope: float
    bias: float
    link_at: float
    drop_at: float
    _words: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def logit(self, context: Context, scene: Iterable[str]) -> float:
        """The sum of weights times features: `features_of`, without making the dictionary."""
        get = self.weights.get
        total = self.intercept + sum(get(name, 0.0) for name in {*near_features(context), *scene})
        bag = sum(self._word(word) for word in context.left) + sum(self._word(word) for word in context.right)
        return total + bag_weight(context) * (bag + sum(get(pair, 0.0) for pair in pairs(context)))

    def probability(self, logit: float) -> float:
        """The calibrated probability of a logit, or of the mean of several."""
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, self.slope * logit + self.bias))))

    def _word(self, word: str) -> float:
        known = self._words.get(word)
        if known is None:
            get = self.weights.get
            known = sum(get(name, 0.0) for name in word_features(word))
            if len(self._words) < _MOST_WORDS:
                self._words[word] = known
        return known

    def as_json(self) -> str:
        """The table as it is shipped, one feature a line."""
        head = {
            "intercept": self.intercept,
            "slope": self.slope,
            "bias": self.bias,
            "link_at": self.link_at,
            "drop_at": self.drop_at,
        }
        rows = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}: {weight}"
            for name, weight in sorted(self.weights.items())
        )
        return f'{json.dumps(head)[:-1]}, "weights": {{\n{rows}\n}}}}\n'


def read_linking_weights(text: str) -> LinkingWeights:
    """The table from its JSON."""
    table = json.loads(text)
    return LinkingWeights(
        table["weights"],
        table["intercept"],
        table["slope"],
        table["bias"],
        table["link_at"],
        table["drop_at"],
    )


@cache
def linking_weights() -> LinkingWeights:
    """The shipped table."""
    return read_linking_weights((files("labtape.annotate") / TABLE).read_text("utf-8"))
