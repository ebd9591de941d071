"""What the desk tells of all it keeps: stories, what to read beside them, the ledger, labs, the digest, corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from labtape.desk import Desk
from labtape.exceptions import ReadError
from labtape.plain import iso
from labtape.report import chain_dict, digest_json, story_record_json, to_plain
from labtape.report.record import dumps
from labtape.story_record import StoryRecord
from labtape.web.api.answers import NDJSON, Kept, told, wants_lines
from labtape.web.api.cursors import cursor_of, place_of
from labtape.web.api.describe import answers, params_of
from labtape.web.api.query import Period, ShareQuery, Since, StoryQuery, When
from labtape.web.guard import is_head

STORIES: Final = 20
_ANY_TIME: Final = datetime(
    1970, 1, 1, tzinfo=UTC
)  # a place in the ledger is that of a claim, which need have no time


def told_views(app: FastAPI, desk: Desk) -> None:
    kept = Kept()
    _stories(app, desk, kept)
    _shares(app, desk, kept)
    _labs(app, desk, kept)
    _digest(app, desk, kept)


# ---------------------------------------------------------------- stories


def _stories(app: FastAPI, desk: Desk, kept: Kept) -> None:
    @app.get(
        "/api/v1/stories",
        tags=["stories"],
        responses=answers("Stories", lines="Story", tagged=True),
        openapi_extra=params_of(StoryQuery),
        response_class=Response,
    )
    def list_stories(request: Request, query: Annotated[StoryQuery, Depends(StoryQuery.parsed)]) -> Response:
        """Stories, the one that was told last first; with `Accept: application/x-ndjson` one a line, all there are."""
        view, filters = _view(desk, query.as_of), ("stories", query.since, query.as_of)
        place = None if query.cursor is None else place_of(query.cursor, filters)
        after = place if isinstance(place, tuple) else None
        if wants_lines(request):
            headers = {"Cache-Control": "no-cache", "Vary": "Accept, Authorization"}
            if is_head(request):
                return Response(media_type=NDJSON, headers=headers)
            found = view.stories(since=query.since, after=after)
            return StreamingResponse(_lines(islice(found, query.limit)), media_type=NDJSON, headers=headers)

        def page() -> bytes:
            limit = query.limit or STORIES
            found = tuple(islice(view.stories(since=query.since, after=after), limit + 1))
            last = found[limit - 1] if len(found) > limit else None
            here = cursor_of((last.last_at, last.id), filters) if last else None
            return _listed("stories", map(story_record_json, found[:limit]), here)

        return told(request, desk, kept, page, by_minute=True)

    @app.get(
        "/api/v1/stories/{id_:path}",
        tags=["stories"],
        responses=answers("Story", tagged=True, missing=True),
        openapi_extra=params_of(When),
        response_class=Response,
    )
    def one_story(request: Request, id_: str, query: Annotated[When, Depends(When.parsed)]) -> Response:
        """What is known about a story, by its id or that of one of its articles."""
        view = _view(desk, query.as_of)
        return told(
            request, desk, kept, lambda: story_record_json(_story(view, id_)).encode(), by_minute=True
        )

    @app.get(
        "/api/v1/related/{id_:path}",
        tags=["stories"],
        responses=answers("RelatedStories", tagged=True, missing=True),
        openapi_extra=params_of(When),
        response_class=Response,
    )
    def related(request: Request, id_: str, query: Annotated[When, Depends(When.parsed)]) -> Response:
        """Other stories to read beside a story, or beside the story of an article; best first."""
        view = _view(desk, query.as_of)

        def found() -> bytes:
            return _listed("related", (dumps(to_plain(one)) for one in _story(view, id_).related), None)

        return told(request, desk, kept, found, by_minute=True)


def _story(desk: Desk, id_: str) -> StoryRecord:
    if "://" in id_:  # the desk would look through every record for an address
        raise HTTPException(404, f"no story or article '{id_[:80]}' here; ask by its id")
    try:
        return desk.story(id_)
    except ReadError as e:
        raise HTTPException(404, str(e)) from e


def _lines(found: Iterable[StoryRecord]) -> Iterator[bytes]:
    return (f"{story_record_json(story)}\n".encode() for story in found)


# ---------------------------------------------------------------- the ledger


def _shares(app: FastAPI, desk: Desk, kept: Kept) -> None:
    @app.get(
        "/api/v1/shares",
        tags=["ledger"],
        responses=answers("Shares", tagged=True),
        openapi_extra=params_of(ShareQuery),
        response_class=Response,
    )
    def shares(request: Request, query: Annotated[ShareQuery, Depends(ShareQuery.parsed)]) -> Response:
        """The ledger: one row a share claim, newest first, with its sightings and how it stands."""
        asked = query.model_dump(exclude={"limit", "cursor"})
        place = None if query.cursor is None else place_of(query.cursor, asked)

        def page() -> bytes:
            rows = desk.shares(**asked)
            start = 0 if place is None else _behind([row.id for row in rows], place)
            some = rows[start : start + query.limit]
            is_last = start + query.limit >= len(rows)
            here = None if is_last else cursor_of((_ANY_TIME, some[-1].id), asked)
            return _listed("shares", (dumps(to_plain(row)) for row in some), here)

        return told(request, desk, kept, page)


def _behind(ids: list[str], place: object) -> int:
    """Where the rows behind this one begin; new ones come in front of it."""
    id_ = place[1] if isinstance(place, tuple) else None
    if id_ not in ids:
        raise HTTPException(422, "query.cursor: that claim is no more in the ledger; begin without a cursor")
    return ids.index(id_) + 1


# ---------------------------------------------------------------- labs


def _labs(app: FastAPI, desk: Desk, kept: Kept) -> None:
    @app.get(
        "/api/v1/labs",
        tags=["labs"],
        responses=answers("Labs", tagged=True),
        openapi_extra=params_of(When),
        response_class=Response,
    )
    def labs(request: Request, query: Annotated[When, Depends(When.parsed)]) -> Response:
        """The organisations of the lexicon: id, name, kind, country, owner and listings."""
        lexicon = _view(desk, query.as_of).lexicon
        day = (query.as_of or desk.clock()).date()

        def every() -> bytes:
            found = (
                {
                    "id": lab.id,
                    "name": lab.name,
                    "kind": lab.kind,
                    "country": lab.country,
                    "listings": [listing.ticker for listing in lexicon.listings_of(lab.id, day)],
                }
                for lab in sorted(lexicon.labs.values(), key=lambda lab: lab.id)
            )
            return _listed("labs", map(dumps, found), None)

        return told(request, desk, kept, every, by_minute=True)

    @app.get(
        "/api/v1/labs/{id_:path}",
        tags=["labs"],
        responses=answers("Lab", tagged=True, missing=True),
        openapi_extra=params_of(When),
        response_class=Response,
    )
    def one_lab(request: Request, id_: str, query: Annotated[When, Depends(When.parsed)]) -> Response:
        """The chain from a lab's models to its owners, their listings, and what moves with it; `lab:deepseek`, or a ticker or name."""
        from labtape.lexicon.chain import chain
        from labtape.lexicon.lookup import find_meanings

        lexicon = _view(desk, query.as_of).lexicon
        day = (query.as_of or desk.clock()).date()
        meanings = find_meanings(lexicon, id_[:200])
        if not meanings:
            raise HTTPException(404, f"no lab '{id_[:80]}' in the lexicon; /api/v1/labs lists all")

        def chains() -> bytes:
            found = ({"why": m.why} | chain_dict(chain(lexicon, m.entity, day)) for m in meanings)
            return _listed("chains", map(dumps, found), None)

        return told(request, desk, kept, chains, by_minute=True)


