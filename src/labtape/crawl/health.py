"""How each feed is: one word, and the facts behind it.

The first of these that fits:

    gone           it said twice, a day apart, that it is gone for good (410)
    suspended      it was not there ten times in a row (404)
    never visited
    failing        the last visit failed
    late           it was due more than an hour ago and has not been visited: is the crawler running?
    empty          it answers, and its document has no entries
    stale          it answers, and its newest entry is older than 30 days
    moved          it is well, at another address than it was added with
    ok             it was visited in time, answered, and has an entry of the last 30 days
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

from labtape.crawl.schedule import SKEW, is_due
from labtape.ports import FeedState
from labtape.types import Feed

Word = Literal[
    "gone", "suspended", "never visited", "failing", "late", "empty", "stale", "moved", "ok"
]  # fmt: skip
WELL: frozenset[Word] = frozenset({"ok", "moved", "stale"})  # quiet is not broken

LATE = timedelta(hours=1)
STALE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed is. `word` says it, `why` explains it; counts are of the last document, `failures` in a row.

    `address` is where it lives once it has moved, `moving_to` where it is redirected and not yet believed. `next_due_at` is
    None for a feed that is not visited any more, and now for one that was never visited.
    """

    url: str
    word: Word
    why: str
    title: str | None = None
    publisher: str | None = None
    address: str | None = None
    moving_to: str | None = None
    last_visit_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error_kind: str | None = None
    last_error: str | None = None
    failures: int = 0
    visits: int = 0
    entries_per_week: int = 0
    entries: int = 0
    undated: int = 0
    empty: int = 0
    by_title: bool = False
    pages_wanted: int = 0
    interval_seconds: int | None = None
    not_before: datetime | None = None
    next_due_at: datetime | None = None

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look at it: ok, moved or stale."""
        return self.word in WELL


def health(
    feeds: Iterable[Feed],
    states: Iterable[FeedState],
    weekly: Mapping[str, int],
    *,
    now: datetime,
    lately: Mapping[str, int] | None = None,
) -> tuple[FeedHealth, ...]:
    """How each feed is, in the feeds' order. `weekly` and `lately` count its entries of 7 and of 30 days.

    Both are `Store.weekly_entries`, asked for another time. Without `lately` a feed that was first visited less than 30 days
    ago cannot be told to be stale.
    """
    known = {state.url: state for state in states}
    return tuple(
        _health(feed, known.get(feed.url, FeedState(feed.url)), weekly.get(feed.url, 0), lately, now)
        for feed in feeds
    )


def to_row(health: FeedHealth) -> dict[str, object]:
    """The facts as JSON takes them: every field by its name, times in ISO format.

    >>> row = to_row(FeedHealth("https://wire.example/feed", "never visited", "due at once"))
    >>> row["word"], row["last_success_at"]
    ('never visited', None)
    """
    values = {f.name: getattr(health, f.name) for f in fields(health)}
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in values.items()}


def _health(
    feed: Feed, state: FeedState, weekly: int, lately: Mapping[str, int] | None, now: datetime
) -> FeedHealth:
    n_lately = None if lately is None else lately.get(feed.url, 0)
    word, why = _verdict(state, weekly, n_lately, now)
    next_due = None
    if state.status == "active":
        next_due = now if state.due_at is None or is_due(state, now=now) else state.due_at
    return FeedHealth(
        url=feed.url,
        word=word,
        why=why,
        title=feed.title,
        publisher=feed.publisher,
        address=state.address,
        moving_to=state.moved_to,
        last_visit_at=state.last_visit_at,
        last_success_at=state.last_success_at,
        last_new_at=state.last_new_at,
        last_error_at=state.last_error_at,
        last_error_kind=state.last_error_kind,
        last_error=state.last_error,
        failures=state.n_failures,
        visits=state.n_visits,
        entries_per_week=weekly,
        entries=state.n_entries,
        undated=state.n_undated,
        empty=state.n_empty,
        by_title=state.by_title,
        pages_wanted=state.n_pages_wanted,
        interval_seconds=round(state.interval) or None,
        not_before=state.not_before if state.not_before and state.not_before > now else None,
        next_due_at=next_due,
    )


def _verdict(state: FeedState, weekly: int, lately: int | None, now: datetime) -> tuple[Word, str]:
    if state.status == "gone":
        return "gone", f"answers 410 since {_day(state.gone_since)}; take it up again or remove it"
    if state.status == "suspended":
        return (
            "suspended",
            f"was missing (404) {state.n_missing} times in a row; take it up again or remove it",
        )
    if state.last_visit_at is None:
        return "never visited", "was never visited"
    if _has_failed(state):
        return "failing", _failures(state, now)
    if state.last_visit_at > now + SKEW:
        return "late", "was visited at a time that has not come yet: a clock was wrong; it is due now"
    if is_due(state, now=now) and state.due_at is not None and now - state.due_at > LATE:
        return "late", f"was due {_long(now - state.due_at)} ago; is the crawler running?"
    if not state.n_entries:
        return "empty", "its document has no entries"
    if _is_stale(state, weekly, lately, now):
        return "stale", "its newest entry is older than 30 days"
    if state.address:
        return "moved", f"lives at {state.address}"
    moving = f"; redirects to {state.moved_to}" if state.moved_to else ""
    return "ok", f"{weekly} {'entry' if weekly == 1 else 'entries'} in 7 days{moving}"


def _has_failed(state: FeedState) -> bool:
    """Whether the last visit failed, also where the feed was taken up again since, which counts from 0."""
    error, success = state.last_error_at, state.last_success_at
    return error is not None and (success is None or error > success)


def _failures(state: FeedState, now: datetime) -> str:
    if not state.n_failures:
        return f"failed ({state.last_error_kind}) and was taken up again; the next visit will tell"
    times = "once" if state.n_failures == 1 else f"{state.n_failures} times in a row"
    good = (
        f"the last good answer came {_long(now - state.last_success_at)} ago"
        if state.last_success_at
        else "there never was a good answer"
    )
    wait = ""
    if state.not_before is not None and state.not_before > now:
        wait = f"; its server asks to be left alone for another {_long(state.not_before - now)}"
    return f"failed {times} ({state.last_error_kind}); {good}{wait}"


def _is_stale(state: FeedState, weekly: int, lately: int | None, now: datetime) -> bool:
    if weekly or lately:
        return False
    if lately == 0:
        return True
    since = state.last_new_at or state.first_visit_at
    return since is not None and now - since > STALE


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "an unknown day"


def _long(span: timedelta) -> str:
    """A length of time in its largest unit.

    >>> [_long(timedelta(**how)) for how in ({"seconds": 40}, {"minutes": 90}, {"hours": 30}, {"days": 3})]
    ['1 minute', '1 hour', '30 hours', '3 days']
    """
    minutes = max(1, int(span.total_seconds() // 60))
    for size, unit in ((2 * 24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            n = minutes // (24 * 60 if unit == "day" else size)
            return f"{n} {unit}{'' if n == 1 else 's'}"
    raise AssertionError("a minute at least")
