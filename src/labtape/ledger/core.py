"""Joins the ledger: from records to rows that know their origins and how they stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from labtape.ledger.rows import FindArticles, ShareRow, claims
from labtape.ledger.status import with_standings

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.types import Record, Story


def share_rows(
    records: Iterable[Record],
    *,
    lexicon: Lexicon | None = None,
    stories: Iterable[Story] = (),
    articles: FindArticles | None = None,
) -> tuple[ShareRow, ...]:
    """Every distinct share claim of some records: its sightings, its origins, its status; newest claim first.

    The lexicon gives platforms their names, `stories` say which articles are copies, `articles` gives the words to quote.
    A row stands among the rows of these records and no others.
    """
    founders = {copy: origin[0] for story in stories for origin in story.origins for copy in origin[1:]}
    return with_standings(claims(records, lexicon=lexicon, founders=founders, articles=articles))
