"""Records from files and data frames: what `write_records` wrote and `to_frame` made, or another hand in the same form.

JSON Lines (also .gz and .zst) hold the record itself. In a table (CSV, Parquet, a data frame) a record is a row: its nested fields are JSON
there, and put together again they are the same record, but for JSON fields that a reader of tables does not know.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from labtape.exceptions import ReadError, SettingsError
from labtape.plain import hints_of, iso
from labtape.read.packed import opened
from labtape.report.columns import NESTED
from labtape.report.record import record_from_dict
from labtape.report.write import FORMATS
from labtape.types import Record

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]  # Any: what a table's column holds
_BATCH = 1024
_TIMES = ("published_at", "first_seen_at", "scored_at", "available_at")
_TEXTS = (
    "schema", "id", "url", "canonical_url", "title", "publisher", "language", "published_precision", "content_hash", "input_hash",
    "engine", "kb",
)  # fmt: skip
_FLAT: Final = (
    *_TEXTS, *_TIMES, *(name for name in NESTED if name != "volumes"), "revision", "model_bundle", "model_version", "model_digest", "relevant",
    "p_relevant", "story_id", "novelty", "n_articles", "n_origins",
)  # fmt: skip
_WHOLE: Final = {"relevance", "model", "story"}  # columns of whole records alone


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
        yield _made(plain, f"{path}: {place}")


def records_of(given: Iterable[Record] | pd.DataFrame) -> Iterator[Record]:
    """The records that a caller gives as an iterable, or as a data frame of them, in their order.

    A frame has a record a row: the columns of a scored frame (`labtape.score_frame`, `frame.labtape.score()`, a table that `labtape score`
    wrote), or the fields of the record itself (`pandas.read_json(path, lines=True)` of JSON Lines of records). Other columns are passed
    over, and so are rows that are null in all of these, as those of articles without words. Times without a zone are UTC. In an iterable
    a record may be its JSON object.

    Raises `SettingsError` for what is neither, at once; `ReadError` for a frame that lacks columns, at once, with their names, and for a
    row or an item that is no record when its turn comes, with its number from 0.

    >>> import labtape
    >>> record = labtape.label("Nvidia shares fell 6%.", bundle="rules")
    >>> from labtape.report.frame import to_frame
    >>> [found == record for found in records_of(to_frame([record]))]
    [True]
    """
    table: Any = given  # Any: a frame of whatever library
    if hasattr(table, "columns") and hasattr(table, "to_pandas"):
        table = table.to_pandas()
    if hasattr(table, "columns") and hasattr(table, "iloc") and not hasattr(table, "compute"):
        return _of_frame(table)
    if (
        isinstance(given, Record | Mapping | str | bytes | os.PathLike)
        or not isinstance(given, Iterable)
        or hasattr(given, "compute")
    ):
        raise SettingsError(f"records: {_as_records(given)}")
    return _of_items(given)


def _of_items(given: Iterable[object]) -> Iterator[Record]:
    for n, item in enumerate(given):
        if isinstance(item, Record):
            yield item
        elif isinstance(item, Mapping):
            yield _made(dict(item), f"records: item {n}")
        else:
            raise ReadError(f"records: item {n}: {_as_records(item)}")


def _as_records(given: object) -> str:
    """What somebody gave for records, and what would be right."""
    kind = type(given).__name__
    if isinstance(given, Record | Mapping):
        return f"one {kind}; give [it]"
    if isinstance(given, str | os.PathLike):
        return f"{str(given)[:80]!r} is a text or a name; give labtape.report.reading.read_records(Path(…)) for those of a file"
    hint = (
        "give its compute()" if hasattr(given, "compute") else "give records, or a pandas data frame of them"
    )
    return f"{kind} is no record; {hint}"


def _of_frame(frame: pd.DataFrame) -> Iterator[Record]:
    columns = [str(name) for name in frame.columns]
    is_whole = set(columns) >= _WHOLE
    wanted = [name for name in hints_of(Record) if name != "volumes"] if is_whole else _FLAT
    missing = [name for name in wanted if name not in columns]
    twice = sorted({name for name in columns if columns.count(name) > 1 and name in wanted})
    if twice:
        raise ReadError(f"records: the frame has more than one column {', '.join(twice)}")
    if missing:
        raise ReadError(f"records: {_lacking(missing, columns, n_wanted=len(wanted))}")
    kept = [*wanted, "volumes"] if "volumes" in columns else list(wanted)
    return _of_rows(frame[kept], is_whole=is_whole)


def _lacking(missing: list[str], columns: list[str], *, n_wanted: int) -> str:
    if len(missing) < n_wanted // 2:
        return (
            f"the frame lacks the columns {', '.join(missing)}; give it whole, as labtape.score_frame or frame.labtape.score() makes it, "
            "or read the records of a file with labtape.report.reading.read_records"
        )
    have = ", ".join(columns)[:200] or "none"
    hint = " (score articles first: labtape.score_frame(frame))" if {"title", "text"} & set(columns) else ""
    return (
        f"the frame holds no records{hint}; one has the columns that labtape.score_frame makes "
        f"({', '.join(missing[:4])} and {len(missing) - 4} more are missing); have: {have}"
    )


def _of_rows(frame: pd.DataFrame, *, is_whole: bool) -> Iterator[Record]:
    for start in range(0, len(frame), _BATCH):
        part = frame.iloc[start : start + _BATCH].astype(object)
        rows = cast("list[Row]", part.where(part.notna(), None).to_dict("records"))
        for n, row in enumerate(rows, start):
            place = f"records: row {n} of the frame"
            if all(value is None for value in row.values()):
                continue
            _check_texts(
                row,
                place,
                "read_json(path, lines=True, dtype=False)" if is_whole else "read_csv(path, dtype=str)",
            )
            yield _made(_whole(row) if is_whole else _record_of(row, place), place)


def _whole(row: Row) -> object:
    """The JSON object of a row that has the record's own fields; without the volumes that records of earlier engines do not have."""
    plain = {name: value for name, value in row.items() if name != "volumes" or value is not None}
    return {**plain, **{name: _time(row[name]) for name in _TIMES}}


def _check_texts(row: Row, place: str, reading: str) -> None:
    """pandas makes numbers of texts of digits, and what they were is lost: "1", "01" and "1.0" are one."""
    for name in (*_TEXTS, "model_bundle", "model_version", "model_digest", "story_id"):
        if isinstance(row.get(name), int | float):
            raise ReadError(
                f"{place}, column {name}: {row[name]!r} is a number and would be a text; read texts as such: pandas.{reading}"
            )


def _made(plain: object, place: str) -> Record:
    try:
        return record_from_dict(plain)
    except ReadError as e:
        raise ReadError(f"{place}: {e}") from e


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
    if isinstance(text, list | dict):  # of a frame that was read from JSON
        return text
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError) as e:
        raise ReadError(f"{place}: no JSON: {str(text)[:40]!r}; give records as labtape writes them") from e


def _time(value: object) -> object:
    """A time as text; Parquet and frames give times, CSV texts."""
    if not isinstance(value, datetime):
        return value
    return iso(value if value.tzinfo else value.replace(tzinfo=UTC))


def _truth(value: object) -> object:
    return {"true": True, "false": False}.get(value.casefold(), value) if isinstance(value, str) else value


def _number(value: object, kind: type[int] | type[float]) -> object:
    """A number that a CSV holds as text, or a frame with an empty row as a float; what is none is left for the check of the record to name."""
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    try:
        return kind(value)
    except ValueError:
        return value
