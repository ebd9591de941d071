"""What a share is a part of, and where or whose that is: chosen from the phrases near the number, by weights learned from readers.

The rules (attribution, shares) answer first. Their answer is one candidate among the phrases of the sentence, of the two
before it and of the title; a table that `train.wholes_model` makes says which of them is meant. English only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from labtape.annotate.attribution import divided
from labtape.annotate.whole_features import Candidate, Question, Scale, candidates, content
from labtape.annotate.whole_phrases import surroundings

if TYPE_CHECKING:
    from labtape.annotate.attribution import Holding
    from labtape.annotate.share_classes import Decision
    from labtape.text.quantities import Quantity
    from labtape.types import Mention, Share

TABLE: Final = "whole_weights.json"
METRIC_AHEAD: Final = 0.25
"""How far ahead of the rules' metric, in log-odds, another one must be."""
PLACE_AT: Final = -2.75
"""The log-odds from which on a place is added to the scope."""
NEAR: Final = 400
"""A share is compared with the one before it over at most so many characters."""


@dataclass(frozen=True, slots=True)
class WholeWeights:
    """For each feature of `whole_features` its weight for the metric and for the place; `place_intercept` makes log-odds of the latter.

    >>> table = WholeWeights({"tag:rule": (1.0, 0.0)}, -2.0)
    >>> read_whole_weights(table.as_json()) == table
    True
    """

    weights: Mapping[str, tuple[float, float]]
    place_intercept: float

    def as_json(self) -> str:
        """The table as it is shipped, one feature a line."""
        rows = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}: [{metric:g},{place:g}]"
            for name, (metric, place) in sorted(self.weights.items())
        )
        return f'{{"place_intercept": {self.place_intercept}, "weights": {{\n{rows}\n}}}}\n'


def read_whole_weights(text: str) -> WholeWeights:
    """The table from its JSON."""
    table = json.loads(text)
    rows = {name: (float(metric), float(place)) for name, (metric, place) in table["weights"].items()}
    return WholeWeights(rows, table["place_intercept"])


@cache
def whole_weights() -> WholeWeights:
    """The shipped table."""
    return read_whole_weights((files("labtape.annotate") / TABLE).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What of an article all its numbers are read against: where its title ends, its percentages, its names."""

    title_end: int
    numbers: tuple[tuple[int, int], ...]
    names: tuple[tuple[int, int, str], ...]


def reading(decisions: Iterable[Decision], mentions: Iterable[Mention], title_end: int) -> Reading:
    """The reading of one article; `mentions` are in order."""
    return Reading(
        title_end,
        tuple((d.setting.quantity.start, d.setting.quantity.end) for d in decisions),
        tuple((m.start, m.end, m.entity.partition(":")[0]) for m in mentions if m.lab),
    )


def questions(
    read: Reading, decision: Decision, share: Share, held: Holding, guess: str | None, before: Share | None
) -> tuple[Question, Question]:
    """What is asked for a share that the rules have filled: its metric, and the place of its whole.

    `guess` is who the rules think owns "its" whole, `before` the share before it.
    """
    around = surroundings(decision.setting, read.title_end, read.numbers, read.names)
    near = before if before and 0 <= share.start - before.end < NEAR else None
    metrics = (("rule", share.metric), ("before", near.metric if near else None))
    places = (("population", share.population), ("owner", held.owner), ("guess", guess))
    holder = content(share.subject)
    scope = content(share.scope) | content(held.whole)
    return (
        Question(around, decision.rule, _there(metrics), holder, content(share.metric)),
        Question(around, decision.rule, _there(places), holder, scope, _state(share, held)),
    )


def _state(share: Share, held: Holding) -> str:
    """What a scope says already: p a platform, n a population, o an owner, i a place in words; - nothing at all."""
    found = "p" * bool(share.platform) + "n" * bool(share.population)
    found += "o" * bool(held.owner)
    if share.scope and _PLACED.search(share.scope):
        found += "i"
    return found or ("w" if share.scope else "-")


def _there(pairs: Iterable[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    return tuple((tag, text) for tag, text in pairs if text)


def answers(_: Quantity, for_metric: Question, for_place: Question) -> tuple[str | None, str | None]:
    """The metric of a share, and the words that its scope takes on: where or whose its whole is; None where nothing near says so."""
    table = whole_weights()
    scale = Scale(for_metric.around, table.weights)
    return _metric(for_metric, scale), _place(for_place, scale, table.place_intercept)


def _metric(question: Question, scale: Scale) -> str | None:
    """What is divided: the rules' word for it, unless a phrase is clearly more like one."""
    asked = candidates(question)
    ranked = [
        (total + METRIC_AHEAD * ("rule" in candidate.tags), -k)
        for k, (total, candidate) in enumerate(zip(scale.weighed(question, asked, 0), asked, strict=True))
    ]
    if not ranked:
        return None
    best = asked[-max(ranked)[1]]
    told = dict(question.told).get("rule")
    if told and best.words <= question.known:
        return told
    return divided(best.text) or told


def _place(question: Question, scale: Scale, intercept: float) -> str | None:
    asked = new_places(question)
    ranked = [(total, -k) for k, total in enumerate(scale.weighed(question, asked, 1))]
    if not ranked or max(ranked)[0] + intercept < PLACE_AT:
        return None
    best = asked[-max(ranked)[1]]
    if question.state == "-":
        return best.text
    return f"{_link(question, best)} {best.text}"


def _link(question: Question, place: Candidate) -> str:
    """The preposition that stands before a place in the text, where it is one of place; else "of"."""
    if place.phrase is None:
        return "of"
    before = question.around.low[max(0, place.phrase.first - 2) : place.phrase.first]
    return next((word for word in reversed(before) if word in _LINKS), "of")


def new_places(question: Question) -> tuple[Candidate, ...]:
    """The candidates that say more than the scope and the holder do, in words and not in figures alone.

    None where a platform or population is known: what is counted is said, and the ledger reads any more words as a part of it.
    """
    if "p" in question.state or "n" in question.state:
        return ()
    told = question.known | question.holder
    return tuple(c for c in candidates(question) if any(_WORDED.match(word) for word in c.words - told))


_WORDED: Final = re.compile(r"(?!(?:million|billion|trillion|thousand|share|shares|percent)\Z)[^\W\d]")
_PLACED: Final = re.compile(r"\s(?:in|on|at|among|across|within)\s|['’]s\s")
_LINKS: Final = frozenset({"in", "on", "at", "among", "across", "for", "within"})
