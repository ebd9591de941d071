"""One item becomes an article: a feed's entry, a row of a table, a text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from numbers import Integral, Real
from typing import get_args

from labtape.exceptions import ReadError, SettingsError
from labtape.read.dates import NO_DATE, Dated, read_date
from labtape.read.identity import article_id, canonical_url, host_of
from labtape.read.markup import plain_text
from labtape.read.pages import Page
from labtape.types import Article, Entry, Precision

# Which column holds what, most telling name first; names are compared without case.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "text": ("text", "content", "body", "article", "full_text", "summary", "description"),
    "html": ("html", "content_html", "body_html"),
    "url": ("url", "link"),
    "published": ("published_at", "published", "date", "pubdate", "publish_date", "datetime", "timestamp"),
    "precision": ("published_precision",),
    "publisher": ("publisher", "source", "site", "outlet"),
    "language": ("language", "lang"),
    "id": ("id", "guid", "uuid"),
    "first_seen": ("first_seen_at", "first_seen"),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])", re.IGNORECASE)
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")  # no database and no UTF-8 file takes these
# What weblog software appends to every entry; it names the publisher, who is then taken for a subject.
_FURNITURE_LENGTH = 600  # more than the longest match
_FURNITURE_SIGNS = ("The post ", "Continue reading", "Read ", "阅读全文", "查看", "点击")
_FURNITURE = re.compile(
    r"\n?(?:The post .{1,300} (?:first appeared|appeared first) on .{1,120}|(?:Continue reading|Read more|Read the full "
    r"(?:story|article)(?: at .{1,60})?|Read on|阅读全文|查看全文|点击查看原文)\s*(?:…|\.\.\.|→|»|>|&gt;)*)\.?\s*$"
)


def to_article(entry: Entry, *, now: datetime, page: Page | None = None) -> Article:
    """Give the article of a feed's entry: its content, or else its summary, as plain text.

    A page, where one was fetched, gives the text when it says more than the feed, and what the feed leaves open.
    An entry with neither title nor text still gives an article; `has_words` tells.
    """
    text = _words_of(entry)
    if page is not None and len(page.text) > len(text):
        text = page.text
    dated = Dated(entry.published_at, entry.published_precision)
    if dated.at is None and page is not None:
        dated = Dated(page.published_at, page.published_precision)
    title = entry.title or (page.title if page else "")
    return Article(
        id=article_id(
            guid=entry.guid, url=entry.url, title=title, text=text, published_at=dated.at,
            site=host_of(entry.url) or host_of(entry.feed_url) or entry.feed_url,
        ),
        title=title,
        text=text,
        url=entry.url,
        canonical_url=canonical_url(entry.url) if entry.url else None,
        publisher=entry.publisher or (page.publisher if page else None),
        language=primary_language(entry.language or (page.language if page else None)),
        published_at=dated.at,
        published_precision=dated.precision,
        first_seen_at=now,
        flags=("future_date",) if entry.has_future_date and dated.at is None else (),
    )  # fmt: skip


def has_words(article: Article) -> bool:
    """Tell whether there is anything to read in an article."""
    return bool(article.title.strip() or article.text.strip())


def article_from_row(
    row: Mapping[str, object], *, place: str, now: datetime, columns: Mapping[str, str] | None = None
) -> Article:
    """Give the article of one row. Title and text stay as they are, so that offsets into them hold.

    `columns` names the columns to use instead of the usual ones, as `{"text": "paragraph"}`; other columns of the row
    are ignored. A date in no known form is no date. Raises `ReadError`, which begins with `place`, for a row with
    neither title nor text, a field of a wrong type, or without a column of `columns`.

    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> article_from_row({"headline": "Kimi K3 is out"}, place="news.csv:2", now=now).title
    'Kimi K3 is out'
    """
    cells = _cells(row, place, columns or {})
    title = _text(cells, "title", place) or ""
    markup = _text(cells, "html", place)
    text = _text(cells, "text", place) or (plain_text(markup) if markup else "")
    if not title.strip() and not text.strip():
        have = ", ".join(str(name) for name in row) or "nothing"
        raise ReadError(
            f"{place}: a row with neither title nor text; have: {have[:200]}; would read title, text"
        )
    url = (_text(cells, "url", place) or "").strip() or None
    publisher = _text(cells, "publisher", place)
    dated = _dated(cells, "published", place, now)
    given = _text(cells, "id", place, numbers=True)
    return Article(
        id=given
        or article_id(
            guid=None, url=url, title=title, text=text, published_at=dated.at, site=publisher or host_of(url)
        ),
        title=title,
        text=text,
        url=url,
        canonical_url=canonical_url(url) if url else None,
        publisher=publisher,
        language=primary_language(_text(cells, "language", place)),
        published_at=dated.at,
        published_precision=_precision(dated, _text(cells, "precision", place)),
        first_seen_at=_dated(cells, "first_seen", place, now).at or now,
    )


def check_columns(columns: Mapping[str, str], have: tuple[str, ...], place: str) -> None:
    """Raise `SettingsError` when `columns` names a field we do not know or a column the table has not."""
    for field, column in columns.items():
        if field not in COLUMNS:
            raise SettingsError(f"no field {field!r} to take from a column; have: {', '.join(COLUMNS)}")
        if column not in have:
            raise SettingsError(f"{place}: no column {column!r}; have: {', '.join(have)[:300]}")


def has_columns(have: tuple[str, ...]) -> bool:
    """Tell whether a table has a column that holds titles or texts."""
    known = {name for field in ("title", "text", "html") for name in COLUMNS[field]}
    return any(name.strip().lower() in known for name in have)


def primary_language(language: str | None) -> str | None:
    """Give the first part of a language tag, "en" of "en-GB"; None for what is no tag."""
    found = _LANGUAGE.match((language or "").strip())
    return found.group(0).lower() if found else None


def _words_of(entry: Entry) -> str:
    text = plain_text(entry.content)
    if not text or 2 * len(text) < len(entry.summary):  # words are never more than their markup
        summary = plain_text(entry.summary)
        text = text if text and 2 * len(text) >= len(summary) else summary
    tail = text[-_FURNITURE_LENGTH:]
    if any(sign in tail for sign in _FURNITURE_SIGNS):
        text = text[: len(text) - len(tail)] + _FURNITURE.sub("", tail)
    return text.strip()


def _cells(
    row: Mapping[str, object], place: str, columns: Mapping[str, str]
) -> dict[str, tuple[str, object]]:
    """Give, for each field, the column it is in and the first value there that is not missing."""
    by_name = {str(name).strip().lower(): (str(name), value) for name, value in row.items()}
    cells: dict[str, tuple[str, object]] = {}
    for field, names in COLUMNS.items():
        for name in (columns[field],) if field in columns else names:
            if field in columns and name not in row:
                raise ReadError(f"{place}: no column {name!r}; have: {', '.join(map(str, row))[:200]}")
            column, value = (name, row[name]) if field in columns else by_name.get(name, (name, None))
            if not _is_missing(value):
                cells[field] = (column, value)
                break
    return cells


def _is_missing(value: object) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if type(value).__name__ in ("NAType", "NaTType"):  # pandas; comparing with them is no answer
        return True
    return isinstance(value, float) and math.isnan(value)


def _text(
    cells: Mapping[str, tuple[str, object]], field: str, place: str, *, numbers: bool = False
) -> str | None:
    if field not in cells:
        return None
    column, value = cells[field]
    if isinstance(value, str):
        return _UNUSABLE.sub(lambda c: " " if c[0] == "\x00" else "\ufffd", value)
    if numbers and isinstance(value, Integral) and not isinstance(value, bool):
        return str(value)
    raise ReadError(f"{place}: field {column!r} is {_named(value)}; would be text")


def _named(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Real):
        return "a number"
    if isinstance(value, list | tuple):
        return "a list"
    return "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}"


def _dated(cells: Mapping[str, tuple[str, object]], field: str, place: str, now: datetime) -> Dated:
    if field not in cells:
        return NO_DATE
    column, value = cells[field]
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return read_date(moment.isoformat(), now=now)
    if isinstance(value, date):
        return read_date(value.isoformat(), now=now)
    if isinstance(value, Real) and not isinstance(value, bool):
        return read_date(str(int(float(value))), now=now) if math.isfinite(value) else NO_DATE
    if isinstance(value, str):
        return read_date(value, now=now, naive_is_utc=True)
    raise ReadError(f"{place}: field {column!r} is {_named(value)}; would be a date as text or seconds")


def _precision(dated: Dated, stated: str | None) -> Precision:
    """Give the stated precision where it is one of ours and there is a date at all."""
    if dated.at is None or stated not in get_args(Precision) or stated == "none":
        return dated.precision
    return stated  # type: ignore[return-value]  # get_args says that it is one
