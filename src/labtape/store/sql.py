"""The store in a SQL database: SQLite or PostgreSQL, by SQLAlchemy Core.

Every method is one transaction; what it asks and writes stands in `sql_feeds`, `sql_articles`, `sql_records`,
`sql_lists`, `sql_history`, `sql_outbox` and `sql_upkeep`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import Engine, Row, Select

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
    Visit,
    Wanted,
    utc_now,
)
from labtape.store import (
    sql_articles,
    sql_feeds,
    sql_history,
    sql_lists,
    sql_outbox,
    sql_records,
    sql_upkeep,
)
from labtape.store import tables as t
from labtape.store.engine import (
    BUSY,
    bring_up_to_date,
    is_made,
    postgres_engine,
    reading,
    sqlite_engine,
    writing,
)
from labtape.store.reading import sqlite_reader
from labtape.store.rows import within
from labtape.types import Arrival, Article, Feed, Record, Story

# Rows fetched at a time.
_CHUNK = 500


class SqlStore:
    """Feeds, fetches, articles, records and stories in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open_sqlite(cls, path: Path, *, busy: float = BUSY) -> Self:
        """The store in a file, which is made if it is not there. A writer waits `busy` seconds for another one.

        Raises `StoreError`.
        """
        return cls._opened(sqlite_engine(path, busy=busy))

    @classmethod
    def open_postgres(cls, url: str) -> Self:
        """The store in a PostgreSQL database, which must exist. Raises `StoreError`."""
        return cls._opened(postgres_engine(url))

    @classmethod
    def read_sqlite(cls, path: Path, *, busy: float = BUSY) -> Self | None:
        """The store in a file that is there, for reading alone; None where it is empty. Raises `StoreError`."""
        return cls._read(sqlite_reader(path, busy=busy))

    @classmethod
    def read_postgres(cls, url: str) -> Self | None:
        """The store in a PostgreSQL database, for reading alone; None where it is empty. Raises `StoreError`."""
        return cls._read(postgres_engine(url, write=False))

    @classmethod
    def _opened(cls, engine: Engine) -> Self:
        try:
            bring_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @classmethod
    def _read(cls, engine: Engine) -> Self | None:
        made = False
        try:
            made = is_made(engine)
        finally:
            if not made:
                engine.dispose()
        return cls(engine) if made else None

    def close(self) -> None:
        self._engine.dispose()

    # ------------------------------------------------------------ feeds and hosts

    def add_feed(self, feed: Feed, *, at: datetime | None = None) -> bool:
        return self.add_feeds([feed], at=at)[0]

    def add_feeds(self, feeds: Iterable[Feed], *, at: datetime | None = None) -> tuple[bool, ...]:
        came = tuple(feeds)
        if not came:
            return ()
        with writing(self._engine) as connection:
            return tuple([sql_feeds.add_feed(connection, feed, at or utc_now()) for feed in came])

    def remove_feed(self, url: str, *, at: datetime | None = None) -> bool:
        with writing(self._engine) as connection:
            return sql_feeds.remove_feed(connection, url, at or utc_now())

    def feeds(self, *, as_of: datetime | None = None) -> tuple[Feed, ...]:
        with reading(self._engine) as connection:
            if as_of is None:
                return sql_feeds.feeds(connection)
            return sql_history.feeds_as_of(connection, as_of)

    def feed_states(self) -> tuple[FeedState, ...]:
        with reading(self._engine) as connection:
            return sql_feeds.feed_states(connection)

    def save_states(self, states: Iterable[FeedState]) -> None:
        came = tuple(states)
        with writing(self._engine) as connection:
            sql_feeds.save_states(connection, came)

    def hosts(self) -> tuple[HostState, ...]:
        with reading(self._engine) as connection:
            return sql_feeds.hosts(connection)

    def save_hosts(self, hosts: Iterable[HostState]) -> None:
        came = tuple(hosts)
        with writing(self._engine) as connection:
            sql_feeds.save_hosts(connection, came)

    # ------------------------------------------------------------ visits

    def last_poll(self, feed_url: str, *, status: str | None = None) -> Poll | None:
        with reading(self._engine) as connection:
            return sql_feeds.last_poll(connection, feed_url, status)

    def polls(
        self, feed_url: str, *, kind: Literal["feed", "page"] | None = None, since: datetime | None = None
    ) -> tuple[Poll, ...]:
        with reading(self._engine) as connection:
            return sql_feeds.polls(connection, feed_url, kind, since)

    def save_visits(self, visits: Iterable[Visit]) -> tuple[Article, ...]:
        came = tuple(visits)
        with writing(self._engine) as connection:
            return sql_articles.save_visits(connection, came)

    def sightings(self, feed_url: str) -> tuple[Arrival, ...]:
        with reading(self._engine) as connection:
            return sql_articles.sightings(connection, feed_url)

    def weekly_entries(self, since: datetime) -> Mapping[str, int]:
        with reading(self._engine) as connection:
            return sql_articles.weekly_entries(connection, since)

    # ------------------------------------------------------------ upkeep

    def prune(
        self, *, polls_before: datetime, articles_before: datetime | None = None, dry_run: bool = False
    ) -> tuple[int, int]:
        with reading(self._engine) if dry_run else writing(self._engine) as connection:
            n_polls = sql_feeds.prune_polls(connection, polls_before, dry_run=dry_run)
            if articles_before is None:
                return n_polls, 0
            return n_polls, sql_articles.prune_articles(connection, articles_before, dry_run=dry_run)

    def inventory(self) -> Mapping[str, int]:
        with reading(self._engine) as connection:
            return sql_upkeep.inventory(connection)

    def check(self) -> tuple[str, ...]:
        return sql_upkeep.check(self._engine)

    def vacuum(self) -> None:
        sql_upkeep.vacuum(self._engine)

    def backup(self, path: Path) -> None:
        sql_upkeep.backup(self._engine, path)

    # ------------------------------------------------------------ articles

    def article(self, article_id: str, *, as_of: datetime | None = None) -> Article | None:
        with reading(self._engine) as connection:
            return sql_articles.article(connection, article_id, as_of)

    def articles(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
    ) -> Iterator[Article]:
        query = sql_articles.latest_articles(as_of)
        if not retracted:
            query = query.where(~sql_history.is_retracted(t.articles.c.article_id, as_of))
        query = sql_articles.in_order(query, since, until, as_of)
        return (sql_articles.article_of(row) for row in self._streamed(query))

    def unscored(self, *, as_of: datetime | None = None) -> tuple[Article, ...]:
        query = sql_articles.latest_articles(as_of).where(
            ~sql_articles.has_record(as_of), ~sql_history.is_retracted(t.articles.c.article_id, as_of)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(sql_articles.in_order(query, None, None, as_of))
            return tuple(sql_articles.article_of(row) for row in rows)

    # ------------------------------------------------------------ records and stories

    def add_records(
        self, records: Iterable[Record], *, at: datetime | None = None, run_at: datetime | None = None
    ) -> int:
        """How many were kept: a record that is there already is not kept twice."""
        rows = sql_records.record_rows(records, at, run_at)
        terms = sql_records.record_terms(rows)
        with writing(self._engine) as connection:
            return sql_records.add_records(connection, rows, terms)

    def record(self, article_id: str, *, as_of: datetime | None = None) -> Record | None:
        with reading(self._engine) as connection:
            return sql_records.record(connection, article_id, as_of)

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
        with_figures: bool = False,
    ) -> Iterator[Record]:
        query = sql_records.latest_records(as_of, retracted=retracted, with_figures=with_figures)
        query = within(query, t.records.c.order_at, t.records.c.article_id, since, until)
        return (sql_records.record_of(row) for row in self._streamed(query))

    def listed(
        self, wanted: Wanted, *, after: Place | None = None, limit: int, as_of: datetime | None = None
    ) -> tuple[Listed, ...]:
        with reading(self._engine) as connection:
            return sql_lists.listed(connection, wanted, after, limit, as_of)

    def mark(self) -> Mark:
        with reading(self._engine) as connection:
            return sql_lists.mark(connection)

    def runs(self, *, since: datetime | None = None, as_of: datetime | None = None) -> tuple[datetime, ...]:
        with reading(self._engine) as connection:
            return sql_records.runs(connection, since, as_of)

    def run_records(self, run_at: datetime, *, as_of: datetime | None = None) -> tuple[Record, ...]:
        with reading(self._engine) as connection:
            return sql_records.run_records(connection, run_at, as_of)

    def told(
        self, article_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, tuple[Article, Record]]:
        asked = tuple(dict.fromkeys(article_ids))
        with reading(self._engine) as connection:
            records = sql_records.records_of(connection, asked, as_of)
            articles = sql_articles.articles_of(connection, tuple(records), as_of)
        return {id_: (articles[id_], records[id_]) for id_ in asked if id_ in articles}

    def worded(
        self, revisions: Iterable[tuple[str, int]], *, as_of: datetime | None = None
    ) -> Mapping[tuple[str, int], Article]:
        asked = set(revisions)
        with reading(self._engine) as connection:
            return {
                (a.id, a.revision): a
                for a in sql_articles.revisions_of(connection, sorted({id_ for id_, _ in asked}), as_of)
                if (a.id, a.revision) in asked
            }

    def save_stories(self, stories: Iterable[Story], *, at: datetime | None = None) -> None:
        rows = sql_records.story_rows(stories, at or utc_now())
        with writing(self._engine) as connection:
            sql_records.save_stories(connection, rows)

    def stories(
        self, *, since: datetime | None = None, as_of: datetime | None = None, merged: bool = False
    ) -> tuple[Story, ...]:
        with reading(self._engine) as connection:
            return sql_records.stories(connection, since, as_of, merged=merged)

    def stories_by_id(
        self, story_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, Story]:
        asked = tuple(dict.fromkeys(story_ids))
        with reading(self._engine) as connection:
            return sql_records.stories_by_id(connection, asked, as_of)

    # ------------------------------------------------------------ what was known when

    def retract(self, article_id: str, *, at: datetime, why: str) -> bool:
        with writing(self._engine) as connection:
            return sql_history.retract(connection, Retraction(article_id, at, why))

    def retractions(self, *, as_of: datetime | None = None) -> tuple[Retraction, ...]:
        with reading(self._engine) as connection:
            return sql_history.retractions(connection, as_of)

    def revised(self) -> frozenset[str]:
        with reading(self._engine) as connection:
            return sql_records.revised(connection)

    def note(self, knowledge: Iterable[Knowledge], *, at: datetime) -> None:
        came = tuple(knowledge)
        with writing(self._engine) as connection:
            sql_history.note(connection, came, at)

    def knowledge(self, *, as_of: datetime | None = None) -> Mapping[KnowledgeKind, Knowledge]:
        with reading(self._engine) as connection:
            return sql_history.knowledge(connection, as_of)

    def epochs(self) -> tuple[Epoch, ...]:
        with reading(self._engine) as connection:
            return sql_history.epochs(connection)

    # ------------------------------------------------------------ the outbox

    def records_after(self, seq: int, *, limit: int) -> tuple[tuple[int, Record], ...]:
        with reading(self._engine) as connection:
            return sql_outbox.records_after(connection, seq, limit)

    def last_record(self) -> int:
        with reading(self._engine) as connection:
            return sql_outbox.last_record(connection)

    def reached(self, name: str) -> int | None:
        with reading(self._engine) as connection:
            return sql_outbox.reached(connection, name)

    def post(self, deliveries: Iterable[Delivery] = (), *, marks: Mapping[str, int] | None = None) -> int:
        came = tuple(deliveries)
        with writing(self._engine) as connection:
            return sql_outbox.post(connection, came, marks or {})

    def take(self, *, now: datetime, until: datetime) -> tuple[Delivery, ...]:
        with reading(self._engine) as connection:
            if not sql_outbox.is_due(connection, now):  # mostly so, and a writer would hold up others
                return ()
        with writing(self._engine) as connection:
            return sql_outbox.take(connection, now, until)

    def save_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        came = tuple(deliveries)
        with writing(self._engine) as connection:
            sql_outbox.save_deliveries(connection, came)

    def deliveries(self, *, status: DeliveryStatus | None = None) -> tuple[Delivery, ...]:
        with reading(self._engine) as connection:
            return sql_outbox.deliveries(connection, status)

    def alerted(self, story_ids: Iterable[str]) -> tuple[Delivery, ...]:
        asked = tuple(dict.fromkeys(story_ids))
        with reading(self._engine) as connection:
            return sql_outbox.alerted(connection, asked)

    # ------------------------------------------------------------ streaming

    def _streamed(self, query: Select[Any]) -> Iterator[Row[*tuple[Any, ...]]]:  # Any: columns by query
        """The rows, fetched some at a time; all are as of the moment the first was asked for."""
        with reading(self._engine) as connection:
            yield from connection.execution_options(yield_per=_CHUNK).execute(query)
