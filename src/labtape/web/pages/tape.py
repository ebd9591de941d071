"""The tape: every article labtape has judged, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from starlette.responses import HTMLResponse

from labtape.report.wording import counted
from labtape.web.pages.shell import show
from labtape.web.pages.tape_views import (
    FRESH,
    LABELS,
    LANGUAGES,
    Asked,
    asked_of,
    days,
    entities_named,
    filter_of,
    glance_of,
    key,
    n_after,
    newest,
    reader,
)

if TYPE_CHECKING:
    from fastapi import APIRouter

    from labtape.desk import Desk


def tape_pages(router: APIRouter, desk: Desk) -> None:
    """GET / and what tells it that there is something newer."""

    @router.get("/")
    def tape(request: Request) -> HTMLResponse:
        lexicon = desk.lexicon
        kinds = tuple(sorted(lexicon.event_types.values(), key=lambda kind: kind.title))
        asked = asked_of(request.query_params, tuple(kind.id for kind in kinds))
        entities = entities_named(asked.lab, lexicon) if asked.lab else frozenset()
        found = newest(
            reader(desk, asked, entities),
            test=filter_of(asked, lexicon),
            may=glance_of(asked),
            before=asked.before,
        )
        top = key(found.records[0]) if found.records and not asked.before else None
        return show(
            "tape.html.jinja",
            title="Tape",
            here="tape",
            asked=asked,
            note=_note(asked, entities),
            days=days(desk.standing(found.records), lexicon),
            n=len(found.records),
            older=asked.address(before=found.rest) if found.rest else None,
            is_cut=found.is_cut,
            fresh=asked.address("/tape/fresh", after=top) if top else None,
            start=asked.address(),
            kinds=tuple((kind.id, kind.title) for kind in kinds if kind.id != "other"),
            labels=LABELS,
            languages=LANGUAGES,
            labs=tuple(sorted({lab.name for lab in lexicon.labs.values()}, key=str.casefold)),
        )

    @router.get("/tape/fresh")
    def fresh(request: Request) -> HTMLResponse:
        asked = asked_of(request.query_params, tuple(desk.lexicon.event_types))
        lexicon = desk.lexicon
        entities = entities_named(asked.lab, lexicon) if asked.lab else frozenset()
        n = n_after(reader(desk, asked, entities), asked, filter_of(asked, lexicon), glance_of(asked))
        words = f"{FRESH} newer articles or more" if n == FRESH else counted(n, "newer article") if n else ""
        return show("fresh.html.jinja", title="", words=words, start=asked.address())


def _note(asked: Asked, entities: frozenset[str]) -> str | None:
    if asked.lab and not entities:
        return f"No lab, company or model is called “{asked.lab}” in the lexicon."
    return None
