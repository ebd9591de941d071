"""A desk over a hostile server, and what a test asks of both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labtape.desk import Crawled, Desk
from labtape.ports import FeedState, Poll
from labtape.settings import FetchSettings, Settings
from labtape.types import Article, Feed

from .server import hostile
from .wire import Server

DEADLINE = 3.0


@dataclass(slots=True)
class Clock:
    """The time of this machine, plus what a test lets pass."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **much: float) -> None:
        self.ahead += timedelta(**much)


def fetching(server: Server, **changes: object) -> FetchSettings:
    """Settings that open the server's hosts, and do not wait between requests."""
    plain = FetchSettings(deadline=DEADLINE, delay=0.0, pages="never", allow_private=server.places())
    return replace(plain, **changes)


@dataclass(slots=True)
class Station:
    """Crawls by path: each path is a feed, on a host of its own as far as there are hosts."""

    server: Server
    desk: Desk
    clock: Clock
    _hosts: dict[str, int] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """The feed's address; a whole address stays as it is."""
        if not path.startswith("/"):
            return path
        host = self._hosts.setdefault(path, len(self._hosts) % len(self.server.hosts) + 1)
        return self.server.url(path, host)

    def host(self, path: str) -> int:
        return self._hosts[path]

    def crawl(self, paths: Iterable[str]) -> dict[str, Poll]:
        """Visit these feeds; the poll of each that was visited, by path."""
        paths = tuple(paths)
        by_url = {self.url(path): path for path in paths}
        crawled = self.crawled(paths)
        return {by_url[poll.feed_url]: poll for poll in crawled.polls}

    def crawled(self, paths: Iterable[str]) -> Crawled:
        return self.desk.crawl(tuple(Feed(self.url(path)) for path in paths))

    def state(self, path: str) -> FeedState:
        return next(s for s in self.desk.store.feed_states() if s.url == self.url(path))

    def titles(self, path: str) -> tuple[str, ...]:
        """The titles of the feed's last document, as kept."""
        return tuple(a.article.title for a in self.desk.store.sightings(self.url(path)))

    def articles(self, path: str) -> tuple[Article, ...]:
        return tuple(a.article for a in self.desk.store.sightings(self.url(path)))

    def hits(self, path: str) -> list[int | None]:
        """The statuses the server answered this feed with."""
        return [hit.status for hit in self.server.hits(path, self._hosts[path])]


@contextlib.contextmanager
def station(folder: Path, server: Server, **changes: object) -> Iterator[Station]:
    """Open a desk on a new database with these fetch settings."""
    clock = Clock()
    settings = Settings(bundle="rules", fetch=fetching(server, **changes))
    with Desk.open(f"sqlite:///{folder / 'tape.db'}", settings=settings, clock=clock) as desk:
        yield Station(server, desk, clock)


@contextlib.contextmanager
def serving(n_hosts: int = 1, **notes: object) -> Iterator[Server]:
    """A hostile server; afterwards, its handlers must have made no mistake of their own."""
    with hostile(n_hosts) as server:
        server.notes.update(notes)
        yield server
    assert server.mistakes == []


def kinds(polls: Mapping[str, Poll]) -> dict[str, str | None]:
    """What each visit came to: its class of error, or its status with the number of entries."""
    return {
        path: poll.error_kind or f"{poll.status} {poll.n_entries}" for path, poll in sorted(polls.items())
    }
