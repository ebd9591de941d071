"""What a chart of share claims shows: which panels, which points, which joined, and the words below. Values, no drawing.

A panel is one comparability key, so that nothing else is ever joined. A series that its holder's main one must not be
compared with has a panel of its own, which says so; claims that no other claim is set against share one panel of single claims.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase
from typing import Literal

from labtape.foreign import shortened
from labtape.ledger import Series, ShareRow, claim_words, point_in_time, series

# More than this make no page that anybody reads.
_PANELS, _ALONE = 12, 20
_TITLE, _QUOTE = 96, 360  # characters
_LINE = 122  # columns of a quote's line; a Chinese character takes two
# Points nearer to each other than this, as parts of the width and of the height, are drawn side by side.
_NEAR_X, _NEAR_Y, _ASIDE = 0.022, 0.07, 0.024

Kind = Literal["stated", "projected"]


@dataclass(frozen=True, slots=True)
class Point:
    """A claim in a panel. `number` leads to its quote; `at` is the ISO day it is about, None for an unknown one.

    `aside` is how far its mark stands to the right of its time, as a part of the width, so that marks do not cover each other.
    `is_joined` says whether the line passes through it: not where it was withdrawn, is disputed, or says no time.
    """

    number: int
    row: ShareRow
    at: str | None
    line: str
    kind: Kind
    is_joined: bool
    aside: float = 0.0

    @property
    def mark(self) -> str:
        """Why a point is marked: `disputed`, `restated`, or not at all."""
        if self.row.standing.restated_by:
            return "restated"
        return "disputed" if self.row.status == "contradicted" else "stated"


@dataclass(frozen=True, slots=True)
class Panel:
    """One comparability key: its letter and title, what it must not be compared with, its points by time."""

    letter: str
    title: str
    warnings: tuple[str, ...]
    points: tuple[Point, ...]
    lines: tuple[str, ...]

    @property
    def has_times(self) -> bool:
        """Whether there is a course of time to draw."""
        return len({point.at for point in self.points if point.at}) > 1


@dataclass(frozen=True, slots=True)
class Quoted:
    """An entry of the list below: the number, the claim with who tells it and when, and the words, cut into lines."""

    number: int
    head: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole chart. `n_left_out` claims have no place in it."""

    panels: tuple[Panel, ...]
    alone: tuple[Point, ...]
    quotes: tuple[Quoted, ...]
    n_left_out: int


def plan(rows: Sequence[ShareRow]) -> Plan:
    """The panels of some rows, their points numbered in reading order, and the quotes behind them."""
    groups = {group.comparability_key: group for group in series(rows)}
    keys = tuple(_keys_in_order(groups, rows))[:_PANELS]
    letters = dict(zip(keys, ascii_uppercase, strict=False))
    by_id = {row.id: row for row in rows}
    panels: list[Panel] = []
    n = 0
    for key in keys:
        panel = _panel(groups[key], letters, by_id, first=n + 1)
        n += len(panel.points)
        panels.append(panel)
    rest = [row for key, group in groups.items() if key not in letters for row in group.rows]
    alone = tuple(_point(row, n + i) for i, row in enumerate(rest[:_ALONE], 1))
    points = [point for panel in panels for point in panel.points] + list(alone)
    return Plan(tuple(panels), alone, tuple(_quoted(point) for point in points), len(rest) - len(alone))


def _keys_in_order(groups: dict[str, Series], rows: Iterable[ShareRow]) -> Iterator[str]:
    """The keys with panels of their own: each that has a course or is set against another, that one right before it."""
    by_id = {row.id: row.comparability_key for row in rows}
    apart: dict[str, list[str]] = {}
    for key, group in groups.items():
        mains = [
            by_id.get(f.against[0], "")
            for row in group.rows
            for f in row.standing.findings
            if f.status == "not_comparable"
        ]
        if mains and mains[0] in groups:
            apart.setdefault(mains[0], []).append(key)
    others = {key for keys in apart.values() for key in keys}
    shown: set[str] = set()
    for key, group in groups.items():
        if key in others and key not in apart:
            continue
        if key in apart or len({point_in_time(row) for row in group.rows} - {None}) > 1:
            for one in (key, *apart.get(key, ())):
                if one not in shown:
                    shown.add(one)
                    yield one
    yield from (key for key in groups if key in others and key not in shown)


