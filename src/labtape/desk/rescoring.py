"""Scores again what was scored by a time, and says where the bytes differ.

A scoring is made again as it was: each run of it by itself, from the stories and articles that were kept when it began, its articles
in their order, in the chunks that were scored at once (they share `scored_at`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from labtape.batch.core import score
from labtape.desk.knowledge import missing
from labtape.desk.scoring import earliest, remembering
from labtape.types import Article, Record

if TYPE_CHECKING:
    from labtape.desk.core import Desk


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that came out otherwise; `fields` are those that differ, empty where it could not be made again."""

    kept: Record
    made: Record | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rescored:
    """What came of scoring again. `missing` says what is needed and not here; what was made with it was not scored.

    `n_left_out` records were not scored: for that reason, or because nobody kept by which run they were made (schema 2).
    """

    n_same: int
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()
    n_left_out: int = 0

    @property
    def is_same(self) -> bool:
        """Whether every record came out byte for byte, and none is missing."""
        return not self.differences and not self.missing


def rescore(view: Desk, *, since: datetime | None = None) -> Rescored:
    """Score again what a view of a time holds of articles of `since` or later, with the tools at hand."""
    n_same, n_left_out = 0, 0
    differences: list[Difference] = []
    needed: dict[str, None] = {}
    seen: set[tuple[str, datetime]] = set()
    for run_at in view.store.runs(since=since):
        kept = view.store.run_records(run_at)
        seen.update((record.id, record.scored_at) for record in kept)
        lacks = missing(view.as_of(run_at).store, view.tools, view.model)
        if lacks:
            needed |= dict.fromkeys(lacks)
            n_left_out += len(kept)
            continue
        for record, made in _again(view, run_at, kept):
            found = _difference(record, made)
            n_same += found is None
            differences += [found] if found else []
    others = (r for r in view.store.records(since=since) if (r.id, r.scored_at) not in seen)
    return Rescored(n_same, tuple(differences), tuple(needed), n_left_out + sum(1 for _ in others))


def _again(view: Desk, run_at: datetime, kept: Sequence[Record]) -> Iterator[tuple[Record, Record | None]]:
    """Each record of a run with the one that is made again; None where the words of its article are forgotten."""
    before = view.as_of(run_at)
    words = view.store.worded((record.id, record.revision) for record in kept)
    fresh = (*before.store.unscored(), *words.values())
    known = before.recent_stories(since=earliest(fresh, before.store, run_at) if fresh else run_at)
    grouper = remembering(known, before.store)
    for scored_at, group in groupby(kept, key=lambda record: record.scored_at):
        chunk = tuple(group)
        there = [record for record in chunk if (record.id, record.revision) in words]
        articles = [as_scored(words[record.id, record.revision], record) for record in there]
        made = score(articles, tools=view.tools, model=view.model, now=scored_at, grouper=grouper)
        by_id = {record.id: record for record in made}
        yield from ((record, by_id.get(record.id)) for record in chunk)


def as_scored(article: Article, record: Record) -> Article:
    """The article with the flags it had when it was scored: a page that shows the same words adds to them later on.

    The record's `input_hash` tells; where no choice of flags fits it, the article as it is.
    """
    from labtape.report.record import input_hash

    for n in range(len(article.flags), -1, -1):
        for flags in combinations(article.flags, n):
            if input_hash(tried := replace(article, flags=flags)) == record.input_hash:
                return tried
    return article


def _difference(kept: Record, made: Record | None) -> Difference | None:
    from labtape.report import record_json

    if made is None:
        return Difference(kept, None)
    if record_json(kept) == record_json(made):
        return None
    names = (field.name for field in fields(Record))
    return Difference(kept, made, tuple(n for n in names if getattr(kept, n) != getattr(made, n)))
