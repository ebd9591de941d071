"""Learns the bundle's own table of events: counts of cues, and what the encoder says of articles that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labtape.annotate.event_features import event_features
from labtape.annotate.event_weights import EventWeights, event_weights
from labtape.signal.told import read_values
from labtape.train.events_model import IRRELEVANT, Row, fit_events, scores_of

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.train.heads import Annotation
    from labtape.types import Annotated


@dataclass(frozen=True, slots=True)
class Told:
    """The table, and micro-F1 and main event by how the articles were kept apart, beside the cues' table."""

    table: EventWeights
    scores: Mapping[str, Mapping[str, float]]


def fit_told(
    annotations: Sequence[Annotation],
    annotated: Sequence[Annotated],
    rows: Sequence[Mapping[str, Any]],  # Any: JSON of annotations
    lexicon: Lexicon,
) -> Told:
    """Fit on the articles that the encoder read and the split lets learn from; score them in folds, and the test's once."""
    made: dict[bool, list[Row]] = {True: [], False: []}
    for a, found, row in zip(annotations, annotated, rows, strict=False):
        if a.read is None or "events" not in row:
            continue
        full, title_end = found.article.full, len(found.article.title)
        features = event_features(full, title_end, found.mentions, found.shares, found.percentages, lexicon)
        values = features.values | read_values(a.read)
        weight = 1.0 if a.relevant else IRRELEVANT
        made[a.held].append(Row(values, frozenset(row["events"]), None, weight, a.relevant))
    fit = fit_events(made[False], tuple(lexicon.event_types))
    scores = {"folds": fit.scores}
    if made[True]:
        scores |= {
            "test": scores_of(made[True], fit.table),
            "test, cues alone": scores_of(made[True], event_weights()),
        }
    return Told(fit.table, scores)
