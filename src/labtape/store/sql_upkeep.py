"""Checking, counting, compacting and copying a SQL database."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from sqlite3 import Error as SqliteError
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, and_, exists, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from labtape.exceptions import StoreError
from labtape.store import tables as t
from labtape.store.engine import SCHEMA, reading, reason, shown

_COUNTED = (
    t.feeds, t.hosts, t.fetches, t.articles, t.revisions, t.sightings, t.records, t.stories, t.retractions,
)  # fmt: skip
_FEW = 3
# Who only reads may copy: SQLite takes that for writing. A reader's engine forbids it again for what comes next.
_MAY_COPY = "PRAGMA query_only = OFF"


def inventory(connection: Connection) -> Mapping[str, int]:
    """The schema's number, bytes on disk, and the rows of each table."""
    is_sqlite = connection.dialect.name == "sqlite"
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    size = connection.execute(text(pages if is_sqlite else "SELECT pg_database_size(current_database())"))
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _COUNTED
    }
    return {"schema": SCHEMA, "bytes": size.scalar_one(), **counts}


# ---------------------------------------------------------------- check


def check(engine: Engine) -> tuple[str, ...]:
    """What is wrong, a line each; a file that is broken is not asked further."""
    broken = tuple(_broken(engine)) if engine.dialect.name == "sqlite" else ()
    if broken:
        return broken
    with reading(engine) as connection:
        return (*_foreign_keys(connection), *_orphans(connection))


def _broken(engine: Engine) -> Iterator[str]:
    """What SQLite says of the file; outside a transaction, as one on a broken file may not even end."""
    connection = engine.raw_connection()
    try:
        for row in connection.cursor().execute("PRAGMA integrity_check"):
            if row[0] != "ok":
                yield " ".join(str(row[0]).split())
    except SqliteError as e:  # so broken that the check cannot go on
        yield reason(e)
    finally:
        connection.close()


def _foreign_keys(connection: Connection) -> Iterator[str]:
    """PostgreSQL holds these always; SQLite only where the writer asked it to."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        for table, parent in sorted({(row[0], row[2]) for row in rows}):
            n = sum(row[0] == table and row[2] == parent for row in rows)
            yield f"{table}: {n} row{'s' * (n > 1)} without their row in {parent}"


def _orphans(connection: Connection) -> Iterator[str]:
    """Rows that no foreign key can tell: the latest revision that is not there, or is not the latest."""
    a, r = t.articles.c, t.revisions.c
    of_article = r.article == a.article
    latest = exists().where(and_(of_article, r.revision == a.revision))
    later = exists().where(and_(of_article, r.revision > a.revision))
    questions: tuple[tuple[str, Table, Select[Any]], ...] = (
        ("without the revision they name as the latest", t.articles, select(a.article_id).where(~latest)),
        ("with a later revision than they name", t.articles, select(a.article_id).where(later)),
    )
    for wrong, table, query in questions:
        ids = connection.execute(query.order_by(a.article_id)).scalars().all()
        if ids:
            few = ", ".join(f"'{id_}'" for id_ in ids[:_FEW]) + (", …" if len(ids) > _FEW else "")
            yield f"{table.name}: {len(ids)} {wrong}: {few}"


# ---------------------------------------------------------------- vacuum and backup


def vacuum(engine: Engine) -> None:
    """Give the room of deleted rows back. Raises `StoreError`."""
    _outside_transaction(engine, "VACUUM")
    if engine.dialect.name == "sqlite":
        _outside_transaction(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def backup(engine: Engine, path: Path) -> None:
    """Write a whole copy: under another name first, so that a copy that was cut short is never taken for one."""
    if path.exists():
        raise StoreError(f"{path}: is there already; give a name that is not, or remove it")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: there is no folder {path.parent}; create it, or give another path")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if engine.dialect.name == "sqlite":
            _outside_transaction(engine, "VACUUM INTO ?", str(part), before=_MAY_COPY)
        else:
            _dump(engine, part)
        _put(part, path)
    finally:
        part.unlink(missing_ok=True)


def _put(part: Path, path: Path) -> None:
    """Give the finished copy its name, once it is on the disk; never over a file that came meanwhile."""
    try:
        with part.open("rb") as file:
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError as e:
        raise StoreError(f"{path}: is there already; give a name that is not, or remove it") from e
    except OSError as e:
        raise StoreError(f"{path}: {e.strerror or e}") from e


def _dump(engine: Engine, part: Path) -> None:
    """By pg_dump, which is to be of the server's version or newer. The password goes by the environment."""
    url = engine.url
    place = shown(url)
    program = shutil.which("pg_dump")
    if program is None:
        raise StoreError(
            f"{place}: a copy needs pg_dump, which is not here; where it is, run: "
            f"pg_dump --format=custom --file=FILE '{url.set(drivername='postgresql').render_as_string()}'"
        )
    named = url.set(drivername="postgresql", password=None).render_as_string()
    command = [program, "--format=custom", f"--file={part}", f"--dbname={named}"]
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 (our command)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise StoreError(f"{place}: pg_dump failed: {said[-1]}")


def _outside_transaction(engine: Engine, statement: str, *values: str, before: str = "") -> None:
    """Run what no transaction may hold, on a connection of its own."""
    try:
        if engine.dialect.name == "sqlite":
            connection = engine.raw_connection()
            try:
                connection.cursor().execute(before)
                connection.cursor().execute(statement, values)
            finally:
                connection.close()
        else:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as autocommit:
                autocommit.exec_driver_sql(statement)
    except (SQLAlchemyError, SqliteError) as e:
        raise StoreError(f"{shown(engine.url)}: {reason(e)}") from e
