"""What a story says, in its articles' own words: a few sentences and quotations, none that repeats another.

Sentences are those that the articles' own summaries chose. They are taken one by one, each time the one that is nearest to
what all of them say and farthest from what was taken (maximal marginal relevance, on tf-idf cosines of the story room).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.story.slots import figures
from labtape.story.tokens import tokens
from labtape.story.vectors import Vector, dot, total, unit, weigh
from labtape.story_record.nouns import Extract
from labtape.story_record.sources import roots_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labtape.story_record.nouns import Source
    from labtape.types import Article, Record

MOST: Final = 3
#: How much nearness counts against sameness; a sentence is left out from this cosine, this one where it shares a
#: figure, or this part of its words, on.
NEAR: Final = 0.7
SAME: Final = 0.5
SAME_FIGURE: Final = 0.2
INSIDE: Final = 0.75
#: Added to sentences of the leading article, and half of it to its first one besides: a story's summary opens with its lead.
LEAD: Final = 0.15
#: Taken off a sentence that leans on the one before it, and so does not stand alone.
LEANS: Final = 0.25
_LEANS: Final = re.compile(
    r"(?i)(?:\W*)(?:but|and|so|or|then|still|yet|also|however|meanwhile|instead|that|those|these|this|it|its|they|their|he|"
    r"his|she|her|such|until now|not only|as a result|in addition|the (?:move|news|change|feature|company|trend|report|update))\b"
    r"|(?:但|而|不过|此外|同时|其中|对此|该|此|这)"
)
#: What is left out: notices of the outlet, sentences that were cut off.
_NOTICE: Final = re.compile(
    r"(?i)sign up|subscribe|newsletter|originally (?:appeared|published)|read more|click here"
)
_CUT: Final = re.compile(r"(?:…|\.\.\.)\W*$")
#: Articles that sentences are taken from: the leading one and the earliest.
ARTICLES: Final = 24


@dataclass(frozen=True, slots=True)
class _Said:
    """Some words of an article, with their tf-idf vector, their figures, and what they are worth beside it."""

    record: Record
    start: int
    end: int
    text: str
    vector: Vector
    figures: frozenset[str] = frozenset()
    bonus: float = 0.0


def summary(
    lead: Record, records: Sequence[Record], articles: Mapping[str, Article], forest: Sequence[Source]
) -> tuple[Extract, ...]:
    """Up to three sentences in the lead's language; the one that says most first, then the lead's, by article and place.

    Empty where the words as scored are not at hand. `n_origins` counts the independent sources with a sentence like it.
    """
    ordered = sorted((r for r in records if r is not lead), key=lambda r: (r.order_at, r.id))
    told = [lead, *(r for r in ordered if r.language == lead.language)][:ARTICLES]
    said = [one for record in told for one in _sentences(record, articles, lead)]
    if not said:
        return ()
    centre = unit(total(one.vector for one in said))
    chosen: list[_Said] = []
    while len(chosen) < MOST:
        open_ = [one for one in said if not any(_repeats(one, other) for other in chosen)]
        if not open_:
            break
        chosen.append(max(open_, key=lambda one: _worth(one, centre, chosen)))
    place = {record.id: n for n, record in enumerate(told)}
    roots = roots_of(forest)
    return tuple(
        Extract(one.record.id, one.start, one.end, one.text, _n_origins(one, said, roots))
        for one in sorted(chosen, key=lambda one: (one is not chosen[0], place[one.record.id], one.start))
    )


def _sentences(record: Record, articles: Mapping[str, Article], lead: Record) -> Iterator[_Said]:
    article = articles.get(record.id)
    if article is None or article.content_hash != record.content_hash:
        return
    for n, span in enumerate(record.summary):
        text = article.full[span.start : span.end]
        if _CUT.search(text[-8:]) or _NOTICE.search(text):
            continue
        bonus = (LEAD + LEAD / 2 * (n == 0)) * (record is lead) - LEANS * _leans(text)
        yield _Said(record, span.start, span.end, text, vector_of(text), frozenset(figures(text)), bonus)


def _leans(text: str) -> bool:
    return bool(_LEANS.match(text))


def _worth(one: _Said, centre: Vector, chosen: Sequence[_Said]) -> float:
    repeats = max((dot(one.vector, other.vector) for other in chosen), default=0.0)
    return NEAR * (dot(one.vector, centre) + one.bonus) - (1 - NEAR) * repeats


def quotes(records: Sequence[Record], lead: Record, forest: Sequence[Source]) -> tuple[Extract, ...]:
    """Up to three quotations, each told once: those that most sources carry, whole sentences before parts, the lead's first.

    Offsets point into the article as it was scored.
    """
    roots = roots_of(forest)
    ordered = sorted(records, key=lambda r: (r is not lead, r.order_at, r.id))[:ARTICLES]
    said = [
        _Said(record, q.start, q.end, q.text, vector_of(q.text))
        for record in ordered
        for q in record.key_quotes
    ]
    distinct: list[_Said] = []
    for one in said:
        if not any(_is_one_saying(one, other) for other in distinct):
            distinct.append(one)
    carried = {id(one): _n_origins(one, said, roots) for one in distinct}
    best = sorted(distinct, key=lambda one: (-carried[id(one)], one.text[:1].islower()))[:MOST]
    return tuple(Extract(one.record.id, one.start, one.end, one.text, carried[id(one)]) for one in best)


def _repeats(one: _Said, told: _Said) -> bool:
    """Whether a sentence says what another did: the same words, or one of its figures in like words."""
    return is_same(one.vector, told.vector) or (
        bool(one.figures & told.figures) and dot(one.vector, told.vector) >= SAME_FIGURE
    )


def _is_one_saying(left: _Said, right: _Said) -> bool:
    """Whether two quotations are one: alike in words, or to the letter whatever the hyphens and signs."""
    a, b = (re.sub(r"\W+", "", one.text.casefold()) for one in (left, right))
    return a in b or b in a or is_same(left.vector, right.vector)


def _n_origins(one: _Said, said: Sequence[_Said], roots: Mapping[str, str]) -> int:
    return len(
        {roots[other.record.id] for other in said if other is one or is_same(one.vector, other.vector)}
    )


def vector_of(text: str) -> Vector:
    """A sentence as a unit vector of weighted words, by the shipped frequencies alone."""
    return weigh(Counter(tokens(text)), frozenset(), seen={}, n_seen=0)


def is_same(left: Vector, right: Vector) -> bool:
    """Whether two sentences say the same: alike in what they weigh, or the words of one stand in the other.

    >>> is_same(vector_of("We expect no sales there"), vector_of("We expect no sales there this quarter, he said"))
    True
    >>> is_same(vector_of("We expect no sales there"), vector_of("The rule takes effect at once"))
    False
    """
    if not left or not right:
        return False
    shared = left.keys() & right.keys()
    inside = len(shared) / min(len(left), len(right))
    return dot(left, right) >= SAME or inside >= INSIDE
