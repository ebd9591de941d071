"""What a record says, as named numbers of like size, by block.

A name is `block.what`. All lie between about -5 and 5, most between 0 and 1; counts are log(1 + n). A record of which
nothing is known (an empty text) has 0 everywhere but in `text.empty`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, get_args

from labtape.types import GeoStage, MentionRole, Modality, Record, Share, State

if TYPE_CHECKING:
    from labtape.lexicon.entries import LabelSet, Lexicon

# Records keep four decimals; log-odds of a thousandth are as far as they are worth telling apart.
LEAST_P: Final = 1e-3
# Ten percent, or ten points, are 1, and thirty are the most: one misread figure must not outweigh a text.
_MOST_MOVE: Final = 30.0
_GEO_DIRECTIONS: Final = ("tightening", "easing", "rivalry")
_GEO_STAGES: Final = tuple(stage for stage in get_args(GeoStage) if stage != "none")

Values = Iterator[tuple[str, float]]


def columns_of(blocks: Sequence[str], lexicon: Lexicon, label_set: LabelSet) -> tuple[str, ...]:
    """The names of the columns of some blocks, in order: the same for the same lexicon and label set."""
    return tuple(f"{block}.{name}" for block in blocks for name in _NAMES[block](lexicon, label_set))


def values_of(record: Record, blocks: Sequence[str], label_set: LabelSet) -> Iterator[tuple[str, float]]:
    """The columns of some blocks in which a record has something else than 0."""
    for block in blocks:
        for name, value in _VALUES[block](record, label_set):
            if value:
                yield f"{block}.{name}", value


def log_odds(p: float) -> float:
    """log(p / (1 - p)), at most about 7 either way.

    >>> round(log_odds(0.75), 4), log_odds(0.0) == -log_odds(1.0)
    (1.0986, True)
    """
    return math.log(max(p, LEAST_P)) - math.log(max(1 - p, LEAST_P))


def _score(p: Mapping[str, float], label_set: LabelSet) -> float:
    return sum(label_set.signs.get(label, 0) * value for label, value in p.items())


def _key(label: str) -> str:
    return label.casefold().replace(" ", "_")


# ---------------------------------------------------------------- verdict


def _verdict_names(lexicon: Lexicon, label_set: LabelSet) -> list[str]:
    return [
        *(f"log_odds_{_key(label)}" for label in label_set.labels),
        *("score", "score_short", "score_long", "relevance"),
        *(f"state_{state}" for state in get_args(State)),
    ]


def _verdict(record: Record, label_set: LabelSet) -> Values:
    verdict = record.verdict
    for label in label_set.labels:
        yield f"log_odds_{_key(label)}", log_odds(verdict.p.get(label, 0.0))
    yield "score", _score(verdict.p, label_set)
    for name, horizon in verdict.horizons.items():
        if name in ("short", "long"):
            yield f"score_{name}", _score(horizon.p, label_set)
    yield "relevance", log_odds(record.relevance.p)
    yield f"state_{verdict.state}", 1.0


# ---------------------------------------------------------------- events


def _event_names(lexicon: Lexicon, label_set: LabelSet) -> list[str]:
    return list(lexicon.event_types)


def _events(record: Record, label_set: LabelSet) -> Values:
    best: dict[str, float] = {}
    for event in record.events:
        best[event.type] = max(best.get(event.type, 0.0), event.p)
    yield from best.items()


# ---------------------------------------------------------------- figures

_SHARE_NAMES: Final = ("n", "largest", "gain", "loss", *get_args(Modality), "checks")
_MOVE_NAMES: Final = ("price_up", "price_down", "growth_up", "growth_down", "percentages", "volumes")


def _shares(record: Record, label_set: LabelSet) -> Values:
    shares = record.shares
    yield "n", math.log1p(len(shares))
    yield "largest", max((s.value for s in shares if s.role == "current"), default=0.0) / 100
    moves = [now.value - then.value for now in shares for then in shares if _follows(now, then)]
    yield "gain", _tens(max(moves, default=0.0))
    yield "loss", _tens(-min(moves, default=0.0))
    for modality, n in Counter(share.modality for share in shares).items():
        yield modality, math.log1p(n)
    n_checks = sum(len(share.checks) for share in shares) + sum(len(v.checks) for v in record.volumes)
    yield "checks", math.log1p(n_checks)


def _follows(now: Share, then: Share) -> bool:
    """Whether two shares are of one holder in one whole, the second one as it was before."""
    return (
        (now.role, then.role) == ("current", "baseline")
        and now.comparability_key == then.comparability_key
        and now.subject_entities == then.subject_entities
    )


def _moves(record: Record, label_set: LabelSet) -> Values:
    for kind, name in (("price_change", "price"), ("growth", "growth")):
        for direction in ("up", "down"):
            sizes = [abs(p.value) for p in record.percentages if (p.kind, p.direction) == (kind, direction)]
            yield f"{name}_{direction}", _tens(max(sizes, default=0.0))
    yield "percentages", math.log1p(len(record.percentages))
    yield "volumes", math.log1p(len(record.volumes))


def _tens(percent: float) -> float:
    return min(max(percent, 0.0), _MOST_MOVE) / 10


# ---------------------------------------------------------------- who

_NAME_NAMES: Final = (
    *(f"role_{role}" for role in get_args(MentionRole)),
    *("mentions", "labs", "subjects", "unlinked", "best", "worst"),
)


def _names(record: Record, label_set: LabelSet) -> Values:
    for role, n in Counter(m.role for m in record.mentions).items():
        yield f"role_{role}", math.log1p(n)
    yield "mentions", math.log1p(len(record.mentions))
    yield "labs", math.log1p(len({m.lab for m in record.mentions if m.lab}))
    yield "subjects", math.log1p(len({m.lab for m in record.mentions if m.lab and m.role == "subject"}))
    yield "unlinked", math.log1p(len(record.unlinked))
    scores = [_score(verdict.p, label_set) for verdict in record.entity_verdicts]
    yield "best", max(scores, default=0.0)
    yield "worst", min(scores, default=0.0)


def _lab_names(lexicon: Lexicon, label_set: LabelSet) -> list[str]:
    return [f"{place}_{lab}" for place in ("named", "subject") for lab in sorted(lexicon.labs)]


def _labs(record: Record, label_set: LabelSet) -> Values:
    for lab in {m.lab for m in record.mentions if m.lab}:
        yield f"named_{lab.partition(':')[2]}", 1.0
    for lab in {m.lab for m in record.mentions if m.lab and m.role == "subject"}:
        yield f"subject_{lab.partition(':')[2]}", 1.0


# ---------------------------------------------------------------- states, markets, the text itself

_GEO_NAMES: Final = ("p", "actors", *_GEO_DIRECTIONS, *_GEO_STAGES)
_TEXT_NAMES: Final = ("empty", "title", "question", "chinese", "quotations")


def _geopolitics(record: Record, label_set: LabelSet) -> Values:
    geo = record.geopolitics
    yield "p", geo.p
    yield "actors", math.log1p(len(geo.actors))
    if geo.relevant:
        for name in (geo.direction, geo.stage):
            if name != "none":
                yield name, 1.0


def _market_names(lexicon: Lexicon, label_set: LabelSet) -> list[str]:
    return list(lexicon.markets)


def _markets(record: Record, label_set: LabelSet) -> Values:
    for market in record.markets:
        yield market.market, _score(market.p, label_set)


def _text(record: Record, label_set: LabelSet) -> Values:
    yield "title", float(bool(record.title.strip()))
    yield "question", float(record.title.rstrip().endswith(("?", "？")))
    yield "chinese", float(record.language == "zh")
    yield "quotations", math.log1p(len(record.key_quotes))


_NAMES: Final[Mapping[str, Callable[[Lexicon, LabelSet], Sequence[str]]]] = {
    "verdict": _verdict_names,
    "event": _event_names,
    "share": lambda lexicon, label_set: _SHARE_NAMES,
    "move": lambda lexicon, label_set: _MOVE_NAMES,
    "geo": lambda lexicon, label_set: _GEO_NAMES,
    "market": _market_names,
    "name": lambda lexicon, label_set: _NAME_NAMES,
    "lab": _lab_names,
    "text": lambda lexicon, label_set: _TEXT_NAMES,
}
_VALUES: Final[Mapping[str, Callable[[Record, LabelSet], Values]]] = {
    "verdict": _verdict,
    "event": _events,
    "share": _shares,
    "move": _moves,
    "geo": _geopolitics,
    "market": _markets,
    "name": _names,
    "lab": _labs,
    "text": _text,
}
BLOCKS: Final[tuple[str, ...]] = tuple(_NAMES)
"""The blocks of columns there are, in order."""
EMPTY: Final = ("text.empty", 1.0)
"""What a row has of which there is no record."""
