"""What the tables of shares are learned from: the numbers of annotated articles, and what readers took each of them for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.mentions import find_mentions
from labtape.annotate.share_classes import Decision, decide
from labtape.annotate.share_context import settings
from labtape.text.quantities import find_quantities
from labtape.text.sentences import sentences
from labtape.train.gold import full_of, read_gold
from labtape.train.matching import SAME_VALUE

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.text.quantities import Quantity
    from labtape.types import Mention

TRAIN: Final = "train"
Row = Mapping[str, Any]  # Any: annotations


@dataclass(frozen=True, slots=True)
class Numbered:
    """An article with its numbers as the cues decide them; the mentions are sorted."""

    full: str
    title_end: int
    mentions: Sequence[Mention]
    decisions: tuple[Decision, ...]


def numbered(row: Row, lexicon: Lexicon) -> Numbered:
    """The numbers of an annotated article."""
    full, title_end = full_of(row), len(row.get("title") or "")
    spans = sentences(full)
    mentions = sorted(find_mentions(full, title_end, spans, lexicon)[0], key=lambda m: m.start)
    decisions = tuple(decide(tuple(settings(full, spans, find_quantities(full))), mentions, han=True))
    return Numbered(full, title_end, mentions, decisions)


def learned_rows(sources: Sequence[str]) -> Iterator[Row]:
    """Yield the annotated articles of each GOLD or GOLD:TEXTS that may be learned from: of the split's train, or without a split."""
    for source in sources:
        gold, _, texts = source.partition(":")
        for row in read_gold(Path(gold), Path(texts) if texts else None).rows:
            if row.get("split", TRAIN) == TRAIN:
                yield row


def is_real(row: Row) -> bool:
    """Whether an article is real news: only one that was written for the set carries no place that it came from."""
    return bool(row.get("sha256") or row.get("url") or row.get("collected_from"))


def share_read(row: Row, quantity: Quantity) -> Row | None:
    """The share that readers took a number for."""
    shares = (share for share in row["shares"] if overlaps(share, quantity))
    return next((share for share in shares if abs(share["value"] - quantity.value) < SAME_VALUE), None)


def overlaps(label: Row, quantity: Quantity) -> bool:
    """Whether a label and a number share a character."""
    return bool(quantity.start < label["end"] and label["start"] < quantity.end)
