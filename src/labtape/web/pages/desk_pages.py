"""The desk itself: how its feeds are, what its model is worth, what it had to take back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import Request, Response
from starlette.responses import HTMLResponse

from labtape.exceptions import BundleError
from labtape.report.wording import name_of
from labtape.web.pages.asking import number
from labtape.web.pages.card import card_of, picture_of
from labtape.web.pages.feed_views import feed_lines
from labtape.web.pages.shell import missing, show

if TYPE_CHECKING:
    from fastapi import APIRouter

    from labtape.desk import Desk
    from labtape.lexicon import Lexicon

_DAYS = (1, 7, 30, 365)
_VERDICT = "verdict on "


def named_in(what: str, lexicon: Lexicon) -> str:
    """What a verdict is on, by its name instead of its id.

    >>> from labtape.lexicon import lexicon
    >>> named_in("verdict on market:ai", lexicon()), named_in("company:nvidia", lexicon())
    ('Verdict on AI market', 'Nvidia')
    """
    if what.startswith(_VERDICT):
        return f"Verdict on {name_of(what[len(_VERDICT) :], lexicon)}"
    return name_of(what, lexicon)


def desk_pages(router: APIRouter, desk: Desk) -> None:
    """GET /feeds, /model and /corrections."""

    @router.get("/feeds")
    def feeds() -> HTMLResponse:
        found = desk.health()
        return show(
            "feeds.html.jinja",
            title="Feeds",
            here="feeds",
            feeds=feed_lines(found, desk.clock()),
            tally=Counter(one.word for one in found).most_common(),
            n_well=sum(one.is_well for one in found),
        )

    @router.get("/model")
    def model() -> HTMLResponse:
        try:
            card = card_of(desk.tools.bundle)
        except BundleError:
            card = None
        return show("model.html.jinja", title="Model", here="model", card=card, bundle=desk.tools.bundle)

    @router.get("/model/reliability.svg")
    def picture() -> Response:
        try:
            found = picture_of(desk.tools.bundle)
        except BundleError:
            found = None
        if found is None:
            return missing("This model has no picture of its reliability.")
        return Response(found, media_type="image/svg+xml")

    @router.get("/corrections")
    def corrections(request: Request) -> HTMLResponse:
        days = int(number(request.query_params.get("days"), least=1, most=3650) or 30)
        found = desk.corrections(since=desk.clock() - timedelta(days=days))
        return show(
            "corrections.html.jinja", title="Corrections", here="corrections", corrections=found[::-1],
            days=days, choices=_DAYS, named=lambda what: named_in(what, desk.lexicon),
        )  # fmt: skip
