"""Rows about feeds, as a terminal of any width shows them whole, and a pipe cuts nothing.

a pipe             one line a row, aligned, `below` as its last column
a wide terminal    the same, when every line fits
a narrow terminal  the address cut in its middle; `below` on lines of its own, unless it is short
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labtape.cli.common import console

if TYPE_CHECKING:
    from rich.console import Console

_ENOUGH = 24  # characters of an address that still say which it is; where there is less room it goes below
_SHORTEST_END = 9
_INDENT = 4
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Row:
    """A feed in words: short `cells`, its `address`, and what may need a line of its own."""

    cells: tuple[str, ...]
    address: str
    below: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The names of a row's parts; `numbers` are the cells that stand to the right."""

    cells: tuple[str, ...]
    address: str = "feed"
    below: str = "why"
    numbers: frozenset[str] = frozenset()


def show_rows(heading: Heading, rows: Sequence[Row]) -> None:
    """Print rows on stdout; a colour is that of a row's first cell."""
    screen = console()
    for line in lines_of(heading, rows, width=screen.width if sys.stdout.isatty() else None):
        _print(screen, line)


@dataclass(frozen=True, slots=True)
class Line:
    """A line to print, whose first `n_coloured` characters have a colour."""

    text: str
    colour: str = ""
    n_coloured: int = 0


def lines_of(heading: Heading, rows: Sequence[Row], *, width: int | None) -> list[Line]:
    """The lines of a table, none wider than `width` but for what cannot be cut; None is a pipe.

    >>> heading = Heading(("health",))
    >>> rows = [Row(("failing",), "https://news.example/a/very/long/way/to/an/feed.xml", "answered 500 this morning")]
    >>> for line in lines_of(heading, rows, width=40): print(line.text)
    health   feed
    failing  https://news.example/…/feed.xml
        answered 500 this morning
    """
    has_below = any(row.below for row in rows)
    head = Row(heading.cells, heading.address, heading.below if has_below else "")
    all_rows = [head, *rows]
    widths = [max(_width(row.cells[n]) for row in all_rows) for n in range(len(head.cells))]
    used = sum(widths) + len(_GAP) * len(widths)
    addresses = max(_width(row.address) for row in all_rows)
    whole = max(used + addresses + len(_GAP) + _width(row.below) for row in all_rows)
    if width is None or whole <= width:
        return [_line(row, widths, heading, addresses if has_below else 0) for row in all_rows]
    beside = width - used - len(_GAP) - max(_width(row.below) for row in all_rows)
    if beside >= _ENOUGH:
        return [
            _line(replace(row, address=cut_middle(row.address, beside)), widths, heading, beside)
            for row in all_rows
        ]
    room, inner = width - used, max(width - _INDENT, _ENOUGH)
    lines = []
    for row in all_rows:
        address = cut_middle(row.address, room if room >= _ENOUGH else inner)
        first = replace(row, address=address if room >= _ENOUGH else "", below="")
        lines.append(_line(first, widths, heading, 0))
        if row is not head:
            below = ([] if room >= _ENOUGH else [address]) + _wrapped(row.below, inner)
            lines += (Line(" " * _INDENT + part) for part in below)
    return lines


def cut_middle(address: str, width: int) -> str:
    """An address in at most `width` characters: its host and its end stay, as far as they can.

    >>> cut_middle("https://news.example/a/very/long/way/feed.xml", 32)
    'https://news.example/…y/feed.xml'
    >>> cut_middle("https://the-news-of-today.example/way/feed.xml", 28)
    'the-news-of-toda…ay/feed.xml'
    >>> cut_middle("https://a.example/feed", 32)
    'https://a.example/feed'
    """
    if len(address) <= width:
        return address
    for text in (address, re.sub(r"^https?://", "", address)):
        host = re.match(r"(?:[a-z]+://)?[^/?#]*/?", text)
        kept = host.end() if host else 0
        if len(text) <= width:
            return text
        if width - kept - 1 >= _SHORTEST_END:
            return f"{text[:kept]}…{text[-(width - kept - 1) :]}"
    left = (width - 1) * 3 // 5
    return f"{text[:left]}…{text[-(width - 1 - left) :]}"


def _line(row: Row, widths: Sequence[int], heading: Heading, address_width: int) -> Line:
    cells = [
        _padded(cell, width, to_the_right=name in heading.numbers)
        for cell, width, name in zip(row.cells, widths, heading.cells, strict=True)
    ]
    text = _GAP.join([*cells, _padded(row.address, address_width), row.below]).rstrip()
    return Line(text, row.colour, len(row.cells[0]) if row.cells else 0)


def _padded(text: str, width: int, *, to_the_right: bool = False) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if to_the_right else text + blanks


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _wrapped(text: str, width: int) -> list[str]:
    from rich.console import Console
    from rich.text import Text

    return [line.plain.rstrip() for line in Text(text).wrap(Console(width=width), width)] if text else []


def _print(screen: Console, line: Line) -> None:
    from rich.text import Text

    text = Text(line.text)
    if line.colour:
        text.stylize(line.colour, 0, line.n_coloured)
    screen.print(text, soft_wrap=True)
