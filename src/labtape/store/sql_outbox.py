"""The outbox in SQL: what is to be sent, what became of it, and how far those have come who read records in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from labtape.ports import Delivery, DeliveryStatus
from labtape.store import tables as t
from labtape.store.rows import among
from labtape.store.sql_records import record_of
from labtape.types import Record

_FIELDS = tuple(field.name for field in fields(Delivery))
_CHANGING = ("status", "due_at", "n_tries", "tried_at", "error")


def records_after(connection: Connection, seq: int, limit: int) -> tuple[tuple[int, Record], ...]:
    r = t.records.c
    query = select(r.seq, r.article_id, r.body).where(r.seq > seq).order_by(r.seq).limit(limit)
    return tuple((row.seq, record_of(row)) for row in connection.execute(query))


def last_record(connection: Connection) -> int:
    return connection.execute(select(func.max(t.records.c.seq))).scalar() or 0


def reached(connection: Connection, name: str) -> int | None:
    return connection.execute(select(t.marks.c.value).where(t.marks.c.name == name)).scalar()


def post(connection: Connection, deliveries: Iterable[Delivery], marks: Mapping[str, int]) -> int:
    came = {delivery.id: delivery for delivery in deliveries}
    there = select(t.outbox.c.id).where(among(connection, t.outbox.c.id, list(came)))
    known = set(connection.execute(there).scalars())
    rows = [_row(delivery) for id_, delivery in came.items() if id_ not in known]
    if rows:
        connection.execute(insert(t.outbox), rows)
    for name, value in marks.items():
        changed = connection.execute(update(t.marks).where(t.marks.c.name == name).values(value=value))
        if not changed.rowcount:
            connection.execute(insert(t.marks).values(name=name, value=value))
    return len(rows)


def is_due(connection: Connection, now: datetime) -> bool:
    return connection.execute(_due(now).limit(1)).first() is not None


def take(connection: Connection, now: datetime, until: datetime) -> tuple[Delivery, ...]:
    taken = _deliveries(connection, _due(now))
    _save(connection, [{"key": delivery.id, "due_at": until} for delivery in taken], ["due_at"])
    return taken


def save_deliveries(connection: Connection, deliveries: Iterable[Delivery]) -> None:
    rows = [{"key": d.id, **{name: getattr(d, name) for name in _CHANGING}} for d in deliveries]
    _save(connection, rows, _CHANGING)


def deliveries(connection: Connection, status: DeliveryStatus | None) -> tuple[Delivery, ...]:
    query = _all()
    return _deliveries(connection, query if status is None else query.where(t.outbox.c.status == status))


def alerted(connection: Connection, story_ids: Sequence[str]) -> tuple[Delivery, ...]:
    o = t.outbox.c
    query = _all().where(o.kind == "alert", among(connection, o.story_id, story_ids))
    return _deliveries(connection, query)


def _all() -> Select[tuple[object, ...]]:
    return select(*(t.outbox.c[name] for name in _FIELDS)).order_by(t.outbox.c.seq)


def _due(now: datetime) -> Select[tuple[object, ...]]:
    return _all().where(t.outbox.c.status == "waiting", t.outbox.c.due_at <= now)


def _deliveries(connection: Connection, query: Select[tuple[object, ...]]) -> tuple[Delivery, ...]:
    return tuple(Delivery(**row._mapping) for row in connection.execute(query))


def _row(delivery: Delivery) -> dict[str, object]:
    return {name: getattr(delivery, name) for name in _FIELDS}


def _save(connection: Connection, rows: Sequence[dict[str, object]], names: Sequence[str]) -> None:
    if rows:
        statement = update(t.outbox).where(t.outbox.c.id == bindparam("key"))
        connection.execute(statement.values({name: bindparam(name) for name in names}), rows)
