"""Visits and the articles they brought in SQL: revisions, sightings, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from labtape.ports import Poll, Visit
from labtape.store import sql_feeds
from labtape.store import tables as t
from labtape.store.revisions import Known, article_time
from labtape.store.rows import Values, among, insert_rows, is_among, texts_of, update_rows
from labtape.store.visits import Candidate, Seen, decide, is_document
from labtape.types import Arrival, Article

_KEPT_ONCE = "(key, article_id) DO NOTHING"
# The columns of an Article, in its order; those that lie in `articles` and not in `revisions`.
_ARTICLE = tuple(
    t.articles.c.article_id if name == "id" else
    t.articles.c.first_seen_at if name == "first_seen_at" else
    t.revisions.c[name]
    for name in (field.name for field in fields(Article))
)  # fmt: skip


# ---------------------------------------------------------------- visits


def save_visits(connection: Connection, visits: Sequence[Visit]) -> tuple[Article, ...]:
    """What brought nothing is kept in one go; what brought articles one visit after the other."""
    sql_feeds.save_polls(connection, (visit.poll for visit in visits))
    kept: list[Article] = []
    for visit in visits:
        if is_document(visit):
            _clear_document(connection, visit.poll.feed_url)
        if visit.arrivals:
            seen = decide(visit, _Shelf(connection))
            _save_seen(connection, visit.poll, seen)
            kept += [one.article for one in seen if one.is_new]
    sql_feeds.save_states(connection, [visit.state for visit in visits if visit.state])
    return tuple(kept)


def _clear_document(connection: Connection, feed_url: str) -> None:
    """What the document before listed is listed no more, until the new one says so."""
    connection.execute(_CLEAR_DOCUMENT, {"feed": feed_url})


def _save_seen(connection: Connection, poll: Poll, seen: Sequence[Seen]) -> None:
    first = [one.article for one in seen if one.is_first]
    insert_rows(connection, t.articles, [(a.id, a.revision, a.first_seen_at, article_time(a)) for a in first])
    insert_rows(connection, t.revisions, [_revision_values(one, poll.at) for one in seen if one.is_new])
    changed = [one.article for one in seen if one.is_new and not one.is_first]
    latest = [(article.revision, article_time(article), article.id) for article in changed]
    update_rows(connection, t.articles, ("revision", "order_at"), latest, key=("article_id",))
    for one in seen:
        if one.flags:
            r = t.revisions.c
            same = (r.article_id == one.article.id, r.revision == one.article.revision)
            connection.execute(update(t.revisions).where(*same).values(flags=one.flags))
    _save_sightings(connection, poll, seen)
    keys = [(key, one.article.id, rank) for one in seen for key, rank in one.keys]
    insert_rows(connection, t.article_keys, keys, on_conflict=_KEPT_ONCE)


def _save_sightings(connection: Connection, poll: Poll, seen: Sequence[Seen]) -> None:
    """A clock that was set back makes no sighting older; and a page is no sighting by the feed."""
    first = [
        (poll.feed_url, one.article.id, one.article.revision, poll.at, poll.at, one.shown, one.position)
        for one in seen
        if one.is_first_here
    ]
    insert_rows(connection, t.sightings, first)
    again = [one for one in seen if not one.is_first_here]
    key = ("feed_url", "article_id")
    if poll.kind == "page":
        rows = [(one.article.revision, one.shown, poll.feed_url, one.article.id) for one in again]
        update_rows(connection, t.sightings, ("revision", "shown"), rows, key=key)
        return
    listed = [
        (one.article.revision, one.shown, one.position, poll.at, poll.at, poll.feed_url, one.article.id)
        for one in again
    ]
    names = ("revision", "shown", "position")
    update_rows(connection, t.sightings, names, listed, key=key, latest="last_at")


class _Shelf:
    """What a visit is decided by."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, ids: Sequence[str], feed_url: str) -> Mapping[str, Known]:
        query = _known_query(self._connection.dialect.name)
        values = {"feed_url": feed_url, "texts": texts_of(self._connection, ids)}
        known: dict[str, Known] = {}
        digests: dict[str, dict[int, str]] = {}
        rows = self._connection.execute(query, values)
        for id_, revision, digest, flags, first_seen_at, shown, sighted in rows:
            of_one = digests.setdefault(id_, {})
            of_one[revision] = digest
            known[id_] = Known(of_one, first_seen_at, flags, shown, sighted)
        return known

    def owners(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        query = _owners_query(self._connection.dialect.name)
        owners: dict[str, list[str]] = {}
        for key, id_ in self._connection.execute(query, {"texts": texts_of(self._connection, keys)}):
            owners.setdefault(key, []).append(id_)
        return owners

    def candidates(self, ids: Sequence[str]) -> Mapping[str, Candidate]:
        r = t.revisions.c
        query = select(r.article_id, r.text).where(among(self._connection, r.article_id, ids))
        texts: dict[str, list[str]] = {}
        for id_, text in self._connection.execute(query.order_by(r.article_id, r.revision)):
            texts.setdefault(id_, []).append(text)
        return {id_: Candidate(tuple(texts[id_]), at) for id_, at in self._seen_at(ids) if id_ in texts}

    def _seen_at(self, ids: Sequence[str]) -> Sequence[tuple[str, datetime]]:
        """When each article was last seen by any feed, first where none says."""
        a, s = t.articles.c, t.sightings.c
        seen = func.coalesce(func.max(s.last_at, type_=t.UtcTime()), a.first_seen_at, type_=t.UtcTime())
        joined = t.articles.outerjoin(t.sightings, s.article_id == a.article_id)
        query = (
            select(a.article_id, seen).select_from(joined).where(among(self._connection, a.article_id, ids))
        )
        rows = self._connection.execute(query.group_by(a.article_id, a.first_seen_at))
        return [(id_, at) for id_, at in rows]


@cache
def _known_query(dialect: str) -> Select[Any]:  # Any: as SQLAlchemy types a whole row
    """Every revision of the articles, the latest last, with what the feed showed."""
    a, r, s = t.articles.c, t.revisions.c, t.sightings.c
    by_feed = and_(s.article_id == a.article_id, s.feed_url == bindparam("feed_url"))
    joined = t.articles.join(t.revisions, r.article_id == a.article_id).outerjoin(t.sightings, by_feed)
    columns = (a.article_id, r.revision, r.content_hash, r.flags, a.first_seen_at, s.shown, s.revision)
    query = select(*columns).select_from(joined).where(is_among(dialect, a.article_id))
    return query.order_by(a.article_id, r.revision)


@cache
def _owners_query(dialect: str) -> Select[Any]:  # Any: as above
    k = t.article_keys.c
    return select(k.key, k.article_id).where(is_among(dialect, k.key)).order_by(k.key, k.article_id)


_listed = (t.sightings.c.feed_url == bindparam("feed"), t.sightings.c.position.is_not(None))
_CLEAR_DOCUMENT = update(t.sightings).where(*_listed).values(position=None)


# ---------------------------------------------------------------- reading


def article(connection: Connection, article_id: str) -> Article | None:
    row = connection.execute(latest_articles().where(t.articles.c.article_id == article_id)).one_or_none()
    return None if row is None else article_of(row)


def latest_articles() -> Select[Any]:  # Any: as SQLAlchemy types a whole row
    a, r = t.articles.c, t.revisions.c
    latest = and_(r.article_id == a.article_id, r.revision == a.revision)
    return select(*_ARTICLE).select_from(t.articles.join(t.revisions, latest))


def has_record() -> ColumnElement[bool]:
    """That the latest revision of an article has one."""
    a, r = t.articles.c, t.records.c
    return exists().where(r.article_id == a.article_id, r.revision == a.revision)


def sightings(connection: Connection, feed_url: str) -> tuple[Arrival, ...]:
    a, s, r = t.articles.c, t.sightings.c, t.revisions.c
    listed = and_(s.article_id == a.article_id, s.feed_url == feed_url, s.position.is_not(None))
    query = latest_articles().add_columns(s.shown, r.content_hash).join(t.sightings, listed)
    rows = connection.execute(query.order_by(s.position, a.article_id)).all()
    keys = _ranked_keys(connection, [row.article_id for row in rows])
    return tuple(
        Arrival(
            article_of(row),
            tuple(keys.get(row.article_id, ())),
            None if row.shown == row.content_hash else row.shown,
        )
        for row in rows
    )


def _ranked_keys(connection: Connection, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    k = t.article_keys.c
    query = select(k.article_id, k.key).where(among(connection, k.article_id, ids), k.rank >= 0)
    keys: dict[str, list[str]] = {}
    for id_, key in connection.execute(query.order_by(k.article_id, k.rank, k.key)) if ids else ():
        keys.setdefault(id_, []).append(key)
    return keys


def weekly_entries(connection: Connection, since: datetime) -> Mapping[str, int]:
    a, s = t.articles.c, t.sightings.c
    joined = t.articles.join(t.sightings, s.article_id == a.article_id)
    query = select(s.feed_url, func.count()).select_from(joined).where(a.order_at >= since)
    return {row[0]: row[1] for row in connection.execute(query.group_by(s.feed_url))}


# ---------------------------------------------------------------- forgetting


def prune_articles(connection: Connection, before: datetime, *, dry_run: bool) -> int:
    """Forget articles that no feed has shown since; what a feed's last document lists, it still shows."""
    a, s, f = t.articles.c, t.sightings.c, t.feeds.c
    is_listed = and_(s.position.is_not(None), exists().where(f.url == s.feed_url))
    is_live = exists().where(s.article_id == a.article_id, or_(s.last_at >= before, is_listed))
    query = select(a.article_id).where(a.first_seen_at < before, ~is_live, has_record())
    ids = connection.execute(query).scalars().all()
    if ids and not dry_run:
        for table in (t.article_keys, t.sightings, t.revisions, t.articles):
            connection.execute(delete(table).where(among(connection, table.c.article_id, ids)))
    return len(ids)


# ---------------------------------------------------------------- rows to nouns and back


def article_of(row: Row[*tuple[Any, ...]]) -> Article:  # Any: columns of the table
    return Article(*row[: len(_ARTICLE)])


def _revision_values(one: Seen, at: datetime) -> Values:
    a = one.article
    return (
        a.id, a.revision, at, a.title, a.text, a.url, a.canonical_url, a.publisher, a.language,
        a.published_at, a.published_precision, a.flags, one.digest,
    )  # fmt: skip
