"""Which nouns exist.

One frozen type per stage of a news item's life:

    Fetched -> Entry -> Article -> Annotated -> Story -> Signal  =>  Record

`Record` is what leaves the house: its fields are those of docs/record.md, name for name, and its
JSON Schema is made from these very classes (`labtape.report.schema`). The findings inside it
(`Mention`, `Share`, …) are the same objects the stations hand to each other.

All offsets are Python string indices into `Article.full`, that is `title + "\\n\\n" + text`, and
`full[start:end] == text` holds for everything that carries a `text`. All times are aware and UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

SCHEMA = "labtape.record/1"

Precision = Literal["second", "minute", "day", "none"]
PagePolicy = Literal["short", "always", "never"]
MentionRole = Literal["subject", "comparator", "venue", "source", "speaker", "other"]
Bound = Literal["exact", "about", "over", "under", "range"]
ShareRole = Literal["current", "baseline", "projected"]
Statistic = Literal["snapshot", "mean", "peak", "cumulative", "unknown"]
Modality = Literal["measured", "forecast", "opinion"]
VolumeUnit = Literal["tokens", "requests"]
Per = Literal["day", "week", "month", "year"]
Direction = Literal["up", "down", "none"]
PercentageKind = Literal[
    "growth", "price_change", "rate", "margin", "benchmark", "probability", "stake", "other"
]
GeoDirection = Literal["tightening", "easing", "rivalry", "none"]
GeoStage = Literal["act", "threat", "talk", "none"]
State = Literal["directional", "flat", "mixed", "no_transmission", "insufficient", "out_of_scope"]
Support = Literal["quoted", "derived", "rule"]


# ---------------------------------------------------------------- before the stations


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "has it changed?" with; opaque strings."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A source to poll: an http(s) address or a `file:` one, and what the list says about it.

    `pages` says when the articles' own pages are fetched: `short` where the feed gives less than a paragraph,
    `always`, `never`; None leaves it to the settings.
    """

    url: str
    title: str | None = None
    publisher: str | None = None
    language: str | None = None
    category: str | None = None
    pages: PagePolicy | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to one request: bytes as sent, after content decoding. `body` is empty on 304.

    `moved_to` is the final address when every hop was permanent (301, 308). `max_age` is what Cache-Control allows, in
    seconds; `retry_at` is Retry-After as a moment. `n_bytes` came over the wire, in `seconds`.
    """

    url: str
    final_url: str
    status: int
    body: bytes
    fetched_at: datetime
    media_type: str | None = None
    charset: str | None = None
    validators: Validators = Validators()
    moved_to: str | None = None
    max_age: int | None = None
    retry_at: datetime | None = None
    n_bytes: int = 0
    seconds: float = 0.0

    @property
    def is_unchanged(self) -> bool:
        """Whether the server said that nothing has changed."""
        return self.status == 304


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, as written there. `summary` and `content` may hold HTML, uncleaned.

    `has_future_date` says that a date was given and not taken, because it had not come yet.
    """

    guid: str | None
    url: str | None
    title: str
    summary: str
    content: str
    published_at: datetime | None
    published_precision: Precision
    feed_url: str
    publisher: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    has_future_date: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """What is scored: a title and a plain text with an identity. `revision` starts at 1.

    `flags` say what befell it on the way, sorted: `future_date` (the date given lay ahead, so it is ordered by when it was
    first seen), `full_text` (the text is that of its page), `paywalled` (its page shows only the beginning).
    """

    id: str
    title: str
    text: str
    url: str | None = None
    canonical_url: str | None = None
    publisher: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    published_precision: Precision = "none"
    first_seen_at: datetime | None = None
    revision: int = 1
    flags: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """The string all offsets point into.

        >>> article = Article("a1", "Qwen gains", "It holds 18%.")
        >>> article.full
        'Qwen gains\\n\\nIt holds 18%.'
        """
        return f"{self.title}\n\n{self.text}"

    @property
    def content_hash(self) -> str:
        """A digest of title and text to the letter: equal words, and only they, have equal ones."""
        return "sha256:" + hashlib.sha256(self.full.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def order_at(self) -> datetime | None:
        """The time an article is ordered by: published, else first seen."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article as a feed brought it, with the other names it may be known by, strongest first.

    `keys` outlive a change of guid or address: a store that knows one of them, seen within two days and with a similar
    body, takes the article for a revision of the one it has. `shown` is the content hash of what the feed itself shows,
    where the article's text is that of its page (None: the article's own): a feed that goes on showing it has not changed.
    """

    article: Article
    keys: tuple[str, ...] = ()
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document, read: what it brought, in its order, and what it says about when to come back.

    `ttl` is in seconds; `skip_hours` are hours of the day in UTC, `skip_days` weekdays (Monday is 0). `is_cut` says that it
    ends before its own end, as an answer does whose connection broke. `n_left_out` entries are beyond the most that are
    read of one document.
    """

    arrivals: tuple[Arrival, ...]
    title: str | None = None
    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    is_cut: bool = False
    n_left_out: int = 0

    @property
    def n_undated(self) -> int:
        """How many entries came without a date."""
        return sum(a.article.published_at is None for a in self.arrivals)

    @property
    def n_empty(self) -> int:
        """How many entries came without a text."""
        return sum(not a.article.text.strip() for a in self.arrivals)


# ---------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open offsets into `Article.full`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A span with its words: `full[start:end] == text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text, linked. `entity` is the finest thing named, `lab` who it belongs to."""

    start: int
    end: int
    text: str
    entity: str
    lab: str | None
    role: MentionRole
    in_title: bool
    confidence: float
    rule: str


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A name that means something else here, or nothing certain."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Period:
    """When a figure holds: as worded, and as ISO dates (both ends included) where the words allow."""

    text: str
    start: str | None = None
    end: str | None = None

    @property
    def is_now(self) -> bool:
        """Whether the words say "now", which dates a figure no better than its article does."""
        return self.text.casefold() in _PRESENT


_PRESENT = frozenset(
    ["now", "currently", "today", "at present", "presently", "at the moment", "these days", "nowadays"]
)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The other side of a check that stands in another article: which, and the words it rests on."""

    article_id: str
    text: str
    url: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One finding about a claim that does not hold up. Names are those of docs/record.md.

    `evidence` lies in the article itself, both figures where it has both; `other` is the second where another article has it.
    """

    name: str
    detail: str
    evidence: tuple[Span, ...] = ()
    other: Counterpart | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole held by someone: value and interval, of what, where, when, who says so.

    `hop_count` is how far the words are from who counted: 0 the article's own count, or the holder about itself, 1 a source
    that is named, 2 a source quoted by another one; None where nobody is named, and in records of engines that did not read it.
    """

    start: int
    end: int
    text: str
    value: float
    low: float
    high: float
    bound: Bound
    role: ShareRole
    statistic: Statistic
    subject: str | None
    subject_entities: tuple[str, ...]
    subject_labs: tuple[str, ...]
    metric: str | None
    population: str | None
    platform: str | None
    scope: str | None
    period: Period | None
    attributed_to: str | None
    modality: Modality
    sentence: Span
    rule: str
    comparability_key: str
    checks: tuple[Check, ...] = ()
    hop_count: int | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """An amount of use that is stated as such: how many single tokens or requests, in what time, whose.

    `per` is the time that one such amount takes ("18 trillion tokens a week"), None for an amount that is a total.
    `rank` is the place in an order that the text gives the holder for it ("seventh with 1.5T").
    """

    start: int
    end: int
    text: str
    value: float
    low: float
    high: float
    bound: Bound
    unit: VolumeUnit
    per: Per | None
    rank: int | None
    role: ShareRole
    subject: str | None
    subject_entities: tuple[str, ...]
    subject_labs: tuple[str, ...]
    population: str | None
    platform: str | None
    period: Period | None
    attributed_to: str | None
    sentence: Span
    rule: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Percentage:
    """Any other number in percent, points or a fraction: what it measures and which way it went."""

    start: int
    end: int
    text: str
    value: float
    low: float
    high: float
    bound: Bound
    direction: Direction
    kind: PercentageKind
    rule: str


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. `type` is an id of the lexicon's event types; the span is its evidence."""

    type: str
    p: float
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Geopolitics:
    """Whether states act or are aimed at, which, in what direction and how far it has gone."""

    relevant: bool
    p: float
    actors: tuple[str, ...] = ()
    direction: GeoDirection = "none"
    stage: GeoStage = "none"
    evidence: tuple[Span, ...] = ()
    rule: str = "none"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks, with who says them where the sentence tells."""

    start: int
    end: int
    text: str
    speaker: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """An article and everything read off it without a model."""

    article: Article
    language: str
    sentences: tuple[Span, ...] = ()
    mentions: tuple[Mention, ...] = ()
    unlinked: tuple[Unlinked, ...] = ()
    shares: tuple[Share, ...] = ()
    percentages: tuple[Percentage, ...] = ()
    volumes: tuple[Volume, ...] = ()
    events: tuple[Event, ...] = ()
    geopolitics: Geopolitics = Geopolitics(relevant=False, p=0.0)
    quotations: tuple[Quotation, ...] = ()
    summary: tuple[Span, ...] = ()


# ---------------------------------------------------------------- story


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article stands in its story, at the moment it was placed.

    `novelty` is 0.75 ** n, n the earlier articles of the story in the 24 hours before this one.
    """

    id: str
    novelty: float = 1.0
    n_articles: int = 1
    n_origins: int = 1


StoryChangeKind = Literal["merged", "split", "joined", "revised", "retracted"]


@dataclass(frozen=True, slots=True)
class StoryChange:
    """That two stories turned out to be one, or one to be two; or that an article in it was corrected or taken back.

    `merged`: this story took in `other`, `joined`: it went into `other`; `split`: `article_ids` left this story for `other`,
    or came from there where this story's id is the younger. `at` is the time of the article that showed it.
    `revised`, `retracted`: `article_ids` have other words now, or are not in the story any more; `other` is empty, and `at` is when
    the story was issued anew.
    """

    kind: StoryChangeKind
    at: datetime
    other: str
    article_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that tell one event, oldest first, and which of them are copies of each other.

    A story that went into another has no articles any more, and says where they are (`merged_into`).
    """

    id: str
    article_ids: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    origins: tuple[tuple[str, ...], ...] = ()
    history: tuple[StoryChange, ...] = ()
    merged_into: str | None = None


# ---------------------------------------------------------------- verdict


@dataclass(frozen=True, slots=True)
class ModelRef:
    """Which bundle judged, so that the same bytes can be made again."""

    bundle: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether an article is about AI labs and what trades with them; `p` is the probability that it is, in [0, 1]."""

    relevant: bool
    p: float


@dataclass(frozen=True, slots=True)
class Driver:
    """What moved the verdict: a kind of finding, its sign (-1, 0, 1), its weight in [0, 1]."""

    type: str
    polarity: int
    weight: float
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Horizon:
    """What the article likely does over 1 to 5 sessions (short), or over 20 to 120 (long), and what of it moves that."""

    label: str
    p: Mapping[str, float]
    text: str
    drivers: tuple[Driver, ...] = ()


@dataclass(frozen=True, slots=True)
class Analogue:
    """A dated event of the lexicon like this one, with what the market did where a source says."""

    event: str
    similarity: float
    reaction: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of ours and what it rests on. `support`: quoted, derived from fields, or a rule."""

    text: str
    evidence: tuple[Span, ...]
    support: Support
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the article likely does to `target` over days to weeks; Neutral carries its `state`."""

    target: str
    label: str
    p: Mapping[str, float]
    score: float
    state: State
    confidence: float
    label_set: tuple[str, ...]
    horizons: Mapping[str, Horizon]
    drivers: tuple[Driver, ...]
    analogues: tuple[Analogue, ...]
    takeaway: Sentence
    would_change_if: tuple[str, ...]
    rationale: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """A listed thing that moves with a lab: through which relation, and with which sign."""

    ticker: str
    via: str
    sign: int


@dataclass(frozen=True, slots=True)
class EntityVerdict:
    """What the article likely does to one lab or company that it names as a subject, and to what moves with it.

    `score` is p(up) - p(down), in [-1, 1]; `relevance`, in [0, 1], is how much of the article it is about.
    """

    entity: str
    label: str
    p: Mapping[str, float]
    score: float
    relevance: float
    exposure: tuple[Exposure, ...] = ()
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class MarketVerdict:
    """What it means for one market. `via` is the chain from an entity with a verdict to it."""

    market: str
    label: str
    p: Mapping[str, float]
    state: State
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """One judgement of one article at one time. Never changed: a later view is a new signal."""

    article_id: str
    made_at: datetime
    model: ModelRef
    relevance: Relevance
    verdict: Verdict
    entity_verdicts: tuple[EntityVerdict, ...] = ()
    markets: tuple[MarketVerdict, ...] = ()


# ---------------------------------------------------------------- what leaves the house


@dataclass(frozen=True, slots=True)
class Record:
    """What labtape says about one article; docs/record.md defines every field."""

    id: str
    url: str | None
    canonical_url: str | None
    title: str
    publisher: str | None
    language: str
    published_at: datetime | None
    published_precision: Precision
    first_seen_at: datetime | None
    scored_at: datetime
    available_at: datetime
    revision: int
    content_hash: str
    input_hash: str
    engine: str
    kb: str
    model: ModelRef
    relevance: Relevance
    mentions: tuple[Mention, ...]
    unlinked: tuple[Unlinked, ...]
    shares: tuple[Share, ...]
    percentages: tuple[Percentage, ...]
    volumes: tuple[Volume, ...] = field(default=(), kw_only=True)  # records of earlier engines have none
    events: tuple[Event, ...]
    geopolitics: Geopolitics
    verdict: Verdict
    entity_verdicts: tuple[EntityVerdict, ...]
    markets: tuple[MarketVerdict, ...]
    summary: tuple[Span, ...]
    key_quotes: tuple[Passage, ...]
    story: Placement
    schema: str = field(default=SCHEMA)

    @property
    def order_at(self) -> datetime:
        """The time a record is ordered by: published, else first seen, else scored."""
        return self.published_at or self.first_seen_at or self.scored_at
