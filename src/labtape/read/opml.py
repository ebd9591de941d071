"""Lists of feeds: OPML in and out.

A flat tokenizer reads the `<outline>` elements, so a list with a bare `&`, without an end or with entity declarations
is read all the same, and nothing in it is ever expanded.

An address has one spelling here: scheme and host in small letters, no port that goes without saying, no fragment, no
password. A list comes from anywhere, so it may not name any file of this machine: only files beside it or below, that are there.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from labtape.exceptions import ReadError
from labtape.read.charset import decode, unpacked
from labtape.read.markup import clean_line, quoted, tame
from labtape.types import Feed

_LIST = re.compile(r"<(?:opml|outline)[\s>/]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WEB = re.compile(r"(https?)://(?:([^/?#]*)@)?([^/?#@]*)([^#]*)(?:#.*)?", re.IGNORECASE)
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:\[\]\\<>^`{|}]+)(?::(\d{0,5}))?", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#]*@")
_PORTS = {"http": "80", "https": "443"}
_LIKE_A_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d+)?(?:[/?#]|$)")
_NO_TLD = ("xml", "rss", "atom", "rdf", "json", "opml", "gz", "txt", "html", "htm", "csv", "md")
_SHOWN = 200  # characters of an address that is no good


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a list names and no feed can be: the address as written, without its password, or the title; and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class FeedList:
    """A list, read: its feeds in order, each address once, and what became of the rest.

    `n_again` entries have an address that came before. `without_password` are the feeds whose addresses named a user, which is
    not sent and so not kept. `is_cut` says that the list ends before its own end.
    """

    feeds: tuple[Feed, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    n_again: int = 0
    without_password: tuple[str, ...] = ()
    is_cut: bool = False


def is_opml(text: str) -> bool:
    """Tell whether a document is a list of feeds; an OPML element comes before any other but the head's."""
    return _LIST.search(text[:4096]) is not None and "<opml" in text[:4096].lower()


def read_opml(body: bytes, *, source: str, base: str | None = None) -> tuple[Feed, ...]:
    """Give the feeds of a list in its order, each address once; folders become `category` ("a/b").

    Outlines without the address of a feed are left out (`read_list` names them); relative ones too, unless `base` is the
    address of the list, and files that do not lie beside it or below. Raises `ReadError` when there is no outline at all.
    """
    return read_list(body, source=source, base=base).feeds


def read_list(body: bytes, *, source: str, base: str | None = None) -> FeedList:
    """Give the feeds of a list as `read_opml` does, and what was left out of it, with reasons."""
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
    lowered = text.lower()
    return FeedList(
        feeds=tuple(first.values()),
        left_out=tuple(dict.fromkeys(reader.left_out)),
        n_again=len(reader.feeds) - len(first),
        without_password=tuple(dict.fromkeys(reader.without_password)),
        is_cut="<opml" in lowered and "</opml" not in lowered,
    )


def web_address(address: str) -> str | None:
    """Give the one spelling of a web address, without user and password; None when it is no address of the web.

    >>> web_address("HTTPS://me:secret@C.example:443/Rss?a#top"), web_address("http://c.example")
    ('https://c.example/Rss?a', 'http://c.example/')
    >>> web_address("c.example/rss"), web_address("http:///rss"), web_address("ftp://c.example/rss")
    (None, None, None)
    """
    parts = _WEB.fullmatch(address)
    if parts is None or re.search(r"\s", address):
        return None
    scheme, _, place, rest = parts.groups()
    host = _HOST.fullmatch(place)
    if host is None or int(host[2] or 0) > 65535:
        return None
    scheme = scheme.lower()
    port = "" if host[2] in (None, "", _PORTS[scheme]) else f":{host[2]}"
    return f"{scheme}://{host[1].lower()}{port}{rest if rest.startswith('/') else f'/{rest}'}"


def without_password(address: str) -> str:
    """Give an address as it may be shown.

    >>> without_password("ftp://me:secret@c.example/rss")
    'ftp://c.example/rss'
    """
    return _USER.sub("", address)


def meant_address(text: str) -> str | None:
    """Give the web address somebody meant who left its scheme out; None when it looks like none.

    >>> meant_address("c.example/rss"), meant_address("//c.example/rss"), meant_address("wire.xml")
    ('https://c.example/rss', 'https://c.example/rss', None)
    """
    bare = text.removeprefix("//")
    found = _LIKE_A_HOST.match(bare)
    if not found or (found[0] == bare and bare.lower().rpartition(".")[2] in _NO_TLD):
        return None
    return web_address(f"https://{bare}")


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


def _without_feed_scheme(address: str) -> str:
    """Give the http address behind the `feed:` scheme of old readers."""
    if address.lower().startswith("feed://"):
        return "http://" + address[len("feed://") :]
    return address[len("feed:") :] if address.lower().startswith("feed:") else address


def _located(address: str, base: str | None) -> str | LeftOut:
    """Give the address of a feed as a list names it, in its one spelling; or why it cannot be had."""
    shown = without_password(address)[:_SHOWN]
    if re.match(r"https?:", address, re.IGNORECASE):
        return web_address(address) or LeftOut(shown, "no web address; would read https://host/path")
    is_file = re.match(r"file:", address, re.IGNORECASE)
    if not is_file and _SCHEME.match(address):
        return LeftOut(shown, "no address of the web (http, https)")
    if base and not base.lower().startswith("file:") and not is_file:
        return web_address(_joined(base, address)) or LeftOut(shown, "no address of the web (http, https)")
    file = _file_below(address, base) if base and not address.startswith("//") else None
    if file:
        return file
    meant = None if is_file else meant_address(address)
    if meant:
        return LeftOut(shown, f"without https://; did you mean {meant}?")
    return LeftOut(shown, "no file beside the list or below its folder, and no web address")


def _joined(base: str, address: str) -> str:
    """Give where an address leads from another one; nowhere ("") when it is no address at all."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _file_below(address: str, list_address: str) -> str | None:
    """Give the address of a file that is there, beside the list or below its folder, also once links are followed."""
    there = urlsplit(_joined(list_address, address))
    path = unquote(there.path)
    is_there = os.path.isfile(path)  # noqa: PTH113  # says no, and raises nothing, for names no file can have
    if there.netloc not in ("", "localhost") or not is_there:
        return None
    folder = Path(os.path.realpath(unquote(urlsplit(list_address).path))).parent
    file = Path(os.path.realpath(path))
    return file.as_uri() if file.is_relative_to(folder) else None


class _Outlines(HTMLParser):
    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """Do nothing: a list has no scripts, so no element in it swallows what follows."""

    def __init__(self, base: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self.feeds: list[Feed] = []
        self.left_out: list[LeftOut] = []
        self.without_password: list[str] = []
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
        named = _without_feed_scheme(of.get("xmlurl", ""))
        if not named:
            if of.get("htmlurl") or of.get("type", "").lower() in ("rss", "atom"):
                self.left_out.append(
                    LeftOut((title or of.get("htmlurl") or "an entry")[:_SHOWN], "without xmlUrl")
                )
            return title
        address = _located(named, self._base)
        if isinstance(address, LeftOut):
            self.left_out.append(address)
            return None
        if without_password(named) != named:
            self.without_password.append(address)
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
