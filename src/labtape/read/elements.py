"""What an XML feed says of each entry, straight from its elements.

The reader of well-formed documents: libxml2 builds the tree, and the elements of an entry are taken as feedparser takes
them (which of two titles counts, what a second description is, when a title is HTML), in the same shape of dictionary,
so that `feeds` makes entries of either. The rules that look odd are feedparser's; tests/read/test_read_referee.py
compares both on every feed there is. Nothing is expanded, opened or fetched: no document type reaches this parser.
"""

from __future__ import annotations

import binascii
import html
import re
from base64 import decodebytes
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from labtape.read.charset import MISREAD
from labtape.read.markup import looks_like_html, quoted

# Any: lxml has no types of its own, and the values are texts, or lists and dictionaries of texts.
Values = dict[str, Any]
Element = Any

MOST_ENTRIES = 10_000  # of one document; the longest archives that are published as a feed have half of it
_LIFTED = "\ue000"  # stands on both sides of the number of a marked section
_LONG = 200  # characters; shorter sections are not worth it
_DEEPEST = 4  # levels below an entry that are looked at: media:group/media:content/media:title
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
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
_ROOTS = frozenset({"rss", "rdf:rdf", "feed", "channel"})
_PARENTS = _ROOTS | {"items"}
_CLOSED = frozenset({"contributor", "image", "textinput", "itunes:owner", "item", "entry"})
_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
_XHTML = "application/xhtml+xml"
_HTML_TYPES = frozenset({_XHTML, "text/html"})
# What servers mean by the control characters U+0080 to U+009F, written as references.
_CP1252 = MISREAD | {0x85: "…"}
_WINDOWS = re.compile(rb"&#(?:12[89]|1[345]\d|[xX]0*[89][0-9a-fA-F]);")
_PAIR = re.compile(r"&([A-Za-z0-9_]+);")
_MAIL = re.compile(r"[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?:\?subject=\S+)?")


@dataclass(frozen=True, slots=True)
class Elements:
    """What a document says of its feed and of each entry. `is_whole` is false where the parser met an error."""

    feed: Values
    items: list[Values]
    is_whole: bool
    n_left_out: int = 0


def read_elements(document: str) -> Elements | None:
    """Give what is in a document without a document type, or None where it has no root that a feed has.

    A broken document gives what could be read of it, up to where it ends for libxml2.
    """
    outlined, sections = _lifted(document)
    found = _read(outlined, sections) if sections else None
    return found if found is not None and found.is_whole else _read(document, ())


def _lifted(document: str) -> tuple[str, Sequence[str]]:
    """Give the document with a number in the place of each long marked section, and these sections.

    libxml2 goes through such a section character by character, and they are most of a feed. One that is none (in a
    comment, within another) leaves a document that is not well-formed, which is then read as it stands.
    """
    if "<![CDATA[" not in document or _LIFTED in document:
        return document, ()
    first, *others = document.split("<![CDATA[")
    pieces: list[str] = [first]
    sections: list[str] = []
    for other in others:
        section, end, rest = other.partition("]]>")
        if end and len(section) >= _LONG:
            pieces.append(f"{_LIFTED}{len(sections)}{_LIFTED}{rest}")
            sections.append(section)
        else:
            pieces.append(f"<![CDATA[{other}")
    return "".join(pieces), sections


def _read(text: str, sections: Sequence[str]) -> Elements | None:
    from lxml import etree  # type: ignore[import-untyped]  # it has no types

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False, collect_ids=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    document = text.encode("utf-8", "replace")
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    tree = _Tree(
        has_bases=b"xml:base" in document,
        has_windows=_WINDOWS.search(document) is not None,
        sections=sections,
    )
    if tree.name(root) not in _ROOTS:
        return None
    tree.is_atom = tree.name(root) == "feed"
    faults = [
        e for e in parser.error_log if e.level > etree.ErrorLevels.WARNING and e.domain_name != "NAMESPACE"
    ]
    found = [item for item in root.iter("{*}item", "{*}entry") if tree.name(item) in ("item", "entry")]
    whole = not faults and next(root.iter(etree.Entity), None) is None
    whole = whole and all(tree.name(item.getparent()) in _PARENTS for item in found)
    feed = _feed(root, tree)
    items = [_item(element, tree) for element in found[:MOST_ENTRIES]]
    return Elements(feed, items, whole, max(0, len(found) - MOST_ENTRIES))


