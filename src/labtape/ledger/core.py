"""Joins the ledger: from records to rows that know their origins, how they stand and what is said against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from labtape.foreign import clean
from labtape.ledger.rows import FindArticles, ShareRow, claims
from labtape.ledger.status import with_standings
from labtape.story.current import homes, standing

if TYPE_CHECKING:
    from labtape.ledger.checks import Place, Quote
    from labtape.lexicon.entries import Lexicon
    from labtape.types import Check, Record, Share, Span, Story


def share_rows(
    records: Iterable[Record],
    *,
    lexicon: Lexicon | None = None,
    stories: Iterable[Story] = (),
    articles: FindArticles | None = None,
) -> tuple[ShareRow, ...]:
    """Every distinct share claim of some records: its sightings, origins, status and checks; newest claim first.

    The lexicon gives platforms their names, `stories` say which articles are copies and which tell one event now, `articles` gives the words to quote.
    A row stands among the rows of these records and no others.
    """
    known = tuple(stories)
    home = homes(known)
    founders = {copy: origin[0] for story in known for origin in story.origins for copy in origin[1:]}
    made = tuple(standing(r, home) for r in records if r.shares or r.volumes)
    told = checked(made, articles=articles)
    return with_standings(claims(told, lexicon=lexicon, founders=founders, articles=articles))


def checked(records: Sequence[Record], *, articles: FindArticles | None = None) -> tuple[Record, ...]:
    """The records with what earlier ones among them say against their share claims, each finding with both quotes."""
    from labtape.ledger.checks import ledger_checks  # its vocabularies take long to load

    found = ledger_checks(records, quote=_quoting(articles) if articles else None)
    return tuple(_with_checks(record, found) if found else record for record in records)


def _with_checks(record: Record, found: Mapping[Place, Sequence[Check]]) -> Record:
    shares = tuple(_said_against(share, found.get((record.id, share.start), ())) for share in record.shares)
    return record if shares == record.shares else replace(record, shares=shares)


def _said_against(share: Share, more: Sequence[Check]) -> Share:
    return replace(share, checks=(*share.checks, *more)) if more else share


def _quoting(articles: FindArticles) -> Quote:
    def words(record: Record, span: Span) -> str | None:
        article = articles([record]).get(record.id)
        if article is None or article.content_hash != record.content_hash:
            return None
        return clean(article.full[span.start : span.end]) or None

    return words
