"""One series of share claims as a picture: values in, coordinates out. What is drawn is comparable, or it is not drawn.

Times run from left to right, shares from 0 up; a bar is the interval that the wording allows. A line joins the claims of one holder about
different times, but passes by what is disputed or was restated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from labtape.foreign import clean, shortened
from labtape.ledger import point_in_time

if TYPE_CHECKING:
    from labtape.ledger import ShareRow

WIDTH, HEIGHT = 350, 150  # near to the pixels of a narrow place, so that its words stay legible there
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 8, 8, 24
COLOURS = 6  # classes c0 … c5 of the style sheet


@dataclass(frozen=True, slots=True)
class Dot:
    """A claim in the picture; `low` and `high` are the ends of its interval."""

    x: float
    y: float
    low: float
    high: float
    colour: int
    is_marked: bool
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn, in units of the view box."""

    dots: tuple[Dot, ...]
    lines: tuple[tuple[int, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    holders: tuple[tuple[int, str], ...]
    words: str
    notes: str


def chart(rows: Sequence[ShareRow]) -> Chart | None:
    """The picture of claims with one comparability key; None where there is no course of time to draw."""
    dated = [(day, row) for row in rows if (day := _day(row)) is not None]
    if len({day for day, _ in dated}) < 2:
        return None
    first, last = min(d for d, _ in dated), max(d for d, _ in dated)
    top = _top(max(row.high for _, row in dated))
    holders = {who: i % COLOURS for i, who in enumerate(dict.fromkeys(row.holder for _, row in dated))}

    def x(day: date) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (day - first) / max(last - first, timedelta(1)), 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * min(value, top) / top, 1)

    dots = tuple(
        Dot(
            x(day),
            y(row.value),
            y(row.low),
            y(row.high),
            holders[row.holder],
            _is_marked(row),
            _words(row, day),
        )
        for day, row in dated
    )
    lines = []
    for holder, colour in holders.items():
        points = [
            (x(d), y(row.value))
            for d, row in sorted(dated, key=lambda p: p[0])
            if row.holder == holder and not _is_marked(row)
        ]
        if len(points) > 1:
            lines.append((colour, " ".join(f"{px:g},{py:g}" for px, py in points)))
    names = {row.holder: shortened(clean(row.who), 40) for _, row in sorted(dated, key=lambda p: p[0])}
    return Chart(
        dots=dots,
        lines=tuple(lines),
        x_ticks=tuple((x(day), f"{day.day} {day:%b %Y}") for day in (first, last)),
        y_ticks=tuple((y(v), f"{v:g}%") for v in (0, top / 2, top)),
        holders=tuple((colour, names[holder]) for holder, colour in holders.items()),
        words="; ".join(dot.words for dot in dots),
        notes="; ".join(_notes(dots)),
    )


def _notes(dots: Sequence[Dot]) -> Iterator[str]:
    if any(dot.low != dot.high for dot in dots):
        yield "bars: what the wording allows"
    if any(dot.is_marked for dot in dots):
        yield "hollow: disputed or restated"


def _day(row: ShareRow) -> date | None:
    try:
        return date.fromisoformat(point_in_time(row) or "")
    except ValueError:  # a record of another hand may give a year or a month
        return None


def _top(high: float) -> float:
    """The end of the scale.

    >>> _top(18.0), _top(61.0)
    (20.0, 80.0)
    """
    return next((top for top in (5.0, 10.0, 20.0, 40.0, 60.0, 80.0) if high <= top), 100.0)


def _is_marked(row: ShareRow) -> bool:
    return row.status == "contradicted" or row.standing.restated_by is not None


def _words(row: ShareRow, day: date) -> str:
    marked = ", disputed" if row.status == "contradicted" else ", restated later" if _is_marked(row) else ""
    return f"{clean(row.who)} {row.figure} ({day.isoformat()}{marked})"
