"""Whether states act or are aimed at, which, in what direction, and how far it has gone.

Cues (`geo_cues`) count where a state is named beside them (`geo_places`); most in the title, less in the lead, little in
the body, because one sentence of background makes no such story. A race is also told without any cue by a text that
sets one country's models, chips or labs against another's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.annotate.geo_cues import (
    DOMESTIC_LEAD,
    DOMESTIC_WEIGHT,
    direction_cues,
    domestic_cues,
    stage_cues,
)
from labtape.annotate.geo_places import Place, find_places
from labtape.annotate.patterns import fold, lead_start
from labtape.text.sentences import sentence_at
from labtape.types import GeoDirection, Geopolitics, GeoStage, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labtape.lexicon.entries import Lexicon
    from labtape.types import Mention

#: Characters of the body that are read, and those of them that count as lead.
BODY = 1400
LEAD = 420
ZONES = {"title": 1.0, "lead": 0.6, "body": 0.2}
CAPS = {"title": 5.0, "lead": 3.5, "body": 1.2}
#: Squash of the sum of evidence: slope as fitted on the development articles, bias a unit lower than fitted, for
#: recall (F1 is flat there); rerun `labtape evaluate` when cues change.
SLOPE = 1.1
BIAS = 2.5
#: Places that are no state of their own in this finder's sense.
_NO_ACTOR = frozenset({"HK", "MO"})
#: States whose naming makes even a consumer or competition case one between countries, and the two whose labs race.
RIVALS = frozenset({"CN", "RU", "IR", "KP"})
#: States beside which another in a title nearly always means a matter between the two.
_AT_ODDS = frozenset({"CN", "RU", "IR", "KP", "TW", "UA"})
_POWERS = frozenset({"US", "CN"})


_GOVERNMENT = re.compile(r"\b(?:federal )?governments?\b|\bnational security\b|\bmilitary\b")
_STATE_WORDS = ("government", "national security", "military")


@dataclass(frozen=True, slots=True)
class Found:
    """One cue at work: its sentence, zone, direction and what it weighs there."""

    at: int
    sentence: Span
    zone: str
    direction: GeoDirection
    weight: float


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is read of an article before anything is decided.

    `p` is the rules' answer, `against` what speaks for a matter of the state's own house.
    """

    folded: str
    title_end: int
    mentions: Sequence[Mention]
    places: tuple[Place, ...]
    found: tuple[Found, ...]
    is_contrast: bool
    against: float
    p: float


def find_geopolitics(
    full: str,
    title_end: int,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
) -> Geopolitics:
    """The geopolitical side of an article; not relevant, with its p, where there is none to speak of."""
    scene = read_scene(full, title_end, sentences, mentions, lexicon)
    if scene.p < 0.5:
        return Geopolitics(relevant=False, p=scene.p)
    return if_relevant(scene, lexicon)


def read_scene(
    full: str,
    title_end: int,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
) -> Scene:
    """The states named and the cues at work; without any state no cue counts and p is 0."""
    head = full[: title_end + 2 + BODY]
    folded = fold(head)
    places = find_places(head, lexicon)
    if not any(place.start < title_end for place in places):
        until = title_end if places else len(folded)
        places = (*_home(folded[:until], mentions, lexicon), *places)
    if not places:
        return Scene(folded, title_end, mentions, (), (), is_contrast=False, against=0.0, p=0.0)
    contrast = tuple(_contrast(title_end, places, mentions, lexicon))
    found = (*_cues(folded, title_end, sentences, places), *contrast)
    against = _domestic(folded, title_end, places)
    return Scene(
        folded,
        title_end,
        mentions,
        places,
        found,
        is_contrast=bool(contrast),
        against=against,
        p=_probability(found, against),
    )


def if_relevant(scene: Scene, lexicon: Lexicon) -> Geopolitics:
    """What the rules tell of states where the article is about them; of an article without a cue neither actors nor evidence."""
    evidence = _evidence(scene.found)
    return Geopolitics(
        relevant=True,
        p=scene.p,
        actors=_actors(scene.title_end, evidence, scene.places, scene.mentions, lexicon),
        direction=_direction(scene.found, "rivalry" if scene.is_contrast else "none"),
        stage=_stage(scene.folded, scene.title_end, evidence),
        evidence=evidence,
        rule=f"{'title' if any(f.zone == 'title' for f in scene.found) else 'text'}-cues",
    )


def _home(folded: str, mentions: Sequence[Mention], lexicon: Lexicon) -> tuple[Place, ...]:
    """ "The government" where no state is named, in the title or at all, is that of the first lab's home."""
    home = next((code for m in mentions if (code := _country(m, lexicon))), None)
    if home is None:
        return ()
    if not any(word in folded for word in _STATE_WORDS):
        return ()
    return tuple(Place(g.start(), g.end(), home, is_weak=False) for g in _GOVERNMENT.finditer(folded))


def loose_cues(scene: Scene, sentences: Sequence[Span]) -> tuple[Found, ...]:
    """The cues that no state stands beside, which the rules leave aside."""
    return tuple(_cues(scene.folded, scene.title_end, sentences, scene.places, counting=False))


def _cues(
    folded: str,
    title_end: int,
    sentences: Sequence[Span],
    places: Sequence[Place],
    *,
    counting: bool = True,
) -> Iterable[Found]:
    """Each cue that counts once in a zone; or, not `counting`, those that do not."""
    patterns, cues = direction_cues()
    lead = lead_start(folded, title_end)
    seen: set[tuple[int, str]] = set()
    for number, at, _ in patterns.scan(folded):
        cue, zone = cues[number], _zone(at, title_end, lead)
        if (number, zone) in seen:
            continue
        sentence = _sentence_at(at, sentences, title_end)
        counts = bool(places) and (not cue.needs_state or _has_state(sentence, zone, title_end, places))
        if counts is not counting:
            continue
        seen.add((number, zone))
        yield Found(at, sentence, zone, cue.direction, cue.weight * ZONES[zone])


