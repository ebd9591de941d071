"""A feed document: which entries does it hold?

RSS 0.9 to 2.0, RDF and Atom go to feedparser, always from `io.BytesIO`, always as clean UTF-8 without a document type
declaration; JSON Feed is read here. What is no feed is an error that says what it is instead.
"""

from __future__ import annotations

import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from labtape.exceptions import ReadError, ReadKind
from labtape.read.charset import decode, unpacked
from labtape.read.dates import Dated, first_date
from labtape.read.identity import canonical_url, host_of, web_address
from labtape.read.jsonfeed import is_json_feed, read_json_feed
from labtape.read.markup import advertised_feeds, clean_line, one_line
from labtape.read.opml import is_opml
from labtape.types import Entry

Kind = Literal["feed", "json", "opml", "html", "xml", "other", "empty"]

_FIRST_ELEMENT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s>/]")
_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_FEED_START = re.compile(r"<(?:rss|rdf:rdf|(?:atom:)?feed|channel)[\s>]", re.IGNORECASE)
# References to characters that XML forbids: a strict parser gives up the whole document for one.
_FORBIDDEN_REFERENCE = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)
# A namespace with white space in its name, which Python's expat reader splits there and feedparser does not survive.
_NAMESPACE = re.compile(r"""\bxmlns(?::[\w.-]{1,100})?\s{0,9}=\s{0,9}(?:"[^"<>]{0,500}"|'[^'<>]{0,500}')""")
_MAX_DECLARATION = 64 * 1024  # characters looked at to find the end of one; with the next, bounds the work
_MAX_DECLARATIONS = 100


def sniff(text: str) -> Kind:
    """Tell what kind of document a text is, by its first element or character."""
    start = text.lstrip()[:1]
    if not start:
        return "empty"
    if start in "{[":
        return "json"
    body = text[_prolog_end(text) :]
    first = _FIRST_ELEMENT.search(body[:20_000])
    root = first.group(1).lower() if first else ""
    if root == "opml" or (root not in _FEED_ROOTS and is_opml(text)):
        return "opml"
    if root in _FEED_ROOTS:
        return "feed"
    if root == "html" or "<!doctype html" in text[:2000].lower() or "<html" in text[:5000].lower():
        return "html"
    if _FEED_START.search(body[:20_000]):
        return "feed"
    return "xml" if start == "<" and first else "other"


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
    """A document as read: its clean text, the feed's title, its entries, each with a guid of its own."""

    text: str
    title: str | None
    entries: tuple[Entry, ...]


def read_parsed(
    body: bytes, *, url: str, media_type: str | None = None, charset: str | None = None, now: datetime
) -> Parsed:
    """Give the entries, as `read_feed` does, with what else the document holds."""
    text = decode(unpacked(body), charset=charset)
    kind = sniff(text)
    if kind == "json":
        document = _json_document(text, url)
        title = document.get("title")
        entries = read_json_feed(document, url=url, now=now)
        return Parsed("", clean_line(title) if isinstance(title, str) else None, distinct(entries))
    if kind == "feed" or (kind == "xml" and "xml" in (media_type or "xml")):
        feed_title, entries = _xml_entries(text, url, now)
        return Parsed(text, feed_title, distinct(entries))
    raise _refusal(text, kind, url)


