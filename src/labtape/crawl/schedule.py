"""When to come back to a feed: its state and what a visit came to give its next state.

    interval = 7 days ÷ (k · entries of the last 7 days), at least 5 minutes, at most a day
    due      = now + the larger of interval, ttl and max-age, ± 10 %, not before Retry-After, not in skipped hours

With k = 8 a feed of 10 entries a week is asked every 2 hours (10,080 minutes ÷ 80 = 126), one of 250 every 5 minutes, and
one that wrote nothing for a week once a day: an entry waits about an eighth of the usual gap between two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from labtape.ports import FeedState, FeedStatus
from labtape.types import Document, Validators

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
LONGEST_WAIT = timedelta(days=31)  # what Retry-After may ask for
JITTER = 0.1
UNCONDITIONAL = 0.01  # of all visits, so that a server that lies about "unchanged" is found out
MISSING = 10  # answers 404 in a row until a feed is suspended
MOVED = 3  # good answers over permanent redirects to one place, over at least a day, until a feed has moved
UNREACHED = frozenset({"dns", "connect"})  # failures that may be ours: the name or the connection
OFFLINE = 10  # hosts that cannot be reached, without an answer from any, until it is our own network
ASKS_TO_WAIT = frozenset({429, 503})  # the answers whose Retry-After counts
FAR = timedelta(hours=25)  # no visit is planned further ahead, but for Retry-After and skipped days
SKEW = timedelta(minutes=5)  # a last visit further in the future than this was written by a wrong clock


@dataclass(frozen=True, slots=True)
class Pace:
    """How often: visits for each entry a feed brings, and the shortest and longest interval in seconds."""

    per_entry: float = 8.0
    shortest: float = 5 * 60.0
    longest: float = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit came to, as far as the next one depends on it.

    `document` is there where a new one was read. `n_new` counts the articles and revisions it brought; `n_recent` its
    entries of the last 7 days, which a feed visited for the first time is paced by. `is_offline` says that nobody can be
    reached at present, so that this failure is none of the feed's.
    """

    status: Literal["new", "unchanged", "failed"]
    http_status: int | None = None
    error: str | None = None
    error_kind: str | None = None
    retry_at: datetime | None = None
    validators: Validators = Validators()
    body_hash: str | None = None
    document: Document | None = None
    max_age: int | None = None
    moved_to: str | None = None
    n_new: int = 0
    n_recent: int = 0
    is_offline: bool = False


# ---------------------------------------------------------------- which feeds, and what to ask with


def is_due(state: FeedState, *, now: datetime) -> bool:
    """Whether a feed is to be visited now. One that is suspended or gone never is.

    A state that no clock running forward can have written is due at once: nothing waits for a time that was a mistake.
    """
    if state.status != "active":
        return False
    return state.due_at is None or state.due_at <= now or _is_of_a_wrong_clock(state, now)


def may_visit(state: FeedState, *, now: datetime, due_only: bool) -> bool:
    """Whether a feed may be visited by who asks for it now: all that are active, unless their server wanted us to wait.

    With `due_only` those whose time has come; a file of this machine may be looked at whenever somebody asks.
    """
    if state.status != "active" or (due_only and is_on_the_web(state)):
        return is_due(state, now=now)
    return state.not_before is None or state.not_before <= now or is_due(state, now=now)


def is_on_the_web(state: FeedState) -> bool:
    """Whether visits to a feed cost somebody else something."""
    return (state.address or state.url).lower().startswith(("http://", "https://"))


def _is_of_a_wrong_clock(state: FeedState, now: datetime) -> bool:
    if state.last_visit_at is not None and state.last_visit_at > now + SKEW:
        return True
    if state.not_before is not None and now < state.not_before <= now + LONGEST_WAIT:
        return False
    far = FAR + WEEK if state.skip_hours or state.skip_days else FAR
    return state.due_at is not None and state.due_at > now + far


