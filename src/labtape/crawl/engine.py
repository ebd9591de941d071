"""Visits feeds, and the pages of their articles: asks, reads, decides, keeps.

    ask(feed) ──> Crowd ──> readers (threads) ──> Sandbox ──> step() ──> Store
                    ↑                                           │
                    └────────── robots.txt, pages ──────────────┘

Only the thread that calls `ask` and `step` decides and touches the store; threads and processes hand it values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Self

from labtape.crawl.pages import (
    MAX_PER_VISIT,
    PAUSES,
    may_be_tried_again,
    page_visit,
    pages_wanted,
    refused_visit,
)
from labtape.crawl.reader import Reader
from labtape.crawl.robots import Robots, robots_key, robots_url
from labtape.crawl.schedule import OFFLINE, UNREACHED, WEEK, Pace, asks_with
from labtape.crawl.visits import has_turned_volatile, needs_reading, visit_of
from labtape.exceptions import FetchError, LabtapeError, ReadError, StoreError
from labtape.fetch import Crowd, Request, host_key
from labtape.ports import Clock, FeedState, Fetcher, HostState, Poll, Store, Visit
from labtape.types import Arrival, Article, Document, Feed, Fetched, PagePolicy

if TYPE_CHECKING:
    from types import TracebackType

    from labtape.fetch import Answer
    from labtape.read import Page

_FLUSH_EVERY = 1.0  # seconds that visits which brought nothing may wait for others to be kept with
_FLUSH_MANY = 200
_READY = 4  # answers read and not yet kept, at most: each may be of 10 MB
_WEEKLY_KNOWN = timedelta(minutes=10)  # how old the counts of entries a week may be
_TRIED = timedelta(days=31)  # how far back attempts at a page count


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, how fast, and which pages: the settings of a crawl.

    `delay` is in seconds between two requests to one host. `processes` read documents; with 0 they are read in this
    process, without its limits on time and memory.
    """

    concurrency: int = 64
    delay: float = 1.0
    pages: PagePolicy = "short"
    processes: int = 1
    pace: Pace = Pace()


