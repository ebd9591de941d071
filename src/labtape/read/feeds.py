"""A feed document: which entries does it hold?

RSS 0.9 to 2.0, RDF and Atom are read by `referee` (which asks `elements` first and feedparser where that is not enough),
JSON Feed by `jsonfeed`. What is no feed is an error that says what it is instead.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from labtape.exceptions import ReadError, ReadKind
from labtape.read.charset import decode, unpacked
from labtape.read.dates import cst_hours, first_date
from labtape.read.identity import canonical_url, host_of, web_address
from labtape.read.jsonfeed import is_json_feed, read_json_feed
from labtape.read.markup import advertised_feeds, clean_line, one_line
from labtape.read.plain import read_plain
from labtape.read.referee import Reading, read_xml
from labtape.read.sniff import FIRST_ELEMENT, Kind, sniff, without_prolog
from labtape.types import Entry


def read_feed(
    body: bytes, *, url: str, media_type: str | None = None, charset: str | None = None, now: datetime
) -> tuple[Entry, ...]:
    """Give the entries of a feed document, in its order; two that say the same are one.

    `url` is where it was had: relative links start there, messages name it. `media_type` and `charset` are what HTTP
    said; the media type is only believed where the bytes leave a doubt. Raises `ReadError` for what is no feed.
    """
    return read_parsed(body, url=url, media_type=media_type, charset=charset, now=now).entries


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document as read: the feed's title, its entries, each with a guid of its own, and how many were not read.

    `text` is the document's clean text, with or without that of its entries; of a JSON Feed nothing.
    """

    text: str
    title: str | None
    entries: tuple[Entry, ...]
    n_left_out: int = 0


def read_parsed(
    body: bytes,
    *,
    url: str,
    media_type: str | None = None,
    charset: str | None = None,
    now: datetime,
    with_names: bool = True,
) -> Parsed:
    """Give the entries, as `read_feed` does, with what else the document holds.

    Without names (authors, categories) where these are not wanted and no entries are to be told apart by them.
    """
    body = unpacked(body)
    plain = read_plain(body, charset=charset, with_names=with_names)
    if plain is not None:
        reading = Reading(plain.found.feed, plain.found.items, plain.found.n_left_out)
        entries = entries_of(reading, url, now)
        if with_names or _are_distinct(entries):
            return _parsed(plain.outside, reading, entries)
    text = decode(body, charset=charset)
    kind = sniff(text)
    if kind == "json":
        document = _json_document(text, url)
        title = document.get("title")
        entries, left_out = read_json_feed(document, url=url, now=now)
        return Parsed("", clean_line(title) if isinstance(title, str) else None, distinct(entries), left_out)
    if kind == "feed" or (kind == "xml" and "xml" in (media_type or "xml")):
        read = _xml_reading(text, url, with_names=with_names)
        found = entries_of(read, url, now)
        if not with_names and not _are_distinct(found):
            found = entries_of(_xml_reading(text, url, with_names=True), url, now)
        return _parsed(text, read, found)
    raise _refusal(text, kind, url)


def _parsed(text: str, reading: Reading, entries: Sequence[Entry]) -> Parsed:
    title = one_line(_text(reading.feed, "title")) or None
    return Parsed(text, title, distinct(entries), reading.n_left_out)


