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
    lexicon, problems = _load(folders, thorough=False)
    if folders:
        problems += problems_of(lexicon)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise LexiconError(problems[0] + more)
    return lexicon


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon, read once."""
    return load_lexicon()


def check(*folders: Path) -> tuple[str, ...]:
    """Every problem of the folders on top of the shipped lexicon, or of that alone; one line each.

    A line reads `file: row: field: what is wrong; what would be right`.
    """
    lexicon, problems = _load(folders, thorough=not folders)
    return (*problems, *problems_of(lexicon))


def _load(folders: tuple[Path, ...], *, thorough: bool) -> tuple[Lexicon, list[str]]:
    """The lexicon and what is wrong; expressions of the shipped rows are only compiled when `thorough`."""
    problems: list[str] = []
    read = [read_folder(SHIPPED, problems, thorough=thorough)]
    read += [read_folder(folder, problems, thorough=True) for folder in folders]
    labs = _by_key(read, "labs", organisations.read_lab, lambda lab: lab.id)
    never = _by_key(read, "never", organisations.read_never, lambda alias: alias.surface)
    found = Lexicon(
        version=VERSION,
        digest=_digest(read),
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
    return found, problems


def _by_key(
    read: list[dict[str, list[Row]]], kind: str, reader: Callable[[Row], T], key: Callable[[T], str]
) -> dict[str, T]:
    """Rows by their key, sorted. A later folder's row replaces an earlier one's; a double in one folder is wrong."""
    found: dict[str, T] = {}
    for rows in (folder.get(kind, []) for folder in read):
        values = [reader(row) for row in rows]
        for name in repeated([key(value) for value in values]):
            rows[0].problems.append(f"{rows[0].place}: {name}: {kind}: stands there twice; keep one")
        found |= {key(value): value for value in values}
    return dict(sorted(found.items()))


def _all(read: list[dict[str, list[Row]]], kind: str, reader: Callable[[Row], T]) -> tuple[T, ...]:
    return tuple(reader(row) for folder in read for row in folder.get(kind, []))


def _aliases(labs: Iterable[Lab], never: Iterable[Alias]) -> tuple[Alias, ...]:
    of_labs = [
        alias
        for lab in labs
        for alias in (*lab.names, *lab.people, *(alias for model in lab.models for alias in model.aliases))
    ]
    return tuple(sorted((*of_labs, *never), key=lambda alias: (alias.surface, alias.entity or "")))


def _countries(read: list[dict[str, list[Row]]]) -> dict[str, str]:
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


def _digest(read: list[dict[str, list[Row]]]) -> str:
    """What the rows say, whatever their order in the files: equal lexicons have equal digests."""
    lines = [
        sorted(
            json.dumps((kind, row.values), sort_keys=True) for kind, rows in folder.items() for row in rows
        )
        for folder in read
    ]
    return "sha256:" + hashlib.sha256(json.dumps([VERSION, *lines]).encode()).hexdigest()
