"""Verdicts on headlines that somebody else labelled, for the whole or for a name in them: the field's public sets.

A CSV with `text` and `label`, and with `entity` where the label is for a name. Measured is what a user gets: the verdict of
a record made with `any_topic`, or `signal.toward`; beside the plain methods of `beside`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from labtape.exceptions import ReadError
from labtape.signal.mathematics import label_of
from labtape.signal.ngrams import LABELS, TextModel
from labtape.train.beside import ALWAYS, LABTAPE, TF_IDF, VADER, vader_labels
from labtape.train.corpora import LABEL_WORDS
from labtape.train.verdicts import NEUTRAL, Judged, measured

#: Headlines that agree with nobody: left out and counted.
MIXED: Final = "mixed"
COLUMNS: Final = ("text", "label")
Columns = Mapping[str, Mapping[str, Any] | None]  # Any: JSON of measures


@dataclass(frozen=True, slots=True)
class Labelled:
    """A headline with its label; `entity` is the name that the label is for, empty where it is for the whole."""

    text: str
    label: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Headlines:
    rows: tuple[Labelled, ...]
    n_mixed: int

    @property
    def has_names(self) -> bool:
        return bool(self.rows) and all(row.entity for row in self.rows)


def read_headlines(path: Path) -> Headlines:
    """The labelled headlines of a CSV; raises `ReadError` with the line where a column, a text or a label is not what it should be."""
    rows: list[Labelled] = []
    n_mixed = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise ReadError(
                    f"{path}: no column {', '.join(missing)}; need {', '.join(COLUMNS)}, and entity for labels of names"
                )
            for row in reader:
                label = (row["label"] or "").strip().lower()
                if label == MIXED:
                    n_mixed += 1
                    continue
                rows.append(
                    Labelled(
                        row["text"] or "", _label(label, f"{path}:{reader.line_num}"), row.get("entity") or ""
                    )
                )
    except (UnicodeDecodeError, csv.Error) as e:
        raise ReadError(f"{path}: no CSV in UTF-8: {e}") from e
    if not rows:
        raise ReadError(f"{path}: holds no labelled headline")
    if any(row.entity for row in rows) and not all(row.entity for row in rows):
        raise ReadError(f"{path}: some rows name an entity and others none; give two files")
    return Headlines(tuple(rows), n_mixed)


def _label(word: str, place: str) -> str:
    label = LABEL_WORDS.get(word) or next((x for x in LABELS if x.lower() == word), None)
    if label is None:
        have = ", ".join((*LABEL_WORDS, *LABELS, MIXED))
        raise ReadError(f"{place}: label '{word}'; have: {have}")
    return label


def headline_columns(
    rows: Sequence[Labelled],
    made: Sequence[Mapping[str, float]],
    text_model: TextModel | None,
) -> Columns:
    """The measures (`verdicts.measured`) of what labtape made of each row, and of the plain methods on the same rows."""
    texts = [row.text for row in rows]
    bags = (
        [dict(zip(LABELS, p, strict=True)) for p in text_model.probabilities(texts)] if text_model else None
    )
    vader = vader_labels(texts)
    return {
        LABTAPE: measured(judged_rows(rows, made)),
        TF_IDF: measured(judged_rows(rows, bags)) if bags else None,
        ALWAYS: measured(_only(rows, [NEUTRAL] * len(rows))),
        VADER: measured(_only(rows, vader)) if vader is not None else None,
    }


def conflicting(rows: Sequence[Labelled]) -> list[int]:
    """Which rows stand in a headline whose names have different labels."""
    labels: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        labels[row.text].add(row.label)
    return [k for k, row in enumerate(rows) if len(labels[row.text]) > 1]


def judged_rows(rows: Sequence[Labelled], made: Sequence[Mapping[str, float]]) -> list[Judged]:
    """Rows of one headline are one story of the bootstrap."""
    return [
        Judged(row.label, label_of(p), max(p.values()), row.text) for row, p in zip(rows, made, strict=True)
    ]


def _only(rows: Sequence[Labelled], labels: Sequence[str]) -> list[Judged]:
    return [Judged(row.label, label, None, row.text) for row, label in zip(rows, labels, strict=True)]
