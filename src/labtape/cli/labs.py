"""The commands about who stands behind a name: labs show, labs tree."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import console, moment, settings
from labtape.exceptions import LexiconError

if TYPE_CHECKING:
    from labtape.lexicon import Lexicon
    from labtape.lexicon.entries import Lab

app = typer.Typer(
    help="Who stands behind a name: owners, listings, models.",
    no_args_is_help=True,
)
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="Owners and listings of that day: 2026-02-01, or back from now: 30d."
    ),
]


@app.command("show")
def show(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="An id, or any name of a lab, its models or people, or a ticker.")
    ],
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, one chain a meaning.")] = False,
) -> None:
    """The chain from a lab's models to its owners and listings.

    Below it, what else moves with it. A name that may mean several organisations shows each, and why.
    """
    from labtape.lexicon.chain import chain
    from labtape.lexicon.lookup import find_meanings
    from labtape.report import chain_dict, chain_terminal

    known, day = _lexicon(context), _day(as_of)
    meanings = find_meanings(known, name)
    if not meanings:
        raise LexiconError(_unknown(known, name))
    chains = [(meaning, chain(known, meaning.entity, day)) for meaning in meanings]
    if as_json:
        typer.echo(
            json.dumps([{"why": m.why} | chain_dict(c) for m, c in chains], ensure_ascii=False, indent=1)
        )
        return
    screen = console()
    if len(chains) > 1:
        screen.print(f"'{name}' may mean {len(chains)} organisations.\n", markup=False)
    for n, (meaning, found) in enumerate(chains):
        if n:
            screen.print()
        chain_terminal(found, known, screen, why=meaning.why if len(chains) > 1 else "")


@app.command("tree")
def tree(
    context: typer.Context,
    country: Annotated[
        str | None, typer.Option(help="Only those of this country: its ISO code, as CN.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only this kind: lab, app, chip, cloud, platform …")
    ] = None,
    listed: Annotated[
        bool | None,
        typer.Option(
            "--listed/--private", help="Only those with a listing, their own or an owner's; or without."
        ),
    ] = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the trees as JSON.")] = False,
) -> None:
    """All organisations below their owners, with listings.

    Each with the number of its model families."""
    from labtape.lexicon.forest import forest
    from labtape.report import branch_dict, forest_terminal

    known, day = _lexicon(context), _day(as_of)
    _must_occur("country", country and country.upper(), {lab.country for lab in known.labs.values()})
    _must_occur("kind", kind, {lab.kind for lab in known.labs.values()})

    def is_asked(lab: Lab) -> bool:
        return (
            (country is None or lab.country == country.upper())
            and (kind is None or lab.kind == kind)
            and (listed is None or bool(known.listings_of(lab.id, day)) == listed)
        )

    branches = forest(known, day, keep=is_asked)
    if as_json:
        typer.echo(json.dumps([branch_dict(branch) for branch in branches], ensure_ascii=False, indent=1))
    else:
        forest_terminal(branches, console())


def _lexicon(context: typer.Context) -> Lexicon:
    from labtape.batch import opened_lexicon

    return opened_lexicon(settings(context).lexicon)


def _day(text: str | None) -> date | None:
    at = moment(text, now=datetime.now(UTC))
    return at.date() if at else None


def _unknown(known: Lexicon, name: str) -> str:
    from labtape.lexicon.lookup import is_never_linked, near_names

    if is_never_linked(known, name):
        return f"'{name}' stands for no lab: it is a group's name or only looks like one; name a lab"
    near = ", ".join(near_names(known, name))
    return f"no lab '{name}' in the lexicon; {f'near: {near}' if near else '`labtape labs tree` lists all'}"


def _must_occur(what: str, value: str | None, have: set[str]) -> None:
    if value is not None and value not in have:
        raise LexiconError(f"no {what} '{value}' in the lexicon; have: {', '.join(sorted(have))}")
