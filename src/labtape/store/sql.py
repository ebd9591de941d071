"""The store in a SQL database: SQLite or PostgreSQL, by SQLAlchemy Core."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    Table,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from labtape.exceptions import ReadError, StoreError
from labtape.ports import Poll
from labtape.store import tables as t
from labtape.store.engine import bring_up_to_date, postgres_engine, reading, sqlite_engine, writing
from labtape.store.revisions import (
    Known,
    article_time,
    as_kept,
    distinct,
    merged_feed,
    revision_of,
)
from labtape.types import Article, Feed, Record, Story, Validators

# Rows fetched at a time, and values in one IN (…): SQLite takes 32766, PostgreSQL 65535.
_CHUNK = 500

Values = dict[str, Any]  # Any: a row's columns are of several types


class SqlStore:
    """Feeds, polls, articles, records and stories in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open_sqlite(cls, path: Path) -> Self:
        """The store in a file, which is made if it is not there. Raises `StoreError`."""
        return cls._opened(sqlite_engine(path))

    @classmethod
    def open_postgres(cls, url: str) -> Self:
        """The store in a PostgreSQL database, which must exist. Raises `StoreError`."""
        return cls._opened(postgres_engine(url))

    @classmethod
    def _opened(cls, engine: Engine) -> Self:
        try:
            bring_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    # ------------------------------------------------------------ feeds and polls

    def add_feed(self, feed: Feed) -> bool:
        with writing(self._engine) as connection:
            row = connection.execute(select(t.feeds).where(t.feeds.c.url == feed.url)).one_or_none()
            values = _feed_values(merged_feed(_feed(row) if row else None, feed))
            if row is None:
                connection.execute(insert(t.feeds).values(values))
            else:
                connection.execute(update(t.feeds).where(t.feeds.c.seq == row.seq).values(values))
            return row is None

    def remove_feed(self, url: str) -> bool:
        with writing(self._engine) as connection:
            return connection.execute(delete(t.feeds).where(t.feeds.c.url == url)).rowcount > 0

    def feeds(self) -> tuple[Feed, ...]:
        with reading(self._engine) as connection:
            return tuple(_feed(row) for row in connection.execute(select(t.feeds).order_by(t.feeds.c.seq)))

    def last_poll(self, feed_url: str, *, status: str | None = None) -> Poll | None:
        query = select(t.polls).where(t.polls.c.feed_url == feed_url)
        if status is not None:
            query = query.where(t.polls.c.status == status)
        query = query.order_by(t.polls.c.at.desc(), t.polls.c.seq.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _poll(row)

    def polls(self, feed_url: str) -> tuple[Poll, ...]:
        """Every visit, oldest first."""
        query = select(t.polls).where(t.polls.c.feed_url == feed_url).order_by(t.polls.c.at, t.polls.c.seq)
        with reading(self._engine) as connection:
            return tuple(_poll(row) for row in connection.execute(query))

    # ------------------------------------------------------------ articles

    def save_poll(self, poll: Poll, articles: Iterable[Article]) -> tuple[Article, ...]:
        came = distinct(articles)
        with writing(self._engine) as connection:
            connection.execute(insert(t.polls).values(_poll_values(poll)))
            known = _known(connection, poll.feed_url, [article.id for article in came])
            decided = [(a, revision_of(a.content_hash, known.get(a.id))) for a in came]
            kept = tuple(
                as_kept(article, known.get(article.id), revision=revision, at=poll.at)
                for article, revision in decided
                if article.id not in known or revision not in known[article.id].digests
            )
            _insert(connection, t.articles, [_article_values(article) for article in kept])
            _save_sightings(connection, poll, [(article.id, revision) for article, revision in decided])
        return kept

    def article(self, article_id: str) -> Article | None:
        query = select(t.articles).where(t.articles.c.article_id == article_id)
        query = query.order_by(t.articles.c.revision.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _article(row)

    def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Article]:
        query = _within(_latest_articles(), t.articles, since, until)
        return (_article(row) for row in self._streamed(query))

    def unscored(self) -> tuple[Article, ...]:
        a, r = t.articles.c, t.records.c
        scored = exists().where(r.article_id == a.article_id, r.revision == a.revision)
        query = _within(_latest_articles().where(~scored), t.articles, None, None)
        with reading(self._engine) as connection:
            return tuple(_article(row) for row in connection.execute(query))

    # ------------------------------------------------------------ records

    def add_records(self, records: Iterable[Record]) -> int:
        """How many were kept: a record that is there already is not kept twice."""
        came = {values["digest"]: values for values in map(_record_values, records)}
        with writing(self._engine) as connection:
            for part in _parts(list(came)):
                there = select(t.records.c.digest).where(t.records.c.digest.in_(part))
                for digest in connection.execute(there).scalars().all():
                    del came[digest]
            _insert(connection, t.records, list(came.values()))
        return len(came)

    def record(self, article_id: str) -> Record | None:
        r = t.records.c
        query = select(r.article_id, r.body).where(r.article_id == article_id)
        query = query.order_by(r.scored_at.desc(), r.seq.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _record(row)

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Record]:
        query = _within(_latest_records(as_of), t.records, since, until)
        return (_record(row) for row in self._streamed(query))

    # ------------------------------------------------------------ stories

    def save_stories(self, stories: Iterable[Story]) -> None:
        """Keep each story as it is now; what it was before stays in its history."""
        came = {values["story_id"]: values for values in map(_story_values, stories)}
        with writing(self._engine) as connection:
            for part in _parts(list(came)):
                for row in connection.execute(_latest_stories().where(t.stories.c.story_id.in_(part))):
                    if came[row.story_id]["body"] == row.body:
                        del came[row.story_id]
            _insert(connection, t.stories, list(came.values()))

    def stories(self, *, since: datetime | None = None) -> tuple[Story, ...]:
        """The stories still going on at `since` or later, by their first article."""
        query = _latest_stories().order_by(t.stories.c.first_at, t.stories.c.story_id)
        if since is not None:
            query = query.where(t.stories.c.last_at >= since)
        with reading(self._engine) as connection:
            return tuple(_story(row) for row in connection.execute(query))

    # ------------------------------------------------------------ streaming

    def _streamed(self, query: Select[Any]) -> Iterator[Row[*tuple[Any, ...]]]:  # Any: columns by query
        """The rows, fetched some at a time; all are as of the moment the first was asked for."""
        with reading(self._engine) as connection:
            yield from connection.execution_options(yield_per=_CHUNK).execute(query)


# ---------------------------------------------------------------- queries


def _latest_articles() -> Select[Any]:  # Any: as SQLAlchemy types a whole table
    later = t.articles.alias("later")
    same = and_(later.c.article_id == t.articles.c.article_id, later.c.revision > t.articles.c.revision)
    return select(t.articles).where(~exists().where(same))


def _latest_records(as_of: datetime | None) -> Select[Any]:  # Any: as above
    """By an anti-join rather than a window function, so that a short time range reads no more than its part."""
    r, later = t.records.c, t.records.alias("later")
    is_later = or_(
        later.c.scored_at > r.scored_at,
        and_(later.c.scored_at == r.scored_at, later.c.seq > r.seq),
    )
    superseded = exists().where(later.c.article_id == r.article_id, is_later)
    query = select(r.article_id, r.body)
    if as_of is not None:
        superseded = superseded.where(later.c.scored_at <= as_of)
        query = query.where(r.scored_at <= as_of)
    return query.where(~superseded)


def _latest_stories() -> Select[Any]:  # Any: as above
    later = t.stories.alias("later")
    same = and_(later.c.story_id == t.stories.c.story_id, later.c.seq > t.stories.c.seq)
    return select(t.stories).where(~exists().where(same))


def _within(
    query: Select[Any], table: Table, since: datetime | None, until: datetime | None
) -> Select[Any]:  # Any: as above
    if since is not None:
        query = query.where(table.c.order_at >= since)
    if until is not None:
        query = query.where(table.c.order_at <= until)
    return query.order_by(table.c.order_at, table.c.article_id)


def _known(connection: Connection, feed_url: str, ids: Sequence[str]) -> dict[str, Known]:
    """What is known of each article, by id."""
    a, s = t.articles.c, t.sightings.c
    digests: dict[str, dict[int, str]] = {}
    first_seen: dict[str, datetime | None] = {}
    shown: dict[str, int] = {}
    for part in _parts(ids):
        query = select(a.article_id, a.revision, a.content_hash, a.first_seen_at).where(
            a.article_id.in_(part)
        )
        for row in connection.execute(query):
            digests.setdefault(row.article_id, {})[row.revision] = row.content_hash
            first_seen[row.article_id] = row.first_seen_at
        seen = select(s.article_id, s.revision).where(s.feed_url == feed_url, s.article_id.in_(part))
        shown.update({row.article_id: row.revision for row in connection.execute(seen)})
    return {id_: Known(digests[id_], first_seen[id_], shown.get(id_)) for id_ in digests}


def _save_sightings(connection: Connection, poll: Poll, seen: Sequence[tuple[str, int]]) -> None:
    s = t.sightings.c
    ids = [article_id for article_id, _ in seen]
    first: dict[str, datetime] = {}
    for part in _parts(ids):
        there = select(s.article_id, s.first_at).where(s.feed_url == poll.feed_url, s.article_id.in_(part))
        first.update({row.article_id: row.first_at for row in connection.execute(there)})
        connection.execute(delete(t.sightings).where(s.feed_url == poll.feed_url, s.article_id.in_(part)))
    rows = [
        {
            "article_id": article_id,
            "feed_url": poll.feed_url,
            "revision": revision,
            "first_at": first.get(article_id, poll.at),
            "last_at": poll.at,
        }
        for article_id, revision in seen
    ]
    _insert(connection, t.sightings, rows)


def _insert(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


# ---------------------------------------------------------------- rows to nouns and back


def _feed(row: Row[*tuple[Any, ...]]) -> Feed:  # Any: columns of the table
    return Feed(row.url, row.title, row.publisher, row.language, row.category)


def _feed_values(feed: Feed) -> Values:
    names = ("url", "title", "publisher", "language", "category")
    return {name: getattr(feed, name) for name in names}


def _poll(row: Row[*tuple[Any, ...]]) -> Poll:  # Any: as above
    return Poll(
        feed_url=row.feed_url,
        at=row.at,
        status=row.status,
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        n_entries=row.n_entries,
        error=row.error,
        error_kind=row.error_kind,
    )


def _poll_values(poll: Poll) -> Values:
    names = ("feed_url", "at", "status", "body_hash", "n_entries", "error", "error_kind")
    validators = {"etag": poll.validators.etag, "last_modified": poll.validators.last_modified}
    return {name: getattr(poll, name) for name in names} | validators


_ARTICLE = (
    "title", "text", "url", "canonical_url", "publisher", "language",
    "published_at", "published_precision", "first_seen_at", "revision",
)  # fmt: skip


def _article(row: Row[*tuple[Any, ...]]) -> Article:  # Any: as above
    return Article(id=row.article_id, **{name: getattr(row, name) for name in _ARTICLE})


def _article_values(article: Article) -> Values:
    return {name: getattr(article, name) for name in _ARTICLE} | {
        "article_id": article.id,
        "content_hash": article.content_hash,
        "order_at": article_time(article),
    }


def _record(row: Row[*tuple[Any, ...]]) -> Record:  # Any: as above
    from labtape.report import record_from_dict

    try:
        return record_from_dict(json.loads(row.body))
    except (ReadError, ValueError) as e:
        raise StoreError(f"record of article '{row.article_id}' cannot be read: {e}") from e


def _record_values(record: Record) -> Values:
    from labtape.report import record_json

    body = record_json(record)
    return {
        "article_id": record.id,
        "revision": record.revision,
        "scored_at": record.scored_at,
        "order_at": record.order_at,
        "relevant": record.relevance.relevant,
        "label": record.verdict.label,
        "input_hash": record.input_hash,
        "digest": hashlib.sha256(body.encode()).hexdigest(),
        "body": body,
    }


def _story(row: Row[*tuple[Any, ...]]) -> Story:  # Any: as above
    from labtape.report.plain import from_plain

    try:
        return from_plain(Story, json.loads(row.body))
    except (ReadError, ValueError) as e:
        raise StoreError(f"story '{row.story_id}' cannot be read: {e}") from e


def _story_values(story: Story) -> Values:
    from labtape.report.plain import to_plain
    from labtape.report.record import dumps

    return {
        "story_id": story.id,
        "first_at": story.first_at,
        "last_at": story.last_at,
        "body": dumps(to_plain(story)),
    }
