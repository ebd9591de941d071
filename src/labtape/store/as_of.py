"""A store as it was at a time: nothing that was kept later is seen, and nothing can be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, NoReturn

from labtape.exceptions import StoreError
from labtape.plain import iso
from labtape.ports import (
    Delivery,
    DeliveryStatus,
    Epoch,
    FeedState,
    HostState,
    Knowledge,
    KnowledgeKind,
    Listed,
    Mark,
    Place,
    Poll,
    Retraction,
    Store,
    Visit,
    Wanted,
)
from labtape.types import Arrival, Article, Feed, Record, Story


class AsOf:
    """The reading half of a store as it was at a moment, that moment included.

    Writing raises `StoreError`; so does asking for what is not kept over time (the state of feeds and hosts, what a feed's last
    document was). The store beneath stays open when this is closed: it belongs to who opened it.
    """

    def __init__(self, store: Store, at: datetime) -> None:
        self.store = store
        self.at = at

    def close(self) -> None:
        """Nothing of its own to close."""

    # ------------------------------------------------------------ what is kept over time

    def feeds(self, *, as_of: datetime | None = None) -> tuple[Feed, ...]:
        return self.store.feeds(as_of=self._by(as_of))

    def last_poll(self, feed_url: str, *, status: str | None = None) -> Poll | None:
        fitting = [poll for poll in self.polls(feed_url, kind="feed") if status in (None, poll.status)]
        return fitting[-1] if fitting else None

    def polls(
        self, feed_url: str, *, kind: Literal["feed", "page"] | None = None, since: datetime | None = None
    ) -> tuple[Poll, ...]:
        found = self.store.polls(feed_url, kind=kind, since=since)
        return tuple(poll for poll in found if poll.at <= self.at)

    def article(self, article_id: str, *, as_of: datetime | None = None) -> Article | None:
        return self.store.article(article_id, as_of=self._by(as_of))

    def articles(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
    ) -> Iterator[Article]:
        return self.store.articles(since=since, until=until, as_of=self._by(as_of), retracted=retracted)

    def unscored(self, *, as_of: datetime | None = None) -> tuple[Article, ...]:
        return self.store.unscored(as_of=self._by(as_of))

    def record(self, article_id: str, *, as_of: datetime | None = None) -> Record | None:
        return self.store.record(article_id, as_of=self._by(as_of))

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
        with_figures: bool = False,
    ) -> Iterator[Record]:
        return self.store.records(
            since=since,
            until=until,
            as_of=self._by(as_of),
            retracted=retracted,
            with_figures=with_figures,
        )

    def listed(
        self, wanted: Wanted, *, after: Place | None = None, limit: int, as_of: datetime | None = None
    ) -> tuple[Listed, ...]:
        return self.store.listed(wanted, after=after, limit=limit, as_of=self._by(as_of))

    def mark(self) -> Mark:
        """That of now: what was kept of then may still become more, where a clock went back."""
        return self.store.mark()

    def runs(self, *, since: datetime | None = None, as_of: datetime | None = None) -> tuple[datetime, ...]:
        return self.store.runs(since=since, as_of=self._by(as_of))

    def run_records(self, run_at: datetime, *, as_of: datetime | None = None) -> tuple[Record, ...]:
        return self.store.run_records(run_at, as_of=self._by(as_of))

    def told(
        self, article_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, tuple[Article, Record]]:
        return self.store.told(article_ids, as_of=self._by(as_of))

    def worded(
        self, revisions: Iterable[tuple[str, int]], *, as_of: datetime | None = None
    ) -> Mapping[tuple[str, int], Article]:
        return self.store.worded(revisions, as_of=self._by(as_of))

    def retractions(self, *, as_of: datetime | None = None) -> tuple[Retraction, ...]:
        return self.store.retractions(as_of=self._by(as_of))

    def revised(self) -> frozenset[str]:
        """Those of now, which are those of then and more."""
        return self.store.revised()

    def stories(
        self, *, since: datetime | None = None, as_of: datetime | None = None, merged: bool = False
    ) -> tuple[Story, ...]:
        return self.store.stories(since=since, as_of=self._by(as_of), merged=merged)

    def stories_by_id(
        self, story_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, Story]:
        return self.store.stories_by_id(story_ids, as_of=self._by(as_of))

    def knowledge(self, *, as_of: datetime | None = None) -> Mapping[KnowledgeKind, Knowledge]:
        return self.store.knowledge(as_of=self._by(as_of))

    def epochs(self) -> tuple[Epoch, ...]:
        return tuple(epoch for epoch in self.store.epochs() if epoch.at <= self.at)

    def check(self) -> tuple[str, ...]:
        return self.store.check()

    def _by(self, as_of: datetime | None) -> datetime:
        return self.at if as_of is None else min(as_of, self.at)

    # ------------------------------------------------------------ what is not

    def feed_states(self) -> tuple[FeedState, ...]:
        self._no_history("the state of feeds")

    def hosts(self) -> tuple[HostState, ...]:
        self._no_history("the state of hosts")

    def sightings(self, feed_url: str) -> tuple[Arrival, ...]:
        self._no_history("what a feed's last document listed")

    def weekly_entries(self, since: datetime) -> Mapping[str, int]:
        self._no_history("how many entries a feed shows")

    def inventory(self) -> Mapping[str, int]:
        self._no_history("how much there is of each")

    def records_after(self, seq: int, *, limit: int) -> tuple[tuple[int, Record], ...]:
        self._no_history("the order of keeping")

    def last_record(self) -> int:
        self._no_history("the order of keeping")

    def reached(self, name: str) -> int | None:
        self._no_history("how far a reader has come")

    def deliveries(self, *, status: DeliveryStatus | None = None) -> tuple[Delivery, ...]:
        self._no_history("what was to be sent")

    def alerted(self, story_ids: Iterable[str]) -> tuple[Delivery, ...]:
        self._no_history("what was to be sent")

    def _no_history(self, what: str) -> NoReturn:
        raise StoreError(
            f"{what} is not kept over time; ask the store of now instead of that of {iso(self.at)}"
        )

    # ------------------------------------------------------------ writing

    def add_feed(self, feed: Feed, *, at: datetime | None = None) -> bool:
        self._refuse()

    def add_feeds(self, feeds: Iterable[Feed], *, at: datetime | None = None) -> tuple[bool, ...]:
        self._refuse()

    def remove_feed(self, url: str, *, at: datetime | None = None) -> bool:
        self._refuse()

    def save_states(self, states: Iterable[FeedState]) -> None:
        self._refuse()

    def save_hosts(self, hosts: Iterable[HostState]) -> None:
        self._refuse()

    def save_visits(self, visits: Iterable[Visit]) -> tuple[Article, ...]:
        self._refuse()

    def add_records(
        self, records: Iterable[Record], *, at: datetime | None = None, run_at: datetime | None = None
    ) -> int:
        self._refuse()

    def retract(self, article_id: str, *, at: datetime, why: str) -> bool:
        self._refuse()

    def save_stories(self, stories: Iterable[Story], *, at: datetime | None = None) -> None:
        self._refuse()

    def note(self, knowledge: Iterable[Knowledge], *, at: datetime) -> None:
        self._refuse()

    def post(self, deliveries: Iterable[Delivery] = (), *, marks: Mapping[str, int] | None = None) -> int:
        self._refuse()

    def take(self, *, now: datetime, until: datetime) -> tuple[Delivery, ...]:
        self._refuse()

    def save_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        self._refuse()

    def prune(
        self, *, polls_before: datetime, articles_before: datetime | None = None, dry_run: bool = False
    ) -> tuple[int, int]:
        self._refuse()

    def vacuum(self) -> None:
        self._refuse()

    def backup(self, path: Path) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise StoreError(f"this is the store as it was at {iso(self.at)}; it can only be read")
