"""The steps that read everything off an article, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labtape.annotate.claim_checks import check_claims
from labtape.annotate.events import find_events
from labtape.annotate.geopolitics import find_geopolitics
from labtape.annotate.mentions import find_mentions
from labtape.annotate.shares import find_shares
from labtape.annotate.summary import find_summary
from labtape.annotate.volumes import find_volumes
from labtape.lexicon.entries import Lexicon
from labtape.text.language import language_of
from labtape.text.quotations import find_quotations
from labtape.text.sentences import sentences
from labtape.types import Annotated, Article


def annotate(article: Article, lexicon: Lexicon) -> Annotated:
    """Everything that can be read off one article without a model.

    The same article and lexicon give an equal result; nothing is remembered between calls.
    """
    full, title_end, at = article.full, len(article.title), article.published_at
    language = language_of(full)
    spans = sentences(full)
    mentions, unlinked = find_mentions(full, title_end, spans, lexicon, at)
    shares, percentages = find_shares(
        full, spans, mentions, lexicon, at, language=language, publisher=article.publisher
    )
    volumes = find_volumes(full, spans, mentions, lexicon, at)
    shares, volumes = check_claims(full, at, shares, volumes)
    return Annotated(
        article=article,
        language=language,
        sentences=spans,
        mentions=mentions,
        unlinked=unlinked,
        shares=shares,
        percentages=percentages,
        volumes=volumes,
        events=find_events(full, title_end, spans, mentions, shares, percentages, lexicon),
        geopolitics=find_geopolitics(full, title_end, spans, mentions, lexicon),
        quotations=find_quotations(full, spans),
        summary=find_summary(full, title_end, spans, mentions, shares),
    )


def annotate_many(articles: Iterable[Article], lexicon: Lexicon) -> Iterator[Annotated]:
    """`annotate` over a stream, one at a time and in order; holds one article, however many come."""
    return (annotate(article, lexicon) for article in articles)
