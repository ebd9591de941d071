"""What an outlet prints over every article: menus, affiliate notices, "sign up for our newsletter".

Such sentences make everything of one outlet alike. They are known by standing in articles of other titles: from the
third on they are left out of what is compared.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from labtape.story.tokens import plain

#: Characters of a text that are looked at, and pieces of them.
HEAD: Final = 3000
#: A piece that stands under so many other titles of its outlet is furniture.
SEEN: Final = 2
#: Pieces and outlets that are remembered: those met last.
PIECES: Final = 1000
OUTLETS: Final = 1000
_ENDS: Final = ".!?。！？\n"
_PIECE: Final = re.compile(f"[^{_ENDS}]+[{_ENDS}]*")
_SPACE: Final = re.compile(r"\W+")
#: What each byte of ASCII is here: a sign of a word in lower case, a newline for what ends a piece, a space for the rest.
_FOLDED: Final = bytes(
    ord(sign.lower()) if sign.isalnum() or sign == "_" else ord("\n") if sign in _ENDS else ord(" ")
    for sign in map(chr, range(128))
).ljust(256)

Titles = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of an article's text, and what its title and its pieces are known by."""

    text: str
    title: int
    pieces: tuple[int, ...]


def head_of(title: str, text: str) -> Head:
    """The first `HEAD` characters of a text, from the first piece on."""
    head = text[:HEAD].lstrip(_ENDS)
    even = plain(head)
    if even.isascii():
        pieces = tuple(_key(p) for p in even.encode().translate(_FOLDED).split(b"\n") if p)
    else:
        pieces = tuple(map(hash_of, _PIECE.findall(head)))
    return Head(head, hash_of(title), pieces)


class Furniture:
    """Remembers, outlet by outlet, the pieces of texts and under how many titles each stood."""

    def __init__(self) -> None:
        self._outlets: OrderedDict[str, OrderedDict[int, Titles]] = OrderedDict()

    def without(self, head: Head, outlet: str | None) -> str:
        """The beginning of an article's text without furniture; the article is remembered."""
        if not outlet:
            return head.text
        known = self._outlets.setdefault(outlet, OrderedDict())
        self._outlets.move_to_end(outlet)
        if len(self._outlets) > OUTLETS:
            self._outlets.popitem(last=False)
        furniture = self._seen(known, head)
        while len(known) > PIECES:
            known.popitem(last=False)
        if not furniture:
            return head.text
        return "".join(piece for k, piece in enumerate(_PIECE.findall(head.text)) if k not in furniture)

    @staticmethod
    def _seen(known: OrderedDict[int, Titles], head: Head) -> frozenset[int]:
        """The places of the pieces that stood under enough other titles."""
        title, found = head.title, []
        own = (title,)
        for k, key in enumerate(head.pieces):
            titles = known.pop(key, ())
            if titles in ((), own):
                known[key] = own
                continue
            others = tuple(other for other in titles if other != title)
            known[key] = (*others[-SEEN:], title)
            if len(others) >= SEEN:
                found.append(k)
        return frozenset(found)


def hash_of(text: str) -> int:
    """The same for texts that differ in case, spacing and signs only; the same in every process."""
    even = plain(text)
    if even.isascii():
        return _key(even.encode().translate(_FOLDED))
    folded = _SPACE.sub(" ", text.lower()).strip()
    return crc32(folded.encode("utf-8", "surrogatepass")) << 8 | len(folded) & 0xFF


def _key(piece: bytes) -> int:
    folded = b" ".join(piece.split())
    return crc32(folded) << 8 | len(folded) & 0xFF
