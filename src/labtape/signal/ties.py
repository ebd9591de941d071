"""The line of a note that says how a name of the article reaches something that trades, by the knowledge base.

    lab:openai --holder--> NASDAQ:MSFT       "OpenAI is not listed; by the knowledge base NASDAQ:MSFT (holder) moves with it"
    lab:xai --owner--> NASDAQ:SPCX           "xAI trades through its owner: NASDAQ:SPCX"

The evidence is where the article names it; `rule` is `relations:LAB`, the rows of the lexicon that say the rest,
each with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from labtape.lexicon.chain import chain
from labtape.types import Sentence

if TYPE_CHECKING:
    from datetime import date

    from labtape.lexicon.chain import Exposed
    from labtape.lexicon.entries import Lexicon
    from labtape.signal.target import Target

RULE: Final = "relations"
MOST_EACH: Final = 3


def ties_line(target: Target, lexicon: Lexicon, day: date | None) -> tuple[Sentence, ...]:
    """One sentence for a target that has no listing of its own; none for what trades itself, or for a market."""
    lab = lexicon.lab_of(target.entity or "", day)
    if lab is None or not target.evidence:
        return ()
    behind = chain(lexicon, lab.entity, day)
    if target.is_listed:
        if not any(place.lab != lab.id for place in behind.listings):
            return ()
        text = f"{target.name} has no listing of its own; it trades through its owner: {behind.listings[0].ticker}."
    elif behind.exposures:
        text = f"{target.name} is not listed; {_moving(behind.exposures)}."
    else:
        text = f"{target.name} is not listed, and the knowledge base ties nothing that trades to it."
    return (Sentence(text, target.evidence, "rule", f"{RULE}:{lab.id}"),)


def _moving(exposures: Sequence[Exposed]) -> str:
    """What moves with it and what against it, as a clause."""
    sides = (
        ("with it", [e for e in exposures if e.sign > 0]),
        ("against it", [e for e in exposures if e.sign < 0]),
    )
    told: list[str] = []
    for way, own in sides:
        assets = _assets(own)
        if assets:
            verb = "" if told else " moves" if len(assets) == 1 else " move"
            told.append(f"{_listed(assets)}{verb} {way}")
    return f"by the knowledge base {', and '.join(told)}"


def _assets(exposures: Sequence[Exposed]) -> tuple[str, ...]:
    """Each asset once, with everything that it is to the lab."""
    by_asset: dict[str, list[str]] = {}
    for e in exposures:
        by_asset.setdefault(e.asset, []).append(e.via)
    named = [f"{asset} ({', '.join(dict.fromkeys(via))})" for asset, via in by_asset.items()]
    return tuple(named[:MOST_EACH])


def _listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
