"""The digest as a page: the same HTML as the file, under the policy that it names itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.responses import HTMLResponse

from labtape.report import digest_html
from labtape.web.pages.asking import number

if TYPE_CHECKING:
    from fastapi import APIRouter

    from labtape.desk import Desk

_DAY, _YEAR = 24.0, 24.0 * 366
_SPANS = (("24 hours", 24), ("3 days", 72), ("7 days", 168), ("30 days", 720))
_NAV = (("Tape", "/"), *((words, f"/digest?hours={n}") for words, n in _SPANS))
# Our own template writes it, before any word of a feed.
_STYLE = re.compile(r"style-src '(sha256-[A-Za-z0-9+/=]+)'")


def digest_pages(router: APIRouter, desk: Desk) -> None:
    """GET /digest, with `hours` back."""

    @router.get("/digest")
    def digest(request: Request) -> HTMLResponse:
        hours = number(request.query_params.get("hours"), least=1 / 60, most=_YEAR) or _DAY
        made = digest_html(desk.digest(hours=hours), nav=_NAV)
        return HTMLResponse(made, headers={"Content-Security-Policy": policy_of(made)})


def policy_of(html: str) -> str:
    """The policy for a page that names the hash of its one style sheet; without one no style is allowed.

    >>> policy_of("<meta content=\\"style-src 'sha256-abc='\\">").partition(";")[2].partition(";")[0]
    " style-src 'sha256-abc='"
    """
    found = _STYLE.search(html)
    style = f"'{found[1]}'" if found else "'none'"
    return (
        f"default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
