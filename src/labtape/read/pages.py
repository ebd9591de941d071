"""An article's web page: its title and text without the page around them, its date, and whether it is the article at all.

Text by trafilatura (`favor_precision`); title, publisher and language from what the page states (`metadata`); the date by
`page_dates`; walls by `stubs`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from labtape.exceptions import ReadError
from labtape.read.charset import decode, unpacked
from labtape.read.markup import clean_line, plain_text
from labtape.types import Precision

if TYPE_CHECKING:
    from labtape.read.metadata import Metadata

Wall = Literal["paywall", "consent", "challenge", "login", "missing"]

# In characters: 200,000 paragraphs (4.4 million) took trafilatura 175 s, this much of them takes 2 s; no page of the article
# extraction benchmark has more once scripts and styles are gone, and its F1 stays.
_MAX_PAGE = 300_000
_MAX_SEEN = 300_000  # characters of markup whose visible text is looked at for walls
_LITTLE = 600  # characters: a paragraph
_LONG = 5000  # characters: no wall leaves so many
_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_UNSEEN = re.compile(r"<(script|style|svg|noscript)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says once its furniture is gone; `text` has one paragraph a line.

    `wall` is what stands before the article, where something does: then `text` is at most its beginning.
    """

    title: str
    text: str
    published_at: datetime | None = None
    published_precision: Precision = "none"
    publisher: str | None = None
    language: str | None = None
    wall: Wall | None = None

    @property
    def is_stub(self) -> bool:
        """Tell whether the page is not the article: the beginning of it, or something else in its place."""
        return self.wall is not None


def read_page(body: bytes, *, url: str, now: datetime, charset: str | None = None) -> Page:
    """Give the article on an HTML page, or the wall before it. Raises `ReadError` when the page is empty or holds no text.

    `now` bounds the date: a page that says it is from tomorrow has none.
    """
    from labtape.read.metadata import read_metadata
    from labtape.read.page_dates import published_at

    page = decode(unpacked(body), charset=charset)
    if not page.strip():
        raise ReadError(f"{url}: is empty; would read an HTML page", kind="empty")
    stated = read_metadata(page)
    small = _slim(page) if len(page) > _MAX_PAGE else page
    text = _extracted(small, url)
    wall = _wall(page, small, text, stated)
    if not text.strip() and wall is None:
        raise ReadError(
            f"{url}: holds no article text (after menus, scripts and comments are gone)", kind="no_text"
        )
    dated = published_at(small, url=url, stated=stated.published, now=now)
    return Page(
        title=stated.title,
        text=text,
        published_at=dated.at,
        published_precision=dated.precision,
        publisher=stated.publisher,
        language=stated.language,
        wall=wall,
    )


def amount_of(text: str) -> int:
    """Give the length of a text in words; seventeen Chinese characters count as ten.

    >>> amount_of("Kimi K3 is out."), amount_of("月之暗面发布新模型，权重一并开放。")
    (4, 8)
    """
    n_characters = len(_CJK.findall(text))
    return len(_WORD.findall(_CJK.sub(" ", text))) + n_characters * 10 // 17


def _extracted(page: str, url: str) -> str:
    """Give the text of a page; where the careful way finds little, what the bolder one finds if it is much more."""
    text = _text_of(page, url, favor_precision=True)
    if len(text) > _LITTLE:
        return text
    bolder = _text_of(page, url, favor_precision=False)
    return bolder if len(bolder) > max(_LITTLE, 4 * len(text)) else text


def _text_of(page: str, url: str, *, favor_precision: bool) -> str:
    from trafilatura import bare_extraction

    found = bare_extraction(
        page,
        url=url or None,
        favor_precision=favor_precision,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
    )
    text = "" if found is None or isinstance(found, dict) else found.text or ""
    lines = (clean_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _wall(page: str, small: str, text: str, stated: Metadata) -> Wall | None:
    """Look for a wall, where there is little text: a wall leaves little."""
    from labtape.read.stubs import find_wall

    if len(text) > _LONG:
        return None
    return find_wall(text, seen=plain_text(small[:_MAX_SEEN]), markup=page[:_MAX_SEEN], stated=stated)


def _slim(page: str) -> str:
    """Give an outsized page without what is not seen, and only its beginning: extraction grows faster than size."""
    pieces, at = [], 0
    while start := _UNSEEN.search(page, at):
        pieces.append(page[at : start.start()])
        end = re.compile(f"</{start.group(1)}", re.IGNORECASE).search(page, start.end())
        at = end.end() + 1 if end else len(page)
    return ("".join(pieces) + page[at:])[:_MAX_PAGE]
