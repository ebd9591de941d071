"""The store in a SQL database: SQLite or PostgreSQL, by SQLAlchemy Core.

Every method is one transaction; what it asks and writes stands in `sql_feeds`, `sql_articles`, `sql_records` and
`sql_upkeep`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import Engine, Row, Select

from labtape.ports import FeedState, HostState, Poll, Visit
from labtape.store import sql_articles, sql_feeds, sql_records, sql_upkeep
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

    def add_feed(self, feed: Feed) -> bool:
        return self.add_feeds([feed])[0]

    def add_feeds(self, feeds: Iterable[Feed]) -> tuple[bool, ...]:
        came = tuple(feeds)
        if not came:
            return ()
        with writing(self._engine) as connection:
            return tuple([sql_feeds.add_feed(connection, feed) for feed in came])

    def remove_feed(self, url: str) -> bool:
        with writing(self._engine) as connection:
            return sql_feeds.remove_feed(connection, url)

    def feeds(self) -> tuple[Feed, ...]:
        with reading(self._engine) as connection:
            return sql_feeds.feeds(connection)

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

    def article(self, article_id: str) -> Article | None:
        with reading(self._engine) as connection:
            return sql_articles.article(connection, article_id)

    def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Article]:
        query = sql_records.within(sql_articles.latest_articles(), t.articles, since, until)
        return (sql_articles.article_of(row) for row in self._streamed(query))

    def unscored(self) -> tuple[Article, ...]:
        query = sql_articles.latest_articles().where(~sql_articles.has_record())
        with reading(self._engine) as connection:
            rows = connection.execute(sql_records.within(query, t.articles, None, None))
            return tuple(sql_articles.article_of(row) for row in rows)

    # ------------------------------------------------------------ records and stories

    def add_records(self, records: Iterable[Record]) -> int:
        """How many were kept: a record that is there already is not kept twice."""
        rows = sql_records.record_rows(records)
        with writing(self._engine) as connection:
            return sql_records.add_records(connection, rows)

    def record(self, article_id: str) -> Record | None:
        with reading(self._engine) as connection:
            return sql_records.record(connection, article_id)

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Record]:
        query = sql_records.within(sql_records.latest_records(as_of), t.records, since, until)
        return (sql_records.record_of(row) for row in self._streamed(query))

    def told(self, article_ids: Iterable[str]) -> Mapping[str, tuple[Article, Record]]:
        asked = tuple(dict.fromkeys(article_ids))
        with reading(self._engine) as connection:
            records = sql_records.records_of(connection, asked)
            articles = sql_articles.articles_of(connection, tuple(records))
        return {id_: (articles[id_], records[id_]) for id_ in asked if id_ in articles}

    def worded(self, revisions: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Article]:
        asked = set(revisions)
        with reading(self._engine) as connection:
            return {
                (a.id, a.revision): a
                for a in sql_articles.revisions_of(connection, sorted({id_ for id_, _ in asked}))
                if (a.id, a.revision) in asked
            }

    def save_stories(self, stories: Iterable[Story]) -> None:
        """Keep each story as it is now; what it was before stays in its history."""
        rows = sql_records.story_rows(stories)
        with writing(self._engine) as connection:
            sql_records.save_stories(connection, rows)

    def stories(self, *, since: datetime | None = None) -> tuple[Story, ...]:
        """The stories still going on at `since` or later, by their first article."""
        with reading(self._engine) as connection:
            return sql_records.stories(connection, since)

    # ------------------------------------------------------------ streaming

    def _streamed(self, query: Select[Any]) -> Iterator[Row[*tuple[Any, ...]]]:  # Any: columns by query
        """The rows, fetched some at a time; all are as of the moment the first was asked for."""
        with reading(self._engine) as connection:
            yield from connection.execution_options(yield_per=_CHUNK).execute(query)
