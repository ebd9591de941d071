"""An article's web page: its title and text without the page around them, and its date.

Text by trafilatura (`favor_precision`), day by htmldate; the exact time is read from the page's own metadata by our
strict list of date forms, when it agrees with nothing but itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from labtape.exceptions import ReadError
from labtape.read.charset import decode, unpacked
from labtape.read.dates import NO_DATE, Dated, read_date
from labtape.read.markup import clean_line, one_line
from labtape.types import Precision

_MAX_PAGE = 1_000_000  # characters; 200,000 paragraphs (4.4 million) took trafilatura 175 s
_UNSEEN = re.compile(r"<(script|style)\b")
_META = re.compile(r"<meta\s[^>]{1,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "publishdate",
    "pubdate",
)
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_TITLE = re.compile(r"<title[^>]{0,200}>(.{1,500}?)</title", re.IGNORECASE | re.DOTALL)
_LANGUAGE = re.compile(
    r"<html[^>]{0,500}?\slang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says once its furniture is gone; `text` has one paragraph a line."""

    title: str
    text: str
    published_at: datetime | None = None
    published_precision: Precision = "none"
    publisher: str | None = None
    language: str | None = None


def read_page(body: bytes, *, url: str, now: datetime, charset: str | None = None) -> Page:
    """Give the article on an HTML page. Raises `ReadError` when the page is empty or holds no text.

    `now` bounds the date: a page that says it is from tomorrow has none.
    """
    page = decode(unpacked(body), charset=charset)
    if not page.strip():
        raise ReadError(f"{url}: is empty; would read an HTML page")
    title, text, publisher = _extracted(page, url)
    if not text.strip():
        raise ReadError(f"{url}: holds no article text (after menus, scripts and comments are gone)")
    dated = _published(page, now)
    language = _LANGUAGE.search(page[:20_000])
    return Page(
        title=title,
        text=text,
        published_at=dated.at,
        published_precision=dated.precision,
        publisher=publisher,
        language=language.group(1).lower() if language else None,
    )


def _extracted(page: str, url: str) -> tuple[str, str, str | None]:
    from trafilatura import bare_extraction

    found = bare_extraction(
        page if len(page) <= _MAX_PAGE else _slim(page),
        url=url or None,
        favor_precision=True,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
    )
    text = "" if found is None or isinstance(found, dict) else found.text or ""
    lines = (clean_line(line) for line in text.split("\n"))
    return _page_title(page), "\n".join(line for line in lines if line), _metas(page).get("og:site_name")


def _slim(page: str) -> str:
    """Give an outsized page without scripts and styles, and only its beginning: extraction grows faster than size."""
    pieces, at = [], 0
    while start := _UNSEEN.search(page, at):
        pieces.append(page[at : start.start()])
        end = page.find(f"</{start.group(1)}", start.end())
        at = end + len(start.group(0)) + 1 if end >= 0 else len(page)
    return ("".join(pieces) + page[at:])[:_MAX_PAGE]


def _page_title(page: str) -> str:
    named = _TITLE.search(page[:200_000])
    return _metas(page).get("og:title") or one_line(named.group(1) if named else "")


def _metas(page: str) -> dict[str, str]:
    metas: dict[str, str] = {}
    for tag in _META.findall(page[:300_000]):
        of = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(tag)}
        name = of.get("property") or of.get("name") or of.get("itemprop") or ""
        if of.get("content"):
            metas.setdefault(name.lower(), one_line(of["content"]))
    return metas


def _published(page: str, now: datetime) -> Dated:
    metas = _metas(page)
    stated = [metas[name] for name in _PUBLISHED if name in metas] + _JSON_DATE.findall(page[:500_000])[:1]
    for raw in stated:
        dated = read_date(raw, now=now)
        if dated.at is not None:
            return dated
    return _day(page, now)


def _day(page: str, now: datetime) -> Dated:
    from htmldate import find_date

    found = find_date(page, original_date=True, extensive_search=False, max_date=now)
    return read_date(found, now=now) if found else NO_DATE
