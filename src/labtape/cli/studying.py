"""The command that shows what followed: study."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import (
    complain,
    console,
    known_by,
    moment,
    number_of,
    settings,
    span,
    without_password,
)
from labtape.cli.records import PRICES, RECORDS, Benchmark, Lag, benchmarks, every_record
from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from labtape.study import Row, Study

_WIDE = 128  # columns of the whole table, which a pipe gets
_SHOWN = 3


class EntryName(StrEnum):
    close = "close"
    open = "open"


class ByName(StrEnum):
    verdict = "verdict"
    state = "state"
    event = "event"
    confidence = "confidence"
    horizon = "horizon"
    phase = "phase"
    origin = "origin"
    ticker = "ticker"


_BY = [ByName.verdict, ByName.state, ByName.event, ByName.confidence]


def register(app: typer.Typer) -> None:
    app.command()(study)


def study(
    context: typer.Context,
    prices: Annotated[
        Path,
        typer.Argument(help=PRICES),
    ],
    records: Annotated[Path | None, typer.Option(help=RECORDS)] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what became available then or later: 2026-01-01, 90d.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="Only what became available by then, included; a date with the whole of that day, in UTC."
        ),
    ] = None,
    ticker: Annotated[
        list[str] | None, typer.Option(help="Only this ticker, as NASDAQ:NVDA; repeatable.")
    ] = None,
    benchmark: Benchmark = None,
    windows: Annotated[str, typer.Option(help="Sessions after the entry.")] = "1,5,20,60",
    before: Annotated[
        int, typer.Option(min=0, max=250, help="Sessions before it, as a check; 0 for none.")
    ] = 5,
    by: Annotated[
        list[ByName] | None,
        typer.Option(help="What to group by; repeatable (else verdict, state, event, confidence)."),
    ] = None,
    entry: Annotated[
        EntryName, typer.Option(help="Enter at the first close, or open, after an item is available.")
    ] = EntryName.close,
    lag: Lag = "0s",
    exposures: Annotated[
        bool, typer.Option("--exposures", help="Also what moves with an entity: suppliers, rivals.")
    ] = False,
    first_only: Annotated[
        bool, typer.Option("--first-only", help="Only the first record of each story.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write the table: FILE.csv, .parquet or .json.")
    ] = None,
    events: Annotated[
        Path | None, typer.Option(help="Write every single outcome: FILE.csv, .parquet or .json.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the way after each label: FILE.svg, .png or .html.")
    ] = None,
) -> None:
    """What followed: returns after verdicts.

    From the first session in which an item could be traded, less the market's, by verdict, state, event and confidence, with n and intervals.
    """
    from labtape.batch import opened_lexicon
    from labtape.report.chart import check_chart_name
    from labtape.report.write import check_places
    from labtape.study import (
        Options,
        off_session,
        read_price_file,
        split_like,
        study_json,
        write_events,
        write_study,
    )
    from labtape.study import study as make_study
    from labtape.study.frames import check_table_name

    for path in (out, events):
        if path:
            check_table_name(path)
    if picture:
        check_chart_name(picture)
    read = (prices, records) if records else (prices,)
    check_places(read, {"--out": out, "--events": events, "--picture": picture})
    now = datetime.now(UTC)
    first, last = moment(since, now=now), known_by(until, now=now) if until else None
    if first and last and first > last:
        raise SettingsError(f"--since {since} is after --until {until}; give the earlier time first")
    options = Options(
        windows=_windows(windows),
        before=before,
        by=tuple(one.value for one in by or _BY),
        benchmarks=benchmarks(benchmark),
        entry=entry.value,
        lag=span(lag),
        exposures=exposures,
        first_only=first_only,
        tickers=tuple(ticker or ()),
        since=first,
        until=last,
        seed=seed,
    )
    known = read_price_file(prices)
    for found, words in (
        (split_like(known.closes), "a split? give closes adjusted for splits and dividends"),
        (
            off_session(known.closes),
            "closes on days without a session, not used; are the dates those of the exchange?",
        ),
    ):
        if found:
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            complain(f"labtape: {prices}: {', '.join(found[:_SHOWN])}{more}: {words}")
    place = str(records or without_password(settings(context).database))
    lexicon = opened_lexicon(settings(context).lexicon)
    with every_record(context, records) as (every, retracted):
        made = make_study(every, known, options=options, retracted=retracted, lexicon=lexicon)
    if picture:
        _draw(made, picture)
    if events:
        write_events(made, events)
        complain(f"{number_of(len(made.outcomes), 'outcome')} in {events}")
    if out:
        write_study(made, out)
        complain(f"{number_of(len(made.rows), 'row')} in {out}")
    if json:
        typer.echo(study_json(made))
    elif not made.outcomes:
        complain(f"no relevant record in {place} is about a ticker with prices after it in {prices}")
        for note in made.notes:
            complain(note)
    elif not out:
        _show(made, console())


def _windows(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as e:
        raise SettingsError(f"--windows {text}: give numbers of sessions, as 1,5,20,60") from e


# ---------------------------------------------------------------- the table


def _show(made: Study, screen: Console) -> None:
    """The table, as wide as it needs in a pipe; then the notes."""
    from rich.text import Text

    if not sys.stdout.isatty():
        screen.width = max(screen.width, _WIDE)
    counts = made.counts
    what = "cumulative abnormal returns" if made.is_abnormal else "returns"
    entered = "open" if made.options.entry == "open" else "close"
    screen.print(
        Text(
            f"{number_of(counts.n_trades, 'trade')} of {number_of(counts.n_relevant, 'relevant record')}, as "
            f"{number_of(counts.n_observations, 'observation')} on {number_of(counts.n_days, 'day')}: {what} from the first {entered} after "
            "a record was available.\n"
        )
    )
    screen.print(_table(made, is_wide=screen.width >= _WIDE))
    for note in made.notes:
        screen.print(Text(note))


def _table(made: Study, *, is_wide: bool) -> Table:
    from rich.table import Table

    mean = "CAR" if made.is_abnormal else "return"
    names = ["n", "days", "return", "CAR", "95 % interval", "median", "hits", "p", "q"]
    shown = [
        name
        for name in names
        if name in ("n", mean, "95 % interval", "q") or (is_wide and (name != "CAR" or made.is_abnormal))
    ]
    firsts = [] if made.options.first_only else ["n", mean, *(["q"] if is_wide else [])]
    table = Table(box=None, pad_edge=False, padding=(0, 2 if is_wide else 1, 0, 0), header_style="bold")
    table.add_column("in %", no_wrap=True, max_width=28 if is_wide else 18)
    table.add_column("sessions", justify="right", no_wrap=True)
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for n, name in enumerate(firsts):
        table.add_column(name if n else f"first: {name}", justify="right", no_wrap=True)
    for by, pairs in groupby(_paired(made), key=lambda pair: pair[0].by):
        table.add_row(f"by {by}", style="bold")
        for group, lines in groupby(pairs, key=lambda pair: pair[0].group):
            for n, (row, first) in enumerate(lines):
                own = _cells(row)
                told = [f"  {group}" if not n else "", _sessions(row), *(own[name] for name in shown)]
                beside = _cells(first) if first else {}
                told += [beside.get(name, "") for name in firsts]
                table.add_row(*told, style="dim" if row.is_check else None)
        table.add_row()
    return table


def _paired(made: Study) -> Iterator[tuple[Row, Row | None]]:
    """Each row with that over the first records of stories; the check before the entry for verdicts only, files have all."""
    firsts = {(row.by, row.group, row.window): row for row in made.rows if row.stories == "first"}
    for row in made.rows:
        if row.is_check and row.by != "verdict":
            continue
        if made.options.first_only:
            yield row, None
        elif row.stories == "all":
            yield row, firsts.get((row.by, row.group, row.window))


def _sessions(row: Row) -> str:
    a, b = row.window
    return f"{a}…{b}".replace("-", "−")


def _cells(row: Row) -> dict[str, str]:
    """The cells of a row by their columns; fractions in percent."""
    from labtape.study.estimate import ENOUGH, ENOUGH_DAYS

    if not row.is_enough:
        told = f"n < {ENOUGH}" if row.n < ENOUGH else f"days < {ENOUGH_DAYS}"
    else:
        told = "check" if row.is_check else "–"
    return {
        "n": str(row.n),
        "days": str(row.n_days),
        "return": _percent(row.mean_return),
        "CAR": _percent(row.mean),
        "95 % interval": f"{_percent(row.low)} … {_percent(row.high)}" if row.n_days >= ENOUGH_DAYS else "",
        "median": _percent(row.median),
        "hits": f"{row.hit_rate:.0%}" if row.hit_rate is not None else "",
        "p": _small(row.p) if row.p is not None else "",
        "q": f"{_small(row.q)}{'*' if row.q < 0.05 else ' '}" if row.q is not None else told,
    }


def _percent(fraction: float) -> str:
    return f"{round(fraction * 100, 2) + 0.0:+.2f}"


def _small(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "<.001"


def _draw(made: Study, path: Path) -> None:
    from labtape.report.after_chart import AfterLine, after_chart
    from labtape.study.estimate import ENOUGH

    lines = [AfterLine(one.label, one.sign, one.n, one.n >= ENOUGH, one.points) for one in made.paths]
    measure = "mean cumulative abnormal return" if made.is_abnormal else "mean return"
    what = (
        f"{measure[0].upper()}{measure[1:]} from the first {made.options.entry} after a record was available."
    )
    about = (
        what,
        "n: tickers with one entry; bands: 95 % bootstrap by day. What lies before the entry nobody can trade.",
    )
    after_chart(lines, path, title="What followed, by verdict", about=about, measure=measure)
    complain(f"picture in {path}")
