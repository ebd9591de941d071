"""Reads the labelled sets that a text model learns from, as their owners publish them.

Texts stay where they are; what goes into a bundle is named with licence, rows used and the file's sha-256.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from labtape.exceptions import ReadError
from labtape.signal.bundle import sha256_of

#: What the public sets call the labels.
LABEL_WORDS: Final = {"positive": "Bullish", "neutral": "Neutral", "negative": "Bearish"}


@dataclass(frozen=True, slots=True)
class Source:
    """A set labtape knows how to read: file, owner's name for it, licence."""

    file: str
    name: str
    licence: str


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The examples of a set, and what the card says about it."""

    source: Source
    rows: int
    sha256: str
    examples: tuple[Example, ...]

    def card(self) -> dict[str, Any]:  # Any: JSON
        return {
            "name": self.source.name,
            "licence": self.source.licence,
            "rows": self.rows,
            "used": len(self.examples),
            "sha256": self.sha256,
        }


# Headlines labelled "mixed" are left out: they are neither side and no Neutral (SEntFiN, 1 in 20), and as
# Neutral they cost five points there.
SOURCES: Final = (
    Source("tfns.csv", "Twitter Financial News Sentiment (zeroshot)", "MIT"),
    Source("sentfin_headline.csv", "SEntFiN 1.0 headlines (Sinha, Kedas, Kumar, Malo 2021)", "MIT"),
    Source("finentity.csv", "FinEntity (Tang et al. 2023), sentences of one label", "ODC-BY 1.0"),
)


def read_corpora(data: Path) -> tuple[Corpus, ...]:
    """The known sets in a folder (or its train/ folder); raises `ReadError` where none is there."""
    folder = data / "train" if (data / "train").is_dir() else data
    found = tuple(_read(folder / s.file, s) for s in SOURCES if (folder / s.file).is_file())
    if not found:
        wanted = ", ".join(s.file for s in SOURCES)
        raise ReadError(f"{data}: none of {wanted} here or in train/; give the folder with the labelled sets")
    return found


def _read(path: Path, source: Source) -> Corpus:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = {"text", "label"} - set(rows[0] if rows else ())
    if missing:
        raise ReadError(f"{path}: no column {', '.join(sorted(missing))}; need text and label")
    examples = (
        _one_label(rows) if "doc_id" in (rows[0] if rows else ()) else [(r["text"], r["label"]) for r in rows]
    )
    kept = tuple(
        Example(text, LABEL_WORDS[label], source.name) for text, label in examples if label in LABEL_WORDS
    )
    return Corpus(source, len(rows), sha256_of(path), kept)


def _one_label(rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """The texts all of whose entities have the same label, once each."""
    labels: dict[str, set[str]] = {}
    for row in rows:
        labels.setdefault(row["text"], set()).add(row["label"])
    return [(text, next(iter(own))) for text, own in labels.items() if len(own) == 1]
