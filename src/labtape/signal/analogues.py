"""Dated events of the lexicon that are like an article, with what the market did then.

Likeness is the kind of event, the organisations in common and the words in common (weighted by how rare
they are among the events' titles). No look-ahead: an event of the article's own day or later is left out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

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


def find_analogues(
    annotated: Annotated, lexicon: Lexicon, *, event: str, before: date
) -> tuple[Analogue, ...]:
    """The nearest dated events before a day to an article whose main event is `event`; none when none is near."""
    labs = _principals(annotated, lexicon)
    article = annotated.article
    words = _words(f"{article.title} {article.text[:800]}")
    rarity = _rarity(tuple(e.title for e in lexicon.events))
    scored = [
        (round(_similarity(e, event, labs, words, rarity, lexicon), 4), e)
        for e in lexicon.events
        if e.date < before.isoformat()
    ]
    near = sorted((s for s in scored if s[0] >= NEAR), key=lambda s: (-s[0], s[1].date, s[1].title))
    return tuple(Analogue(f"{e.date} {e.title}", s, e.reaction or None, e.source) for s, e in near[:MOST])


def _similarity(
    event: DatedEvent,
    kind: str,
    labs: set[str],
    words: Counter[str],
    rarity: Mapping[str, float],
    lexicon: Lexicon,
) -> float:
    theirs = {_outermost(lab, lexicon) for lab in event.labs}
    in_common = len(theirs & labs) / math.sqrt(len(theirs) * len(labs)) if theirs and labs else 0.0
    said = _overlap(event.title, words, rarity)
    if event.type != kind and said < TOLD:
        return 0.0
    return KIND * (event.type == kind) + LABS * in_common + WORDS * said


def _overlap(title: str, words: Counter[str], rarity: Mapping[str, float]) -> float:
    """How much of the event's title, by rarity, the article also says."""
    theirs = _title_words(title)
    whole = sum(rarity[w] for w in theirs)
    return sum(rarity[w] for w in theirs if w in words) / whole if whole else 0.0


def _principals(annotated: Annotated, lexicon: Lexicon) -> set[str]:
    """The organisations of the headline and the subjects; all that are named where there are none."""
    named = [m for m in annotated.mentions if m.lab and lexicon.lab_of(m.lab)]
    first = [m for m in named if m.in_title or m.role == "subject"]
    return {_outermost((m.lab or "").partition(":")[2], lexicon) for m in first or named}


def _outermost(lab: str, lexicon: Lexicon) -> str:
    return (lexicon.parents(lab) or (lab,))[-1]


def _words(text: str) -> Counter[str]:
    return Counter(
        w for w in (m.group(0).casefold().rstrip(".") for m in _WORD.finditer(text)) if w not in _STOP
    )


@cache
def _title_words(title: str) -> frozenset[str]:
    return frozenset(_words(title))


@cache
def _rarity(titles: tuple[str, ...]) -> Mapping[str, float]:
    counts = Counter(w for title in titles for w in set(_words(title)))
    return {w: math.log((1 + len(titles)) / n) for w, n in counts.items()}
