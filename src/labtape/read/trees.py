"""One XML document as libxml2 gives it: its names by namespace, and its texts as they are meant.

What `elements` asks of an element: how it is called whatever its prefix, in which language it is, and its words, with marked
sections back in their places, or its markup written out as HTML.
"""

from __future__ import annotations

import binascii
import html
from base64 import decodebytes
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from labtape.read.charset import MISREAD
from labtape.read.markup import looks_like_html, quoted

# Any: lxml has no types of its own, and the values are texts, or lists and dictionaries of texts.
Values = dict[str, Any]
Element = Any

LIFTED = "\ue000"  # stands on both sides of the number of a marked section
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Namespaces by the prefix their names are known under here; others keep the prefix of the document.
_PREFIXES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
}
TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
XHTML = "application/xhtml+xml"
HTML_TYPES = frozenset({XHTML, "text/html"})
# What servers mean by the control characters U+0080 to U+009F, written as references.
_CP1252 = MISREAD | {0x85: "…"}


class Tree:
    """What holds for all elements of one document."""

    def __init__(self, *, has_bases: bool, has_windows: bool, sections: Sequence[str]) -> None:
        self.sections = sections
        self.has_bases = has_bases
        self.has_windows = has_windows
        self.is_atom = False
        self._names: dict[str, str] = {}
        self._local_names: dict[str, str] = {}
        self._languages: dict[Element, str] = {}

    def name(self, element: Element) -> str:
        """Give an element's name as `prefix:name`, in small letters, its prefix by namespace; none of a reference."""
        tag = element.tag
        known = self._names.get(tag)
        if known is None:
            known = self._names[tag] = _named(tag, element.prefix) if isinstance(tag, str) else ""
        return known

    def local_name(self, element: Element) -> str:
        """Give an element's name without its prefix."""
        tag = element.tag
        known = self._local_names.get(tag)
        if known is None:
            known = self._local_names[tag] = self.name(element).rpartition(":")[2]
        return known

    def language_around(self, element: Element) -> str:
        """Give the language that is stated by the elements around an entry."""
        around = element.getparent()
        known = self._languages.get(around)
        if known is None:
            stated = (language_of(parent) for parent in element.iterancestors())
            known = self._languages[around] = next((language for language in stated if language), "")
        return known

    def whole(self, text: str) -> str:
        """Give a text with its marked sections back in their places."""
        if text.isascii() or not self.sections or LIFTED not in text:
            return text
        pieces = text.split(LIFTED)
        if len(pieces) == 3 and not (pieces[0] or pieces[2]):
            return self.sections[int(pieces[1])]
        pieces[1::2] = [self.sections[int(n)] for n in pieces[1::2]]
        return "".join(pieces)

    def resolved(self, element: Element, link: str) -> str:
        """Give a link joined to the `xml:base` it stands under, if any."""
        if not self.has_bases or not element.base:
            return link
        try:
            return urljoin(str(element.base), link)
        except ValueError:
            return ""


def _named(tag: str, prefix: str | None) -> str:
    space, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    if not space:
        return local.lower()  # an undeclared prefix stays in the name
    if "backend.userland.com/rss" in space.lower():
        space = ""
    known = _PREFIXES.get(space.lower(), prefix or "").lower()
    return f"{known}:{local}".lower() if known else local.lower()


def language_of(element: Element) -> str:
    if not element.keys():
        return ""
    return str(element.get(_XML_LANG) or element.get("lang") or "")


def text_of(element: Element, tree: Tree) -> str:
    """Give an element's own words, without those of elements inside."""
    text = element.text or ""
    if len(element):
        text = "".join((text, *(child.tail or "" for child in element)))
    return _cleaned(tree.whole(text), tree)


def _cleaned(text: str, tree: Tree) -> str:
    """Give a text without white space around, and without the two commonest slips of encoding."""
    text = text.strip()
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return text.translate(_CP1252) if tree.has_windows else text


def construct(element: Element, tree: Tree, default: str) -> Values:
    """Give a text construct: its type, which may have to be guessed, and its value, inline markup written out."""
    if default != XHTML and not element.keys() and not len(element):  # as nine in ten are
        value = _cleaned(tree.whole(element.text or ""), tree)
        is_html = default == "text/plain" and not tree.is_atom and looks_like_html(value)
        return {"type": "text/html" if is_html else default, "value": value}
    stated = (element.get("type") or default).lower()
    kind = TYPES.get(stated, stated)
    if len(element):
        value, kind = _inline(element, kind, tree)
    else:
        value = tree.whole(element.text or "")
        if kind == XHTML:
            value = html.escape(value, quote=False)
    if element.get("mode") == "base64" or (
        not kind.startswith("text/") and not kind.endswith(("+xml", "/xml"))
    ):
        value = _from_base64(value)
    value = _cleaned(value, tree)
    if kind == "text/plain" and not tree.is_atom and looks_like_html(value):
        kind = "text/html"
    return {"type": kind, "value": value}


def _from_base64(value: str) -> str:
    try:
        return decodebytes(value.encode()).decode()
    except (binascii.Error, UnicodeDecodeError):
        return value


def _inline(element: Element, kind: str, tree: Tree) -> tuple[str, str]:
    """Give the markup inside an element as it would be written in HTML, without prefixes, and what type that is.

    An element declared as escaped text keeps its words as they are up to the first tag that is no wrapping `<div>`.
    """
    is_escaped = not kind.endswith("xml")
    first = tree.whole(element.text or "")
    pieces = [first if is_escaped else html.escape(first, quote=False)]
    around: list[tuple[Iterator[Element], str, str]] = []  # no recursion: markup may be nested deeply
    children = iter(element)
    while True:
        inner = next(children, None)
        if inner is not None:
            name = tree.local_name(inner)
            if not name:
                continue
            around.append((children, name, inner.tail or ""))
            children, words, tag = iter(inner), inner.text or "", name
            if (not is_escaped or name != "div") and (attributes := inner.items()):
                written = (f" {_named(of, None)}={quoted(value)}" for of, value in attributes)
                tag = f"{name}{''.join(written)}"
        elif around:
            children, name, words = around.pop()
            tag = f"/{name}"
        else:
            break
        is_escaped = is_escaped and name == "div"
        words = tree.whole(words)
        if not is_escaped:
            needs_escape = "&" in words or "<" in words or ">" in words
            words = f"<{tag}>{html.escape(words, quote=False) if needs_escape else words}"
        pieces.append(words)
    return "".join(pieces), kind if is_escaped else XHTML
