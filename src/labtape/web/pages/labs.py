"""Organisations: which are in the news, and everything about one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.responses import HTMLResponse

from labtape.ports import Wanted as Listing
from labtape.report import record_from_json
from labtape.web.pages.asking import number
from labtape.web.pages.lab_views import RECORDS, lab_view, named
from labtape.web.pages.share_views import Ledger, Wanted, ledger, rows_of
from labtape.web.pages.shell import show
from labtape.web.pages.tape_views import SCANNED, Asked, entities_named, filter_of, newest, reader

if TYPE_CHECKING:
    from fastapi import APIRouter

    from labtape.desk import Desk

_DAYS = (1, 7, 30, 365)


def lab_pages(router: APIRouter, desk: Desk) -> None:
    """GET /labs, with `days` back, and GET /lab/{entity}."""

    @router.get("/labs")
    def labs(request: Request) -> HTMLResponse:
        days = int(number(request.query_params.get("days"), least=1, most=3650) or 30)
        since = desk.clock() - timedelta(days=days)
        listed = desk.store.listed(Listing(since=since, terms=("relevant:true",)), limit=SCANNED)
        records = tuple(record_from_json(one.body.decode()) for one in listed)
        return show(
            "labs.html.jinja", title="Labs", here="labs", rows=named(records, desk.lexicon), days=days,
            choices=_DAYS, is_cut=len(records) == SCANNED, n=len(records),
        )  # fmt: skip

    @router.get("/lab/{entity:path}")
    def lab(entity: str) -> HTMLResponse:
        lexicon = desk.lexicon
        entities = sorted(entities_named(entity, lexicon), key=lambda e: (e.startswith("model:"), e))
        known = entities[0] if entities else entity
        asked = Asked(lab=known)
        about = entities_named(known, lexicon)
        found = newest(reader(desk, asked, about), test=filter_of(asked, lexicon), n=RECORDS)
        view = lab_view(known, desk.standing(found.records), lexicon, desk.clock().date())
        return show(
            "lab.html.jinja", title=view.name, here="labs", lab=view, ledger=_ledger(desk, view.entity)
        )


def _ledger(desk: Desk, entity: str) -> Ledger:
    """The claims about an organisation's shares."""
    wanted = Wanted(holder=entity)
    rows, note = rows_of(desk, wanted)
    return ledger(rows, rows, wanted, note)
