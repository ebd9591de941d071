"""`labtape db`: look after the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import moment, number_of, settings, without_password
from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    from labtape.ports import Store

app = typer.Typer(help="Look after the database: check, copy, forget, compact.")
Json = Annotated[bool, typer.Option("--json", help="One JSON value on stdout.")]
FOR_EVER = datetime.min.replace(tzinfo=UTC)


@app.callback(invoke_without_command=True)
def info(context: typer.Context, json: Json = False) -> None:
    """Look after the database; alone: its schema, size and counts."""
    if context.invoked_subcommand:
        return
    with _opened(context) as store:
        counts = dict(store.inventory())
    place = without_password(settings(context).database)
    if json:
        from json import dumps

        typer.echo(dumps({"database": place, **counts}))
        return
    schema, size = counts.pop("schema", None), counts.pop("bytes", None)
    parts = [f"schema {schema}"] if schema else []
    parts += [_size(size)] if size is not None else []
    parts += [f"{n:,} {name if n != 1 else _ONE[name]}" for name, n in counts.items() if name != "hosts"]
    if "hosts" in counts:
        parts.append(f"robots.txt or pace of {number_of(counts['hosts'], 'host')}")
    typer.echo(f"{place}: {', '.join(parts)}")


@app.command()
def check(context: typer.Context, json: Json = False) -> None:
    """Check that nothing is broken; exit 1 and a line for each problem."""
    with _opened(context) as store:
        problems = store.check()
    if json:
        from json import dumps

        typer.echo(dumps(list(problems), ensure_ascii=False))
    else:
        typer.echo("\n".join(problems) if problems else "all is well")
    raise typer.Exit(1 if problems else 0)


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the schema up to date; make a backup first.

    Every command that writes does the same.
    """
    with _opened(context, write=True) as store:
        schema = store.inventory().get("schema")
    typer.echo(f"{without_password(settings(context).database)}: schema {schema}")


@app.command()
def vacuum(context: typer.Context) -> None:
    """Give the room of what was forgotten back to the disk."""
    with _opened(context, write=True) as store:
        before = store.inventory().get("bytes", 0)
        store.vacuum()
        after = store.inventory().get("bytes", 0)
    typer.echo(f"{_size(before)} before, {_size(after)} now")


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A file that is not there yet; on PostgreSQL a dump for pg_restore.")
    ],
) -> None:
    """Write a copy that is whole, while others go on writing."""
    with _opened(context) as store:
        store.backup(file)
    typer.echo(f"{file}: {_size(file.stat().st_size)} written")


@app.command()
def prune(
    context: typer.Context,
    polls: Annotated[
        str | None, typer.Option(help="Forget polls older than this, as 90d; 0d: none. Else by the settings.")
    ] = None,
    articles: Annotated[
        str | None,
        typer.Option(help="Forget scored articles that no feed has shown for this long, as 400d; 0d: none."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and forget nothing.")] = False,
) -> None:
    """Forget old polls and articles; records stay."""
    kept, now = settings(context).store, datetime.now(UTC)
    polls_before = _before("--polls", polls, kept.keep_polls_days, now)
    articles_before = _before("--articles", articles, kept.keep_articles_days, now)
    with _opened(context, write=not dry_run) as store:
        n_polls, n_articles = store.prune(
            polls_before=polls_before or FOR_EVER, articles_before=articles_before, dry_run=dry_run
        )
    done = "would be forgotten" if dry_run else "forgotten"
    typer.echo(f"{number_of(n_polls, 'poll')} and {number_of(n_articles, 'article')} {done}")


@contextmanager
def _opened(context: typer.Context, *, write: bool = False) -> Iterator[Store]:
    """The database of the settings, which must be there: to look after one is not to make one."""
    from labtape.store import open_store

    with closing(open_store(settings(context).database, create=False, write=write)) as store:
        yield store


def _before(option: str, given: str | None, days: int, now: datetime) -> datetime | None:
    """The time before which things are forgotten, None for never: as given, else by the settings."""
    if given is None:
        return now - timedelta(days=days) if days else None
    if re.fullmatch(r"0+[smhdw]?", given):
        return None
    try:
        return moment(given, now=now)
    except SettingsError as e:
        raise SettingsError(
            f"{option}: '{given}' is no time; write an age as 90d, 36h, 12w (0d: forget none) or a day as 2026-06-01"
        ) from e


_ONE = {
    "feeds": "feed", "fetches": "fetch", "articles": "article", "revisions": "revision", "sightings": "sighting",
    "records": "record", "stories": "story", "retractions": "retraction",
}  # fmt: skip


def _size(n: int) -> str:
    """Bytes as people say them.

    >>> _size(700), _size(49_152), _size(57_131_008)
    ('700 bytes', '49.2 kB', '57.1 MB')
    """
    for unit, of in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= of:
            return f"{n / of:.1f} {unit}"
    return f"{n} bytes"
