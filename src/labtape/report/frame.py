"""Records as a pandas data frame, the same columns as the tables on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from labtape.report.columns import Column, columns, labels_of
from labtape.types import Record

# `strings` are tuples in an object column; a null string is a missing value of pandas' own.
_DTYPES: dict[str, str] = {
    "string": "str",
    "json": "str",
    "integer": "int64",
    "number": "float64",
    "boolean": "bool",
    "time": "datetime64[us, UTC]",
    "strings": "object",
}


def to_frame(records: Iterable[Record], *, labels: Sequence[str] | None = None) -> pd.DataFrame:
    """One row per record in the given order; the same columns and types for none as for many.

    `labels` fixes the p_… columns where frames of several calls are joined; by default they are those
    of the first record, or of market3 when there is none.
    """
    rows = tuple(records)
    chosen = columns(labels or labels_of(rows[0] if rows else None))
    return pd.DataFrame({column.name: _series(column, rows) for column in chosen})


def _series(column: Column, rows: Sequence[Record]) -> pd.Series[Any]:  # Any: the column's own type
    return pd.Series([column.get(row) for row in rows], dtype=_DTYPES[column.kind])
