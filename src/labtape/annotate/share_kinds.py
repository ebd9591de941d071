"""Is a number a share, or which other percentage is it? The last word, by weights learned from numbers that were read.

The cues (share_classes) decide first; what they say, the words and the numbers beside are the features of a multinomial
logistic regression, shipped as a plain table that `train.kinds_model` makes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, cast

from labtape.annotate.share_features import SUMS, number_features

if TYPE_CHECKING:
    from labtape.annotate.share_classes import Decision
    from labtape.types import Mention, PercentageKind

TABLE: Final = "kind_weights.json"
SHARE: Final = "share"
LEARNED: Final = "learned"
"""The rule of a number whose kind the words decided against the cues."""
MARGIN: Final = 1.0
"""How far ahead, in log-odds, a kind must be of what the cues say. More of it is surer in real news and finds less in lists and asides."""
DECISIVE: Final = 7.5
"""Cues that weigh this much for the kind that they gave are not overruled: three words or one sure phrase say so."""
_BOUND_TO_LAST: Final = ("against", "restated")
"""Rules by which a number is what the one before it is."""
_STEP: Final = re.compile(r"[^.;!?。；！？\n]{0,60}\Z")


@dataclass(frozen=True, slots=True)
class KindWeights:
    """A row of weights for each feature, a column for each kind.

    >>> table = KindWeights(("growth", "share"), (0.0, 0.0), {"r1:of": (-1.0, 2.0)})
    >>> table.best({"r1:of": 1.0}), table.best({"never met": 1.0}, but="growth")
    ('share', 'share')
    """

    kinds: tuple[str, ...]
    intercepts: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def sums(self, features: Mapping[str, float]) -> tuple[float, ...]:
        """The sum of weights times values for each kind."""
        get = self.weights.get
        whole, scaled = [self.intercepts], []
        for name, value in features.items():
            row = get(name)
            if row is None:
                continue
            if value == 1.0:
                whole.append(row)
            else:
                scaled.append([weight * value for weight in row])
        return tuple(math.fsum(column) for column in zip(*whole, *scaled, strict=True))

    def best(self, features: Mapping[str, float], *, told: str = "", but: str = "") -> str:
        """The kind with the highest sum, never `but`; what the cues `told` unless another is ahead by `MARGIN`."""
        ranked = zip(self.sums(features), self.kinds, strict=True)
        return max((total + MARGIN * (kind == told), kind) for total, kind in ranked if kind != but)[1]

    def as_json(self) -> str:
        """The table as it is shipped, one feature a line."""
        head = json.dumps({"kinds": self.kinds, "intercepts": self.intercepts})
        rows = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(row)}"
            for name, row in sorted(self.weights.items())
        )
        return f'{head[:-1]}, "weights": {{\n{rows}\n}}}}\n'


def read_kind_weights(text: str) -> KindWeights:
    """The table from its JSON."""
    table = json.loads(text)
    rows = {name: tuple(row) for name, row in table["weights"].items()}
    return KindWeights(tuple(table["kinds"]), tuple(table["intercepts"]), rows)


@cache
def kind_weights() -> KindWeights:
    """The shipped table."""
    return read_kind_weights((files("labtape.annotate") / TABLE).read_text("utf-8"))


def may_be_share(decision: Decision) -> bool:
    """Whether a number can be a part of a whole at all: points are differences, and no part is above the whole."""
    quantity = decision.setting.quantity
    return quantity.unit not in ("point", "basis_point") and 0 <= quantity.value <= 100


def with_kinds(
    decisions: Sequence[Decision], mentions: Sequence[Mention], title_end: int
) -> tuple[Decision, ...]:
    """The decisions with the kind that the table gives each number; where it agrees with the cues, their rule stays."""
    table = kind_weights()
    out: list[Decision] = []
    for i, decision in enumerate(decisions):
        told = decision.kind or SHARE
        features = number_features(decisions, i, mentions, title_end)
        if features.get(f"sum:{told}", 0.0) * SUMS >= DECISIVE:
            out.append(decision)
            continue
        if decision.rule in _BOUND_TO_LAST and out and out[-1].setting.sentence == decision.setting.sentence:
            out.append(replace(decision, kind=out[-1].kind))
            continue
        best = table.best(features, told=told, but="" if may_be_share(decision) else SHARE)
        kind = None if best == SHARE else cast("PercentageKind", best)
        if kind != decision.kind:
            follows = kind is None and bool(out) and _follows(out[-1], decision)
            rule = "list" if follows else LEARNED
            decision = replace(decision, kind=kind, rule=rule, inherited=follows)
        out.append(decision)
    return tuple(out)


def _follows(last: Decision, decision: Decision) -> bool:
    """Whether a share goes on a list of shares: close behind one, in its sentence."""
    setting = decision.setting
    gap = setting.full[last.setting.quantity.end : setting.quantity.outer_start]
    return last.kind is None and last.setting.sentence == setting.sentence and bool(_STEP.match(gap))
