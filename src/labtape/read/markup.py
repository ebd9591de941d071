"""What does this HTML say when read aloud?

A flat tokenizer (the standard library's), so that fifty thousand nested `<div>` are as cheap as one.
"""

from __future__ import annotations

import html
import re
from html.entities import entitydefs, html5
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
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]")
_SPACE = re.compile(r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
# A tag, its name kept: no `<` inside, quotes that close; or else no quotes to be heeded. Each attempt ends at the next `<`.
# Groups are not possessive: Python before 3.11.5 gets those wrong where a part of them may go back.
_ANY_TAG = r"[^\"'<>]*+(?:\"[^\"<]*+\"[^\"'<>]*+|'[^'<]*+'[^\"'<>]*+)*>"
_SPLIT = re.compile(rf"<([a-zA-Z/!?][a-zA-Z0-9:_.-]*+)(?:>|{_ANY_TAG})")
_REMNANT = re.compile(r"<[a-zA-Z/!?]")
_SILENT_TAG = re.compile(rf"<({'|'.join(sorted(_SILENT))})(?=[\s/>]){_ANY_TAG}", re.IGNORECASE)
_SILENT_ENDS = {
    name: re.compile(rf"</{'(?:head|html)' if name == 'head' else name}(?=[\s/>])[^<>]*+>", re.IGNORECASE)
    for name in _SILENT
}
_PRE = re.compile(r"(</?pre(?=[\s/>]))", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<\s*/?\s*(?:" + "|".join(sorted(_BLOCKS)) + r")\b", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&(?:amp;)?lt;/?(?:p|a|br|b|i|div|img|span|strong|em|ul|li|h\d)\b", re.IGNORECASE)
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)


_HTML_NAMES = frozenset({
    "a", "abbr", "acronym", "address", "area", "article", "aside", "audio", "b", "big", "blockquote", "br",
    "button", "canvas", "caption", "center", "cite", "code", "col", "colgroup", "command", "datagrid",
    "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "em", "event-source",
    "fieldset", "figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "i", "img", "input", "ins", "kbd", "keygen", "label", "legend", "li", "m", "map", "menu",
    "meter", "multicol", "nav", "nextid", "noscript", "ol", "optgroup", "option", "output", "p", "pre",
    "progress", "q", "s", "samp", "section", "select", "small", "sound", "source", "spacer", "span", "strike",
    "strong", "sub", "sup", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "tr", "tt",
    "u", "ul", "var", "video",
})  # fmt: skip
_TAG_NAMES = re.compile(r"</?(\w+)")
_END_TAG = re.compile(r"</\w+>")
_ANY_REFERENCE = re.compile(r"&#?\w+;")
_REFERENCE = re.compile(r"&(?:([#A-Za-z0-9]{1,40});)?")
_ENTITY = re.compile(r"&(\w+);")


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
    if "<" not in markup and "&" not in markup:
        return _lines(markup) if markup else ""
    if not _TAG.search(markup) and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)
    if not _TAG.search(markup):
        return _lines(html.unescape(markup))
    keep_lines = not _BLOCK_TAG.search(markup)
    words = _plain_words(markup, keep_lines=keep_lines)
    if words is None and (tamed := tame(markup)) != markup:
        markup = tamed
        words = _plain_words(markup, keep_lines=keep_lines)
    if words is not None:
        return _tidy_lines(words)
    words = _words(markup, keep_lines=keep_lines)
    return _lines(words if words is not None else words_token_by_token(markup, keep_lines=keep_lines))


def words_token_by_token(markup: str, *, keep_lines: bool) -> str:
    """Give the words of tamed HTML by the standard library's tokenizer: slower, and sure of any tag."""
    reader = _Words(keep_lines=keep_lines)
    reader.feed(markup)
    reader.close()
    return "".join(reader.pieces)


def one_line(markup: str) -> str:
    """Give the words of HTML on a single line, as a title needs them.

    >>> one_line(" Qwen &amp; <b>DeepSeek</b><br>rise ")
    'Qwen & DeepSeek rise'
    """
    return plain_text(markup).replace("\n", " ")


def clean_line(text: str) -> str:
    """Give plain text on one line, without invisible characters; markup in it stays as it is."""
    if not _has_plain_spaces(text):
        text = _INVISIBLE.sub("", text)
    elif "  " not in text and "\n" not in text:
        return text.strip()
    return " ".join(text.split())


