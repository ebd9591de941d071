"""The half of the store in memory that the crawler writes: feeds, hosts, visits with their articles; and forgetting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from labtape.exceptions import StoreError
from labtape.ports import FeedState, HostState, Poll, Retraction, Visit, utc_now
from labtape.store.history import FeedChange, feeds_by
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


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record with its place in the order of keeping, when it was kept, and by the scoring that began when."""

    seq: int
    record: Record
    at: datetime
    run_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptStory:
    """A version of a story, and when it was kept."""

    story: Story
    at: datetime


class MemoryCrawl:
    """What every visit keeps, in dictionaries, under one lock."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._feeds: dict[str, Feed] = {}
        self._feed_changes: list[FeedChange] = []
        self._states: dict[str, FeedState] = {}
        self._hosts: dict[str, HostState] = {}
        self._polls: dict[str, list[Poll]] = {}
        self._articles: dict[str, list[Article]] = {}
        self._kept_at: dict[str, list[datetime]] = {}  # of each revision
        self._digests: dict[str, dict[int, str]] = {}
        self._sightings: dict[str, dict[str, Sighting]] = {}  # feed, article
        self._keys: dict[str, dict[str, int]] = {}  # article, key
        self._owners: dict[str, set[str]] = {}
        self._records: dict[str, list[KeptRecord]] = {}
        self._stories: dict[str, list[KeptStory]] = {}
        self._retractions: dict[str, Retraction] = {}

    # ------------------------------------------------------------ feeds and hosts

    def add_feed(self, feed: Feed, *, at: datetime | None = None) -> bool:
        with self._lock:
            url = self._url_of(feed.url)
            known = self._feeds.get(url)
            self._feeds[url] = merged = merged_feed(known, feed)
            if merged != known:
                change = FeedChange(at or utc_now(), "changed" if known else "added", merged)
                self._feed_changes.append(change)
            return known is None

    def add_feeds(self, feeds: Iterable[Feed], *, at: datetime | None = None) -> tuple[bool, ...]:
        came = tuple(feeds)
        with self._lock:
            return tuple([self.add_feed(feed, at=at) for feed in came])

    def _url_of(self, url: str) -> str:
        """The feed that is, or now lives, at this address; the address itself where none does."""
        if url in self._feeds:
            return url
        return next((known for known in self._feeds if self._state(known).address == url), url)

    def remove_feed(self, url: str, *, at: datetime | None = None) -> bool:
        with self._lock:
            self._states.pop(url, None)
            if self._feeds.pop(url, None) is None:
                return False
            self._feed_changes.append(FeedChange(at or utc_now(), "removed", Feed(url)))
            return True

    def feeds(self, *, as_of: datetime | None = None) -> tuple[Feed, ...]:
        with self._lock:
            if as_of is None:
                return tuple(self._feeds.values())
            return feeds_by(change for change in self._feed_changes if change.at <= as_of)

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
                if kind in (None, poll.kind) and is_within(poll.at, since, None)
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
                self._kept_at.setdefault(id_, []).append(poll.at)
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
        scored = self._scored()
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

    def _scored(self, as_of: datetime | None = None) -> set[tuple[str, int]]:
        """The revisions that have a record."""
        kept = (one for records in self._records.values() for one in records)
        return {(one.record.id, one.record.revision) for one in kept if as_of is None or one.at <= as_of}

    def _forget(self, id_: str) -> None:
        del self._articles[id_], self._digests[id_], self._kept_at[id_]
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
                "stories": self._stories,
            }
            counts = {name: sum(map(len, parts.values())) for name, parts in nested.items()}
            return {
                "feeds": len(self._feeds),
                "articles": len(self._articles),
                **counts,
                "retractions": len(self._retractions),
            }

    def check(self) -> tuple[str, ...]:
        return ()

    def vacuum(self) -> None:
        """Nothing to give back."""

    def backup(self, path: Path) -> None:
        raise StoreError(
            f"{path}: a store in memory cannot be copied to a file; use sqlite:///{path} from the start"
        )


class _Shelf:
    """What a visit is decided by."""

    def __init__(self, store: MemoryCrawl) -> None:
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


def is_within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= at) and (until is None or at <= until)
