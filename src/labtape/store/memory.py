"""A store that is gone when it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from threading import RLock

from labtape.ports import Poll
from labtape.store.revisions import (
    Known,
    article_time,
    as_kept,
    distinct,
    merged_feed,
    revision_of,
)
from labtape.types import Article, Feed, Record, Story


class MemoryStore:
    """Everything in dictionaries, under one lock."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._feeds: dict[str, Feed] = {}
        self._polls: dict[str, list[Poll]] = {}
        self._articles: dict[str, list[Article]] = {}
        self._shown: dict[tuple[str, str], int] = {}
        self._records: dict[str, list[Record]] = {}
        self._stories: dict[str, Story] = {}

    # ------------------------------------------------------------ feeds and polls

    def add_feed(self, feed: Feed) -> bool:
        with self._lock:
            known = self._feeds.get(feed.url)
            self._feeds[feed.url] = merged_feed(known, feed)
            return known is None

    def remove_feed(self, url: str) -> bool:
        with self._lock:
            return self._feeds.pop(url, None) is not None

    def feeds(self) -> tuple[Feed, ...]:
        with self._lock:
            return tuple(self._feeds.values())

    def last_poll(self, feed_url: str, *, status: str | None = None) -> Poll | None:
        fitting = [poll for poll in self.polls(feed_url) if status in (None, poll.status)]
        return fitting[-1] if fitting else None

    def polls(self, feed_url: str) -> tuple[Poll, ...]:
        """Every visit, oldest first."""
        with self._lock:
            return tuple(sorted(self._polls.get(feed_url, ()), key=lambda poll: poll.at))

    # ------------------------------------------------------------ articles

    def save_poll(self, poll: Poll, articles: Iterable[Article]) -> tuple[Article, ...]:
        came = distinct(articles)
        with self._lock:
            self._polls.setdefault(poll.feed_url, []).append(poll)
            return tuple(kept for article in came if (kept := self._save_article(article, poll)))

    def _save_article(self, article: Article, poll: Poll) -> Article | None:
        """The article as it was kept, None where it was only seen again."""
        known = self._known(article.id, poll.feed_url)
        revision = revision_of(article.content_hash, known)
        self._shown[article.id, poll.feed_url] = revision
        if known and revision in known.digests:
            return None
        kept = as_kept(article, known, revision=revision, at=poll.at)
        self._articles.setdefault(article.id, []).append(kept)
        return kept

    def _known(self, article_id: str, feed_url: str) -> Known | None:
        revisions = self._articles.get(article_id)
        if not revisions:
            return None
        digests = {article.revision: article.content_hash for article in revisions}
        return Known(digests, revisions[0].first_seen_at, self._shown.get((article_id, feed_url)))

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


def _latest(records: list[Record], *, as_of: datetime | None) -> Record | None:
    """The last scored of them; of two scored at once the one that was added later."""
    in_time = [record for record in records if as_of is None or record.scored_at <= as_of]
    return max(reversed(in_time), key=lambda record: record.scored_at, default=None)


def _is_within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= at) and (until is None or at <= until)
