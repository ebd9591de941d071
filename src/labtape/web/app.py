"""The application: what guards it, and the routes over a desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from threading import Event
from typing import Annotated

from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse

from labtape.desk import Desk
from labtape.report import digest_html
from labtape.version import __version__
from labtape.web.api import LIMITS, api
from labtape.web.guard import Guard, Rules
from labtape.web.problems import answer_with_problems


def create_app(desk: Desk, *, token: str | None = None, hosts: Collection[str] = ()) -> FastAPI:
    """An ASGI application over a desk, which stays open when it ends.

    With a `token` every request must carry `Authorization: Bearer …`. `hosts` are the names by which the server may be
    called, empty for any: give them (`guard.LOOPBACK`) where no token is asked for, as any page that a browser shows can
    make its own name lead to this machine.
    """
    app = FastAPI(title="labtape", version=__version__, docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.closing = Event()
    app.add_middleware(Guard, rules=Rules(token, hosts, LIMITS))
    answer_with_problems(app)
    api(app, desk)
    _page(app, desk)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Streams end when the server does."""
    yield
    app.state.closing.set()


def _page(app: FastAPI, desk: Desk) -> None:
    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def page(hours: Annotated[float, Query(gt=0, le=24 * 366)] = 24.0) -> str:
        return digest_html(desk.digest(hours=hours))
