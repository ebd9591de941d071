"""Records and stories in SQL: append-only, as JSON beside a few columns to select and sort by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    Table,
    Text,
    and_,
    cast,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
)

from labtape.exceptions import ReadError, StoreError
from labtape.store import tables as t
from labtape.store.rows import among, insert_rows
from labtape.store.sql_history import is_retracted
from labtape.store.terms import terms_of
from labtape.types import Record, Story

Values = dict[str, Any]  # Any: a row's columns are of several types


def record_rows(records: Iterable[Record], at: datetime | None, run_at: datetime | None) -> dict[str, Values]:
    """Rows by digest, put together before the lock is taken."""
    rows = (_record_values(record) for record in records)
    return {row["digest"]: {**row, "kept_at": at or row["scored_at"], "run_at": run_at} for row in rows}


def add_records(connection: Connection, rows: dict[str, Values], terms: Mapping[str, Sequence[str]]) -> int:
    """`terms` by digest are what the records are found by."""
    there = select(t.records.c.digest).where(among(connection, t.records.c.digest, list(rows)))
    known = set(connection.execute(there).scalars())
    new = {digest: values for digest, values in rows.items() if digest not in known}
    n = _insert(connection, t.records, list(new.values()))
    if new:
        r = t.records.c
        kept = select(r.seq, r.digest).where(among(connection, r.digest, list(new)))
        numbers = {digest: number for number, digest in connection.execute(kept)}
        found = [
            (term, values["order_at"], values["article_id"], numbers[digest])
            for digest, values in new.items()
            for term in terms[digest]
        ]
        insert_rows(connection, t.record_terms, found)
    return n


def record_terms(rows: Mapping[str, Values]) -> dict[str, tuple[str, ...]]:
    """What each of these rows is found by, by digest."""
    return {digest: terms_of(json.loads(values["body"])) for digest, values in rows.items()}


def record(connection: Connection, article_id: str, as_of: datetime | None) -> Record | None:
    r = t.records.c
    query = select(r.article_id, r.body).where(r.article_id == article_id)
    if as_of is not None:
        query = query.where(r.kept_at <= as_of)
    row = connection.execute(query.order_by(r.scored_at.desc(), r.seq.desc()).limit(1)).one_or_none()
    return None if row is None else record_of(row)


def records_of(
    connection: Connection, article_ids: Sequence[str], as_of: datetime | None
) -> Mapping[str, Record]:
    """The latest record of each of these articles that has one and is not retracted."""
    query = latest_records(as_of).where(among(connection, t.records.c.article_id, article_ids))
    return {row.article_id: record_of(row) for row in connection.execute(query)}


def revised(connection: Connection) -> frozenset[str]:
    r = t.records.c
    several = func.min(r.revision) < func.max(r.revision)
    return frozenset(
        connection.execute(select(r.article_id).group_by(r.article_id).having(several)).scalars()
    )


def runs(connection: Connection, since: datetime | None, as_of: datetime | None) -> tuple[datetime, ...]:
    r = t.records.c
    query = select(r.run_at).distinct().where(r.run_at.is_not(None)).order_by(r.run_at)
    if since is not None:
        query = query.where(r.order_at >= since)
    if as_of is not None:
        query = query.where(r.kept_at <= as_of)
    return tuple(connection.execute(query).scalars())


def run_records(connection: Connection, run_at: datetime, as_of: datetime | None) -> tuple[Record, ...]:
    r = t.records.c
    query = select(r.article_id, r.body).where(r.run_at == run_at).order_by(r.seq)
    if as_of is not None:
        query = query.where(r.kept_at <= as_of)
    return tuple(record_of(row) for row in connection.execute(query))


def story_rows(stories: Iterable[Story], at: datetime) -> dict[str, Values]:
    return {values["story_id"]: {**values, "saved_at": at} for values in map(_story_values, stories)}


def save_stories(connection: Connection, rows: dict[str, Values]) -> None:
    query = _latest_stories(None).where(among(connection, t.stories.c.story_id, list(rows)))
    bodies = {row.story_id: row.body for row in connection.execute(query)}
    _insert(connection, t.stories, [row for id_, row in rows.items() if bodies.get(id_) != row["body"]])


def stories(
    connection: Connection, since: datetime | None, as_of: datetime | None, *, merged: bool
) -> tuple[Story, ...]:
    query = _latest_stories(as_of).order_by(t.stories.c.first_at, t.stories.c.story_id)
    if since is not None:
        query = query.where(t.stories.c.last_at >= since)
    found = (_story(row) for row in connection.execute(query))
    return tuple(story for story in found if merged or story.merged_into is None)


def stories_by_id(
    connection: Connection, story_ids: Sequence[str], as_of: datetime | None
) -> dict[str, Story]:
    query = _latest_stories(as_of).where(among(connection, t.stories.c.story_id, story_ids))
    return {story.id: story for story in map(_story, connection.execute(query))}


def _insert(connection: Connection, table: Table, rows: Sequence[Values]) -> int:
    if rows:
        connection.execute(insert(table), list(rows))
    return len(rows)


# ---------------------------------------------------------------- queries


def latest_records(
    as_of: datetime | None, *, retracted: bool = False, with_figures: bool = False
) -> Select[Any]:  # Any: as above
    r = t.records.c
    query = select(r.article_id, r.body)
    if with_figures:  # an empty array stands so in no string: quotation marks are escaped there
        query = query.where(
            or_(
                *(
                    ~cast(r.body, Text).contains(f'"{name}":[]', autoescape=True)
                    for name in ("shares", "volumes")
                )
            )
        )
    return is_latest(query, as_of, retracted=retracted)


def is_latest(
    query: Select[Any], as_of: datetime | BindParameter[datetime] | None, *, retracted: bool = False
) -> Select[Any]:  # Any: as above
    """By an anti-join rather than a window function, so that a short time range reads no more than its part."""
    r, later = t.records.c, t.records.alias("later")
    is_later = tuple_(later.c.scored_at, later.c.seq) > tuple_(
        r.scored_at, r.seq
    )  # a range of ix_records_article
    superseded = exists(literal_column("1")).where(later.c.article_id == r.article_id, is_later)
    if as_of is not None:
        superseded = superseded.where(later.c.kept_at <= as_of)
        query = query.where(r.kept_at <= as_of)
    if not retracted:
        query = query.where(~is_retracted(r.article_id, as_of))
    return query.where(~superseded)


def _latest_stories(as_of: datetime | None) -> Select[Any]:  # Any: as above
    later = t.stories.alias("later")
    same = and_(later.c.story_id == t.stories.c.story_id, later.c.seq > t.stories.c.seq)
    if as_of is None:
        return select(t.stories).where(~exists().where(same))
    superseded = exists().where(same, later.c.saved_at <= as_of)
    return select(t.stories).where(t.stories.c.saved_at <= as_of, ~superseded)


# ---------------------------------------------------------------- rows to nouns and back


def record_of(row: Row[*tuple[Any, ...]]) -> Record:  # Any: as above
    from labtape.report import record_from_json

    try:
        return record_from_json(row.body)
    except (ReadError, ValueError) as e:
        raise StoreError(f"record of article '{row.article_id}' cannot be read: {e}") from e


def _record_values(record: Record) -> Values:
    from labtape.report import record_json

    body = record_json(record)
    return {
        "article_id": record.id,
        "revision": record.revision,
        "scored_at": record.scored_at,
        "order_at": record.order_at,
        "relevant": record.relevance.relevant,
        "label": record.verdict.label,
        "confidence": record.verdict.confidence,
        "input_hash": record.input_hash,
        "digest": hashlib.sha256(body.encode()).hexdigest(),
        "body": body,
    }


def _story(row: Row[*tuple[Any, ...]]) -> Story:  # Any: as above
    from labtape.plain import from_json

    try:
        return from_json(Story, row.body)
    except (ReadError, ValueError) as e:
        raise StoreError(f"story '{row.story_id}' cannot be read: {e}") from e


def _story_values(story: Story) -> Values:
    from labtape.plain import to_plain
    from labtape.report.record import dumps

    return {
        "story_id": story.id,
        "first_at": story.first_at,
        "last_at": story.last_at,
        "body": dumps(to_plain(story)),
    }