def _has_plain_spaces(text: str) -> bool:
    """Tell whether a text has no white space but spaces and line ends, and nothing invisible."""
    if text.isascii():
        return not ("\t" in text or "\r" in text or "\v" in text or "\f" in text)
    return text.replace("\n", "").isprintable()


def looks_like_html(text: str) -> bool:
    """Tell whether what may be either is HTML: it ends an element or names a character, and knows no other names."""
    if "<" not in text and "&" not in text:
        return False
    if not _END_TAG.search(text) and not _ANY_REFERENCE.search(text):
        return False
    if any(name.lower() not in _HTML_NAMES for name in _TAG_NAMES.findall(text)):
        return False
    return all(name in entitydefs for name in _ENTITY.findall(text))


def quoted(value: str) -> str:
    """Give the value of an attribute as it is written in XML and HTML.

    >>> quoted('R&D "lab"')
    '"R&amp;D &quot;lab&quot;"'
    """
    written = html.escape(value, quote=False).replace('"', "&quot;")
    return '"' + written.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;") + '"'


def advertised_feeds(page: str, url: str) -> tuple[str, ...]:
    """Give the addresses of the feeds that an HTML page names in its `<link rel=alternate>`."""
    reader = _Links()
    reader.feed(tame(page[:500_000]))
    reader.close()
    found = (web_address(url, href.strip()) for href in reader.links)
    return tuple(dict.fromkeys(address for address in found if address))


def tame(markup: str) -> str:
    """Take away what the tokenizer reads again and again or stops at: comments, tags without end, marked sections."""
    if not ("!" in markup and "<!" in markup) and not ("]" in markup and "]]>" in markup):
        return _without_open_tags(markup)
    markup = markup.replace("<![CDATA[", "").replace("]]>", "").replace("<![", "<!")
    pieces, at = [], 0
    while (start := markup.find("<!--", at)) >= 0:
        end = markup.find("-->", start + 4)
        pieces.append(markup[at:start])
        at = end + 3 if end >= 0 else len(markup)
    return _without_open_tags("".join(pieces) + markup[at:])


def _without_open_tags(markup: str) -> str:
    last = markup.rfind(">") + 1
    return markup[:last] + markup[last:].replace("<", "&lt;") if "<" in markup[last:] else markup


def _plain_words(markup: str, *, keep_lines: bool) -> str | None:
    """Give the words of HTML that holds nothing out of the ordinary, which is most of it; else None.

    Ordinary are tags that end before the next `<`, elements that are to be read, references to one character, spaces,
    and characters that can be seen; so the words need no second look.
    """
    if not _has_plain_spaces(markup):
        return None
    # Words and tags take turns, unless a `<` or `>` stands alone; then one is met out of turn.
    pieces = (markup if keep_lines else markup.replace("\n", " ")).replace("<", "><").split(">")
    if not len(pieces) % 2:  # the last tag does not end
        return None
    try:
        pieces[1::2] = map(_INSTEAD.__getitem__, pieces[1::2])
        words = "".join(pieces)
        if "<" in words:
            return None
        return _REFERENCE.sub(_character, words) if "&" in words else words
    except KeyError:
        return None


def _words(markup: str, *, keep_lines: bool) -> str | None:
    """Give the words of tamed HTML by cutting it at its tags; None where a tag is not plain to see.

    A tenfold of the tokenizer's speed. Every step goes over the text once, however it is written: a tag ends before
    the next `<`, and what looks like a tag and does not is left to the tokenizer.
    """
    pieces = _SPLIT.split(markup if keep_lines else markup.replace("\n", " "))
    if not _SPECIAL.isdisjoint(map(str.lower, set(pieces[1::2]))):
        markup = _without_silent(markup)
        pieces = _SPLIT.split(markup if keep_lines else _one_line(markup))
    pieces[1::2] = [_INSTEAD_OF_NAME.get(name.lower(), "") for name in pieces[1::2]]
    words = "".join(pieces)
    if "<" in words and _REMNANT.search(words):
        return None
    return html.unescape(words) if "&" in words else words


