"""By which other names may an article be known, when its guid or its address changes?

    guid without scheme and host  >  canonical address  >  title and day

A key that several entries of one document share names none of them and is left out. A hit is only a hint: who holds
the articles also asks whether it was seen within two days, and `is_similar`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from labtape.read.identity import host_of
from labtape.types import Arrival, Article, Entry

_TITLE_KEY = "title|"
_VOLATILE_TITLES = 0.8  # CRAWLING: two fetches that share nothing but at least so many of their titles
_FEWEST_TITLES = 3  # one "Daily briefing" on two days is no proof of anything
_AUTHORITY = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^/?#]*")
_FRONT_PAGE = re.compile(r"https?://[^/?#]*/*")
_TAG_AUTHORITY = re.compile(r"tag:[^,:/]*(?:,[\d-]*)?:", re.IGNORECASE)
_WORDS = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
    r"|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
)
_LONGEST_KEY = 1000  # characters; a longer one is known by its digest
_COMPARED = 20_000  # characters of each text; a revision shows in its beginning
_SHINGLE = 3
_SHORT = 12  # words; below, one changed word spoils most shingles, so words are compared
# Measured on revisions and on issues of the same column (tests/read/test_read_aliases.py): revisions keep .85 and more of
# the shingles of the shorter text, two issues with a common opening and close .3 and less. Half lies between.
_SIMILAR = 0.5


def keys_of(entries: Sequence[Entry], articles: Sequence[Article], feed_url: str) -> list[tuple[str, ...]]:
    """Give the alias keys of each entry of one document, strongest first."""
    keys = [
        tuple(
            _bounded(key)
            for key in (_guid_key(entry, feed_url), _url_key(article), title_key(article, feed_url))
            if key
        )
        for entry, article in zip(entries, articles, strict=True)
    ]
    times = Counter(key for of_one in keys for key in of_one)
    return [tuple(key for key in of_one if times[key] == 1) for of_one in keys]


def title_key(article: Article, feed_url: str) -> str:
    """Give the key made of site, title and day (none where it is undated); empty without a title."""
    words = " ".join(article.title.casefold().split())
    if not words:
        return ""
    site = host_of(article.url) or host_of(feed_url) or feed_url
    return "|".join(part for part in (f"{_TITLE_KEY}{site}", words, _day(article)) if part)


def titled_ids(articles: Sequence[Article], feed_url: str) -> list[str]:
    """Give the ids of articles whose links are volatile: by title and day, and by time or text where these are shared.

    An article without a title keeps its id.
    """
    site = host_of(feed_url) or feed_url
    names = [f"{site}|{' '.join(a.title.casefold().split())}|{_day(a)}" if a.title else "" for a in articles]
    times = Counter(names)
    return [
        _hashed(name if times[name] == 1 else f"{name}|{article.published_at}|{article.text}")
        if name
        else article.id
        for name, article in zip(names, articles, strict=True)
    ]


def is_volatile(previous: Sequence[Arrival], current: Sequence[Arrival]) -> bool:
    """Tell whether a feed gives its articles new guids and addresses at every visit.

    Two fetches then share no id and no key but titles, and of these at least 80 %, and no fewer than three.
    """
    if _lasting(previous) & _lasting(current):
        return False
    before, after = _titles(previous), _titles(current)
    common = len(before & after)
    return common >= max(_FEWEST_TITLES, _VOLATILE_TITLES * min(len(before), len(after)))


def is_similar(a: str, b: str) -> bool:
    """Tell whether two texts may be revisions of one: half of the shorter one's three-word runs are in the other.

    A run of words survives corrections elsewhere, and added paragraphs do not dilute it. Chinese, Japanese and Korean
    count by characters. Texts of fewer than twelve words are compared word by word. An empty text contradicts nothing.

    >>> is_similar("Prices fell on Monday, the lab said", "Prices fell on Monday, the lab said. Shares rose.")
    True
    >>> is_similar("Prices fell on Monday, the lab said", "A court in Delaware heard the case")
    False
    """
    one, other = (_WORDS.findall(text[:_COMPARED].casefold()) for text in (a, b))
    if not one or not other:
        return True
    size = 1 if min(len(one), len(other)) < _SHORT else _SHINGLE
    first, second = _shingles(one, size), _shingles(other, size)
    return len(first & second) >= _SIMILAR * min(len(first), len(second))


def _guid_key(entry: Entry, feed_url: str) -> str:
    guid = (entry.guid or "").strip()
    rest = _AUTHORITY.sub("", guid, count=1) if "://" in guid else guid
    rest = (_TAG_AUTHORITY.sub("", rest, count=1) if ":" in rest else rest).strip("/")
    return f"guid|{feed_url}|{rest}" if rest else ""


def _url_key(article: Article) -> str:
    """Give the key of the address; the front page of a site is nobody's own."""
    if not article.canonical_url:
        return ""
    return "" if _FRONT_PAGE.fullmatch(article.canonical_url) else f"url|{article.canonical_url}"


def _bounded(key: str) -> str:
    if len(key) <= _LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key.partition('|')[0]}|sha256|{digest}"


def _lasting(arrivals: Sequence[Arrival]) -> set[str]:
    keys = {key for a in arrivals for key in a.keys if not key.startswith(_TITLE_KEY)}
    return keys | {a.article.id for a in arrivals}


def _titles(arrivals: Sequence[Arrival]) -> set[str]:
    """The titles with their days, so that a column of the same name is another one the next day."""
    return {key for a in arrivals for key in a.keys if key.startswith(_TITLE_KEY)}


def _shingles(words: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def _day(article: Article) -> str:
    return article.published_at.date().isoformat() if article.published_at else ""


def _hashed(name: str) -> str:
    return "a" + hashlib.sha256(f"by title|{name}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
