"""Which states a text names: by country, people, capital, government body, in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labtape.lexicon.entries import Lexicon

_STARTS = re.compile(r"(?<![A-Za-z])[A-Za-z]|[^\x00-\x7f]")
_KEY = 2
#: Towns that news names as places (unlike capitals they do not stand for a government), and bodies that mind consumers
#: and markets at home.
WEAK = frozenset(
    [
        "FTC",
        "SEC",
        "FCC",
        "London",
        "Tokyo",
        "Sydney",
        "Shanghai",
        "Shenzhen",
        "Hangzhou",
        "Toronto",
        "Dubai",
        "Geneva",
        "Zurich",
        "Amsterdam",
        "Munich",
        "Mumbai",
        "Bangalore",
        "Bengaluru",
        "Paris",
        "Berlin",
        "Seoul",
        "Taipei",
        "Singapore",
        "Dublin",
        "Stockholm",
        "上海",
        "深圳",
        "杭州",
        "首尔",
        "东京",
        "伦敦",
        "台北",
    ]
)


#: Alliances, and Chinese short forms that stand for a state only in such pairs.
_PAIRS = {
    "Five Eyes": "AU CA GB NZ US",
    "AUKUS": "AU GB US",
    "五眼联盟": "AU CA GB NZ US",
    "对华": "CN",
    "在华": "CN",
    "输华": "CN",
    "中企": "CN",
    "对美": "US",
    "美企": "US",
    "中美": "CN US",
    "中欧": "CN EU",
    "中日": "CN JP",
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A state named in the text. `is_weak`: only by a town or a body of its home affairs."""

    start: int
    end: int
    code: str
    is_weak: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """The country words of a lexicon; the digest stands for them where they are compared."""

    digest: str
    countries: dict[str, str] = field(compare=False)


@lru_cache(maxsize=8)
def _by_key(words: _Words) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The words by their first two letters, longest first."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for word, code in sorted((words.countries | _PAIRS).items(), key=lambda pair: (-len(pair[0]), pair[0])):
        rows.setdefault(word[:_KEY], []).append((word, code))
    return {key: tuple(pairs) for key, pairs in rows.items()}


def find_places(text: str, lexicon: Lexicon) -> tuple[Place, ...]:
    """The states named, in order, none within another.

    >>> from labtape.lexicon import lexicon
    >>> [p.code for p in find_places("The White House told us that Beijing and 欧盟 agree", lexicon())]
    ['US', 'CN', 'EU']
    """
    return tuple(_places(text, _by_key(_Words(lexicon.digest, dict(lexicon.countries)))))


def _places(text: str, by_key: Mapping[str, tuple[tuple[str, str], ...]]) -> Iterator[Place]:
    last = 0
    for found in _STARTS.finditer(text):
        at = found.start()
        if at < last:
            continue
        for word, code in by_key.get(text[at : at + _KEY], ()):
            if text.startswith(word, at) and _ends_word(text, at + len(word)):
                last = at + len(word)
                yield from (Place(at, last, one, word in WEAK) for one in code.split())
                break


def _ends_word(text: str, end: int) -> bool:
    before, after = text[end - 1], text[end : end + 1]
    return not (before.isascii() and before.isalpha() and after.isascii() and after.isalnum())