def _panel(group: Series, letters: dict[str, str], by_id: dict[str, ShareRow], *, first: int) -> Panel:
    names = {row.holder: row.who for row in reversed(group.rows)}
    points = [_point(row, first + i, names[row.holder]) for i, row in enumerate(group.rows)]
    whose = f"{group.rows[-1].who}: " if len(names) == 1 else ""
    statistic = f", {group.statistic}" if group.statistic not in ("unknown", "snapshot") else ""
    letter = letters[group.comparability_key]
    return Panel(
        letter=letter,
        title=shortened(f"{letter} · {whose}{group.of_what}{statistic}", _TITLE),
        warnings=tuple(dict.fromkeys(_warnings(group, letters, by_id))),
        points=_side_by_side(points),
        lines=tuple(dict.fromkeys(point.line for point in points)),
    )


def _warnings(group: Series, letters: dict[str, str], by_id: dict[str, ShareRow]) -> Iterator[str]:
    for row in group.rows:
        for finding in row.standing.findings:
            if finding.status == "not_comparable":
                main = by_id.get(finding.against[0])
                letter = letters.get(main.comparability_key) if main else None
                name = f"panel {letter}" if letter else f"“{finding.beside}”"
                yield f"not comparable with {name}: {'; '.join(finding.reasons)}"


def _point(row: ShareRow, number: int, line: str | None = None) -> Point:
    at = point_in_time(row)
    is_projected = row.role == "projected" or row.modality != "measured"
    return Point(
        number=number,
        row=row,
        at=at,
        line=shortened(line or row.who, 60),
        kind="projected" if is_projected else "stated",
        is_joined=at is not None and not row.standing.restated_by and row.status != "contradicted",
    )


def _side_by_side(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points with those that would cover another moved to its right."""
    days = [float(day_of(p.at).toordinal()) for p in points if p.at]
    span = max(max(days) - min(days), 1.0) if days else 1.0
    top = max((p.row.high for p in points), default=100.0) or 100.0
    placed: list[tuple[float, float]] = []
    moved: list[Point] = []
    for p in points:
        x = (day_of(p.at).toordinal() - min(days)) / span if p.at else 0.0
        aside = 0.0
        while p.at and any(
            abs(x + aside - px) < _NEAR_X and abs(p.row.value - py) / top < _NEAR_Y for px, py in placed[-40:]
        ):
            aside += _ASIDE
        placed.append((x + aside, p.row.value))
        moved.append(Point(p.number, p.row, p.at, p.line, p.kind, p.is_joined, aside))
    return tuple(moved)


def day_of(at: str) -> date:
    """The day of an ISO date; the first of the year where a record of another hand gives no day."""
    try:
        return date.fromisoformat(at)
    except ValueError:
        return date(int(at[:4]) or 1, 1, 1) if at[:4].isascii() and at[:4].isdecimal() else date.min


# ---------------------------------------------------------------- the words below


def _quoted(point: Point) -> Quoted:
    row = point.row
    told = shortened(row.first.publisher or "unknown source", 32)
    told += f", {row.first.at:%Y-%m-%d}" if row.first.at else ""
    more = len(row.sightings) - 1
    told += f", and {more} more" if more else ""
    status = "restated" if row.standing.restated_by else row.status.replace("_", " ")
    head = shortened(f"{row.who}: {claim_words(row)}", 72) + f" · {told} · {status}"
    words = f"“{shortened(row.quote, _QUOTE)}”" if row.quote else "(the words are not at hand)"
    return Quoted(point.number, head, tuple(wrapped(words, _LINE)))


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The text in lines of at most so many columns, broken at spaces, or between characters where a script has none.

    >>> list(wrapped("one two three", 8)), list(wrapped("前十的模型", 4))
    (['one two', 'three'], ['前十', '的模', '型'])
    """
    line, width = "", 0
    for piece in _pieces(text):
        size = sum(_columns(c) for c in piece)
        if line and width + size - (piece.endswith(" ")) > columns:
            yield line.rstrip()
            line, width = "", 0
        line, width = line + piece, width + size
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Words with the space behind them; characters of wide scripts one by one."""
    piece = ""
    for c in text:
        if _columns(c) == 2:
            if piece:
                yield piece
            yield c
            piece = ""
        else:
            piece += c
            if c == " " or len(piece) >= 60:
                yield piece
                piece = ""
    if piece:
        yield piece


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
