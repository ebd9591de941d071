"""Which candidate means what: rules first, then one sense in one article, then the learned score; else unlinked, with the reason.

    candidates ─ read_scene ─ rulings (linking_rules) ─┬─ decided by a strong rule
                                                       ├─ one sense      as the same name elsewhere in the article
                                                       └─ score          by the words around it (linking_score)

The score is asked for names that the rules leave open or decide by little. It reads the text around the name, not the name,
so that it holds for names it has not learned from; all places of one name in an article are weighed together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from labtape.annotate.linking_features import context_of, scene_features
from labtape.annotate.linking_rules import LIKENESS, Ruling, rulings
from labtape.annotate.linking_scene import Candidate, Scene, read_scene
from labtape.annotate.linking_score import LinkingWeights, linking_weights
from labtape.annotate.vocabulary_names import key_of
from labtape.types import Mention, Span, Unlinked

# Precision of each rule, rounded down, among 22,200 mentions of the learning set's train and dev sides (30 November 2026;
# `labtape evaluate` gives it by rule with --json, under `links`); rerun when a rule changes.
CONFIDENCE: Mapping[str, float] = {
    "name": 0.99,  # 11,830 mentions
    "cue": 0.98,  # 5,542
    "co-mention": 0.98,  # 1,470
    "list": 0.99,  # 1,284
    "company-use": 0.98,  # 1,241
    "version": 0.98,  # 200
    # Too few to count, of which half were overlooked by the readers ("Opus 4 and 4.1", "MSL").
    "short-form": 0.8,
    "version-alone": 0.8,
    # Not annotated there: read off the form alone.
    "ticker": 0.97,
    "country": 0.95,
    # Links that the score was asked about carry its probability; these stand where it is not asked (people, bare versions).
    "low": 0.94,
    "ai-article": 0.9,
    "ai-text": 0.9,
    "named-as-ai": 0.9,
    "one-sense": 0.9,
}
#: The rule of a link that the score alone made, and the reason of a name that it dropped.
DECIDED_BY_SCORE = "context"
#: Rules that decide by little: the score may overrule them.
WEAK = frozenset({"low", "ai-article", "ai-text", "named-as-ai", "one-sense"})
_SCORED_KINDS = frozenset({"org", "model", "product", "project"})
#: So many places of one name are weighed.
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class _Decision:
    """What was decided of a candidate, and how probable a link is where the score was asked."""

    ruling: Ruling
    p: float | None = None


def link(
    full: str, title_end: int, sentences: Sequence[Span], candidates: Sequence[Candidate]
) -> tuple[tuple[Mention, ...], tuple[Unlinked, ...]]:
    """The candidates that name one of ours, and the others with the reason."""
    scene, settled = settled_scene(full, title_end, sentences, candidates)
    decisions = _scored(scene, settled, linking_weights())
    linked = tuple(
        _mention(candidate, decision, title_end)
        for candidate, decision in zip(candidates, decisions, strict=True)
        if decision.ruling.rule
    )
    unlinked = tuple(
        Unlinked(candidate.start, candidate.end, candidate.text, decision.ruling.reason or "no cue")
        for candidate, decision in zip(candidates, decisions, strict=True)
        if not decision.ruling.rule
    )
    return linked, unlinked


def settled_scene(
    full: str, title_end: int, sentences: Sequence[Span], candidates: Sequence[Candidate]
) -> tuple[Scene, list[Ruling]]:
    """What is decided before the score is asked."""
    scene, first = rulings(read_scene(full, title_end, sentences, candidates))
    return scene, _one_sense(candidates, first)


def _mention(candidate: Candidate, decision: _Decision, title_end: int) -> Mention:
    name, rule = decision.ruling.name, decision.ruling.rule or ""
    return Mention(
        start=candidate.start,
        end=candidate.end,
        text=candidate.text,
        entity=name.entity or "",
        lab=name.lab,
        role="other",
        in_title=candidate.start < title_end,
        confidence=CONFIDENCE[rule] if decision.p is None else round(decision.p, 2),
        rule=rule,
    )


# ---------------------------------------------------------------- one sense in one article


def _one_sense(candidates: Sequence[Candidate], verdicts: Sequence[Ruling]) -> list[Ruling]:
    """Names that little speaks for take the sense that the same name has elsewhere in the article."""
    linked: dict[str, Ruling] = {}
    refused: dict[str, str] = {}
    for candidate, verdict in zip(candidates, verdicts, strict=True):
        key = key_of(candidate.text)
        if verdict.rule and verdict.rule not in ("low", "ai-article"):
            linked.setdefault(key, verdict)
        elif verdict.reason:
            refused.setdefault(key, verdict.reason)
    return [
        _settled(verdict, linked.get(key), refused.get(key))
        for key, verdict in ((key_of(c.text), v) for c, v in zip(candidates, verdicts, strict=True))
    ]


def _settled(verdict: Ruling, linked: Ruling | None, refused: str | None) -> Ruling:
    is_weak = verdict.rule in ("low", "ai-article")
    is_open = verdict.rule is None and verdict.reason is None
    if linked and is_open:
        return Ruling(linked.name, rule="one-sense")
    if refused and not linked and (is_weak or is_open):
        return Ruling(verdict.name, reason=refused)
    return verdict


# ---------------------------------------------------------------- the learned score


def is_scored(ruling: Ruling) -> bool:
    """Whether the score is asked: for names that may mean something else and that no strong rule links."""
    name = ruling.name
    return (
        name.entity is not None
        and name.kind in _SCORED_KINDS
        and name.ambiguity != "none"
        and ruling.reason != LIKENESS
        and (ruling.rule is None or ruling.rule in WEAK)
    )


def _scored(scene: Scene, decided: Sequence[Ruling], table: LinkingWeights) -> list[_Decision]:
    """The decisions after the score; places of one name and sense share the mean of their logits."""
    logits: dict[tuple[str, str | None], list[float]] = {}
    for place, ruling in enumerate(decided):
        if is_scored(ruling):
            found = logits.setdefault(_sense(scene, place, ruling), [])
            if len(found) < _MOST_PLACES:
                found.append(table.logit(context_of(scene, place), scene_features(scene, place, ruling)))
    means = {sense: table.probability(sum(found) / len(found)) for sense, found in logits.items()}
    return [
        _decision(ruling, means[_sense(scene, place, ruling)], table)
        if is_scored(ruling)
        else _Decision(ruling)
        for place, ruling in enumerate(decided)
    ]


def _sense(scene: Scene, place: int, ruling: Ruling) -> tuple[str, str | None]:
    return key_of(scene.candidates[place].text), ruling.name.entity


def _decision(ruling: Ruling, p: float, table: LinkingWeights) -> _Decision:
    if ruling.rule is None:
        return (
            _Decision(replace(ruling, rule=DECIDED_BY_SCORE), p) if p >= table.link_at else _Decision(ruling)
        )
    if p < table.drop_at:
        return _Decision(replace(ruling, rule=None, reason=DECIDED_BY_SCORE))
    return _Decision(ruling, p)
