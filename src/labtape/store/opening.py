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


def open_store(url: str, *, create: bool = True) -> Store:
    """Open the store a URL names, made or brought up to date where needed.

    `sqlite:///tape.db` is relative to the current folder, `sqlite:////var/tape.db` is not; a plain path that
    ends in .db, .sqlite or .sqlite3 is taken as SQLite. The folder must exist, the file need not
    unless `create` is False. Raises `StoreError`.

    >>> open_store("memory:").feeds()
    ()
    >>> open_store("mysql://localhost/tape")
    Traceback (most recent call last):
    labtape.exceptions.StoreError: no store for 'mysql:…'; use memory:, sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE
    """
    if url in ("memory:", "memory://"):
        from labtape.store.memory import MemoryStore

        return MemoryStore()
    if url.startswith("sqlite:"):
        return _sqlite(url.removeprefix("sqlite:"), url=url, create=create)
    if url.startswith(_POSTGRES):
        from labtape.store.sql import SqlStore

        return SqlStore.open_postgres("postgresql+psycopg://" + url.partition("://")[2])
    if "://" not in url and url.endswith(_SUFFIXES):
        return _sqlite(f"///{url}", url=url, create=create)
    scheme, colon, _ = url.partition(":")  # what follows may hold a password
    raise StoreError(f"no store for {(scheme + ':…' if colon else url)!r}; {RIGHT}")


def _sqlite(rest: str, *, url: str, create: bool) -> Store:
    """The store in a file: every way in which the place can be wrong is told apart here."""
    name = rest.removeprefix("///")
    if not rest.startswith("///") or "?" in name or "\0" in name or name.strip() in ("", ":memory:"):
        raise StoreError(f"{url!r} names no file; {RIGHT}")
    path = Path(name).expanduser()
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
    place = path if path.exists() else path.parent
    # SQLite keeps its log beside the file, so the folder counts as well.
    if not os.access(place, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreError(
            f"{path}: cannot write to {place}; make it and its folder writable, or give another path"
        )
    from labtape.store.sql import SqlStore

    return SqlStore.open_sqlite(path)


def _is_of_another_kind(path: Path) -> bool:
    """SQLite takes a file that is shorter than its smallest page for an empty one, and writes over it.

    The size must do: to open and close the file here would drop the locks of this process's other stores on it.
    """
    return path.exists() and 0 < path.stat().st_size < _SMALLEST