def distinct(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Give each entry a guid of its own where several share one, or share an address and have none.

    The guid becomes guid|address where the addresses differ, else guid|title, else guid|n. Entries that are equal in
    everything are one.
    """
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
    root = _FIRST_ELEMENT.search(text)
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


# ---------------------------------------------------------------- what the XML parser may see


def _prolog_end(text: str) -> int:
    """Give where the first element starts: behind declarations, comments and a document type; the end if nowhere."""
    at, size, declarations = 0, len(text), 0
    while 0 <= (at := text.find("<", at)) < size and declarations <= _MAX_DECLARATIONS:
        if text.startswith("<!--", at):
            at = _behind(text, "-->", at)
        elif text.startswith("<?", at):
            at = _behind(text, "?>", at)
        elif text.startswith("<!", at):
            at = _declaration_end(text, at)
            declarations += 1
        elif text[at + 1 : at + 2].isalpha() or text.startswith("_", at + 1):
            return at
        else:
            at += 1
    return size


def _behind(text: str, mark: str, at: int) -> int:
    end = text.find(mark, at)
    return end + len(mark) if end >= 0 else len(text)


def _declaration_end(text: str, at: int) -> int:
    """Give where a `<!DOCTYPE … [ … ]>` ends, quotes and brackets respected; the next `>` when these do not close.

    In the second case the declarations inside come next and are skipped one by one.
    """
    depth, quote = 0, ""
    for i in range(at, min(len(text), at + _MAX_DECLARATION)):
        c = text[i]
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "[]":
            depth += 1 if c == "[" else -1
        elif c == ">" and depth <= 0:
            return i + 1
    return _behind(text, ">", at)


def _clean_xml(text: str) -> bytes:
    """Give the document from its first element on, so that no parser sees a declaration of an entity.

    Junk before a feed's own element goes as well; a stylesheet instruction says nothing about entries.
    """
    body = text[_prolog_end(text) :]
    start = _FEED_START.search(body[:20_000])
    body = body[start.start() :] if start else body
    body = _NAMESPACE.sub(lambda found: re.sub(r"\s", "", found[0]), body)
    return _FORBIDDEN_REFERENCE.sub("", body).encode("utf-8", "replace")


def _xml_entries(text: str, url: str, now: datetime) -> tuple[str | None, tuple[Entry, ...]]:
    import feedparser

    try:
        parsed = feedparser.parse(
            io.BytesIO(_clean_xml(text)),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as e:  # whatever it stumbles over: it names no errors of its own
        raise ReadError(
            f"{url}: breaks the feed parser ({type(e).__name__}); would read RSS, RDF or Atom", kind="broken"
        ) from e
    if not parsed.get("version") and not parsed["entries"]:
        raise _refusal(text, "xml", url)
    feed = _Part(parsed["feed"])
    title = one_line(feed.text("title")) or None
    return title, tuple(_entry(_Part(item), feed, url, now) for item in parsed["entries"])


# ---------------------------------------------------------------- feedparser's dictionaries become ours


class _Part:
    """A feedparser dictionary without its magic: only what is there, as text."""

    def __init__(self, values: Any) -> None:  # feedparser has no types
        self._values = values

    def text(self, name: str) -> str:
        value = dict.get(self._values, name)
        return value.strip() if isinstance(value, str) else ""

    def part(self, name: str) -> _Part:
        value = dict.get(self._values, name)
        return _Part(value if isinstance(value, dict) else {})

    def parts(self, name: str) -> Iterator[_Part]:
        value = dict.get(self._values, name)
        yield from (_Part(one) for one in (value if isinstance(value, list) else []) if isinstance(one, dict))


def _entry(item: _Part, feed: _Part, url: str, now: datetime) -> Entry:
    language = (feed.text("language") or item.part("title_detail").text("language")).lower() or None
    dated = _published(item, now, language)
    link = _link(item, feed, url)
    return Entry(
        guid=item.text("id") or None,
        url=link,
        title=_title(item),
        summary=_markup(item.part("summary_detail")) or item.text("summary"),
        content=max((_markup(content) for content in item.parts("content")), key=len, default=""),
        published_at=dated.at,
        published_precision=dated.precision,
        has_future_date=dated.is_future,
        feed_url=url,
        publisher=_publisher(item, feed, link or url),
        language=language,
        authors=_names(item),
        categories=tuple(dict.fromkeys(tag.text("term") for tag in item.parts("tags") if tag.text("term"))),
    )


def _published(item: _Part, now: datetime, language: str | None) -> Dated:
    return first_date((item.text(name) for name in ("published", "updated", "created")), now, language)


def _title(item: _Part) -> str:
    detail = item.part("title_detail")
    text = detail.text("value") or item.text("title")
    return clean_line(text) if detail.text("type") == "text/plain" else one_line(text)


def _markup(detail: _Part) -> str:
    """Give a text construct as HTML, so that what is written in plain text keeps its `<`."""
    value = detail.text("value")
    return html.escape(value, quote=False) if detail.text("type") == "text/plain" else value


def _link(item: _Part, feed: _Part, url: str) -> str | None:
    """Give the address of the article: absolute and of the web, or none.

    Relative ones start at the site the feed names (feeds often live on another host), else at the feed.
    """
    links = [item.text("link")]
    links += [link.text("href") for link in item.parts("links") if link.text("rel") in ("alternate", "")]
    guid = item.text("id")
    for link in (*links, guid if web_address("", guid) else ""):
        for base in ("", web_address(url, feed.text("link")) or feed.text("link"), url):
            address = web_address(base, link)
            if address:
                return address
    return None


def _publisher(item: _Part, feed: _Part, link: str) -> str | None:
    named = item.part("source").text("title") or feed.text("title")
    return one_line(named) or host_of(link) or None


def _names(item: _Part) -> tuple[str, ...]:
    named = [author.text("name") for author in item.parts("authors")] or [item.text("author")]
    return tuple(dict.fromkeys(name for name in map(clean_line, named) if name))
