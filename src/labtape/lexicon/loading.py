"""Joins the shipped lexicon and a user's folders into one `Lexicon`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

from labtape.exceptions import LexiconError
from labtape.lexicon import organisations, tables
from labtape.lexicon.content import Content, Rows, content_of
from labtape.lexicon.entries import Alias, Lab, Lexicon
from labtape.lexicon.files import read_folder
from labtape.lexicon.references import problems_of
from labtape.lexicon.rows import COUNTRY, Row, repeated

SHIPPED = Path(__file__).parent / "data"

# The day the shipped facts describe (facts/NOTES.md); raise it when rows change.
VERSION = "2026-10-10"

T = TypeVar("T")


def load_lexicon(*folders: Path) -> Lexicon:
    """The shipped lexicon with what the folders add or, where an id is the same, put in its place.

    Raises `LexiconError` with the first problem and the number of others; `check` lists all. Of the
    shipped rows only the shape is checked here, their expressions and references by `check` (a test).
    """
    return load_with_content(*folders)[0]


def load_with_content(*folders: Path) -> tuple[Lexicon, Content]:
    """The same with what it was made of, as the files were at that moment, so that it can be kept and made again."""
    problems: list[str] = []
    read = _read(folders, problems, thorough=False)
    lexicon = _made(VERSION, read)
    if folders:
        problems += problems_of(lexicon)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise LexiconError(problems[0] + more)
    return lexicon, content_of(VERSION, read)


def from_content(content: Content) -> Lexicon:
    """The lexicon that this content made.

    Fields that this labtape does not know are passed over, and what it cannot read has a harmless value: it is content of another version then.
    """
    return _made(content.version, content.rows([]))


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon, read once."""
    return load_lexicon()


def check(*folders: Path) -> tuple[str, ...]:
    """Every problem of the folders on top of the shipped lexicon, or of that alone; one line each.

    A line reads `file: row: field: what is wrong; what would be right`.
    """
    problems: list[str] = []
    lexicon = _made(VERSION, _read(folders, problems, thorough=not folders))
    return (*problems, *problems_of(lexicon))


def _read(folders: tuple[Path, ...], problems: list[str], *, thorough: bool) -> list[Rows]:
    """The rows of the shipped folder and of the others; expressions of the shipped rows are only compiled when `thorough`."""
    return [
        read_folder(SHIPPED, problems, thorough=thorough),
        *(read_folder(folder, problems, thorough=True) for folder in folders),
    ]


def _made(version: str, read: list[Rows]) -> Lexicon:
    """The lexicon of these rows; what is wrong with them goes to their own list of problems."""
    labs = _by_key(read, "labs", organisations.read_lab, lambda lab: lab.id)
    never = _by_key(read, "never", organisations.read_never, lambda alias: alias.surface)
    return Lexicon(
        version=version,
        digest=_digest(version, read),
        labs=labs,
        models={model.id: model for lab in labs.values() for model in lab.models},
        aliases=_aliases(labs.values(), never.values()),
        assets=tuple(_by_key(read, "assets", tables.read_asset, lambda asset: asset.ticker).values()),
        events=_all(read, "dated_events", tables.read_dated_event),
        shares=_all(read, "shares", tables.read_share),
        feeds=tuple(_by_key(read, "feeds", tables.read_feed, lambda feed: feed.url).values()),
        event_types=_by_key(read, "events", tables.read_event_type, lambda kind: kind.id),
        label_sets=_by_key(read, "labelsets", tables.read_label_set, lambda label_set: label_set.id),
        markets=_by_key(read, "markets", tables.read_market, lambda market: market.id),
        relations=_all(read, "relations", tables.read_relation),
        countries=_countries(read),
        exchanges=_by_key(read, "exchanges", tables.read_exchange, lambda exchange: exchange.id),
    )


def _by_key(read: list[Rows], kind: str, reader: Callable[[Row], T], key: Callable[[T], str]) -> dict[str, T]:
    """Rows by their key, sorted. A later folder's row replaces an earlier one's; a double in one folder is wrong."""
    found: dict[str, T] = {}
    for rows in (folder.get(kind, []) for folder in read):
        values = [reader(row) for row in rows]
        for name in repeated([key(value) for value in values]):
            rows[0].problems.append(f"{rows[0].place}: {name}: {kind}: stands there twice; keep one")
        found |= {key(value): value for value in values}
    return dict(sorted(found.items()))


def _all(read: list[Rows], kind: str, reader: Callable[[Row], T]) -> tuple[T, ...]:
    return tuple(reader(row) for folder in read for row in folder.get(kind, []))


def _aliases(labs: Iterable[Lab], never: Iterable[Alias]) -> tuple[Alias, ...]:
    of_labs = [
        alias
        for lab in labs
        for alias in (*lab.names, *lab.people, *(alias for model in lab.models for alias in model.aliases))
    ]
    return tuple(sorted((*of_labs, *never), key=lambda alias: (alias.surface, alias.entity or "")))


def _countries(read: list[Rows]) -> dict[str, str]:
    words: dict[str, str] = {}
    for row in (row for folder in read for row in folder.get("countries", [])):
        here: list[tuple[str, str]] = [(word, code) for code in row.values for word in row.texts(code)]
        for word in repeated([word for word, _ in here]):
            row.wrong(word, "stands for two countries; keep one")
        for code in row.values:
            if not COUNTRY.match(code):
                row.wrong(code, "is no country; write its ISO 3166 code of two capitals")
        words |= dict(here)
    return dict(sorted(words.items()))


def _digest(version: str, read: list[Rows]) -> str:
    """What the rows say, whatever their order in the files: equal lexicons have equal digests."""
    lines = [
        sorted(
            json.dumps((kind, row.values), sort_keys=True) for kind, rows in folder.items() for row in rows
        )
        for folder in read
    ]
    return "sha256:" + hashlib.sha256(json.dumps([version, *lines]).encode()).hexdigest()