def due_first(states: Iterable[FeedState], *, now: datetime) -> tuple[FeedState, ...]:
    """The feeds that are due: those never visited in their order, then those that waited longest."""
    due = [state for state in states if is_due(state, now=now)]
    new = [state for state in due if state.due_at is None]
    known = [(state.due_at, state.url, state) for state in due if state.due_at is not None]
    return (*new, *(state for _, _, state in sorted(known, key=lambda row: row[:2])))


def asks_with(state: FeedState, *, now: datetime) -> Validators:
    """The validators to ask with; none for a feed without a body to compare with, nor for one visit in a hundred."""
    if state.body_hash is None or _chance(f"ask {state.url}", now) < UNCONDITIONAL:
        return Validators()
    return state.validators


def resumed(state: FeedState, *, now: datetime) -> FeedState:
    """A suspended or gone feed that is taken up again: due now, its counts in a row begun again."""
    return replace(
        state,
        status="active",
        due_at=now,
        not_before=None,
        interval=0.0,
        n_failures=0,
        n_missing=0,
        gone_since=None,
    )


# ---------------------------------------------------------------- the next state


def next_state(
    state: FeedState, outcome: Outcome, *, now: datetime, weekly: int, settings: Pace = Pace()
) -> FeedState:
    """The state of a feed after a visit. `weekly` is how many entries of the last 7 days are known."""
    state = _failed(state, outcome, now) if outcome.status == "failed" else _answered(state, outcome, now)
    interval = _interval(state, outcome, weekly, settings)
    not_before = _not_before(state, outcome, now)
    return replace(
        state,
        n_visits=state.n_visits + 1,
        first_visit_at=state.first_visit_at or now,
        last_visit_at=now,
        interval=interval,
        not_before=not_before,
        due_at=_due_at(state, interval, not_before, now, settings, is_offline=outcome.is_offline),
    )


def _answered(state: FeedState, outcome: Outcome, now: datetime) -> FeedState:
    """A good answer: validators and body are of now, everything counted in a row begins again."""
    document = outcome.document
    return replace(
        _moved(state, outcome.moved_to, now),
        status="active",
        validators=outcome.validators,
        body_hash=outcome.body_hash,
        n_failures=0,
        n_missing=0,
        gone_since=None,
        last_success_at=now,
        last_new_at=now if outcome.n_new else state.last_new_at,
        n_entries=len(document.arrivals) if document else state.n_entries,
        n_undated=document.n_undated if document else state.n_undated,
        n_empty=document.n_empty if document else state.n_empty,
        ttl=_longest(document.ttl if document else state.ttl, outcome.max_age),
        skip_hours=_kept(document.skip_hours, 24) if document else state.skip_hours,
        skip_days=_kept(document.skip_days, 7) if document else state.skip_days,
    )


def _failed(state: FeedState, outcome: Outcome, now: datetime) -> FeedState:
    """A failure: validators stay. An answer of another kind ends a row of 404 or 410; no answer at all does not."""
    state = replace(
        state,
        n_failures=state.n_failures + 1,
        last_error=outcome.error,
        last_error_kind=outcome.error_kind,
        last_error_at=now,
    )
    if outcome.http_status is None:
        return state
    n_missing = state.n_missing + 1 if outcome.http_status == 404 else 0
    since = _earlier(state.gone_since, now) or now if outcome.http_status == 410 else None
    status: FeedStatus = state.status
    if since is not None and now - since >= DAY:
        status = "gone"
    elif n_missing >= MISSING and status == "active":
        status = "suspended"
    return replace(state, status=status, n_missing=n_missing, gone_since=since)


