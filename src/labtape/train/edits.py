"""Small changes of an article's words that keep it a text: replacements from the end, articles before names, letter case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from labtape.types import Article

_BEFORE: Final = re.compile(r"(?<!\w)(an?|An?)([  ])$")
#: Written with a consonant or a vowel in front, said with the other.
_SAID_AS_CONSONANT: Final = re.compile(r"U\.?S|United|Eu|Uni")
_SAID_AS_VOWEL: Final = re.compile(r"SK |H\d|[FLMNRSX][A-Z0-9]{2,}\b(?<!SMIC)")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """New words for a span of `article.full`."""

    start: int
    end: int
    text: str


def edited(article: Article, edits: Iterable[Edit]) -> Article:
    """The article with its words changed: every edit in its place, whatever the order they come in.

    Edits may not overlap nor cross the end of the title; what does is left as it was. "a" and "an" follow the new word.
    """
    full, title_end = article.full, len(article.title)
    title, text = article.title, article.text
    last = len(full) + 1
    for edit in sorted(edits, reverse=True):
        in_title = edit.end <= title_end
        if edit.end > last or not (in_title or edit.start >= title_end + 2):
            continue
        last = edit.start
        shift = 0 if in_title else title_end + 2
        part = title if in_title else text
        before, after = part[: edit.start - shift], part[edit.end - shift :]
        changed = f"{_with_article(before, edit.text)}{edit.text}{after}"
        title, text = (changed, text) if in_title else (title, changed)
    return replace(article, title=title, text=text)


def cased(old: str, new: str, *, usual: str) -> str:
    """The new name in the letters of the old one, where that is all small or, unlike the `usual` name, all capitals.

    >>> cased("nvidia", "AMD", usual="Nvidia"), cased("KIMI K3", "Claude", usual="Kimi"), cased("TSMC", "Smic", usual="TSMC")
    ('amd', 'CLAUDE', 'Smic')
    """
    if old.islower():
        return new.lower()
    is_shouted = old.isupper() and not usual.isupper() and old.lower().startswith(usual.lower())
    return new.upper() if is_shouted else new


def _with_article(before: str, word: str) -> str:
    found = _BEFORE.search(before)
    if not found or not word[:1].isascii():
        return before
    vowel = word[:1].lower() in "aeio" or word[:1] == "U"
    vowel = (vowel and not _SAID_AS_CONSONANT.match(word)) or bool(_SAID_AS_VOWEL.match(word))
    return f"{before[: found.start()]}{found[1][0]}{'n' if vowel else ''}{found[2]}"
