"""What the core asks of the outside. Adapters satisfy these by shape.

The nouns of the store live in `kept` and go by this name as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from labtape.kept import (
    Delivery,
    DeliveryStatus,
    Epoch,
    FeedState,
    FeedStatus,
    HostState,
    Knowledge,
    KnowledgeKind,
    Listed,
    Mark,
    MessageKind,
    Order,
    Place,
    Poll,
    Retraction,
    Visit,
    Wanted,
)
from labtape.types import (
    Annotated,
    Arrival,
    Article,
    Feed,
    Fetched,
    ModelRef,
    Record,
    Story,
    Validators,
)

__all__ = [
    "Account",
    "Attribution",
    "Channel",
    "Clock",
    "Delivery",
    "DeliveryStatus",
    "Epoch",
    "Explaining",
    "FeedState",
    "FeedStatus",
    "Fetcher",
    "HostState",
    "Knowledge",
    "KnowledgeKind",
    "Listed",
    "Mark",
    "Message",
    "MessageKind",
    "Model",
    "Order",
    "Part",
    "Place",
    "Pointing",
    "Poll",
    "Prediction",
    "Retelling",
    "Retraction",
    "Store",
    "Visit",
    "Wanted",
    "utc_now",
]

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of this machine: the default where the shell touches the world."""
    return datetime.now(UTC)


class Fetcher(Protocol):
    """Gets one address. Raises `FetchError`; returns status 304 with no body when unchanged."""

    def fetch(self, url: str, validators: Validators = ...) -> Fetched:
        """The answer of an address, asked with what it gave us last time."""
        ...


# ---------------------------------------------------------------- the model


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one text. `p` maps every label of the label set; all sum to 1.

    `relevance` is the probability that the text is in scope; `short` and `long` are probabilities over the same labels, for 1 to 5
    and for 20 to 120 sessions.

    >>> even = {"Bearish": 0.25, "Neutral": 0.5, "Bullish": 0.25}
    >>> Prediction(0.9, even, even, even, tuple(even)).p["Neutral"]
    0.5
    """

    relevance: float
    p: Mapping[str, float]
    short: Mapping[str, float]
    long: Mapping[str, float]
    label_set: tuple[str, ...]


class Model(Protocol):
    """Judges many annotated articles at once, in order."""

    @property
    def ref(self) -> ModelRef:
        """Which model this is, as records name it."""
        ...

    @property
    def label_set_id(self) -> str:
        """The label set of the lexicon that its probabilities are over, as `market3`."""
        ...

    def predict(self, annotated: Sequence[Annotated]) -> list[Prediction]:
        """One prediction per article, in order; none for none."""
        ...

    def predict_entities(self, pairs: Sequence[tuple[Annotated, str]]) -> list[Mapping[str, float]]:
        """p over the label set for each (article, entity id)."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """What one input adds to a head, in log-odds. `name` is the model's own, `words` say it to people."""

    name: str
    words: str
    value: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """One head of a model taken apart: the parts, strongest first, add up to its log-odds, before any calibration.

    `p` is the probability that these log-odds come to.
    """

    head: str
    log_odds: float
    p: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """How the probabilities of one article came about.

    `raw` is what the heads give, `as_news` the same after `calibration` (a method of `signal.calibration`, or "none").
    `p` = relevance · `as_news` + (1 - relevance) · `elsewhere`, where `elsewhere` is what a text that is not about AI is
    judged by; None where a model has no other view, and `p` is `as_news`.
    """

    heads: tuple[Attribution, ...]
    calibration: str
    raw: Mapping[str, float]
    as_news: Mapping[str, float]
    elsewhere: Mapping[str, float] | None
    p: Mapping[str, float]


@runtime_checkable
class Explaining(Protocol):
    """What a `Model` may do besides: say what moved its probabilities. A model without it is a model all the same."""

    def accounts(self, annotated: Sequence[Annotated]) -> list[Account]:
        """One account per article, in order; its `p` is that of `predict`."""
        ...


@runtime_checkable
class Retelling(Protocol):
    """What a `Model` may do besides: tell events and geopolitics by what it reads, beside the cues that were found."""

    def retold(self, annotated: Sequence[Annotated]) -> list[Annotated]:
        """The articles with their events and geopolitics as the model sees them, in order; `predict` takes them as they were before."""
        ...


@runtime_checkable
class Pointing(Protocol):
    """What a `Model` may do besides: say what a text means for a name, whether the lexicon has it or not."""

    def toward(self, pairs: Sequence[tuple[str, str]]) -> list[Mapping[str, float]]:
        """Probabilities over the label set for each pair of a text and a name of it, in order."""
        ...


# ---------------------------------------------------------------- the store


