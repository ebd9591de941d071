"""The verdict of a story: one vote per independent source, so that a copied verdict counts once.

The mean is linear, not one of log-odds: where sources disagree it stays between them and says so by its spread, while
in log-odds one source that is sure and wrong outweighs several that are not.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from labtape.story_record.nouns import StoryVerdict, Vote
from labtape.story_record.sources import roots_of, source_weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labtape.lexicon.entries import Lexicon
    from labtape.story_record.nouns import Source
    from labtape.types import Record, State

_DIGITS: Final = 4


def story_verdict(
    records: Sequence[Record], forest: Sequence[Source], *, lexicon: Lexicon | None = None
) -> StoryVerdict:
    """The weighted mean of one verdict per origin: that of its most relevant article, the earliest of equals.

    A vote weighs relevance times what the root's word counts for. Articles out of scope vote only where all are. The target
    is the one that most weight points at, up or down; where nobody points anywhere, the one that most weight bears on. An
    origin that points at others alone has no vote; one that sees no direction has, whatever it bears on.
    """
    in_scope = [r for r in records if r.verdict.state != "out_of_scope"] or list(records)
    roots, nodes = roots_of(forest), {node.id: node for node in forest}
    by_origin: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(in_scope, key=lambda r: (-r.relevance.p, r.order_at, r.id)):
        by_origin[roots[record.id]].append(record)
    weights = {origin: source_weight(nodes[origin]) for origin in by_origin}
    target = _target(by_origin, weights, lexicon)
    votes = [
        (record, origin, round(record.relevance.p * weights[origin], _DIGITS))
        for origin, told in by_origin.items()
        for record in _voting(told, target, lexicon)
    ]
    return _mean(target, votes, lexicon)


def _voting(told: Sequence[Record], target: str, lexicon: Lexicon | None) -> tuple[Record, ...]:
    """The article an origin votes by, of some in the order of their relevance; none where all point at others."""
    aimed = [r for r in told if r.verdict.target == target]
    flat = [r for r in told if not sign_of(r.verdict.label, lexicon)]
    return tuple((aimed or flat)[:1])


def _target(
    by_origin: Mapping[str, Sequence[Record]], weights: Mapping[str, float], lexicon: Lexicon | None
) -> str:
    """What most weight points at, by the most relevant article of each origin that points; the first by name of equals."""
    pointing = {
        origin: [r for r in told if sign_of(r.verdict.label, lexicon)] for origin, told in by_origin.items()
    }
    voices = {origin: told for origin, told in pointing.items() if told} or by_origin
    total: dict[str, float] = defaultdict(float)
    for origin, told in voices.items():
        total[told[0].verdict.target] += told[0].relevance.p * weights[origin]
    return min(total, key=lambda target: (-total[target], target))


def _mean(target: str, votes: Sequence[tuple[Record, str, float]], lexicon: Lexicon | None) -> StoryVerdict:
    total = sum(weight for _, _, weight in votes)
    parts = [weight / total if total else 1 / len(votes) for _, _, weight in votes]
    labels = dict.fromkeys(label for record, _, _ in votes for label in record.verdict.p)
    p = {
        label: round(
            sum(
                part * record.verdict.p.get(label, 0.0)
                for part, (record, _, _) in zip(parts, votes, strict=True)
            ),
            _DIGITS,
        )
        for label in labels
    }
    label = max(p, key=lambda name: p[name]) if p else votes[0][0].verdict.label
    scores = [record.verdict.score for record, _, _ in votes]
    signs = {sign_of(record.verdict.label, lexicon) for record, _, _ in votes}
    return StoryVerdict(
        target=target,
        label=label,
        p=p,
        score=round(sum(part * score for part, score in zip(parts, scores, strict=True)), _DIGITS),
        confidence=p.get(label, 0.0),
        state=_state(label, votes, signs, lexicon),
        spread=round(max(scores) - min(scores), _DIGITS),
        is_split={-1, 1} <= signs,
        votes=tuple(
            Vote(record.id, origin, record.verdict.label, record.verdict.score, weight)
            for record, origin, weight in votes
        ),
    )


def _state(
    label: str,
    votes: Sequence[tuple[Record, str, float]],
    signs: Iterable[int],
    lexicon: Lexicon | None,
) -> State:
    """Directional with a direction; mixed where neutral lies between votes for both; else the state with most weight."""
    if sign_of(label, lexicon):
        return "directional"
    if {-1, 1} <= set(signs):
        return "mixed"
    weight: dict[State, float] = defaultdict(float)
    for record, _, own in votes:
        if record.verdict.state != "directional":
            weight[record.verdict.state] += own
    return max(weight, key=lambda state: weight[state]) if weight else "flat"


def sign_of(label: str, lexicon: Lexicon | None) -> int:
    """1, 0 or -1: which way a label points by the lexicon's label sets; 0 for one that none of them has."""
    sets = lexicon.label_sets.values() if lexicon else ()
    return next((s.signs[label] for s in sets if label in s.signs), 0)
