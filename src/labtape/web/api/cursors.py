"""Cursors: where a list goes on, in a text that only we read.

A place is the time and the id of the last item, or its number; with it goes a digest of the filters. A cursor of other filters, or one
that was cut or changed, is refused: else it would give a page of another list. It is no secret and holds no right, so it is not signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Final

from starlette.exceptions import HTTPException

from labtape.ports import Place

VERSION: Final = 1
_LONGEST: Final = 4000
_CHECK: Final = 9  # bytes, which base64 takes without padding


def cursor_of(place: Place, filters: object) -> str:
    """The cursor of a place in the list of these filters.

    >>> place_of(cursor_of(7, "newest"), "newest")
    7
    """
    written = place if isinstance(place, int) else [place[0].astimezone(UTC).isoformat(), place[1]]
    body = json.dumps([VERSION, written], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_check(body, filters) + body).decode().rstrip("=")


def place_of(cursor: str, filters: object) -> Place:
    """The place a cursor stands for. Raises `HTTPException` (422) for one that is not of this list."""
    place = _place(cursor[:_LONGEST], filters)
    if place is None:
        raise HTTPException(
            422,
            "query.cursor: not a cursor of this list; send `next` of the answer before, and the same filters",
        )
    return place


def _place(cursor: str, filters: object) -> Place | None:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    check, body = raw[:_CHECK], raw[_CHECK:]
    if check != _check(body, filters):
        return None
    match _read(body):
        case [1, int(number)] if 0 <= number < 2**63:
            return number
        case [1, [str(at), str(id_)]]:
            return _time_and_id(at, id_)
    return None


def _read(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _time_and_id(at: str, id_: str) -> Place | None:
    try:
        return datetime.fromisoformat(at).astimezone(UTC), id_
    except (ValueError, OverflowError):
        return None


def _check(body: bytes, filters: object) -> bytes:
    return hashlib.blake2b(
        body + repr(filters).encode("utf-8", "backslashreplace"), digest_size=_CHECK
    ).digest()
