"""Records for texts that are sent: one, or many at once. Nothing is kept.

Many come as a JSON array or as lines, and each gets its answer at its place: a record, or a problem, so that one bad row does not cost the
others theirs. Scoring has threads of its own, so that lists are not held up, and not more at once than the machine can do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException

from labtape.batch import score
from labtape.desk import Desk
from labtape.exceptions import ReadError
from labtape.read import article_from_row
from labtape.report import record_json
from labtape.report.record import dumps
from labtape.types import Article
from labtape.web.api.answers import JSON, NDJSON, wants_lines
from labtape.web.api.describe import answers, body_of, params_of
from labtape.web.api.query import Asked, Moment
from labtape.web.guard import MAX_BODY

MOST_ITEMS: Final = 1000
MOST_BYTES: Final = 8 * 1024 * 1024
#: Bytes of a body by path, where it is not `MAX_BODY`.
LIMITS: Final = {"/api/v1/score": MOST_BYTES}
_AT_ONCE: Final = 32
_THREADS: Final = 2
_WAITING: Final = 16  # requests that score or wait to


class Text(BaseModel):
    """A text to label: a title, a text, or both."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=MAX_BODY)] = ""
    title: Annotated[str, Field(max_length=10_000)] = ""
    id: Annotated[str | None, Field(max_length=500)] = None
    url: Annotated[str | None, Field(max_length=4000)] = None
    publisher: Annotated[str | None, Field(max_length=500)] = None
    language: Annotated[str | None, Field(max_length=35)] = None
    published_at: Moment | None = None


class Labelled(Text):
    """What POST /label takes."""

    any_topic: Annotated[
        bool, Field(strict=True, description="Judge the text even if it is not about AI.")
    ] = False


class ScoreQuery(Asked):
    """What POST /score takes beside its body."""

    any_topic: Annotated[bool, Field(description="Judge the texts even if they are not about AI.")] = False


def scoring(app: FastAPI, desk: Desk) -> None:
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="labtape-score")
    n_waiting = 0

    async def scored(articles: Sequence[Article], *, any_topic: bool) -> list[str]:
        nonlocal n_waiting
        if n_waiting >= _WAITING:
            raise HTTPException(503, "too much is being scored already", headers={"Retry-After": "5"})
        n_waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, _scored, desk, articles, any_topic)
        finally:
            n_waiting -= 1

    @app.post(
        "/api/v1/label",
        tags=["scoring"],
        responses=answers("Record", posted=True),
        openapi_extra=body_of(Labelled, JSON),
        response_class=Response,
    )
    async def label(request: Request) -> Response:
        """The record of one text; nothing is kept."""
        _check_media(request, (JSON,))
        text = _text(_parsed(await request.body(), "body"), "body", Labelled)
        any_topic = isinstance(text, Labelled) and text.any_topic
        article = _article(text, "body", desk.clock())
        (made,) = await scored([article], any_topic=any_topic)
        return Response(made.encode(), media_type=JSON)

    @app.post(
        "/api/v1/score",
        tags=["scoring"],
        responses=answers("Scores", lines="Score", posted=True),
        openapi_extra=body_of(Text, JSON, many=True) | params_of(ScoreQuery),
        response_class=Response,
    )
    async def score_many(
        request: Request, query: Annotated[ScoreQuery, Depends(ScoreQuery.parsed)]
    ) -> Response:
        """The records of many texts, a JSON array or one a line, in their order; what is wrong with one is said in its place."""
        media = _check_media(request, (JSON, NDJSON))
        body = await request.body()
        items = _rows(body) if media == NDJSON else _array(body)
        if len(items) > MOST_ITEMS:
            raise HTTPException(413, f"{len(items)} texts; at most {MOST_ITEMS} at once")
        results = _results(items, desk, scored, any_topic=query.any_topic)
        first = await anext(results, "")  # what is refused as a whole is refused before the answer begins
        if wants_lines(request) or (media == NDJSON and JSON not in request.headers.get("accept", "")):
            return StreamingResponse(_with_first(first, results), media_type=NDJSON)
        listed = [line async for line in _with_first(first, results)]
        found = ",".join(line for some in listed for line in some.split("\n") if line)
        content = f'{{"schema":"labtape.scores/1","results":[{found}]}}'
        return Response(content.encode(), media_type=JSON)


async def _with_first(first: str, others: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for other in others:
        yield other


async def _results(
    items: Sequence[object], desk: Desk, scored: Any, *, any_topic: bool
) -> AsyncIterator[str]:
    """Lines of results, some at a time. Any: a coroutine function with a keyword, for which there is no short type."""
    now = desk.clock()
    for start in range(0, len(items), _AT_ONCE):
        read = [_read(item, start + i, now) for i, item in enumerate(items[start : start + _AT_ONCE])]
        articles = [one for one in read if isinstance(one, Article)]
        made = iter(await scored(articles, any_topic=any_topic) if articles else ())
        yield "".join(
            f'{{"index":{index},"record":{next(made)},"error":null}}\n'
            if isinstance(one, Article)
            else dumps({"index": index, "record": None, "error": one}) + "\n"
            for index, one in enumerate(read, start)
        )


def _scored(desk: Desk, articles: Sequence[Article], any_topic: bool) -> list[str]:
    made = score(articles, tools=desk.tools, model=desk.model, now=desk.clock(), any_topic=any_topic)
    return [record_json(record) for record in made]


# ---------------------------------------------------------------- what was sent


def _read(item: object, index: int, now: datetime) -> Article | dict[str, object]:
    """The article of a row, or what is wrong with it as a problem."""
    place = f"body.{index}"
    try:
        if isinstance(item, bytes):
            item = _parsed(item, place)
        return _article(_text(item, place, Text), place, now)
    except HTTPException as e:
        return {"type": "about:blank", "title": "Unprocessable Content", "status": 422, "detail": e.detail}
    except ReadError as e:
        return {"type": "about:blank", "title": "ReadError", "status": 422, "detail": str(e)}


def _article(text: Text, place: str, now: datetime) -> Article:
    row = text.model_dump(exclude={"any_topic"}, exclude_none=True)
    return article_from_row(row, place=place, now=now)


def _text(value: object, place: str, kind: type[Text]) -> Text:
    try:
        return kind.model_validate(value)
    except ValidationError as e:
        said = "; ".join(
            f"{'.'.join(map(str, (place, *one['loc'])))}: {one['msg']}" for one in e.errors()[:5]
        )
        raise HTTPException(422, said) from e


def _array(body: bytes) -> list[object]:
    found = _parsed(body, "body")
    if not isinstance(found, list):
        raise HTTPException(422, 'body: no array of texts; send [{"text": …}, …], or one object a line')
    return found


def _rows(body: bytes) -> list[object]:
    """Lines that are not empty, each to be read on its own."""
    return [line for line in body.split(b"\n") if line.strip()]


def _parsed(body: bytes, place: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as e:
        said = str(e) if isinstance(e, json.JSONDecodeError) else "cannot be read"
        raise HTTPException(422, f"{place}: no JSON: {said}") from e


def _check_media(request: Request, allowed: Sequence[str]) -> str:
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in allowed:
        raise HTTPException(415, f"send the header 'Content-Type: {' or '.join(allowed)}'")
    return media
