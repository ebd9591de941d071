"""Feeds, their state, hosts and fetches in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from labtape.ports import FeedState, HostState, Poll
from labtape.store import sql_history
from labtape.store import tables as t
from labtape.store.history import Change, FeedChange
from labtape.store.revisions import merged_feed
from labtape.store.rows import Values, insert_rows, update_rows
from labtape.types import Feed, Validators

_FEED = tuple(field.name for field in fields(Feed))
_STATE = tuple(
    name for field in fields(FeedState) for name in (
        ("etag", "last_modified") if field.name == "validators" else (field.name,)
    )
)  # fmt: skip
_ETAG = _STATE.index("etag")
_AROUND_VALIDATORS = attrgetter(*_STATE[1:_ETAG]), attrgetter(*_STATE[_ETAG + 2 :])
_HOST = tuple(field.name for field in fields(HostState))
_POLL = tuple(column.name for column in t.fetches.columns if column.name != "seq")


# ---------------------------------------------------------------- feeds


def add_feed(connection: Connection, feed: Feed, at: datetime) -> bool:
    f = t.feeds.c
    named = select(t.feeds).where(or_(f.url == feed.url, f.address == feed.url))
    row = connection.execute(named.order_by((f.url == feed.url).desc(), f.seq).limit(1)).one_or_none()
    known = _feed(row) if row else None
    merged = merged_feed(known, feed)
    values = {name: getattr(merged, name) for name in _FEED}
    if row is None:
        connection.execute(insert(t.feeds).values(values))
    else:
        connection.execute(update(t.feeds).where(f.seq == row.seq).values(values))
    if merged != known:
        change: Change = "changed" if known else "added"
        sql_history.note_feed(connection, FeedChange(at, change, merged))
    return row is None


def remove_feed(connection: Connection, url: str, at: datetime) -> bool:
    if not connection.execute(delete(t.feeds).where(t.feeds.c.url == url)).rowcount:
        return False
    sql_history.note_feed(connection, FeedChange(at, "removed", Feed(url)))
    return True


def feeds(connection: Connection) -> tuple[Feed, ...]:
    columns = (t.feeds.c[name] for name in _FEED)
    return tuple(Feed(*row) for row in connection.execute(select(*columns).order_by(t.feeds.c.seq)))


def feed_states(connection: Connection) -> tuple[FeedState, ...]:
    columns = (t.feeds.c[name] for name in _STATE)
    return tuple(_state(row) for row in connection.execute(select(*columns).order_by(t.feeds.c.seq)))


def save_states(connection: Connection, states: Iterable[FeedState]) -> None:
    update_rows(connection, t.feeds, _STATE[1:], [_state_values(state) for state in states], key=("url",))


def hosts(connection: Connection) -> tuple[HostState, ...]:
    columns = (t.hosts.c[name] for name in _HOST)
    return tuple(HostState(*row) for row in connection.execute(select(*columns).order_by(t.hosts.c.host)))


def save_hosts(connection: Connection, hosts: Iterable[HostState]) -> None:
    updates = ", ".join(f"{name} = excluded.{name}" for name in _HOST if name != "host")
    rows = [tuple([getattr(state, name) for name in _HOST]) for state in hosts]
    insert_rows(connection, t.hosts, rows, on_conflict=f"(host) DO UPDATE SET {updates}")


# ---------------------------------------------------------------- fetches


def last_poll(connection: Connection, feed_url: str, status: str | None) -> Poll | None:
    f = t.fetches.c
    query = select(t.fetches).where(f.feed_url == feed_url, f.kind == "feed")
    if status is not None:
        query = query.where(f.status == status)
    row = connection.execute(query.order_by(f.at.desc(), f.seq.desc()).limit(1)).one_or_none()
    return None if row is None else _poll(row)


def polls(
    connection: Connection, feed_url: str, kind: str | None, since: datetime | None
) -> tuple[Poll, ...]:
    f = t.fetches.c
    query = select(t.fetches).where(f.feed_url == feed_url)
    if kind is not None:
        query = query.where(f.kind == kind)
    if since is not None:
        query = query.where(f.at >= since)
    return tuple(_poll(row) for row in connection.execute(query.order_by(f.at, f.seq)))


def save_polls(connection: Connection, polls: Iterable[Poll]) -> None:
    insert_rows(connection, t.fetches, [_poll_values(poll) for poll in polls])


def prune_polls(connection: Connection, before: datetime, *, dry_run: bool) -> int:
    """Forget what is older, but the last visit of each feed and the last good one."""
    f = t.fetches.c
    rank = func.row_number().over(partition_by=f.feed_url, order_by=(f.at.desc(), f.seq.desc()))
    visits = select(f.seq, rank.label("rank")).where(f.kind == "feed")
    last = [
        select(ranked.c.seq).where(ranked.c.rank == 1)
        for ranked in (visits.subquery(), visits.where(f.status.in_(("new", "unchanged"))).subquery())
    ]
    old = (f.at < before, f.seq.not_in(last[0]), f.seq.not_in(last[1]))
    if dry_run:
        return connection.execute(select(func.count()).select_from(t.fetches).where(*old)).scalar_one()
    return connection.execute(delete(t.fetches).where(*old)).rowcount


# ---------------------------------------------------------------- rows to nouns and back


def _feed(row: Row[*tuple[Any, ...]]) -> Feed:  # Any: columns of the table
    return Feed(**{name: getattr(row, name) for name in _FEED})


def _state(row: Row[*tuple[Any, ...]]) -> FeedState:  # Any: as above
    values: list[Any] = list(row)  # Any: as above
    values[_ETAG : _ETAG + 2] = [Validators(row.etag, row.last_modified)]
    return FeedState(*values)


def _state_values(state: FeedState) -> Values:
    before, after = _AROUND_VALIDATORS
    v = state.validators
    return (*before(state), v.etag, v.last_modified, *after(state), state.url)


def _poll(row: Row[*tuple[Any, ...]]) -> Poll:  # Any: as above
    plain = {name: getattr(row, name) for name in _POLL if name not in ("etag", "last_modified")}
    return Poll(validators=Validators(row.etag, row.last_modified), **plain)


def _poll_values(poll: Poll) -> Values:
    validators = poll.validators
    return tuple(
        [
            validators.etag if name == "etag" else
            validators.last_modified if name == "last_modified" else
            getattr(poll, name)
            for name in _POLL
        ]
    )  # fmt: skip
