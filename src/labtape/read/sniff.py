"""What kind of document is this, and where does its first element start?

A document type declaration never reaches a parser: what it sees starts at the first element, so no entity is declared,
expanded or fetched.
"""

from __future__ import annotations

import re
from typing import Literal

from labtape.read.opml import is_opml

Kind = Literal["feed", "json", "opml", "html", "xml", "other", "empty"]

FIRST_ELEMENT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s>/]")
_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_FEED_START = re.compile(r"<(?:rss|rdf:rdf|(?:atom:)?feed|channel)[\s>]", re.IGNORECASE)
# References to characters that XML forbids: a strict parser gives up the whole document for one.
FORBIDDEN_REFERENCE = re.compile(
    r"&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF])|0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45]));"
)
_MAX_DECLARATION = 64 * 1024  # characters looked at to find the end of one; with the next, bounds the work
_MAX_DECLARATIONS = 100


def sniff(text: str) -> Kind:
    """Tell what kind of document a text is, by its first element or character."""
    start = _first_character(text)
    if not start:
        return "empty"
    if start in "{[":
        return "json"
    at = _prolog_end(text)
    body = text[at : at + 20_000]
    first = FIRST_ELEMENT.search(body)
    root = first.group(1).lower() if first else ""
    if root == "opml" or (root not in _FEED_ROOTS and is_opml(text)):
        return "opml"
    if root in _FEED_ROOTS:
        return "feed"
    if root == "html" or "<!doctype html" in text[:2000].lower() or "<html" in text[:5000].lower():
        return "html"
    if _FEED_START.search(body):
        return "feed"
    return "xml" if start == "<" and first else "other"


def without_prolog(text: str) -> str:
    """Give the document from its first element on, so that no parser sees a declaration of an entity.

    Junk before a feed's own element goes as well; a stylesheet instruction says nothing about entries.
    """
    at = _prolog_end(text)
    start = _FEED_START.search(text, at, at + 20_000)
    body = text[start.start() if start else at :]
    return FORBIDDEN_REFERENCE.sub("", body) if "&#" in body else body


def before_feed(head: str) -> str | None:
    """Give what stands before a feed's own element, where that is the first of all and the head reaches to it."""
    at = _prolog_end(head)
    return head[:at] if _FEED_START.match(head, at) and _first_character(head) == "<" else None


def _first_character(text: str) -> str:
    found = re.search(r"\S", text)
    return found.group(0) if found else ""


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
