"""Which reading of an XML feed is to be believed?

    elements (libxml2)  ──well-formed──>  its reading
          │ an error, or nothing found, or ids, titles or dates missing where the document has some
    mend, elements again  ──well-formed──>  its reading
          │
    feedparser beside it  ──>  the reading with more entries; feedparser's where they are equal

A giant document is not shown to feedparser, which takes a millisecond for each entry: what libxml2 could recover counts.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labtape.exceptions import ReadError
from labtape.read.elements import Elements, read_elements
from labtape.read.mend import mended

_ENTRY = re.compile(r"<(?:[A-Za-z][\w.-]{0,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_GIANT = 4_000_000  # characters; feedparser takes a second for a million
_GIANT_TAGS = 100_000  # fifteen microseconds for one
_GIANT_COUNT = 5_000  # entries; feedparser takes a millisecond for one
# Where none of the entries has a value, the names of elements that may hold one after all.
_SIGNS = {
    "id": ("<guid", "<id>", "<atom:id", "rdf:about"),
    "title": ("<title",),
    "date": ("<pubdate", "<published", "<updated", "<dc:date", "<issued", "<modified"),
}
# A namespace with white space in its name, which Python's expat reader splits there and feedparser does not survive.
_NAMESPACE = re.compile(r"""\bxmlns(?::[\w.-]{1,100})?\s{0,9}=\s{0,9}(?:"[^"<>]{0,500}"|'[^'<>]{0,500}')""")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser says of a feed and of its entries, under feedparser's names."""

    feed: Mapping[str, Any]  # Any: texts, or lists and mappings of texts
    items: Sequence[Mapping[str, Any]]
    n_left_out: int = 0


def read_xml(document: str, *, with_names: bool = True) -> Reading | None:
    """Give the best reading of a document that starts at its first element; None when it is no feed at all.

    Where authors and categories are not wanted, they may be missing from it (`with_names=False`).
    Raises `ReadError` (kind `broken`) when nothing could be read and feedparser breaks as well.
    """
    found = read_elements(document, with_names=with_names)
    if found is not None and found.is_whole and not _looks_wrong(found, document):
        return _reading(found)
    document = mended(document)
    found = read_elements(document, with_names=with_names)
    if found is not None and found.is_whole and not _looks_wrong(found, document):
        return _reading(found)
    if _is_giant(document):
        return _reading(found) if found is not None else None
    try:
        second = read_with_feedparser(document)
    except ReadError:
        if found is None or not found.items:
            raise
        return _reading(found)
    if found is not None and len(found.items) > len(second.items if second else ()):
        return _reading(found)
    return second


def _reading(found: Elements) -> Reading:
    return Reading(found.feed, found.items, found.n_left_out)


def read_with_feedparser(document: str) -> Reading | None:
    """Give feedparser's reading, of clean UTF-8 from memory: given a string it would open files and addresses."""
    import feedparser

    body = _NAMESPACE.sub(lambda found: re.sub(r"\s", "", found[0]), document).encode("utf-8", "replace")
    try:
        parsed = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as e:  # whatever it stumbles over: it names no errors of its own
        raise ReadError(
            f"breaks the feed parser ({type(e).__name__}); would read RSS, RDF or Atom", kind="broken"
        ) from e
    if not parsed.get("version") and not parsed["entries"]:
        return None
    return Reading(parsed["feed"], parsed["entries"])


def _looks_wrong(found: Elements, document: str) -> bool:
    """Tell whether what is nowhere in the reading is somewhere in the document."""
    if not found.items:
        return _ENTRY.search(document) is not None
    if not found.lacks:
        return False
    entries = document[_ENTRY.search(document).start() :].lower()  # type: ignore[union-attr]  # it has items
    return any(sign in entries for what in found.lacks for sign in _SIGNS[what])


def _is_giant(document: str) -> bool:
    if len(document) > _GIANT or document.count("<") > _GIANT_TAGS:
        return True
    return document.count("<item") + document.count("<entry") > _GIANT_COUNT
