"""The command that gives records to other libraries: export."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from labtape.cli.common import complain, moment, number_of, span
from labtape.cli.records import RECORDS, Lag, every_record
from labtape.exceptions import SettingsError


class Shape(StrEnum):
    long = "long"
    aggregate = "aggregate"
    factor = "factor"
    wide = "wide"
    vectorbt = "vectorbt"
    qlib = "qlib"
    zipline = "zipline"


class Naming(StrEnum):
    ticker = "ticker"
    code = "code"
    yahoo = "yahoo"
    qlib = "qlib"


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="FILE.parquet or FILE.csv; else CSV on stdout.")
    ] = None,
    shape: Annotated[Shape, typer.Option("--as", help="Which frame, by who takes it.")] = Shape.factor,
    records: Annotated[Path | None, typer.Option(metavar="FILE", help=RECORDS)] = None,
    since: Annotated[str | None, typer.Option(help="First day, as 2026-06-01, or 90d back.")] = None,
    until: Annotated[
        str | None, typer.Option(help="Last day, with the whole of it; else the last of any record.")
    ] = None,
    ticker: Annotated[
        list[str] | None, typer.Option(help="Only this ticker, as NASDAQ:NVDA; repeatable.")
    ] = None,
    half_life: Annotated[
        float, typer.Option(help="After so many sessions (days, with another --freq) news counts half.")
    ] = 5.0,
    freq: Annotated[str, typer.Option(help="session, or a frequency in UTC as D, 4h, 30min.")] = "session",
    lag: Lag = "0s",
    names: Annotated[
        Naming | None, typer.Option(help="What assets are called; ticker, or as the library has it.")
    ] = None,
    tz: Annotated[
        str | None, typer.Option(help="Zone to put on session dates, as UTC; none without.")
    ] = None,
    exposures: Annotated[
        bool, typer.Option(help="Also assets that move with what is named (supplier, holder, rival).")
    ] = False,
) -> None:
    """Frames as of their time: alphalens, qlib, zipline.

    Every value rests on what was available before it, by available_at; later revisions leak into no earlier row.
    """
    from labtape.export import aggregate, long
    from labtape.export.shapes import between, shaped, writer
    from labtape.report.write import check_places
    from labtape.settings import check_timezone

    write = writer(out)
    check_places((records,) if records else (), {"--out": out})
    if tz is not None:
        check_timezone(tz)
    now = datetime.now(UTC)
    first, last = _day("--since", since, now), _day("--until", until, now)
    if first and last and first > last:
        raise SettingsError(f"--since {since} is after --until {until}; give the earlier day first")
    with every_record(context, records) as (every, retracted):
        frame = long(every, retracted=retracted, tickers=ticker or (), exposures=exposures, lag=span(lag))
    if shape is Shape.long:
        made = between(frame, first, last)
    else:
        whole = aggregate(frame, half_life=half_life, freq=freq, since=first, until=last)
        made = shaped(whole, shape.value, names=names.value if names else None, tz=tz)
    if made.empty:
        complain("labtape: no record speaks of such a listed asset at that time; the frame is empty")
    elif shape in (Shape.wide, Shape.vectorbt, Shape.zipline) and made.isna().to_numpy().all():
        complain(
            "labtape: no news of these assets is young enough to count at that time; every value is empty"
        )
    n = write(made)
    if out is not None:
        complain(f"{out}: {number_of(n, 'row')}")


def _day(option: str, text: str | None, now: datetime) -> date | None:
    try:
        at = moment(text, now=now)
    except SettingsError as e:
        raise SettingsError(f"{option}: {e}") from e
    return at.date() if at else None
