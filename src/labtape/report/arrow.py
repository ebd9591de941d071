"""The columns of tables as Arrow knows them: what Parquet files, Spark and Dask are told beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, Final

from labtape.report.columns import MARKET3, Column, Kind, columns

if TYPE_CHECKING:
    import pyarrow as pa

_SPARK: Final[dict[Kind, str]] = {
    "string": "string",
    "json": "string",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "time": "timestamp",
    "strings": "array<string>",
}


def arrow_schema(chosen: Sequence[Column]) -> pa.Schema:
    """The schema of a table with these columns."""
    import pyarrow as pa

    types: dict[Kind, pa.DataType] = {
        "string": pa.string(),
        "json": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
        "strings": pa.list_(pa.string()),
    }
    return pa.schema([(column.name, types[column.kind]) for column in chosen])


def frame_schema(labels: Sequence[str] = MARKET3) -> pa.Schema:
    """The Arrow schema of what `score_frame` returns; `labels` are those of the bundle's label set.

    >>> frame_schema().field("labs").type, frame_schema(("Up", "Down")).names[11:13]
    (ListType(list<item: string>), ['p_up', 'p_down'])
    """
    return arrow_schema(columns(labels))


def spark_schema(labels: Sequence[str] = MARKET3) -> str:
    """The same columns in the words of Spark's DDL, as `mapInPandas` takes them.

    >>> spark_schema().split(", ")[:2]
    ['`id` string', '`title` string']
    """
    return ", ".join(f"`{column.name}` {_SPARK[column.kind]}" for column in columns(labels))


def columns_in(stream: BinaryIO) -> tuple[str, ...]:
    """The names of a Parquet file's columns; none where it is no such file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(stream).names)
    except pa.ArrowException:
        return ()


def rows_in(stream: BinaryIO) -> int:
    """How many rows a Parquet file has, by its footer."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(stream).num_rows)
