"""The story's own record as values: what leaves the house about one story.

StoryRecord
├── counts        Counts           articles in the last 12 hours … 7 days
├── origins       Source…          a forest, depth first: who has it from whom; `primary` is whose story it is
├── phase, days_since_similar      where it stands in its life
├── importance, credibility Score  in [0, 1], with parts that add up
├── summary, quotes Extract…       sentences and quotations as they stand in articles
├── figures       Figure…          agreed, disputed, single
├── verdict       StoryVerdict     from one vote per origin
├── changes       Changes          since the time asked for
└── related       Related…         other stories to read
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from labtape.ledger import Status
from labtape.story.origins import How
from labtape.types import Bound, State

STORY_SCHEMA = "labtape.story/1"
PhaseName = Literal["breaking", "developing", "sustained", "fading"]
FigureState = Literal["agreed", "disputed", "single"]


@dataclass(frozen=True, slots=True)
class Lead:
    """The article a reader should open, and why it is this one."""

    article_id: str
    url: str | None
    publisher: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Articles of the story in the last so many hours before the record was made, and in all."""

    h12: int
    h24: int
    h72: int
    h120: int
    h168: int
    all: int


@dataclass(frozen=True, slots=True)
class Source:
    """One article, or an outlet that is credited and has none here, in the forest of who has it from whom.

    `id` is an article's id, or `outlet:` and an outlet's; `parent` is the id it has it from, None at a root; `depth` is the
    number of steps to the root. `tier` is 1 to 4 (`story/data/outlet_tiers.tsv`) with its reason, None where unknown.
    """

    id: str
    parent: str | None
    how: How
    depth: int
    outlet: str | None
    publisher: str | None
    url: str | None
    at: datetime | None
    tier: int | None
    tier_reason: str


@dataclass(frozen=True, slots=True)
class Primary:
    """Whose story it is: the root that most outlets go back to, the earliest of equals.

    `n_articles` of the story are in its tree, of `n_outlets` others beside its own. `weight` in [0, 1] is what its word counts for, by its tier.
    """

    id: str
    name: str
    n_articles: int
    n_outlets: int
    tier: int | None
    weight: float
    why: str


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a story stands in its life, and the sentence that says why."""

    name: PhaseName
    why: str


@dataclass(frozen=True, slots=True)
class Similar:
    """The nearest earlier story of the same kind of event about the same lab or share series; `days` between beginnings."""

    story_id: str
    headline: str
    days: float


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing adds to a score, and the most it could."""

    name: str
    value: float
    most: float
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """A number in [0, 1]: the sum of its parts."""

    value: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """Words as they stand in an article: `full[start:end] == text`. `n_origins` independent sources carry them."""

    article_id: str
    start: int
    end: int
    text: str
    n_origins: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A share claim of the story. `agreed`: figures that meet, told by two origins or more; `disputed`: others exclude it.

    `status` is that of the ledger among the story's own claims; `against` are ids of claims (`id`) that exclude it.
    """

    id: str
    state: FigureState
    status: Status
    who: str
    words: str
    value: float
    low: float
    high: float
    bound: Bound
    comparability_key: str
    period: str | None
    n_origins: int
    origins: tuple[str, ...]
    article_ids: tuple[str, ...]
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """What one origin says: its most relevant article, and the weight of its word (relevance times its source's weight)."""

    article_id: str
    origin: str
    label: str
    score: float
    weight: float


@dataclass(frozen=True, slots=True)
class StoryVerdict:
    """What the story likely does to `target`: the weighted mean of the probabilities of one vote per origin.

    `spread` is the greatest difference of two votes' scores; `is_split` says that some point up and some down.
    Origins that point at another asset alone have no vote.
    """

    target: str
    label: str
    p: Mapping[str, float]
    score: float
    confidence: float
    state: State
    spread: float
    is_split: bool
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """How the verdict was and how it is, each on the articles known then."""

    from_label: str
    from_score: float
    to_label: str
    to_score: float


@dataclass(frozen=True, slots=True)
class Changes:
    """What came after `since`. `moved` is None while the label stays; for a story that is new altogether all is new."""

    since: datetime
    is_new: bool
    article_ids: tuple[str, ...]
    origins: tuple[str, ...]
    figures: tuple[str, ...]
    moved: Moved | None
    merges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another story one might read, how alike it is in [0, 1], and in what."""

    story_id: str
    headline: str
    article_id: str
    url: str | None
    first_at: datetime
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """What labtape says about one story; docs/story_record.md defines every field."""

    id: str
    made_at: datetime
    first_at: datetime
    last_at: datetime
    headline: str
    lead: Lead
    article_ids: tuple[str, ...]
    labs: tuple[str, ...]
    events: tuple[str, ...]
    counts: Counts
    n_origins: int
    origins: tuple[Source, ...]
    primary: Primary
    phase: Phase
    days_since_similar: float | None
    similar: Similar | None
    importance: Score
    credibility: Score
    summary: tuple[Extract, ...]
    quotes: tuple[Extract, ...]
    figures: tuple[Figure, ...]
    verdict: StoryVerdict
    changes: Changes | None
    related: tuple[Related, ...]
    schema: str = field(default=STORY_SCHEMA)
