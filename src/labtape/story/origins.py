"""Who really reported it: copies and "according to X" collapse to one origin.

An article belongs to an origin by, in this order: its text is a copy of one there; it credits an outlet which is there
(or which an earlier article credited); its own publisher is there. Otherwise it founds one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from labtape.story.copies import COPY, overlap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labtape.story.copies import Signature
    from labtape.types import Article

#: Where a credit stands: the first sentences, or in brackets at the very end of a short item.
_LEAD = 700
_TAIL = 60
#: Origins of a story whose texts are compared, the latest ones.
_COMPARED = 40
#: Signatures kept for one origin: the first copy and the latest ones.
_SIGNATURES = 4


@dataclass(slots=True)
class Origin:
    """One independent source within a story: its articles, the outlets it goes by, some of its texts."""

    article_ids: list[str] = field(default_factory=list)
    outlets: set[str] = field(default_factory=set)
    signatures: list[Signature] = field(default_factory=list)

    def take(self, article_id: str, outlets: frozenset[str], text: Signature) -> None:
        """Add an article that belongs here."""
        self.article_ids.append(article_id)
        self.outlets |= outlets
        if len(self.signatures) < _SIGNATURES:
            self.signatures.append(text)
        else:
            self.signatures[-1] = text


@cache
def _outlets() -> Mapping[str, str]:
    """Name as cited, lower case -> outlet id."""
    rows = (files("labtape.story") / "data" / "outlets.tsv").read_text("utf-8").splitlines()
    pairs = ((name.lower(), row.split("\t")[0]) for row in rows for name in row.split("\t")[1:])
    return MappingProxyType(dict(pairs))


@cache
def _credit() -> re.Pattern[str]:
    names = sorted(_outlets(), key=len, reverse=True)
    latin = "|".join(re.escape(n) for n in names if n.isascii() or "’" in n)
    han = "|".join(re.escape(n) for n in names if not (n.isascii() or "’" in n))
    name = rf"(?:the )?(?P<{{}}>{latin})(?![a-z])"
    before = (
        r"(?:according to|as reported by|reported by|first reported (?:by|in)|cit(?:ing|ed by)|per|told|via|"
        r"in an interview with|seen by|reviewed by|obtained by|report (?:by|from|in)|reports? from|reporting by)"
        r"(?: (?:an?|new|recent|exclusive|earlier|report|story|article|scoop|by|from|in|sources?|of|people|who|spoke|to))* "
    )
    after = (
        r"(?:['’]s?)? (?:(?:has|had|have|first|also|exclusively|earlier|previously|now|is) )*"
        r"(?:report(?:s|ed|ing)|says|said|wrote|writes|revealed|reveals|cited|learned|noted)\b"
    )
    return re.compile(
        rf"\b{before}{name.format('a')}|\b{name.format('b')}{after}"
        rf"|据(?:外媒|英国|美国|日本|韩国|媒体|《|“)?(?P<c>{han})|(?P<d>{han})》?(?:”)?(?:\d+日|今日|周.|昨日)?(?:独家)?(?:报道|消息|获悉|援引|称)"
        rf"|[（(](?:来源[:：])?(?P<e>{han}|{latin})[）)]"
    )


def find_credits(article: Article) -> frozenset[str]:
    """The ids of the outlets that an article names as its source, in the lead or in brackets at its end.

    >>> from labtape.types import Article
    >>> sorted(find_credits(Article("a", "Lab raises money", "The round, first reported by the Financial Times, is large.")))
    ['ft']
    >>> sorted(find_credits(Article("a", "某公司融资", "某公司完成融资。（财联社）")))
    ['cls']
    """
    full = article.full.lower()
    parts = full[:_LEAD] if len(full) <= _LEAD + _TAIL else f"{full[:_LEAD]}\n{full[-_TAIL:]}"
    own = outlet_of(article)
    found = {_outlets()[next(name for name in m.groups() if name)] for m in _credit().finditer(parts)}
    return frozenset(found - {own})


def outlet_of(article: Article) -> str | None:
    """Who published it: an outlet's id, else the publisher's name, else the host of its address."""
    return outlet_name(article.publisher, article.url)


def outlet_name(publisher: str | None, url: str | None) -> str | None:
    """An outlet's id, else the publisher's name in lower case, else the host of the address; None where there is neither.

    >>> outlet_name("The Financial Times", None), outlet_name("Router Weekly", None)
    ('ft', 'router weekly')
    >>> outlet_name(None, "https://www.news.example/1")
    'news.example'
    """
    if publisher:
        name = publisher.strip().lower()
        return known_outlet(name) or name
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


def known_outlet(name: str) -> str | None:
    """The id of the outlet that goes by this name in lower case; None for an unknown one."""
    return _outlets().get(name) or _outlets().get(name.removeprefix("the "))


def origin_of(
    origins: Sequence[Origin], outlet: str | None, credits: frozenset[str], text: Signature
) -> Origin | None:
    """The origin of a story to which an article belongs; None when it is a source of its own."""
    for origin in origins[-_COMPARED:]:
        if any(overlap(text, other) >= COPY for other in origin.signatures):
            return origin
    for origin in origins:
        if credits & origin.outlets:
            return origin
    if credits:
        return None
    return next((origin for origin in origins if outlet in origin.outlets), None)
