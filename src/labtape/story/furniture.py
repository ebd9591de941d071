"""What an outlet prints over every article: menus, affiliate notices, "sign up for our newsletter".

Such sentences make everything of one outlet alike. They are known by standing in articles of other titles: from the
third on they are left out of what is compared.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Final
from zlib import crc32

if TYPE_CHECKING:
    from labtape.types import Article

#: Characters of a text that are looked at, and pieces of them.
HEAD: Final = 3000
#: A piece that stands under so many other titles of its outlet is furniture.
SEEN: Final = 2
#: Pieces and outlets that are remembered: those met last.
PIECES: Final = 1000
OUTLETS: Final = 1000
_PIECE: Final = re.compile(r"[^.!?。！？\n]+[.!?。！？\n]*")
_SPACE: Final = re.compile(r"\W+")

Titles = tuple[int, ...]


class Furniture:
    """Remembers, outlet by outlet, the pieces of texts and under how many titles each stood."""

    def __init__(self) -> None:
        self._outlets: OrderedDict[str, OrderedDict[int, Titles]] = OrderedDict()

    def without(self, article: Article, outlet: str | None) -> str:
        """The beginning of an article's text without furniture; the article is remembered."""
        head = article.text[:HEAD]
        if not outlet:
            return head
        known = self._outlets.setdefault(outlet, OrderedDict())
        self._outlets.move_to_end(outlet)
        if len(self._outlets) > OUTLETS:
            self._outlets.popitem(last=False)
        title = hash_of(article.title)
        kept = []
        for piece in _PIECE.findall(head):
            key = hash_of(piece)
            others = tuple(other for other in known.pop(key, ()) if other != title)
            known[key] = (*others[-SEEN:], title)
            if len(others) < SEEN:
                kept.append(piece)
        while len(known) > PIECES:
            known.popitem(last=False)
        return "".join(kept)


def hash_of(text: str) -> int:
    """The same for texts that differ in case, spacing and signs only; the same in every process."""
    folded = _SPACE.sub(" ", text.lower()).strip()
    return crc32(folded.encode("utf-8", "surrogatepass")) << 8 | len(folded) & 0xFF
