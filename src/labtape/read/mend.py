"""What is broken in a feed in ways that can only mean one thing, put right before it is read.

An entry that does not end before the next begins, an `&` that starts no reference, a reference that HTML knows and XML
does not, a `<` that starts no tag, and what stands behind the end of the feed. Marked sections stay as they are.
"""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(
    r"<!\[CDATA\[|<!--|<(/?)((?:[A-Za-z][\w.-]{0,40}:)?(?:item|entry))(?=[\s>/])", re.IGNORECASE
)
_CHANNEL_END = re.compile(r"</(?:channel|rss|feed|rdf:rdf)\s{0,9}>", re.IGNORECASE)
_LAST_END = ("</rss>", "</feed>", "</rdf:RDF>", "</rdf:rdf>", "</RSS>", "</RDF>")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:([A-Za-z]\w{1,30});)?"
)
_LESS_THAN = re.compile(r"<(?![A-Za-z_/!?])")


def mended(document: str) -> str:
    """Give the document with what is plainly broken put right; the same one where nothing is.

    >>> mended("<rss><channel><item><title>R&D&nbsp;1 < 2</title><item><title>b</title></item></channel></rss> ?")
    '<rss><channel><item><title>R&amp;D\\xa01 &lt; 2</title></item><item><title>b</title></item></channel></rss>'
    """
    return _closed(_escaped(_without_tail(document)))


def _without_tail(document: str) -> str:
    """Give the document up to the end of its root, unless entries follow there."""
    end = max(document.rfind(mark) + len(mark) if mark in document else 0 for mark in _LAST_END)
    tail = document[end:]
    return document if not end or "<item" in tail or "<entry" in tail else document[:end]


def _escaped(document: str) -> str:
    pieces = document.split("<![CDATA[")
    mended = [_plain_escaped(pieces[0])]
    for piece in pieces[1:]:
        section, mark, rest = piece.partition("]]>")
        mended.append(f"<![CDATA[{section}{mark}{_plain_escaped(rest)}")
    return "".join(mended)


def _plain_escaped(text: str) -> str:
    if "&" in text:
        text = _AMPERSAND.sub(_reference, text)
    return _LESS_THAN.sub("&lt;", text)


def _reference(found: re.Match[str]) -> str:
    name = found.group(1)
    if not name:
        return "&amp;"
    character = html.unescape(f"&{name};")
    return f"&amp;{name};" if character.startswith("&") else character


def _closed(document: str) -> str:
    """Give the document with every entry closed where the next one begins, or where its channel ends."""
    pieces, at, copied, is_open = [], 0, 0, ""
    while token := _TOKEN.search(document, at):
        at = token.end()
        start = token.group(0)
        if start in ("<![CDATA[", "<!--"):
            end = document.find("]]>" if start == "<![CDATA[" else "-->", at)
            at = end + 3 if end >= 0 else len(document)
            continue
        if token.group(1):
            is_open = ""
            continue
        if is_open:
            pieces += [document[copied : token.start()], f"</{is_open}>"]
            copied = token.start()
        tag_end = document.find(">", at)
        is_open = "" if document[tag_end - 1 : tag_end] == "/" else token.group(2)
    last = _CHANNEL_END.search(document, max(at, copied)) if is_open else None
    if last:
        pieces += [document[copied : last.start()], f"</{is_open}>"]
        copied = last.start()
    return "".join(pieces) + document[copied:]
