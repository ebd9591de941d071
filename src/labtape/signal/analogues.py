"""Dated events of the lexicon that are like an article, with what the market did then.

Likeness is the kind of event, the organisations in common and the words in common (weighted by how rare
they are among the events' titles). No look-ahead: an event of the article's own day or later is left out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from labtape.lexicon.entries import ByDigest
from labtape.types import Analogue, Annotated

if TYPE_CHECKING:
    from labtape.lexicon.entries import DatedEvent, Lexicon

# The parts of the similarity and the least that counts as near: read over 60 articles of gold-dev and the
# pool, below .5 the pairs shared a kind of event and nothing else.
KIND: Final = 0.3
LABS: Final = 0.35
WORDS: Final = 0.35
NEAR: Final = 0.5
# An event of another kind must have this much of its title in the article.
TOLD: Final = 0.35
MOST: Final = 3
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9.+-]{2,}|\d+%")
_STOP: Final = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "that",
        "this",
        "from",
        "its",
        "has",
        "have",
        "are",
        "was",
        "were",
        "will",
        "says",
        "said",
        "say",
        "after",
        "over",
        "new",
        "more",
        "than",
        "into",
        "about",
        "their",
        "they",
        "who",
        "which",
        "what",
        "how",
        "why",
        "when",
        "out",
        "but",
        "not",
        "can",
        "could",
        "may",
        "company",
        "companies",
        "year",
        "years",
    ]
)


@dataclass(frozen=True, slots=True)
class _OnFile:
    """A dated event as it is compared: its outermost organisations, and what each word of its title weighs."""

    event: DatedEvent
    labs: frozenset[str]
    weights: Mapping[str, float]
    whole: float


def find_analogues(
    annotated: Annotated, lexicon: Lexicon, *, event: str, before: date
) -> tuple[Analogue, ...]:
    """The nearest dated events before a day to an article whose main event is `event`; none when none is near."""
    labs = _principals(annotated, lexicon)
    article = annotated.article
    words = _words(f"{article.title} {article.text[:800]}")
    day = before.isoformat()
    scored = [
        (round(_similarity(on_file, event, labs, words), 4), on_file.event)
        for on_file in _on_file(ByDigest(lexicon))
        if on_file.event.date < day and _may_be_near(on_file, event, labs)
    ]
    near = sorted((s for s in scored if s[0] >= NEAR), key=lambda s: (-s[0], s[1].date, s[1].title))
    return tuple(Analogue(f"{e.date} {e.title}", s, e.reaction or None, e.source) for s, e in near[:MOST])


@lru_cache(maxsize=4)
def _on_file(key: ByDigest) -> tuple[_OnFile, ...]:
    events = key.lexicon.events
    rarity = _rarity([e.title for e in events])
    made = []
    for e in events:
        weights = {w: rarity[w] for w in sorted(_words(e.title))}
        labs = frozenset(_outermost(lab, key.lexicon) for lab in e.labs)
        made.append(_OnFile(e, labs, weights, sum(weights.values())))
    return tuple(made)


def _may_be_near(on_file: _OnFile, kind: str, labs: set[str]) -> bool:
    """Words alone are never near (`WORDS` < `NEAR`); most events share no more."""
    return on_file.event.type == kind or not on_file.labs.isdisjoint(labs)


def _similarity(on_file: _OnFile, kind: str, labs: set[str], words: frozenset[str]) -> float:
    theirs = on_file.labs
    in_common = len(theirs & labs) / math.sqrt(len(theirs) * len(labs)) if theirs and labs else 0.0
    said = _overlap(on_file, words)
    if on_file.event.type != kind and said < TOLD:
        return 0.0
    return KIND * (on_file.event.type == kind) + LABS * in_common + WORDS * said


def _overlap(on_file: _OnFile, words: frozenset[str]) -> float:
    """How much of the event's title, by rarity, the article also says."""
    if not on_file.whole:
        return 0.0
    return sum(weight for w, weight in on_file.weights.items() if w in words) / on_file.whole


def _principals(annotated: Annotated, lexicon: Lexicon) -> set[str]:
    """The organisations of the headline and the subjects; all that are named where there are none."""
    named = [m for m in annotated.mentions if m.lab and lexicon.lab_of(m.lab)]
    first = [m for m in named if m.in_title or m.role == "subject"]
    return {_outermost((m.lab or "").partition(":")[2], lexicon) for m in first or named}


def _outermost(lab: str, lexicon: Lexicon) -> str:
    return (lexicon.parents(lab) or (lab,))[-1]


def _words(text: str) -> frozenset[str]:
    return frozenset(
        w for w in (m.group(0).casefold().rstrip(".") for m in _WORD.finditer(text)) if w not in _STOP
    )


def _rarity(titles: Sequence[str]) -> Mapping[str, float]:
    counts = Counter(w for title in titles for w in _words(title))
    return {w: math.log((1 + len(titles)) / n) for w, n in counts.items()}
