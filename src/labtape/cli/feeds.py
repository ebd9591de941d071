"""`labtape feeds`: the list of sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args
from urllib.parse import unquote, urlsplit

import typer

from labtape.cli.common import complain, console, local_time, number_of, open_desk
from labtape.exceptions import SettingsError
from labtape.types import PagePolicy

if TYPE_CHECKING:
    from labtape.crawl.health import FeedHealth

NO_FEEDS = "no feeds yet; `labtape feeds add URL` or `labtape feeds import LIST.opml`"

app = typer.Typer(
    help="The feeds to crawl: add, list, health, discover, import, export …", no_args_is_help=True
)


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="http(s) or file: address, or a path.")],
    title: Annotated[str | None, typer.Option()] = None,
    publisher: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option(help="As en, zh.")] = None,
    pages: Annotated[
        str | None, typer.Option(help="When to fetch the articles' own pages: short, always, never.")
    ] = None,
) -> None:
    """Add a feed."""
    from labtape.types import Feed

    feed = Feed(_address(url), title=title, publisher=publisher, language=language, pages=_policy(pages))
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
    console(wide=True).print(table if rows else NO_FEEDS)


@app.command()
def health(context: typer.Context, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """How each feed is: ok, moved, stale, empty, late, failing, suspended, gone.

    Exit 1 when one is not well. What the words mean: docs/crawl.md.
    """
    from json import dumps

    from labtape.crawl.health import to_row

    with open_desk(context) as desk:
        rows = desk.health()
    if json:
        typer.echo(dumps([to_row(row) for row in rows], ensure_ascii=False))
    else:
        _show_health(rows)
    raise typer.Exit(0 if all(row.is_well for row in rows) else 1)


def _show_health(rows: Sequence[FeedHealth]) -> None:
    from collections import Counter

    from rich.table import Table
    from rich.text import Text

    if not rows:
        console().print(NO_FEEDS)
        return
    table = Table(box=None, pad_edge=False)
    for name in ("feed", "health", "last success", "next", "per week", "undated", "why"):
        is_number = name in ("per week", "undated")
        table.add_column(
            name, justify="right" if is_number else "left", no_wrap=name != "why", overflow="ellipsis"
        )
    for row in rows:
        colour = "green" if row.is_well else "yellow" if row.word in ("stale", "never visited") else "red"
        why = row.why if row.word != "failing" else f"{row.why}: {row.last_error}"
        table.add_row(
            Text(row.url),
            Text(row.word, style=colour),
            local_time(row.last_success_at) if row.last_success_at else "never",
            local_time(row.next_due_at) if row.next_due_at else "",
            str(row.entries_per_week),
            f"{row.undated} of {row.entries}" if row.undated else "",
            Text(why.replace(f"{row.url}: ", "")),
        )
    console(wide=True).print(table)
    words = Counter(row.word for row in rows)
    complain(f"{number_of(len(rows), 'feed')}: {', '.join(f'{n} {word}' for word, n in words.most_common())}")


@app.command()
def discover(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a site, a page or a feed.")],
    add: Annotated[bool, typer.Option("--add", help="Add what is found.")] = False,
    allow_private: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST:PORT", help="May be fetched although its address is not public."),
    ] = None,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Find the feeds of a site."""
    from dataclasses import asdict
    from json import dumps

    from labtape.types import Feed

    with open_desk(context, allow_private=allow_private) as desk:
        found = desk.discover(url)
        if add:
            desk.store.add_feeds(Feed(one.url, title=one.title) for one in found)
    if json:
        typer.echo(dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.url}  {one.title or 'without a title'}, {one.n_entries} entries")
    if not found:
        complain(f"{url}: advertises no feed, and none is in the usual places")
    raise typer.Exit(0 if found else 1)


@app.command()
def resume(
    context: typer.Context, url: Annotated[str, typer.Argument(help="As `feeds health` shows it.")]
) -> None:
    """Take up a suspended or gone feed again; it is due at once."""
    with open_desk(context) as desk:
        if not desk.resume(url):
            raise SettingsError(f"{url}: no such feed; `labtape feeds list` shows them")
    typer.echo(f"{url}: will be visited with the next crawl")


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
            added = sum(desk.store.add_feeds(found))
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


def _policy(pages: str | None) -> PagePolicy | None:
    for policy in get_args(PagePolicy):
        if pages == policy:
            return policy  # type: ignore[no-any-return]  # one of the literals
    if pages is None:
        return None
    raise SettingsError(f"--pages {pages!r}: none of {', '.join(get_args(PagePolicy))}")


def _address(url: str) -> str:
    """The address of a feed: http(s) and file: as they are, a path as its file: address."""
    if re.match(r"https?://[^/?#\s]+", url):
        return url
    path = Path(unquote(urlsplit(url).path) if url.startswith("file:") else url)
    if not url.strip() or not path.is_file():
        raise SettingsError(f"'{url}': neither an http(s) address nor a file that exists")
    return path.resolve().as_uri()
