"""The command that sets share claims against the counter: shares verify."""

from __future__ import annotations

import json as json_format
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import console, known_by, moment, open_desk
from labtape.exceptions import ReadError, SettingsError

if TYPE_CHECKING:
    from labtape.desk import Desk
    from labtape.ledger.questions import Claim


def verify(
    context: typer.Context,
    rankings: Annotated[
        Path, typer.Option(metavar="FILE", help="OpenRouter's daily rankings: JSON or JSON Lines.")
    ],
    since: Annotated[str | None, typer.Option(help="Claims from when: 7d, 2026-06-01.")] = None,
    until: Annotated[str | None, typer.Option(help="To when, a date with the whole of that day.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
) -> None:
    """Set share claims about OpenRouter against its own daily rankings.

    Says which claims hold, which are off and by how much, which denominator was dropped, and what cannot be judged.
    """
    from labtape.batch import opened_lexicon
    from labtape.ledger.questions import distinct
    from labtape.ledger.rankings import read_rankings
    from labtape.ledger.verify import audit
    from labtape.report.terminal_verify import verify_dict, verify_terminal

    now = datetime.now(UTC)
    first, last = moment(since, now=now), known_by(until, now=now) if until else None
    if first and first > (last or now):
        raise SettingsError(f"--since {since} is after --until {until or 'now'}; give the earlier time first")
    counter = read_rankings(_bytes(rankings), name=str(rankings))
    with open_desk(context, write=False) as desk:
        claims = distinct(_claims(desk, since=first, until=last))
        found = audit(claims, counter, opened_lexicon(desk.tools.lexicon))
    if json:
        typer.echo(json_format.dumps(verify_dict(found), ensure_ascii=False, indent=1))
    else:
        verify_terminal(found, console())


def _bytes(path: Path) -> bytes:
    from labtape.read.files import MAX_DOCUMENT

    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_DOCUMENT + 1)
    except OSError as e:
        raise ReadError(
            f"{path}: cannot be read: {e.strerror or e}; give the daily rankings as a JSON file"
        ) from e
    if len(body) > MAX_DOCUMENT:
        raise ReadError(f"{path}: larger than {MAX_DOCUMENT // 2**20} MiB; would read fewer days")
    return body


def _claims(desk: Desk, *, since: datetime | None, until: datetime | None) -> Iterator[Claim]:
    """The claims of every record, with their sentences where the article as scored is still kept."""
    from labtape.ledger.questions import PLATFORM, claims_in
    from labtape.types import Article

    for record in desk.records(since=since, until=until):
        if any(share.platform == PLATFORM for share in record.shares):
            kept = desk.store.article(record.id)
            bare = Article(
                id=record.id, title=record.title, text="", url=record.url, publisher=record.publisher,
                published_at=record.published_at, first_seen_at=record.first_seen_at,
            )  # fmt: skip
            yield from claims_in(kept or bare, record.shares, record.mentions)
