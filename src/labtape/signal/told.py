"""The events of an article as the bundle sees them: what the encoder reads, beside the cues that were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labtape.annotate.events import events_by
from labtape.ports import Retelling
from labtape.types import Annotated

if TYPE_CHECKING:
    from labtape.annotate.event_weights import EventWeights
    from labtape.lexicon.entries import Lexicon
    from labtape.ports import Model
    from labtape.signal.inputs import Reading

READ: Final = "read:"
EVENTS: Final = "events.json"


def read_values(read: Reading) -> dict[str, float]:
    """What the encoder says of event types, under the names that the table of events has for it.

    >>> read_values({"event.funding": 1.5, "main.funding": 0.5, "relevance": 2.0})
    {'read:event.funding': 1.5, 'read:main.funding': 0.5}
    """
    return {f"{READ}{name}": value for name, value in read.items() if name.startswith(("event.", "main."))}


def revised(annotated: Annotated, read: Reading | None, table: EventWeights, lexicon: Lexicon) -> Annotated:
    """The article with the events that cues and encoder tell together; as it was where the encoder has not read it."""
    if read is None:
        return annotated
    return replace(annotated, events=events_by(table, read_values(read), annotated, lexicon))


def as_told(annotated: Sequence[Annotated], model: Model) -> list[Annotated]:
    """The articles as a record shows them: with a model's own view of events where it has one."""
    return model.retold(annotated) if isinstance(model, Retelling) else list(annotated)
