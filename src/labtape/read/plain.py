"""The feeds that need no mending, nine in ten: valid UTF-8, well-formed, nothing forbidden in them.

libxml2 gets the bytes as they came, but for their long marked sections; each of these is looked at and decoded by
itself, once. A document that is out of the ordinary in any way is left to `charset`, `sniff` and `referee`, which read
a plain one alike (tests/read/test_read_plain.py).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from labtape.read.charset import goes_with_utf8, has_only_text
from labtape.read.elements import Elements, lifted, read_outlined
from labtape.read.sniff import FORBIDDEN_REFERENCE, before_feed

_HEAD = 64 * 1024  # bytes in which a feed's own element begins
_ENTRY = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
_FORBIDDEN = re.compile(FORBIDDEN_REFERENCE.pattern.encode())


@dataclass(frozen=True, slots=True)
class Plain:
    """What a plain document says of its entries, and its text before and behind them, where it speaks of itself."""

    found: Elements
    outside: str


def read_plain(body: bytes, *, charset: str | None, with_names: bool) -> Plain | None:
    """Give what is in a plain document; None where it is not plain, or some of its entries' properties are nowhere."""
    if b"\0" in body or not goes_with_utf8(charset):
        return None
    body = body.removeprefix(codecs.BOM_UTF8)
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    before = before_feed(body[:_HEAD].decode("utf-8", "ignore"))
    if before is None:
        return None
    prolog = before.encode()
    outlined, sections = lifted(body[len(prolog) :])
    if not body.startswith(prolog) or not _are_plain((prolog, *sections)) or not _is_plain(outlined, body):
        return None
    try:
        texts = [section.decode() for section in sections]
        outside = _outside(body).decode()
    except UnicodeDecodeError:
        return None
    found = read_outlined(outlined, texts, with_names=with_names)
    return Plain(found, outside) if found is not None and found.is_whole and not found.lacks else None


def _are_plain(pieces: Sequence[bytes]) -> bool:
    return all(has_only_text(piece) and not _has_forbidden(piece) for piece in pieces)


def _is_plain(outlined: bytes, body: bytes) -> bool:
    """Tell whether what libxml2 will see is plain; ASCII's control characters are an error to it, but for one."""
    if _has_forbidden(outlined):
        return False
    if body.isascii():
        return b"\x7f" not in outlined
    try:
        outlined.decode()
    except UnicodeDecodeError:
        return False
    return has_only_text(outlined)


def _has_forbidden(piece: bytes) -> bool:
    return _FORBIDDEN.search(piece) is not None


def _outside(body: bytes) -> bytes:
    first = _ENTRY.search(body)
    if first is None:
        return body
    ends = (
        (b"</item>", b"</entry>") if first.group().lower().startswith(b"<item") else (b"</entry>", b"</item>")
    )
    end = first.start()
    for mark in ends:  # the likely one first, so that the other is looked for behind it only
        end = max(body.rfind(mark, end), end)
    return body[: first.start()] + body[end:]
