"""What every page stands in: templates, the policy, files, and the page that says that something is not there."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from labtape.exceptions import LabtapeError, LexiconError, ReadError
from labtape.foreign import clean, web_link
from labtape.ledger.words import check_words
from labtape.report.wording import ARROWS, counted, percent, polarity

if TYPE_CHECKING:
    from fastapi import FastAPI

_ROOM = Path(__file__).parents[1]
STATIC = _ROOM / "static"

#: Scripts and styles from /static alone, no evaluation, no frame around it, nothing from elsewhere.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SIDES = {1: "up", 0: "flat", -1: "down"}
_API = ("/api/", "/openapi.json")

Answer = Callable[[Request], Awaitable[Response]]


class PageRoute(APIRoute):
    """A route whose errors are pages: 404 for an id nobody has, 503 where the desk cannot answer."""

    def get_route_handler(self) -> Any:  # Any: FastAPI's own type of a handler
        answer = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await answer(request)
            except (LexiconError, ReadError) as e:
                return missing(str(e))
            except LabtapeError as e:
                return _sorry(503, "This cannot be shown now", str(e))

        return shown


def page_router() -> APIRouter:
    """A router for pages; they are no part of the API's description."""
    return APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)


def show(template: str, *, title: str, here: str = "", status: int = 200, **values: object) -> HTMLResponse:
    """A template as an answer with the policy of pages. `here` is the entry of the navigation that is current."""
    made = _environment().get_template(template).render(values, title=title, here=here)
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(made, status_code=status, headers=headers)


def missing(detail: str) -> HTMLResponse:
    """The page for what is not there."""
    return _sorry(404, "Not found", detail)


def _sorry(status: int, title: str, detail: str) -> HTMLResponse:
    return show(
        "sorry.html.jinja", title=title, status=status, detail=clean(f"{detail[:1].upper()}{detail[1:]}")
    )


def show_missing(app: FastAPI) -> None:
    """Answer an address that nobody serves with a page; below /api what the API says of it stays."""

    @app.exception_handler(404)
    async def not_found(request: Request, error: HTTPException) -> Response:
        problem = app.exception_handlers.get(HTTPException)
        if problem and request.url.path.startswith(_API):
            said: Response = await problem(request, error)  # type: ignore[misc]  # ours is asynchronous
            return said
        return missing(f"There is no page at {request.url.path[:200]}.")


def serve_files(app: FastAPI) -> None:
    """Our own style sheets and scripts, below /static."""
    app.mount("/static", _Files(directory=STATIC), name="static")


class _Files(StaticFiles):
    """Files whose addresses change with their content."""

    def file_response(self, *args: Any, **options: Any) -> Response:  # Any: as Starlette hands them on
        answer = super().file_response(*args, **options)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


# ---------------------------------------------------------------- templates


def address(*parts: str, **query: str) -> str:
    """A path of this site from its parts, each quoted.

    >>> address("story", "a/b ?"), address("shares", holder="lab:x")
    ('/story/a%2Fb%20%3F', '/shares?holder=lab%3Ax')
    """
    path = "/" + "/".join(quote(part, safe=":") for part in parts)
    return f"{path}?{urlencode(query)}" if query else path


def side(label: str, sign: int | None = None) -> str:
    """The class of a label: `up`, `flat` or `down`."""
    return _SIDES[polarity(label) if sign is None else sign]


def arrow(label: str) -> str:
    """The sign of a label, for those who see no colours."""
    return ARROWS[polarity(label)]


@cache
def static(name: str) -> str:
    """The address of a file below /static, with a part that changes when its content does."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = clean
    environment.globals.update(
        address=address, arrow=arrow, check_words=check_words, counted=counted, percent=percent, side=side, static=static, web_link=web_link,
    )  # fmt: skip
    return environment
