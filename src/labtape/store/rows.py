"""Rows into tables, many at a time: the one place where speed goes before SQLAlchemy's own way.

The driver gets plain tuples; values are converted by their Python type, just as the types of `tables.py` would. And
one parameter that stands for any number of values, so that a statement is the same whatever their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer, Text

from labtape.store.tables import escaped, is_plain, timestamp

Values = tuple[Any, ...]  # Any: a row's columns are of several types
_PLAIN = frozenset((int, float, bool, type(None)))
_MARKS = {"sqlite": "?", "postgresql": "%s"}
_ANY = {"sqlite": "IN (SELECT value FROM json_each(?))", "postgresql": "= ANY(%s)"}
# Below so many rows each value is looked at by itself.
_FEW = 4


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Values], *, on_conflict: str | None = None
) -> None:
    """Insert rows whose values stand in the order of the table's columns (`seq` is the database's to give).

    `on_conflict` is what to do where a row of this key is there: SQL after ON CONFLICT, the same on both engines.
    """
    if rows:
        _run(connection, _insert(table, connection.dialect.name, on_conflict), rows)


def update_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Values],
    *,
    key: Sequence[str],
    latest: str | None = None,
    where: str = "TRUE",
) -> None:
    """Set the named columns in the rows of these keys; values stand in the order of names, then key.

    `latest` is a column of times that only goes forward; its value stands twice between the two. `where` says which of the
    rows are meant.
    """
    if rows:
        statement = _update(table, connection.dialect.name, tuple(names), tuple(key), latest, where)
        _run(connection, statement, rows)


def rows_of(connection: Connection, statement: str, *values: str | Sequence[str]) -> Sequence[Values]:
    """The rows a statement asks for, as the driver gives them.

    In it `{value}` stands for a text and `{any}` for a condition: to be one of several. `values` are these, in their order.
    """
    given = [escaped(v) if isinstance(v, str) else texts_of(connection, v) for v in values]
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_in_dialect(statement, connection.dialect.name), given)
        return cursor.fetchall()
    finally:
        cursor.close()


def among(connection: Connection, column: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    """That the column has one of these texts."""
    texts = texts_of(connection, values)
    if isinstance(texts, list):
        return column == any_(bindparam(None, texts, type_=ARRAY(Text)))
    return column.in_(_each(bindparam(None, texts, type_=Text)))


def among_numbers(connection: Connection, column: Column[int], values: Sequence[int]) -> ColumnElement[bool]:
    """That the column has one of these numbers."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(values), type_=ARRAY(Integer)))
    return column.in_(_each(bindparam(None, json.dumps(list(values)), type_=Text)))


def within(
    query: Select[Any],
    at: ColumnElement[datetime],
    id_: Column[str],
    since: datetime | None,
    until: datetime | None,
) -> Select[Any]:  # Any: as SQLAlchemy types a whole row
    """The rows of a time, both ends included, by that time and then by id."""
    if since is not None:
        query = query.where(at >= since)
    if until is not None:
        query = query.where(at <= until)
    return query.order_by(at, id_)


def _each(texts: BindParameter[Any]) -> Select[Any]:  # Any: as SQLAlchemy types them
    return select(func.json_each(texts).table_valued("value").c.value)


def texts_of(connection: Connection, values: Sequence[str]) -> list[str] | str:
    texts = list(_stored(tuple(values), connection.dialect.name))
    return texts if connection.dialect.name == "postgresql" else json.dumps(texts)


def _run(connection: Connection, statement: str, rows: Sequence[Values]) -> None:
    dialect = connection.dialect.name
    if len(rows) < _FEW:
        stored = [tuple([_one_stored(value, dialect) for value in row]) for row in rows]
    else:
        columns = [_stored(column, dialect) for column in zip(*rows, strict=True)]
        stored = list(zip(*columns, strict=True))
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, stored)
    finally:
        cursor.close()


def _stored(column: Values, dialect: str) -> Iterable[Any]:  # Any: as above
    """The values of a column as they are kept. Text without anything to escape is seen at once, however many values."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return column if is_plain("".join(column)) else map(escaped, column)
    if kinds <= _PLAIN:
        return column
    if kinds == {datetime}:
        if column.count(column[0]) == len(column):
            return [timestamp(column[0], dialect)] * len(column)
        return [timestamp(at, dialect) for at in column]
    return (_one_stored(value, dialect) for value in column)


def _one_stored(value: object, dialect: str) -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, datetime):
        return timestamp(value, dialect)
    if isinstance(value, tuple):
        return escaped(",".join(map(str, value)))
    return value


@cache
def _insert(table: Table, dialect: str, on_conflict: str | None) -> str:
    names = [column.name for column in table.columns if column.name != "seq"]
    suffix = f" ON CONFLICT {on_conflict}" if on_conflict else ""
    marks = ", ".join([_MARKS[dialect]] * len(names))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}){suffix}"  # noqa: S608 (our columns)


@cache
def _update(
    table: Table,
    dialect: str,
    names: tuple[str, ...],
    key: tuple[str, ...],
    latest: str | None,
    where: str,
) -> str:
    mark = _MARKS[dialect]
    assigned = [f"{name} = {mark}" for name in names]
    if latest:
        assigned.append(f"{latest} = CASE WHEN {latest} < {mark} THEN {mark} ELSE {latest} END")
    meant = " AND ".join([where, *(f"{name} = {mark}" for name in key)])
    return f"UPDATE {table.name} SET {', '.join(assigned)} WHERE {meant}"  # noqa: S608 (our columns)


@cache
def _in_dialect(statement: str, dialect: str) -> str:
    return statement.format(value=_MARKS[dialect], any=_ANY[dialect])
