"""What a store keeps and is asked for: polls, the state of feeds and hosts, knowledge, lists of records, what is to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from labtape.types import Arrival, Validators


@dataclass(frozen=True, slots=True)
class Poll:
    """One attempt to visit a feed, or the page of one of its articles, and what came of it.

    `seconds` and `n_bytes` are of the wire. `address` is what was asked where it is not the feed's own url.
    """

    feed_url: str
    at: datetime
    status: Literal["new", "unchanged", "failed"]
    validators: Validators = Validators()
    body_hash: str | None = None
    n_entries: int = 0
    error: str | None = None
    error_kind: str | None = None
    kind: Literal["feed", "page"] = "feed"
    address: str | None = None
    http_status: int | None = None
    n_bytes: int = 0
    seconds: float = 0.0
    n_undated: int = 0
    n_empty: int = 0


FeedStatus = Literal["active", "suspended", "gone"]


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of a feed between two visits: when to come back, with what to ask, how it has been.

    `url` is the feed's identity, as it was added; `address` is where it lives now, once it has moved for good.
    `validators` and `body_hash` are of the last good answer. Counts in a row begin again with a good answer.
    `interval` is in seconds, without jitter. `not_before` is the server's own word (Retry-After).
    """

    url: str
    status: FeedStatus = "active"
    address: str | None = None
    due_at: datetime | None = None  # None: never visited, due at once
    not_before: datetime | None = None
    interval: float = 0.0
    validators: Validators = Validators()
    body_hash: str | None = None
    n_visits: int = 0
    n_failures: int = 0  # in a row
    n_missing: int = 0  # 404 in a row
    gone_since: datetime | None = None  # the first 410 in a row
    moved_to: str | None = None  # where every hop was permanent, not yet believed
    moved_since: datetime | None = None
    n_moved: int = 0
    first_visit_at: datetime | None = None
    last_visit_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None  # the last visit that brought an article or a revision
    last_error: str | None = None
    last_error_kind: str | None = None
    last_error_at: datetime | None = None
    n_entries: int = 0  # of the last document
    n_undated: int = 0
    n_empty: int = 0
    by_title: bool = False  # the feed's links are volatile: its articles are known by title and date
    n_pages_wanted: int = 0  # articles of the last document whose pages are still to be fetched
    ttl: int | None = None  # what the document and the last answer ask for, in seconds
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HostState:
    """What is known of a host between two runs: how slowly to ask it, and its robots.txt.

    `delay` is in seconds; `robots` is the text that counts (empty: all is allowed), None when it was never had.
    """

    host: str
    delay: float = 0.0
    last_at: datetime | None = None
    robots: str | None = None
    robots_at: datetime | None = None
    robots_status: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A poll with all that is to be kept with it, or not at all: the feed's next state, and what it brought."""

    poll: Poll
    state: FeedState | None = None
    arrivals: tuple[Arrival, ...] = ()


@dataclass(frozen=True, slots=True)
class Retraction:
    """That an article was taken back: when, and why. Nothing is deleted by it."""

    article_id: str
    at: datetime
    why: str


KnowledgeKind = Literal["engine", "lexicon", "model", "label_set"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A thing that records were made with. `digest` tells it from every other of its kind, `name` says it to people.

    `body` is its content where that is kept (a lexicon, packed; JSON of the others), empty where the digest must do.
    """

    kind: KnowledgeKind
    digest: str
    name: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Epoch:
    """From when on which knowledge of a kind was in use."""

    at: datetime
    kind: KnowledgeKind
    digest: str


Order = Literal["newest", "added"]
#: Where a list goes on: after this time and id when it is the newest first, after this number in the order they were added.
Place = tuple[datetime, str] | int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records a list has: the latest of each article, what was retracted left out.

    `since` and `until` are by the time of the article, both included; `kept_since` by when the record was kept. `terms` must all fit
    (`store/terms.py` says which there are); `min_confidence` is 0 to 1. With `article_ids` no others are listed. `order` is the newest article first, or the record that was kept first.
    """

    since: datetime | None = None
    until: datetime | None = None
    kept_since: datetime | None = None
    terms: tuple[str, ...] = ()
    min_confidence: float = 0.0
    article_ids: tuple[str, ...] | None = None
    order: Order = "newest"


@dataclass(frozen=True, slots=True)
class Listed:
    """A record as it is kept: its JSON text in UTF-8, and its number, which grows with every record that is added."""

    number: int
    article_id: str
    order_at: datetime
    kept_at: datetime
    body: bytes

    def place(self, order: Order) -> Place:
        """Where a list in this order goes on after this record."""
        return self.number if order == "added" else (self.order_at, self.article_id)


@dataclass(frozen=True, slots=True)
class Mark:
    """The numbers of what was added last, 0 where nothing was; each only grows."""

    record: int
    story: int
    retraction: int
    epoch: int


MessageKind = Literal["digest", "alert"]
DeliveryStatus = Literal["waiting", "sent", "dead"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be sent to one channel, and what became of it.

    `id` is made from what is sent and where to, so that deciding it again makes no second one. What shares a `batch` (a channel
    has its own) goes as one message, whose id that is: alerts that were held through the same quiet hours. `due_at` is when to try
    next. `rule`, `story_id` and `label` (of the story) are of an alert, empty for a digest; `body` is its JSON.
    """

    id: str
    batch: str
    channel: str
    kind: MessageKind
    subject: str
    body: str
    made_at: datetime
    due_at: datetime
    rule: str = ""
    story_id: str = ""
    label: str = ""
    status: DeliveryStatus = "waiting"
    n_tries: int = 0
    tried_at: datetime | None = None
    error: str | None = None
