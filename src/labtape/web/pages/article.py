"""One article: its words with what was found in them, and the verdict with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from labtape.report.record import is_as_scored
from labtape.web.pages.article_views import article_view
from labtape.web.pages.shell import missing, show

if TYPE_CHECKING:
    from fastapi import APIRouter

    from labtape.desk import Desk
    from labtape.types import Article, Record


def article_pages(router: APIRouter, desk: Desk) -> None:
    """GET /article/{id}."""

    @router.get("/article/{article_id:path}")
    def article(article_id: str) -> HTMLResponse:
        record = desk.explain(article_id)
        if record is None:
            return missing(f"There is no article '{article_id[:80]}' here.")
        retraction = next((r for r in desk.store.retractions() if r.article_id == record.id), None)
        (placed,) = desk.standing([record])
        view = article_view(placed, _as_scored(desk, record), desk.lexicon)
        return show(
            "article.html.jinja",
            title=view.title,
            a=view,
            retracted=retraction.why if retraction else None,
        )


def _as_scored(desk: Desk, record: Record) -> Article | None:
    """The article in the words its offsets count in; None where they are forgotten."""
    found = desk.store.worded([(record.id, record.revision)]).get((record.id, record.revision))
    return found if found and is_as_scored(found, record) else None
