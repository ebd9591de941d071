"""The named numbers that a bundle's heads add up: features, rules one by one, and what text and rules say together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from labtape.signal.features import FEATURES, Seen
from labtape.signal.house import Hit, house_rules
from labtape.signal.mathematics import logit, softmax
from labtape.signal.rules import logits, relevance

Text = tuple[float, float, float]
# What rules and text model say, in log-odds: of being relevant, of being material, of the direction.
JOINT: Final = (
    "rules.relevance", "rules.material", "text.material", "rules.direction", "text.direction", "rules.up", "rules.down",
    "rules.flat",
)  # fmt: skip


def names() -> tuple[str, ...]:
    """Every input there is, in order: joint ones, rules (anywhere, and in the headline), features."""
    ids = [rule.id for rule in house_rules()]
    return (*JOINT, *(f"hit.{i}" for i in ids), *(f"hit.{i}.title" for i in ids), *FEATURES)


def inputs_of(seen: Seen, text: Text | None) -> dict[str, float]:
    """All inputs of one article by name; without `text` (another language) its log-odds are even."""
    by_sign = logits(seen.values)
    material, direction = rules_and_text(by_sign, text)
    joint = {
        "rules.relevance": logit(relevance(seen.values)),
        "rules.material": material["rules"],
        "text.material": material["text"],
        "rules.direction": direction["rules"],
        "text.direction": direction["text"],
        "rules.up": by_sign[1],
        "rules.down": by_sign[-1],
        "rules.flat": by_sign[0],
    }
    return {**joint, **_by_rule(seen.hits), **seen.values}


def _by_rule(hits: Sequence[Hit]) -> dict[str, float]:
    """Per rule its strongest hit, as a part of the rule's full weight, and the same of the headline alone."""
    found: dict[str, float] = {}
    for hit in hits:
        part = hit.strength / hit.rule.weight
        places = (f"hit.{hit.rule.id}", *([f"hit.{hit.rule.id}.title"] if hit.place == "title" else ()))
        for name in places:
            found[name] = max(found.get(name, 0.0), part)
    return found


def rules_and_text(
    by_sign: Mapping[int, float], text: Text | None
) -> tuple[dict[str, float], dict[str, float]]:
    """What rules and text model say of "material or not", and of the direction, in log-odds."""
    p = softmax({str(k): v for k, v in by_sign.items()})
    material = {
        "bias": 1.0,
        "rules": logit(1 - p["0"]),
        "text": logit(1 - text[1]) if text else 0.0,
    }
    direction = {
        "rules": by_sign[1] - by_sign[-1],
        "text": math.log(max(text[0], 1e-6) / max(text[2], 1e-6)) if text else 0.0,
    }
    return material, direction
