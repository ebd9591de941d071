"""Who else crawls with a database: two crawlers harm nothing, but ask every server twice.

A lock that ends with its process, however it ends: on a file beside the database, or in PostgreSQL. It is advice: who finds it taken goes on.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from labtape.exceptions import StoreError
from labtape.store.opening import is_postgres, is_sqlite, postgres_address, sqlite_path

try:
    import fcntl
except ImportError:  # no such locks on this system: nobody is told
    fcntl = None  # type: ignore[assignment]  # where there is none

# Any number will do as long as every labtape takes the same; not the one of writers.
_CRAWLER_LOCK = 7_062_002_961_446_118
UNKNOWN = "another process"


@contextmanager
def other_crawler(url: str) -> Iterator[str | None]:
    """Be the crawler of a database while the context lasts; gives who is already, None where nobody is.

    Where no lock can be had at all, nobody is known of.

    >>> with other_crawler("memory:") as other:
    ...     print(other)
    None
    """
    if is_sqlite(url) and fcntl is not None:
        with _beside(sqlite_path(url)) as other:
            yield other
    elif is_postgres(url):
        with _in_postgres(postgres_address(url)) as other:
            yield other
    else:
        yield None


@contextmanager
def _beside(database: Path) -> Iterator[str | None]:
    """By a lock on `tape.db.crawl`: not on the database, whose own locks would go when this file is closed."""
    path = database.with_name(f"{database.name}.crawl")
    try:
        descriptor = _locked(path)
    except BlockingIOError:
        yield _said_in(path)
        return
    except OSError:
        yield None
        return
    try:
        os.truncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
    except OSError:  # a full disk: the lock holds all the same
        pass
    try:
        yield None
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int:
    """The file, locked. The one before may have removed it between our opening and our locking: then another one is to be locked."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _said_in(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip() or UNKNOWN
    except OSError:
        return UNKNOWN


@contextmanager
def _in_postgres(address: str) -> Iterator[str | None]:
    """By an advisory lock of a session that lasts as long."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from labtape.store.engine import postgres_engine

    try:
        engine = postgres_engine(address)
    except StoreError:  # the store says it better
        yield None
        return
    with ExitStack() as ending:
        ending.callback(engine.dispose)
        try:
            session = ending.enter_context(engine.execution_options(isolation_level="AUTOCOMMIT").connect())
            asked = session.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _CRAWLER_LOCK})
            is_ours = bool(asked.scalar())
        except SQLAlchemyError:
            is_ours = True
        yield None if is_ours else UNKNOWN
