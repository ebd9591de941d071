"""The application: what guards it, and the routes over a desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from threading import Event

from fastapi import FastAPI

from labtape.desk import Desk
from labtape.version import __version__
from labtape.web.api import LIMITS, api
from labtape.web.attempts import Attempts
from labtape.web.guard import Guard, Rules, name_of_host
from labtape.web.pages import pages
from labtape.web.problems import answer_with_problems


def create_app(desk: Desk, *, token: str | None = None, hosts: Collection[str] = ()) -> FastAPI:
    """An ASGI application over a desk, which stays open when it ends.

    With a `token` every request must carry `Authorization: Bearer …`, or, to read, the session that `/login` gives. `hosts` are the names by which the server may be
    called, empty for any: give them (`guard.LOOPBACK`) where no token is asked for, as any page that a browser shows can
    make its own name lead to this machine.
    """
    app = FastAPI(title="labtape", version=__version__, docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.closing = Event()
    attempts = Attempts()
    app.add_middleware(Guard, rules=Rules(token, tuple(map(name_of_host, hosts)), LIMITS), attempts=attempts)
    answer_with_problems(app)
    api(app, desk)
    pages(app, desk, token=token, attempts=attempts)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Streams end when the server does."""
    yield
    app.state.closing.set()
