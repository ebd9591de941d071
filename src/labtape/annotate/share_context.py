"""What stands around one number: its sentence, the words before and behind it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.types import Span

if TYPE_CHECKING:
    from labtape.text.quantities import Quantity

REACH = 600  # a "sentence" without a stop (a table, a feed of headlines) is read this far to each side
LONGEST: Final = 3000
"""Characters of the longest sentence; a longer one has no stops and is read in stretches of this length, each with `REACH` to both sides."""
_TITLE: Final = 2000  # characters before the first blank line that may still be a title


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
    """Each number with its sentence, in order. A number outside every sentence gets its line.

    What is read of a sentence is read for each of its numbers, so none is longer than `LONGEST`.
    """
    starts = [sentence.start for sentence in sentences]
    for quantity in quantities:
        i = bisect_right(starts, quantity.start) - 1
        inside = i >= 0 and sentences[i].end >= quantity.end
        sentence = _stretch(sentences[i] if inside else _line(full, quantity), quantity)
        first = min(max(sentence.start, quantity.start - REACH), quantity.outer_start)
        last = max(min(sentence.end, quantity.end + REACH), quantity.outer_end)
        yield Setting(
            full, quantity, sentence, full[first : quantity.outer_start], full[quantity.outer_end : last]
        )


def title_end_of(full: str) -> int:
    """Where the title ends, at the first blank line; 0 where there is none or what stands before it is too long for a title.

    >>> title_end_of("Kimi leads\\n\\nIt has 12%."), title_end_of("No title")
    (10, 0)
    """
    return max(full.find("\n\n", 0, _TITLE), 0)


def _stretch(sentence: Span, quantity: Quantity) -> Span:
    """The sentence, of one that is too long the stretch in which a number begins, with its `REACH`."""
    if sentence.end - sentence.start <= LONGEST:
        return sentence
    start = quantity.start - (quantity.start - sentence.start) % LONGEST
    return Span(max(start - REACH, sentence.start), min(start + LONGEST + REACH, sentence.end))


def _line(full: str, quantity: Quantity) -> Span:
    start = full.rfind("\n", 0, quantity.start) + 1
    end = full.find("\n", quantity.end)
    return Span(start, len(full) if end < 0 else end)
