"""How early a story should be read, and how far it may be believed: two sums of named parts, each in [0, 1].

    importance  = p(relevant) x ( .44 |score| x confidence of the story's verdict
                                + .11 if a share is stated + .02 per kind of event, at most three
                                + .05 if a state has acted
                                + .085 x log2(independent sources), at most .34 )
    credibility = .30 independent sources (none for one, half for two, all for four)
                + .40 what the best source's word counts for + .20 figures (half where there are none)
                + .10 the primary source is at hand

The weights of the importance are those that the digest was read with from the start, brought to a sum of 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from labtape.story_record.leading import EVENTS, is_act, n_kinds
from labtape.story_record.nouns import Part, Score
from labtape.story_record.sources import name_of, source_weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labtape.story_record.nouns import Figure, Primary, Source, StoryVerdict
    from labtape.types import Record

VERDICT, SHARE, EVENT, ACT, ORIGINS = 0.44, 0.11, 0.06, 0.05, 0.34
#: Doublings of the number of sources that are counted.
DOUBLINGS: Final = 4
CORROBORATION, SOURCE, FIGURES, AT_HAND = 0.30, 0.40, 0.20, 0.10
CORROBORATED: Final = 2  # doublings: four sources are as good as any number
_DIGITS: Final = 4


def importance(lead: Record, verdict: StoryVerdict, n_origins: int) -> Score:
    """How early a story should be read, by its lead, its verdict and its independent sources."""
    p, kinds = lead.relevance.p, n_kinds(lead)
    doublings = min(math.log2(max(n_origins, 1)), DOUBLINGS)
    return _score(
        Part("verdict", p * VERDICT * abs(verdict.score) * verdict.confidence, VERDICT,
             f"{verdict.label} {verdict.confidence:.0%}, score {verdict.score:+.2f}"),
        Part("figures", p * SHARE * bool(lead.shares), SHARE, "a share is stated" if lead.shares else "no share is stated"),
        Part("events", p * EVENT * kinds / EVENTS, EVENT, f"{_counted(kinds, 'kind')} of event"),
        Part("act", p * ACT * is_act(lead), ACT, "a state has acted" if is_act(lead) else "no state has acted"),
        Part("origins", p * ORIGINS * doublings / DOUBLINGS, ORIGINS, _counted(n_origins, "independent source")),
    )  # fmt: skip


def credibility(forest: Sequence[Source], primary: Primary, figures: Sequence[Figure]) -> Score:
    """How far a story may be believed, by who tells it and how its figures stand; what it says is not judged."""
    roots = [node for node in forest if node.parent is None]
    best = max(roots, key=source_weight)
    doublings = min(math.log2(len(roots)), CORROBORATED)
    held, why = _figures_hold(figures)
    at_hand = any(node.id == primary.id and node.at is not None for node in forest)
    return _score(
        Part("independent sources", CORROBORATION * doublings / CORROBORATED, CORROBORATION, _counted(len(roots), "independent source")),
        Part("best source", SOURCE * source_weight(best), SOURCE, f"{name_of(best)}: {best.tier_reason}"),
        Part("figures", FIGURES * held, FIGURES, why),
        Part("primary source", AT_HAND * at_hand, AT_HAND, f"{primary.name} {'is' if at_hand else 'is not'} at hand"),
    )  # fmt: skip


def _figures_hold(figures: Sequence[Figure]) -> tuple[float, str]:
    """1 where a figure is agreed and none disputed, 0 where one is disputed, half otherwise."""
    states = [figure.state for figure in figures]
    if "disputed" in states:
        return 0.0, f"{_counted(states.count('disputed'), 'figure')} disputed"
    if "agreed" in states:
        return 1.0, f"{_counted(states.count('agreed'), 'figure')} agreed by independent origins"
    return 0.5, "its figures have one origin each" if states else "no share figures"


def _score(*parts: Part) -> Score:
    made = tuple(Part(part.name, round(part.value, _DIGITS), part.most, part.why) for part in parts)
    return Score(total(made), made)


def total(parts: Iterable[Part]) -> float:
    return round(sum(part.value for part in parts), _DIGITS)


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}{'' if n == 1 else 's'}"