def _has_state(sentence: Span, zone: str, title_end: int, places: Sequence[Place]) -> bool:
    """Whether a state is named in the sentence or title."""
    end = sentence.end if zone != "title" else title_end
    return any(sentence.start <= place.start < end and not place.is_weak for place in places)


def _contrast(
    title_end: int, places: Sequence[Place], mentions: Sequence[Mention], lexicon: Lexicon
) -> Iterable[Found]:
    """A title that names two states, or one and a lab of another, sets them side by side."""
    named = [p for p in places if p.start < title_end and not p.is_weak]
    states = {p.code for p in named} - _NO_ACTOR
    is_alliance = len(states) > 2 and len({p.start for p in named}) == 1
    if len(states) >= 2 and not is_alliance:
        weight = 2.6 if states & _AT_ODDS else 1.2
        yield Found(0, Span(0, title_end), "title", "none", weight)
    elif states:
        others = {_country(m, lexicon) for m in mentions if m.in_title} - states - {None}
        if others:
            yield Found(0, Span(0, title_end), "title", "none", 0.7)


def _country(mention: Mention, lexicon: Lexicon) -> str | None:
    lab = lexicon.lab_of(mention.lab) if mention.lab else None
    return lab.country if lab and len(lab.country) == 2 else None


def _domestic(folded: str, title_end: int, places: Sequence[Place]) -> float:
    """What speaks for a matter of the state's own house; nothing where the title names its rivals."""
    if {p.code for p in places if p.start < title_end} & RIVALS:
        return 0.0
    lead = lead_start(folded, title_end)
    zones = {_zone(at, title_end, lead) for _, at, _ in domestic_cues().scan(folded)}
    if "title" in zones:
        return DOMESTIC_WEIGHT
    return DOMESTIC_LEAD if "lead" in zones else 0.0


def _probability(found: Sequence[Found], against: float) -> float:
    zones: dict[str, float] = {}
    for one in found:
        zones[one.zone] = zones.get(one.zone, 0.0) + one.weight
    total = sum(min(CAPS[zone], weight) for zone, weight in zones.items()) - against
    return round(1 / (1 + math.exp(BIAS - SLOPE * total)), 4)


def _direction(found: Sequence[Found], otherwise: GeoDirection) -> GeoDirection:
    """The heaviest, the title counting twice. What is eased names the measure too ("lifts export curbs"): that is no tightening. States merely side by side are rivals (`otherwise`)."""
    eased = {one.sentence for one in found if one.direction == "easing"}
    order: dict[GeoDirection, int] = {"easing": 0, "tightening": 1, "rivalry": 2}
    sums: dict[GeoDirection, float] = {}
    for one in found:
        is_object = one.direction == "tightening" and one.sentence in eased
        if one.direction != "none" and not is_object:
            sums[one.direction] = sums.get(one.direction, 0.0) + one.weight * (
                2 if one.zone == "title" else 1
            )
    return min(sums, key=lambda direction: (-sums[direction], order[direction]), default=otherwise)


def _stage(folded: str, title_end: int, evidence: Sequence[Span]) -> GeoStage:
    """That of the title's stage words, else of the first evidence in the text; what is told without any is done."""
    patterns, stages = stage_cues()
    body = next((span for span in evidence if span.start >= title_end), None)
    orders: tuple[tuple[Span | None, tuple[GeoStage, ...]], ...] = (
        (Span(0, title_end), ("threat", "talk", "act")),
        (body, ("act", "threat", "talk")),
    )
    for span, order in orders:
        said = (
            {stages[number] for number, _, _ in patterns.scan(folded[span.start : span.end])}
            if span
            else set()
        )
        for stage in order:
            if stage in said:
                return stage
    return "act"


def _evidence(found: Sequence[Found]) -> tuple[Span, ...]:
    """The three sentences that weigh most, in order of the text."""
    sums: dict[Span, float] = {}
    for one in found:
        sums[one.sentence] = sums.get(one.sentence, 0.0) + one.weight
    return tuple(sorted(sorted(sums, key=lambda span: (-sums[span], span))[:3]))


def _actors(
    title_end: int,
    evidence: Sequence[Span],
    places: Sequence[Place],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
) -> tuple[str, ...]:
    """The states of title and evidence; where that is one or none, also the homes of the labs set against it."""
    spans = (Span(0, title_end), *evidence)
    inside = [p for p in places if any(s.start <= p.start < s.end for s in spans)]
    states = {p.code for p in inside if not p.is_weak} or {p.code for p in inside}
    homes = [(m, _country(m, lexicon)) for m in mentions if m.start < title_end + 2 + LEAD]
    if not states:
        states = {home for _, home in homes if home} or {p.code for p in places if not p.is_weak}
    elif len(states) == 1:
        states |= {home for m, home in homes if home and (m.in_title or states == {"CN"}) and home in _POWERS}
    return tuple(sorted(states - _NO_ACTOR))


def _zone(at: int, title_end: int, lead: int) -> str:
    if at < title_end:
        return "title"
    return "lead" if at < lead + LEAD else "body"


def _sentence_at(at: int, sentences: Sequence[Span], title_end: int) -> Span:
    return sentence_at(sentences, at) or Span(0, title_end)
