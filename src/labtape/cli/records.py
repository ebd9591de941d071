"""What the commands over records and prices share: where they have every record from, and options of one meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import open_desk
from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    from labtape.types import Record

RECORDS = "Records from FILE.jsonl[.gz|.zst], .csv or .parquet instead of the database."
PRICES = "CSV or Parquet: date, ticker (EXCHANGE:CODE), close and perhaps open; or a column a ticker."
Benchmark = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TICKER",
        help="Ticker of PRICES whose return is taken off, as INDEX:SPX, or for one exchange HKEX=INDEX:HSI; repeatable.",
    ),
]
Lag = Annotated[str, typer.Option(help="From when an item is available until you can trade it, as 15m.")]


def benchmarks(given: Iterable[str] | None) -> dict[str, str]:
    """The tickers of `--benchmark` by the code of their exchange, "" for all others.

    >>> benchmarks(["INDEX:SPX", "hkex = INDEX:HSI"])
    {'': 'INDEX:SPX', 'HKEX': 'INDEX:HSI'}
    """
    made: dict[str, str] = {}
    for one in given or ():
        exchange, sign, ticker = one.partition("=")
        exchange, ticker = (exchange.strip().upper(), ticker.strip()) if sign else ("", one.strip())
        if exchange in made:
            raise SettingsError(
                f"--benchmark {one}: {exchange or 'all exchanges'} has one already: {made[exchange]}"
            )
        made[exchange] = ticker
    return made


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
        yield desk.versions(), desk.retractions()
