"""Many requests at once, one at a time for each host: the queues, and the threads that work them off."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from heapq import heappop, heappush
from types import TracebackType
from typing import TYPE_CHECKING, Self

from labtape.exceptions import FetchError
from labtape.fetch.answers import Accept, Trip
from labtape.fetch.deadline import Deadline
from labtape.fetch.http import HttpFetcher
from labtape.fetch.memory import Body, Memory
from labtape.fetch.pace import SLOWEST, Pace, next_pace, outcome_of, with_floor
from labtape.fetch.schemes import SchemeFetcher
from labtape.fetch.urls import host_key
from labtape.fetch.workers import Workers
from labtape.ports import utc_now
from labtape.types import Fetched, Validators

if TYPE_CHECKING:
    from datetime import datetime

    from labtape.fetch.session import Session
    from labtape.ports import Fetcher

YOUNG = 2.0  # seconds a request counts against the concurrency; a slower one gives its slot back
CEILING = 4  # times the concurrency: requests that run at all, the slow ones among them
MOST_HELD = 8 * 1024 * 1024  # bytes of bodies that wait to be taken; with more, nothing is started
MOST_KEPT = 128  # connections kept open for a host's next request
_KEEP_SECONDS = 10.0  # a longer pause than this, and the server has hung up anyway
_LONGEST_HOLD = 3600.0  # seconds that a host's Retry-After holds requests it was not said to
_PATIENCE = 5.0  # seconds of Retry-After that are waited for; with more, what is queued is answered at once
_CLOSING = 1.0  # seconds to wait for what was cut off
_MOST_HOSTS = 1024  # known before those that say nothing any more are forgotten


@dataclass(frozen=True, slots=True)
class Request:
    """What to get, and as what. `tag` is the caller's, and comes back with the answer."""

    url: str
    validators: Validators = Validators()
    accept: Accept = "feed"
    tag: object = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. `seconds` were spent asking, over all hops, without the waiting for a turn."""

    request: Request
    result: Fetched | FetchError
    seconds: float
    host: str


class _Job:
    """A request between its hops."""

    __slots__ = ("body", "deadline", "request", "seconds", "started", "trip", "where")

    def __init__(self, request: Request, where: _Host) -> None:
        self.request = request
        self.where = where  # the host whose queue it is in
        self.trip: Trip | None = None
        self.seconds = 0.0
        self.started = 0.0
        self.deadline: Deadline | None = None
        self.body: Body | None = None


class _Host:
    """A queue, and what is known of whom it is for."""

    __slots__ = ("block", "is_busy", "is_lined_up", "key", "pace", "queue", "ready_at", "session")

    def __init__(self, key: str, pace: Pace) -> None:
        self.key = key
        self.pace = pace
        self.queue: deque[_Job] = deque()
        self.is_busy = False
        self.is_lined_up = False
        self.ready_at = 0.0
        self.session: Session | None = None
        self.block: _Block | None = None


@dataclass(frozen=True, slots=True)
class _Block:
    """A host's word that it wants nothing before a moment; `until` is that moment on the monotonic clock."""

    until: float
    status: int | None
    retry_at: datetime


