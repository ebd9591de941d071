"""Which sentences hold which findings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from labtape.types import Mention, Span


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
