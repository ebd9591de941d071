"""`labtape feeds`: the list of sources."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args
from urllib.parse import unquote, urlsplit

import typer

from labtape.cli.common import complain, local_time, number_of, open_desk, settings, short_time, zone
from labtape.exceptions import SettingsError
from labtape.types import PagePolicy

if TYPE_CHECKING:
    from labtape.crawl.health import FeedHealth
    from labtape.desk import Desk
    from labtape.ports import FeedState, Poll
    from labtape.types import Feed

# What somebody has to look at comes first.
_URGENT = ("failing", "late", "gone", "suspended", "empty", "stale", "never visited", "moved", "ok")
NO_FEEDS = "no feeds yet; `labtape feeds add URL` or `labtape feeds import LIST.opml`"

app = typer.Typer(help="The feeds to crawl: add, list, look after them.", no_args_is_help=True)


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="http(s) or file: address, or a path.")],
    title: Annotated[
        str | None, typer.Option(help="What to call it; else the title it gives itself.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(help="Who publishes it; else what its entries say.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="As en, zh.")] = None,
    pages: Annotated[
        str | None, typer.Option(help="When to fetch the articles' own pages: short, always, never.")
    ] = None,
) -> None:
    """Add a feed, or say more of one that is there."""
    from labtape.types import Feed

    policy = _policy(pages)
    feed = Feed(_feed_address(url), title=title, publisher=publisher, language=language, pages=policy)
    with open_desk(context) as desk:
        before = {known.url: known for known in desk.feeds()}
        added = desk.store.add_feed(feed, at=desk.clock())
        changed = [(before[now.url], now) for now in desk.feeds() if now != before.get(now.url, now)]
    said = "added" if added else "already there"
    for old, new in changed:
        said += f"; {_changes(old, new)}"
    typer.echo(f"{feed.url}: {said}")


def _changes(old: Feed, new: Feed) -> str:
    """What is said of a feed now, and was said before."""
    pairs = ((f.name, getattr(old, f.name), getattr(new, f.name)) for f in fields(new))
    return ", ".join(
        f"{name} is now {now} (was {was or 'as in the settings' if name == 'pages' else was or 'not said'})"
        for name, was, now in pairs
        if was != now
    )


@app.command("list")
def list_feeds(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """The feeds, with the last visit to each."""
    from json import dumps

    with open_desk(context, write=False) as desk:
        states = {state.url: state for state in desk.store.feed_states()}
        rows = [(feed, states[feed.url], desk.store.last_poll(feed.url)) for feed in desk.feeds()]
    if json:
        typer.echo(
            dumps(
                [
                    {"url": f.url, "title": f.title, "publisher": f.publisher, "language": f.language,
                     "category": f.category, "pages": f.pages, "entries": s.n_entries,
                     "last_poll": p.at.isoformat() if p else None, "status": p.status if p else None,
                     "error": p.error if p else None}
                    for f, s, p in rows
                ],
                ensure_ascii=False,
            )
        )  # fmt: skip
        return
    _show_list(rows, default=settings(context).fetch.pages)


def _show_list(rows: Sequence[tuple[Feed, FeedState, Poll | None]], *, default: PagePolicy) -> None:
    from labtape.cli.rows import Heading, Row, show_rows
    from labtape.crawl.pages import policy_of

    if not rows:
        typer.echo(NO_FEEDS)
        return
    shown = []
    for feed, state, poll in rows:
        said = "never" if poll is None else poll.status
        error = _without(poll.error, feed.url, state.address) if poll and poll.error else None
        shown.append(
            Row(
                cells=(
                    said if state.status == "active" else state.status,
                    _time(poll.at) if poll else "",
                    str(state.n_entries) if state.last_success_at else "",
                    policy_of(feed, default),
                ),
                address=feed.url,
                below=": ".join(part for part in (feed.publisher or feed.title, error) if part),
                colour="red" if said == "failed" else "",
            )
        )
    names = ("visit", f"last ({zone()})", "entries", "pages")
    show_rows(Heading(names, below="title, error", numbers=frozenset({"entries"})), shown)


@app.command()
def health(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """How each feed is, what needs somebody first.

    In a word: ok, moved, stale, empty, late, failing, suspended, gone. Exit 1 when one is not well. What the words mean: docs/crawl.md.
    """
    from json import dumps

    from labtape.crawl.health import to_row

    with open_desk(context, write=False) as desk:
        rows = desk.health()
    if json:
        typer.echo(dumps([to_row(row) for row in rows], ensure_ascii=False))
    else:
        _show_health(rows)
    raise typer.Exit(0 if all(row.is_well for row in rows) else 1)


def _show_health(rows: Sequence[FeedHealth]) -> None:
    from collections import Counter

    from labtape.cli.rows import Heading, Row, show_rows

    if not rows:
        typer.echo(NO_FEEDS)
        return
    shown = []
    for row in sorted(rows, key=lambda row: _URGENT.index(row.word)):
        is_pale = row.word in ("stale", "never visited")
        colour = "yellow" if is_pale else "green" if row.is_well else "red"
        shown.append(
            Row(
                cells=(
                    row.word,
                    _time(row.last_success_at) if row.last_success_at else "never",
                    _time(row.next_due_at) if row.next_due_at else "",
                    str(row.entries_per_week),
                ),
                address=row.url,
                below=_without(_why(row), row.url, row.address),
                colour=colour,
            )
        )
    show_rows(Heading(("health", "success", "next", "a week"), numbers=frozenset({"a week"})), shown)
    words = Counter(row.word for row in rows)
    counts = ", ".join(f"{n} {word}" for word, n in words.most_common())
    complain(f"{number_of(len(rows), 'feed')}: {counts}; times in {zone()}")


def _why(row: FeedHealth) -> str:
    """What a row says beyond its word and numbers."""
    whys = [row.why] if row.word not in ("ok", "never visited") else []
    if row.word == "failing":
        whys = [f"{row.why}: {row.last_error}"]
    if row.word == "ok" and row.moving_to:
        whys.append(f"redirects to {row.moving_to}")
    if row.undated * 2 > row.entries:
        whys.append(f"{row.undated} of {row.entries} entries are undated")
    return "; ".join(whys)


def _time(at: datetime) -> str:
    """A time as a list shows it: short on a terminal, whole in a pipe."""
    return short_time(at, now=datetime.now(UTC)) if sys.stdout.isatty() else local_time(at)


def _without(text: str, *addresses: str | None) -> str:
    """An error without the addresses that stand beside it."""
    for address in addresses:
        text = text.replace(f"{address}: ", "") if address else text
    return text


@app.command()
def discover(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a site, a page or a feed.")],
    add: Annotated[bool, typer.Option("--add", help="Add what is found.")] = False,
    allow_private: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST:PORT", help="May be fetched although its address is not public."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Find the feeds of a site."""
    from dataclasses import asdict
    from json import dumps

    from labtape.types import Feed

    with open_desk(context, allow_private=allow_private, write=add) as desk:
        found = desk.discover(_address(url))
        if add:
            desk.store.add_feeds((Feed(one.url, title=one.title) for one in found), at=desk.clock())
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
        state = _known(desk, url)
        if state is None:
            raise SettingsError(f"{url}: no such feed; `labtape feeds list` shows them")
        if state.status != "active":
            desk.resume(state.url)
    if state.status != "active":
        typer.echo(f"{url}: was {state.status}; will be visited with the next crawl")
    else:
        due = f", next at {local_time(state.due_at)} {zone()}" if state.due_at else ""
        typer.echo(f"{url}: is active already{due}")


