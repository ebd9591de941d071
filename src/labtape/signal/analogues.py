"""Dated events of the lexicon that are like an article, with what the market did then.

Likeness is the kind of event, the organisations in common and the words in common (weighted by how rare
they are among the events' titles). No look-ahead: an event of the article's own day or later is left out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from labtape.types import Analogue, Annotated

if TYPE_CHECKING:
    from labtape.lexicon.entries import DatedEvent, Lexicon

# The parts of the similarity and the least that counts as near: read over 60 articles of gold-dev and the
# pool, below .45 the pairs shared a kind of event and nothing else.
KIND: Final = 0.3
LABS: Final = 0.35
WORDS: Final = 0.35
NEAR: Final = 0.45
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


def find_analogues(annotated: Annotated, lexicon: Lexicon, *, before: date) -> tuple[Analogue, ...]:
    """The nearest dated events before a day, nearest first; none when none is near."""
    types = {e.type for e in sorted(annotated.events, key=lambda e: -e.p)[:2]}
    labs = {parent for m in annotated.mentions if m.lab for parent in _family(m.lab, lexicon)}
    article = annotated.article
    words = _words(f"{article.title} {article.text[:800]}")
    rarity = _rarity(tuple(e.title for e in lexicon.events))
    scored = [
        (round(_similarity(e, types, labs, words, rarity, lexicon), 4), e)
        for e in lexicon.events
        if e.date < before.isoformat()
    ]
    near = sorted((s for s in scored if s[0] >= NEAR), key=lambda s: (-s[0], s[1].date, s[1].title))
    return tuple(Analogue(f"{e.date} {e.title}", s, e.reaction or None, e.source) for s, e in near[:MOST])


def _similarity(
    event: DatedEvent,
    types: set[str],
    labs: set[str],
    words: Counter[str],
    rarity: Mapping[str, float],
    lexicon: Lexicon,
) -> float:
    theirs = {parent for lab in event.labs for parent in lexicon.parents(lab)}
    own = len(set(event.labs))
    shared = len({lab for lab in event.labs if set(lexicon.parents(lab)) & labs})
    in_common = shared / own if own and theirs else 0.0
    return KIND * (event.type in types) + LABS * in_common + WORDS * _overlap(event.title, words, rarity)


def _overlap(title: str, words: Counter[str], rarity: Mapping[str, float]) -> float:
    """How much of the event's title, by rarity, the article also says."""
    theirs = set(_words(title))
    whole = sum(rarity[w] for w in theirs)
    return sum(rarity[w] for w in theirs if w in words) / whole if whole else 0.0


def _family(entity: str, lexicon: Lexicon) -> Sequence[str]:
    lab = lexicon.lab_of(entity)
    return lexicon.parents(lab.id) if lab else ()


def _words(text: str) -> Counter[str]:
    return Counter(
        w for w in (m.group(0).casefold().rstrip(".") for m in _WORD.finditer(text)) if w not in _STOP
    )


@cache
def _rarity(titles: tuple[str, ...]) -> Mapping[str, float]:
    counts = Counter(w for title in titles for w in set(_words(title)))
    return {w: math.log((1 + len(titles)) / n) for w, n in counts.items()}
