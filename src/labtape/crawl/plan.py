"""What a crawl would do, and when, without doing any of it: `labtape crawl --dry-run`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from labtape.crawl.pages import policy_of
from labtape.crawl.schedule import due_first, is_due, may_visit
from labtape.fetch import host_key
from labtape.ports import FeedState, HostState
from labtape.types import Feed, PagePolicy, Validators

When = Literal["at once", "later", "never"]
BUSIEST = 5  # hosts named in a summary


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A feed, when it would be asked and with what; `at` is None for never, `why` says why then.

    `nth` counts the requests to its host from 1: each is `delay` after the one before. `asks_with` names the validators
    sent. `same_as` is an earlier feed of the list that has the same address but for its spelling.
    """

    url: str
    when: When
    at: datetime | None
    why: str
    address: str
    host: str
    nth: int = 0
    asks_with: tuple[str, ...] = ()
    pages: PagePolicy = "short"
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A plan in numbers. `last_at` is when the last of the visits at once begins; `busiest` are hosts with their feeds."""

    n_feeds: int
    n_at_once: int
    n_later: int
    n_never: int
    n_same: int
    n_conditional: int
    n_hosts: int
    busiest: tuple[tuple[str, int], ...]
    last_at: datetime | None


def plan(
    feeds: Iterable[Feed],
    states: Iterable[FeedState],
    *,
    now: datetime,
    delay: float,
    pages: PagePolicy = "short",
    hosts: Iterable[HostState] = (),
    due_only: bool = True,
) -> tuple[PlannedVisit, ...]:
    """The visits to the feeds in the order they would begin, then those that would not be made.

    Without `due_only` a feed whose time has not come is asked as well, unless its server wanted us to wait. A feed
    without a state was never visited, and is due. `delay` is in seconds between two requests to one host; a host
    that is known to want more (`hosts`) gets it. One visit in a hundred leaves its validators out, which is not foreseen.
    """
    listed = tuple(feeds)
    known = {state.url: state for state in states}
    own = {feed.url: known.get(feed.url, FeedState(feed.url)) for feed in listed}
    due = due_first(own.values(), now=now)
    others = sorted(
        (s for s in own.values() if s.status == "active" and not is_due(s, now=now)),
        key=lambda s: (not may_visit(s, now=now, due_only=due_only), s.due_at or now, s.url),
    )
    first = {feed.url: feed for feed in reversed(listed)}
    same = _same(listed)
    queue = _Queue(now, delay, {host.host: host.delay for host in hosts})
    visits = [
        _planned(
            first[s.url],
            s,
            queue,
            now,
            is_now=may_visit(s, now=now, due_only=due_only),
            pages=pages,
            same_as=same.get(s.url),
        )
        for s in (*due, *others)
    ]
    made = [visit for visit in visits if visit.at is not None]
    unmade = [visit for visit in visits if visit.at is None]
    ended = [
        _never(feed, own[url], f"is {own[url].status}; take it up again to have it visited", pages)
        for url, feed in first.items()
        if own[url].status != "active"
    ]
    twice = [_never(feed, own[feed.url], "is listed twice", pages, feed.url) for feed in _repeated(listed)]
    return (*sorted(made, key=lambda visit: visit.at or now), *unmade, *ended, *twice)


def summary_of(visits: Sequence[PlannedVisit]) -> Summary:
    """A plan in numbers."""
    n = Counter(visit.when for visit in visits)
    hosts = Counter(visit.host for visit in visits if visit.at is not None and visit.host)
    busiest = sorted(hosts.items(), key=lambda row: (-row[1], row[0]))[:BUSIEST]
    return Summary(
        n_feeds=len(visits),
        n_at_once=n["at once"],
        n_later=n["later"],
        n_never=n["never"],
        n_same=sum(visit.same_as is not None for visit in visits),
        n_conditional=sum(bool(visit.asks_with) for visit in visits),
        n_hosts=len(hosts),
        busiest=tuple(busiest),
        last_at=max((v.at for v in visits if v.when == "at once" and v.at), default=None),
    )


def plan_row(planned: PlannedVisit | Summary) -> dict[str, object]:
    """A planned visit or a summary as JSON takes it: every field by its name, times in ISO format."""
    values = {f.name: getattr(planned, f.name) for f in fields(planned)}
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in values.items()}


class _Queue:
    """When each host can be asked next."""

    def __init__(self, now: datetime, delay: float, floors: dict[str, float]) -> None:
        self._now, self._delay, self._floors = now, delay, floors
        self._free: dict[str, datetime] = {}
        self._n: Counter[str] = Counter()

    def take(self, host: str, at: datetime) -> tuple[datetime, int]:
        """The moment of the next request to a host, not before `at`, and the how many-eth it is."""
        if not host:  # a file waits for nobody
            return at, 1
        at = max(at, self._free.get(host, at))
        self._free[host] = at + timedelta(seconds=max(self._delay, self._floors.get(host, 0.0)))
        self._n[host] += 1
        return at, self._n[host]


def _planned(
    feed: Feed,
    state: FeedState,
    queue: _Queue,
    now: datetime,
    *,
    is_now: bool,
    pages: PagePolicy,
    same_as: str | None,
) -> PlannedVisit:
    address = state.address or feed.url
    host = host_key(address)
    if not host and not _is_file(address):
        return _never(feed, state, "is no address that could be fetched; http(s) and file: could", pages)
    at, nth = queue.take(host, now if is_now or state.due_at is None else state.due_at)
    return PlannedVisit(
        url=feed.url,
        when="at once" if is_now else "later",
        at=at,
        why=_why(state, now),
        address=address,
        host=host,
        nth=nth,
        asks_with=_names(state.validators) if state.body_hash else (),
        pages=policy_of(feed, pages),
        same_as=same_as,
    )


def _never(
    feed: Feed, state: FeedState, why: str, pages: PagePolicy, same_as: str | None = None
) -> PlannedVisit:
    address = state.address or feed.url
    return PlannedVisit(
        feed.url,
        "never",
        None,
        why,
        address,
        host_key(address),
        pages=policy_of(feed, pages),
        same_as=same_as,
    )


def _why(state: FeedState, now: datetime) -> str:
    if state.due_at is None:
        return "was never visited"
    if is_due(state, now=now):
        return (
            f"was due at {state.due_at:%Y-%m-%d %H:%M}Z" if state.due_at <= now else "has an impossible time"
        )
    if state.not_before is not None and state.not_before > now:
        return "its server asked to wait"
    if not state.n_failures:
        return "is not due yet"
    return "failed once" if state.n_failures == 1 else f"failed {state.n_failures} times in a row"


def _names(validators: Validators) -> tuple[str, ...]:
    given = {"etag": validators.etag, "last_modified": validators.last_modified}
    return tuple(name for name, value in given.items() if value)


def _same(feeds: Sequence[Feed]) -> dict[str, str]:
    """For each feed whose address an earlier one has in another spelling, that earlier one."""
    first: dict[str, str] = {}
    earlier = {feed.url: first.setdefault(_plain(feed.url), feed.url) for feed in feeds}
    return {url: one for url, one in earlier.items() if url != one}


def _repeated(feeds: Sequence[Feed]) -> Iterator[Feed]:
    seen: set[str] = set()
    for feed in feeds:
        if feed.url in seen:
            yield feed
        seen.add(feed.url)


def _plain(url: str) -> str:
    """An address without what usually makes no difference: scheme, `www.`, a slash at the end, a fragment.

    >>> _plain("http://www.Wire.example/feed/") == _plain("https://wire.example/feed")
    True
    """
    host = host_key(url)
    if not host:
        return url
    parts = urlsplit(url)
    return f"{host.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _is_file(address: str) -> bool:
    return address.startswith("file:") or "://" not in address
