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
from sqlalchemy.types import Text

from labtape.store.tables import escaped, timestamp

Values = tuple[Any, ...]  # Any: a row's columns are of several types
_PLAIN = frozenset((int, float, bool, type(None)))


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Values], *, on_conflict: str | None = None
) -> None:
    """Insert rows whose values stand in the order of the table's columns (`seq` is the database's to give).

    `on_conflict` is what to do where a row of this key is there: SQL after ON CONFLICT, the same on both engines.
    """
    if rows:
        names = _written(table)
        marks = ", ".join([_mark(connection)] * len(names))
        suffix = f" ON CONFLICT {on_conflict}" if on_conflict else ""
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}){suffix}"  # noqa: S608 (our columns)
        _run(connection, statement, rows)


def update_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Values],
    *,
    key: Sequence[str],
    latest: str | None = None,
) -> None:
    """Set the named columns in the rows of these keys; values stand in the order of names, then key.

    `latest` is a column of times that only goes forward; its value stands twice between the two.
    """
    if rows:
        mark = _mark(connection)
        assigned = [f"{name} = {mark}" for name in names]
        if latest:
            assigned.append(f"{latest} = CASE WHEN {latest} < {mark} THEN {mark} ELSE {latest} END")
        where = " AND ".join(f"{name} = {mark}" for name in key)
        _run(connection, f"UPDATE {table.name} SET {', '.join(assigned)} WHERE {where}", rows)  # noqa: S608 (our columns)


def among(connection: Connection, column: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    """That the column has one of these texts."""
    texts = texts_of(connection, values)
    if isinstance(texts, list):
        return column == any_(bindparam(None, texts, type_=ARRAY(Text)))
    return column.in_(_each(bindparam(None, texts, type_=Text)))


def is_among(dialect: str, column: Column[str]) -> ColumnElement[bool]:
    """That the column has one of the `texts`, a parameter to be given by `texts_of`."""
    if dialect == "postgresql":
        return column == any_(bindparam("texts", type_=ARRAY(Text)))
    return column.in_(_each(bindparam("texts", type_=Text)))


def _each(texts: BindParameter[Any]) -> Select[Any]:  # Any: as SQLAlchemy types them
    return select(func.json_each(texts).table_valued("value").c.value)


def texts_of(connection: Connection, values: Sequence[str]) -> list[str] | str:
    texts = list(_stored(tuple(values), connection.dialect.name))
    return texts if connection.dialect.name == "postgresql" else json.dumps(texts)


def _run(connection: Connection, statement: str, rows: Sequence[Values]) -> None:
    columns = [_stored(column, connection.dialect.name) for column in zip(*rows, strict=True)]
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _stored(column: Values, dialect: str) -> Iterable[Any]:  # Any: as above
    """The values of a column as they are kept. Text without anything to escape is seen at once, however many values."""
    kinds = set(map(type, column))
    if kinds == {str}:
        together = "".join(column)
        is_plain = together.isascii() and "\0" not in together
        return column if is_plain else map(escaped, column)
    if kinds <= _PLAIN:
        return column
    if kinds == {datetime}:
        return [timestamp(at, dialect) for at in column]
    return (_one_stored(value, dialect) for value in column)


def _one_stored(value: object, dialect: str) -> object:
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, datetime):
        return timestamp(value, dialect)
    if isinstance(value, tuple):
        return escaped(",".join(map(str, value)))
    return value


@cache
def _written(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name != "seq")


def _mark(connection: Connection) -> str:
    return "%s" if connection.dialect.name == "postgresql" else "?"
