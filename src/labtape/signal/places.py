"""Which sentences hold which findings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from labtape.types import Annotated, Mention, Span


def sentences_with(sentences: Sequence[Span], mentions: Iterable[Mention]) -> tuple[Span, ...]:
    """The sentences in which one of the mentions begins, in order; the sentences are sorted and disjoint.

    >>> kimi = Mention(13, 17, "Kimi", "model:kimi", "lab:moonshot", "subject", False, 1.0, "name")
    >>> sentences_with([Span(0, 10), Span(11, 30)], [kimi])
    (Span(start=11, end=30),)
    """
    found = set()
    for mention in mentions:
        at = bisect_right(sentences, mention.start, key=attrgetter("start")) - 1
        if at >= 0 and mention.start < sentences[at].end:
            found.add(at)
    return tuple(sentences[at] for at in sorted(found))


def named_sentences(annotated: Annotated, entity: str) -> str:
    """The words of the first two sentences that name the entity or what belongs to it."""
    full = annotated.article.full
    own = [m for m in annotated.mentions if entity in (m.entity, m.lab)]
    spans = sentences_with(annotated.sentences, own)
    return " ".join(full[s.start : s.end] for s in spans[:2])
