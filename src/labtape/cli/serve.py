"""The commands over what is kept: serve, mcp and study."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from labtape.cli.common import complain, console, moment, open_desk, settings
from labtape.exceptions import SettingsError, StoreError

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(mcp)
    app.command()(study)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8765,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name by which this server is called, beside localhost; repeatable."
        ),
    ] = None,
) -> None:
    """The page and the REST API.

    Beyond this machine LABTAPE_TOKEN must be set.
    """
    token = os.environ.get("LABTAPE_TOKEN", "").strip() or None
    if host not in LOOPBACK and not token:
        raise SettingsError(f"--host {host}: listening beyond this machine needs a token; set LABTAPE_TOKEN")
    try:
        from labtape.web.guard import LOOPBACK as NAMES
        from labtape.web.serving import Served
        from labtape.web.serving import serve as serve_desk
    except ImportError as e:
        raise SettingsError(f"serve needs {e.name}; install labtape[web]") from e
    with suppress(StoreError), open_desk(context):
        pass  # made, or brought up to date, where that can be done; what is wrong otherwise, the next line says
    with open_desk(context, write=False):
        pass
    own = tuple(name.lower() for name in allow_host or ())
    hosts = (*NAMES, *own) if host in LOOPBACK or own else ()
    complain(f"labtape on http://{host}:{port}/ , API under /api/v1, Ctrl-C to stop")
    serve_desk(Served(settings(context), token, hosts), host=host, port=port, workers=workers)


def mcp(context: typer.Context) -> None:
    """The desk as tools for a language model.

    MCP over stdin and stdout. It only reads the database. A client starts it; docs/mcp.md has the lines for its settings.
    """
    try:
        from labtape.mcp import create_server
    except ImportError as e:
        raise SettingsError(f"mcp needs {e.name}; install labtape[mcp]") from e
    with suppress(StoreError), open_desk(context):
        pass  # made, or brought up to date, where that can be done; what is wrong otherwise, the next line says
    with open_desk(context, write=False) as desk:
        create_server(desk).run("stdio")


def study(
    context: typer.Context,
    prices: Annotated[Path, typer.Argument(help="CSV with the columns date, ticker (EXCHANGE:CODE), close.")],
    since: Annotated[str | None, typer.Option(help="From when: 2026-01-01, 90d.")] = None,
) -> None:
    """Returns that followed, by verdict.

    With n and intervals, from the first session in which an item could be traded.
    """
    from datetime import UTC, datetime

    from rich.table import Table

    from labtape.study import outcomes, read_prices, summary

    closes = read_prices(prices)
    with open_desk(context, write=False) as desk:
        found = outcomes(desk.records(since=moment(since, now=datetime.now(UTC))), closes)
    if not found:
        complain(
            f"no relevant record in {settings(context).database} has a target with prices after it in {prices}"
        )
        return
    table = Table("label", "sessions", "n", "mean return", "95 % interval", "", box=None, pad_edge=False)
    for r in summary(found):
        note = "" if r.is_enough else "n too small"
        table.add_row(
            r.label, str(r.sessions), str(r.n), f"{r.mean:+.2%}", f"{r.low:+.2%} … {r.high:+.2%}", note
        )
    console().print(table)
