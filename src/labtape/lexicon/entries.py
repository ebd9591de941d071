"""The rows of the lexicon, as frozen values. The loader makes them; the stations read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from labtape.lexicon.periods import holds

Ambiguity = Literal["none", "low", "high"]


@dataclass(frozen=True, slots=True)
class Alias:
    """A way to write a name. `entity` is a full id (`lab:…`, `model:…`, `person:…`, `ticker:…`).

    `lab` is the id of the organisation behind it (no prefix), None for a name that is never linked.
    `positive` and `negative` are the cue words for and against; case matters when ambiguity is not none.
    """

    surface: str
    language: str
    entity: str | None
    lab: str | None
    ambiguity: Ambiguity
    kind: str  # org | model | product | project | person | ticker | group | negative
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """`EXCHANGE:CODE`, with the ISO dates between which it trades, where known."""

    ticker: str
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where things trade: the code in front of a ticker, and the country; `XX` for none (an index)."""

    id: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Ownership:
    """An owner of a lab from a date to a date; the day of a change belongs to the next owner."""

    parent: str
    since: str | None
    until: str | None
    source: str


@dataclass(frozen=True, slots=True)
class FormerLab:
    """Who had a model family until a date, when it changed hands."""

    lab: str
    until: str
    source: str


@dataclass(frozen=True, slots=True)
class ModelFamily:
    """A family of models; `pattern` finds versioned names and does not disambiguate.

    `lab` has it now; `former_labs` had it before, the earliest first.
    """

    id: str
    name: str
    lab: str
    kind: str
    open_weights: str
    versions: tuple[str, ...]
    pattern: str
    aliases: tuple[Alias, ...]
    released: str | None
    source: str
    former_labs: tuple[FormerLab, ...] = ()

    def lab_at(self, at: date | None = None) -> str:
        """The id of the lab that had the family on a day; without a day, that has it now."""
        return next((former.lab for former in self.former_labs if holds(None, former.until, at)), self.lab)


