"""How a text becomes words that can be compared, and how much each word tells.

Latin words are lowered and lightly stemmed; Chinese runs become overlapping pairs of characters, which needs no
segmenter. The weight of a word is its inverse document frequency, from a shipped table (so that the first article of
a fresh desk is judged like the thousandth) mixed with what the articles in the window say (so that a name that
everyone writes about this week tells less).
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from sys import intern
from types import MappingProxyType
from typing import TYPE_CHECKING

from labtape.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = expression(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:[.,][0-9]+)*")
#: The same where all is lower-case ASCII: a set of single signs is read faster than one of categories.
_ASCII_RUN = expression(r"[a-z0-9]+(?:[.,][0-9]+)*")
_IS_CJK = expression(f"[{_CJK}]")
_POSSESSIVE = expression(r"'s\b")
#: Signs that printers use, and signs of ASCII in their place. None of them is a part of a word.
_PRINTED = (
    ("’", "'"),
    ("‘", '"'),
    ("“", '"'),
    ("”", '"'),
    ("–", "-"),
    ("—", "-"),
    ("…", " "),
    ("\u00a0", " "),
)
# Characters that make a Chinese pair say nothing: particles, pronouns, the commonest verbs.
_FUNCTION = frozenset("的了在是和与及或等将为对从被把也都就而但其这那并之以于又很更最不有个们")
#: Document frequency below which the shipped table leaves a word out (see `data/README.md`).
_UNSEEN = 4


def tokens(text: str) -> Iterator[str]:
    """The comparable words of a text, in order.

    >>> list(tokens("Nvidia's shares dropped 1,100 points"))
    ['nvidia', 'shar', 'drop', '1100', 'point']
    >>> list(tokens("英伟达跌5%"))
    ['英伟', '伟达', '达跌', '5']
    """
    lowered = plain(text.lower())
    if "'s" in lowered:
        lowered = _POSSESSIVE.sub("", lowered)
    if lowered.isascii():
        return map(_comparable, _ASCII_RUN.findall(lowered))
    return _mixed(lowered)


def _mixed(lowered: str) -> Iterator[str]:
    for run in _RUN.findall(lowered):
        if _IS_CJK.match(run):
            yield from _pairs(run)
        else:
            yield _comparable(run)


def plain(text: str) -> str:
    """A text with ASCII's quotation marks, dashes and the like, sign for sign: most English texts are all ASCII then.

    >>> print(plain("“It’s out” – at last"))
    "It's out" - at last
    """
    if not text.isascii():
        for printed, sign in _PRINTED:
            text = text.replace(printed, sign)
    return text


@lru_cache(maxsize=1 << 16)  # the words of a language come again and again
def _comparable(run: str) -> str:
    return intern(_stem(run) if run.isalpha() else run.replace(",", ""))


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
        return
    for a, b in pairwise(run):
        if a not in _FUNCTION and b not in _FUNCTION:
            yield intern(a + b)


def _stem(word: str) -> str:
    """A light stem: plural, -ing, -ed, -ly, final e, doubled consonant. Wrong for few, same for all."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word[-1] == "s" and word[-2] not in "sui":
        word = word[:-1]
    if len(word) > 6 and word.endswith("ing"):
        word = word[:-3]
    elif word.endswith("ed" if len(word) == 6 else ("ed", "ly")) and len(word) > 5:
        word = word[:-2]
    if len(word) > 4 and word[-1] == "e":
        word = word[:-1]
    if len(word) > 4 and word[-1] == word[-2] and word[-1] in "bdgmnprt":
        word = word[:-1]
    return word


@cache
def rarity() -> Mapping[str, float]:
    """The shipped inverse document frequencies, by token; `unseen_rarity` is that of every other."""
    size, *rows = (files("labtape.story") / "data" / "frequencies.tsv").read_text("utf-8").splitlines()
    total = int(size)
    pairs = (row.split("\t") for row in rows)
    return MappingProxyType(
        {word: math.log(total / (int(count) + 2)) for word, count in pairs} | {"": math.log(total / _UNSEEN)}
    )


def unseen_rarity() -> float:
    """The weight of a token that the shipped table does not know."""
    return rarity()[""]
