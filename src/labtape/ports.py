"""What the core asks of the outside. Adapters satisfy these by shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from labtape.types import (
    Annotated,
    Article,
    Feed,
    Fetched,
    ModelRef,
    Record,
    Story,
    Validators,
)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of this machine: the default where the shell touches the world."""
    return datetime.now(UTC)


class Fetcher(Protocol):
    """Gets one address. Raises `FetchError`; returns status 304 with no body when unchanged."""

    def fetch(self, url: str, validators: Validators = ...) -> Fetched: ...


# ---------------------------------------------------------------- the model


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one text. `p` maps every label of the label set; all sum to 1.

    `contributions` are (feature, signed weight) pairs, strongest first, that moved p(Bullish) − p(Bearish).
    """

    relevance: float
    p: Mapping[str, float]
    short: Mapping[str, float]
    long: Mapping[str, float]
    label_set: tuple[str, ...]
    contributions: tuple[tuple[str, float], ...] = ()


class Model(Protocol):
    """Judges many annotated articles at once, in order."""

    @property
    def ref(self) -> ModelRef: ...

    @property
    def label_set_id(self) -> str: ...

    def predict(self, annotated: Sequence[Annotated]) -> list[Prediction]: ...

    def predict_entities(self, pairs: Sequence[tuple[Annotated, str]]) -> list[Mapping[str, float]]:
        """p over the label set for each (article, entity id)."""
        ...


# ---------------------------------------------------------------- the store


@dataclass(frozen=True, slots=True)
class Poll:
    """What one visit to a feed brought: kept in one transaction with the articles it carried."""

    feed_url: str
    at: datetime
    status: Literal["new", "unchanged", "failed"]
    validators: Validators = Validators()
    body_hash: str | None = None
    n_entries: int = 0
    error: str | None = None
    error_kind: str | None = None


class Store(Protocol):
    """Feeds, polls, articles (every revision), signals as records (append-only), stories.

    Every implementation passes `tests/contracts/store.py`.
    """

    def add_feed(self, feed: Feed) -> bool: ...

    def remove_feed(self, url: str) -> bool: ...

    def feeds(self) -> tuple[Feed, ...]: ...

    def last_poll(self, feed_url: str, *, status: str | None = None) -> Poll | None: ...

    def save_poll(self, poll: Poll, articles: Iterable[Article]) -> tuple[Article, ...]:
        """Keep the poll and what it brought, all or nothing; return the new articles and revisions.

        An article whose id is known and whose title and text are the same is a sighting only. One whose title
        or text changed is kept as the next revision (its number set here, first_seen_at kept).
        """
        ...

    def polls(self, feed_url: str) -> tuple[Poll, ...]: ...

    def article(self, article_id: str) -> Article | None: ...

    def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Article]:
        """Latest revisions, by published_at (first_seen_at where unknown), oldest first."""
        ...

    def unscored(self) -> tuple[Article, ...]:
        """Latest revisions that have no record yet, oldest first."""
        ...

    def add_records(self, records: Iterable[Record]) -> int: ...

    def record(self, article_id: str) -> Record | None:
        """The latest record of an article."""
        ...

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Record]:
        """The latest record of each article, by published_at (first_seen_at where unknown), oldest first.

        `as_of` leaves out what was scored later than that time.
        """
        ...

    def save_stories(self, stories: Iterable[Story]) -> None: ...

    def stories(self, *, since: datetime | None = None) -> tuple[Story, ...]: ...

    def close(self) -> None: ...


# ---------------------------------------------------------------- delivery


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered digest, in every dress a channel may want."""

    subject: str
    markdown: str
    html: str
    json: str


class Channel(Protocol):
    """Takes a digest somewhere. Raises `DeliveryError`."""

    @property
    def name(self) -> str: ...

    def send(self, message: Message) -> None: ...
