"""`labtape` in a process of its own, to be killed, and what is left in its database."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from labtape.store import open_store
from labtape.types import Article

from .wire import Server

LABTAPE = Path(sys.executable).with_name("labtape")


@dataclass(slots=True)
class Tape:
    """A database in a folder, and the commands that work on it."""

    folder: Path
    server: Server
    deadline: float = 5.0
    pages: str = "short"

    @property
    def file(self) -> Path:
        return self.folder / "tape.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "LABTAPE_DATABASE": self.url,
            "LABTAPE_BUNDLE": "rules",
            "LABTAPE_FETCH_DELAY": "0",
            "LABTAPE_FETCH_DEADLINE": str(self.deadline),
            "LABTAPE_FETCH_PAGES": self.pages,
            "LABTAPE_FETCH_ALLOW_PRIVATE": ",".join(self.server.places()),
            "COLUMNS": "200",
        }

    def start(self, *arguments: str, before: Iterable[str] = ()) -> subprocess.Popen[bytes]:
        """Start `labtape` with these words; `before` are those of a program that starts it in turn."""
        return subprocess.Popen(
            [*before, str(LABTAPE), *arguments], cwd=self.folder, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(
        self, *arguments: str, before: Iterable[str] = (), seconds: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, before=before)
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return subprocess.CompletedProcess(arguments, process.returncode, out.decode(), err.decode())

    def write_list(self, paths: Iterable[tuple[str, int]]) -> Path:
        """An OPML list of feeds: path and host of each."""
        rows = "".join(
            f'<outline type="rss" xmlUrl="{self.server.url(path, host)}"/>' for path, host in paths
        )
        file = self.folder / "feeds.opml"
        file.write_text(f'<?xml version="1.0"?><opml version="2.0"><head/><body>{rows}</body></opml>')
        return file

    # ------------------------------------------------------------ what is left

    def integrity(self) -> list[str]:
        """What SQLite itself says of the file; `["ok"]` when all is well."""
        with closing(sqlite3.connect(self.file, timeout=30)) as db:
            return [row[0] for row in db.execute("PRAGMA integrity_check")] + [
                f"foreign key: {row}" for row in db.execute("PRAGMA foreign_key_check")
            ]

    def has_articles(self) -> bool:
        """Whether anything was kept yet."""
        if not self.file.exists():
            return False
        with closing(sqlite3.connect(self.file, timeout=30)) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE name = 'articles'")]
            return bool(tables) and db.execute("SELECT count(*) FROM articles").fetchone()[0] > 0

    def kept(self) -> tuple[dict[str, str | None], tuple[Article, ...]]:
        """The ETag kept for each feed, and all articles."""
        store = open_store(self.url)
        try:
            return {s.url: s.validators.etag for s in store.feed_states()}, tuple(store.articles())
        finally:
            store.close()


def children(pid: int) -> set[int]:
    """All processes below one, as Linux lists them."""
    found: set[int] = set()
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = {int(word) for word in listed.read_text().split()}
        except OSError:
            continue
        found |= below | {p for child in below for p in children(child)}
    return found


def living(pids: Iterable[int]) -> set[int]:
    """Those of these processes that still run; a zombie does not."""
    alive = set()
    for pid in pids:
        try:
            state = re.search(r"^State:\s+(\w)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        except OSError:
            continue
        if state and state[1] not in "ZX":
            alive.add(pid)
    return alive


def ended(pids: Iterable[int], *, seconds: float) -> bool:
    """Whether all of these processes end in time."""
    until = time.monotonic() + seconds
    while living(pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