@dataclass(frozen=True, slots=True)
class Lab:
    """An organisation. `examples` and `counter_examples` are marked sentences that a test walks.

    `parent` is the present owner; `parent_at` says who it was on a day. A `brand` lives on as a name of its owner's: what
    names it since the purchase belongs to the owner.
    """

    id: str
    name: str
    kind: str
    country: str
    city: str | None
    parent: str | None
    status: str
    open_weights: str
    listings: tuple[Listing, ...]
    names: tuple[Alias, ...]
    people: tuple[Alias, ...]
    models: tuple[ModelFamily, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    source: str
    parent_since: str | None = None
    parent_source: str | None = None
    former_parents: tuple[Ownership, ...] = ()
    brand: bool = False

    @property
    def entity(self) -> str:
        """`lab:` for labs and research institutes, `platform:` for platforms, else `company:`."""
        prefix = {"lab": "lab", "research": "lab", "platform": "platform"}.get(self.kind, "company")
        return f"{prefix}:{self.id}"

    @property
    def ownerships(self) -> tuple[Ownership, ...]:
        """Every owner it ever had that we know of, the present one last."""
        if not self.parent:
            return self.former_parents
        present = Ownership(self.parent, self.parent_since, None, self.parent_source or self.source)
        return (*self.former_parents, present)

    def parent_at(self, at: date | None = None) -> Ownership | None:
        """Who owned it on a day; without a day, who owns it now."""
        return next((o for o in self.ownerships if holds(o.since, o.until, at)), None)


@dataclass(frozen=True, slots=True)
class Asset:
    """An equity (`NASDAQ:NVDA`) or a crypto asset (`crypto:TAO`), and what it stands for."""

    ticker: str
    name: str
    theme: str
    market: Literal["equity", "crypto"]
    country: str | None
    lab: str | None
    aliases: tuple[str, ...]
    ai_related: bool
    ambiguity: str
    source: str


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """Something that happened, and how the market took it where a source gave a figure."""

    date: str
    title: str
    type: str
    labs: tuple[str, ...]
    assets: tuple[str, ...]
    reaction: str | None
    horizon: Literal["short", "long"]
    source: str


@dataclass(frozen=True, slots=True)
class PublishedShare:
    """A share figure somebody published; `role` and `statistic` are those of `labtape.types.Share`."""

    value: float
    bound: str
    subject: str
    labs: tuple[str, ...]
    metric: str
    scope: str
    period: str | None
    publisher: str
    reported: str
    source: str
    role: str = "current"
    statistic: str = "unknown"


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed address and what is known of it; `evidence` says whether anybody saw it answer."""

    url: str
    title: str
    publisher: str
    language: str
    category: str
    evidence: str


@dataclass(frozen=True, slots=True)
class EventType:
    """`leaning` is the prior polarity of the kind in [-1, 1]; cues are regular expressions, EN and ZH."""

    id: str
    title: str
    leaning: float
    cues: tuple[str, ...]
    strong_cues: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelSet:
    """An ordered, versioned set of labels. `signs` maps each to -1, 0 or 1."""

    id: str
    version: str
    labels: tuple[str, ...]
    signs: Mapping[str, int]
    neutral: str


@dataclass(frozen=True, slots=True)
class Relation:
    """How `asset` moves with `lab`: `via` is supplier, customer, rival, host or holder; sign -1 or 1."""

    lab: str
    asset: str
    via: str
    sign: int
    source: str
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Market:
    """A market a reader may watch: `labs`, `countries`, `kinds` and `themes` say who belongs to it."""

    id: str
    name: str
    labs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything labtape knows without reading news. `version` is its date, `digest` of its rows."""

    version: str
    digest: str
    labs: Mapping[str, Lab]
    models: Mapping[str, ModelFamily]
    aliases: tuple[Alias, ...]  # every alias of every lab, model and person, and the never-linked
    assets: tuple[Asset, ...]
    events: tuple[DatedEvent, ...]
    shares: tuple[PublishedShare, ...]
    feeds: tuple[KnownFeed, ...]
    event_types: Mapping[str, EventType]
    label_sets: Mapping[str, LabelSet]
    markets: Mapping[str, Market]
    relations: tuple[Relation, ...]
    countries: Mapping[str, str]  # word ("Chinese", "Beijing", "中国") -> ISO code
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)

    # Each method answers for a day; without one, for what has not ended.

    def lab_of(self, entity: str, at: date | None = None) -> Lab | None:
        """The organisation behind an entity id such as `model:qwen` or `lab:deepseek`."""
        kind, _, name = entity.partition(":")
        owner = self.owner_of(name, at) if kind == "model" else name
        return self.labs.get(owner) if owner else None

    def owner_of(self, family_id: str, at: date | None = None) -> str | None:
        """The id of the lab that has a model family; None where the family is not known."""
        family = self.models.get(family_id)
        return family.lab_at(at) if family else None

    def families_of(self, lab_id: str, at: date | None = None) -> tuple[ModelFamily, ...]:
        """The model families that a lab has, without those that were released later."""
        return tuple(
            family
            for family in self.models.values()
            if family.lab_at(at) == lab_id and holds(family.released, None, at)
        )

    def parents(self, lab_id: str, at: date | None = None) -> tuple[str, ...]:
        """The lab's id, then its owner's, and so on up."""
        chain: list[str] = []
        current: str | None = lab_id
        while current and current in self.labs and current not in chain:
            chain.append(current)
            owner = self.labs[current].parent_at(at)
            current = owner.parent if owner else None
        return tuple(chain)

    def listed_as(self, lab_id: str, at: date | None = None) -> str | None:
        """Whose shares stand for the lab: its own id, else that of the nearest listed owner; None for neither."""
        return next((owner for owner in self.parents(lab_id, at) if self._open_listings(owner, at)), None)

    def listings_of(self, lab_id: str, at: date | None = None) -> tuple[Listing, ...]:
        """The lab's own listings, or the nearest listed owner's."""
        listed = self.listed_as(lab_id, at)
        return self._open_listings(listed, at) if listed else ()

    def tickers(self, lab_id: str, at: date | None = None) -> tuple[str, ...]:
        """The tickers of the lab's own listings, or of the nearest listed owner's."""
        return tuple(listing.ticker for listing in self.listings_of(lab_id, at))

    def _open_listings(self, lab_id: str, at: date | None) -> tuple[Listing, ...]:
        return tuple(x for x in self.labs[lab_id].listings if holds(x.since, x.until, at))


@dataclass(frozen=True, slots=True, eq=False)
class ByDigest:
    """A lexicon as a cache key: two with one digest are the same."""

    lexicon: Lexicon

    def __hash__(self) -> int:
        return hash(self.lexicon.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByDigest) and other.lexicon.digest == self.lexicon.digest
