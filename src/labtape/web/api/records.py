"""Records: a list with filters and pages, the same as lines without an end, and one record.

What is listed is the text that is kept. It is put into the answer as it is: read, checked and written again it would be the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from labtape.desk import Desk
from labtape.desk.telling import find_story
from labtape.exceptions import ReadError
from labtape.ports import Listed, Mark, Place, Wanted
from labtape.report import record_json
from labtape.story.current import current
from labtape.version import __version__
from labtape.web.api.answers import NDJSON, tag_of, tagged, wants_lines
from labtape.web.api.cursors import cursor_of, place_of
from labtape.web.api.describe import answers, params_of
from labtape.web.api.query import RecordQuery, When
from labtape.web.guard import is_head
from labtape.web.problems import problem

PAGE: Final = 25
_AT_ONCE: Final = 100  # records of a stream in memory


def records(app: FastAPI, desk: Desk) -> None:
    @app.get(
        "/api/v1/records",
        tags=["records"],
        responses=answers("Records", lines="Record", tagged=True, missing=True),
        openapi_extra=params_of(RecordQuery),
        response_class=Response,
    )
    def list_records(
        request: Request, query: Annotated[RecordQuery, Depends(RecordQuery.parsed)]
    ) -> Response:
        """Records, the newest article first; with `updated_since` in the order they were kept.

        `next` is the cursor of the next page, null on the last one. `resume`, in the order of keeping, is a cursor for what will
        come later. With `Accept: application/x-ndjson` one record a line, all there are unless `limit` says otherwise, and no `stories`.
        """
        wanted = query.wanted()
        filters = (wanted, query.as_of, *((query.story,) if query.story is not None else ()))
        if query.story is not None:  # whose articles may be others by the next page
            wanted = replace(wanted, article_ids=_articles_of(desk, query.story, query.as_of))
        after = None if query.cursor is None else place_of(query.cursor, filters)
        if wants_lines(request):
            return _lines(request, desk, wanted, after, query)
        limit = query.limit or PAGE
        found = desk.store.listed(wanted, after=after, limit=limit + 1, as_of=query.as_of)
        page, is_last = found[:limit], len(found) <= limit
        end = page[-1].place(wanted.order) if page else after
        here = None if end is None else cursor_of(end, filters)
        resume = here or (cursor_of(0, filters) if wanted.order == "added" else None)
        stories = _stories(desk, page, query.as_of) if query.stories else None
        return tagged(
            request,
            _page(page, None if is_last else here, resume if wanted.order == "added" else None, stories),
            tag=tag_of(
                __version__.encode(),
                repr((filters, here, is_last, stories)).encode("utf-8", "backslashreplace"),
                *_numbers(page),
            ),
        )

    @app.get(
        "/api/v1/records/{article_id:path}",
        tags=["records"],
        responses=answers("Record", tagged=True, missing=True),
        openapi_extra=params_of(When),
        response_class=Response,
    )
    def one_record(
        request: Request, article_id: str, query: Annotated[When, Depends(When.parsed)]
    ) -> Response:
        """The latest record of an article, retracted or not, by its id. The header `Link` leads to the story it stands in."""
        found = desk.store.record(article_id, as_of=query.as_of)
        if found is None:
            return problem(404, f"no record of article '{article_id[:200]}'")
        answer = tagged(request, record_json(found).encode())
        stories = _standing(desk, {found.id: found.story.id}, query.as_of)
        answer.headers["Link"] = f'</api/v1/stories/{quote(stories[found.id])}>; rel="collection"'
        return answer

    @app.get("/api/v1/health", tags=["service"], responses=answers("Health"), response_class=Response)
    def health(request: Request) -> Response:
        """That the server answers, and its version; the database is asked as well."""
        mark: Mark = desk.store.mark()
        body = {"status": "ok", "version": __version__, "records_kept": mark.record}
        return Response(
            json.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"}
        )


def _articles_of(desk: Desk, story: str, as_of: datetime | None) -> tuple[str, ...]:
    """The articles of a story as it is. Raises `HTTPException` (404) where nobody here has this id."""
    if "://" in story:  # the desk would look through every record for an address
        raise HTTPException(404, f"no story or article '{story[:80]}' here; ask by its id")
    try:
        return find_story(desk if as_of is None else desk.as_of(as_of), story).article_ids
    except ReadError as e:
        raise HTTPException(404, str(e)) from e


def _standing(desk: Desk, placed: Mapping[str, str], as_of: datetime | None) -> dict[str, str]:
    """For each article the id of the story it stands in, from that of the one it was placed in."""
    return current(placed, partial(desk.store.stories_by_id, as_of=as_of))


def _stories(desk: Desk, page: Sequence[Listed], as_of: datetime | None) -> dict[str, str]:
    """The same of a page."""
    return _standing(desk, {one.article_id: json.loads(one.body)["story"]["id"] for one in page}, as_of)


def _page(
    page: tuple[Listed, ...], after: str | None, resume: str | None, stories: Mapping[str, str] | None
) -> bytes:
    told = "" if stories is None else f',"stories":{json.dumps(stories)}'
    ends = f'],"next":{json.dumps(after)},"resume":{json.dumps(resume)}{told}}}'
    return (
        b'{"schema":"labtape.records/1","records":[' + b",".join([one.body for one in page]) + ends.encode()
    )


def _numbers(page: tuple[Listed, ...]) -> Iterator[bytes]:
    """A record is never changed, so its number stands for its text."""
    return (one.number.to_bytes(8, "big") for one in page)


def _lines(request: Request, desk: Desk, wanted: Wanted, after: Place | None, query: RecordQuery) -> Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Accept, Authorization"}
    if is_head(request):
        return Response(media_type=NDJSON, headers=headers)
    lines = bodies(desk, wanted, after=after, limit=query.limit, as_of=query.as_of)
    return StreamingResponse(lines, media_type=NDJSON, headers=headers)


def bodies(
    desk: Desk, wanted: Wanted, *, after: Place | None, limit: int | None, as_of: datetime | None
) -> Iterator[bytes]:
    """Lines of records, some at a time; between two pages the database is let go, however slowly they are read."""
    left = limit
    while left is None or left > 0:
        size = _AT_ONCE if left is None else min(_AT_ONCE, left)
        page = desk.store.listed(wanted, after=after, limit=size, as_of=as_of)
        if page:
            yield b"".join([one.body + b"\n" for one in page])
            after = page[-1].place(wanted.order)
        if len(page) < size:
            return
        left = None if left is None else left - size
