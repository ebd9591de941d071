"""The door, where a token is asked for: a form takes it once, a session opens the pages from then on.

    /static, /login              open
    GET or HEAD, with a session  as if the request carried the token; whatever changes something still needs the header
    GET of a page, without       303 to /login
    everything else              untouched: the guard of the API answers

A session is `day.HMAC-SHA256(token, day)`: checked without keeping anything, worthless once the token changes or after `_DAYS`.
"""

from __future__ import annotations

import hmac
import math
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from labtape.web.attempts import Attempts
from labtape.web.pages.shell import page_router, show
from labtape.web.problems import problem

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "labtape_session"
_DAYS = 7
_MAX_FORM = 4096  # bytes; a token has some dozens
_OPEN = ("/static/", "/login", "/logout")
_NOT_PAGES = ("/api/", "/openapi.json", "/mcp")


def guard_pages(app: FastAPI, token: str, attempts: Attempts) -> None:
    """Add the form and the door. The last middleware that is added stands outermost: call it after every other guard."""
    router = page_router()

    def is_in(request: Request) -> bool:
        return is_session(request.cookies.get(COOKIE, ""), token, datetime.now(UTC))

    @router.get("/login")
    def ask(request: Request) -> Response:
        return show(
            "login.html.jinja",
            title="Sign in",
            failed=False,
            is_in=is_in(request),
            next=_local(_next(request)),
        )

    @router.post("/login")
    async def enter(request: Request) -> Response:
        body = (await request.body())[:_MAX_FORM].decode("utf-8", "replace")
        fields = parse_qs(body)
        sent, then = (fields.get(name, [""])[0] for name in ("token", "next"))
        address, now = request.client.host if request.client else "unknown", monotonic()
        wait = attempts.wait(address, now)
        if wait > 0:
            after = {"Retry-After": str(math.ceil(wait))}
            return problem(429, "too many wrong tokens from this address; wait", headers=after)
        crossed = _crossed(request)
        if crossed or not hmac.compare_digest(_bytes(sent), _bytes(token)):
            if not crossed:  # another site's page must not lock its reader out
                attempts.failed(address, now)
            return show(
                "login.html.jinja",
                title="Sign in",
                failed=True,
                is_in=is_in(request),
                next=_local(then),
                status=401,
            )
        answer = RedirectResponse(_local(then), status_code=303)
        answer.set_cookie(
            COOKIE, session(token, datetime.now(UTC)), max_age=_DAYS * 24 * 3600, httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    @router.post("/logout")
    def leave() -> Response:
        answer = RedirectResponse("/login", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    app.include_router(router)
    app.add_middleware(Door, token=token)


def session(token: str, at: datetime) -> str:
    """What the cookie holds.

    >>> session("s3cret", datetime(2026, 6, 22, tzinfo=UTC))[:20]
    '2026-06-22.e922874a9'
    """
    day = f"{at:%Y-%m-%d}"
    return f"{day}.{hmac.digest(_bytes(token), b'labtape session ' + day.encode(), 'sha256').hex()}"


def is_session(value: str, token: str, now: datetime) -> bool:
    """Whether a session of the last days is one of this token; compared in constant time.

    >>> now = datetime(2026, 6, 22, tzinfo=UTC)
    >>> is_session(session("s3cret", now), "s3cret", now), is_session("2026-06-22.ff", "s3cret", now)
    (True, False)
    """
    days = (now - timedelta(days=back) for back in range(_DAYS + 1))
    known = [hmac.compare_digest(value.encode(), session(token, day).encode()) for day in days]
    return any(known)


class Door:
    """Hands a request of a session on with the header that the guard asks for, and shows others the form."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        path = str(scope["path"])  # not that of request.url, which older Starlette makes from the Host header
        has_header = "authorization" in request.headers
        is_read = request.method in ("GET", "HEAD")
        is_known = is_read and is_session(request.cookies.get(COOKIE, ""), self.token, datetime.now(UTC))
        if not has_header and (is_known or path.startswith(_OPEN)):
            header = (b"authorization", b"Bearer " + _bytes(self.token))
            scope = {**scope, "headers": [*scope["headers"], header]}
        elif not has_header and is_read and not path.startswith(_NOT_PAGES):
            query = bytes(scope.get("query_string", b"")).decode("latin-1")
            asked = path + (f"?{query}" if query else "")
            answer = RedirectResponse(f"/login?next={quote(asked, safe='')}", status_code=303)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _next(request: Request) -> str:
    return request.query_params.get("next", "/")


def _local(path: str) -> str:
    """The path if it leads to a page of this site, else the first page.

    >>> _local("/story/s1?x=1"), _local("//evil.example"), _local("/\\\\evil.example"), _local("https://evil.example")
    ('/story/s1?x=1', '/', '/', '/')
    """
    is_ours = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isascii() and path.isprintable()
    return path if is_ours and not path.startswith(("/login", "/logout")) else "/"


def _crossed(request: Request) -> bool:
    """Whether a browser says that the form came from another site."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
