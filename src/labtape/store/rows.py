"""Rows into tables, many at a time: the one place where speed goes before SQLAlchemy's own way.

The driver gets plain tuples; values are converted by their Python type, just as the types of `tables.py` would. And
one parameter that stands for any number of values, so that a statement is the same whatever their number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
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
Convert = Callable[[Any], Any]  # Any: as above


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
    texts = [escaped(value) for value in values]
    return texts if connection.dialect.name == "postgresql" else json.dumps(texts)


def _run(connection: Connection, statement: str, rows: Sequence[Values]) -> None:
    by_type = _converters(connection.dialect.name)
    stored = [
        tuple([value if (to := by_type.get(type(value), _by_kin)) is None else to(value) for value in row])
        for row in rows
    ]
    connection.exec_driver_sql(statement, stored)


def _by_kin(value: object) -> object:
    """A value of a class that is not ours, as a subclass of str: as its parent would be."""
    return escaped(str(value)) if isinstance(value, str) else value


@cache
def _written(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name != "seq")


@cache
def _converters(dialect: str) -> Mapping[type, Convert | None]:
    def joined(value: tuple[object, ...]) -> str:
        return escaped(",".join(map(str, value)))

    by_type: dict[type, Convert | None] = dict.fromkeys((int, float, bool, type(None)))
    by_type |= {str: escaped, tuple: joined, datetime: lambda at: timestamp(at, dialect)}
    return MappingProxyType(by_type)


def _mark(connection: Connection) -> str:
    return "%s" if connection.dialect.name == "postgresql" else "?"
