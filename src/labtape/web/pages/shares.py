"""The ledger of share claims: comparable ones as series, the others apart, with why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from starlette.responses import HTMLResponse

from labtape.web.pages.share_views import STATUS_WORDS, Wanted, claim_line, ledger, rows_of, wanted_of
from labtape.web.pages.shell import show

if TYPE_CHECKING:
    from fastapi import APIRouter

    from labtape.desk import Desk


def share_pages(router: APIRouter, desk: Desk) -> None:
    """GET /shares; `join` (repeated) names claims that are to make one series."""

    @router.get("/shares")
    def shares(request: Request) -> HTMLResponse:
        parameters = request.query_params
        wanted = wanted_of(parameters, parameters.getlist("join"))
        rows, note = rows_of(desk, wanted)
        everything = rows if wanted == Wanted(join=wanted.join) or not wanted.join else desk.shares()
        return show(
            "shares.html.jinja",
            title="Share ledger",
            here="shares",
            wanted=wanted,
            ledger=ledger(rows, everything, wanted, note),
            statuses=STATUS_WORDS,
            claim_line=claim_line,
        )
