"""The commands about channels and the outbox: deliver test, list, dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import complain, console, number_of, open_desk, settings, short_time, zone
from labtape.exceptions import SettingsError
from labtape.foreign import clean, shortened

if TYPE_CHECKING:
    from labtape.desk import Outcome
    from labtape.ports import Delivery, Message

app = typer.Typer(help="Channels and the outbox: test, list, dead.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print a JSON line for each message.")]
_WIDTH = 60


@app.command()
def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The channel: what stands after [deliver. in the settings.")],
) -> None:
    """Send a test message to a channel, now; exit 1 where it was not taken."""
    from labtape.desk import send_test

    channels = settings(context).deliver
    if name not in channels:
        raise SettingsError(f"no channel {name!r} in the settings; have: {', '.join(channels) or 'none'}")
    failures = send_test(name, channels, _test_message(name, now=datetime.now(UTC)))
    for failure in failures:
        complain(f"labtape: {failure}")
    if failures:
        raise typer.Exit(1)
    typer.echo(f"{name}: taken")


def _test_message(name: str, *, now: datetime) -> Message:
    from labtape.alert import message_id
    from labtape.plain import iso
    from labtape.ports import Message

    text = f"This is a test of the channel {name}, sent by labtape at {iso(now)}. No news."
    body = f'{{"schema": "labtape.alerts/1", "alerts": [], "test": "{iso(now)}"}}'
    id_ = message_id("test", name, iso(now))
    return Message(
        f"labtape: test of {clean(name)}", f"{text}\n", f"<p>{_escaped(text)}</p>\n", body, id_, "alert"
    )


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """What waits to be sent, in the order it is due."""
    with open_desk(context, write=False) as desk:
        waiting = sorted(desk.store.deliveries(status="waiting"), key=lambda d: d.due_at)
    _show(waiting, json=json, empty="nothing waits to be sent")


@app.command()
def dead(
    context: typer.Context,
    resend: Annotated[
        str | None, typer.Option(metavar="ID|all", help="Send one again, or all, under the ids they had.")
    ] = None,
    json: Json = False,
) -> None:
    """Messages that were given up: refused, or failed twelve times.

    With --resend they are sent at once; one that fails again is tried by the next `labtape watch`. Exit 1 where one failed.
    """
    if resend is None:
        with open_desk(context, write=False) as desk:
            _show(desk.store.deliveries(status="dead"), json=json, empty="no message is dead")
        return
    from labtape.desk import resend as again
    from labtape.desk import send_due

    with open_desk(context) as desk:
        chosen = again(desk.store, None if resend == "all" else resend, now=desk.clock())
        if not chosen:
            if resend == "all":
                complain("no message is dead")
                return
            raise SettingsError(
                f"--resend {shortened(resend, 60)}: no dead message has this id; `labtape deliver dead` lists them"
            )
        outcomes = send_due(desk.store, settings(context).deliver, clock=desk.clock)
    for outcome in outcomes:
        typer.echo(outcome_json(outcome) if json else outcome_line(outcome))
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(1)


# ---------------------------------------------------------------- what is shown


def outcome_line(outcome: Outcome) -> str:
    """What a person wants to see of a try to send a message."""
    first, now = outcome.batch[0], datetime.now(UTC)
    at = short_time(now, now=now, seconds=True)
    what = clean(first.subject) if len(outcome.batch) == 1 else number_of(len(outcome.batch), "alert")
    if outcome.error is None:
        return f"{at}  sent     {first.channel}: {what}"
    then = (
        "given up" if first.status == "dead" else f"again {short_time(first.due_at, now=now, seconds=True)}"
    )
    return f"{at}  unsent   {first.channel}: {what}: {clean(str(outcome.error))}, {then}"


def outcome_json(outcome: Outcome) -> str:
    return _row(outcome.batch)


def _show(deliveries: Iterable[Delivery], *, json: bool, empty: str) -> None:
    from rich.table import Table

    ordered = sorted(deliveries, key=lambda d: (d.due_at, d.batch))
    batches = [tuple(group) for _, group in groupby(ordered, key=lambda d: d.batch)]
    if json:
        for batch in batches:
            typer.echo(_row(batch))
        return
    if not batches:
        complain(empty)
        return
    now = datetime.now(UTC)
    table = Table("id", "channel", f"due ({zone()})", "tries", "what", "error", box=None, pad_edge=False)
    for batch in batches:
        first = batch[0]
        what = clean(first.subject) if len(batch) == 1 else number_of(len(batch), "alert")
        error = clean(first.error or "")
        table.add_row(
            first.batch,
            first.channel,
            short_time(first.due_at, now=now),
            str(first.n_tries),
            shortened(what, _WIDTH),
            error,
        )
    console().print(table)


def _row(batch: tuple[Delivery, ...]) -> str:
    from json import dumps

    from labtape.plain import iso

    first = batch[0]
    row = {
        "message": first.batch,
        "channel": first.channel,
        "kind": first.kind,
        "status": first.status,
        "subjects": [delivery.subject for delivery in batch],
        "due": iso(first.due_at),
        "tries": first.n_tries,
        "error": first.error,
    }
    return dumps(row, ensure_ascii=False)
