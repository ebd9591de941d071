"""One story: what is known of it, from whom, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from starlette.responses import HTMLResponse

from labtape.web.pages.asking import moment_of
from labtape.web.pages.shell import show
from labtape.web.pages.story_views import story_view

if TYPE_CHECKING:
    from fastapi import APIRouter

    from labtape.desk import Desk


def story_pages(router: APIRouter, desk: Desk) -> None:
    """GET /story/{id}, by a story's id or that of an article; with `since` what came after it."""

    @router.get("/story/{story_id:path}")
    def story(request: Request, story_id: str) -> HTMLResponse:
        record = desk.story(story_id, since=moment_of(request.query_params.get("since")))
        view = story_view(record, desk.lexicon)
        return show("story.html.jinja", title=record.headline, s=record, v=view)
