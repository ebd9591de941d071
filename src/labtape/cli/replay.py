"""The command that shows what was known at a time: replay."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import (
    complain,
    known_by,
    moment,
    number_of,
    open_desk,
    settings,
    without_password,
)
from labtape.cli.look import show_digest
from labtape.exceptions import SettingsError
from labtape.plain import iso

if TYPE_CHECKING:
    from labtape.desk import Desk, Rescored

_SHOWN = 20


class ReplayForm(StrEnum):
    terminal = "terminal"
    markdown = "markdown"
    html = "html"
    json = "json"


def register(app: typer.Typer) -> None:
    app.command()(replay)


def replay(
    context: typer.Context,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar="TIME",
            help="2026-06-10T09:30Z, without a zone in UTC; a date is the end of that day, of today now; or back from now: 7d.",
        ),
    ],
    since: Annotated[
        str | None, typer.Option(help="From when: 36h (before TIME), 2026-06-01; as for `digest`.")
    ] = None,
    watchlist: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Entity, ticker or event to put first; repeatable."),
    ] = None,
    form: Annotated[
        ReplayForm, typer.Option("--format", "--form", help="How to print it.")
    ] = ReplayForm.terminal,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="File to write instead of the screen.")
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            help="FILE.jsonl to write the records to, as they stood; of --since or later, else all."
        ),
    ] = None,
    rescore: Annotated[
        bool,
        typer.Option("--rescore", help="Score it all again and compare byte for byte; exit 1 if not equal."),
    ] = False,
) -> None:
    """The digest as it was at a time.

    By the articles, stories, corrections and the lexicon that were known then, and nothing later.
    """
    from labtape.report import write_records
    from labtape.store import open_store

    now = datetime.now(UTC)
    chosen = settings(context)
    at = known_by(as_of, now=now)
    first = moment(since, now=at)
    if first and first > at:
        raise SettingsError(f"--since {since} is after --as-of {as_of}; give the earlier time first")
    if not chosen.database.startswith("memory:"):  # one that is not there is an error here, not an empty one
        with closing(open_store(chosen.database, create=False, write=False)):
            pass
    with open_desk(context, write=False) as desk:
        view = desk.as_of(at)
        _check_known(desk, view, at, place=without_password(chosen.database))
        _say_what_differs(view)
        made = view.digest(
            since=first,
            hours=chosen.digest.hours,
            watchlist=watchlist or chosen.digest.watchlist,
            min_confidence=chosen.digest.min_confidence,
            labels=chosen.digest.labels,
        )
        if records:
            written = write_records(view.records(since=first), records)
            complain(f"{number_of(written, 'record')} in {records}")
        compared = view.rescored(since=first) if rescore else None
    show_digest(made, form.value, out=out)
    if compared:
        _say_compared(compared)
        raise typer.Exit(0 if compared.is_same else 1)


def _check_known(desk: Desk, view: Desk, at: datetime, *, place: str) -> None:
    """Raise `SettingsError` where nothing was known at that time."""
    if view.store.runs() or list(
        view.store.records(retracted=True)
    ):  # read whole, so that no cursor stays open
        return
    times = (*desk.store.runs()[:1], *(r.scored_at for r in desk.store.records(retracted=True)))
    if not times:
        raise SettingsError(f"{place}: there are no records in it; `labtape run` makes some")
    raise SettingsError(
        f"{place}: nothing was known at {iso(at)}; the first record is of {iso(min(times))}, give that time or a later one"
    )


def _say_what_differs(view: Desk) -> None:
    """A word where the digest is not made by what was in use then, so that nobody takes it for the same bytes."""
    from labtape.version import __version__

    then = view.store.knowledge()
    if "lexicon" not in then:
        complain(
            "labtape: the lexicon of then was not kept (that began with schema 3); today's is used, names may differ"
        )
    if "engine" in then and then["engine"].digest != __version__:
        complain(
            f"labtape: this is labtape {__version__}, then it was {then['engine'].digest}; wording and form may differ"
        )


def _say_compared(compared: Rescored) -> None:
    for difference in compared.differences[:_SHOWN]:
        kept = difference.kept
        said = (
            f"differs in {', '.join(difference.fields)}" if difference.fields else "its words are forgotten"
        )
        complain(f"labtape: record of '{kept.id}' (revision {kept.revision}, {iso(kept.scored_at)}): {said}")
    if len(compared.differences) > _SHOWN:
        complain(f"labtape: … and {len(compared.differences) - _SHOWN} more")
    for line in compared.missing:
        complain(f"labtape: cannot be scored again: {line}")
    n_scored = compared.n_same + len(compared.differences)
    left_out = f", {compared.n_left_out} not scored again" if compared.n_left_out else ""
    complain(
        f"{number_of(n_scored, 'record')} scored again: {compared.n_same} the same bytes, "
        f"{len(compared.differences)} not{left_out}"
    )
