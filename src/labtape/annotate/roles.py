"""What everybody named does in the article: subject, comparator, venue, source, speaker or other.

An organisation has one role in an article, which all its mentions carry. Where the words beside every one of them tell the same
("according to X"), it is that (role_rules); else it is read off where and beside which words it is named (role_features), with
weights learned from articles that were read for it. A person is a speaker beside a verb of saying.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from labtape.annotate.role_features import RoleFeatures, Stage, role_features, stage_of
from labtape.annotate.role_rules import AFTER_SPEAKER, BEFORE_SPEAKER
from labtape.types import Mention, MentionRole, Span

TABLE = "role_weights.json"
_WINDOW = 60
_TOLD: tuple[MentionRole, ...] = ("source", "venue", "speaker", "comparator")


@dataclass(frozen=True, slots=True)
class RoleWeights:
    """A row of weights for each feature, a column for each role.

    >>> table = RoleWeights(("subject", "venue"), (0.5, 0.0), {"l0:on": (-1.0, 2.0)})
    >>> table.role(RoleFeatures((), ("l0:on",), 1.0, {})), table.role(RoleFeatures(("never met",), (), 1.0, {}))
    ('venue', 'subject')
    """

    roles: tuple[MentionRole, ...]
    intercepts: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def role(self, features: RoleFeatures) -> MentionRole:
        """The role with the highest sum."""
        get = self.weights.get
        placed = [self.intercepts, *filter(None, map(get, features.placed))]
        near = [row for row in map(get, features.near) if row] or [(0.0,) * len(self.roles)]
        sums = [
            total + features.scale * beside
            for total, beside in zip(
                map(sum, zip(*placed, strict=True)), map(sum, zip(*near, strict=True)), strict=True
            )
        ]
        for name, value in features.valued.items():
            sums = [
                total + weight * value
                for total, weight in zip(sums, get(name) or (0.0,) * len(sums), strict=True)
            ]
        return self.roles[sums.index(max(sums))]

    def as_json(self) -> str:
        """The table as it is shipped, one feature a line."""
        head = json.dumps({"roles": self.roles, "intercepts": self.intercepts})
        rows = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(row)}"
            for name, row in sorted(self.weights.items())
        )
        return f'{head[:-1]}, "weights": {{\n{rows}\n}}}}\n'


def read_role_weights(text: str) -> RoleWeights:
    """The table from its JSON."""
    table = json.loads(text)
    roles = tuple(cast("MentionRole", role) for role in table["roles"])
    return RoleWeights(
        roles, tuple(table["intercepts"]), {name: tuple(row) for name, row in table["weights"].items()}
    )


@cache
def role_weights() -> RoleWeights:
    """The shipped table."""
    return read_role_weights((files("labtape.annotate") / TABLE).read_text("utf-8"))


def with_roles(
    full: str, title_end: int, sentences: Sequence[Span], mentions: Sequence[Mention]
) -> tuple[Mention, ...]:
    """The mentions with their roles; states and tickers have none but `other`."""
    stage = stage_of(full, title_end, sentences, mentions)
    table = role_weights()
    roles = {organisation: _role_of(stage, organisation, table) for organisation in stage.cast}
    return tuple(_with_role(mention, _role(full, mention, roles)) for mention in mentions)


def _with_role(mention: Mention, role: MentionRole) -> Mention:
    if mention.role == role:
        return mention
    m = mention  # built by hand: `replace` takes three times as long
    return Mention(m.start, m.end, m.text, m.entity, m.lab, role, m.in_title, m.confidence, m.rule)


def _role_of(stage: Stage, organisation: str, table: RoleWeights) -> MentionRole:
    features = role_features(stage, organisation)
    told = next((role for role in _TOLD if features.valued.get(f"rule:{role}") == 1.0), None)
    return told or table.role(features)


def _role(full: str, mention: Mention, roles: Mapping[str, MentionRole]) -> MentionRole:
    if mention.entity.startswith("person:"):
        return "speaker" if _speaks(full, mention) else "other"
    if mention.entity.startswith(("country:", "ticker:")):
        return "other"
    return roles.get(mention.lab or "", "other")


def _speaks(full: str, mention: Mention) -> bool:
    """Whether a verb of saying stands behind or before a person."""
    before = full[max(0, mention.start - _WINDOW) : mention.start]
    after = full[mention.end : mention.end + _WINDOW]
    return bool(AFTER_SPEAKER.match(after) or BEFORE_SPEAKER.search(before))
