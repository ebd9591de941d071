"""What speaks for or against a matter of states: counts of cues by direction and place, states named, the rules' own answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from labtape.annotate.geopolitics import RIVALS, if_relevant, loose_cues, read_scene
from labtape.types import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labtape.annotate.geopolitics import Found, Scene
    from labtape.lexicon.entries import Lexicon
    from labtape.types import Annotated, Geopolitics

#: The rules' p is taken in log-odds, no further from even than this.
MOST_SURE: Final = 6.0
#: More states than this say no more.
MOST_STATES: Final = 3


@dataclass(frozen=True, slots=True)
class GeoFeatures:
    """Named numbers, and what the rules would tell where the article is about states: always with a piece of evidence."""

    values: dict[str, float]
    told: Geopolitics


def geo_features(annotated: Annotated, lexicon: Lexicon) -> GeoFeatures:
    """The features of an article, from its words and the events that its cues tell.

    >>> from labtape.annotate import annotate
    >>> from labtape.lexicon import lexicon
    >>> from labtape.types import Article
    >>> known = lexicon()
    >>> found = geo_features(annotate(Article("1", "Norway lifts its export controls on chips", ""), known), known)
    >>> found.values["cue:easing:title"], found.values["states:title"], found.told.direction
    (2.4, 1.0, 'easing')
    """
    title_end, sentences = len(annotated.article.title), annotated.sentences
    scene = read_scene(annotated.article.full, title_end, sentences, annotated.mentions, lexicon)
    loose, told = loose_cues(scene, sentences), if_relevant(scene, lexicon)
    if not told.evidence:
        told = replace(told, evidence=(_strongest(loose, sentences, title_end),))
    values = _counts("cue", scene.found) | _counts("loose", loose) | _of_states(scene)
    p = min(max(scene.p, 1e-6), 1 - 1e-6)
    values["rules:p"] = max(-MOST_SURE, min(MOST_SURE, math.log(p / (1 - p))))
    values[f"rules:direction:{told.direction}"] = values[f"rules:stage:{told.stage}"] = 1.0
    values["actors"] = float(min(MOST_STATES, len(told.actors)))
    values |= {f"event:{event.type}": event.p for event in annotated.events}
    return GeoFeatures({name: value for name, value in values.items() if value}, told)


def _counts(kind: str, cues: Sequence[Found]) -> dict[str, float]:
    """What cues of a kind weigh together, by direction and place."""
    sums: dict[str, float] = {}
    for cue in cues:
        name = f"{kind}:{cue.direction}:{cue.zone}"
        sums[name] = sums.get(name, 0.0) + cue.weight
    return sums


def _of_states(scene: Scene) -> dict[str, float]:
    named = [place for place in scene.places if not place.is_weak]
    titled = {place.code for place in named if place.start < scene.title_end}
    return {
        "states": float(min(MOST_STATES, len({place.code for place in named}))),
        "states:title": float(min(MOST_STATES, len(titled))),
        "rival:title": float(bool(titled & RIVALS)),
        "domestic": scene.against,
        "contrast": float(scene.is_contrast),
    }


def _strongest(loose: Sequence[Found], sentences: Sequence[Span], title_end: int) -> Span:
    """The sentence of the heaviest cue that no state stands beside; without any cue the first one."""
    heaviest = min(loose, key=lambda cue: (-cue.weight, cue.at), default=None)
    if heaviest is not None:
        return heaviest.sentence
    return sentences[0] if sentences else Span(0, title_end)