def _without_silent(markup: str) -> str:
    """Take away the elements that say nothing when read aloud; one that does not end takes all the rest with it."""
    pieces, at = [], 0
    while start := _SILENT_TAG.search(markup, at):
        pieces.append(markup[at : start.start()])
        at = start.end()
        if start.group(0).endswith("/>"):
            continue
        end = _SILENT_ENDS[start.group(1).lower()].search(markup, at)
        at = end.end() if end else len(markup)
    return "".join(pieces) + markup[at:]


def _one_line(markup: str) -> str:
    """Give HTML with its line breaks as spaces, but for those inside `<pre>`."""
    pieces = _PRE.split(markup)
    if len(pieces) == 1:
        return markup.replace("\n", " ")
    depth = 0
    for i, piece in enumerate(pieces):
        if i % 2:
            depth = max(0, depth + (-1 if piece.startswith("</") else 1))
        elif not depth:
            pieces[i] = piece.replace("\n", " ")
    return "".join(pieces)


def _lines(text: str) -> str:
    """Give the lines that hold words, white space in them as single spaces, without invisible characters."""
    if not _has_plain_spaces(text):
        lines = (" ".join(line.split()) for line in _INVISIBLE.sub("", text).split("\n"))
        return "\n".join([line for line in lines if line])
    return _tidy_lines(text)


def _tidy_lines(text: str) -> str:
    """Give the lines that hold words, where white space is spaces and line ends and nothing is invisible."""
    lines = text.split("\n")
    if text.rfind("  ") >= 0:  # two thirds of what `in` takes
        lines = [" ".join(line.split()) if "  " in line else line for line in lines]
    return "\n".join(filter(None, map(str.strip, lines)))


_SPECIAL = _SILENT | {"pre"}  # they need a look before the cut
_INSTEAD_OF_NAME = dict.fromkeys(_CELLS, " ") | {
    f"{end}{name}": "\n" for name in _BLOCKS for end in ("", "/")
}
# A tag up to its `>`: its name, then no quotes, or quotes that close.
_TAG_NAME = re.compile(r"<([a-zA-Z/][a-zA-Z0-9:_.-]*+)[^\"']*+(?:\"[^\"]*+\"[^\"']*+|'[^']*+'[^\"']*+)*")
_NUMBER = re.compile(r"#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})")


class _Instead(dict[str, str]):
    """What a tag stands for, by what is written up to its `>`; KeyError for what needs a second look."""

    def __missing__(self, tag: str) -> str:
        if tag.endswith("]]"):  # the end of a marked section, it may be
            raise KeyError(tag)
        at = tag.find(" ")
        if at > 0 and "'" not in tag and not tag.count('"') % 2:
            return self[tag[:at]]
        found = _TAG_NAME.fullmatch(tag)
        name = found.group(1).lower() if found else ""
        if not name or name in _SPECIAL:
            raise KeyError(tag)
        return _INSTEAD_OF_NAME.get(name, "")


class _Characters(dict[str, str]):
    """What a reference stands for, by what is written between `&` and `;`; KeyError for what needs a second look."""

    def __missing__(self, name: str) -> str:
        character = html.unescape(f"&{name};") if _NUMBER.fullmatch(name) else ""
        if not character or not character.isprintable():
            raise KeyError(name)
        return character


_INLINE = ("a", "b", "cite", "code", "em", "i", "img", "small", "span", "strong", "sub", "sup", "u")
_INSTEAD = _Instead(
    {f"<{end}{name}": "" for name in _INLINE for end in ("", "/")}
    | {f"<{name}": instead for name, instead in _INSTEAD_OF_NAME.items() if name not in _SPECIAL}
)
_CHARACTERS = _Characters(
    {name[:-1]: text for name, text in html5.items() if name.endswith(";") and text.isprintable()}
    | {
        f"#{n}": chr(n)
        for n in (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xC0, 0x180), *range(0x2010, 0x2028))
    }
    | dict.fromkeys(("nbsp", "#160", "#xA0", "#xa0", "ensp", "emsp", "thinsp", "#8201", "#8239"), " ")
    | dict.fromkeys(("shy", "#173", "zwj", "zwnj", "#8203"), "")
)


def _character(found: re.Match[str]) -> str:
    return _CHARACTERS[found[1] or ""]


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
