"""The named numbers that a bundle's heads add up: features, rules one by one, and what text and rules say together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from labtape.signal.features import FEATURES, Seen
from labtape.signal.house import Hit, house_rules
from labtape.signal.mathematics import logit, softmax
from labtape.signal.ngrams import LABELS
from labtape.signal.rules import logits, relevance

Text = tuple[float, float, float]
Reading = Mapping[str, float]
"""The log-odds that the encoder gives a text, by name."""
# Of a headline the encoder says more than the bag of words: parts and temperature as peers measured them on SEntFiN
# and TFNS (0.7 of the fine-tuned MiniLM at T = 1.5, 0.3 of TF-IDF).
ENCODER_PART: Final = 0.7
ENCODER_TEMPERATURE: Final = 1.5
# What rules, text model and encoder say, in log-odds: of being relevant, of being material, of the direction.
JOINT: Final = (
    "rules.relevance", "rules.material", "text.material", "rules.direction", "text.direction", "rules.up", "rules.down",
    "rules.flat", "encoder.relevance", "encoder.material", "encoder.direction",
)  # fmt: skip


def names() -> tuple[str, ...]:
    """Every input there is, in order: joint ones, rules (anywhere, and in the headline), features."""
    ids = [rule.id for rule in house_rules()]
    return (*JOINT, *(f"hit.{i}" for i in ids), *(f"hit.{i}.title" for i in ids), *FEATURES)


def inputs_of(seen: Seen, text: Text | None, read: Reading | None = None) -> dict[str, float]:
    """All inputs of one article by name; without `text` or what the encoder `read` (another language) their log-odds are even."""
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
        **{f"encoder.{name}": read[name] if read else 0.0 for name in ("relevance", "material", "direction")},
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


def blended(text: Text, read: Reading | None) -> Text:
    """What bag of words and encoder say together of a headline's tone."""
    if read is None:
        return text
    tones = softmax({label: read[f"headline.{label}"] / ENCODER_TEMPERATURE for label in LABELS})
    up, flat, down = (
        ENCODER_PART * tones[label] + (1 - ENCODER_PART) * own
        for label, own in zip(LABELS, text, strict=True)
    )
    return up, flat, down


def pointed(in_text: Reading, in_clauses: Reading) -> dict[str, float]:
    """What a text means for a name: half the encoder's tone for it in the whole, half its tone in the clauses that hold it.

    Measured by `benchmarks/headlines.py` on names of SEntFiN that were left out.
    """
    tones = [
        softmax({label: read[f"entity.{label}"] / ENCODER_TEMPERATURE for label in LABELS})
        for read in (in_text, in_clauses)
    ]
    return {label: sum(tone[label] for tone in tones) / len(tones) for label in LABELS}


def about_entity(
    by_sign: Mapping[int, float], text: Text | None, read: Reading | None
) -> tuple[list[float], list[float]]:
    """What is said of an entity, in log-odds of "material or not" and of the direction: rules, text, encoder."""
    material, direction = rules_and_text(by_sign, text)
    said = (0.0, 0.0)
    if read is not None:
        tones = softmax({label: read[f"entity.{label}"] for label in LABELS})
        said = (
            logit(1 - tones["Neutral"]),
            math.log(max(tones["Bullish"], 1e-6) / max(tones["Bearish"], 1e-6)),
        )
    return [material["rules"], material["text"], said[0]], [direction["rules"], direction["text"], said[1]]


ENTITY_INPUTS: Final = ("rules", "text", "encoder")
