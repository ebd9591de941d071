"""The ledger of share claims as a table: CSV, JSON and Parquet with the same columns, one claim a row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from labtape.exceptions import SettingsError
from labtape.ledger import ShareRow
from labtape.plain import iso, to_plain
from labtape.report.columns import utf8
from labtape.report.record import dumps
from labtape.report.write import replacing, write_text

Kind = Literal["string", "integer", "number", "time", "strings", "json"]
SUFFIXES = (".csv", ".parquet", ".json")
_ROW_GROUP = 16384  # claims per Parquet row group; a row with its sightings is about 1 kB


@dataclass(frozen=True, slots=True)
class ShareColumn:
    """One column: its name, what it holds, how it is read off a row, and what parts a list in CSV."""

    name: str
    kind: Kind
    get: Callable[[ShareRow], Any]  # Any: what `kind` says
    separator: str = "; "


COLUMNS = (
    ShareColumn("subject", "string", lambda r: r.subject),
    ShareColumn("value", "number", lambda r: r.value),
    ShareColumn("low", "number", lambda r: r.low),
    ShareColumn("high", "number", lambda r: r.high),
    ShareColumn("bound", "string", lambda r: r.bound),
    ShareColumn("role", "string", lambda r: r.role),
    ShareColumn("statistic", "string", lambda r: r.statistic),
    ShareColumn("metric", "string", lambda r: r.metric),
    ShareColumn("population", "string", lambda r: r.population),
    ShareColumn("platform", "string", lambda r: r.platform),
    ShareColumn("scope", "string", lambda r: r.scope),
    ShareColumn("period", "string", lambda r: r.period),
    ShareColumn("period_start", "string", lambda r: r.period_start),
    ShareColumn("period_end", "string", lambda r: r.period_end),
    ShareColumn("attributed_to", "string", lambda r: r.attributed_to),
    ShareColumn("hop_count", "integer", lambda r: r.hop_count),
    ShareColumn("modality", "string", lambda r: r.modality),
    ShareColumn("checks", "strings", lambda r: r.checks, " "),
    ShareColumn("n_sightings", "integer", lambda r: len(r.sightings)),
    ShareColumn("first_at", "time", lambda r: r.first.at),
    ShareColumn("first_publisher", "string", lambda r: r.first.publisher),
    ShareColumn("first_url", "string", lambda r: r.first.url),
    ShareColumn(
        "publishers",
        "strings",
        lambda r: tuple(dict.fromkeys(s.publisher for s in r.sightings if s.publisher)),
    ),
    ShareColumn("comparability_key", "string", lambda r: r.comparability_key),
    ShareColumn("id", "string", lambda r: r.id),
    ShareColumn("status", "string", lambda r: r.status),
    ShareColumn("reasons", "strings", lambda r: r.standing.reasons),
    ShareColumn("against", "strings", lambda r: r.standing.against, " "),
    ShareColumn("restated_by", "string", lambda r: r.standing.restated_by),
    ShareColumn("n_origins", "integer", lambda r: r.standing.n_origins),
    ShareColumn("sources", "strings", lambda r: r.sources),
    ShareColumn("holder", "strings", lambda r: r.holder, " "),
    ShareColumn("first_available_at", "time", lambda r: min(s.available_at for s in r.sightings)),
    ShareColumn("quote", "string", lambda r: r.quote),
    ShareColumn("sightings", "json", lambda r: r.sightings),
)


def write_shares(rows: Sequence[ShareRow], path: Path) -> None:
    """Write the ledger to a .csv, .parquet or .json file, whole or not at all.

    Raises `SettingsError` for another ending or a place that cannot be written.
    """
    check_shares_name(path)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        write_text(path, shares_csv(rows))
    elif suffix == ".json":
        write_text(path, shares_json(rows) + "\n")
    else:
        _write_parquet(rows, path)


def check_shares_name(path: Path) -> None:
    """Raise `SettingsError` unless the ending of the name is that of a form the ledger has."""
    if path.suffix.lower() not in SUFFIXES:
        raise SettingsError(f"{path}: the ledger has no such form; have: {', '.join(SUFFIXES)}")


def shares_csv(rows: Iterable[ShareRow]) -> str:
    """The ledger as CSV: one claim per line, denominators beside figures, sightings as JSON in the last column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in COLUMNS])
    for row in rows:
        writer.writerow([_cell(column, row) for column in COLUMNS])
    return out.getvalue()


def _cell(column: ShareColumn, row: ShareRow) -> object:
    value = column.get(row)
    if value is None:
        return None
    if column.kind == "time":
        return iso(value)
    if column.kind == "json":
        return dumps(_plain(column, value))
    return guarded(column.separator.join(value) if column.kind == "strings" else value)


def guarded(cell: object) -> object:
    """A text that a spreadsheet would run as a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def shares_json(rows: Iterable[ShareRow]) -> str:
    """The ledger as a JSON array: one object a claim, with the columns of the table; lists and sightings are arrays."""
    plain = [
        {column.name: _plain(column, column.get(row)) for column in COLUMNS}
        for row in rows
    ]  # fmt: skip
    return utf8(json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False)) or "[]"


def _plain(column: ShareColumn, value: Any) -> Any:  # Any: what the column's kind says
    """A cell as a JSON value."""
    if column.kind == "json":
        return [to_plain(item) for item in value]
    if column.kind == "strings":
        return list(value)
    return iso(value) if column.kind == "time" and value is not None else value


def _write_parquet(rows: Sequence[ShareRow], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "string": pa.string(),
        "json": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "time": pa.timestamp("us", tz="UTC"),
        "strings": pa.list_(pa.string()),
    }
    schema = pa.schema([(column.name, types[column.kind]) for column in COLUMNS])
    with replacing(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for start in range(0, len(rows), _ROW_GROUP):
            group = rows[start : start + _ROW_GROUP]
            arrays = [pa.array(_values(column, group), types[column.kind]) for column in COLUMNS]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _values(column: ShareColumn, rows: Sequence[ShareRow]) -> list[Any]:  # Any: the column's own type
    values = [column.get(row) for row in rows]
    if column.kind == "json":
        return [dumps(_plain(column, value)) for value in values]
    if column.kind == "strings":
        return [[utf8(part) for part in value] for value in values]
    return [utf8(value) for value in values] if column.kind == "string" else values