@dataclass(frozen=True, slots=True)
class Kept:
    """A visit that is in the store, with the new articles and revisions it brought."""

    poll: Poll
    articles: tuple[Article, ...] = ()
    state: FeedState | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A feed that was not asked, because its host wants to be left alone until `state.due_at`."""

    state: FeedState


@dataclass(frozen=True, slots=True)
class _FeedAsked:
    feed: Feed
    state: FeedState


@dataclass(frozen=True, slots=True)
class _PageAsked:
    feed: Feed
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class _RobotsAsked:
    key: str


@dataclass(frozen=True, slots=True)
class _Ready:
    """An answer, and what was read of it where it was worth reading."""

    answer: Answer
    read: Document | Page | LabtapeError | None


class Crawler:
    """Feeds go in by `ask`, visits that are kept come out of `step`; `is_idle` when nothing is under way.

    A context manager: leaving it cuts off what is still being fetched, and keeps what is ready.
    """

    def __init__(
        self,
        store: Store,
        *,
        fetcher: Fetcher,
        reader: Reader,
        clock: Clock,
        limits: Limits = Limits(),
    ) -> None:
        self._store = store
        self._reader = reader
        self._clock = clock
        self._limits = limits
        hosts = store.hosts()
        self._paces = {host.host: host.delay for host in hosts if host.delay}
        self._robots = Robots(hosts=hosts)
        self._crowd = Crowd(fetcher, concurrency=limits.concurrency, delay=limits.delay, paces=self._paces)
        for host in hosts:
            if host.robots:
                self._crowd.set_floor(host_key(host.host), self._robots.delay(host.host))
        self._ready: Queue[_Ready] = Queue(_READY)
        self._stop = Event()
        self._threads: list[Thread] = []
        self._waiting: list[Visit] = []  # visits that brought nothing, kept together
        self._waiting_since = 0.0
        self._kept: deque[Kept | Held] = deque()
        self._asked: set[str] = set()  # urls of feeds whose visit did not come out of `step` yet
        self._n_pages: dict[str, int] = {}  # pages under way, by feed
        self._wanting: dict[str, FeedState] = {}  # feeds with pages under way, as they were kept
        self._parked: dict[str, list[_PageAsked]] = {}  # pages that wait for a robots.txt
        self._n_asked = 0  # requests handed to the crowd and not yet back here
        self._unreached: set[str] = set()  # hosts that could not be reached since one last answered
        self._weekly: dict[str, int] = {}
        self._weekly_at: datetime | None = None

    def __enter__(self) -> Self:
        # One thread more than parse, so that a slow document holds up no other answer.
        for n in range(self._limits.processes + 1):
            thread = Thread(target=self._read_answers, name=f"labtape-read-{n}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._crowd.close()
        for thread in self._threads:
            thread.join(timeout=1.0)
        self._flush()
        self._save_paces()

    # ------------------------------------------------------------ in and out

    @property
    def is_idle(self) -> bool:
        return not (self._n_asked or self._kept or self._waiting or self._parked)

    @property
    def n_under_way(self) -> int:
        return self._n_asked + sum(map(len, self._parked.values()))

    def is_asked(self, url: str) -> bool:
        """Whether a feed, or a page of one of its articles, is under way."""
        return url in self._asked or bool(self._n_pages.get(url))

    def ask(self, feed: Feed, state: FeedState) -> None:
        """Put a feed in its host's queue."""
        self._asked.add(feed.url)
        validators = asks_with(state, now=self._clock())
        self._submit(Request(state.address or feed.url, validators, "feed", _FeedAsked(feed, state)))

    def step(self, timeout: float) -> Kept | Held | None:
        """Give the next visit that was kept, or was not to be made; None when there is none for `timeout` seconds, or nothing is under way.

        Raises `StoreError` for what cannot be kept: it is as if it had not been asked for, and one may go on.
        """
        until = monotonic() + timeout
        while not self._kept:
            left = until - monotonic()
            if self._waiting and (
                not self._n_asked
                or len(self._waiting) >= _FLUSH_MANY
                or monotonic() - self._waiting_since > _FLUSH_EVERY
            ):
                self._flush()
            elif not self._n_asked or left <= 0:
                return None
            else:
                self._take(min(left, 0.2))
        kept = self._kept.popleft()
        if isinstance(kept, Held):
            self._asked.discard(kept.state.url)
        elif kept.poll.kind == "feed":
            self._asked.discard(kept.poll.feed_url)
        return kept

    # ------------------------------------------------------------ threads that read

    def _read_answers(self) -> None:
        while not self._stop.is_set():
            answer = self._crowd.next(0.2)
            if answer is not None:
                ready = _Ready(answer, self._read(answer))
                while not self._stop.is_set():
                    try:
                        self._ready.put(ready, timeout=0.2)
                        break
                    except Full:
                        continue
                del ready
            del answer  # its body is not kept while waiting for the next

    def _read(self, answer: Answer) -> Document | Page | LabtapeError | None:
        """Read what came. Whatever goes wrong is an answer: a thread that died would hold up all others."""
        asked, got = answer.request.tag, answer.result
        if not isinstance(got, Fetched):
            return None
        try:
            if isinstance(asked, _FeedAsked) and needs_reading(asked.state, got):
                return self._document(asked.feed, got, by_title=asked.state.by_title)
            if isinstance(asked, _PageAsked) and not got.is_unchanged:
                return self._reader.page(got.body, url=got.final_url, charset=got.charset, now=self._clock())
        except LabtapeError as e:
            return e
        except Exception as e:
            return ReadError(f"{answer.request.url}: {type(e).__name__} while reading it: {e}")
        return None

    def _document(self, feed: Feed, got: Fetched, *, by_title: bool) -> Document:
        return self._reader.document(
            got.body,
            feed=feed,
            url=got.final_url,
            media_type=got.media_type,
            charset=got.charset,
            now=self._clock(),
            by_title=by_title,
        )

    # ------------------------------------------------------------ decide and keep

    def _take(self, timeout: float) -> None:
        try:
            ready = self._ready.get(timeout=timeout)
        except Empty:
            return
        self._n_asked -= 1
        asked = ready.answer.request.tag
        if isinstance(asked, _FeedAsked):
            try:
                self._take_feed(asked, ready)
            except StoreError:  # it was not kept, so it may be asked again
                self._asked.discard(asked.feed.url)
                raise
        elif isinstance(asked, _PageAsked):
            self._take_page(asked, ready)
        elif isinstance(asked, _RobotsAsked):
            self._take_robots(asked.key, ready.answer)

    def _take_feed(self, asked: _FeedAsked, ready: _Ready) -> None:
        feed, state, now = asked.feed, asked.state, self._clock()
        if held := _held(ready.answer):
            state = replace(state, due_at=held.retry_at, not_before=held.retry_at)
            self._store.save_states([state])
            self._kept.append(Held(state))
            return
        read: Document | Page | LabtapeError | None = ready.read
        if isinstance(read, LabtapeError) and not isinstance(read, ReadError):
            raise read  # no feed is at fault: documents cannot be read at all
        got = ready.answer.result
        previous: tuple[Arrival, ...] = ()
        by_title = state.by_title
        if isinstance(read, Document) and isinstance(got, Fetched) and state.last_success_at is not None:
            previous = self._store.sightings(feed.url)
            if has_turned_volatile(state, previous, read):
                by_title = True
                read = self._reread(feed, got)
        visit = visit_of(
            feed,
            state,
            got,
            read if isinstance(read, Document | ReadError) else None,
            now=now,
            weekly=self._entries_a_week(state, read, now),
            is_offline=self._is_offline(ready.answer),
            previous=previous,
            asked=ready.answer.request.validators,
            by_title=by_title,
            seconds=ready.answer.seconds,
            pace=self._limits.pace,
        )
        shown = visit.arrivals
        if not shown and state.n_pages_wanted:
            shown = self._store.sightings(feed.url)
        pages, n_wanted = self._pages_of(feed, shown)
        if visit.state is not None and visit.state.n_pages_wanted != n_wanted:
            visit = replace(visit, state=replace(visit.state, n_pages_wanted=n_wanted))
        if visit.arrivals:
            self._save(visit)
        else:
            self._keep_later(visit)
        if pages and visit.state is not None:
            self._n_pages[feed.url] = len(pages)
            self._wanting[feed.url] = visit.state
        for arrival in pages:
            self._want_page(_PageAsked(feed, arrival))

    def _reread(self, feed: Feed, got: Fetched) -> Document | LabtapeError:
        try:
            return self._document(feed, got, by_title=True)
        except LabtapeError as e:
            return e

    # ------------------------------------------------------------ pages

    def _pages_of(self, feed: Feed, shown: Sequence[Arrival]) -> tuple[tuple[Arrival, ...], int]:
        """The articles whose pages are to be had now, because the feed gives too little of them; and how many in all.

        The others are beyond the limit of a visit, or failed and wait for their next attempt.
        """
        now, default = self._clock(), self._limits.pages
        if not pages_wanted(feed, shown, default=default, now=now, limit=1):
            return (), 0
        earlier = self._store.polls(feed.url, kind="page", since=now - _TRIED)
        known = self._store.sightings(feed.url)
        chosen, in_time = (
            pages_wanted(feed, shown, default=default, earlier=earlier, known=known, now=at, limit=limit)
            for at, limit in ((now, MAX_PER_VISIT), (now + PAUSES[-1], None))
        )
        return chosen, len(in_time)

    def _want_page(self, asked: _PageAsked) -> None:
        url, now = asked.arrival.article.url or "", self._clock()
        decision = self._robots.decide(url, now=now)
        if decision == "allowed":
            self._submit(Request(url, accept="page", tag=asked))
        elif decision == "refused":
            self._keep_page(refused_visit(asked.feed, asked.arrival, now=now))
        elif decision == "not now":  # no attempt: the page stays wanted
            self._count_page(asked.feed.url, is_done=False)
        else:
            key = robots_key(url)
            if key not in self._parked:
                self._submit(Request(robots_url(url), accept="robots", tag=_RobotsAsked(key)))
            self._parked.setdefault(key, []).append(asked)

    def _take_robots(self, key: str, answer: Answer) -> None:
        state = self._robots.learn(key, answer.result, now=self._clock())
        self._crowd.set_floor(host_key(key), self._robots.delay(key))
        for asked in self._parked.pop(key, ()):
            self._want_page(asked)
        self._store.save_hosts([state])

    def _take_page(self, asked: _PageAsked, ready: _Ready) -> None:
        page = None if isinstance(ready.read, Document) else ready.read
        answer = ready.answer
        if _held(answer):
            self._count_page(asked.feed.url, is_done=False)
            return
        self._keep_page(
            page_visit(
                asked.feed, asked.arrival, answer.result, page, now=self._clock(), seconds=answer.seconds
            )
        )

    def _keep_page(self, visit: Visit) -> None:
        try:
            if visit.arrivals:
                self._save(visit)
            else:
                self._keep_later(visit)
        finally:
            self._count_page(visit.poll.feed_url, is_done=not may_be_tried_again(visit.poll))

    def _count_page(self, url: str, *, is_done: bool) -> None:
        """Have the feed's state say, once its last page is through, how many are still wanted."""
        self._n_pages[url] -= 1
        if is_done:
            state = self._wanting[url]
            self._wanting[url] = replace(state, n_pages_wanted=max(0, state.n_pages_wanted - 1))
        if not self._n_pages[url]:
            del self._n_pages[url]
            state = self._wanting.pop(url)
            self._flush()  # what waits may hold the state of before
            self._store.save_states([state])

    def _entries_a_week(self, state: FeedState, read: object, now: datetime) -> int:
        """The feed's entries of the last 7 days: as the store knows them, or as many as the document shows."""
        if self._weekly_at is None or abs(now - self._weekly_at) > _WEEKLY_KNOWN:
            self._weekly, self._weekly_at = dict(self._store.weekly_entries(now - WEEK)), now
        known = self._weekly.get(state.url, 0)
        if isinstance(read, Document):
            undated = now if state.last_success_at is None else None  # seen for the first time, all at once
            times = (arrival.article.published_at or undated for arrival in read.arrivals)
            known = max(known, sum(at is not None and now - at <= WEEK for at in times))
            self._weekly[state.url] = known
        return known

    def _is_offline(self, answer: Answer) -> bool:
        """Whether it looks as if nobody could be reached from here: many hosts in a row, and not one answer."""
        result = answer.result
        if isinstance(result, FetchError) and result.kind in UNREACHED:
            self._unreached.add(answer.host)
        else:
            self._unreached.clear()
        return len(self._unreached) >= OFFLINE

    def _save(self, visit: Visit) -> None:
        """Keep what a visit brought, at once and by itself."""
        self._kept.append(Kept(visit.poll, self._store.save_visits([visit]), visit.state))

    def _keep_later(self, visit: Visit) -> None:
        """Keep a visit that brought nothing together with others: a transaction each would cost more than the visit."""
        if not self._waiting:
            self._waiting_since = monotonic()
        self._waiting.append(visit)

    def _flush(self) -> None:
        if self._waiting:
            self._store.save_visits(self._waiting)
            self._kept += (Kept(visit.poll, state=visit.state) for visit in self._waiting)
            self._waiting = []

    def _save_paces(self) -> None:
        """Keep how slowly hosts are to be asked, where it is not as usual, for the next run to begin with."""
        now, usual = self._clock(), self._limits.delay
        changed = {
            host: delay
            for host, delay in self._crowd.pace().items()
            if delay != self._paces.get(host, usual) and (delay > usual or host in self._paces)
        }
        if changed:
            self._store.save_hosts(HostState(host, delay, now) for host, delay in sorted(changed.items()))

    def _submit(self, request: Request) -> None:
        self._n_asked += 1
        self._crowd.submit(request)


def _held(answer: Answer) -> FetchError | None:
    """The word of a host that asked to be left alone, where nobody was asked because of it: that is no visit."""
    result = answer.result
    return result if isinstance(result, FetchError) and result.kind == "held" else None
