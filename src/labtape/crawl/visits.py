"""What a visit to a feed came to: the poll to keep, the feed's next state and the arrivals, together or not at all.

    answer ── needs_reading? ──no──────────────────────────────> visit_of(feed, state, answer, None, …)
                  └─ yes ─> Document | ReadError ── volatile? ─> visit_of(feed, state, answer, document, …)
                                      └─ yes ─> read again with by_title=True ─┘

Error classes (`Poll.error_kind`) are a short, stable list: those of `FetchError`, and `read_` before those of `ReadError`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import get_args

from labtape.crawl.schedule import WEEK, Outcome, Pace, next_state
from labtape.exceptions import FetchError, FetchKind, LabtapeError, ReadError, ReadKind
from labtape.ports import FeedState, Poll, Visit
from labtape.read import is_volatile
from labtape.types import Arrival, Document, Feed, Fetched, Validators

ERROR_KINDS: tuple[str, ...] = (*get_args(FetchKind), *(f"read_{kind}" for kind in get_args(ReadKind)))
MAX_ERROR = 500  # characters of a message kept; some servers put a page into their reason phrase
MAX_HINTS = 3  # feeds of an HTML page that are named in its message


def hash_of(body: bytes) -> str:
    """The digest by which a body is known again."""
    return hashlib.sha256(body).hexdigest()


def needs_reading(state: FeedState, answer: Fetched) -> bool:
    """Whether an answer brought a document that was not read before: 304 and the same bytes again do not."""
    return not answer.is_unchanged and (state.body_hash is None or hash_of(answer.body) != state.body_hash)


def has_turned_volatile(state: FeedState, previous: Sequence[Arrival], document: Document) -> bool:
    """Whether a document shows that its feed makes up new links each time, and is to be read again with `by_title=True`.

    `previous` is what the last document brought (`Store.sightings`). The visit is then made with `by_title=True`, and
    the feed's state says so from then on.
    """
    return not state.by_title and is_volatile(previous, document.arrivals)


def error_kind(error: LabtapeError) -> str:
    """The class of a failure, one of `ERROR_KINDS`.

    >>> error_kind(ReadError("empty", kind="empty")), error_kind(FetchError("no answer", kind="timeout"))
    ('read_empty', 'timeout')
    """
    if isinstance(error, FetchError):
        return error.kind
    return f"read_{error.kind}" if isinstance(error, ReadError) else "read_other"


def outcome_of(
    feed: Feed,
    state: FeedState,
    answer: Fetched | LabtapeError,
    document: Document | LabtapeError | None,
    *,
    now: datetime,
    asked: Validators | None = None,
    previous: Sequence[Arrival] = (),
) -> Outcome:
    """What a visit came to. `document` is None where `needs_reading` said no; `asked` are the validators sent.

    A 304 that nobody asked for is a failure: there is nothing that could be unchanged. So is a document that ends in the
    middle, though what it holds is taken.
    """
    if isinstance(answer, LabtapeError):
        return _failure(answer, status=getattr(answer, "status", None))
    sent = state.validators if asked is None else asked
    if answer.is_unchanged and (state.body_hash is None or sent == Validators()):
        unasked = FetchError(
            f"{feed.url}: answered 304 without being asked", kind="protocol", status=answer.status
        )
        return _failure(unasked, status=answer.status)
    if not needs_reading(state, answer):
        return _unchanged(state, answer)
    if isinstance(document, LabtapeError):
        return _failure(document, status=answer.status)
    if document is None:
        raise ValueError(f"{feed.url}: brought a new document, which is to be read first")
    if document.is_cut:
        n = len(document.arrivals)
        cut = ReadError(f"{feed.url}: the document ends in the middle, after {n} entries", kind="broken")
        return replace(_failure(cut, status=answer.status), document=document)
    return Outcome(
        status="new",
        http_status=answer.status,
        validators=answer.validators,
        body_hash=hash_of(answer.body),
        document=document,
        max_age=answer.max_age,
        moved_to=answer.moved_to,
        n_new=len(news(previous, document.arrivals)),
        n_recent=sum(_is_recent(a, now) for a in document.arrivals),
    )


def visit_of(
    feed: Feed,
    state: FeedState,
    answer: Fetched | LabtapeError,
    document: Document | LabtapeError | None = None,
    *,
    now: datetime,
    weekly: int = 0,
    previous: Sequence[Arrival] = (),
    asked: Validators | None = None,
    by_title: bool = False,
    is_offline: bool = False,
    seconds: float = 0.0,
    pace: Pace = Pace(),
) -> Visit:
    """The visit as it is kept. `seconds` is what a failed request took, `by_title` how the document was read.

    Without a document, or with the same one again, nothing arrives; after a failure validators and body stay. A document
    that ends in the middle brings what it holds, and leaves no validators: the server would answer 304 to them.
    """
    outcome = outcome_of(feed, state, answer, document, now=now, asked=asked, previous=previous)
    if is_offline and outcome.status == "failed":
        outcome = replace(outcome, is_offline=True)
    after = next_state(state, outcome, now=now, weekly=weekly, settings=pace)
    brought = outcome.document
    if brought is not None and brought.is_cut and isinstance(answer, Fetched):
        # Asked without validators the next time; the same bytes again are the whole document, whatever it lacks.
        after = replace(
            after,
            validators=Validators(),
            body_hash=hash_of(answer.body),
            n_entries=len(brought.arrivals),
            n_undated=brought.n_undated,
            n_empty=brought.n_empty,
        )
    if by_title and brought is not None:
        after = replace(after, by_title=True)
    poll = Poll(
        feed_url=feed.url,
        at=now,
        status=outcome.status,
        validators=outcome.validators,
        body_hash=outcome.body_hash,
        n_entries=len(brought.arrivals) if brought else 0,
        error=outcome.error,
        error_kind=outcome.error_kind,
        address=state.address,
        http_status=outcome.http_status,
        n_bytes=answer.n_bytes if isinstance(answer, Fetched) else 0,
        seconds=answer.seconds if isinstance(answer, Fetched) else seconds,
        n_undated=brought.n_undated if brought else 0,
        n_empty=brought.n_empty if brought else 0,
    )
    return Visit(poll, after, brought.arrivals if brought else ())


def news(previous: Sequence[Arrival], current: Sequence[Arrival]) -> tuple[Arrival, ...]:
    """What a document shows that the one before did not; the same words under another id are not new."""
    if not previous:
        return tuple(current)
    known = {shown_hash(arrival) for arrival in previous}
    return tuple(arrival for arrival in current if shown_hash(arrival) not in known)


def shown_hash(arrival: Arrival) -> str:
    """The digest of what the feed itself shows of an article."""
    return arrival.shown or arrival.article.content_hash


def message_of(error: LabtapeError) -> str:
    """A failure on one line, with the feeds that an HTML page in place of a feed advertises."""
    text = " ".join(str(error).split())
    hints = [feed for feed in getattr(error, "feeds", ()) if feed not in text][:MAX_HINTS]
    if hints:
        text = f"{text[: MAX_ERROR // 2]}; the page advertises {', '.join(hints)}"
    return text[:MAX_ERROR]


def _failure(error: LabtapeError, *, status: int | None) -> Outcome:
    return Outcome(
        status="failed",
        http_status=status,
        error=message_of(error),
        error_kind=error_kind(error),
        retry_at=getattr(error, "retry_at", None),
    )


def _unchanged(state: FeedState, answer: Fetched) -> Outcome:
    """The same document again. A 304 refreshes the validators it names, a 200 replaces them."""
    old = state.validators if answer.is_unchanged else Validators()
    sent = answer.validators
    return Outcome(
        status="unchanged",
        http_status=answer.status,
        validators=Validators(sent.etag or old.etag, sent.last_modified or old.last_modified),
        body_hash=state.body_hash,
        max_age=answer.max_age,
        moved_to=answer.moved_to,
    )


def _is_recent(arrival: Arrival, now: datetime) -> bool:
    published = arrival.article.published_at
    return published is not None and now - published <= WEEK
