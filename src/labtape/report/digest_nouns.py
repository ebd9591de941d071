"""The digest as values: what `compose.digest` decides and every renderer shows.

    Digest
    ├── counts, notes                 how much was read, and whether the day is thin
    ├── stories      StoryItem…       ranked; labs, claims, patterns, quotes, sources of each
    ├── series       Series…          the ledger of share claims, by comparability key
    ├── not_comparable, dropped       figures that may not be joined; denominators lost on the way
    ├── disputes     Dispute…         where sources disagree, on a verdict or on a figure
    ├── markets      MarketLine…      the day for each market of the lexicon
    └── skipped      Skipped…         what was out of scope, and why

All words in it are cleaned (one line, no control characters), and every `url` is http(s) or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from labtape.ledger import NotComparable, Series, ShareRow
from labtape.story_record import Related, StoryVerdict
from labtape.story_record.nouns import PhaseName
from labtape.types import Counterpart, Precision, State

DIGEST_SCHEMA = "labtape.digest/1"
# Stories after these are shown by their headline and verdict; a page can unfold them.
FULL_STORIES = 10


@dataclass(frozen=True, slots=True)
class HorizonLine:
    """What is likely in the `short` or `long` term."""

    name: str
    label: str
    p: float
    text: str


@dataclass(frozen=True, slots=True)
class LabLine:
    """A lab of a story: who it is, what trades, and its own verdict where it is a subject."""

    entity: str
    name: str
    country: str | None
    role: str
    models: tuple[str, ...]
    tickers: tuple[str, ...]
    label: str | None = None
    p: float | None = None
    exposure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One article of a story; `is_copy` when it repeats an earlier one."""

    publisher: str | None
    url: str | None
    at: datetime | None
    is_copy: bool


@dataclass(frozen=True, slots=True)
class StoryItem:
    """One story: the article that tells most, its verdict, and what else is known about it.

    `importance`, `credibility`, `phase`, `story_verdict` and `also_read` are those of the story's own record
    (docs/story_record.md); `label` and what goes with it are the leading article's. `primary_source` is whom
    other outlets have it from, None where they all have it by themselves.
    """

    rank: int
    story_id: str
    article_id: str
    headline: str
    url: str | None
    publisher: str | None
    at: datetime | None
    precision: Precision  # "none" where `at` is only when the item was first seen
    is_new: bool
    is_watched: bool
    importance: float
    label: str
    polarity: int
    p: Mapping[str, float]
    confidence: float
    score: float
    state: State
    state_words: str
    target: str
    target_name: str
    why: str
    horizons: tuple[HorizonLine, ...]
    patterns: tuple[str, ...]
    would_change_if: tuple[str, ...]
    quotes: tuple[str, ...]
    labs: tuple[LabLine, ...]
    events: tuple[str, ...]
    geopolitics: str | None
    claims: tuple[ShareRow, ...]
    sources: tuple[Source, ...]
    n_articles: int
    n_origins: int
    phase: PhaseName
    primary_source: str | None
    credibility: float
    story_verdict: StoryVerdict
    also_read: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A share retold without its denominator: the bare claim, its words, and the article that states the whole, with its words."""

    claim: ShareRow
    quote: str
    source: Counterpart


@dataclass(frozen=True, slots=True)
class Side:
    publisher: str | None
    url: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two sources that cannot both be right, or that read the same story in opposite ways."""

    about: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class MarketLine:
    """The day for one market: the net of the stories that reach it, and the one that weighs most."""

    market: str
    name: str
    label: str
    polarity: int
    score: float
    n_up: int
    n_down: int
    why: str | None


@dataclass(frozen=True, slots=True)
class Skipped:
    title: str
    url: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    n_articles: int
    n_in_scope: int
    n_skipped: int
    n_stories: int
    n_new: int
    n_sources: int
    n_claims: int
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Digest:
    """What a trader should know of the time from `since` to `until`."""

    title: str
    since: datetime
    until: datetime
    made_at: datetime
    engine: str
    kb: str
    models: tuple[str, ...]
    watchlist: tuple[str, ...]
    counts: Counts
    notes: tuple[str, ...]
    stories: tuple[StoryItem, ...]
    series: tuple[Series, ...]
    not_comparable: tuple[NotComparable, ...]
    dropped: tuple[Dropped, ...]
    disputes: tuple[Dispute, ...]
    markets: tuple[MarketLine, ...]
    skipped: tuple[Skipped, ...]
    schema: str = field(default=DIGEST_SCHEMA)

    @property
    def n_stories_left_out(self) -> int:
        """How many stories, the last in order, are only counted."""
        return self.counts.n_stories - len(self.stories)

    @property
    def n_claims_left_out(self) -> int:
        """How many share claims the ledger shown here leaves to `labtape shares`."""
        return self.counts.n_claims - sum(len(group.rows) for group in self.series)