class _Tree:
    """What holds for all elements of one document."""

    def __init__(self, *, has_bases: bool, has_windows: bool, sections: Sequence[str]) -> None:
        self.sections = sections
        self.has_bases = has_bases
        self.has_windows = has_windows
        self.is_atom = False
        self.takers: dict[str, Callable[[_Item, Element, int], None] | None] = {}
        self._names: dict[str, str] = {}
        self._languages: dict[Element, str] = {}

    def name(self, element: Element) -> str:
        """Give an element's name as `prefix:name`, in small letters, its prefix by namespace; none of a reference."""
        tag = element.tag
        known = self._names.get(tag)
        if known is None:
            known = self._names[tag] = _named(tag, element.prefix) if isinstance(tag, str) else ""
        return known

    def language_around(self, element: Element) -> str:
        """Give the language that is stated by the elements around an entry."""
        around = element.getparent()
        known = self._languages.get(around)
        if known is None:
            stated = (_language(parent) for parent in element.iterancestors())
            known = self._languages[around] = next((language for language in stated if language), "")
        return known

    def whole(self, text: str) -> str:
        """Give a text with its marked sections back in their places."""
        if not self.sections or _LIFTED not in text:
            return text
        pieces = text.split(_LIFTED)
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


# ---------------------------------------------------------------- the feed itself


def _feed(root: Element, tree: _Tree) -> Values:
    """Give title, link and language, as they stand directly below the channel."""
    values: Values = {}
    language = _language(root)
    if language:
        values["language"] = language.replace("_", "-")
    for place in (root, *(child for child in root if tree.name(child) == "channel")):
        for child in place:
            name = tree.name(child)
            if name in ("title", "dc:title"):
                values["title"] = values.get("title") or _construct(child, tree, "text/plain")["value"]
            elif name == "link":
                _take_link(values, child, tree)
            elif name in ("language", "dc:language"):
                values["language"] = _text(child, tree)
            elif name in ("pubdate", "lastbuilddate", "updated", "dc:date"):
                values["updated"] = _text(child, tree)
    return values


def _language(element: Element) -> str:
    return str(element.get(_XML_LANG) or element.get("lang") or "")


# ---------------------------------------------------------------- an entry


def _item(element: Element, tree: _Tree) -> Values:
    item = _Item(tree)
    if about := element.get(_RDF_ABOUT):
        item.values["id"] = about
    _take_children(item, element, 1)
    detail = item.values.get("title_detail")
    if detail is not None and not detail["language"]:
        detail["language"] = _language(element) or tree.language_around(element)
    return item.values


def _take_children(item: _Item, element: Element, depth: int) -> None:
    tree = item.tree
    takers = tree.takers
    for child in element:
        tag = child.tag
        try:
            take = takers[tag]
        except KeyError:
            take = takers[tag] = _TAKERS.get(tree.name(child))
        if take is not None:
            take(item, child, depth)
        elif len(child) and depth < _DEEPEST and tree.name(child) not in _CLOSED:
            _take_children(item, child, depth + 1)


class _Item:
    """An entry in the making."""

    __slots__ = ("depths", "has_content", "title_depth", "tree", "values")

    def __init__(self, tree: _Tree) -> None:
        self.tree = tree
        self.values: Values = {}
        self.depths: dict[str, int] = {}
        self.has_content = False
        self.title_depth = 0

    def store(self, name: str, value: str, depth: int, detail: Values | None = None) -> None:
        """Keep a value, unless one from nearer the entry is there."""
        if depth <= self.depths.get(name, depth):
            self.depths[name] = depth
            self.values[name] = value
        if detail is not None:
            self.values[f"{name}_detail"] = detail


