"""One text classifier of a user's, joined with a model of the house, as a `Model`."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, get_args

from labtape.exceptions import BundleError
from labtape.ports import Model, Prediction
from labtape.signal.features import headline, views
from labtape.signal.places import named_sentences
from labtape.signal.plugins.classes import LABELS, labels_of
from labtape.types import Annotated, ModelRef

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

LABEL_SET: Final = "market3"
TextView = Literal["title", "title+lead"]
# What the smallest label set adds up to, when the probabilities are taken at their word.
COVERAGE: Final = 0.9
# How far from one the probabilities of a row may add up to: half-precision arithmetic is well inside.
SLACK: Final = 0.01


class OwnModel(ABC):
    """What `SklearnModel` and `TransformersModel` share: what is read, and how an answer becomes a `Prediction`.

    Verdict and entity verdicts are the user's model; relevance, and by how much the effect fades over months, are the
    model of the house that `relevance` is or names (opened at the first use).
    """

    def __init__(
        self,
        classes: Sequence[object],
        *,
        place: str,
        labels: Mapping[object, str] | None,
        text: TextView,
        relevance: Model | str,
        lexicon: Lexicon | None,
    ) -> None:
        if text not in get_args(TextView):
            raise BundleError(f"{place}: text={text!r}; have: {', '.join(get_args(TextView))}")
        self._place = place
        self._classes = tuple(classes)
        self._given = labels
        self._labels = labels_of(self._classes, labels, place=place)
        self._text: TextView = text
        self._relevance = relevance
        self._lexicon = lexicon

    @property
    @abstractmethod
    def _name(self) -> str: ...

    @property
    @abstractmethod
    def _libraries(self) -> str: ...

    @property
    @abstractmethod
    def _digest(self) -> str: ...

    @abstractmethod
    def _rows(self, texts: list[str]) -> list[list[float]]:
        """For each text the probabilities of the classes, in their order."""

    @cached_property
    def ref(self) -> ModelRef:
        """`version` says all that shaped the answer beside the weights; `digest` is of the weights."""
        house = self._house.ref
        version = f"{self._libraries}; reads {self._text}; relevance by {house.bundle} {house.version}"
        if self._given is not None:
            pairs = sorted(f"{c}={label}" for c, label in self._given.items())
            version += f"; labels {' '.join(pairs)}"
        return ModelRef(self._name, version, self._digest)

    @property
    def label_set_id(self) -> str:
        return LABEL_SET

    def predict(self, annotated: Sequence[Annotated]) -> list[Prediction]:
        if not annotated:
            return []
        house = self._house.predict(annotated)
        own = self._probabilities([read(a, self._text) for a in annotated])
        return [_prediction(p, said) for p, said in zip(own, house, strict=True)]

    def predict_entities(self, pairs: Sequence[tuple[Annotated, str]]) -> list[Mapping[str, float]]:
        """p from the sentences that name the entity (the first two), read by the user's model."""
        texts = [named_sentences(a, entity) or read(a, self._text) for a, entity in pairs]
        return list(self._probabilities(texts)) if texts else []

    @cached_property
    def _house(self) -> Model:
        from labtape.signal.model import load_model  # which itself opens plug-ins

        if not isinstance(self._relevance, str):
            house = self._relevance
        else:
            house = load_model(self._relevance, lexicon=self._lexicon)
        if house.label_set_id != LABEL_SET:
            raise BundleError(
                f"{self._place}: relevance by {house.ref.bundle}, which has label set '{house.label_set_id}'; "
                f"needed is one of label set '{LABEL_SET}'"
            )
        return house

    def _probabilities(self, texts: list[str]) -> list[dict[str, float]]:
        rows = self._rows(texts)
        if len(rows) != len(texts):
            raise BundleError(f"{self._place}: gave {len(rows)} answers for {len(texts)} texts")
        return [self._by_label(row) for row in rows]

    def _by_label(self, row: Sequence[float]) -> dict[str, float]:
        """A row over the classes as one over the labels; classes with one label are added up."""
        if len(row) != len(self._classes):
            raise BundleError(
                f"{self._place}: gave {len(row)} probabilities for {len(self._classes)} classes"
            )
        total = sum(row)
        # A comparison with NaN is false, so it is refused here as well.
        if not (all(value >= 0 for value in row) and math.isclose(total, 1, abs_tol=SLACK)):
            raise BundleError(
                f"{self._place}: probabilities {', '.join(f'{v:g}' for v in row)} are not those of exclusive classes "
                "(each from 0, together 1); a classifier of several labels at once is not taken"
            )
        p = dict.fromkeys(LABELS, 0.0)
        for label, value in zip(self._labels, row, strict=True):
            p[label] += value / total
        return p


def read(annotated: Annotated, text: TextView) -> str:
    """What the model reads: the headline (the opening where there is none), or headline and opening, a line each."""
    seen = views(annotated)
    return headline(seen) if text == "title" else f"{seen.title}\n{seen.lead}".strip()


def faded(p: Mapping[str, float], house: Prediction) -> dict[str, float]:
    """p over months: its odds moved as the house's own move from days to months."""
    moved = {label: p[label] * house.long[label] / max(house.short[label], 1e-9) for label in p}
    total = sum(moved.values())
    return {label: value / total for label, value in moved.items()} if total else dict(p)


def likely(p: Mapping[str, float], coverage: float = COVERAGE) -> tuple[str, ...]:
    """The fewest labels, most probable first, that together reach the coverage.

    >>> likely({"Bullish": 0.62, "Neutral": 0.30, "Bearish": 0.08})
    ('Bullish', 'Neutral')
    """
    kept: list[str] = []
    total = 0.0
    for label in sorted(p, key=lambda label: -p[label]):
        kept.append(label)
        total += p[label]
        if total >= coverage - 1e-9:
            break
    return tuple(kept)


def _prediction(p: Mapping[str, float], house: Prediction) -> Prediction:
    return Prediction(relevance=house.relevance, p=p, short=p, long=faded(p, house), label_set=likely(p))
