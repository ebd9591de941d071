"""What was known when, in SQL: feeds as they were, retractions, and the knowledge that records were made with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy import BindParameter, Column, ColumnElement, Connection, exists, insert, select, union_all

from labtape.ports import Epoch, Knowledge, KnowledgeKind, Retraction
from labtape.store import tables as t
from labtape.store.history import FeedChange, feeds_by, is_new_epoch
from labtape.types import Feed

_DETAILS = tuple(field.name for field in fields(Feed))


# ---------------------------------------------------------------- feeds


def note_feed(connection: Connection, change: FeedChange) -> None:
    values = {name: getattr(change.feed, name) for name in _DETAILS}
    connection.execute(insert(t.feed_changes).values(at=change.at, change=change.change, **values))


def feeds_as_of(connection: Connection, as_of: datetime) -> tuple[Feed, ...]:
    c = t.feed_changes.c
    query = select(c.at, c.change, *(c[name] for name in _DETAILS)).where(c.at <= as_of).order_by(c.seq)
    return feeds_by(FeedChange(row.at, row.change, Feed(*row[2:])) for row in connection.execute(query))


# ---------------------------------------------------------------- retractions


def retract(connection: Connection, retraction: Retraction) -> bool:
    id_ = retraction.article_id
    known = union_all(
        select(t.articles.c.article_id).where(t.articles.c.article_id == id_),
        select(t.records.c.article_id).where(t.records.c.article_id == id_),
    )
    is_back = exists().where(t.retractions.c.article_id == id_)
    if connection.execute(select(is_back)).scalar() or connection.execute(known.limit(1)).first() is None:
        return False
    connection.execute(insert(t.retractions).values(article_id=id_, at=retraction.at, why=retraction.why))
    return True


def retractions(connection: Connection, as_of: datetime | None) -> tuple[Retraction, ...]:
    c = t.retractions.c
    query = select(c.article_id, c.at, c.why).order_by(c.seq)
    if as_of is not None:
        query = query.where(c.at <= as_of)
    return tuple(Retraction(*row) for row in connection.execute(query))


def is_retracted(
    article_id: Column[str], as_of: datetime | BindParameter[datetime] | None
) -> ColumnElement[bool]:
    """That the article of this column was taken back by then."""
    r = t.retractions.c
    found = exists().where(r.article_id == article_id)
    return found if as_of is None else found.where(r.at <= as_of)


# ---------------------------------------------------------------- knowledge


def note(connection: Connection, knowledge: Iterable[Knowledge], at: datetime) -> None:
    k = t.knowledge.c
    latest = {epoch.kind: epoch.digest for epoch in epochs(connection)}
    for one in knowledge:
        if not is_new_epoch(one, latest):
            continue
        there = exists().where(k.kind == one.kind, k.digest == one.digest)
        if not connection.execute(select(there)).scalar():
            values = {"kind": one.kind, "digest": one.digest, "name": one.name, "body": one.body}
            connection.execute(insert(t.knowledge).values(values))
        connection.execute(insert(t.epochs).values(at=at, kind=one.kind, digest=one.digest))


def epochs(connection: Connection) -> tuple[Epoch, ...]:
    e = t.epochs.c
    return tuple(Epoch(*row) for row in connection.execute(select(e.at, e.kind, e.digest).order_by(e.seq)))


def knowledge(connection: Connection, as_of: datetime | None) -> Mapping[KnowledgeKind, Knowledge]:
    k = t.knowledge.c
    in_use = {e.kind: e.digest for e in epochs(connection) if as_of is None or e.at <= as_of}
    found: dict[KnowledgeKind, Knowledge] = {}
    for kind, digest in in_use.items():
        query = select(k.kind, k.digest, k.name, k.body).where(k.kind == kind, k.digest == digest)
        found[kind] = Knowledge(*connection.execute(query).one())
    return found
