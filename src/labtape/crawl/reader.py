"""Who reads documents and pages: a process of its own, or this one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from labtape.types import Document, Feed

if TYPE_CHECKING:
    from labtape.read import Page


class Reader(Protocol):
    """Reads documents and pages; `labtape.read.sandbox.Sandbox` does it in a process of its own."""

    def document(
        self,
        body: bytes,
        *,
        feed: Feed,
        url: str,
        media_type: str | None,
        charset: str | None,
        now: datetime,
        by_title: bool,
    ) -> Document: ...

    def page(self, body: bytes, *, url: str, charset: str | None, now: datetime) -> Page: ...


class InProcess:
    """Reads documents and pages right here, without the limits of a process of their own: for tests and debugging."""

    def document(
        self,
        body: bytes,
        *,
        feed: Feed,
        url: str,
        media_type: str | None,
        charset: str | None,
        now: datetime,
        by_title: bool,
    ) -> Document:
        from labtape.read import read_document

        return read_document(
            body, feed=feed, url=url, media_type=media_type, charset=charset, now=now, by_title=by_title
        )

    def page(self, body: bytes, *, url: str, charset: str | None, now: datetime) -> Page:
        from labtape.read import read_page

        return read_page(body, url=url, charset=charset, now=now)