class Store(Protocol):
    """Feeds and their state, hosts, polls, articles (every revision), records and stories (append-only), retractions.

    `at` is when something was kept, by the caller's clock; left out, it is now, and of records when they were scored. `as_of`
    asks for what was kept by that time, that moment included. Every implementation passes `tests/contracts/store.py`.
    """

    def add_feed(self, feed: Feed, *, at: datetime | None = None) -> bool:
        """Keep a feed, or what is said of it now; False where it is known, by its url or the address it moved to."""
        ...

    def add_feeds(self, feeds: Iterable[Feed], *, at: datetime | None = None) -> tuple[bool, ...]:
        """Keep all of them or none, in this order; for each what `add_feed` says."""
        ...

    def remove_feed(self, url: str, *, at: datetime | None = None) -> bool:
        """Poll it no more; its articles stay. False where it is not known."""
        ...

    def feeds(self, *, as_of: datetime | None = None) -> tuple[Feed, ...]:
        """In the order they were added."""
        ...

    def feed_states(self) -> tuple[FeedState, ...]:
        """The state of every feed, in the order added; a feed never visited has `FeedState(url)`."""
        ...

    def save_states(self, states: Iterable[FeedState]) -> None:
        """Keep states without a visit, as when a suspended feed is taken up again. Unknown feeds are left out."""
        ...

    def hosts(self) -> tuple[HostState, ...]:
        """What is known of each host that was asked."""
        ...

    def save_hosts(self, hosts: Iterable[HostState]) -> None:
        """Keep what is known of hosts now."""
        ...

    def last_poll(self, feed_url: str, *, status: str | None = None) -> Poll | None:
        """The last visit to the feed itself."""
        ...

    def polls(
        self, feed_url: str, *, kind: Literal["feed", "page"] | None = None, since: datetime | None = None
    ) -> tuple[Poll, ...]:
        """Every visit that is still kept, to the feed and to pages of its articles, oldest first."""
        ...

    def save_visits(self, visits: Iterable[Visit]) -> tuple[Article, ...]:
        """Keep visits and what they brought, all or nothing; return the new articles and revisions.

        An article whose id is known and whose title and text are the same is a sighting only. One whose title
        or text changed is kept as the next revision (its number set here, first_seen_at kept). One whose id is not
        known, but one of its keys, is that article if it was seen within two days and its body is similar.
        """
        ...

    def sightings(self, feed_url: str) -> tuple[Arrival, ...]:
        """The articles of the feed's last document, latest revisions, with the keys they are known by."""
        ...

    def weekly_entries(self, since: datetime) -> Mapping[str, int]:
        """How many articles each feed showed whose time (published, else first seen) is `since` or later."""
        ...

    def prune(
        self, *, polls_before: datetime, articles_before: datetime | None = None, dry_run: bool = False
    ) -> tuple[int, int]:
        """Forget old polls, and articles no feed has shown since; return how many of each.

        The last poll of a feed and the last good one stay. Records and stories are never forgotten; an article
        that has no record yet is not either. `dry_run` counts and forgets nothing.
        """
        ...

    def inventory(self) -> Mapping[str, int]:
        """How many there are of each: feeds, fetches, articles …; and of a database `schema` and `bytes`."""
        ...

    def check(self) -> tuple[str, ...]:
        """What is wrong with the data, a line each: broken files, rows that point nowhere. Empty when all is well."""
        ...

    def vacuum(self) -> None:
        """Give the room of what was forgotten back to the disk."""
        ...

    def backup(self, path: Path) -> None:
        """Write a copy that is whole, while others go on writing. Raises `StoreError`."""
        ...

    def article(self, article_id: str, *, as_of: datetime | None = None) -> Article | None:
        """The latest revision of an article, retracted or not."""
        ...

    def articles(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
    ) -> Iterator[Article]:
        """Latest revisions, by published_at (first_seen_at where unknown), oldest first.

        Articles that were retracted are left out, unless `retracted`.
        """
        ...

    def unscored(self, *, as_of: datetime | None = None) -> tuple[Article, ...]:
        """Latest revisions that have no record yet and are not retracted, oldest first."""
        ...

    def add_records(
        self, records: Iterable[Record], *, at: datetime | None = None, run_at: datetime | None = None
    ) -> int:
        """Keep records; how many were not there yet. `run_at` is when the scoring began that made them, where it is known."""
        ...

    def record(self, article_id: str, *, as_of: datetime | None = None) -> Record | None:
        """The latest record of an article, retracted or not."""
        ...

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
        with_figures: bool = False,
    ) -> Iterator[Record]:
        """The latest record of each article, by published_at (first_seen_at where unknown), oldest first.

        Those of articles that were retracted are left out, unless `retracted`; `with_figures` leaves out those that state
        neither a share nor a volume.
        """
        ...

    def listed(
        self, wanted: Wanted, *, after: Place | None = None, limit: int, as_of: datetime | None = None
    ) -> tuple[Listed, ...]:
        """At most `limit` records of a list, those that come after a place in it. Costs what it gives, not what is kept."""
        ...

    def mark(self) -> Mark:
        """How far the store has come: another one after records, stories, retractions or knowledge were added."""
        ...

    def runs(self, *, since: datetime | None = None, as_of: datetime | None = None) -> tuple[datetime, ...]:
        """When each scoring began that made records of articles of `since` or later, oldest first."""
        ...

    def run_records(self, run_at: datetime, *, as_of: datetime | None = None) -> tuple[Record, ...]:
        """Every record of the scoring that began then, in the order they were kept, which is that of scoring."""
        ...

    def told(
        self, article_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, tuple[Article, Record]]:
        """The latest revision and the latest record of each of these articles.

        What lacks either, and what was retracted, is left out.
        """
        ...

    def worded(
        self, revisions: Iterable[tuple[str, int]], *, as_of: datetime | None = None
    ) -> Mapping[tuple[str, int], Article]:
        """These revisions (article id, number) with their words as they were; what is forgotten is left out."""
        ...

    def retract(self, article_id: str, *, at: datetime, why: str) -> bool:
        """Take an article back; False where it is taken back already, or where nothing is known of it."""
        ...

    def retractions(self, *, as_of: datetime | None = None) -> tuple[Retraction, ...]:
        """In the order they were made."""
        ...

    def revised(self) -> frozenset[str]:
        """The ids of all articles that have records of more than one revision."""
        ...

    def save_stories(self, stories: Iterable[Story], *, at: datetime | None = None) -> None:
        """Keep each story as it is now, as a new version where it differs from the last one."""
        ...

    def stories(
        self, *, since: datetime | None = None, as_of: datetime | None = None, merged: bool = False
    ) -> tuple[Story, ...]:
        """The latest version of each story still going on at `since` or later, by their first article.

        Stories that went into another one are left out, unless `merged`.
        """
        ...

    def stories_by_id(
        self, story_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, Story]:
        """The latest version of each of these stories, those that went into another one as well; without unknown ids."""
        ...

    def note(self, knowledge: Iterable[Knowledge], *, at: datetime) -> None:
        """Keep what records are made with from now on: content once, and an epoch where it is not what was in use."""
        ...

    def knowledge(self, *, as_of: datetime | None = None) -> Mapping[KnowledgeKind, Knowledge]:
        """What was in use last of each kind that is known."""
        ...

    def epochs(self) -> tuple[Epoch, ...]:
        """In the order they began."""
        ...

    def records_after(self, seq: int, *, limit: int) -> tuple[tuple[int, Record], ...]:
        """Records in the order they were kept, each with its number in it, from the first after `seq` on."""
        ...

    def last_record(self) -> int:
        """The number of the record that was kept last, 0 where there is none."""
        ...

    def reached(self, name: str) -> int | None:
        """How far a reader of this name has come; None where it never began."""
        ...

    def post(self, deliveries: Iterable[Delivery] = (), *, marks: Mapping[str, int] | None = None) -> int:
        """Keep what is to be sent, and how far readers have come, all or nothing; how many were not there yet."""
        ...

    def take(self, *, now: datetime, until: datetime) -> tuple[Delivery, ...]:
        """What waits and is due, in the order it was kept; it is due again at `until`, so that nobody else takes it meanwhile."""
        ...

    def save_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Keep what became of them. What is unknown is left out."""
        ...

    def deliveries(self, *, status: DeliveryStatus | None = None) -> tuple[Delivery, ...]:
        """In the order they were kept."""
        ...

    def alerted(self, story_ids: Iterable[str]) -> tuple[Delivery, ...]:
        """The alerts of these stories, whatever became of them, in the order they were kept."""
        ...

    def close(self) -> None:
        """Let go of files and connections; a store in memory is gone then."""
        ...


# ---------------------------------------------------------------- delivery


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered digest, or alerts, in every dress a channel may want.

    `mail` is HTML that mail clients show; empty for the same as `html`. `id` is the same whenever the same message is sent again,
    so that a receiver can tell it from another one; without it a channel that needs one makes it from the content.
    """

    subject: str
    markdown: str
    html: str
    json: str
    id: str = ""
    kind: MessageKind = "digest"
    mail: str = ""


class Channel(Protocol):
    """Takes a message somewhere. Raises `DeliveryError`."""

    @property
    def name(self) -> str:
        """What it is called in the settings and in messages about it; no secret."""
        ...

    def send(self, message: Message) -> None:
        """Take it there, or raise `DeliveryError` (`lasting=True` where another try is no use)."""
        ...
