"""Where commands have every record from: the database with all that was ever said, or a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from labtape.cli.common import open_desk

if TYPE_CHECKING:
    from labtape.ports import Store
    from labtape.types import Record

RECORDS = "Records from FILE.jsonl[.gz|.zst], .csv or .parquet instead of the database."
PRICES = "CSV or Parquet: date, ticker (EXCHANGE:CODE), close and perhaps open; or a column a ticker."
_CHUNK = 500


@contextmanager
def every_record(
    context: typer.Context, file: Path | None
) -> Iterator[tuple[Iterator[Record], Mapping[str, datetime]]]:
    """Every version of every record, in the order they were kept, and when articles were retracted, by id."""
    from labtape.report.reading import read_records

    if file is not None:
        yield read_records(file), {}
        return
    with open_desk(context, write=False) as desk:
        yield _kept(desk.store), {r.article_id: r.at for r in desk.store.retractions()}


def _kept(store: Store) -> Iterator[Record]:
    mark = 0
    while kept := store.records_after(mark, limit=_CHUNK):
        for mark, record in kept:  # noqa: B007  # the last number is where it goes on
            yield record
