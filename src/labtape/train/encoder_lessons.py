"""What the encoder is taught: pairs of texts with the answers that are known for them.

One network answers all questions, so that it reads an article once: whether it is relevant, material and which way it
points, its events, the states in it; and the tone of a finance headline and of what a text says about one entity.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from labtape.signal.features import EVENT_TYPES, Seen
from labtape.signal.ngrams import LABELS
from labtape.signal.places import named_sentences
from labtape.train.corpora import LABEL_WORDS, Example
from labtape.types import Annotated

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Kind = Literal["yes", "some", "one"]


@dataclass(frozen=True, slots=True)
class Head:
    """A question: `yes` is answered by a probability, `some` by one for each class, `one` by one class.

    `weight` is its part in the loss.
    """

    name: str
    kind: Kind
    classes: tuple[str, ...]
    weight: float


HEADS: Final = (
    Head("relevance", "yes", ("",), 1.0),
    Head("material", "yes", ("",), 1.0),
    Head("direction", "yes", ("",), 1.0),
    Head("event", "some", EVENT_TYPES, 0.5),
    Head("main", "one", EVENT_TYPES, 0.5),
    Head("geo", "yes", ("",), 1.0),
    Head("geo_direction", "one", ("tightening", "easing", "rivalry", "none"), 0.5),
    Head("geo_stage", "one", ("act", "threat", "talk"), 0.5),
    Head("headline", "one", LABELS, 1.0),
    Head("entity", "one", LABELS, 1.0),
)

Answer = float | int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A pair of texts, and what is known of it: 1 or 0, the classes that hold, or the one class."""

    first: str
    second: str
    answers: Mapping[str, Answer]


def outputs() -> tuple[str, ...]:
    """The names of the network's log-odds, in order.

    >>> outputs()[:3], len(outputs())
    (('relevance', 'material', 'direction'), 57)
    """
    return tuple(f"{head.name}.{c}" if c else head.name for head in HEADS for c in head.classes)


def headline_lessons(examples: Sequence[Example]) -> list[Lesson]:
    """Public finance headlines: their tone."""
    return [Lesson(e.text, "", {"headline": LABELS.index(e.label)}) for e in examples]


def entity_lessons(folder: Path) -> list[Lesson]:
    """Public finance headlines with the tone for one entity of them, where the file is there."""
    path = next((p for p in (folder / _ENTITIES, folder / "train" / _ENTITIES) if p.is_file()), None)
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Lesson(row["entity"], row["text"], {"entity": LABELS.index(LABEL_WORDS[row["label"]])})
            for row in csv.DictReader(file)
            if row["label"] in LABEL_WORDS
        ]


_ENTITIES: Final = "sentfin_entity.csv"


def article_lesson(seen: Seen, row: Mapping[str, Any]) -> Lesson:  # Any: JSON of annotations
    """An annotated article: headline and opening with everything that was read in it."""
    known: dict[str, Answer] = {"relevance": float(row["relevant"])}
    if row["relevant"]:
        known["material"] = float(row["sentiment"] != "Neutral")
        if row["sentiment"] != "Neutral":
            known["direction"] = float(row["sentiment"] == "Bullish")
    events = [EVENT_TYPES.index(e) for e in row.get("events", ()) if e in EVENT_TYPES]
    if events:
        known["event"], known["main"] = tuple(events), events[0]
    geo = row.get("geo")
    if geo:
        known["geo"] = float(geo["relevant"])
        for name in ("direction", "stage"):
            classes = next(h.classes for h in HEADS if h.name == f"geo_{name}")
            if geo["relevant"] and geo[name] in classes:
                known[f"geo_{name}"] = classes.index(geo[name])
    return Lesson(seen.views.title, seen.views.lead, known)


def subject_lesson(
    annotated: Annotated, told: Mapping[str, Any], lexicon: Lexicon
) -> Lesson | None:  # Any: JSON
    """What an annotated article means for one subject, from the sentences that name it; None where none is found."""
    text, lab = named_sentences(annotated, told["entity"]), lexicon.lab_of(told["entity"])
    if not text or lab is None:
        return None
    return Lesson(lab.name, text, {"entity": LABELS.index(told["sentiment"])})
