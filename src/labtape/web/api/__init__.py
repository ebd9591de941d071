"""The REST API, version 1: routes by theme. docs/api.md is its page, /openapi.json its description.

records.py   lists and single records      told.py      stories, related, shares, labs, digest, corrections
scoring.py   label and score               stream.py    new signals as they come
query.py     what may be asked             cursors.py   where a list goes on
answers.py   tags, and what is kept        describe.py  the schemas in OpenAPI
"""

from __future__ import annotations

from fastapi import FastAPI

from labtape.desk import Desk
from labtape.web.api.describe import describe
from labtape.web.api.records import records
from labtape.web.api.scoring import LIMITS, scoring
from labtape.web.api.stream import stream
from labtape.web.api.told import told_views

__all__ = ["LIMITS", "api"]


def api(app: FastAPI, desk: Desk) -> None:
    """Add all routes under /api/v1."""
    records(app, desk)
    told_views(app, desk)
    scoring(app, desk)
    stream(app, desk)
    describe(app)
