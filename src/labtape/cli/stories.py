"""The commands about stories: one, and a list of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from labtape.cli.common import console, moment, open_desk, settings


def register(app: typer.Typer) -> None:
    for command in (story, stories):
        app.command()(command)


def story(
    context: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="A story's id, or the id or address of one of its articles.")
    ],
    since: Annotated[
        str | None, typer.Option(help="Say what came after: 36h, 7d, 2026-06-01; as far back as a digest.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the record of the story as JSON.")] = False,
) -> None:
    """What is known about one story.

    Who really reported it, what is agreed and disputed, its verdict from one vote per source, what to read beside it.
    """
    from labtape.batch import opened_lexicon
    from labtape.report import story_record_json, story_terminal

    now = datetime.now(UTC)
    first = moment(since, now=now) or now - timedelta(hours=settings(context).digest.hours)
    with open_desk(context, write=False) as desk:
        record = desk.story(id_, since=first)
        lexicon = opened_lexicon(desk.tools.lexicon)
    if json:
        typer.echo(story_record_json(record))
    else:
        story_terminal(record, console(), lexicon=lexicon)


def stories(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Those still told then or later: 36h, 7d, 2026-06-01; all.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print their records, one JSON object a line.")
    ] = False,
) -> None:
    """The stories, most important first; as JSON the latest first."""
    from labtape.report import stories_terminal, story_record_json

    first = moment(since, now=datetime.now(UTC))
    with open_desk(context, write=False) as desk:
        if json:
            for record in desk.stories(since=first):
                typer.echo(story_record_json(record))
        else:
            stories_terminal(desk.stories(since=first), console())
