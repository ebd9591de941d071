"""The digest as values: what `compose.digest` decides and every renderer shows.

    Digest
    ├── counts, notes                 how much was read, and whether the day is thin
    ├── stories      StoryItem…       ranked; labs, claims, patterns, quotes, sources of each, `changes` of those that go on
    ├── corrections  Corrected…       articles that were revised or retracted since, and what of them was told
    ├── over_time, attention          verdicts by time, stories by lab: what charts show
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
from itertools import zip_longest
from typing import Literal

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
    url: str | None = None


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
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One article of a story; `is_copy` when it repeats an earlier one."""

    publisher: str | None
    url: str | None
    at: datetime | None
    is_copy: bool


@dataclass(frozen=True, slots=True)
class VerdictMove:
    """How a story's verdict was at the last digest and how it is: labels with their probabilities."""

    from_label: str
    from_p: float
    to_label: str
    to_p: float


@dataclass(frozen=True, slots=True)
class StoryChanges:
    """What came into a story since the last digest.

    `sources` are new independent ones, `figures` share claims that nobody told before, in words; `moved` is None while the
    verdict stays within ten points under the same label; `merges` says what it took in, split with, or had corrected.
    """

    n_articles: int
    sources: tuple[str, ...] = ()
    moved: VerdictMove | None = None
    figures: tuple[str, ...] = ()
    merges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryItem:
    """One story: the article that tells most, its verdict, and what else is known about it.

    `importance`, `credibility`, `phase`, `story_verdict` and `also_read` are those of the story's own record
    (docs/story_record.md); `label` and what goes with it are the leading article's. `primary_source` is whom
    other outlets have it from, None where they all have it by themselves. `why_url` and `quote_urls` (one a quote) lead to
    the words in the article, as far as its page still has them; `changes` is None for a new story.
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
    why_url: str | None = None
    quote_urls: tuple[str | None, ...] = ()
    pattern_urls: tuple[str | None, ...] = ()
    changes: StoryChanges | None = None

    @property
    def linked_quotes(self) -> tuple[tuple[str, str | None], ...]:
        """Each quote with where it stands."""
        return tuple(zip_longest(self.quotes, self.quote_urls[: len(self.quotes)]))

    @property
    def linked_patterns(self) -> tuple[tuple[str, str | None], ...]:
        """Each line of the historical pattern with its source, where that has an address."""
        return tuple(zip_longest(self.patterns, self.pattern_urls[: len(self.patterns)]))


@dataclass(frozen=True, slots=True)
class Corrected:
    """An article that was revised or retracted since the last digest: when, why, and what of it was told, was → is."""

    article_id: str
    kind: Literal["revised", "retracted"]
    at: datetime
    title: str
    url: str | None
    why: str | None
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeCount:
    """How many stories began to be told from `start` up to `end`, by their verdict's label."""

    start: datetime
    end: datetime
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Attention:
    """A lab, how many stories it is a subject of, and the mean of p(up) - p(down) of their verdicts for it, in [-1, 1]."""

    entity: str
    name: str
    tickers: tuple[str, ...]
    n_stories: int
    score: float
    polarity: int


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
    n_below: int = 0  # stories that the reader's minimum confidence or labels keep out of the list


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
    corrections: tuple[Corrected, ...] = ()
    over_time: tuple[TimeCount, ...] = ()
    attention: tuple[Attention, ...] = ()
    min_confidence: float = 0.0
    labels: tuple[str, ...] = ()
    schema: str = field(default=DIGEST_SCHEMA)

    @property
    def new(self) -> tuple[StoryItem, ...]:
        """The stories shown that began in this time."""
        return tuple(item for item in self.stories if item.is_new)

    @property
    def changed(self) -> tuple[StoryItem, ...]:
        """The stories shown that go on, with what came into them."""
        return tuple(item for item in self.stories if item.changes)

    @property
    def n_stories_left_out(self) -> int:
        """How many stories, the last in order, are only counted."""
        return self.counts.n_stories - self.counts.n_below - len(self.stories)

    @property
    def n_claims_left_out(self) -> int:
        """How many share claims the ledger shown here leaves to `labtape shares`."""
        return self.counts.n_claims - sum(len(group.rows) for group in self.series)
