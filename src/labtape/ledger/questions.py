"""What a share claim asks of the counter: whose share, of which tokens, counted how. Or why it cannot be asked.

The words of a claim are held against short lists of what the counter knows; a word outside them ("requests", "paid
users", "programming tokens") makes the claim one that the counter cannot judge, because a figure of another whole would.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from labtape.annotate.claims import is_undated
from labtape.annotate.comparability import group_name, normalised
from labtape.ledger.counter import ALL, Counting, Holder, Population, Unit, belongs, models_named
from labtape.ledger.makers import name_parts
from labtape.ledger.rankings import RANKED
from labtape.types import Article, Mention, Share

if TYPE_CHECKING:
    from labtape.ledger.makers import CountedDay
    from labtape.lexicon.entries import Lexicon

PLATFORM: Final = "platform:openrouter"
_IDLE: Final = frozenset(
    ["share", "use", "traffic", "openrouter", "platform", "router", "model", "generated", "generation", "inference",
     "which", "there", "through", "via", "across", "maker", "ai", "market", "api", "marketplace", "top", "language",
     "large", "rank", "ranked", "ranking", "leaderboard", "chart", "table", "count", "counted", "every", "any", "whole",
     "entire", "routed", "run", "running", "is", "was", "were", "are"]
)  # fmt: skip
"""Words of a metric, population or scope that do not narrow what is divided."""
_TIMES: Final = frozenset(
    ["weekly", "daily", "monthly", "yearly", "annual", "week", "day", "month", "year", "last", "past", "previous", "total"]
)  # fmt: skip
_COUNTED: Final = "token"
_GROUP: Final = frozenset(
    ["model", "maker", "ai", "token", "use", "share", "traffic", "openrouter", "model", "family", "series", "weight",
     "source", "language", "large", "system", "group", "combined", "together", "as", "well", "brand", "tool"]
)  # fmt: skip
"""Words of a holder that do not narrow who is meant."""
_OPEN: Final = frozenset({"open-weight", "open-source", "open"})
_CLOSED: Final = frozenset({"closed", "closed-source", "closed-weight", "proprietary"})
_EXAMPLES: Final = re.compile(
    r"\b(?:such as|including|like|led by|along with|namely)\b[^.;()]{0,200}\Z", re.IGNORECASE
)
"""What makes the names behind it examples of a holder, not the holder."""
_RANKING: Final = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class Claim:
    """A share claim with the article that makes it, the first of `n_articles`.

    `quote` is its sentence, empty where the article's text is not at hand; `names` are how the article writes the models
    that are meant, if any are.
    """

    share: Share
    quote: str
    article_id: str
    title: str
    publisher: str | None
    url: str | None
    at: datetime | None
    names: tuple[str, ...] = ()
    n_articles: int = 1


@dataclass(frozen=True, slots=True)
class Question:
    """A claim as the counter can be asked: every field has one meaning. `assumed` says what the claim left unsaid."""

    holder: Holder
    population: Population
    counting: Counting
    units: tuple[Unit, ...]
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unasked:
    """Why the counter cannot be asked."""

    why: str


def claims_in(article: Article, shares: Iterable[Share], mentions: Iterable[Mention]) -> Iterator[Claim]:
    """The share claims of an article that are counted on OpenRouter, each with its sentence.

    An article without its text (`full` has other words where the figure should be) gives claims without quotes.
    """
    mentions = tuple(mentions)
    for share in shares:
        if share.platform == PLATFORM:
            is_there = article.full[share.start : share.end] == share.text
            sentence = article.full[share.sentence.start : share.sentence.end] if is_there else ""
            quote = " ".join(sentence.split())
            at = article.published_at or article.first_seen_at
            yield Claim(
                share,
                quote,
                article.id,
                article.title,
                article.publisher,
                article.url,
                at,
                _named(share, mentions),
            )


def _named(share: Share, mentions: Iterable[Mention]) -> tuple[str, ...]:
    """The names of models in the holder's words, without those that are part of a longer one."""
    found = {
        mention.text
        for mention in mentions
        if mention.entity in share.subject_entities
        and mention.entity.startswith("model:")
        and mention.text in (share.subject or "")
    }
    return tuple(
        sorted(name for name in found if not any(name != other and name in other for other in found))
    )


def distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Each claim once, the newest first, as the first article made it and with how many did.

    Claims are one when figure, holder, whole and period are; without a period they must be of one day as well.
    """
    found: dict[object, list[Claim]] = {}
    for claim in sorted(claims, key=lambda c: (_seconds(c.at), c.article_id, c.share.start)):
        found.setdefault(_identity(claim), []).append(claim)
    first = [replace(same[0], n_articles=len({c.article_id for c in same})) for same in found.values()]
    return tuple(sorted(first, key=lambda c: -_seconds(c.at)))


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _identity(claim: Claim) -> object:
    share = claim.share
    whose = share.subject_labs or share.subject_entities or share.subject
    period = None if is_undated(share) else share.period
    day = None if period and period.start else claim.at and claim.at.date()
    key = (share.comparability_key, share.value, share.low, share.high, share.role, share.modality)
    return key, whose, claim.names, period and (period.start, period.end), day


def question(claim: Claim, days: tuple[CountedDay, ...], lexicon: Lexicon) -> Question | Unasked:
    """What a claim asks, or why the counter has no answer."""
    share = claim.share
    if share.modality != "measured" or share.role == "projected":
        kind = "forecast" if share.role == "projected" or share.modality == "forecast" else "opinion"
        return Unasked(f"{'a' if kind == 'forecast' else 'an'} {kind}, nothing that was counted")
    metric = _metric(share)
    if isinstance(metric, Unasked):
        return metric
    population = _population(share, metric)
    if isinstance(population, Unasked):
        return population
    holder = _holder(claim, days, lexicon)
    if isinstance(holder, Unasked):
        return holder
    words = set(normalised(f"{share.metric or ''} {share.scope or ''} {share.population or ''}").split())
    counting: Counting = share.statistic if share.statistic in ("mean", "peak") else "total"
    units: tuple[Unit, ...] = (
        ("day",) if "daily" in words else ("week",) if "weekly" in words else ("week", "day")
    )
    assumed = () if _COUNTED in metric else ("taken as tokens, since the claim does not say what is counted",)
    return Question(holder, population, counting, units, assumed)


# ---------------------------------------------------------------- of what


def _metric(share: Share) -> frozenset[str] | Unasked:
    """The words of what is counted, if they are tokens or say nothing."""
    words = frozenset(normalised(share.metric).split())
    scope = frozenset(normalised(share.scope).split())
    strange = sorted(w for w in words | scope if not _is_idle(w) and not w.isdigit())
    if strange:
        if share.metric and _COUNTED not in words:
            return Unasked(f"the counter has tokens only, not {share.metric}")
        return Unasked(f"of a part the counter does not set apart ({' '.join(strange)})")
    return words


def _is_idle(word: str) -> bool:
    return word in _IDLE or word in _TIMES or word == _COUNTED


def _population(share: Share, metric: frozenset[str]) -> Population | Unasked:
    words = frozenset(normalised(share.population).split()) or metric
    if any(not _is_idle(word) and not word.isdigit() for word in words):
        return Unasked(f"of a population the counter does not have ({share.population})")
    sizes = [int(word) for word in words if _RANKING.fullmatch(word)]
    if not sizes and "top" not in words:
        return ALL
    if len(sizes) != 1 or "top" not in words or "maker" in words:
        return Unasked(f"of a population the counter does not have ({share.population or share.metric})")
    if not 0 < sizes[0] <= RANKED:
        return Unasked(f"of the top {sizes[0]} models; the counter names the top {RANKED} of a day")
    return Population(top=sizes[0])


# ---------------------------------------------------------------- whose


def _holder(claim: Claim, days: tuple[CountedDay, ...], lexicon: Lexicon) -> Holder | Unasked:
    share = claim.share
    labs = _lowest({entity.partition(":")[2] for entity in share.subject_labs}, lexicon)
    countries = frozenset(e.partition(":")[2] for e in share.subject_entities if e.startswith("country:"))
    who = " ".join((share.subject or "the holder").split())
    before = claim.quote.partition(who)[0] if who in claim.quote else ""
    are_examples = bool(labs and _EXAMPLES.search(before + who))
    if len(claim.names) > 1 or (claim.names and len(labs) > 1) or are_examples:
        return Unasked(f"{who}: several together, of which the counter is not asked")
    if claim.names:
        return _of_model(claim.names[0], labs, days)
    kept = _weights(share, labs, lexicon)
    if not labs and not countries:
        if isinstance(kept, Unasked) or kept.opened is None:
            return Unasked(f"{who} is no model, lab or country of the counter")
        return Holder("all", open_weights=kept.opened)
    if isinstance(kept, Unasked):
        return kept
    holder = (
        Holder("lab", labs, open_weights=kept.opened)
        if labs
        else Holder("country", countries, open_weights=kept.opened)
    )
    if not any(belongs(row, replace(holder, open_weights=None)) for day in days for row in day.rows):
        return Unasked(f"{who} is never among the ranked models of the file")
    return holder


def _lowest(labs: set[str], lexicon: Lexicon) -> frozenset[str]:
    """The labs without those that only own another of them ("Google's Gemini" is Google DeepMind's)."""
    return frozenset(labs - {owner for lab in labs for owner in lexicon.parents(lab)[1:]})


def _of_model(name: str, labs: frozenset[str], days: tuple[CountedDay, ...]) -> Holder | Unasked:
    """A model where its name has a number, else its family."""
    parts = name_parts(name)
    if not any(part[0].isdigit() for part in parts):
        holder = Holder("family", labs, parts)
        there = any(
            parts <= row.parts and labs.intersection(row.maker.owners) for day in days for row in day.rows
        )
        return holder if there else Unasked(f"{name} is never among the ranked models of the file")
    models = models_named(days, labs, parts)
    if not models:
        return Unasked(f"{name} is never among the ranked models of the file")
    return Holder("model", labs, parts, models)


@dataclass(frozen=True, slots=True)
class _Weights:
    opened: bool | None


def _weights(share: Share, labs: frozenset[str], lexicon: Lexicon) -> _Weights | Unasked:
    """Whether the holder's words keep only open or only closed weights; other adjectives cannot be counted."""
    words = set(group_name(share.subject).split()) | set(normalised(share.subject).split())
    places = set(_place_words(lexicon))
    names = {part for lab in labs if lab in lexicon.labs for part in _words_of(lab, lexicon)}
    opened, closed = bool(words & _OPEN), bool(words & _CLOSED)
    strange = sorted(words - _GROUP - _OPEN - _CLOSED - places - names - _IDLE) if not labs else []
    narrowed = sorted(
        words & {"free", "paid", "small", "reasoning", "coding", "smaller", "larger", "older", "newer"}
    )
    if strange or narrowed:
        return Unasked(f"of a group the counter cannot tell apart ({' '.join(strange or narrowed)})")
    if opened and closed:
        return _Weights(None)
    return _Weights(True if opened else False if closed else None)


def _place_words(lexicon: Lexicon) -> Iterator[str]:
    for word in lexicon.countries:
        yield from normalised(word).split()
        yield from normalised(f"{word}-based").split()
        yield from normalised(f"{word}-made").split()


def _words_of(lab: str, lexicon: Lexicon) -> Iterator[str]:
    known = lexicon.labs[lab]
    for name in (known.name, *(alias.surface for alias in known.names)):
        yield from normalised(name).split()
