"""The commands about the ledger of share claims: shares, and what is done with it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from labtape.cli.common import console, known_by, moment, open_desk
from labtape.cli.verify import verify
from labtape.exceptions import SettingsError

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)
app.command()(verify)


class StatusName(StrEnum):
    single = "single"
    corroborated = "corroborated"
    contradicted = "contradicted"
    superseded = "superseded"
    not_comparable = "not_comparable"


@app.callback()
def shares(
    context: typer.Context,
    platform: Annotated[
        str | None, typer.Option(help="Only claims counted on this platform, as OpenRouter.")
    ] = None,
    holder: Annotated[
        str | None,
        typer.Option(help="Only what this one holds: a name, a lab's id, or a country with its labs, as CN."),
    ] = None,
    metric: Annotated[str | None, typer.Option(help="Only shares of this, as tokens or revenue.")] = None,
    status: Annotated[StatusName | None, typer.Option(help="Only claims that stand so.")] = None,
    since: Annotated[str | None, typer.Option(help="From when: 7d, 2026-06-01.")] = None,
    until: Annotated[str | None, typer.Option(help="To when, a date with the whole of that day.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIME",
            help="As it was known then: 2026-06-10 (the end of that day), 2026-06-10T09:30Z, or back from now: 7d.",
        ),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, a list of claims.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write the claims: FILE.csv, .parquet or .json.")
    ] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw the series: FILE.svg, .png or .html.")] = None,
) -> None:
    """The ledger of share claims.

    Every claim with its denominator, who says so and how it stands; says what is not comparable and why.
    """
    if context.invoked_subcommand:
        return
    if csv and json:
        raise SettingsError("--csv and --json are two forms of one list; give one of the two")
    from labtape.report import shares_chart, shares_csv, shares_json, shares_terminal, write_shares
    from labtape.report.chart import check_chart_name
    from labtape.report.shares import check_shares_name

    if out:
        check_shares_name(out)
    if chart:
        check_chart_name(chart)
    now = datetime.now(UTC)
    first, last = moment(since, now=now), known_by(until, now=now) if until else None
    known = known_by(as_of, now=now) if as_of else None
    if first and first > (last or now):
        raise SettingsError(f"--since {since} is after --until {until or 'now'}; give the earlier time first")
    with open_desk(context, write=False) as desk:
        rows = desk.shares(
            platform=platform,
            holder=holder,
            metric=metric,
            status=status.value if status else None,
            since=first,
            until=last,
            as_of=known,
        )
    if chart:
        shares_chart(rows, chart)
    if out:
        write_shares(rows, out)
    if csv:
        typer.echo(shares_csv(rows), nl=False)
    elif json:
        typer.echo(shares_json(rows))
    elif not out:
        shares_terminal(rows, console())