class Crowd:
    """Gets what it is given, politely: for each host one request at a time and `delay` seconds after the last.

    A redirect is a request like any other: it waits its turn in the queue of the host it leads to. `concurrency` counts
    requests of all hosts that are younger than two seconds, so that slow hosts do not hold up the others. `paces` are
    delays learnt earlier. A `delay` of 0 means no delays at all, but those of `set_floor`. Any fetcher will do; with one
    of `fetcher()`, hops are taken one by one, connections are kept, and `close` cuts off what runs.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        concurrency: int = 64,
        delay: float = 1.0,
        paces: Mapping[str, float] | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._web = _web_of(fetcher)
        self._concurrency = concurrency
        self._delay = delay
        self._paces = dict(paces or {})
        self._workers = Workers("labtape-crowd", most=CEILING * concurrency + 1)
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)  # for the dispatcher
        self._came = threading.Condition(self._lock)  # for who takes answers, and for `close`
        self._hosts: dict[str, _Host] = {}
        self._line: list[tuple[float, int, _Host]] = []  # hosts with work, by when they are ready: a heap
        self._n_lined_up = 0
        self._most_hosts = _MOST_HOSTS
        self._running: set[_Job] = set()
        self._young: dict[_Job, float] = {}  # in the order they were started
        self._answers: deque[tuple[Answer, Body | None]] = deque()
        self._memory = Memory()
        self._n_held = 0
        self._n_kept = 0
        self._n_pending = 0
        self._is_dispatching = False
        self._wake_at = math.inf
        self._is_closed = False

    @property
    def pending(self) -> int:
        """How many requests have an answer that was not taken yet, or will have one."""
        with self._lock:
            return self._n_pending

    def submit(self, request: Request) -> None:
        """Line a request up. After `close` it is forgotten."""
        key = host_key(request.url)
        with self._lock:
            if self._is_closed:
                return
            self._n_pending += 1
            now = time.monotonic()
            self._enqueue(_Job(request, self._host(key)), now)
            self._stir(now)

    def next(self, timeout: float | None = None) -> Answer | None:
        """Take an answer, waiting for one up to `timeout` seconds; None when there is none.

        Without a timeout it waits as long as anything is pending.
        """
        end = None if timeout is None else time.monotonic() + timeout
        with self._lock:
            while not self._answers:
                left = None if end is None else end - time.monotonic()
                if (
                    self._is_closed
                    or (left is None and not self._n_pending)
                    or (left is not None and left <= 0)
                ):
                    return None
                self._came.wait(left)
            answer, body = self._answers.popleft()
            self._n_held -= _weight(answer, body)
            self._n_pending -= 1
            self._stir(time.monotonic())
        return _with_body(answer, body)

    def set_floor(self, host: str, seconds: float) -> None:
        """Ask a host no more often than it wishes (crawl-delay), up to a minute; `host` is a `host_key`."""
        if not host:
            return
        with self._lock:
            known = self._host(host)
            known.pace = with_floor(known.pace, max(self._delay, min(seconds, SLOWEST)))

    def pace(self) -> dict[str, float]:
        """Give the present delay of every host that is known, in seconds."""
        with self._lock:
            return {key: host.pace.delay for key, host in sorted(self._hosts.items()) if key}

    def close(self) -> None:
        """End: what runs is cut off, what waits is forgotten; answers that came can still be taken."""
        with self._lock:
            self._is_closed = True
            self._line.clear()
            for host in self._hosts.values():
                host.queue.clear()
            for job in self._running:
                if job.deadline is not None:
                    job.deadline.cut()
                if job.where.session is not None:
                    job.where.session.cut()
            self._n_pending = len(self._answers)
            self._wake.notify_all()
            self._came.notify_all()
            end = time.monotonic() + _CLOSING
            while self._running and (left := end - time.monotonic()) > 0:
                self._came.wait(left)
            for host in self._hosts.values():
                if not host.is_busy:
                    self._let_go(host)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ asking, without the lock

    def _work(self, job: _Job | None) -> None:
        while job is not None:
            job = self._done(job, self._asked(job))  # no name keeps the body

    def _asked(self, job: _Job) -> Fetched | FetchError | Trip:
        """Take a request one hop further. Whatever goes wrong is an answer: a thread that died would hold its host."""
        request = job.request
        try:
            if self._web is None or job.deadline is None:
                return self._fetcher.fetch(request.url, request.validators)
            trip = job.trip or self._web.trip(request.url, request.validators, accept=request.accept)
            if job.where.session is None:
                job.where.session = self._web.session()
            if job.body is None:
                job.body = Body(self._web.max_bytes, self._memory)
            return self._web.step(trip, job.where.session, job.deadline, job.body)
        except FetchError as e:  # anew: the one that was raised holds on to all that was read
            return FetchError(str(e), kind=e.kind, status=e.status, retry_at=e.retry_at)
        except Exception as e:
            return FetchError(f"{request.url}: {type(e).__name__}: {str(e)[:200]}", kind="protocol")

    # ------------------------------------------------------------ deciding, with the lock held

    def _host(self, key: str) -> _Host:
        host = self._hosts.get(key)
        if host is None:
            if len(self._hosts) >= self._most_hosts:
                self._forget_idle()
            floor = self._delay if key else 0.0
            delay = min(self._paces.pop(key, floor), max(SLOWEST, floor)) if floor else 0.0
            host = self._hosts[key] = _Host(key, Pace(delay=max(delay, floor), floor=floor))
        return host

    def _forget_idle(self) -> None:
        """Let go of hosts that nothing is to be remembered of."""
        now = time.monotonic()
        plain = Pace(self._delay, self._delay)
        self._hosts = {
            key: host
            for key, host in self._hosts.items()
            if host.queue
            or host.is_busy
            or host.ready_at > now
            or host.pace != plain
            or _stands(host.block, now)
        }
        self._most_hosts = max(_MOST_HOSTS, 2 * len(self._hosts))

    def _enqueue(self, job: _Job, now: float, *, is_first: bool = False) -> None:
        host = job.where
        if host.block is not None and _stands(host.block, now):
            self._answer(job, _not_asked(job, host.block))
            return
        if is_first:
            host.queue.appendleft(job)
        else:
            host.queue.append(job)
        self._line_up(host, now)

    def _line_up(self, host: _Host, now: float) -> None:
        if host.queue and not host.is_lined_up and (not host.is_busy or not host.key):
            host.is_lined_up = True
            self._n_lined_up += 1
            heappush(self._line, (max(host.ready_at, now), self._n_lined_up, host))

    def _take(self, now: float) -> _Job | None:
        """Take the next job, if one is ready and there is room for it."""
        if self._next_event(now) > now:
            return None
        host = heappop(self._line)[2]
        host.is_lined_up = False
        host.is_busy = True
        self._n_kept -= host.session is not None
        job = host.queue.popleft()
        self._line_up(host, now)  # files wait for nobody
        job.started = now
        if self._web is not None and host.key:
            job.deadline = Deadline(self._web.deadline - job.seconds)
        self._running.add(job)
        self._young[job] = now
        return job

    def _next_event(self, now: float) -> float:
        """Give when something can be started, if nothing happens before; infinity if not by itself."""
        if not self._line:
            return math.inf
        if len(self._running) >= CEILING * self._concurrency:
            return math.inf
        if len(self._answers) >= max(self._concurrency, 8) or self._n_held > MOST_HELD:
            return math.inf
        while self._young and len(self._young) >= self._concurrency:
            oldest = next(iter(self._young))
            grown_at = self._young[oldest] + YOUNG
            if grown_at > now:
                return max(grown_at, self._line[0][0])
            del self._young[oldest]
        return self._line[0][0]

    def _stir(self, now: float) -> None:
        """See to it that somebody starts what can be started."""
        if self._is_closed or not self._line:
            return
        if not self._is_dispatching:
            self._is_dispatching = True
            self._workers.give(self._dispatch)
        elif self._next_event(now) < self._wake_at:
            self._wake.notify()

    def _dispatch(self) -> None:
        """Start what is ready, as it gets ready, until nothing is lined up any more."""
        with self._lock:
            while self._line and not self._is_closed:
                now = time.monotonic()
                job = self._take(now)
                if job is not None:
                    self._workers.give(partial(self._work, job))
                    continue
                self._wake_at = self._next_event(now)
                self._wake.wait(None if self._wake_at == math.inf else self._wake_at - now)
                self._wake_at = -math.inf
            self._is_dispatching = False

    def _done(self, job: _Job, result: Fetched | FetchError | Trip) -> _Job | None:
        """Put away what came of a hop; give the next job for the same thread."""
        with self._lock:
            now = time.monotonic()
            host, spent = job.where, now - job.started
            self._running.discard(job)
            self._young.pop(job, None)
            host.is_busy = False
            job.seconds += spent
            if job.body is not None:
                _settle(job.body, result)
            if self._is_closed:
                self._let_go(host)
                self._came.notify_all()
                return None
            if host.key:
                host.pace = next_pace(host.pace, outcome_of(result), spent)
                host.ready_at = now + host.pace.delay
                self._heed(host, result, now)
            if isinstance(result, Trip):
                self._hop(job, result, now)
            else:
                self._answer(job, result)
            self._line_up(host, now)
            self._keep_or_let_go(host)
            next_job = self._take(now)
            self._stir(now)
            return next_job

    def _hop(self, job: _Job, trip: Trip, now: float) -> None:
        """Line a redirected request up where it leads: first on the same host, last on another."""
        job.trip = trip
        key = trip.address.key
        is_same = key == job.where.key
        if not is_same:
            job.where = self._host(key)
        self._enqueue(job, now, is_first=is_same)

    def _heed(self, host: _Host, result: Fetched | FetchError | Trip, now: float) -> None:
        """Do as Retry-After says, after 429 and 503."""
        if not isinstance(result, FetchError) or result.status not in (429, 503) or result.retry_at is None:
            return
        clock = utc_now if self._web is None else self._web.clock
        until = now + (result.retry_at - clock()).total_seconds()
        if until - now <= _PATIENCE:
            host.ready_at = max(host.ready_at, until)
            return
        # What one path asked for years holds the others of its host for an hour, not for years.
        until = min(until, now + _LONGEST_HOLD)
        host.block = _Block(
            until, result.status, min(result.retry_at, clock() + timedelta(seconds=_LONGEST_HOLD))
        )
        while host.queue:
            waiting = host.queue.popleft()
            self._answer(waiting, _not_asked(waiting, host.block))

    def _answer(self, job: _Job, result: Fetched | FetchError) -> None:
        answer = Answer(job.request, result, job.seconds, host_key(job.request.url))
        self._n_held += _weight(answer, job.body)
        self._answers.append((answer, job.body))
        self._came.notify()

    def _keep_or_let_go(self, host: _Host) -> None:
        """Keep a host's connection while there is more to ask it soon."""
        session = host.session
        if session is None:
            return
        is_wanted = bool(host.queue) and host.pace.delay <= _KEEP_SECONDS and self._n_kept < MOST_KEPT
        if is_wanted and session.is_open:
            self._n_kept += 1
        else:
            self._let_go(host)

    def _let_go(self, host: _Host) -> None:
        session, host.session = host.session, None
        if session is not None:
            session.close()


def _web_of(fetcher: Fetcher) -> HttpFetcher | None:
    """The part of a fetcher that can take hops one by one, if it has one."""
    web = fetcher.web if isinstance(fetcher, SchemeFetcher) else fetcher
    return web if isinstance(web, HttpFetcher) else None


def _settle(body: Body, result: Fetched | FetchError | Trip) -> None:
    """What came is kept where it was all that should come."""
    if isinstance(result, Fetched):
        body.end()
    else:
        body.drop()


def _weight(answer: Answer, body: Body | None) -> int:
    if body is not None:
        return body.size
    return len(answer.result.body) if isinstance(answer.result, Fetched) else 0


def _with_body(answer: Answer, body: Body | None) -> Answer:
    if body is None or not body.size or isinstance(answer.result, FetchError):
        return answer
    return replace(answer, result=replace(answer.result, body=body.take()))


def _stands(block: _Block | None, now: float) -> bool:
    return block is not None and block.until > now


def _not_asked(job: _Job, block: _Block) -> FetchError:
    when = f"{block.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    return FetchError(
        f"{job.request.url}: not asked, {job.where.key} wants no request before {when}",
        kind="held",
        status=block.status,
        retry_at=block.retry_at,
    )
