"""What stands around one number: its sentence, the words before and behind it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.types import Span

if TYPE_CHECKING:
    from labtape.text.quantities import Quantity

REACH = 600  # a "sentence" without a stop (a table, a feed of headlines) is read this far to each side


@dataclass(frozen=True, slots=True)
class Setting:
    """A number in its sentence; `left` ends before its hedge, `right` begins behind it."""

    full: str
    quantity: Quantity
    sentence: Span
    left: str
    right: str

    @property
    def left_at(self) -> int:
        """Where `left` begins in `full`."""
        return self.quantity.outer_start - len(self.left)

    @property
    def right_at(self) -> int:
        """Where `right` begins in `full`."""
        return self.quantity.outer_end


def settings(full: str, sentences: Sequence[Span], quantities: Sequence[Quantity]) -> Iterator[Setting]:
    """Each number with its sentence, in order. A number outside every sentence gets its line."""
    starts = [sentence.start for sentence in sentences]
    for quantity in quantities:
        i = bisect_right(starts, quantity.start) - 1
        inside = i >= 0 and sentences[i].end >= quantity.end
        sentence = sentences[i] if inside else _line(full, quantity)
        first = min(max(sentence.start, quantity.start - REACH), quantity.outer_start)
        last = max(min(sentence.end, quantity.end + REACH), quantity.outer_end)
        yield Setting(
            full, quantity, sentence, full[first : quantity.outer_start], full[quantity.outer_end : last]
        )


def _line(full: str, quantity: Quantity) -> Span:
    start = full.rfind("\n", 0, quantity.start) + 1
    end = full.find("\n", quantity.end)
    return Span(start, len(full) if end < 0 else end)