# ---------------------------------------------------------------- digest and corrections


def _digest(app: FastAPI, desk: Desk, kept: Kept) -> None:
    @app.get(
        "/api/v1/digest",
        tags=["digest"],
        responses=answers("Digest", tagged=True),
        openapi_extra=params_of(Period),
        response_class=Response,
    )
    def digest(request: Request, query: Annotated[Period, Depends(Period.parsed)]) -> Response:
        """The digest of a time: 24 hours up to now where nothing is said."""
        _in_order(query.since, query.until)
        view = _view(desk, query.as_of)

        def made() -> bytes:
            last = query.until and min(query.until, view.clock())
            return digest_json(view.digest(since=query.since, until=last)).encode()

        return told(request, desk, kept, made, by_minute=True)

    @app.get(
        "/api/v1/corrections",
        tags=["digest"],
        responses=answers("Corrections", tagged=True),
        openapi_extra=params_of(Since),
        response_class=Response,
    )
    def corrections(request: Request, query: Annotated[Since, Depends(Since.parsed)]) -> Response:
        """What was told and does not hold any more: articles revised or taken back, and what was said by them."""

        def found() -> bytes:
            corrected = desk.corrections(since=query.since)
            plain = (dumps(asdict(one) | {"at": iso(one.at)}) for one in corrected)
            return _listed("corrections", plain, None)

        return told(request, desk, kept, found)


def _in_order(since: datetime | None, until: datetime | None) -> None:
    if since and until and since > until:
        raise HTTPException(422, "query.since: is later than until")


# ---------------------------------------------------------------- shared


def _view(desk: Desk, as_of: datetime | None) -> Desk:
    return desk if as_of is None else desk.as_of(as_of)


def _listed(name: str, items: Iterable[Any], after: str | None) -> bytes:  # Any: JSON texts
    ends = f'"next":{dumps(after)}'
    return f'{{"schema":"labtape.{name}/1","{name}":[{",".join(items)}],{ends}}}'.encode()
