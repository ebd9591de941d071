"""Which share figures of a story are agreed, which disputed, and which have one origin only; the ledger decides."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from labtape.ledger import ShareRow, claim_words, disputes, is_apart, share_rows
from labtape.ledger.times import is_same_time
from labtape.story_record.nouns import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labtape.lexicon.entries import Lexicon
    from labtape.types import Article, Record, Story


def story_rows(
    story: Story,
    records: Sequence[Record],
    articles: Mapping[str, Article],
    *,
    lexicon: Lexicon | None = None,
) -> tuple[ShareRow, ...]:
    """The ledger of a story's own claims: copies count as one origin, and sentences are quoted where the words are at hand."""
    return share_rows(
        records,
        lexicon=lexicon,
        stories=(story,),
        articles=lambda some: {r.id: articles[r.id] for r in some if r.id in articles},
    )


def story_figures(rows: Sequence[ShareRow]) -> tuple[Figure, ...]:
    """The share claims of a story: disputed ones first, then agreed ones, then by how many origins tell them.

    Two figures agree when their comparability keys and holders are equal, their times the same, their intervals meet, and
    together they have two origins or more. Two are disputed when the ledger says that one contradicts the other.
    """
    against: dict[str, set[str]] = defaultdict(set)
    for left, right in disputes(rows):
        against[left.id].add(right.id)
        against[right.id].add(left.id)
    behind = _behind(rows)
    made = [_figure(row, behind[row.id], tuple(sorted(against[row.id]))) for row in rows]
    rank = {"disputed": 0, "agreed": 1, "single": 2}
    return tuple(
        sorted(made, key=lambda f: (rank[f.state], -f.n_origins, f.comparability_key, -f.value, f.id))
    )


def _behind(rows: Sequence[ShareRow]) -> dict[str, tuple[str, ...]]:
    """The origins of each row and of those that agree with it."""
    groups: dict[tuple[object, ...], list[ShareRow]] = defaultdict(list)
    for row in rows:
        groups[row.comparability_key, row.holder, row.role].append(row)
    return {
        row.id: tuple(
            dict.fromkeys(s.origin for other in (row, *group) if _agree(row, other) for s in other.sightings)
        )
        for group in groups.values()
        for row in group
    }


def _agree(left: ShareRow, right: ShareRow) -> bool:
    return left is right or (not is_apart(left, right) and is_same_time(left, right))


def _figure(row: ShareRow, origins: tuple[str, ...], against: tuple[str, ...]) -> Figure:
    return Figure(
        id=row.id,
        state="disputed" if against else "agreed" if len(origins) > 1 else "single",
        status=row.status,
        who=row.who,
        words=claim_words(row),
        value=row.value,
        low=row.low,
        high=row.high,
        bound=row.bound,
        comparability_key=row.comparability_key,
        period=row.period,
        n_origins=len(origins),
        origins=origins,
        article_ids=tuple(s.article_id for s in row.sightings),
        against=against,
    )
