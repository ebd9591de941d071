"""Lists of feeds: OPML in and out.

A flat tokenizer reads the `<outline>` elements, so a list with a bare `&`, without an end or with entity declarations
is read all the same, and nothing in it is ever expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin

from labtape.exceptions import ReadError
from labtape.read.charset import decode, unpacked
from labtape.read.markup import clean_line, quoted, tame
from labtape.types import Feed

_LIST = re.compile(r"<(?:opml|outline)[\s>/]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?|file)://?\S+", re.IGNORECASE)


def is_opml(text: str) -> bool:
    """Tell whether a document is a list of feeds; an OPML element comes before any other but the head's."""
    return _LIST.search(text[:4096]) is not None and "<opml" in text[:4096].lower()


def read_opml(body: bytes, *, source: str, base: str | None = None) -> tuple[Feed, ...]:
    """Give the feeds of a list in its order, each address once; folders become `category` ("a/b").

    Outlines without the address of a feed are left out; relative ones too, unless `base` is the address of the list.
    Raises `ReadError` when there is no outline at all.
    """
    text = decode(unpacked(body))
    if not _LIST.search(text):
        what = "is empty" if not text.strip() else "is not an OPML list"
        raise ReadError(f'{source}: {what}; would read <opml> with <outline xmlUrl="…"> lines')
    reader = _Outlines(base)
    reader.feed(tame(text))
    reader.close()
    first: dict[str, Feed] = {}
    for feed in reader.feeds:
        first.setdefault(feed.url, feed)
    return tuple(first.values())


def write_opml(feeds: Iterable[Feed]) -> bytes:
    """Give an OPML 2.0 list of the feeds, in order, grouped by category in the order these first appear."""
    groups: dict[str, list[Feed]] = {}
    for feed in feeds:
        groups.setdefault(feed.category or "", []).append(feed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "  <head><title>labtape feeds</title></head>",
    ]
    lines.append("  <body>")
    for category, members in groups.items():
        path = [part for part in category.split("/") if part]
        lines += [f"{'  ' * (depth + 2)}<outline text={quoted(part)}>" for depth, part in enumerate(path)]
        lines += [f"{'  ' * (len(path) + 2)}{_outline(feed)}" for feed in members]
        lines += [f"{'  ' * (depth + 2)}</outline>" for depth in reversed(range(len(path)))]
    lines += ["  </body>", "</opml>", ""]
    return "\n".join(lines).encode()


def _outline(feed: Feed) -> str:
    title = feed.title or feed.url
    values = {"type": "rss", "text": title, "title": feed.title, "xmlUrl": feed.url}
    values |= {"language": feed.language, "publisher": feed.publisher}
    written = " ".join(f"{name}={quoted(clean_line(value))}" for name, value in values.items() if value)
    return f"<outline {written}/>"


def _web_address(address: str) -> str:
    """Give the http address behind the `feed:` scheme of old readers."""
    if address.startswith("feed://"):
        return "http://" + address.removeprefix("feed://")
    return address.removeprefix("feed:")


class _Outlines(HTMLParser):
    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """Do nothing: a list has no scripts, so no element in it swallows what follows."""

    def __init__(self, base: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self.feeds: list[Feed] = []
        self._folders: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "outline":
            self._folders.append(self._take(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "outline":
            self._take(attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "outline" and self._folders:
            self._folders.pop()

    def _take(self, attrs: list[tuple[str, str | None]]) -> str | None:
        """Keep the feed of an outline; give the name of the folder when it is none."""
        of = {name: clean_line(value or "") for name, value in attrs}
        title = of.get("title") or of.get("text") or None
        address = _web_address(of.get("xmlurl", ""))
        if self._base and address and not _SCHEME.match(address):
            address = urljoin(self._base, address)
        if not _ADDRESS.fullmatch(address):
            return title if not of.get("xmlurl") else None
        self.feeds.append(
            Feed(
                url=address,
                title=title,
                publisher=of.get("publisher") or None,
                language=of.get("language") or None,
                category="/".join(name for name in self._folders if name) or of.get("category") or None,
            )
        )
        return None
