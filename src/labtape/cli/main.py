"""The application: global options, the settings every command sees, and errors as one line."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli import (
    corrections,
    crawling,
    export,
    know,
    look,
    replay,
    serve,
    stories,
    studying,
    watching,
    work,
)
from labtape.cli.auditing import app as audit_app
from labtape.cli.calls import app as calls_app
from labtape.cli.common import complain
from labtape.cli.corpus import app as corpus_app
from labtape.cli.db import app as db_app
from labtape.cli.delivering import app as deliver_app
from labtape.cli.examples import with_examples
from labtape.cli.feeds import app as feeds_app
from labtape.cli.labs import app as labs_app
from labtape.cli.shares import app as shares_app
from labtape.exceptions import LabtapeError
from labtape.version import __version__

if TYPE_CHECKING:
    from labtape.settings import Settings

app = typer.Typer(
    name="labtape",
    help="The tape for AI labs: what the news claims, whether the figures hold, and what it means for markets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
crawling.register(app)
watching.register(app)
work.register(app)
look.register(app)
replay.register(app)
corrections.register(app)
stories.register(app)
know.register(app)
export.register(app)
serve.register(app)
studying.register(app)
app.add_typer(feeds_app, name="feeds")
app.add_typer(db_app, name="db")
app.add_typer(deliver_app, name="deliver")
app.add_typer(audit_app, name="audit")
app.add_typer(calls_app, name="calls")
app.add_typer(corpus_app, name="corpus")
app.add_typer(labs_app, name="labs")
app.add_typer(shares_app, name="shares")
with_examples(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"labtape {__version__}")
        raise typer.Exit


@app.callback()
def settings_for_all(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Settings file; else $LABTAPE_CONFIG, else labtape.toml here.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="sqlite:///FILE, postgresql+psycopg://… or memory:")
    ] = None,
    bundle: Annotated[
        str | None,
        typer.Option(help="Model: a bundle's name or folder, 'rules', sklearn:FILE or transformers:FOLDER."),
    ] = None,
    bundle_digest: Annotated[
        str | None, typer.Option(help="sha256:… that the model must have; sklearn:FILE needs it.")
    ] = None,
    lexicon: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="Folder that adds to the lexicon; repeatable."),
    ] = None,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Settings come from labtape.toml, then LABTAPE_… variables, then these options."""

    def load() -> Settings:
        from labtape.settings import load_settings

        given = {
            "database": database,
            "bundle": bundle,
            "bundle_digest": bundle_digest,
            "lexicon": [str(folder) for folder in lexicon or ()],
        }
        return load_settings(config, os.environ, {name: value for name, value in given.items() if value})

    context.obj = load


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit; an error of ours is one line on stderr and exit 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that is not UTF-8 gets \uXXXX, not a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        app(args=arguments, prog_name="labtape")
    except LabtapeError as e:
        sys.exit(_complain(e))
    except BrokenPipeError:  # `labtape … | head` is not an error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _complain(error: LabtapeError) -> int:
    complain(f"labtape: {error}")
    return 2
