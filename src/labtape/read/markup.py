"""What does this HTML say when read aloud?

A flat tokenizer (the standard library's), so that fifty thousand nested `<div>` are as cheap as one.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from labtape.read.identity import web_address

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "tfoot", "thead", "tr", "ul",
})  # fmt: skip
_SILENT = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "audio", "video", "canvas",
    "select", "textarea", "head",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACE = re.compile(r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_LINE_SPACE = re.compile(r"[ \t\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_BLOCK_TAG = re.compile(r"<\s*/?\s*(?:" + "|".join(sorted(_BLOCKS)) + r")\b", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&(?:amp;)?lt;/?(?:p|a|br|b|i|div|img|span|strong|em|ul|li|h\d)\b", re.IGNORECASE)
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)


def plain_text(markup: str) -> str:
    """Give the words of HTML: block elements become lines, entities characters, scripts nothing.

    Text without any block element keeps its own lines, as feeds send plain text in the same field.

    >>> plain_text("<p>Tom &amp; Ann&nbsp;said:</p><ul><li>one<li>two</ul><script>x()</script>")
    'Tom & Ann said:\\none\\ntwo'
    >>> plain_text("first line\\n\\nsecond   line, 3 < 4")
    'first line\\nsecond line, 3 < 4'
    >>> plain_text("&lt;p&gt;escaped twice&lt;/p&gt;")
    'escaped twice'
    """
    if not _TAG.search(markup) and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)
    if not _TAG.search(markup):
        return _joined(html.unescape(markup).split("\n"))
    reader = _Words(keep_lines=not _BLOCK_TAG.search(markup))
    reader.feed(tame(markup))
    reader.close()
    return _joined("".join(reader.pieces).split("\n"))


def one_line(markup: str) -> str:
    """Give the words of HTML on a single line, as a title needs them.

    >>> one_line(" Qwen &amp; <b>DeepSeek</b><br>rise ")
    'Qwen & DeepSeek rise'
    """
    return plain_text(markup).replace("\n", " ")


def clean_line(text: str) -> str:
    """Give plain text on one line, without invisible characters; markup in it stays as it is."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def advertised_feeds(page: str, url: str) -> tuple[str, ...]:
    """Give the addresses of the feeds that an HTML page names in its `<link rel=alternate>`."""
    reader = _Links()
    reader.feed(tame(page[:500_000]))
    reader.close()
    found = (web_address(url, href.strip()) for href in reader.links)
    return tuple(dict.fromkeys(address for address in found if address))


def tame(markup: str) -> str:
    """Take away what the tokenizer reads again and again or stops at: comments, tags without end, marked sections."""
    markup = markup.replace("<![CDATA[", "").replace("]]>", "").replace("<![", "<!")
    pieces, at = [], 0
    while (start := markup.find("<!--", at)) >= 0:
        end = markup.find("-->", start + 4)
        pieces.append(markup[at:start])
        at = end + 3 if end >= 0 else len(markup)
    rest = "".join(pieces) + markup[at:]
    last = rest.rfind(">") + 1
    return rest[:last] + rest[last:].replace("<", "&lt;")


def _joined(lines: list[str]) -> str:
    cleaned = (_LINE_SPACE.sub(" ", _INVISIBLE.sub("", line)).strip() for line in lines)
    return "\n".join(line for line in cleaned if line)


class _Words(HTMLParser):
    def __init__(self, *, keep_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._keep_lines = keep_lines
        self._silent: str | None = None  # the element that is being skipped; its end ends the silence
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent:
            return
        if tag in _SILENT:
            self._silent = tag
        elif tag in _BLOCKS:
            self.pieces.append("\n")
            self._pre += tag == "pre"
        elif tag in _CELLS:
            self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._silent and tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._silent == tag or (self._silent == "head" and tag == "html"):
            self._silent = None
        elif not self._silent and tag in _BLOCKS:
            self.pieces.append("\n")
            self._pre = max(0, self._pre - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data if self._keep_lines or self._pre else _SPACE.sub(" ", data))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "link":
            return
        of = {name: value or "" for name, value in attrs}
        is_feed = of.get("type", "").split(";")[0].strip().lower() in _FEED_TYPES
        if is_feed and "alternate" in of.get("rel", "").lower().split() and of.get("href"):
            self.links.append(of["href"])
