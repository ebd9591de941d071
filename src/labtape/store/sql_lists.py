"""Pages of records in SQL: by keyset, along one index, without making nouns of what is handed on as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, literal, select, tuple_

from labtape.ports import Listed, Place, Wanted
from labtape.store import tables as t
from labtape.store.sql_records import is_latest
from labtape.store.terms import rarest_first

_R = t.records.c


def listed(
    connection: Connection, wanted: Wanted, after: Place | None, limit: int, as_of: datetime | None
) -> tuple[Listed, ...]:
    query = select(_R.seq, _R.article_id, _R.order_at, _R.kept_at, _R.body)
    ordered = _added(query, wanted, after) if wanted.order == "added" else _newest(query, wanted, after)
    if wanted.since is not None:
        ordered = ordered.where(_R.order_at >= wanted.since)
    if wanted.until is not None:
        ordered = ordered.where(_R.order_at <= wanted.until)
    if wanted.kept_since is not None:
        ordered = ordered.where(_R.kept_at >= wanted.kept_since)
    if wanted.min_confidence > 0:
        ordered = ordered.where(_R.confidence >= wanted.min_confidence)
    return tuple(Listed(*row) for row in connection.execute(is_latest(ordered, as_of).limit(limit)))


def mark(connection: Connection) -> str:
    """The last numbers of what is only added to."""
    tables = (t.records, t.stories, t.retractions, t.epochs)
    asked = select(*(select(func.max(table.c.seq)).scalar_subquery() for table in tables))
    return "-".join(str(number or 0) for number in connection.execute(asked).one())


def _newest(query: Select[Any], wanted: Wanted, after: Place | None) -> Select[Any]:  # Any: a row's columns
    """Along the key of the rarest term where there are any, else along the index of all records."""
    first, *others = rarest_first(wanted.terms) or ("",)
    if first:
        along = t.record_terms.alias("along")
        order_at, article_id = along.c.order_at, along.c.article_id
        query = query.select_from(along.join(t.records, _R.seq == along.c.record)).where(
            along.c.term == first
        )
        if wanted.since is not None:
            query = query.where(order_at >= wanted.since)
        if wanted.until is not None:
            query = query.where(order_at <= wanted.until)
    else:
        order_at, article_id = _R.order_at, _R.article_id
    if isinstance(after, tuple):
        place = tuple_(literal(after[0], t.UtcTime()), literal(after[1], t.AnyText()))
        query = query.where(tuple_(order_at, article_id) < place)
    return _with_terms(query, others).order_by(order_at.desc(), article_id.desc())


def _added(query: Select[Any], wanted: Wanted, after: Place | None) -> Select[Any]:  # Any: as above
    if isinstance(after, int):
        query = query.where(_R.seq > after)
    if wanted.kept_since is not None:
        kept = t.records.alias("kept")
        first = select(func.min(kept.c.seq)).where(kept.c.kept_at >= wanted.kept_since).scalar_subquery()
        query = query.where(_R.seq >= first)
    return _with_terms(query, rarest_first(wanted.terms)).order_by(_R.seq)


def _with_terms(query: Select[Any], terms: tuple[str, ...] | list[str]) -> Select[Any]:  # Any: as above
    for n, term in enumerate(terms):
        other = t.record_terms.alias(f"with_{n}")
        same = and_(
            other.c.term == term,
            other.c.order_at == _R.order_at,
            other.c.article_id == _R.article_id,
            other.c.record == _R.seq,
        )
        query = query.where(exists().where(same))
    return query
