"""Visits and the articles they brought in SQL: revisions, sightings, keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
)

from labtape.ports import Poll, Visit
from labtape.store import sql_feeds
from labtape.store import tables as t
from labtape.store.revisions import Known, article_time
from labtape.store.rows import Values, among, among_numbers, insert_rows, rows_of, update_rows, within
from labtape.store.visits import Candidate, Seen, decide, is_document
from labtape.types import Arrival, Article

_KEPT_ONCE = "(key, article) DO NOTHING"
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
            shelf = _Shelf(connection)
            seen = decide(visit, shelf)
            _save_seen(connection, visit.poll, seen, shelf.numbers)
            kept += [one.article for one in seen if one.is_new]
    sql_feeds.save_states(connection, [visit.state for visit in visits if visit.state])
    return tuple(kept)


def _clear_document(connection: Connection, feed_url: str) -> None:
    """What the document before listed is listed no more, until the new one says so."""
    update_rows(
        connection,
        t.sightings,
        ("position",),
        [(None, feed_url)],
        key=("feed_url",),
        where="position IS NOT NULL",
    )


def _save_seen(connection: Connection, poll: Poll, seen: Sequence[Seen], known: Mapping[str, int]) -> None:
    """`known` are the numbers of the articles that are there already."""
    first = [one.article for one in seen if one.is_first]
    numbers = {**known, **_new_numbers(connection, first)}
    articles = [(numbers[a.id], a.id, a.revision, a.first_seen_at, article_time(a)) for a in first]
    insert_rows(connection, t.articles, articles)
    new = [one for one in seen if one.is_new]
    insert_rows(connection, t.revisions, [_revision_values(one, numbers, poll.at) for one in new])
    changed = [one.article for one in new if not one.is_first]
    latest = [(article.revision, article_time(article), numbers[article.id]) for article in changed]
    update_rows(connection, t.articles, ("revision", "order_at"), latest, key=("article",))
    flags = [(one.flags, numbers[one.article.id], one.article.revision) for one in seen if one.flags]
    update_rows(connection, t.revisions, ("flags",), flags, key=("article", "revision"))
    _save_sightings(connection, poll, seen, numbers)
    keys = [(key, numbers[one.article.id], rank) for one in seen for key, rank in one.keys]
    insert_rows(connection, t.article_keys, keys, on_conflict=_KEPT_ONCE)


def _new_numbers(connection: Connection, articles: Sequence[Article]) -> Mapping[str, int]:
    """The next numbers; there is one writer at a time, so nobody else takes them."""
    if not articles:
        return {}
    last = rows_of(connection, _LAST_NUMBER)[0][0] or 0
    return {article.id: last + n for n, article in enumerate(articles, start=1)}


def _save_sightings(
    connection: Connection, poll: Poll, seen: Sequence[Seen], numbers: Mapping[str, int]
) -> None:
    """A clock that was set back makes no sighting older; and a page is no sighting by the feed."""
    first = [
        (
            poll.feed_url, numbers[one.article.id], one.article.revision, poll.at, poll.at, one.shown, one.position,
        )
        for one in seen
        if one.is_first_here
    ]  # fmt: skip
    insert_rows(connection, t.sightings, first)
    again = [one for one in seen if not one.is_first_here]
    key = ("feed_url", "article")
    if poll.kind == "page":
        rows = [(one.article.revision, one.shown, poll.feed_url, numbers[one.article.id]) for one in again]
        update_rows(connection, t.sightings, ("revision", "shown"), rows, key=key)
        return
    listed = [
        (
            one.article.revision, one.shown, one.position, poll.at, poll.at, poll.feed_url, numbers[one.article.id],
        )
        for one in again
    ]  # fmt: skip
    names = ("revision", "shown", "position")
    update_rows(connection, t.sightings, names, listed, key=key, latest="last_at")


class _Shelf:
    """What a visit is decided by; `numbers` are those of the articles it was asked for and knows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.numbers: dict[str, int] = {}

    def known(self, ids: Sequence[str], feed_url: str) -> Mapping[str, Known]:
        known: dict[str, Known] = {}
        digests: dict[str, dict[int, str]] = {}
        rows = rows_of(self._connection, _KNOWN, feed_url, ids)
        for stored, number, revision, digest, flags, first_seen_at, shown, sighted in rows:
            id_ = t.unescaped(stored)
            self.numbers[id_] = number
            of_one = digests.setdefault(id_, {})
            of_one[revision] = digest
            last = None if shown is None else t.unescaped(shown)
            known[id_] = Known(of_one, t.time_of(first_seen_at), t.words_of(flags), last, sighted)
        return known

    def owners(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        owners: dict[str, list[str]] = {}
        for key, id_ in rows_of(self._connection, _OWNERS, keys):
            owners.setdefault(t.unescaped(key), []).append(t.unescaped(id_))
        return owners

    def candidates(self, ids: Sequence[str]) -> Mapping[str, Candidate]:
        a, r = t.articles.c, t.revisions.c
        revisions = t.articles.join(t.revisions, r.article == a.article)
        query = (
            select(a.article_id, r.text)
            .select_from(revisions)
            .where(among(self._connection, a.article_id, ids))
        )
        texts: dict[str, list[str]] = {}
        for id_, text in self._connection.execute(query.order_by(r.article, r.revision)):
            texts.setdefault(id_, []).append(text)
        return {id_: Candidate(tuple(texts[id_]), at) for id_, at in self._seen_at(ids) if id_ in texts}

    def _seen_at(self, ids: Sequence[str]) -> Sequence[tuple[str, datetime]]:
        """When each article was last seen by any feed, first where none says."""
        a, s = t.articles.c, t.sightings.c
        seen = func.coalesce(func.max(s.last_at, type_=t.UtcTime()), a.first_seen_at, type_=t.UtcTime())
        joined = t.articles.outerjoin(t.sightings, s.article == a.article)
        query = (
            select(a.article_id, seen).select_from(joined).where(among(self._connection, a.article_id, ids))
        )
        rows = self._connection.execute(query.group_by(a.article_id, a.first_seen_at))
        return [(id_, at) for id_, at in rows]


# Every revision of the articles, the latest last, with what the feed showed.
_KNOWN = """
SELECT a.article_id, a.article, r.revision, r.content_hash, r.flags, a.first_seen_at, s.shown, s.revision
FROM articles a
JOIN revisions r ON r.article = a.article
LEFT JOIN sightings s ON s.feed_url = {value} AND s.article = a.article
WHERE a.article_id {any} ORDER BY a.article, r.revision
"""
_OWNERS = """
SELECT k.key, a.article_id FROM article_keys k JOIN articles a ON a.article = k.article
WHERE k.key {any} ORDER BY k.key, a.article_id
"""
_LAST_NUMBER = "SELECT max(article) FROM articles"


# ---------------------------------------------------------------- reading


def article(connection: Connection, article_id: str, as_of: datetime | None) -> Article | None:
    query = latest_articles(as_of).where(t.articles.c.article_id == article_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else article_of(row)


def articles_of(
    connection: Connection, article_ids: Sequence[str], as_of: datetime | None
) -> Mapping[str, Article]:
    """The latest revision of each of these articles that is there."""
    query = latest_articles(as_of).where(among(connection, t.articles.c.article_id, article_ids))
    return {article.id: article for article in map(article_of, connection.execute(query))}


def revisions_of(
    connection: Connection, article_ids: Sequence[str], as_of: datetime | None
) -> Iterator[Article]:
    """Every revision of these articles."""
    a, r = t.articles.c, t.revisions.c
    query = select(*_ARTICLE).select_from(t.articles.join(t.revisions, r.article == a.article))
    if as_of is not None:
        query = query.where(r.kept_at <= as_of)
    return map(article_of, connection.execute(query.where(among(connection, a.article_id, article_ids))))


def latest_articles(as_of: datetime | None = None) -> Select[Any]:  # Any: as SQLAlchemy types a whole row
    a, r = t.articles.c, t.revisions.c
    if as_of is None:
        latest = and_(r.article == a.article, r.revision == a.revision)
        return select(*_ARTICLE).select_from(t.articles.join(t.revisions, latest))
    later = t.revisions.alias("later")
    is_later = and_(later.c.article == r.article, later.c.revision > r.revision, later.c.kept_at <= as_of)
    joined = t.articles.join(t.revisions, r.article == a.article)
    query = select(*_ARTICLE).select_from(joined)
    return query.where(r.kept_at <= as_of, ~exists().where(is_later))


def in_order(
    query: Select[Any], since: datetime | None, until: datetime | None, as_of: datetime | None
) -> Select[Any]:  # Any: as above
    """Articles by their time, which is that of the revision; `articles.order_at` is the time of the latest one."""
    a, r = t.articles.c, t.revisions.c
    at = a.order_at if as_of is None else func.coalesce(r.published_at, a.first_seen_at, type_=t.UtcTime())
    return within(query, at, a.article_id, since, until)


def has_record(as_of: datetime | None = None) -> ColumnElement[bool]:
    """That the revision of an article that is selected has one."""
    a, r, v = t.articles.c, t.records.c, t.revisions.c
    if as_of is None:
        return exists().where(r.article_id == a.article_id, r.revision == a.revision)
    return exists().where(r.article_id == a.article_id, r.revision == v.revision, r.kept_at <= as_of)


def sightings(connection: Connection, feed_url: str) -> tuple[Arrival, ...]:
    a, s, r = t.articles.c, t.sightings.c, t.revisions.c
    listed = and_(s.article == a.article, s.feed_url == feed_url, s.position.is_not(None))
    query = latest_articles().add_columns(s.shown, r.content_hash).join(t.sightings, listed)
    rows = connection.execute(query.order_by(s.position, a.article_id)).all()
    keys = _ranked_keys(connection, feed_url)
    return tuple(
        Arrival(
            article_of(row),
            tuple(keys.get(row.article_id, ())),
            None if row.shown == row.content_hash else row.shown,
        )
        for row in rows
    )


def _ranked_keys(connection: Connection, feed_url: str) -> Mapping[str, Sequence[str]]:
    """The keys of the articles in the feed's last document, strongest first."""
    a, k, s = t.articles.c, t.article_keys.c, t.sightings.c
    named = t.sightings.join(t.articles, a.article == s.article).join(t.article_keys, k.article == s.article)
    query = select(a.article_id, k.key).select_from(named)
    query = query.where(s.feed_url == feed_url, s.position.is_not(None), k.rank >= 0)
    keys: dict[str, list[str]] = {}
    for id_, key in connection.execute(query.order_by(a.article, k.rank, k.key)):
        keys.setdefault(id_, []).append(key)
    return keys


def weekly_entries(connection: Connection, since: datetime) -> Mapping[str, int]:
    a, s = t.articles.c, t.sightings.c
    joined = t.articles.join(t.sightings, s.article == a.article)
    query = select(s.feed_url, func.count()).select_from(joined).where(a.order_at >= since)
    return {row[0]: row[1] for row in connection.execute(query.group_by(s.feed_url))}


# ---------------------------------------------------------------- forgetting


def prune_articles(connection: Connection, before: datetime, *, dry_run: bool) -> int:
    """Forget articles that no feed has shown since; what a feed's last document lists, it still shows."""
    a, s, f = t.articles.c, t.sightings.c, t.feeds.c
    is_listed = and_(s.position.is_not(None), exists().where(f.url == s.feed_url))
    is_live = exists().where(s.article == a.article, or_(s.last_at >= before, is_listed))
    query = select(a.article).where(a.first_seen_at < before, ~is_live, has_record())
    numbers = connection.execute(query).scalars().all()
    if numbers and not dry_run:
        for table in (t.article_keys, t.sightings, t.revisions, t.articles):
            connection.execute(delete(table).where(among_numbers(connection, table.c.article, numbers)))
    return len(numbers)


# ---------------------------------------------------------------- rows to nouns and back


def article_of(row: Row[*tuple[Any, ...]]) -> Article:  # Any: columns of the table
    return Article(*row[: len(_ARTICLE)])


def _revision_values(one: Seen, numbers: Mapping[str, int], at: datetime) -> Values:
    a = one.article
    return (
        numbers[a.id], a.revision, at, a.title, a.text, a.url, a.canonical_url, a.publisher, a.language,
        a.published_at, a.published_precision, a.flags, one.digest,
    )  # fmt: skip
