"""`labtape feeds`: the list of sources."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from labtape.cli.common import complain, console, open_desk
from labtape.exceptions import SettingsError

app = typer.Typer(help="The feeds to crawl: add, list, remove, import, export.", no_args_is_help=True)


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="http(s) or file: address, or a path.")],
    title: Annotated[str | None, typer.Option()] = None,
    publisher: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option(help="As en, zh.")] = None,
) -> None:
    """Add a feed."""
    from labtape.types import Feed

    feed = Feed(_address(url), title=title, publisher=publisher, language=language)
    with open_desk(context) as desk:
        added = desk.store.add_feed(feed)
    typer.echo(f"{feed.url}: {'added' if added else 'already there'}")


@app.command("list")
def list_feeds(context: typer.Context, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """The feeds, with the last visit to each."""
    from json import dumps

    with open_desk(context) as desk:
        rows = [(feed, desk.store.last_poll(feed.url)) for feed in desk.feeds()]
    if json:
        typer.echo(
            dumps(
                [
                    {"url": f.url, "title": f.title, "publisher": f.publisher, "language": f.language,
                     "last_poll": p.at.isoformat() if p else None, "status": p.status if p else None,
                     "error": p.error if p else None}
                    for f, p in rows
                ],
                ensure_ascii=False,
            )
        )  # fmt: skip
        return
    from rich.table import Table

    table = Table("feed", "publisher", "last visit", "result", box=None, pad_edge=False)
    for feed, poll in rows:
        result = "never visited" if poll is None else poll.error or f"{poll.status}, {poll.n_entries} entries"
        table.add_row(
            feed.url, feed.publisher or feed.title or "", f"{poll.at:%Y-%m-%d %H:%M}" if poll else "", result
        )
    console().print(
        table if rows else "no feeds yet; `labtape feeds add URL` or `labtape feeds import LIST.opml`"
    )


@app.command()
def remove(
    context: typer.Context, url: Annotated[str, typer.Argument(help="As `feeds list` shows it.")]
) -> None:
    """Remove a feed; its articles stay."""
    with open_desk(context) as desk:
        listed = {feed.url for feed in desk.feeds()}
        if not desk.store.remove_feed(url if url in listed else _address(url)):
            raise SettingsError(f"{url}: no such feed; `labtape feeds list` shows them")
    typer.echo(f"{url}: removed")


@app.command("import")
def import_feeds(
    context: typer.Context,
    sources: Annotated[list[Path], typer.Argument(help="OPML files, feed files or folders.")],
) -> None:
    """Add every feed of an OPML list or a folder."""
    from labtape.cli.inputs import feeds_of
    from labtape.exceptions import LabtapeError

    failed = 0
    with open_desk(context) as desk:
        for source in sources:
            try:
                found = feeds_of(source)
            except LabtapeError as e:
                complain(f"labtape: {e}")
                failed += 1
                continue
            added = sum(desk.store.add_feed(feed) for feed in found)
            typer.echo(f"{source}: {added} added, {len(found) - added} already there")
    raise typer.Exit(1 if failed else 0)


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="OPML file; else stdout.")] = None,
) -> None:
    """Write the feeds as OPML."""
    from labtape.read import write_opml
    from labtape.report import write_text

    with open_desk(context) as desk:
        opml = write_opml(desk.feeds())
    if out:
        write_text(out, opml.decode("utf-8"))
    else:
        typer.echo(opml.decode("utf-8"), nl=False)


def _address(url: str) -> str:
    """The address of a feed: http(s) and file: as they are, a path as its file: address."""
    if re.match(r"https?://[^/?#\s]+", url):
        return url
    path = Path(unquote(urlsplit(url).path) if url.startswith("file:") else url)
    if not url.strip() or not path.is_file():
        raise SettingsError(f"'{url}': neither an http(s) address nor a file that exists")
    return path.resolve().as_uri()
