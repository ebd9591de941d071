"""Answers with a weak ETag, and what was worked out before: asked again with the tag they are 304, asked by others they are there."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from fastapi import Request, Response

from labtape.desk import Desk

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
_KEPT_BYTES: Final = 32 * 1024 * 1024
_ENTRY: Final = 2048  # bytes of a key and what holds it


def tag_of(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part)
    return f'W/"{digest.hexdigest()}"'


def tagged(request: Request, content: bytes, *, tag: str | None = None, media: str = JSON) -> Response:
    """The content with its tag, or 304 where the client has it. `tag` is that of the content where it is known already."""
    tag = tag or tag_of(content)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept, Authorization"}
    if has_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media, headers=headers)


def has_tag(sent: str, tag: str) -> bool:
    """Whether If-None-Match names the tag, strong or weak.

    >>> has_tag('"b", W/"a"', 'W/"a"'), has_tag('"a"', 'W/"a"'), has_tag("*", 'W/"a"'), has_tag("", 'W/"a"')
    (True, True, True, False)
    """
    bare = tag.removeprefix("W/")
    return sent.strip() == "*" or any(one.strip().removeprefix("W/") == bare for one in sent.split(","))


def wants_lines(request: Request) -> bool:
    """Whether the client asks for one JSON object a line."""
    return any(
        part.split(";")[0].strip().lower() == NDJSON for part in request.headers.get("accept", "").split(",")
    )


class Kept:
    """Answers that cost much, as long as nothing new is kept: a ledger is of all records there are."""

    def __init__(self, most: int = _KEPT_BYTES) -> None:
        self.most = most
        self._lock = Lock()
        self._answers: OrderedDict[object, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: object, make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        made = make()
        with self._lock:
            if key not in self._answers and len(made) <= self.most:
                self._answers[key] = made
                self._bytes += len(made) + _ENTRY
            while self._bytes > self.most:
                self._bytes -= len(self._answers.popitem(last=False)[1]) + _ENTRY
        return made


def told(
    request: Request, desk: Desk, kept: Kept, make: Callable[[], bytes], *, by_minute: bool = False
) -> Response:
    """What is worked out from all that is kept, once for each query and state of the store.

    `by_minute` is for what also says how long ago something was.
    """
    minute = desk.clock().replace(second=0, microsecond=0) if by_minute else None
    query = tuple(sorted(dict(request.query_params).items()))
    key = (request.scope["path"], query, desk.store.mark(), minute)
    content = kept.get(key, make)
    return tagged(
        request, content, tag=tag_of(repr(key).encode("utf-8", "backslashreplace")) if by_minute else None
    )
