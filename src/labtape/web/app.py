"""The application: routes that ask the desk and answer in our nouns."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from labtape.batch import score
from labtape.desk import Desk
from labtape.exceptions import LabtapeError
from labtape.plain import Json
from labtape.read import article_from_row
from labtape.report import digest_json, record_to_dict, to_plain
from labtape.types import Record
from labtape.version import __version__
from labtape.web.pages import pages

# A text longer than this is no news article; the largest of 5,714 real ones has 60 kB.
MAX_BODY = 1024 * 1024
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

Next = Callable[[Request], Awaitable[Response]]


class Text(BaseModel):
    """What POST /label takes."""

    text: str = Field(
        max_length=MAX_BODY, examples=["Moonshot AI cut the price of Kimi K2 by a third on Monday."]
    )
    title: str = ""
    publisher: str | None = None
    published_at: datetime | None = None
    any_topic: bool = False


def create_app(desk: Desk, *, token: str | None = None) -> FastAPI:
    """An ASGI application over a desk. With a `token` every request must carry `Authorization: Bearer …`."""
    app = FastAPI(title="labtape", version=__version__, docs_url=None, redoc_url=None)
    _guard(app, token)
    _records(app, desk)
    _views(app, desk)
    pages(app, desk, token=token)
    return app


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """An error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def _guard(app: FastAPI, token: str | None) -> None:
    @app.middleware("http")
    async def guard(request: Request, call_next: Next) -> Response:
        sent = request.headers.get("authorization", "")
        length = request.headers.get("content-length", "0")
        if token is not None and not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
            answer: Response = problem(401, "Unauthorized", "send the header 'Authorization: Bearer TOKEN'")
        elif request.method == "POST" and not (length.isdigit() and 0 < int(length) <= MAX_BODY):
            answer = problem(
                413, "Content Too Large", f"a body of 1 to {MAX_BODY} bytes with its Content-Length"
            )
        else:
            answer = await call_next(request)
        answer.headers.setdefault("Content-Security-Policy", POLICY)  # a page brings its own
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    @app.exception_handler(LabtapeError)
    async def wrong(request: Request, error: Exception) -> JSONResponse:
        return problem(422, type(error).__name__, str(error))

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
        said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return problem(422, "Unprocessable Content", said)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        return problem(
            error.status_code, str(error.detail), f"{request.method} {request.url.path}; see /openapi.json"
        )


def _records(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/v1/records")
    def records(
        since: datetime | None = None,
        until: datetime | None = None,
        label: str | None = None,
        relevant: bool | None = None,
        entity: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[int, Query(ge=0)] = 0,
    ) -> Json:
        """Records newest first. `entity` as `lab:deepseek`; `cursor` is what the last answer gave as `next`."""
        found = (
            r
            for r in desk.records(since=_aware(since), until=_aware(until))
            if _fits(r, label, relevant, entity)
        )
        newest = list(found)[::-1]
        page = newest[cursor : cursor + limit]
        after = cursor + limit if cursor + limit < len(newest) else None
        return {"records": [record_to_dict(r) for r in page], "total": len(newest), "next": after}

    @app.get("/api/v1/records/{article_id}")
    def record(article_id: str) -> Response:
        found = desk.explain(article_id)
        if found is None:
            return problem(404, "Not Found", f"no record of article '{article_id}'")
        return JSONResponse(record_to_dict(found))

    @app.post("/api/v1/label")
    def label(text: Text) -> Json:
        """The record of a text; nothing is kept."""
        now = datetime.now(UTC)
        row = text.model_dump(exclude={"any_topic"})
        article = article_from_row(row, place="body", now=now)
        (made,) = score([article], tools=desk.tools, model=desk.model, now=now, any_topic=text.any_topic)
        return record_to_dict(made)


def _views(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/v1/digest")
    def digest(since: datetime | None = None, until: datetime | None = None) -> Any:  # Any: a JSON document
        return json.loads(digest_json(desk.digest(since=_aware(since), until=_aware(until))))

    @app.get("/api/v1/stories")
    def stories(since: datetime | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Json:
        newest = reversed(desk.store.stories(since=_aware(since)))
        return {"stories": [to_plain(story) for story in islice(newest, limit)]}

    @app.get("/api/v1/shares")
    def shares(platform: str | None = None, since: datetime | None = None) -> Json:
        return {"shares": [to_plain(row) for row in desk.shares(platform=platform, since=_aware(since))]}

    @app.get("/api/v1/health")
    def health() -> dict[Literal["status", "version"], str]:
        return {"status": "ok", "version": __version__}


def _fits(record: Record, label: str | None, relevant: bool | None, entity: str | None) -> bool:
    return (
        (label is None or record.verdict.label == label)
        and (relevant is None or record.relevance.relevant == relevant)
        and (entity is None or any(entity in (m.entity, m.lab) for m in record.mentions))
    )


def _aware(at: datetime | None) -> datetime | None:
    """Times without a zone are UTC."""
    return at.replace(tzinfo=at.tzinfo or UTC) if at else None
