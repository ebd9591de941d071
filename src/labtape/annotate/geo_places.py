"""Which states a text names: by country, people, capital, government body, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from labtape.annotate.patterns import find_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labtape.lexicon.entries import Lexicon

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
    countries: Mapping[str, str] = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Finder:
    """All country words in one automaton: word n stands for the states `codes[n]`."""

    automaton: AhoCorasick
    codes: tuple[tuple[str, ...], ...]
    weak: tuple[bool, ...]

    def matches(self, text: str) -> list[tuple[int, int, int]]:
        """Every word anywhere: (start, minus its end, its number), from the left, the longest first."""
        return sorted((start, -end, number) for number, start, end in find_all(self.automaton, text))


@lru_cache(maxsize=8)
def _finder(words: _Words) -> _Finder:
    codes = {**words.countries, **_PAIRS}
    return _Finder(
        AhoCorasick(list(codes)),
        tuple(tuple(code.split()) for code in codes.values()),
        tuple(word in WEAK for word in codes),
    )


def find_places(text: str, lexicon: Lexicon) -> tuple[Place, ...]:
    """The states named, in order, none within another.

    >>> from labtape.lexicon import lexicon
    >>> [p.code for p in find_places("The White House told us that Beijing and 欧盟 agree", lexicon())]
    ['US', 'CN', 'EU']
    """
    return tuple(_places(text, _finder(_Words(lexicon.digest, lexicon.countries))))


def _places(text: str, finder: _Finder) -> Iterator[Place]:
    last = 0
    for start, end, number in finder.matches(text):
        if start >= last and _begins_word(text, start) and _ends_word(text, -end):
            last = -end
            for code in finder.codes[number]:
                yield Place(start, last, code, finder.weak[number])


def _begins_word(text: str, start: int) -> bool:
    before, first = text[start - 1 : start], text[start]
    return not first.isascii() or (first.isalpha() and not (before.isascii() and before.isalpha()))


def _ends_word(text: str, end: int) -> bool:
    before, after = text[end - 1], text[end : end + 1]
    return not (before.isascii() and before.isalpha() and after.isascii() and after.isalnum())