def _title(item: _Item, element: Element, depth: int) -> None:
    detail = _construct(element, item.tree, "text/plain")
    if not item.title_depth or depth < item.title_depth:
        detail["language"] = _language(element)
        item.store("title", detail["value"], depth, detail)
    if detail["value"] and item.tree.name(element) != "media:title":
        item.title_depth = depth


def _described(default: str) -> Callable[[_Item, Element, int], None]:
    """Give what takes a description: the first is the summary, a second one the content."""

    def take(item: _Item, element: Element, depth: int) -> None:
        if "summary" in item.values and not item.has_content:
            _content(item, element, depth)
            return
        detail = _construct(element, item.tree, default)
        item.store("summary", detail["value"], depth, detail)

    return take


def _abstract(item: _Item, element: Element, depth: int) -> None:
    detail = _construct(element, item.tree, "text/plain")
    item.store("summary", detail["value"], depth, detail)


def _contents(default: str) -> Callable[[_Item, Element, int], None]:
    def take(item: _Item, element: Element, depth: int) -> None:
        item.has_content = item.has_content or default != _XHTML
        detail = _construct(element, item.tree, default)
        item.values.setdefault("content", []).append(detail)
        if detail["type"] == "text/plain" or detail["type"] in _HTML_TYPES:
            item.values.setdefault("summary", detail["value"])

    return take


_content = _contents("text/plain")


def _guid(item: _Item, element: Element, depth: int) -> None:
    value = _text(element, item.tree)
    is_link = all(of == "true" for attribute, of in element.items() if attribute.lower() == "ispermalink")
    item.store("id", item.tree.resolved(element, value) if is_link and value else value, depth)
    if is_link:
        item.values.setdefault("link", item.values["id"])


def _link(item: _Item, element: Element, depth: int) -> None:
    _take_link(item.values, element, item.tree)


def _take_link(values: Values, element: Element, tree: _Tree) -> None:
    attributes = {name.lower(): value for name, value in element.items()}
    rel, kind = attributes.get("rel", "alternate").lower(), attributes.get("type", "text/html").lower()
    href = attributes.get("url") or attributes.get("uri") or attributes.get("href")
    link = {"rel": rel}
    values.setdefault("links", []).append(link)
    if href:
        link["href"] = tree.resolved(element, href)
        if rel == "alternate" and _TYPES.get(kind, kind) in _HTML_TYPES:
            values["link"] = link["href"]
        return
    text = _text(element, tree)
    address = tree.resolved(element, text) if text else ""
    if "&" in address:
        address = _PAIR.sub(r"&\1", address.replace("&amp;", "&"))
    values["link"] = found = address
    if found:
        link["href"] = found


def _dated(name: str) -> Callable[[_Item, Element, int], None]:
    def take(item: _Item, element: Element, depth: int) -> None:
        item.store(name, _text(element, item.tree), depth)

    return take


def _author(item: _Item, element: Element, depth: int) -> None:
    names = [_text(child, item.tree) for child in element if item.tree.name(child) in ("name", "itunes:name")]
    name = names[-1] if names else _without_mail(_text(element, item.tree)) if not len(element) else ""
    item.values.setdefault("authors", []).append({"name": name})


