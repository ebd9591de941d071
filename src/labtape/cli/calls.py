"""The commands about calls: calls seal, verify, list, score."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labtape.cli.common import complain, console, moment, number_of, settings, without_password
from labtape.cli.records import PRICES, RECORDS, Benchmark, benchmarks, every_record
from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    from labtape.calls import Figure, Outcomes, Scored, Scores, Sealed, Verified

app = typer.Typer(help="Calls, sealed when made and scored later.")
Folder = Annotated[Path, typer.Option("--calls", metavar="FOLDER", help="Where the sealed calls are kept.")]
Records = Annotated[Path | None, typer.Option(metavar="FILE", help=RECORDS)]
Json = Annotated[bool, typer.Option("--json", help="One JSON value on stdout.")]
DEFAULT = Path("calls")
_WIDE = 110  # columns of the whole table of scores, which a pipe gets


class Entry(StrEnum):
    available = "available"
    seal = "seal"


@app.command()
def seal(
    context: typer.Context,
    calls: Folder = DEFAULT,
    through: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help="Last day to seal, as 2026-06-01; `today` seals what there is of it."
        ),
    ] = None,
    records: Records = None,
    json: Json = False,
) -> None:
    """Seal the calls of the days that are over.

    Days are UTC; the head is printed, to be published. Run again, it adds nothing. Calls of a day that is sealed already go into the next seal, marked as late.
    """
    from labtape.calls import calls_in, read_seals
    from labtape.calls import seal as seal_days
    from labtape.plain import to_plain

    now = datetime.now(UTC)
    last = _day(through, now)
    with every_record(context, records) as (every, _):
        called = tuple(calls_in(every))
    made = seal_days(calls, called, now=now, through=last)
    seals = made or (read_seals(calls) if (calls / "chain.jsonl").exists() else ())
    head = seals[-1].hash if seals else None
    if json:
        _print_json({"head": head, "sealed": [to_plain(one) for one in made]})
        return
    for one in made:
        if one.count or one.early:
            late = f", {one.late} late" if one.late else ""
            note = "  (the day is not over: more may follow)" if one.early else ""
            typer.echo(f"{one.day}  {number_of(one.count, 'call')}{late}{note}")
    empty = sum(not one.count for one in made)
    if empty:
        typer.echo(f"{number_of(empty, 'day')} without calls, sealed as well")
    if not made:
        today = sum(call.day == f"{now:%Y-%m-%d}" for call in called)
        waiting = f"; {number_of(today, 'call')} of today: --through today seals them now" if today else ""
        typer.echo(
            f"nothing to seal: no day is over that is not sealed{waiting}"
            if called
            else "nothing to seal: no call was made"
        )
    if head:
        typer.echo(f"head {head}")


@app.command()
def verify(
    context: typer.Context,
    calls: Folder = DEFAULT,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head that was published; it must be in the chain.")
    ] = None,
    records: Records = None,
    files_only: Annotated[
        bool, typer.Option(help="Do not compare with the records of the database.")
    ] = False,
    json: Json = False,
) -> None:
    """Check the chain, the calls and the records.

    Whether the records still say what was sealed; exit 1 at the first broken place.
    """
    from labtape.calls import verify as check
    from labtape.plain import to_plain

    if head is not None and not _is_hash(head):
        raise SettingsError(
            f"--head {head}: no hash; give sha256: and 64 hex digits, as `labtape calls seal` prints it"
        )
    if files_only and records:
        raise SettingsError(
            "--files-only compares with no records and --records names some; give one of the two"
        )
    with every_record(context, records) as (every, _):
        first = next(every, None) if not files_only else None
        there = None if first is None else chain([first], every)
        found = check(calls, head=head, records=there)
    if json:
        _print_json(to_plain(found))
    else:
        source = str(records) if records else without_password(settings(context).database)
        _say(found, calls, source if there is not None else None, head)
    raise typer.Exit(1 if found.broken else 0)


def _say(found: Verified, folder: Path, source: str | None, head: str | None) -> None:
    if found.broken:
        complain(f"{folder / str(found.broken)}")
        return
    late = f", {found.n_late} of them late" if found.n_late else ""
    typer.echo(
        f"{folder}: {number_of(found.n_seals, 'seal')}, {number_of(found.n_calls, 'call')}{late}; all as sealed"
    )
    if source:
        waiting = f"; {number_of(found.n_waiting, 'call')} not sealed yet" if found.n_waiting else ""
        typer.echo(f"the records of {source} say the same{waiting}")
    else:
        typer.echo("no records to compare with: the files alone were checked")
    if head is None:
        typer.echo(
            "no --head given: a ledger made anew as a whole, or cut off at its end, would look the same"
        )
    else:
        typer.echo(f"the published head is in the chain, {number_of(found.since_head or 0, 'seal')} after it")
    if found.head:
        typer.echo(f"head {found.head}")


@app.command("list")
def list_(
    calls: Folder = DEFAULT,
    since: Annotated[str | None, typer.Option(help="Made from when on: 7d, 2026-06-01.")] = None,
    ticker: Annotated[
        list[str] | None, typer.Option(help="Only this ticker, as NASDAQ:NVDA; repeatable.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One call per line as JSON.")] = False,
) -> None:
    """The sealed calls, oldest seal first.

    Their digests are not checked here.
    """
    from labtape.plain import to_plain
    from labtape.report.record import dumps

    first = moment(since, now=datetime.now(UTC))
    wanted = {name.casefold() for name in ticker or ()}
    chosen = (
        one
        for one in _sealed(calls)
        if (first is None or one.call.scored_at >= first)
        and (not wanted or one.call.ticker.casefold() in wanted)
    )
    if json:
        for one in chosen:
            typer.echo(
                dumps({**to_plain(one.call), "late": one.late, "sealed_at": to_plain(one.seal)["sealed_at"]})
            )
        return
    screen, n = console(), 0
    for n, one in enumerate(chosen, 1):  # noqa: B007  # how many there were
        call = one.call
        late = "  late" if one.late else ""
        screen.print(
            f"{call.scored_at:%Y-%m-%d %H:%M}  {_shown(call.ticker)}  {call.label} {call.p[call.label]:.2f}"
            f"  short {call.short.label}, long {call.long.label}{late}\n    {_shown(call.title)} ({_shown(call.record)})"
        )
    if not n:
        complain(f"no such call is sealed in {calls}")


@app.command()
def score(
    prices: Annotated[Path, typer.Argument(help=PRICES)],
    calls: Folder = DEFAULT,
    benchmark: Benchmark = None,
    entry: Annotated[
        Entry,
        typer.Option(help="Count from the first close after the call was available, or after it was sealed."),
    ] = Entry.available,
    worst: Annotated[int, typer.Option(min=0, help="How many of the surest wrong calls to print.")] = 10,
    json: Json = False,
) -> None:
    """Score the sealed calls by what followed.

    Brier, log loss and hit rate by horizon, and the worst of them; beside base rates, always Neutral and a third each; with n, and intervals where there is enough.
    """
    from labtape.calls import outcomes, scores, verify
    from labtape.plain import to_plain
    from labtape.study import read_prices

    found = verify(calls)
    if found.broken:
        complain(f"{calls / str(found.broken)}; not scored, as it is not what was sealed")
        raise typer.Exit(1)
    result = outcomes(
        _sealed(calls), read_prices(prices), benchmarks=benchmarks(benchmark), entry=entry.value
    )
    table = scores(result.scored, worst=worst)
    if json:
        _print_json({"unscored": dict(result.unscored), **to_plain(table)})
        return
    if not result.scored:
        complain("no sealed call has an outcome yet" + _why(result))
        return
    _show(table, result)


def _show(table: Scores, result: Outcomes) -> None:
    from rich.table import Table

    screen = console()
    if not sys.stdout.isatty():
        screen.width = max(screen.width, _WIDE)
    shown = Table(box=None, pad_edge=False)
    names = ("horizon", "forecast", "n", "blocks", "Brier", "log loss", "hit rate", "wrong way", "skill")
    narrow = {"blocks", "log loss"} if screen.width < _WIDE else set()
    for name in names:
        if name not in narrow:
            shown.add_column(name, no_wrap=True)
    for row in table.rows:
        cells = (
            f"{row.horizon} {row.sessions}", row.who, str(row.n), str(row.n_blocks), _number(row.brier),
            _number(row.log_loss), _rate(row.hit), _rate(row.opposite), _number(row.skill, sign=True),
        )  # fmt: skip
        shown.add_row(*(cell for name, cell in zip(names, cells, strict=True) if name not in narrow))
    screen.print(shown)
    if narrow:
        screen.print(f"\nOn {_WIDE} columns, in a pipe and with --json also blocks and log loss.")
    screen.print(
        "\nIn brackets 95 %: Wilson for rates; for means a bootstrap over blocks as long as the horizon, none under 10 blocks.\n"
        f"Sealed before the return began: {table.n_before}; not provably before: {table.n_after}{_why(result)}.\n"
    )
    bins = Table("horizon", "said", "n", "mean", "came true", box=None, pad_edge=False)
    for bin_ in table.bins:
        bins.add_row(
            bin_.horizon, f"{bin_.low:.1f}-{bin_.high:.1f}", str(bin_.came_true.n), f"{bin_.mean_p:.2f}", _rate(bin_.came_true)
        )  # fmt: skip
    screen.print(bins)
    more = ", the worst first" if table.worst else ""
    screen.print(f"\nWrong Bullish or Bearish calls: {table.n_wrong}{more}")
    for one in table.worst:
        screen.print(_failure(one))


def _failure(one: Scored) -> str:
    call = one.call
    return (
        f"{call.scored_at:%Y-%m-%d}  {_shown(call.ticker)}  {one.prediction.label} {one.p_label:.2f}, {one.horizon};"
        f" then {one.value:+.1%} from {one.entry} on: {one.outcome}\n    {_shown(call.title)} ({_shown(call.record)})"
    )


def _why(result: Outcomes) -> str:
    """The calls that were not scored, by reason."""
    return "".join(f"; {n} not scored: {why}" for why, n in result.unscored.items())


def _number(figure: Figure | None, *, sign: bool = False) -> str:
    if figure is None:
        return ""
    form = "+.2f" if sign else ".3f"
    low_high = f"\n({figure.interval[0]:{form}}…{figure.interval[1]:{form}})" if figure.interval else ""
    return f"{figure.value:{form}}{low_high}"


def _rate(figure: Figure | None) -> str:
    if figure is None:
        return ""
    low_high = f"\n({figure.interval[0]:.0%}…{figure.interval[1]:.0%})" if figure.interval else ""
    return f"{figure.value:.0%} of {figure.n}{low_high}"


def _shown(title: str) -> str:
    """Words of strangers in a cell of a table."""
    from rich.markup import escape

    from labtape.foreign import clean, shortened

    return escape(shortened(clean(title), 80))


def _sealed(folder: Path) -> Iterator[Sealed]:
    from labtape.calls import read_sealed, read_seals

    return read_sealed(folder, read_seals(folder))


def _day(text: str | None, now: datetime) -> str | None:
    if text is None:
        return None
    if text == "today":
        return f"{now:%Y-%m-%d}"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as e:
        raise SettingsError(f"--through {text}: no day; write 2026-06-01, or today") from e


def _is_hash(text: str) -> bool:
    digits = text.removeprefix("sha256:")
    return text.startswith("sha256:") and len(digits) == 64 and not digits.strip("0123456789abcdef")


def _print_json(plain: Any) -> None:  # Any: JSON has no tighter type
    from labtape.report.record import dumps

    typer.echo(dumps(plain))