def distinct(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Give each entry a guid of its own where several share one, or share an address and have none.

    The guid becomes guid|address where the addresses differ, else guid|title, else guid|n. Entries that are equal in
    everything are one.
    """
    if _are_distinct(entries):
        return tuple(entries)
    unique = tuple(dict.fromkeys(entries))
    keys = [_shared_key(entry) for entry in unique]
    times = Counter(key for key in keys if key)
    groups: dict[str, list[Entry]] = {}
    for key, entry in zip(keys, unique, strict=True):
        if times[key] > 1:
            groups.setdefault(key, []).append(entry)
    endings = {key: iter(_endings(group)) for key, group in groups.items()}
    return tuple(
        replace(entry, guid=f"{key}|{next(endings[key])}") if key in endings else entry
        for key, entry in zip(keys, unique, strict=True)
    )


def _are_distinct(entries: Sequence[Entry]) -> bool:
    keys = [_shared_key(entry) for entry in entries]
    return all(keys) and len(set(keys)) == len(keys)


def _shared_key(entry: Entry) -> str:
    return entry.guid or (canonical_url(entry.url) if entry.url else "")


def _endings(group: Sequence[Entry]) -> Sequence[str]:
    by_address = [entry.url or "" for entry in group]
    by_title = [entry.title for entry in group]
    for endings in (by_address, by_title):
        if len(set(endings)) == len(group):
            return endings
    return [str(n) for n in range(1, len(group) + 1)]


def _json_document(text: str, url: str) -> Mapping[str, object]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as e:
        raise ReadError(f"{url}: broken JSON at line {e.lineno}: {e.msg}", kind="broken") from e
    except RecursionError as e:
        raise ReadError(f"{url}: JSON nested too deeply", kind="broken") from e
    if not is_json_feed(document):
        raise ReadError(
            f'{url}: JSON, but not a JSON Feed; would read {{"version": "https://jsonfeed.org/version/1.1", …}}',
            kind="not_a_feed",
        )
    return document  # type: ignore[no-any-return]  # is_json_feed says that it is a mapping


def _refusal(text: str, kind: Kind, url: str) -> ReadError:
    """Give the error for a document that is no feed: what it is instead, and which feeds a page advertises."""
    named: tuple[ReadKind, str]
    feeds: tuple[str, ...] = ()
    root = FIRST_ELEMENT.search(text)
    if kind == "empty":
        named = "empty", "is empty; would read RSS, RDF, Atom or JSON Feed"
    elif kind == "opml":
        named = "not_a_feed", "is an OPML list of feeds, not a feed; import it as a list"
    elif kind == "html":
        feeds = advertised_feeds(text, url)
        named = "html", f"is an HTML page, not a feed; feeds it advertises: {', '.join(feeds) or 'none'}"
    else:
        what = f"<{root.group(1)}>" if kind == "xml" and root else repr(text.strip()[:20])
        named = (
            "not_a_feed",
            f"begins with {what}, which is not a feed; would read RSS, RDF, Atom or JSON Feed",
        )
    return ReadError(f"{url}: {named[1]}", kind=named[0], feeds=feeds)


def _xml_reading(text: str, url: str, *, with_names: bool) -> Reading:
    try:
        read = read_xml(without_prolog(text), with_names=with_names)
    except ReadError as e:
        raise ReadError(f"{url}: {e}", kind=e.kind) from e
    if read is None:
        raise _refusal(text, "xml", url)
    return read


def entries_of(reading: Reading, url: str, now: datetime) -> tuple[Entry, ...]:
    """Give the entries of a parser's reading of a document had at `url`."""
    channel = _channel(reading.feed, url, cst_hours(_dates(reading)))
    return tuple(_entry(item, channel, now) for item in reading.items)


def _dates(reading: Reading) -> list[str]:
    written = (dict.get(part, name) for part in (reading.feed, *reading.items) for name in _DATES)  # type: ignore[call-overload]
    return [raw for raw in written if isinstance(raw, str)]


# ---------------------------------------------------------------- the parsers' dictionaries become ours

_DATES = ("published", "updated", "created")


# Any: the parsers have no types. `dict.get` passes by what feedparser's dictionaries do of their own accord.


def _text(values: Any, name: str) -> str:
    value = dict.get(values, name)
    return value.strip() if isinstance(value, str) else ""


def _part(values: Any, name: str) -> Any:
    value = dict.get(values, name)
    return value if isinstance(value, dict) else {}


def _parts(values: Any, name: str) -> list[Any]:
    value = dict.get(values, name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class _Channel:
    """What holds for all entries of a feed. Relative links start at `bases`, the first that makes an address of them."""

    url: str
    title: str | None
    language: str | None
    bases: tuple[str, ...]
    cst: int | None


def _channel(feed: Any, url: str, cst: int | None) -> _Channel:
    return _Channel(
        url=url,
        title=one_line(_text(feed, "title")) or None,
        language=_text(feed, "language").lower() or None,
        bases=tuple(dict.fromkeys(("", web_address(url, _text(feed, "link")) or _text(feed, "link"), url))),
        cst=cst,
    )


def _entry(item: Any, feed: _Channel, now: datetime) -> Entry:
    language = feed.language or _text(_part(item, "title_detail"), "language").lower() or None
    dated = first_date([_text(item, name) for name in _DATES], now, language, feed.cst)
    link = _link(item, feed.bases)
    source, tags = _part(item, "source"), _parts(item, "tags")
    return Entry(
        guid=_text(item, "id") or None,
        url=link,
        title=_title(item),
        summary=_markup(_part(item, "summary_detail")) or _text(item, "summary"),
        content=max(map(_markup, _parts(item, "content")), key=len, default=""),
        published_at=dated.at,
        published_precision=dated.precision,
        has_future_date=dated.is_future,
        feed_url=feed.url,
        publisher=(one_line(_text(source, "title")) if source else "")
        or feed.title
        or host_of(link or feed.url)
        or None,
        language=language,
        authors=_names(item),
        categories=tuple(dict.fromkeys(filter(None, [_text(tag, "term") for tag in tags]))) if tags else (),
    )


def _title(item: Any) -> str:
    detail = _part(item, "title_detail")
    text = _text(detail, "value") or _text(item, "title")
    return clean_line(text) if _text(detail, "type") == "text/plain" else one_line(text)


def _markup(detail: Any) -> str:
    """Give a text construct as HTML, so that what is written in plain text keeps its `<`."""
    value = _text(detail, "value")
    return html.escape(value, quote=False) if _text(detail, "type") == "text/plain" else value


def _link(item: Any, bases: Sequence[str]) -> str | None:
    """Give the address of the article: absolute and of the web, or none.

    Relative ones start at the site the feed names (feeds often live on another host), else at the feed.
    """
    link = _text(item, "link")
    address = web_address("", link)
    if address:
        return address
    others = [
        _text(link, "href") for link in _parts(item, "links") if _text(link, "rel") in ("alternate", "")
    ]
    guid = _text(item, "id")
    links = dict.fromkeys((link, *others, guid if web_address("", guid) else ""))
    found = (web_address(base, link) for link in links if link for base in bases)
    return next((address for address in found if address), None)


def _names(item: Any) -> tuple[str, ...]:
    named = [_text(author, "name") for author in _parts(item, "authors")] or [_text(item, "author")]
    return tuple(dict.fromkeys(filter(None, map(clean_line, named))))
