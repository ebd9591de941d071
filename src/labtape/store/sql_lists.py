"""Pages of records in SQL: by keyset, along one index, without making nouns of what is handed on as it is.

A statement is put together once for each shape of a question; SQLAlchemy takes ten times as long for that as SQLite for the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
    tuple_,
)

from labtape.ports import Listed, Mark, Order, Place, Wanted
from labtape.store import tables as t
from labtape.store.sql_records import is_latest
from labtape.store.terms import rarest_first

_R = t.records.c
_UTF8: dict[str, Callable[[ColumnElement[str]], ColumnElement[bytes]]] = {
    "sqlite": lambda text: cast(text, LargeBinary),
    "postgresql": lambda text: func.convert_to(text, literal_column("'UTF8'"), type_=LargeBinary),
}
_ESCAPE = t.escaped("\ue000")[0].encode()


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of a question changes the statement; the rest are its parameters."""

    order: Order
    n_terms: int
    goes_on: bool
    since: bool
    until: bool
    kept_since: bool
    confident: bool
    named: bool
    as_of: bool


def listed(
    connection: Connection, wanted: Wanted, after: Place | None, limit: int, as_of: datetime | None
) -> tuple[Listed, ...]:
    terms = rarest_first(wanted.terms)
    goes_on = isinstance(after, int if wanted.order == "added" else tuple)
    shape = _Shape(
        order=wanted.order,
        n_terms=len(terms),
        goes_on=goes_on,
        since=wanted.since is not None,
        until=wanted.until is not None,
        kept_since=wanted.kept_since is not None,
        confident=wanted.min_confidence > 0,
        named=wanted.article_ids is not None,
        as_of=as_of is not None,
    )
    place = {"after_at": after[0], "after_id": after[1]} if isinstance(after, tuple) else {"after": after}
    given = {
        "since": wanted.since,
        "until": wanted.until,
        "kept_since": wanted.kept_since,
        "confidence": wanted.min_confidence,
        "articles": wanted.article_ids,
        "as_of": as_of,
        "most": limit,
        **(place if goes_on else {}),
        **{f"term_{n}": term for n, term in enumerate(terms)},
    }
    statement, names = _statement(shape, connection.dialect.name)
    rows = connection.execute(statement, {name: given[name] for name in names}).all()
    return tuple(
        [Listed(number, id_, at, kept_at, _unescaped(body)) for number, id_, at, kept_at, body in rows]
    )


def mark(connection: Connection) -> Mark:
    """The last numbers of what is only added to."""
    return Mark(*(number or 0 for number in connection.execute(_MARK).one()))


_MARK = select(
    *(
        select(func.max(table.c.seq)).scalar_subquery()
        for table in (t.records, t.stories, t.retractions, t.epochs)
    )
)


# ---------------------------------------------------------------- statements


@lru_cache(maxsize=512)
def _statement(shape: _Shape, dialect: str) -> tuple[Select[Any], tuple[str, ...]]:  # Any: a row's columns
    """The statement of a shape, and the names of its parameters."""
    # As bytes: to make text of it and bytes again takes longer than to find it.
    body = _UTF8[dialect](_R.body)
    query: Select[Any] = select(_R.seq, _R.article_id, _R.order_at, _R.kept_at, body)
    query = _added(query, shape) if shape.order == "added" else _newest(query, shape)
    if shape.since:
        query = query.where(_R.order_at >= _time("since"))
    if shape.until:
        query = query.where(_R.order_at <= _time("until"))
    if shape.kept_since:
        query = query.where(_R.kept_at >= _time("kept_since"))
    if shape.confident:
        query = query.where(_R.confidence >= bindparam("confidence"))
    if shape.named:
        query = query.where(_R.article_id.in_(bindparam("articles", type_=t.AnyText(), expanding=True)))
    query = is_latest(query, _time("as_of") if shape.as_of else None).limit(bindparam("most"))
    return query, tuple(query.compile().params)


def _newest(query: Select[Any], shape: _Shape) -> Select[Any]:  # Any: as above
    """Along the key of the rarest term where there are any, else along the index of all records."""
    order_at, article_id = _R.order_at, _R.article_id
    if shape.n_terms:
        along = t.record_terms.alias("along")
        order_at, article_id = along.c.order_at, along.c.article_id
        query = query.select_from(along.join(t.records, _R.seq == along.c.record))
        query = query.where(along.c.term == _text("term_0"))
        if shape.since:
            query = query.where(order_at >= _time("since"))
        if shape.until:
            query = query.where(order_at <= _time("until"))
    if shape.goes_on:
        query = query.where(tuple_(order_at, article_id) < tuple_(_time("after_at"), _text("after_id")))
    return _with_terms(query, range(1, shape.n_terms)).order_by(order_at.desc(), article_id.desc())


def _added(query: Select[Any], shape: _Shape) -> Select[Any]:  # Any: as above
    if shape.goes_on:
        query = query.where(_R.seq > bindparam("after"))
    if shape.kept_since:
        kept = t.records.alias("kept")
        # Plus 0, or SQLite looks for it from the first record on instead of by the index of times.
        first = (
            select(func.min(kept.c.seq + literal_column("0")))
            .where(kept.c.kept_at >= _time("kept_since"))
            .scalar_subquery()
        )
        query = query.where(_R.seq >= first)
    return _with_terms(query, range(shape.n_terms)).order_by(_R.seq)


def _with_terms(query: Select[Any], numbers: range) -> Select[Any]:  # Any: as above
    for n in numbers:
        other = t.record_terms.alias(f"with_{n}")
        same = and_(
            other.c.term == _text(f"term_{n}"),
            other.c.order_at == _R.order_at,
            other.c.article_id == _R.article_id,
            other.c.record == _R.seq,
        )
        query = query.where(exists().where(same))
    return query


def _unescaped(body: bytes) -> bytes:
    return t.unescaped(body.decode()).encode() if _ESCAPE in body else body


def _time(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=t.UtcTime())


def _text(name: str) -> BindParameter[str]:
    return bindparam(name, type_=t.AnyText())
