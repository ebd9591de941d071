"""What the text shows of each event type, as numbers: cues by place and kind, and what the other finders found.

`annotate.events` weighs them, `train.events_model` learns the weights from them: there is no second copy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from labtape.annotate.patterns import PatternSet, fold, lead_start, pattern_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labtape.lexicon.entries import EventType, Lexicon
    from labtape.types import Mention, Percentage, Share

#: Characters of the body that are read, and those of them that count as lead (250 to 600 score alike).
BODY = 1400
LEAD = 400
#: The same kind of cue in the same place counts twice at most, so that a long body never outvotes a title.
MOST = 2.0
#: What one cue weighs by place, to find the best sentence and for types without learned weights: (strong, weak).
WEIGHTS = {"title": (2.6, 1.1), "lead": (1.3, 0.5), "body": (0.35, 0.1)}
_QUESTION = re.compile(r"(?:why|how|what|is|are|can|will|should|the|inside) ")
_QUOTE = re.compile(r"['\"‘“].{12,}")
_COLON = re.compile(r"[^:：]{3,40}[:：] ?\S")
_SHORT = 300


@dataclass(frozen=True, slots=True)
class Cue:
    """The cue that tells most of a type: where it is, its words, what it weighs, and in which place it stands."""

    at: int
    words: str
    weight: float
    rule: str


@dataclass(slots=True)
class EventFeatures:
    """Values by name (`cue:<type>:<place>:<strength>`, `share:<place>`, …), and the best cue of each type."""

    values: dict[str, float] = field(default_factory=dict)
    best: dict[str, Cue] = field(default_factory=dict)

    def add(self, kind: str, zone: str, at: int, words: str, *, is_strong: bool) -> None:
        """Count one cue of a type."""
        strength = "strong" if is_strong else "weak"
        name = f"cue:{kind}:{zone}:{strength}"
        self.values[name] = min(MOST, self.values.get(name, 0.0) + 1.0)
        weight = WEIGHTS[zone][0 if is_strong else 1]
        best = self.best.get(kind)
        if best is None or weight > best.weight:
            self.best[kind] = Cue(at, words, weight, f"{strength}-cue:{zone}")


@dataclass(frozen=True, slots=True)
class _Cues:
    """All cues of a lexicon: expression n speaks for `types[n]`, strongly or weakly."""

    patterns: PatternSet
    types: tuple[str, ...]
    strong: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Types:
    """The event types of a lexicon; the digest stands for them where they are compared."""

    digest: str
    types: tuple[EventType, ...] = field(compare=False)


@lru_cache(maxsize=8)
def _cues(of: _Types) -> _Cues:
    rows = [
        (kind.id, source, is_strong)
        for kind in of.types
        for sources, is_strong in ((kind.strong_cues, True), (kind.cues, False))
        for source in sources
    ]
    return _Cues(
        pattern_set([row[1] for row in rows]), tuple(row[0] for row in rows), tuple(row[2] for row in rows)
    )


def event_features(
    full: str,
    title_end: int,
    mentions: Sequence[Mention],
    shares: Sequence[Share],
    percentages: Sequence[Percentage],
    lexicon: Lexicon,
) -> EventFeatures:
    """Everything that speaks for or against event types in one article."""
    folded = fold(full[: title_end + 2 + BODY])
    places = _Places(title_end, lead_start(folded, title_end) + LEAD)
    features = EventFeatures()
    cues = _cues(_Types(lexicon.digest, tuple(lexicon.event_types.values())))
    seen: set[tuple[int, str]] = set()
    for number, at, end in cues.patterns.scan(folded):
        zone = places.zone(at)
        if (number, zone) not in seen:
            seen.add((number, zone))
            features.add(cues.types[number], zone, at, folded[at:end], is_strong=cues.strong[number])
    _add_findings(features, places, mentions, shares, percentages)
    for name in _forms(folded[:title_end], len(full) - title_end):
        features.values[f"form:{name}"] = 1.0
    return features


@dataclass(frozen=True, slots=True)
class _Places:
    title_end: int
    lead_end: int

    def zone(self, at: int) -> str:
        """Title, lead or body.

        >>> [_Places(10, 50).zone(at) for at in (3, 20, 70)]
        ['title', 'lead', 'body']
        """
        if at < self.title_end:
            return "title"
        return "lead" if at < self.lead_end else "body"


def _add_findings(
    features: EventFeatures,
    places: _Places,
    mentions: Sequence[Mention],
    shares: Sequence[Share],
    percentages: Sequence[Percentage],
) -> None:
    """A current share outside the body is a strong cue of adoption, a price change of a market move; the rest stands for itself."""
    values = features.values
    for share in shares[:6]:
        zone = places.zone(share.start)
        if share.role == "current":
            values[f"share:{zone}"] = 1.0
            if zone != "body":
                features.add("adoption_share", zone, share.start, share.text, is_strong=True)
    for percentage in percentages[:8]:
        zone = places.zone(percentage.start)
        values[f"percentage:{percentage.kind}:{zone}"] = 1.0
        if percentage.kind == "price_change" and zone != "body":
            features.add("market_move", zone, percentage.start, percentage.text, is_strong=True)
    for mention, name in _named(mentions):
        values[f"named:{name}"] = 1.0
        if name == "version":
            features.add("model_release", "title", mention.start, mention.text, is_strong=False)
    if any(m.entity.startswith("ticker:") for m in mentions[:10]):
        values["named:ticker"] = 1.0
    n_labs = len({m.lab for m in mentions if m.in_title and m.lab})
    values[f"labs:{min(3, n_labs)}"] = 1.0


def _named(mentions: Sequence[Mention]) -> Iterator[tuple[Mention, str]]:
    """Yield the first model, versioned model, person and state of the title."""
    seen: set[str] = set()
    for mention in mentions:
        if not mention.in_title:
            continue
        kind = mention.entity.partition(":")[0]
        names = [kind] if kind in ("model", "person", "country") else []
        if kind == "model" and any(c.isdigit() for c in mention.text):
            names.append("version")
        for name in names:
            if name not in seen:
                seen.add(name)
                yield mention, name


def _forms(title: str, rest: int) -> Iterator[str]:
    """Yield how the headline is built.

    >>> list(_forms("why chips are short: a view", 900))
    ['colon', 'question-word']
    """
    if "?" in title or "？" in title:
        yield "question"
    if _QUOTE.search(title):
        yield "quote"
    if "$" in title:
        yield "money"
    if _COLON.match(title):
        yield "colon"
    if _QUESTION.match(title):
        yield "question-word"
    if rest < _SHORT:
        yield "short"
