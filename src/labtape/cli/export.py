"""The command that gives records to other libraries: export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labtape.cli.common import complain, moment, number_of, span
from labtape.cli.records import every_record
from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    import pandas as pd


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


_ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv"}
_NAMES = {Shape.qlib: Naming.qlib, Shape.zipline: Naming.code}


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="FILE.parquet or FILE.csv; else CSV on stdout.")
    ] = None,
    shape: Annotated[Shape, typer.Option("--as", help="Which frame, by who takes it.")] = Shape.factor,
    records: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Records as JSON Lines instead of the database.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="First day, as 2026-06-01, or 90d back.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day; of any record.")] = None,
    asset: Annotated[
        list[str] | None, typer.Option("--asset", help="Ticker to keep, as NASDAQ:NVDA; repeatable.")
    ] = None,
    half_life: Annotated[
        float, typer.Option(help="After so many sessions (days, with another --freq) news counts half.")
    ] = 5.0,
    freq: Annotated[str, typer.Option(help="session, or a frequency in UTC as D, 4h, 30min.")] = "session",
    lag: Annotated[str, typer.Option(help="Time that passes until it can be traded, as 10m.")] = "0s",
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
    """Point-in-time frames for alphalens, vectorbt, qlib and zipline.

    Every value rests on what was available before it, by available_at; later revisions leak into no earlier row.
    """
    from labtape.export import aggregate, long

    write = _writer(out)
    now = datetime.now(UTC)
    first, last = _day("--since", since, now), _day("--until", until, now)
    if first and last and first > last:
        raise SettingsError(f"--since {since} is after --until {until}; give the earlier day first")
    with every_record(context, records) as (every, retracted):
        frame = long(every, retracted=retracted, assets=asset or (), exposures=exposures, lag=span(lag))
    if shape is Shape.long:
        made: Any = _between(frame, first, last)
    else:
        whole = aggregate(frame, half_life=half_life, freq=freq, since=first, until=last)
        made = _shaped(shape, (names or _NAMES.get(shape, Naming.ticker)).value, tz)(whole)
    if made.empty:
        complain("labtape: no record speaks of such a listed asset at that time; the frame is empty")
    n = write(made)
    if out is not None:
        complain(f"{out}: {number_of(n, 'row')}")


def _shaped(
    shape: Shape, names: Any, tz: str | None
) -> Callable[[pd.DataFrame], Any]:  # Any: frame or series
    from labtape.export import as_qlib, as_zipline, factor, wide

    if tz is not None:
        _check_zone(tz)
    shapes: dict[Shape, Callable[[pd.DataFrame], Any]] = {
        Shape.aggregate: lambda whole: whole,
        Shape.factor: lambda whole: factor(whole, names=names, tz=tz).to_frame(),
        Shape.wide: partial(wide, names=names, tz=tz),
        Shape.vectorbt: partial(wide, names=names, tz=tz),
        Shape.qlib: partial(as_qlib, names=names),
        Shape.zipline: partial(as_zipline, names=names),
    }
    return shapes[shape]


def _check_zone(name: str) -> None:
    from labtape.settings import check_timezone

    check_timezone(name)


def _between(frame: pd.DataFrame, first: date | None, last: date | None) -> pd.DataFrame:
    days = frame.index.get_level_values("available_at").date  # type: ignore[attr-defined]  # a level of times
    keep = [(first is None or day >= first) and (last is None or day <= last) for day in days]
    return frame[keep]


def _day(option: str, text: str | None, now: datetime) -> date | None:
    try:
        at = moment(text, now=now)
    except SettingsError as e:
        raise SettingsError(f"{option}: {e}") from e
    return at.date() if at else None


def _writer(out: Path | None) -> Callable[[pd.DataFrame], int]:
    """What writes a frame, chosen before anything is read, so that a wrong name costs nothing."""
    from labtape.report.write import replacing

    kind = "csv" if out is None else _ENDINGS.get(out.suffix.lower())
    if kind is None:
        raise SettingsError(f"{out}: no format has this ending; have: {', '.join(_ENDINGS)}")

    def write(frame: pd.DataFrame) -> int:
        with nullcontext(sys.stdout.buffer) if out is None else replacing(out) as file:
            if kind == "csv":
                frame.to_csv(file, lineterminator="\n")
            else:
                frame.rename(columns=str).to_parquet(file)
        return len(frame)

    return write
