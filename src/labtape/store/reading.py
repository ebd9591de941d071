"""An engine that only reads, wherever the file lies: a read-only mount, somebody else's folder.

    the place can be written to   mode=rw, query_only    SQLite keeps its log beside the file and clears it away again
    it cannot                     mode=ro                a file that is no WAL database, or whose log is there with its index
    … and there is no log         immutable=1            SQLite needs the log of a WAL database even to read, and cannot make it

`immutable` tells SQLite that nobody writes, so that it takes no locks. Where that may turn out wrong (the folder is closed to us,
not to others) the file is looked at before and after each transaction: what was read while it changed is an error, never an answer.
It is not used where a log is left: what is in there would be missing, and half a checkpoint would be taken for the whole.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError

from labtape.exceptions import StoreError

_LOOKED = "labtape_looked"  # how the file was when it was opened as one that does not change
Look = tuple[int, int, bool]


def sqlite_reader(path: Path, *, busy: float) -> Engine:
    """An engine for a file that is there; it makes nothing and changes nothing."""
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, record: Any, _arguments: Any, options: Any) -> Any:  # Any: the driver's own
        connection, looked = _opened(path, busy, **options)
        if record is not None:
            record.info[_LOOKED] = looked
        return connection

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, record: Any, _proxy: Any) -> None:  # Any: as above
        if record.info.get(_LOOKED) not in (None, _look(path)):
            raise DisconnectionError("the file has changed")  # the pool opens it anew
        connection.execute("PRAGMA query_only = ON")

    return engine.execution_options(labtape_busy=busy)


def check_unchanged(connection: Connection) -> None:
    """Raise `StoreError` where the file changed while it was read without locks."""
    if connection.dialect.name != "sqlite":
        return
    path = Path(str(connection.engine.url.database))
    looked = connection.info.get(_LOOKED)
    if looked is not None and looked != _look(path):
        raise StoreError(f"{path}: another process wrote to it while it was read; try again")


def _opened(
    path: Path, busy: float, **options: Any
) -> tuple[sqlite3.Connection, Look | None]:  # Any: as above
    """A connection that could read the schema; with how the file was, where nothing else tells that it changes."""
    failed: sqlite3.OperationalError | None = None
    if is_writable(path):
        try:
            return _tried(path, "mode=rw", busy, options), None
        except sqlite3.OperationalError as e:  # no room for the log, for one
            failed = e
    try:
        return _tried(path, "mode=ro", busy, options), None
    except sqlite3.OperationalError as e:
        failed = failed or e
    looked = _look(path)
    has_log = looked[2]
    if "locked" in str(failed):
        raise failed
    if has_log:
        raise sqlite3.OperationalError(
            "cannot be read here: the log beside it holds what is not in the file yet; "
            "copy it with its -wal to a folder that can be written to"
        ) from failed
    return _tried(path, "immutable=1", busy, options), looked


def _tried(path: Path, how: str, busy: float, options: dict[str, Any]) -> sqlite3.Connection:  # Any: as above
    connection: sqlite3.Connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, **options)
    try:
        connection.isolation_level = None  # as for a writer: the driver begins no transactions of its own
        connection.execute(f"PRAGMA busy_timeout = {round(busy * 1000)}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # SQLite opens the file only now
    except BaseException:
        connection.close()
        raise
    return connection


def is_writable(path: Path) -> bool:
    """Whether SQLite can write to the file: it keeps its log beside it, so the folder counts as well."""
    place = path if path.exists() else path.parent
    return os.access(place, os.W_OK) and os.access(path.parent, os.W_OK)


def _look(path: Path) -> Look:
    """When the file was last written, how long it is, and whether a log of writes is beside it."""
    log = False
    for suffix in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            log = log or Path(f"{path}{suffix}").stat().st_size > 0
    try:
        now = path.stat()
    except FileNotFoundError:
        return 0, 0, log
    return now.st_mtime_ns, now.st_size, log
