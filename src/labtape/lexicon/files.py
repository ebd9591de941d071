"""Reads the folders of the lexicon into rows.

labs/<id>.toml  events/<type>.toml  labelsets/<id>.toml     one file, one row
assets.csv  exchanges.csv  dated_events.csv  shares.csv  feeds.csv  relations.csv     one line, one row
markets.toml  never.toml                                    one table, one row
countries.toml                                              CODE = ["word", …]
"""

from __future__ import annotations

import csv
import tomllib
from typing import TYPE_CHECKING

from labtape.lexicon.rows import CsvValues, Row

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("labs", "events", "labelsets")
CSV_FILES = ("assets", "exchanges", "dated_events", "shares", "feeds", "relations")
TOML_LISTS = {"markets": "markets", "never": "never"}
COUNTRIES = "countries"
HAVE = ", ".join(
    [f"{name}/" for name in FOLDERS]
    + [f"{name}.csv" for name in CSV_FILES]
    + [f"{name}.toml" for name in (*TOML_LISTS, COUNTRIES)]
)


def read_folder(folder: Path, problems: list[str], *, thorough: bool) -> dict[str, list[Row]]:
    """Every row of a lexicon folder by kind (`labs`, `assets`, …), in the order of file names and lines."""
    if not folder.is_dir():
        problems.append(f"{folder}: folder: is not there; give a folder with some of {HAVE}")
        return {}
    rows: dict[str, list[Row]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name in FOLDERS:
            rows[path.name] = _single_rows(path, problems, thorough)
        elif path.suffix == ".csv" and path.stem in CSV_FILES:
            rows[path.stem] = _csv_rows(path, problems, thorough)
        elif path.suffix == ".toml" and path.stem in TOML_LISTS:
            rows[path.stem] = _listed_rows(path, problems, thorough)
        elif path.suffix == ".toml" and path.stem == COUNTRIES:
            rows[path.stem] = [_toml_row(path, problems, thorough)]
        else:
            problems.append(f"{path}: file: unknown name; have: {HAVE}")
    return rows


def _single_rows(folder: Path, problems: list[str], thorough: bool) -> list[Row]:
    rows = []
    for path in sorted(folder.iterdir()):
        if path.suffix != ".toml":
            problems.append(f"{path}: file: no lexicon file; name it <id>.toml")
            continue
        row = _toml_row(path, problems, thorough)
        if row.values.get("id") != path.stem:
            row.wrong("id", f"{row.values.get('id')!r} does not fit the file's name; write {path.stem!r}")
        rows.append(row)
    return rows


def _listed_rows(path: Path, problems: list[str], thorough: bool) -> list[Row]:
    row = _toml_row(path, problems, thorough)
    key = "surface" if path.stem == "never" else "id"
    rows = list(row.rows(TOML_LISTS[path.stem], key))
    row.done()
    return rows


def _toml_row(path: Path, problems: list[str], thorough: bool) -> Row:
    values: dict[str, object] = {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        problems.append(f"{path}: file: no TOML ({e}); mend that line")
    return Row(str(path), values, problems, thorough)


def _csv_rows(path: Path, problems: list[str], thorough: bool) -> list[Row]:
    rows = []
    try:
        lines = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), strict=True))
    except (csv.Error, UnicodeDecodeError) as e:
        problems.append(f"{path}: file: no CSV ({e}); write UTF-8 with a header line")
        return []
    for number, line in enumerate(lines, 2):
        row = Row(f"{path}: line {number}", CsvValues(line), problems, thorough)
        if None in line or None in line.values():
            row.wrong("columns", "their number does not fit the header; quote cells that hold a comma")
            row.values = CsvValues({k: v or "" for k, v in line.items() if k is not None})
        rows.append(row)
    return rows
