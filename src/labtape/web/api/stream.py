"""New signals as they come: server-sent events, which a browser or `curl -N` reads.

    id: 4711                    the number of the record; sent back as Last-Event-ID it resumes right behind it
    event: record
    data: {"schema": …}         the record, on one line

Each stream asks the store by itself, once a second, for what has a higher number: an index look-up, and no state between processes, so
any worker can go on with any stream. Every 15 seconds without news a comment keeps proxies from hanging up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from labtape.desk import Desk
from labtape.ports import Listed, Wanted
from labtape.web.api.describe import answers, params_of
from labtape.web.api.query import Filters
from labtape.web.guard import is_head
from labtape.web.problems import problem

MEDIA: Final = "text/event-stream"
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds between two looks into the store, between two signs of life, and between two looks whether the server ends.

    `most` streams are open in one process; each costs a query a look.
    """

    look: float = 1.0
    beat: float = 15.0
    end: float = 0.2
    most: int = 200


DEFAULT: Final = Pulse()


def stream(app: FastAPI, desk: Desk, pulse: Pulse = DEFAULT) -> None:
    n_open = 0

    @app.get(
        "/api/v1/stream",
        tags=["records"],
        responses=answers(None, media=MEDIA, busy=True),
        openapi_extra=params_of(Filters),
        response_class=Response,
    )
    async def new_records(
        request: Request,
        query: Annotated[Filters, Depends(Filters.parsed)],
        last_event_id: Annotated[int | None, Header(ge=0, lt=2**63)] = None,
    ) -> Response:
        """Records as they are kept, as server-sent events; the filters are those of the list.

        Without `Last-Event-ID` from now on, with it from right behind that record.
        """
        nonlocal n_open
        wanted = Wanted(terms=query.terms(), min_confidence=query.min_confidence, order="added")
        if is_head(request):
            return Response(media_type=MEDIA, headers={"Cache-Control": "no-store"})
        start = last_event_id
        if start is None:
            start = (await run_in_threadpool(desk.store.mark)).record
        if n_open >= pulse.most:  # behind the last wait, so that no two pass for one place
            return problem(503, f"{pulse.most} streams are open already", headers={"Retry-After": "10"})
        n_open += 1

        def over() -> None:
            nonlocal n_open
            n_open -= 1

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        told = events(desk, wanted, start, pulse, app.state.closing.is_set)
        return _Stream(told, over, media_type=MEDIA, headers=headers)


class _Stream(StreamingResponse):
    """Says when it is over, also where it never began: who asked may be gone before the first word."""

    def __init__(
        self, told: AsyncIterator[bytes], over: Callable[[], None], **how: Any
    ) -> None:  # Any: StreamingResponse's own
        super().__init__(told, **how)
        self._over = over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._over()


async def events(
    desk: Desk, wanted: Wanted, start: int, pulse: Pulse, is_closing: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Events of all records behind a number, then of those to come, until the server ends."""
    yield f"retry: {pulse.look * 2000:.0f}\n\n".encode()
    told_at = monotonic()
    while not is_closing():
        found = await run_in_threadpool(desk.store.listed, wanted, after=start, limit=_AT_ONCE)
        if found:
            yield b"".join(map(_event, found))
            start, told_at = found[-1].number, monotonic()
        elif monotonic() - told_at >= pulse.beat:
            yield b": still here\n\n"
            told_at = monotonic()
        if len(found) < _AT_ONCE:
            await _pause(pulse, is_closing)


async def _pause(pulse: Pulse, is_closing: Callable[[], bool]) -> None:
    until = monotonic() + pulse.look
    while not is_closing() and (left := until - monotonic()) > 0:
        await asyncio.sleep(min(left, pulse.end))


def _event(one: Listed) -> bytes:
    return f"id: {one.number}\nevent: record\ndata: ".encode() + one.body + b"\n\n"
