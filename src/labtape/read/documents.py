"""A feed document as a visit keeps it: articles with every name they may be known by, and when to come back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from labtape.read.aliases import keys_of, titled_ids
from labtape.read.articles import to_article
from labtape.read.feeds import read_parsed
from labtape.types import Arrival, Document, Entry, Feed

_MAX_TTL = 31 * 24 * 3600  # as Retry-After: a feed that asks for a year is mistaken
_ENTRY = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
_END = re.compile(r"</(?:[a-z_][\w.-]{0,30}:)?(?:rss|rdf|feed|channel)\s{0,99}>", re.IGNORECASE)
_FIRST = re.compile(r"\s*+<")
_LITTLE_JUNK = 200
_MAX_JUNK = 100_000  # characters behind the end: a page's footer, a debugger's remarks
_TTL = re.compile(r"<ttl>\s{0,99}(\d{1,9})\s{0,99}</ttl>", re.IGNORECASE)
_PERIOD = re.compile(r"<sy:updateperiod>\s{0,99}([a-z]{1,20})\s{0,99}</", re.IGNORECASE)
_FREQUENCY = re.compile(r"<sy:updatefrequency>\s{0,99}(\d{1,6})\s{0,99}</", re.IGNORECASE)
_SKIP_HOURS = re.compile(r"<skiphours>([^\x00]{0,3000}?)</skiphours>", re.IGNORECASE)
_SKIP_DAYS = re.compile(r"<skipdays>([^\x00]{0,1000}?)</skipdays>", re.IGNORECASE)
_HOUR = re.compile(r"<hour>\s{0,99}(\d{1,2})\s{0,99}</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s{0,99}([a-z]{6,9})\s{0,99}</day>", re.IGNORECASE)
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_document(
    body: bytes,
    *,
    feed: Feed,
    url: str,
    media_type: str | None = None,
    charset: str | None = None,
    now: datetime,
    by_title: bool = False,
) -> Document:
    """Give what a feed document brings, in its order; `url` is where it was had, `feed` who it belongs to.

    The list's publisher wins over the document's, the document's language over the list's. `by_title` is for a feed
    whose links are volatile: its articles are known by title and day. Raises `ReadError` with its kind: `empty`, `html`
    (with the feeds the page advertises), `not_a_feed`, `broken`.
    """
    parsed = read_parsed(body, url=url, media_type=media_type, charset=charset, now=now, with_names=False)
    entries = tuple(_named(entry, feed) for entry in parsed.entries)
    articles = [to_article(entry, now=now) for entry in entries]
    keys = keys_of(entries, articles, feed.url)
    if by_title:
        ids = titled_ids(articles, feed.url)
        articles = [replace(article, id=by) for article, by in zip(articles, ids, strict=True)]
    outside = _outside_entries(parsed.text)
    return Document(
        arrivals=tuple(Arrival(article, known_by) for article, known_by in zip(articles, keys, strict=True)),
        title=parsed.title,
        ttl=_ttl(outside),
        skip_hours=_skip_hours(outside),
        skip_days=_skip_days(outside),
        is_cut=_is_cut(parsed.text),
        n_left_out=parsed.n_left_out,
    )


def _is_cut(text: str) -> bool:
    """Tell whether an XML document's own element is never closed.

    >>> [_is_cut(text) for text in ("<rss><channel></channel></rss> junk", "<rss><channel>", '{"items": []}')]
    [False, True, False]
    """
    if _FIRST.match(text) is None:
        return False
    return all(_END.search(text, max(0, len(text) - junk)) is None for junk in (_LITTLE_JUNK, _MAX_JUNK))


def _named(entry: Entry, feed: Feed) -> Entry:
    publisher, language = feed.publisher or entry.publisher, entry.language or feed.language
    if (publisher, language) == (entry.publisher, entry.language):
        return entry
    return replace(entry, publisher=publisher, language=language)


def _outside_entries(text: str) -> str:
    """Give what stands before the first entry and behind the last, where a feed speaks of itself."""
    first = _ENTRY.search(text)
    if first is None:
        return text
    end = max(text.rfind("</item>"), first.start())
    end = max(text.rfind("</entry>", end), end)
    return text[: first.start()] + text[end:]


def _ttl(outside: str) -> int | None:
    ttl = _TTL.search(outside)
    if ttl and int(ttl.group(1)):
        return min(int(ttl.group(1)) * 60, _MAX_TTL)
    period, frequency = _PERIOD.search(outside), _FREQUENCY.search(outside)
    seconds = _PERIODS.get(period.group(1).lower()) if period else None
    if seconds is None:
        return None
    return min(seconds // max(1, int(frequency.group(1)) if frequency else 1), _MAX_TTL) or None


def _skip_hours(outside: str) -> tuple[int, ...]:
    """Give the hours in UTC; RSS 0.91 counts them from 1 to 24."""
    named = _SKIP_HOURS.search(outside)
    hours = {int(hour) % 24 for hour in _HOUR.findall(named.group(1)) if int(hour) <= 24} if named else set()
    return tuple(sorted(hours)) if len(hours) < 24 else ()


def _skip_days(outside: str) -> tuple[int, ...]:
    named = _SKIP_DAYS.search(outside)
    days = {day.lower() for day in _DAY.findall(named.group(1))} if named else set()
    found = tuple(n for n, day in enumerate(_DAYS) if day in days)
    return found if len(found) < 7 else ()
