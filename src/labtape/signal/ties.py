"""The line of a note that says how a name of the article reaches something that trades, by the knowledge base.

    lab:openai --holder--> NASDAQ:MSFT       "OpenAI is not listed; the knowledge base ties it to NASDAQ:MSFT (holder)"
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
    """What moves with it and what against it."""
    words = {1: "ties it to", -1: "sets it against"}
    by_sign = {sign: [e for e in exposures if e.sign == sign] for sign in words}
    told = [f"{words[sign]} {_assets(own)}" for sign, own in by_sign.items() if own]
    return f"the knowledge base {' and '.join(told)}"


def _assets(exposures: Sequence[Exposed]) -> str:
    """Each asset once, with everything that it is to the lab."""
    by_asset: dict[str, list[str]] = {}
    for e in exposures:
        by_asset.setdefault(e.asset, []).append(e.via)
    named = [f"{asset} ({', '.join(dict.fromkeys(via))})" for asset, via in by_asset.items()]
    return ", ".join(named[:MOST_EACH])
