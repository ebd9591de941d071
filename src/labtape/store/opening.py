"""Which store a database URL stands for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.exceptions import StoreError

if TYPE_CHECKING:
    from labtape.ports import Store

RIGHT = "use memory:, sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"
_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_SMALLEST = 512
_POSTGRES = ("postgresql+psycopg://", "postgresql://", "postgres://")


def open_store(url: str, *, create: bool = True, write: bool = True) -> Store:
    """Open the store a URL names, made or brought up to date where needed.

    `sqlite:///tape.db` is relative to the current folder, `sqlite:////var/tape.db` is not; a plain path that
    ends in .db, .sqlite or .sqlite3 is taken as SQLite. The folder must exist, the file need not
    unless `create` is False. With `write` False nothing is made or changed, and the place may be read-only: a database that is
    not there is an empty one in memory, unless `create` is False. Raises `StoreError`.

    >>> open_store("memory:").feeds()
    ()
    >>> open_store("mysql://localhost/tape")
    Traceback (most recent call last):
    labtape.exceptions.StoreError: no store for 'mysql:…'; use memory:, sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE
    """
    if url in ("memory:", "memory://"):
        return _in_memory()
    if is_sqlite(url):
        return _sqlite(sqlite_path(url), create=create, write=write)
    if is_postgres(url):
        from labtape.store.sql import SqlStore

        address = postgres_address(url)
        if write:
            return SqlStore.open_postgres(address)
        return SqlStore.read_postgres(address) or _in_memory()
    scheme, colon, _ = url.partition(":")  # what follows may hold a password
    raise StoreError(f"no store for {(scheme + ':…' if colon else url)!r}; {RIGHT}")


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:") or ("://" not in url and url.endswith(_SUFFIXES))


def sqlite_path(url: str) -> Path:
    """The file of a SQLite URL. Raises `StoreError` where it names none."""
    rest = url.removeprefix("sqlite:") if url.startswith("sqlite:") else f"///{url}"
    name = rest.removeprefix("///")
    if not rest.startswith("///") or "?" in name or "\0" in name or name.strip() in ("", ":memory:"):
        raise StoreError(f"{url!r} names no file; {RIGHT}")
    return Path(name).expanduser()


def is_postgres(url: str) -> bool:
    return url.startswith(_POSTGRES)


def postgres_address(url: str) -> str:
    """The URL with the driver that is ours."""
    return "postgresql+psycopg://" + url.partition("://")[2]


def _in_memory() -> Store:
    from labtape.store.memory import MemoryStore

    return MemoryStore()


def _sqlite(path: Path, *, create: bool, write: bool) -> Store:
    """The store in a file: every way in which the place can be wrong is told apart here."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: there is no folder {path.parent}; create it, or give another path")
    if not create and not path.exists():
        raise StoreError(
            f"{path}: there is no such database; `labtape crawl` makes one, --database names another"
        )
    if path.is_dir():
        raise StoreError(
            f"{path}: is a folder; give the path of a file in it, as sqlite:///{path / 'tape.db'}"
        )
    if _is_of_another_kind(path):
        raise StoreError(
            f"{path}: is not an SQLite database; give the path of one, or of a file not there yet"
        )
    if not write and not path.exists():
        return _in_memory()
    from labtape.store.sql import SqlStore

    if not os.access(path, os.R_OK) and path.exists():
        raise StoreError(f"{path}: cannot be read; make it readable, or give another path")
    if not write:
        return SqlStore.read_sqlite(path) or _in_memory()
    if path.exists() and not os.access(path, os.W_OK):
        raise StoreError(
            f"{path}: cannot be written to; make it and its folder writable, or give another path"
        )
    if not os.access(path.parent, os.W_OK):
        raise StoreError(
            f"{path}: its folder cannot be written to, where SQLite keeps its log; make it writable, or give another path"
        )
    return SqlStore.open_sqlite(path)


def _is_of_another_kind(path: Path) -> bool:
    """SQLite takes a file that is shorter than its smallest page for an empty one, and writes over it.

    The size must do: to open and close the file here would drop the locks of this process's other stores on it.
    """
    return path.exists() and 0 < path.stat().st_size < _SMALLEST
