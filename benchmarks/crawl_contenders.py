"""One contender doing one thing in a fresh process: what `benchmarks/crawl.py` starts, again and again.

    python benchmarks/crawl_contenders.py NAME PHASE SPEC.json

The phases: `subscribe` (the feeds are made known to a new database), `cold` and `warm` (all of them are asked).
The last line on standard output is JSON: CPU seconds of the phase, of it all with imports, wall seconds, entries per feed.
"""

from __future__ import annotations

import importlib
import json
import logging
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Spec:
    """What to do: the feeds, the database file, and the modules to import before the clock starts."""

    urls: tuple[str, ...]
    database: str
    modules: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()  # feeds of which is told when the last was kept
    fetch: Mapping[str, Any] | None = None  # Any: settings of [fetch] other than the defaults


def main() -> None:
    name, phase, file = sys.argv[1:]
    given = json.loads(Path(file).read_text())
    spec = Spec(**{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()})
    logging.disable(logging.CRITICAL)  # a feed that fails is seen by its missing entries
    for module in spec.modules:
        with suppress(ImportError):
            importlib.import_module(module)
    contender = CONTENDERS[name]
    known = set(sys.modules)
    before, started = _cpu(), time.perf_counter()
    contender.act(phase, spec)
    wall, after = time.perf_counter() - started, _cpu()
    result = {
        "cpu": after - before,
        "cpu_all": after,
        "wall": wall,
        "left": len(psutil.Process().children(recursive=True)),
        "late": sorted(set(sys.modules) - known),
        "entries": {} if phase == "subscribe" else contender.count(spec),
    }
    print("\n" + json.dumps(result))


def _cpu() -> float:
    """User and system seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


@dataclass(frozen=True, slots=True)
class Contender:
    act: Callable[[str, Spec], None]
    count: Callable[[Spec], dict[str, int]]


class _Watch:
    """Prints, as a line of its own, after how many seconds the last of some feeds was kept."""

    def __init__(self, watched: Iterable[str]) -> None:
        self._missing = set(watched)
        self._started = time.perf_counter()

    def kept(self, urls: Iterable[str]) -> None:
        if self._missing:
            self._missing -= set(urls)
            if not self._missing:
                print("\n" + json.dumps({"kept_after": time.perf_counter() - self._started}), flush=True)


# ---------------------------------------------------------------- labtape


def _labtape(phase: str, spec: Spec) -> None:
    """All defaults, but for the loopback hosts that are opened by name and what the spec says."""
    from labtape.desk import Desk
    from labtape.ports import utc_now
    from labtape.settings import FetchSettings, Settings
    from labtape.types import Feed

    hosts = tuple(sorted({url.split("/")[2] for url in spec.urls}))
    fetch = replace(FetchSettings(allow_private=hosts), **(spec.fetch or {}))
    settings = Settings(database=f"sqlite:///{spec.database}", fetch=fetch)

    def clock() -> datetime:
        return utc_now() + (timedelta(days=2) if phase == "warm" else timedelta())

    with Desk.open(settings=settings, clock=clock) as desk:
        if phase == "subscribe":
            for url in spec.urls:
                desk.store.add_feed(Feed(url))
            return
        if spec.watched:
            desk.store = _Timed(desk.store, _Watch(spec.watched))  # type: ignore[assignment]  # hands all else on
        desk.crawl()


class _Timed:
    """A store that tells when feeds were kept."""

    def __init__(self, store: Any, watch: _Watch) -> None:  # Any: a Store, all else of it handed on
        self._store = store
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def save_visits(self, visits: Iterable[Any]) -> Any:
        visits = tuple(visits)
        new = self._store.save_visits(visits)
        self._watch.kept(visit.poll.feed_url for visit in visits if visit.poll.status != "failed")
        return new


def _count_labtape(spec: Spec) -> dict[str, int]:
    """Articles that are in the database, by the feed that shows them."""
    from labtape.store import open_store

    with closing(open_store(f"sqlite:///{spec.database}")) as store:
        return {url: len(store.sightings(url)) for url in spec.urls}


# ---------------------------------------------------------------- reader


def _reader(workers: int) -> Callable[[str, Spec], None]:
    def act(phase: str, spec: Spec) -> None:
        from reader import make_reader

        with closing(make_reader(spec.database)) as reader:
            if phase == "subscribe":
                for url in spec.urls:
                    reader.add_feed(url)
            else:
                watch = _Watch(spec.watched)
                for result in reader.update_feeds_iter(scheduled=False, workers=workers):
                    watch.kept([result.url])

    return act


def _count_reader(spec: Spec) -> dict[str, int]:
    from reader import make_reader

    with closing(make_reader(spec.database)) as reader:
        return {url: reader.get_entry_counts(feed=url).total or 0 for url in spec.urls}


# ---------------------------------------------------------------- feedparser, and nothing else


def _feedparser(phase: str, spec: Spec) -> None:
    """One feed after the other: `feedparser.parse` with its defaults, each entry a row."""
    import feedparser

    with closing(sqlite3.connect(spec.database)) as db:
        if phase == "subscribe":
            db.execute("CREATE TABLE feeds (url PRIMARY KEY, etag, modified, n)")
            db.execute(
                "CREATE TABLE entries (feed, id, title, link, published, text, PRIMARY KEY (feed, id))"
            )
            db.executemany("INSERT INTO feeds (url) VALUES (?)", [(url,) for url in spec.urls])
        else:
            for url, etag, modified in db.execute("SELECT url, etag, modified FROM feeds").fetchall():
                parsed = feedparser.parse(url, etag=etag, modified=modified)
                if parsed.get("status") == 200:
                    _keep(db, url, parsed)
                db.commit()
        db.commit()


def _keep(db: sqlite3.Connection, url: str, parsed: Any) -> None:  # Any: feedparser has no types
    found = (parsed.get("etag"), parsed.get("modified"), len(parsed.entries), url)
    db.execute("UPDATE feeds SET etag = ?, modified = ?, n = ? WHERE url = ?", found)
    db.executemany(
        "INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                url,
                entry.get("id") or entry.get("link") or entry.get("title"),
                entry.get("title"),
                entry.get("link"),
                entry.get("published"),
                "\n".join(
                    [entry.get("summary", ""), *(c.get("value", "") for c in entry.get("content", ()))]
                ),
            )
            for entry in parsed.entries
        ],
    )


def _count_feedparser(spec: Spec) -> dict[str, int]:
    """Entries that feedparser found, whether or not two of them share an id."""
    with closing(sqlite3.connect(spec.database)) as db:
        return {url: n or 0 for url, n in db.execute("SELECT url, n FROM feeds")}


CONTENDERS = {
    "labtape": Contender(_labtape, _count_labtape),
    "reader, 1 worker": Contender(_reader(1), _count_reader),
    "reader, 10 workers": Contender(_reader(10), _count_reader),
    "feedparser + SQLite": Contender(_feedparser, _count_feedparser),
}

if __name__ == "__main__":
    main()
