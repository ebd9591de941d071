"""The words of an article in pieces: what is marked, and which statements rest on it.

Findings overlap (a name inside a sentence that is evidence, a figure inside a name), HTML elements cannot. So the text is cut where any of them
begins or ends, and every piece says what it belongs to.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labtape.foreign import visible
from labtape.types import Span

_BREAK = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding in the text: its kind (a class of the style sheet), what it is in words, where its name leads."""

    start: int
    end: int
    kind: str
    about: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What statement `n` rests on."""

    n: int
    span: Span


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that belong to the same things. `evidence` are the statements that rest on them, `anchors` those whose evidence begins here."""

    text: str
    mark: Mark | None = None
    evidence: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()


def paragraphs(full: str, start: int) -> Iterator[Span]:
    """The stretches of a text from `start` on that blank lines part.

    >>> [full[s.start:s.end] for full in ["One\\n\\n two \\nlines\\n\\n"] for s in paragraphs(full, 0)]
    ['One', 'two \\nlines']
    """
    at = start
    for found in (*_BREAK.finditer(full, start), None):
        end = found.start() if found else len(full)
        words = full[at:end]
        if words.strip():
            lead = len(words) - len(words.lstrip())
            yield Span(at + lead, at + len(words.rstrip()))
        at = found.end() if found else end


def disjoint(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks by place, without those that overlap one that was given earlier.

    >>> [m.kind for m in disjoint([Mark(2, 4, "lab", ""), Mark(3, 6, "share", ""), Mark(0, 2, "model", "")])]
    ['model', 'lab']
    """
    taken: list[Mark] = []
    for mark in marks:
        i = bisect_right(taken, mark.start, key=_start)
        is_free = (i == 0 or taken[i - 1].end <= mark.start) and (
            i == len(taken) or mark.end <= taken[i].start
        )
        if is_free and mark.start < mark.end:
            taken.insert(i, mark)
    return tuple(taken)


def pieces(full: str, part: Span, marks: Sequence[Mark], evidence: Sequence[Evidence]) -> tuple[Piece, ...]:
    """The words of a part of the text, cut wherever a mark (they are disjoint) or a statement's evidence begins or ends.

    >>> made = pieces("Qwen holds 18%", Span(0, 14), [Mark(0, 4, "model", "")], [Evidence(1, Span(5, 14))])
    >>> [(p.text, p.mark.kind if p.mark else "", p.evidence) for p in made]
    [('Qwen', 'model', ()), (' ', '', ()), ('holds 18%', '', (1,))]
    """
    here = marks[bisect_right(marks, part.start, key=_end) : bisect_left(marks, part.end, key=_start)]
    resting = [e for e in evidence if e.span.start < part.end and e.span.end > part.start]
    cuts = {part.start, part.end}
    ends = [(m.start, m.end) for m in here] + [(e.span.start, e.span.end) for e in resting]
    cuts |= {at for pair in ends for at in pair if part.start < at < part.end}
    places = sorted(cuts)
    first = _firsts(evidence)
    made = []
    for start, end in pairwise(places):
        i = bisect_right(here, start, key=_start) - 1
        mark = here[i] if i >= 0 and end <= here[i].end else None
        on = tuple(dict.fromkeys(e.n for e in resting if e.span.start <= start and end <= e.span.end))
        anchors = tuple(n for n, at in first.items() if start <= at < end)
        made.append(Piece(visible(full[start:end]), mark, on, anchors))
    return tuple(made)


def _start(mark: Mark) -> int:
    return mark.start


def _end(mark: Mark) -> int:
    return mark.end


def _firsts(evidence: Iterable[Evidence]) -> dict[int, int]:
    """Where the evidence of each statement begins."""
    first: dict[int, int] = {}
    for e in evidence:
        first[e.n] = min(first.get(e.n, e.span.start), e.span.start)
    return first