def _without_mail(text: str) -> str:
    found = _MAIL.search(text) if "@" in text else None
    if found is None:
        return text
    rest = (
        text.replace(found.group(0), "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
    )
    return rest.removeprefix("(").removesuffix(")").strip()


def _category(item: _Item, element: Element, depth: int) -> None:
    term = element.get("term") or _text(element, item.tree) or element.get("text")
    if term:
        item.values.setdefault("tags", []).append({"term": term})
    for child in element:
        if item.tree.name(child) == "itunes:category":
            _category(item, child, depth + 1)


def _keywords(item: _Item, element: Element, depth: int) -> None:
    words = map(str.strip, _text(element, item.tree).split(","))
    item.values.setdefault("tags", []).extend({"term": word} for word in words if word)


def _source(item: _Item, element: Element, depth: int) -> None:
    named = [child for child in element if item.tree.name(child) in ("title", "dc:title")]
    title = _construct(named[0], item.tree, "text/plain")["value"] if named else _text(element, item.tree)
    item.values["source"] = {"title": title}


_TAKERS: Mapping[str, Callable[[_Item, Element, int], None]] = {
    **dict.fromkeys(("title", "dc:title", "media:title"), _title),
    **dict.fromkeys(("description", "dc:description", "media:description"), _described("text/html")),
    **dict.fromkeys(("summary", "itunes:summary"), _described("text/plain")),
    "abstract": _abstract,
    "content": _content,
    **dict.fromkeys(("content:encoded", "fullitem"), _contents("text/html")),
    **dict.fromkeys(("body", "xhtml:body"), _contents(_XHTML)),
    **dict.fromkeys(("guid", "id"), _guid),
    "link": _link,
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms:issued"), _dated("published")),
    **dict.fromkeys(
        ("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"), _dated("updated")
    ),
    **dict.fromkeys(("created", "dcterms:created"), _dated("created")),
    **dict.fromkeys(("author", "dc:creator", "dc:author", "itunes:author", "managingeditor"), _author),
    **dict.fromkeys(("category", "dc:subject", "keywords", "media:category", "itunes:category"), _category),
    **dict.fromkeys(("itunes:keywords", "media:keywords"), _keywords),
    "source": _source,
}


# ---------------------------------------------------------------- texts


def _text(element: Element, tree: _Tree) -> str:
    """Give an element's own words, without those of elements inside."""
    text = element.text or ""
    if len(element):
        text = "".join((text, *(child.tail or "" for child in element)))
    return _cleaned(tree.whole(text), tree) if text else ""


def _cleaned(text: str, tree: _Tree) -> str:
    """Give a text without white space around, and without the two commonest slips of encoding."""
    text = text.strip()
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return text.translate(_CP1252) if tree.has_windows else text


def _construct(element: Element, tree: _Tree, default: str) -> Values:
    """Give a text construct: its type, which may have to be guessed, and its value, inline markup written out."""
    stated = (element.get("type") or default).lower()
    kind = _TYPES.get(stated, stated)
    if len(element):
        value, kind = _inline(element, kind, tree)
    else:
        value = tree.whole(element.text or "")
        if kind == _XHTML:
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


def _inline(element: Element, kind: str, tree: _Tree) -> tuple[str, str]:
    """Give the markup inside an element as it would be written in HTML, without prefixes, and what type that is.

    An element declared as escaped text keeps its words as they are up to the first tag that is no wrapping `<div>`.
    """
    from lxml import etree

    is_escaped = not kind.endswith("xml")
    first = tree.whole(element.text or "")
    pieces = [first if is_escaped else html.escape(first, quote=False)]
    walk: Iterable[tuple[str, Element]] = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        name = tree.name(inner).rpartition(":")[2]
        if inner is element or not name:
            continue
        is_escaped = is_escaped and name == "div"
        words = tree.whole((inner.text if event == "start" else inner.tail) or "")
        if is_escaped:
            pieces.append(words)
        elif event == "start":
            written = (f" {_named(of, None)}={quoted(value)}" for of, value in inner.items())
            pieces.append(f"<{name}{''.join(written)}>{html.escape(words, quote=False)}")
        else:
            pieces.append(f"</{name}>{html.escape(words, quote=False)}")
    return "".join(pieces), kind if is_escaped else _XHTML
