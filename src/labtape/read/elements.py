"""What an XML feed says of each entry, straight from its elements.

The reader of well-formed documents: libxml2 builds the tree, and the elements of an entry are taken as feedparser takes
them (which of two titles counts, what a second description is, when a title is HTML), in the same shape of dictionary,
so that `feeds` makes entries of either. The rules that look odd are feedparser's; tests/read/test_read_referee.py
compares both on every feed there is. Nothing is expanded, opened or fetched: no document type reaches this parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from labtape.read.trees import (
    HTML_TYPES,
    LIFTED,
    TYPES,
    XHTML,
    Element,
    Tree,
    Values,
    construct,
    language_of,
    text_of,
)

MOST_ENTRIES = 10_000  # of one document; the longest archives that are published as a feed have half of it
_LONG = 200  # bytes; shorter sections are not worth it
_DEEPEST = 4  # levels below an entry that are looked at: media:group/media:content/media:title
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MARK = LIFTED.encode()
_SECTION_END = re.compile(rb"\]\]>")  # in half the time of bytes.find
_ROOTS = frozenset({"rss", "rdf:rdf", "feed", "channel"})
_PARENTS = _ROOTS | {"items"}
_CLOSED = frozenset({"contributor", "image", "textinput", "itunes:owner", "item", "entry"})
_WINDOWS = re.compile(rb"&#(?:12[89]|1[345]\d|[xX]0*[89][0-9a-fA-F]);")
_PAIR = re.compile(r"&([A-Za-z0-9_]+);")
_MAIL = re.compile(r"[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?:\?subject=\S+)?")

_Take = Callable[["_Item", Element, int], None]


@dataclass(frozen=True, slots=True)
class Elements:
    """What a document says of its feed and of each entry. `is_whole` is false where the parser met an error."""

    feed: Values
    items: list[Values]
    is_whole: bool
    n_left_out: int = 0

    @property
    def lacks(self) -> frozenset[str]:
        """Of id, title and date, those that no entry has."""
        names = {"id": ("id",), "title": ("title",), "date": ("published", "updated", "created")}
        return frozenset(
            what
            for what, of in names.items()
            if not any(item.get(name) for item in self.items for name in of)
        )


def read_elements(document: str, *, with_names: bool = True) -> Elements | None:
    """Give what is in a document without a document type, or None where it has no root that a feed has.

    A broken document gives what could be read of it, up to where it ends for libxml2. An article has neither authors nor
    categories: who wants articles passes them over (`with_names=False`).
    """
    body = document.encode("utf-8", "replace")
    outlined, sections = lifted(body)
    texts = [section.decode() for section in sections]
    found = read_outlined(outlined, texts, with_names=with_names) if sections else None
    return found if found is not None and found.is_whole else read_outlined(body, (), with_names=with_names)


def lifted(document: bytes) -> tuple[bytes, Sequence[bytes]]:
    """Give the document with a number in the place of each long marked section, and these sections.

    libxml2 goes through such a section character by character, and they are most of a feed. One that is none (in a
    comment, within another) leaves a document that is not well-formed, which is then read as it stands.
    """
    start = document.find(b"<![CDATA[")
    if start < 0 or (not document.isascii() and _MARK in document):
        return document, ()
    pieces: list[bytes] = []
    sections: list[bytes] = []
    copied = 0
    while start >= 0:
        following = document.find(b"<![CDATA[", start + 9)
        found = _SECTION_END.search(document, start + 9, following if following >= 0 else len(document))
        if found is not None and found.start() - start >= _LONG:
            pieces += document[copied:start], b"%b%d%b" % (_MARK, len(sections), _MARK)
            sections.append(document[start + 9 : found.start()])
            copied = found.end()
        start = following
    return b"".join((*pieces, document[copied:])), sections


def read_outlined(document: bytes, sections: Sequence[str], *, with_names: bool) -> Elements | None:
    """Give what is in a document whose long marked sections were lifted out of it."""
    from lxml import etree  # type: ignore[import-untyped]  # it has no types

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False, collect_ids=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    tree = Tree(
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
    takers = _Takers(_TAKERS if with_names else _TAKERS_BUT_NAMES)
    items = [_item(element, tree, takers) for element in found[:MOST_ENTRIES]]
    return Elements(feed, items, whole, max(0, len(found) - MOST_ENTRIES))


# ---------------------------------------------------------------- the feed itself


def _feed(root: Element, tree: Tree) -> Values:
    """Give title, link and language, as they stand directly below the channel."""
    values: Values = {}
    language = language_of(root)
    if language:
        values["language"] = language.replace("_", "-")
    for place in (root, *(child for child in root if tree.name(child) == "channel")):
        for child in place:
            name = tree.name(child)
            if name in ("title", "dc:title"):
                values["title"] = values.get("title") or construct(child, tree, "text/plain")["value"]
            elif name == "link":
                _take_link(values, child, tree)
            elif name in ("language", "dc:language"):
                values["language"] = text_of(child, tree)
            elif name in ("pubdate", "lastbuilddate", "updated", "dc:date"):
                values["updated"] = text_of(child, tree)
    return values


# ---------------------------------------------------------------- an entry


def _item(element: Element, tree: Tree, takers: _Takers) -> Values:
    item = _Item(tree, takers)
    if about := element.get(_RDF_ABOUT):
        item.values["id"] = about
    _take_children(item, element, 1)
    detail = item.values.get("title_detail")
    if detail is not None and not detail["language"]:
        detail["language"] = language_of(element) or tree.language_around(element)
    return item.values


def _take_children(item: _Item, element: Element, depth: int) -> None:
    tree = item.tree
    takers = item.takers.by_tag
    for child in element:
        tag = child.tag
        try:
            take = takers[tag]
        except KeyError:
            take = takers[tag] = item.takers.by_name.get(tree.name(child))
        if take is not None:
            take(item, child, depth)
        elif len(child) and depth < _DEEPEST and tree.name(child) not in _CLOSED:
            _take_children(item, child, depth + 1)


@dataclass(frozen=True, slots=True)
class _Takers:
    """What takes an element of an entry: by its name, and by its tag once one was met in the document."""

    by_name: Mapping[str, _Take]
    by_tag: dict[str, _Take | None] = field(default_factory=dict)


class _Item:
    """An entry in the making."""

    __slots__ = ("depths", "has_content", "takers", "title_depth", "tree", "values")

    def __init__(self, tree: Tree, takers: _Takers) -> None:
        self.tree = tree
        self.takers = takers
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
    detail = construct(element, item.tree, "text/plain")
    if not item.title_depth or depth < item.title_depth:
        detail["language"] = language_of(element)
        item.store("title", detail["value"], depth, detail)
    if detail["value"] and item.tree.name(element) != "media:title":
        item.title_depth = depth


def _described(default: str) -> _Take:
    """Give what takes a description: the first is the summary, a second one the content."""

    def take(item: _Item, element: Element, depth: int) -> None:
        if "summary" in item.values and not item.has_content:
            _content(item, element, depth)
            return
        detail = construct(element, item.tree, default)
        item.store("summary", detail["value"], depth, detail)

    return take


def _abstract(item: _Item, element: Element, depth: int) -> None:
    detail = construct(element, item.tree, "text/plain")
    item.store("summary", detail["value"], depth, detail)


def _contents(default: str) -> _Take:
    def take(item: _Item, element: Element, depth: int) -> None:
        item.has_content = item.has_content or default != XHTML
        detail = construct(element, item.tree, default)
        item.values.setdefault("content", []).append(detail)
        if detail["type"] == "text/plain" or detail["type"] in HTML_TYPES:
            item.values.setdefault("summary", detail["value"])

    return take


_content = _contents("text/plain")


def _guid(item: _Item, element: Element, depth: int) -> None:
    value = text_of(element, item.tree)
    attributes = element.items()
    is_link = not attributes or all(of == "true" for name, of in attributes if name.lower() == "ispermalink")
    item.store("id", item.tree.resolved(element, value) if is_link and value else value, depth)
    if is_link:
        item.values.setdefault("link", item.values["id"])


def _link(item: _Item, element: Element, depth: int) -> None:
    _take_link(item.values, element, item.tree)


def _take_link(values: Values, element: Element, tree: Tree) -> None:
    attributes = {name.lower(): value for name, value in element.items()}
    rel, kind = attributes.get("rel", "alternate").lower(), attributes.get("type", "text/html").lower()
    href = attributes.get("url") or attributes.get("uri") or attributes.get("href")
    link = {"rel": rel}
    values.setdefault("links", []).append(link)
    if href:
        link["href"] = tree.resolved(element, href)
        if rel == "alternate" and TYPES.get(kind, kind) in HTML_TYPES:
            values["link"] = link["href"]
        return
    text = text_of(element, tree)
    address = tree.resolved(element, text) if text else ""
    if "&" in address:
        address = _PAIR.sub(r"&\1", address.replace("&amp;", "&"))
    values["link"] = found = address
    if found:
        link["href"] = found


def _dated(name: str) -> _Take:
    def take(item: _Item, element: Element, depth: int) -> None:
        item.store(name, text_of(element, item.tree), depth)

    return take


def _author(item: _Item, element: Element, depth: int) -> None:
    names = [
        text_of(child, item.tree) for child in element if item.tree.name(child) in ("name", "itunes:name")
    ]
    name = names[-1] if names else _without_mail(text_of(element, item.tree)) if not len(element) else ""
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
    term = element.get("term") or text_of(element, item.tree) or element.get("text")
    if term:
        item.values.setdefault("tags", []).append({"term": term})
    for child in element:
        if item.tree.name(child) == "itunes:category":
            _category(item, child, depth + 1)


def _keywords(item: _Item, element: Element, depth: int) -> None:
    words = map(str.strip, text_of(element, item.tree).split(","))
    item.values.setdefault("tags", []).extend({"term": word} for word in words if word)


def _source(item: _Item, element: Element, depth: int) -> None:
    named = [child for child in element if item.tree.name(child) in ("title", "dc:title")]
    title = construct(named[0], item.tree, "text/plain")["value"] if named else text_of(element, item.tree)
    item.values["source"] = {"title": title}


def _passed_over(item: _Item, element: Element, depth: int) -> None:
    """Take nothing."""


_TAKERS: Mapping[str, _Take] = {
    **dict.fromkeys(("title", "dc:title", "media:title"), _title),
    **dict.fromkeys(("description", "dc:description", "media:description"), _described("text/html")),
    **dict.fromkeys(("summary", "itunes:summary"), _described("text/plain")),
    "abstract": _abstract,
    "content": _content,
    **dict.fromkeys(("content:encoded", "fullitem"), _contents("text/html")),
    **dict.fromkeys(("body", "xhtml:body"), _contents(XHTML)),
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
# Those of names are known still: what is inside such an element is not part of the entry.
_TAKERS_BUT_NAMES: Mapping[str, _Take] = {
    name: _passed_over if take in (_author, _category, _keywords) else take for name, take in _TAKERS.items()
}
