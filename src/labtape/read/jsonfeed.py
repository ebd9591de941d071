"""JSON Feed 1.0 and 1.1 (jsonfeed.org): a document, its entries."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from datetime import datetime

from labtape.exceptions import ReadError
from labtape.read.dates import first_date
from labtape.read.elements import MOST_ENTRIES
from labtape.read.identity import host_of, web_address
from labtape.read.markup import clean_line
from labtape.types import Entry


def is_json_feed(document: object) -> bool:
    """Tell whether a parsed JSON document says that it is a JSON Feed, or is shaped exactly like one."""
    if not isinstance(document, Mapping):
        return False
    if "jsonfeed.org/version" in str(document.get("version", "")):
        return True
    items = document.get("items")
    return isinstance(items, list) and any(
        isinstance(item, Mapping) and ("content_html" in item or "content_text" in item) for item in items
    )


def read_json_feed(
    document: Mapping[str, object], *, url: str, now: datetime
) -> tuple[tuple[Entry, ...], int]:
    """Give the entries of a JSON Feed in its order, and how many beyond the most that are read. Raises `ReadError` when it has no list of items."""
    items = document.get("items")
    if not isinstance(items, list):
        raise ReadError(
            f'{url}: a JSON Feed without a list of items; would read "items": [...]', kind="broken"
        )
    taken = items[:MOST_ENTRIES]
    entries = tuple(_entry(item, document, url, now) for item in taken if isinstance(item, Mapping))
    return entries, len(items) - len(taken)


def _entry(item: Mapping[str, object], feed: Mapping[str, object], url: str, now: datetime) -> Entry:
    language = _text(item, "language") or _text(feed, "language") or None
    dated = first_date((_text(item, name) for name in ("date_published", "date_modified")), now, language)
    plain = _text(item, "content_text")
    link = _text(item, "url") or _text(item, "external_url")
    return Entry(
        guid=_text(item, "id") or None,
        url=web_address(web_address(url, _text(feed, "home_page_url")) or url, link),
        title=clean_line(_text(item, "title")),
        summary=html.escape(_text(item, "summary"), quote=False),
        content=_text(item, "content_html") or html.escape(plain, quote=False),
        published_at=dated.at,
        published_precision=dated.precision,
        has_future_date=dated.is_future,
        feed_url=url,
        publisher=clean_line(_text(feed, "title")) or host_of(link or url) or None,
        language=language,
        authors=tuple(_authors(item)) or tuple(_authors(feed)),
        categories=tuple(_strings(item.get("tags"))),
    )


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _authors(values: Mapping[str, object]) -> Iterator[str]:
    listed = values.get("authors")
    for author in [*(listed if isinstance(listed, list) else []), values.get("author")]:
        if isinstance(author, Mapping) and _text(author, "name"):
            yield _text(author, "name")


def _strings(values: object) -> Iterator[str]:
    for value in values if isinstance(values, list) else []:
        if isinstance(value, str) and value.strip():
            yield value.strip()
