"""Records: a list with filters and pages, the same as lines without an end, and one record.

What is listed is the text that is kept. It is put into the answer as it is: read, checked and written again it would be the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from labtape.desk import Desk
from labtape.ports import Listed, Mark, Place, Wanted
from labtape.report import record_json
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
        responses=answers("Records", lines="Record", tagged=True),
        openapi_extra=params_of(RecordQuery),
        response_class=Response,
    )
    def list_records(
        request: Request, query: Annotated[RecordQuery, Depends(RecordQuery.parsed)]
    ) -> Response:
        """Records, the newest article first; with `updated_since` in the order they were kept.

        `next` is the cursor of the next page, null on the last one. `resume`, in the order of keeping, is a cursor for what will
        come later. With `Accept: application/x-ndjson` one record a line, all there are unless `limit` says otherwise.
        """
        wanted = query.wanted()
        filters = (wanted, query.as_of)
        after = None if query.cursor is None else place_of(query.cursor, filters)
        if wants_lines(request):
            return _lines(request, desk, wanted, after, query)
        limit = query.limit or PAGE
        found = desk.store.listed(wanted, after=after, limit=limit + 1, as_of=query.as_of)
        page, is_last = found[:limit], len(found) <= limit
        end = page[-1].place(wanted.order) if page else after
        here = None if end is None else cursor_of(end, filters)
        resume = here or (cursor_of(0, filters) if wanted.order == "added" else None)
        return tagged(
            request,
            _page(page, None if is_last else here, resume if wanted.order == "added" else None),
            tag=tag_of(
                __version__.encode(),
                repr((filters, here, is_last)).encode("utf-8", "backslashreplace"),
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
        """The latest record of an article, retracted or not, by its id."""
        found = desk.store.record(article_id, as_of=query.as_of)
        if found is None:
            return problem(404, f"no record of article '{article_id[:200]}'")
        return tagged(request, record_json(found).encode())

    @app.get("/api/v1/health", tags=["service"], responses=answers("Health"), response_class=Response)
    def health(request: Request) -> Response:
        """That the server answers, and its version; the database is asked as well."""
        mark: Mark = desk.store.mark()
        body = {"status": "ok", "version": __version__, "records_kept": mark.record}
        return Response(
            json.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"}
        )


def _page(page: tuple[Listed, ...], after: str | None, resume: str | None) -> bytes:
    ends = f'],"next":{json.dumps(after)},"resume":{json.dumps(resume)}}}'
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