def _known(desk: Desk, url: str) -> FeedState | None:
    """The feed of this address, in any spelling, or the one that lives there now."""
    from labtape.read.opml import web_address

    names = {url, web_address(url) or url}
    if _is_file(url):
        names.add(Path(url).resolve().as_uri())
    states = desk.store.feed_states()
    return next((s for s in states if s.url in names), next((s for s in states if s.address in names), None))


@app.command()
def remove(
    context: typer.Context, url: Annotated[str, typer.Argument(help="As `feeds list` shows it.")]
) -> None:
    """Remove a feed; its articles stay."""
    with open_desk(context) as desk:
        listed = {feed.url for feed in desk.feeds()}
        if not desk.store.remove_feed(url if url in listed else _address(url), at=desk.clock()):
            raise SettingsError(f"{url}: no such feed; `labtape feeds list` shows them")
    typer.echo(f"{url}: removed")


@app.command("import")
def import_feeds(
    context: typer.Context,
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="OPML lists, feed files, or folders of these with all below; also packed (.gz).",
        ),
    ],
) -> None:
    """Add every feed of OPML lists, files and folders.

    What a file is, its content says. A list may name files beside it or below its folder, no others. Exit 1 when something was
    left out, 2 when nothing could be taken.
    """
    from labtape.cli.inputs import feeds_of, say_troubles
    from labtape.exceptions import LabtapeError

    n_taken, is_whole = 0, True
    with open_desk(context) as desk:
        for source in sources:
            try:
                taken = feeds_of(source)
            except LabtapeError as e:
                complain(f"labtape: {e}")
                is_whole = False
                continue
            added = sum(desk.store.add_feeds(taken.feeds, at=desk.clock()))
            counts = f"{added} added, {len(taken.feeds) - added} there already"
            if taken.n_again:
                counts += f", {taken.n_again} listed again"
            if taken.n_left_out:
                counts += f", {taken.n_left_out} left out"
            typer.echo(f"{source}: {counts}")
            say_troubles(source, taken)
            n_taken, is_whole = n_taken + 1, is_whole and not taken.troubles
    raise typer.Exit(2 if not n_taken else 0 if is_whole else 1)


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="OPML file; else stdout.")] = None,
) -> None:
    """Write the feeds as OPML."""
    from labtape.read import write_opml
    from labtape.report import write_text

    with open_desk(context, write=False) as desk:
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


def _feed_address(url: str) -> str:
    """The address of a feed that is to be added: a file must be one."""
    from labtape.cli.inputs import feed_file

    address = _address(url)
    if address.startswith("file:"):
        feed_file(Path(unquote(urlsplit(address).path)))
    return address


def _address(url: str) -> str:
    """An address as it is kept: one spelling for http(s) and file:, a path as its file: address."""
    from labtape.read.opml import meant_address, web_address, without_password

    if address := web_address(url):
        if without_password(url) != url:
            complain(f"labtape: {address}: is kept without user and password: they would not be sent")
        return address
    path = url
    if url.startswith("file:"):
        path = unquote(re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", url))
    if not _is_file(path):
        meant = meant_address(url)
        hint = f"; did you mean {meant}?" if meant else ""
        raise SettingsError(f"'{url}': neither an http(s) address nor a file that exists{hint}")
    return Path(path).resolve().as_uri()


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  # says no, and raises nothing, for names no file can have
