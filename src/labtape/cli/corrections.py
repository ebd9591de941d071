"""The commands about what does not hold any more: retract, corrections."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from labtape.cli.common import moment, open_desk
from labtape.exceptions import SettingsError


def register(app: typer.Typer) -> None:
    for command in (retract, corrections):
        app.command()(command)


def retract(
    context: typer.Context,
    article: Annotated[
        str, typer.Argument(metavar="ID", help="An article's id or address, as digests show it.")
    ],
    why: Annotated[str, typer.Option(help="The reason, which is kept and shown.")],
) -> None:
    """Take an article back: nothing told from now on uses it.

    Its record stays in the database, and its stories are issued anew without it; a feed that shows it again changes nothing.
    """
    from labtape.desk import correction_words

    if not why.strip():
        raise SettingsError("--why is empty; say why the article is taken back")
    with open_desk(context) as desk:
        before = desk.clock()
        desk.retract(article, why=why.strip())
        found = desk.corrections(since=before)
    for correction in found:
        typer.echo("\n".join(correction_words(correction)))


def corrections(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(help="Against what was known then: 7d, 2026-06-01; else what was told first."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, a list of corrections.")] = False,
) -> None:
    """What was told and does not hold any more.

    Articles revised or retracted, with the stories, claims and signals that used them, as they were and as they are.
    """
    from labtape.desk import correction_words
    from labtape.plain import to_plain
    from labtape.report.record import dumps

    first = moment(since, now=datetime.now(UTC))
    with open_desk(context, write=False) as desk:
        found = desk.corrections(since=first)
    if json:
        typer.echo(dumps([to_plain(correction) for correction in found]))
        return
    lines = [line for correction in found for line in correction_words(correction)]
    typer.echo("\n".join(lines) if lines else "nothing was corrected")
