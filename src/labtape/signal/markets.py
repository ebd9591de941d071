"""Verdicts for entities, and what they mean for each market along the lexicon's relations.

    lab:openai --supplier--> ticker:NASDAQ:NVDA --member--> market:chips

Only subjects get a verdict of their own; a speaker, a source or a venue gets none. A market gets a direction
only through such a chain, or because the verdict's own target is that market.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from labtape.lexicon.chain import chain
from labtape.lexicon.entries import ByDigest
from labtape.signal.mathematics import label_of, rounded
from labtape.signal.places import sentences_with
from labtape.signal.target import DEFAULT, Target
from labtape.types import Annotated, EntityVerdict, Exposure, MarketVerdict, Verdict

if TYPE_CHECKING:
    from datetime import date

    from labtape.lexicon.entries import LabelSet, Lexicon, Market

# A relation passes on half of a verdict, a listing nearly all of it.
THROUGH: Final[Mapping[str, float]] = {"listing": 0.9, "member": 0.9}
THROUGH_RELATION: Final = 0.5
# Chains into one market that pull this much of the strongest one's weight the other way leave it mixed.
OPPOSED: Final = 0.7
MOST_EVIDENCE: Final = 3


@dataclass(frozen=True, slots=True)
class _Known:
    """What membership of a market is looked up in: `themes` of the tickers that chains reach; `neutral` is p without news."""

    lexicon: Lexicon
    themes: Mapping[str, str]
    labels: LabelSet
    neutral: Mapping[str, float]


Way = tuple[float, tuple[str, ...], Mapping[str, float]]


def subjects(annotated: Annotated) -> tuple[str, ...]:
    """The organisations the article is about, in order of appearance; not the platform that figures come from."""
    venues = {s.platform for s in annotated.shares}
    named = [m.lab for m in annotated.mentions if m.lab and m.role == "subject"]
    return tuple(dict.fromkeys(lab for lab in named if lab not in venues))


def entity_verdict(
    annotated: Annotated, entity: str, p: Mapping[str, float], lexicon: Lexicon, labels: LabelSet, day: date
) -> EntityVerdict:
    """One subject's verdict with the listed things that move with it."""
    own = [m for m in annotated.mentions if m.lab == entity]
    share = len(own) / max(1, sum(1 for m in annotated.mentions if m.lab))
    weight = 0.5 * any(m.in_title for m in own) + 0.5 * share
    named = sentences_with(annotated.sentences, own)
    p = rounded(p)
    return EntityVerdict(
        entity=entity,
        label=label_of(p),
        p=p,
        score=score_of(p, labels),
        relevance=round(weight, 4),
        exposure=exposures(entity, lexicon, day),
        evidence=named[:MOST_EVIDENCE],
    )


def score_of(p: Mapping[str, float], labels: LabelSet) -> float:
    """p(up) - p(down): each label counts with its sign."""
    return round(sum(p[label] * labels.signs[label] for label in p), 4)


def exposures(entity: str, lexicon: Lexicon, day: date) -> tuple[Exposure, ...]:
    """The listings that stand for the entity, and the assets that the lexicon relates to it or its owners, on that day."""
    return _exposures(ByDigest(lexicon), entity, day)


@lru_cache(maxsize=4096)  # the news of a day names the same few hundred organisations
def _exposures(key: ByDigest, entity: str, day: date) -> tuple[Exposure, ...]:
    if key.lexicon.lab_of(entity, day) is None:
        return ()
    behind = chain(key.lexicon, entity, day)
    listed = [Exposure(place.ticker, "listing", 1) for place in behind.listings]
    related = [Exposure(e.asset, e.via, e.sign) for e in behind.exposures]
    return tuple(dict.fromkeys((*listed, *related)))


def market_verdicts(
    verdict: Verdict, target: Target, entities: Sequence[EntityVerdict], lexicon: Lexicon, labels: LabelSet
) -> tuple[MarketVerdict, ...]:
    """One verdict for each market of the lexicon, in its order."""
    directed = (entity for entity in entities if entity.label != labels.neutral)
    chains = [chain for entity in directed for chain in _chains(entity, lexicon)]
    tickers = {chain[1][-1].partition(":")[2] for chain in chains}
    themes = {a.ticker: a.theme for a in lexicon.assets if a.ticker in tickers}
    neutral = rounded({label: float(label == labels.neutral) for label in labels.labels})
    known = _Known(lexicon, themes, labels, neutral)
    return tuple(_market(m, verdict, target, chains, known) for m in lexicon.markets.values())


def _market(
    market: Market,
    verdict: Verdict,
    target: Target,
    chains: Sequence[Way],
    known: _Known,
) -> MarketVerdict:
    labels, neutral = known.labels, known.neutral
    name = f"market:{market.id}"
    if verdict.state == "out_of_scope":
        return MarketVerdict(market.id, labels.neutral, neutral, "out_of_scope")
    if target.id == name or (target.id == DEFAULT and market.id == "ai-equities"):
        via = (target.id, name) if target.id != name else (name,)
        if verdict.label != labels.neutral:
            return MarketVerdict(market.id, verdict.label, verdict.p, verdict.state, via)
        return MarketVerdict(market.id, labels.neutral, verdict.p, verdict.state)
    reached = [c for c in chains if _belongs(c[1], market, known)]
    if not reached:
        return MarketVerdict(market.id, labels.neutral, neutral, "no_transmission")
    moves = [_passed(c, labels) for c in reached]
    scores = [score_of(move, labels) for move in moves]
    strongest = max(range(len(moves)), key=lambda i: abs(scores[i]))
    p = rounded(moves[strongest])
    score = score_of(p, labels)
    sign = (score > 0) - (score < 0)
    against = any(-own * sign >= OPPOSED * abs(score) for own in scores)
    label = label_of(p)
    if label == labels.neutral or against:
        return MarketVerdict(
            market.id,
            labels.neutral,
            p if not against else neutral,
            "mixed" if against else "no_transmission",
        )
    return MarketVerdict(market.id, label, p, "directional", (*reached[strongest][1], name))


def _chains(entity: EntityVerdict, lexicon: Lexicon) -> list[Way]:
    """Every way from an entity with a direction to something that may belong to a market: (factor, path, p)."""
    ways: list[Way] = [(THROUGH["member"], (entity.entity,), entity.p)]
    for e in entity.exposure:
        factor = THROUGH.get(e.via, THROUGH_RELATION) * e.sign
        ways.append((factor, (entity.entity, e.via, f"ticker:{e.ticker}"), entity.p))
    return ways


def _belongs(path: tuple[str, ...], market: Market, known: _Known) -> bool:
    kind, _, name = path[-1].partition(":")
    if kind == "ticker":
        return known.themes.get(name) in market.themes
    lab = known.lexicon.lab_of(path[-1])
    if lab is None:
        return False
    return lab.id in market.labs or lab.kind in market.kinds or lab.country in market.countries


def _passed(way: Way, labels: LabelSet) -> dict[str, float]:
    """p after a chain: a negative sign swaps the sides, and what is not passed on becomes Neutral."""
    factor, _, p = way
    mirrored = dict(zip(labels.labels, (p[x] for x in reversed(labels.labels)), strict=True))
    source = p if factor > 0 else mirrored
    passed = {x: source[x] * abs(factor) for x in labels.labels}
    passed[labels.neutral] += 1 - abs(factor)
    return passed
