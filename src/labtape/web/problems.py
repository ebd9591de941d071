"""Errors as RFC 9457 has them: one form for whatever goes wrong, also for what Starlette and FastAPI refuse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from labtape.exceptions import BundleError, LabtapeError, StoreError

MEDIA = "application/problem+json"
# What every answer carries that does not say otherwise: no script, no other host, no guessing of types.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_BUSY = {"Retry-After": "1"}


def problem(
    status: int, detail: str, *, title: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error: `title` is the status in words, `detail` says what and what would have been right."""
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    text = json.dumps(body, ensure_ascii=False)
    # Half a surrogate pair, which a client may have sent, is no UTF-8; escaped it is JSON.
    content = text.encode("utf-8", "backslashreplace")
    return Response(content, status, media_type=MEDIA, headers=dict(headers or {}))


def of_error(error: LabtapeError) -> Response:
    """What was asked cannot be answered: it was wrong, or the store or the model cannot be used now."""
    if isinstance(error, StoreError | BundleError):
        what = "database" if isinstance(error, StoreError) else "model"
        return problem(503, f"the {what} cannot be used now; the log of the server says why", headers=_BUSY)
    return problem(422, str(error), title=type(error).__name__)


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of the application a problem."""

    @app.exception_handler(LabtapeError)
    async def wrong(request: Request, error: Exception) -> Response:
        if not isinstance(error, LabtapeError):  # the signature of handlers is of any
            raise error
        return of_error(error)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return problem(422, said)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        said = str(error.detail)
        where = f"{request.method} {request.url.path}; see /openapi.json"
        return problem(
            error.status_code,
            where if said == phrase else said,
            title=phrase,
            headers=_with_head(error.headers),
        )

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        return problem(500, "an error of labtape's own; the log of the server says which", headers=HEADERS)


def _with_head(headers: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """What may be asked with GET may be asked with HEAD."""
    if headers and "GET" in headers.get("Allow", "").split(", ") and "HEAD" not in headers["Allow"]:
        return {**headers, "Allow": f"{headers['Allow']}, HEAD"}
    return headers
