"""A store that is gone when it is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from labtape.exceptions import StoreError
from labtape.ports import FeedState, HostState, Poll, Visit
from labtape.store.revisions import Known, article_time, merged_feed
from labtape.store.visits import Candidate, Seen, decide, is_document
from labtape.types import Arrival, Article, Feed, Record, Story

_GOOD = ("new", "unchanged")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a feed showed of an article: which revision this is, a content hash, and where in its last document."""

    revision: int
    first_at: datetime
    last_at: datetime
    shown: str
    position: int | None


class MemoryStore:
    """Everything in dictionaries, under one lock."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._feeds: dict[str, Feed] = {}
        self._states: dict[str, FeedState] = {}
        self._hosts: dict[str, HostState] = {}
        self._polls: dict[str, list[Poll]] = {}
        self._articles: dict[str, list[Article]] = {}
        self._digests: dict[str, dict[int, str]] = {}
        self._sightings: dict[str, dict[str, Sighting]] = {}  # feed, article
        self._keys: dict[str, dict[str, int]] = {}  # article, key
        self._owners: dict[str, set[str]] = {}
        self._records: dict[str, list[Record]] = {}
        self._stories: dict[str, Story] = {}

    # ------------------------------------------------------------ feeds and hosts

    def add_feed(self, feed: Feed) -> bool:
        with self._lock:
            url = self._url_of(feed.url)
            known = self._feeds.get(url)
            self._feeds[url] = merged_feed(known, feed)
            return known is None

    def add_feeds(self, feeds: Iterable[Feed]) -> tuple[bool, ...]:
        came = tuple(feeds)
        with self._lock:
            return tuple(map(self.add_feed, came))

    def _url_of(self, url: str) -> str:
        """The feed that is, or now lives, at this address; the address itself where none does."""
        if url in self._feeds:
            return url
        return next((known for known in self._feeds if self._state(known).address == url), url)

    def remove_feed(self, url: str) -> bool:
        with self._lock:
            self._states.pop(url, None)
            return self._feeds.pop(url, None) is not None

    def feeds(self) -> tuple[Feed, ...]:
        with self._lock:
            return tuple(self._feeds.values())

    def feed_states(self) -> tuple[FeedState, ...]:
        with self._lock:
            return tuple(map(self._state, self._feeds))

    def _state(self, url: str) -> FeedState:
        return self._states.get(url) or FeedState(url)

    def save_states(self, states: Iterable[FeedState]) -> None:
        came = {state.url: state for state in states}
        with self._lock:
            self._states.update({url: state for url, state in came.items() if url in self._feeds})

    def hosts(self) -> tuple[HostState, ...]:
        with self._lock:
            return tuple(self._hosts[host] for host in sorted(self._hosts))

    def save_hosts(self, hosts: Iterable[HostState]) -> None:
        came = {state.host: state for state in hosts}
        with self._lock:
            self._hosts.update(came)

    # ------------------------------------------------------------ visits

    def last_poll(self, feed_url: str, *, status: str | None = None) -> Poll | None:
        fitting = [poll for poll in self.polls(feed_url, kind="feed") if status in (None, poll.status)]
        return fitting[-1] if fitting else None

    def polls(
        self, feed_url: str, *, kind: Literal["feed", "page"] | None = None, since: datetime | None = None
    ) -> tuple[Poll, ...]:
        with self._lock:
            fitting = (
                poll
                for poll in self._polls.get(feed_url, ())
                if kind in (None, poll.kind) and _is_within(poll.at, since, None)
            )
            return tuple(sorted(fitting, key=lambda poll: poll.at))

    def save_visits(self, visits: Iterable[Visit]) -> tuple[Article, ...]:
        came = tuple(visits)
        with self._lock:
            kept = [article for visit in came for article in self._save_visit(visit)]
            self.save_states(visit.state for visit in came if visit.state)
            return tuple(kept)

    def _save_visit(self, visit: Visit) -> Iterator[Article]:
        poll = visit.poll
        seen = decide(visit, _Shelf(self))
        self._polls.setdefault(poll.feed_url, []).append(poll)
        sightings = self._sightings.setdefault(poll.feed_url, {})
        if is_document(visit):
            for id_, sighting in sightings.items():
                sightings[id_] = replace(sighting, position=None)
        for one in seen:
            id_ = one.article.id
            if one.is_new:
                self._articles.setdefault(id_, []).append(one.article)
                self._digests.setdefault(id_, {})[one.article.revision] = one.digest
                yield one.article
            elif one.flags:
                self._articles[id_][-1] = replace(self._articles[id_][-1], flags=one.flags)
            sightings[id_] = _sighting(sightings.get(id_), one, poll)
            for key, rank in one.keys:
                self._keys.setdefault(id_, {}).setdefault(key, rank)
                self._owners.setdefault(key, set()).add(id_)

    def sightings(self, feed_url: str) -> tuple[Arrival, ...]:
        with self._lock:
            listed = (
                (sighting.position, id_, sighting)
                for id_, sighting in self._sightings.get(feed_url, {}).items()
                if sighting.position is not None
            )
            return tuple(
                self._arrival(id_, sighting) for _, id_, sighting in sorted(listed, key=lambda x: x[:2])
            )

    def _arrival(self, id_: str, sighting: Sighting) -> Arrival:
        article = self._articles[id_][-1]
        ranked = sorted((rank, key) for key, rank in self._keys.get(id_, {}).items() if rank >= 0)
        is_other = sighting.shown != article.content_hash
        return Arrival(article, tuple(key for _, key in ranked), sighting.shown if is_other else None)

    def weekly_entries(self, since: datetime) -> Mapping[str, int]:
        with self._lock:
            return Counter(
                url
                for url, sightings in self._sightings.items()
                for id_ in sightings
                if article_time(self._articles[id_][-1]) >= since
            )

    # ------------------------------------------------------------ upkeep

    def prune(
        self, *, polls_before: datetime, articles_before: datetime | None = None, dry_run: bool = False
    ) -> tuple[int, int]:
        with self._lock:
            old = {url: self._old_polls(url, polls_before) for url in self._polls}
            forgotten = self._old_articles(articles_before) if articles_before else []
            if not dry_run:
                for url, polls in old.items():
                    gone = set(map(id, polls))
                    self._polls[url] = [poll for poll in self._polls[url] if id(poll) not in gone]
                for id_ in forgotten:
                    self._forget(id_)
            return sum(map(len, old.values())), len(forgotten)

    def _old_polls(self, url: str, before: datetime) -> list[Poll]:
        polls = self.polls(url)
        visits = [poll for poll in polls if poll.kind == "feed"]
        good = [poll for poll in visits if poll.status in _GOOD]
        last = set(map(id, (*visits[-1:], *good[-1:])))
        return [poll for poll in polls if poll.at < before and id(poll) not in last]

    def _old_articles(self, before: datetime) -> list[str]:
        scored = {(r.id, r.revision) for records in self._records.values() for r in records}
        live = {
            id_
            for url, sightings in self._sightings.items()
            for id_, one in sightings.items()
            if one.last_at >= before or (one.position is not None and url in self._feeds)
        }
        latest = (revisions[-1] for revisions in self._articles.values())
        return [
            a.id
            for a in latest
            if a.id not in live
            and (a.id, a.revision) in scored
            and (a.first_seen_at is None or a.first_seen_at < before)
        ]

    def _forget(self, id_: str) -> None:
        del self._articles[id_], self._digests[id_]
        for sightings in self._sightings.values():
            sightings.pop(id_, None)
        for key in self._keys.pop(id_, {}):
            self._owners[key].discard(id_)

    def inventory(self) -> Mapping[str, int]:
        with self._lock:
            nested: dict[str, Mapping[str, Any]] = {  # Any: each holds rows of its own
                "fetches": self._polls,
                "revisions": self._articles,
                "sightings": self._sightings,
                "records": self._records,
            }
            counts = {name: sum(map(len, parts.values())) for name, parts in nested.items()}
            return {
                "feeds": len(self._feeds),
                "articles": len(self._articles),
                "stories": len(self._stories),
                **counts,
            }

    def check(self) -> tuple[str, ...]:
        return ()

    def vacuum(self) -> None:
        """Nothing to give back."""

    def backup(self, path: Path) -> None:
        raise StoreError(
            f"{path}: a store in memory cannot be copied to a file; use sqlite:///{path} from the start"
        )

    # ------------------------------------------------------------ articles

    def article(self, article_id: str) -> Article | None:
        with self._lock:
            revisions = self._articles.get(article_id)
            return revisions[-1] if revisions else None

    def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Article]:
        with self._lock:
            latest = [revisions[-1] for revisions in self._articles.values()]
        within = ((article_time(a), a.id, a) for a in latest if _is_within(article_time(a), since, until))
        return iter([article for _, _, article in sorted(within, key=lambda row: row[:2])])

    def unscored(self) -> tuple[Article, ...]:
        with self._lock:
            scored = {(r.id, r.revision) for records in self._records.values() for r in records}
            return tuple(a for a in self.articles() if (a.id, a.revision) not in scored)

    # ------------------------------------------------------------ records

    def add_records(self, records: Iterable[Record]) -> int:
        """How many were kept: a record that is there already is not kept twice."""
        came = tuple(records)
        with self._lock:
            n = 0
            for record in came:
                kept = self._records.setdefault(record.id, [])
                if record not in kept:
                    kept.append(record)
                    n += 1
            return n

    def record(self, article_id: str) -> Record | None:
        with self._lock:
            return _latest(self._records.get(article_id, []), as_of=None)

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Record]:
        with self._lock:
            latest = [_latest(records, as_of=as_of) for records in self._records.values()]
        within = ((r.order_at, r.id, r) for r in latest if r and _is_within(r.order_at, since, until))
        return iter([record for _, _, record in sorted(within, key=lambda row: row[:2])])

    def told(self, article_ids: Iterable[str]) -> Mapping[str, tuple[Article, Record]]:
        with self._lock:
            both = {id_: (self.article(id_), self.record(id_)) for id_ in article_ids}
        return {id_: (article, record) for id_, (article, record) in both.items() if article and record}

    def worded(self, revisions: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Article]:
        asked = set(revisions)
        with self._lock:
            kept = [a for id_ in {id_ for id_, _ in asked} for a in self._articles.get(id_, ())]
        return {(a.id, a.revision): a for a in kept if (a.id, a.revision) in asked}

    # ------------------------------------------------------------ stories

    def save_stories(self, stories: Iterable[Story]) -> None:
        came = {story.id: story for story in stories}
        with self._lock:
            self._stories.update(came)

    def stories(self, *, since: datetime | None = None) -> tuple[Story, ...]:
        """The stories still going on at `since` or later, by their first article."""
        with self._lock:
            going_on = [s for s in self._stories.values() if since is None or s.last_at >= since]
        return tuple(sorted(going_on, key=lambda story: (story.first_at, story.id)))

    def close(self) -> None:
        """Nothing to close."""


class _Shelf:
    """What a visit is decided by."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def known(self, ids: Sequence[str], feed_url: str) -> Mapping[str, Known]:
        return {id_: self._known(id_, feed_url) for id_ in ids if id_ in self._store._articles}

    def _known(self, id_: str, feed_url: str) -> Known:
        first, latest = self._store._articles[id_][0], self._store._articles[id_][-1]
        sighting = self._store._sightings.get(feed_url, {}).get(id_)
        return Known(
            self._store._digests[id_],
            article_time(replace(first, published_at=None)),
            latest.flags,
            sighting.shown if sighting else None,
            sighting.revision if sighting else None,
        )

    def owners(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        owners = self._store._owners
        return {key: sorted(owners[key]) for key in keys if owners.get(key)}

    def candidates(self, ids: Sequence[str]) -> Mapping[str, Candidate]:
        return {id_: self._candidate(id_) for id_ in ids}

    def _candidate(self, id_: str) -> Candidate:
        revisions = self._store._articles[id_]
        seen = [s[id_].last_at for s in self._store._sightings.values() if id_ in s]
        first = article_time(replace(revisions[0], published_at=None))
        return Candidate(tuple(a.text for a in revisions), max(seen, default=first))


def _sighting(before: Sighting | None, one: Seen, poll: Poll) -> Sighting:
    """The sighting after a visit. A clock that was set back does not make it older; a page is no sighting by the feed."""
    if before is None:
        return Sighting(one.article.revision, poll.at, poll.at, one.shown, one.position)
    is_page = poll.kind == "page"
    return Sighting(
        one.article.revision,
        before.first_at,
        before.last_at if is_page else max(before.last_at, poll.at),
        one.shown,
        before.position if is_page else one.position,
    )


def _latest(records: list[Record], *, as_of: datetime | None) -> Record | None:
    """The last scored of them; of two scored at once the one that was added later."""
    in_time = [record for record in records if as_of is None or record.scored_at <= as_of]
    return max(reversed(in_time), key=lambda record: record.scored_at, default=None)


def _is_within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= at) and (until is None or at <= until)
