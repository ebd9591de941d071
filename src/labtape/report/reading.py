"""Records from files: what `write_records` wrote, or another hand in the same form.

JSON Lines (also .gz and .zst) hold the record itself. In a table (CSV, Parquet) a record is a row: its nested fields are JSON there, and
put together again they are the same record, but for JSON fields that a reader of tables does not know.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from labtape.exceptions import ReadError, SettingsError
from labtape.plain import iso
from labtape.read.packed import opened
from labtape.report.columns import NESTED
from labtape.report.record import record_from_dict
from labtape.report.write import FORMATS
from labtape.types import Record

Row = Mapping[str, Any]  # Any: what a table's column holds
_BATCH = 1024
_TIMES = ("published_at", "first_seen_at", "scored_at", "available_at")
_TEXTS = (
    "schema", "id", "url", "canonical_url", "title", "publisher", "language", "published_precision", "content_hash", "input_hash",
    "engine", "kb",
)  # fmt: skip


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a .jsonl (also .gz, .zst), .csv or .parquet file, in its order and in constant memory.

    Raises `ReadError` with the line or row and the field that is wrong, `SettingsError` for a name of no known format.
    """
    name = path.name.casefold()
    form = next((FORMATS[end] for end in sorted(FORMATS, key=len, reverse=True) if name.endswith(end)), None)
    if form is None:
        raise SettingsError(f"{path}: no format has this ending; have: {', '.join(FORMATS)}")
    if not path.is_file():
        raise ReadError(f"{path}: no such file; give records as `labtape score … -o FILE.jsonl` writes them")
    if form == "csv":
        rows = _csv(path)
    elif form == "parquet":
        rows = _parquet(path)
    else:
        rows = _jsonl(path)
    for place, plain in rows:
        try:
            yield record_from_dict(plain)
        except ReadError as e:
            raise ReadError(f"{path}: {place}: {e}") from e


def _jsonl(path: Path) -> Iterator[tuple[str, object]]:
    for n, line in enumerate(_lines(path), 1):
        if line.strip():
            yield f"line {n}", _loaded(line, f"{path}: line {n}")


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        try:
            with io.TextIOWrapper(opened(file), encoding="utf-8") as lines:
                yield from lines
        except (ReadError, UnicodeDecodeError, OSError) as e:
            wanted = "give JSON Lines of records in UTF-8, as they are or packed by gzip or Zstandard"
            raise ReadError(f"{path}: cannot be read ({e}); {wanted}") from e


def _csv(path: Path) -> Iterator[tuple[str, object]]:
    csv.field_size_limit(sys.maxsize)  # findings of a long article are one cell
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for n, row in enumerate(csv.DictReader(file), 1):
                cells = {key: _bare(value) for key, value in row.items() if isinstance(key, str)}
                yield f"row {n}", _record_of(cells, f"{path}: row {n}")
        except (UnicodeDecodeError, csv.Error) as e:
            raise ReadError(f"{path}: no CSV in UTF-8; give a table of records") from e


def _parquet(path: Path) -> Iterator[tuple[str, object]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as e:
        raise ReadError(f"{path}: no Parquet file; give a table of records") from e
    with file:
        n = 0
        for batch in file.iter_batches(batch_size=_BATCH):
            for row in batch.to_pylist():
                n += 1
                yield f"row {n}", _record_of(row, f"{path}: row {n}")


def _bare(cell: str | None) -> str | None:
    """A cell without the mark that keeps spreadsheets from running it; an empty one is nothing."""
    return (
        (cell[1:] if cell.startswith("'") and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") else cell)
        if cell
        else None
    )


def _record_of(row: Row, place: str) -> object:
    """The JSON object of a row."""
    missing = [name for name in ("id", "available_at", "verdict", "story_id") if name not in row]
    if missing:
        raise ReadError(
            f"{place}: no column {', '.join(missing)}; give a table as `labtape score -o` writes it (docs/record.md)"
        )
    plain: dict[str, Any] = {name: row.get(name) for name in _TEXTS}
    plain["title"] = plain["title"] or ""
    plain |= {name: _time(row.get(name)) for name in _TIMES}
    plain |= {
        name: _loaded(row[name], f"{place}, column {name}") for name in NESTED if row.get(name) is not None
    }
    plain["revision"] = _number(row.get("revision"), int)
    plain["model"] = {name: row.get(f"model_{name}") for name in ("bundle", "version", "digest")}
    plain["relevance"] = {"relevant": _truth(row.get("relevant")), "p": _number(row.get("p_relevant"), float)}
    plain["story"] = {
        "id": row.get("story_id"),
        "novelty": _number(row.get("novelty"), float),
        "n_articles": _number(row.get("n_articles"), int),
        "n_origins": _number(row.get("n_origins"), int),
    }
    return plain


def _loaded(text: object, place: str) -> object:
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError) as e:
        raise ReadError(f"{place}: no JSON: {str(text)[:40]!r}; give records as labtape writes them") from e


def _time(value: object) -> object:
    return iso(value) if hasattr(value, "astimezone") else value  # type: ignore[arg-type]  # Parquet gives times, CSV texts


def _truth(value: object) -> object:
    return {"true": True, "false": False}.get(value.casefold(), value) if isinstance(value, str) else value


def _number(value: object, kind: type[int] | type[float]) -> object:
    """A number that a CSV holds as text; what is none is left for the check of the record to name."""
    if not isinstance(value, str):
        return value
    try:
        return kind(value)
    except ValueError:
        return value
