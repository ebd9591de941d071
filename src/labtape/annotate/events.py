"""What happened: the event types of the lexicon that the text speaks for, most certain first.

`event_features` counts the cues of all types by place and strength, `event_weights` has learned what each count says
for each type, and against it: a cue of "research" in a title also speaks against "funding". A type of a user's
lexicon that the table does not know is told by its own cues alone, one that was met too seldom also by them,
where the title has a strong one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from labtape.annotate.event_features import WEIGHTS, EventFeatures, event_features
from labtape.annotate.event_weights import EventWeights, event_weights
from labtape.text.sentences import sentence_at
from labtape.types import Event, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labtape.lexicon.entries import Lexicon
    from labtape.types import Annotated, Mention, Percentage, Share

NOTHING = "other"
#: At most so many events are told of one article.
MOST = 3
#: Cues alone, for types without learned weights: p = 1 / (1 + exp(BIAS - SLOPE * evidence)), by hand; a strong cue in
#: the title and a weak one beside it make .78, a strong one in the lead alone .51.
SLOPE = 0.5
BIAS = 0.6
CAPS = {"title": 4.0, "lead": 2.0, "body": 0.9}
#: Characters of the cue's words that a rule names.
_WORDS = 40


def find_events(
    full: str,
    title_end: int,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    shares: Sequence[Share],
    percentages: Sequence[Percentage],
    lexicon: Lexicon,
) -> tuple[Event, ...]:
    """The events told, most certain first; one of type `other` where nothing speaks for any."""
    features = event_features(full, title_end, mentions, shares, percentages, lexicon)
    table = event_weights()
    told = _told(_probabilities(features, table, lexicon), set(features.best), table.threshold)
    return tuple(_event(kind, p, features, title_end, sentences) for kind, p in told)


def events_by(
    table: EventWeights, read: Mapping[str, float], annotated: Annotated, lexicon: Lexicon
) -> tuple[Event, ...]:
    """The events of an annotated article by a table that also weighs what a model has `read`, by name; no type needs a cue."""
    full, title_end = annotated.article.full, len(annotated.article.title)
    features = event_features(
        full, title_end, annotated.mentions, annotated.shares, annotated.percentages, lexicon
    )
    features.values.update(read)
    told = _told(_probabilities(features, table, lexicon), set(lexicon.event_types), table.threshold)
    return tuple(_event(kind, p, features, title_end, annotated.sentences) for kind, p in told)


def _probabilities(features: EventFeatures, table: EventWeights, lexicon: Lexicon) -> dict[str, float]:
    learned = table.probabilities(features.values)
    headlined = {kind for kind in table.few if features.values.get(f"cue:{kind}:title:strong")}
    alone = {
        kind: probability(evidence(kind, features.values))
        for kind in lexicon.event_types
        if kind not in learned or kind in headlined
    }
    return {kind: max(learned.get(kind, 0.0), alone.get(kind, 0.0)) for kind in lexicon.event_types}


def _told(p: Mapping[str, float], possible: set[str], threshold: float) -> list[tuple[str, float]]:
    """The possible types above the threshold; else the likeliest of them, if it is likelier than that nothing is told."""
    ranked = sorted(
        ((round(p[kind], 4), kind) for kind in possible if kind in p and kind != NOTHING),
        key=lambda pair: (-pair[0], pair[1]),
    )
    told = [(kind, chance) for chance, kind in ranked[:MOST] if chance >= threshold]
    if told:
        return told
    nothing = round(p.get(NOTHING, 0.0), 4)
    if ranked and ranked[0][0] > nothing:
        return [(ranked[0][1], ranked[0][0])]
    return [(NOTHING, nothing)]


def evidence(kind: str, values: Mapping[str, float]) -> float:
    """The sum of a type's own cues, capped by place.

    >>> evidence("funding", {"cue:funding:title:strong": 2.0, "cue:funding:lead:weak": 1.0})
    4.5
    """
    total = 0.0
    for zone, (strong, weak) in WEIGHTS.items():
        name = f"cue:{kind}:{zone}"
        total += min(
            CAPS[zone], strong * values.get(f"{name}:strong", 0.0) + weak * values.get(f"{name}:weak", 0.0)
        )
    return total


def probability(evidence: float) -> float:
    """The squash of a sum of evidence into (0, 1)."""
    return 1 / (1 + math.exp(BIAS - SLOPE * evidence))


def _event(kind: str, p: float, features: EventFeatures, title_end: int, sentences: Sequence[Span]) -> Event:
    cue = features.best.get(kind)
    at = cue.at if cue else 0
    span = sentence_at(sentences, at) or Span(0, title_end)
    words = " ".join(cue.words.split())[:_WORDS].strip() if cue else ""
    rule = f"learned:{cue.rule}:{words}" if cue else "nothing-told" if kind == NOTHING else "learned:words"
    return Event(type=kind, p=p, start=span.start, end=span.end, rule=rule)
