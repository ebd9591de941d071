"""The commands that answer others over what is kept: serve and mcp."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Annotated

import typer

from labtape.cli.common import complain, open_desk, settings
from labtape.exceptions import SettingsError, StoreError

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(mcp)


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