def _moved(state: FeedState, moved_to: str | None, now: datetime) -> FeedState:
    """Count the good answers over permanent redirects to one place; the feed has moved when there are enough.

    The first address stays the feed's identity. A visit that was not redirected, or for the time being only, starts again.
    """
    if moved_to is None or not moved_to.startswith(("http://", "https://")):
        return replace(state, moved_to=None, moved_since=None, n_moved=0) if state.n_moved else state
    since = _earlier(state.moved_since, now) if moved_to == state.moved_to else None
    n = state.n_moved + 1 if since else 1
    if n >= MOVED and since and now - since >= DAY:
        address = None if moved_to == state.url else moved_to
        return replace(state, address=address, moved_to=None, moved_since=None, n_moved=0)
    return replace(state, moved_to=moved_to, moved_since=since or now, n_moved=n)


# ---------------------------------------------------------------- time


def _interval(state: FeedState, outcome: Outcome, weekly: int, pace: Pace) -> float:
    """Seconds to the next visit, without jitter. An error doubles what it was, from the shortest for a new feed."""
    asked = min(state.ttl or 0.0, pace.longest)
    if outcome.status == "failed" and not outcome.is_offline:
        return max(asked, _bounded(2 * (state.interval or pace.shortest), pace))
    if outcome.status == "failed":
        return state.interval or pace.shortest
    if not is_on_the_web(state):
        return max(asked, pace.shortest)
    entries = max(weekly, outcome.n_recent)
    usual = WEEK.total_seconds() / (pace.per_entry * entries) if entries > 0 else pace.longest
    return max(asked, _bounded(usual, pace))


def _bounded(seconds: float, pace: Pace) -> float:
    return min(max(seconds, pace.shortest), pace.longest)


def _not_before(state: FeedState, outcome: Outcome, now: datetime) -> datetime | None:
    """The server's own word; a visit in spite of it that fails does not end it."""
    asked = outcome.retry_at if outcome.http_status in ASKS_TO_WAIT else None
    if asked is None and outcome.status == "failed":
        asked = state.not_before
    return min(asked, now + LONGEST_WAIT) if asked is not None and asked > now else None


def _due_at(
    state: FeedState,
    interval: float,
    not_before: datetime | None,
    now: datetime,
    pace: Pace,
    *,
    is_offline: bool = False,
) -> datetime:
    """The moment itself: with jitter, which leaves neither what the publisher asked for nor the bounds.

    While nobody can be reached all feeds are tried again soon, and go on as before when the network is back.
    """
    chance = _chance(state.url, now)
    if is_offline:
        return now + timedelta(seconds=pace.shortest * (1 + JITTER * chance))
    asked = min(state.ttl or 0.0, pace.longest)
    low = max((1 - JITTER) * interval, asked, pace.shortest)
    high = max(low, min((1 + JITTER) * interval, pace.longest))
    due = now + timedelta(seconds=low + (high - low) * chance)
    if not_before is not None:
        due = max(due, not_before)
    return _allowed(due, state.skip_hours, state.skip_days)


def _allowed(due: datetime, skip_hours: tuple[int, ...], skip_days: tuple[int, ...]) -> datetime:
    """The same minute of the next hour that the publisher does not skip."""
    for _ in range(7 * 24):
        if due.hour not in skip_hours and due.weekday() not in skip_days:
            break
        due += HOUR
    return due


def _kept(skipped: tuple[int, ...], of: int) -> tuple[int, ...]:
    """What is skipped, without what no clock shows; a feed that skips all skips none."""
    kept = tuple(sorted({n for n in skipped if 0 <= n < of}))
    return () if len(kept) == of else kept


def _longest(*seconds: int | None) -> int | None:
    """The longest wait asked for, up to a day: a `ttl` of a year is a slip, and would be obeyed for a year."""
    given = [n for n in seconds if n is not None and n > 0]
    return min(max(given), 24 * 3600) if given else None


def _earlier(at: datetime | None, now: datetime) -> datetime | None:
    """A moment that has passed; one that has not was written by a wrong clock and counts for nothing."""
    return at if at is not None and at <= now else None


def _chance(name: str, now: datetime) -> float:
    """A number in [0, 1) that is the same for the same name and time, and has no pattern over either."""
    digest = hashlib.sha256(f"{name}\n{now.isoformat()}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6]) / 2**48
