"""An engine for a database that is of our schema, or a `StoreError` that says why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import OperationalError
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from labtape.exceptions import StoreError
from labtape.store import tables
from labtape.store.reading import check_unchanged

# The newest schema this labtape knows: the number of the last module in migrations/versions (a test compares).
SCHEMA = 5
VERSION_TABLE = "labtape_schema"
# How long a writer waits for another one, in seconds; a visit or 500 records take well under one.
BUSY = 30.0
# Bytes of a page of a new SQLite file: an article's text then lies in few of them; measured, a fifth less CPU than 4096.
_PAGE = 16384
# Any number will do as long as every labtape that writes to a PostgreSQL database uses the same.
_WRITER_LOCK = 7_062_002_961_446_117


def sqlite_engine(path: Path, *, busy: float = BUSY) -> Engine:
    """An engine for a file: WAL, synchronous FULL, foreign keys, writers that wait `busy` seconds for each other."""
    engine = create_engine(URL.create("sqlite", database=str(path)))

    def prepare(connection: Any, _record: Any) -> None:  # Any: a driver's connection has no common type
        _prepare_sqlite(connection, busy)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine.execution_options(labtape_busy=busy)


def postgres_engine(url: str, *, write: bool = True) -> Engine:
    """An engine for a PostgreSQL database, talking UTF-8 and UTC."""
    only_reads = "" if write else " -c default_transaction_read_only=on"
    try:
        parsed = make_url(url)
    except ArgumentError as e:
        raise StoreError("not a database URL; use postgresql+psycopg://USER@HOST/DATABASE") from e
    try:
        return create_engine(
            parsed,
            pool_pre_ping=True,
            connect_args={
                "client_encoding": "utf8",
                "options": f"-c timezone=UTC -c lock_timeout={BUSY * 1000:.0f}{only_reads}",
            },
        )
    except ImportError as e:
        raise StoreError(
            f"{shown(parsed)}: needs psycopg; install it with: pip install 'labtape[postgres]'"
        ) from e


def shown(url: URL) -> str:
    """The URL as an error may show it: no password; the bare path of a file."""
    return str(url.database) if url.drivername == "sqlite" else url.render_as_string(hide_password=True)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction of its own. Raises `StoreError` for whatever the database says."""
    driver: Any = engine.dialect.loaded_dbapi  # Any: a module; `rows.py` talks to the driver itself
    try:
        with engine.begin() as connection:
            try:
                yield connection
            except (
                SQLAlchemyError,
                driver.Error,
            ):  # half of what another process wrote may look like anything
                check_unchanged(connection)
                raise
            check_unchanged(connection)
    except (SQLAlchemyError, driver.Error) as e:
        raise StoreError(f"{shown(engine.url)}: {reason(e, busy=_busy(engine))}") from e


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """The same for the one writer at a time; leaves nothing behind when it fails."""
    with reading(engine.execution_options(labtape_writes=True)) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
        yield connection


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or migrate them; refuse a database that is newer, foreign or not in UTF-8."""
    with reading(engine) as connection:
        _check_encoding(connection)
        if _schema(connection) == SCHEMA:
            return
    with writing(engine) as connection:
        if _schema(connection) < SCHEMA:  # another process may have been faster
            _migrate(connection)


def is_made(engine: Engine) -> bool:
    """Whether the tables are there, for who will not make them; refuse a database that is behind, as well."""
    with reading(engine) as connection:
        number = _schema(connection)
        _check_encoding(connection)
    if 0 < number < SCHEMA:
        raise StoreError(
            f"{shown(engine.url)}: has schema {number}, this labtape reads {SCHEMA}; `labtape db migrate` brings it up to date "
            "where it can be written to"
        )
    return number > 0


def _schema(connection: Connection) -> int:
    """The schema number of the database, 0 where it is empty."""
    names = set(inspect(connection).get_table_names())
    place = shown(connection.engine.url)
    if VERSION_TABLE not in names:
        foreign = sorted(names & set(tables.metadata.tables))
        if foreign:
            raise StoreError(
                f"{place}: has a table '{foreign[0]}' which labtape did not make; give labtape its own database"
            )
        return 0
    version = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 (a constant)
    number = int(version) if version and str(version).isdigit() else 0
    if number > SCHEMA:
        raise StoreError(
            f"database {place} has schema {number}, this labtape knows up to {SCHEMA}; upgrade labtape"
        )
    if number < 1:
        raise StoreError(f"database {place} has the unknown schema {version!r}, expected 1 to {SCHEMA}")
    return number


def _check_encoding(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        encoding = connection.execute(text("SHOW server_encoding")).scalar()
        if encoding != "UTF8":
            place = shown(connection.engine.url)
            raise StoreError(f"database {place} is in {encoding}; create it with ENCODING 'UTF8'")


def _migrate(connection: Connection) -> None:
    """Run the scripts that are missing, inside the transaction that is open."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(Path(__file__).parent / "migrations")

    def steps(revision: Any, _context: Any) -> Any:  # Any: Alembic's own, handed back to it
        return scripts._upgrade_revs("head", revision)

    options = {"version_table": VERSION_TABLE, "fn": steps, "script": scripts}
    context = MigrationContext.configure(connection, opts=options)
    with Operations.context(context):
        context.run_migrations()


def _prepare_sqlite(connection: Any, busy: float) -> None:  # Any: as above
    connection.isolation_level = None  # the driver would begin transactions of its own otherwise
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {round(busy * 1000)}",  # first: the others may have to wait
        f"page_size = {_PAGE}",  # of a file that is still empty
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    _switch_to_wal(cursor, busy)
    cursor.close()


def _switch_to_wal(cursor: Any, busy: float) -> None:  # Any: as above
    """Switch a new file to WAL. SQLite does not wait here for another process that does the same, so this does."""
    until = monotonic() + busy
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except OperationalError as e:
            if "locked" not in str(e) or monotonic() > until:
                raise
            sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at once: a reader that turns writer later is refused without waiting."""
    writes = connection.get_execution_options().get("labtape_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _busy(engine: Engine) -> float:
    return float(engine.get_execution_options().get("labtape_busy", BUSY))


def reason(error: Exception, *, busy: float = BUSY) -> str:
    """What the database said, on one line, without the statement and its values, and what to do where that is known."""
    said = " ".join(str(getattr(error, "orig", None) or error).strip().splitlines()[:1])
    for begins, ours in _SAID:
        if said.startswith(begins):
            return ours.format(said=said, busy=busy)
    return said or type(error).__name__


_SAID = (
    ("file is not a database", "is not an SQLite database; give the path of one, or of a file not there yet"),
    (
        "database is locked",
        "another process writes to it and did not finish within {busy:g} s; try again when it has",
    ),
    (
        "canceling statement due to lock timeout",
        "another process writes to it and did not finish within {busy:g} s; try again when it has",
    ),
    ("attempt to write a readonly database", "cannot be written to; make the file and its folder writable"),
    ("disk I/O error", "{said}; is the disk full or gone? Nothing of this step was kept"),
    ("database or disk is full", "{said}; make room, nothing of this step was kept"),
)
