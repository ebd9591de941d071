"""Which calls a record makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from labtape.calls.nouns import CLASSES, Call, Class, Prediction
from labtape.report.reading import records_of
from labtape.types import Record

if TYPE_CHECKING:
    import pandas as pd


def call_of(record: Record) -> Call | None:
    """The call a record makes; None where it makes none: not relevant, or its target is not listed.

    A Neutral verdict is a call as well. Labels of other sets count with their direction: "Very Bullish" is Bullish.
    """
    verdict = record.verdict
    if not record.relevance.relevant or not verdict.target.startswith("ticker:"):
        return None
    horizons = {
        name: _prediction(horizon.label, horizon.p) for name, horizon in verdict.horizons.items() if horizon.p
    }
    whole = _prediction(verdict.label, verdict.p)
    return Call(
        record=record.id,
        revision=record.revision,
        scored_at=record.scored_at,
        available_at=record.available_at,
        target=verdict.target,
        label=whole.label,
        p=whole.p,
        short=horizons.get("short", whole),
        long=horizons.get("long", whole),
        state=verdict.state,
        title=record.title,
        url=record.url,
        story=record.story.id,
        engine=record.engine,
        kb=record.kb,
        model=record.model,
        content_hash=record.content_hash,
    )


def calls_in(records: Iterable[Record] | pd.DataFrame) -> Iterator[Call]:
    """The calls of some records, in their order; a data frame of records is read as `labtape.report.reading.records_of` does."""
    return (call for record in records_of(records) if (call := call_of(record)) is not None)


def _prediction(label: str, p: Mapping[str, float]) -> Prediction:
    return Prediction(_class(label), {c: round(sum(p[x] for x in p if _class(x) == c), 6) for c in CLASSES})


def _class(label: str) -> Class:
    """The class of a label by its last word; a label of no direction is Neutral."""
    word = label.rpartition(" ")[2]
    return word if word in CLASSES else "Neutral"
