"""Events and geopolitics of an article as the bundle sees them: what the encoder reads, beside the cues that were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labtape.annotate.events import events_by
from labtape.annotate.geo_features import geo_features
from labtape.ports import Retelling
from labtape.types import Annotated

if TYPE_CHECKING:
    from labtape.annotate.event_weights import EventWeights
    from labtape.annotate.geo_weights import GeoWeights
    from labtape.lexicon.entries import Lexicon
    from labtape.ports import Model
    from labtape.signal.inputs import Reading

READ: Final = "read:"
EVENTS: Final = "events.json"
GEOPOLITICS: Final = "geopolitics.json"


def read_values(read: Reading) -> dict[str, float]:
    """What the encoder says of event types, under the names that the table of events has for it.

    >>> read_values({"event.funding": 1.5, "main.funding": 0.5, "relevance": 2.0})
    {'read:event.funding': 1.5, 'read:main.funding': 0.5}
    """
    return {f"{READ}{name}": value for name, value in read.items() if name.startswith(("event.", "main."))}


def geo_read_values(read: Reading) -> dict[str, float]:
    """What the encoder says of matters between states, under the names that the tables of geopolitics have for it.

    >>> geo_read_values({"geo": 1.5, "geo_stage.act": 0.5, "relevance": 2.0})
    {'read:geo': 1.5, 'read:geo_stage.act': 0.5}
    """
    return {f"{READ}{name}": value for name, value in read.items() if name.partition(".")[0] in _GEO_HEADS}


_GEO_HEADS: Final = frozenset(["geo", "geo_direction", "geo_stage"])


def revised(
    annotated: Annotated,
    read: Reading | None,
    lexicon: Lexicon,
    *,
    events: EventWeights | None = None,
    geopolitics: GeoWeights | None = None,
) -> Annotated:
    """The article with what cues and encoder tell together; as it was where there is no table or the encoder has not read it."""
    if read is None:
        return annotated
    return replace(
        annotated,
        events=events_by(events, read_values(read), annotated, lexicon) if events else annotated.events,
        geopolitics=geopolitics.geopolitics(geo_features(annotated, lexicon), geo_read_values(read))
        if geopolitics
        else annotated.geopolitics,
    )


def as_told(annotated: Sequence[Annotated], model: Model) -> list[Annotated]:
    """The articles as a record shows them: with a model's own view of events and geopolitics where it has one."""
    return model.retold(annotated) if isinstance(model, Retelling) else list(annotated)
