"""Turns the lexicon's notes for and against a name into what looks for them in a text, in one pass for all of a name's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ahocorasick_rs import AhoCorasick

from labtape.annotate.patterns import find_all

_PARTS = re.compile(r"\s*[;,()（）、，/:：]\s*|\s+-\s+")
_IS_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")

# Capitalised words in notes that name nothing by themselves.
_COMMON_WORDS = "the project other good new big great san saint st de la le apple google amazon"
_COMMON = frozenset(_COMMON_WORDS.split())
_MIN_SINGLE = 3
_TAKES_ENDINGS = 4
_LONGEST_ENDING = 8


@dataclass(frozen=True, eq=False)  # no slots: the automaton is kept
class Cues:
    """Words for or against a name. Small ones count in any case, single ones of them with endings; names as spelled."""

    words: tuple[str, ...]

    @cached_property
    def automaton(self) -> AhoCorasick:
        """Made when the name is first met in doubt: an article meets a few of some thousands."""
        return AhoCorasick([word.lower() for word in self.words])

    def findall(self, text: str) -> list[str]:
        """What of them stands in a text, in order, none within another."""
        lowered = text.lower()
        if len(lowered) != len(text):
            lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        spans = [
            (start, -end)
            for k, start, at in find_all(self.automaton, lowered)
            if (end := _end(self.words[k], text, lowered, start, at))
        ]
        found, reached = [], 0
        for start, end in sorted(spans):
            if start >= reached:
                reached = -end
                found.append(text[start:reached])
        return found


def _end(word: str, text: str, lowered: str, start: int, end: int) -> int:
    """Where the word ends that begins here, its ending with it; 0 where it is none."""
    if _IS_EAST.search(word):
        return end
    if start and text[start - 1] in _ALNUM:
        return 0
    if not word.islower():
        return end if text[start:end] == word and text[end : end + 1] not in _ALNUM else 0
    longest = end + (_LONGEST_ENDING if len(word) > _TAKES_ENDINGS and " " not in word else 0)
    if " " in word and lowered[end : end + 1] == "s":
        end += 1
    while end < longest and lowered[end : end + 1] in _SMALL:
        end += 1
    return end if text[end : end + 1] not in _ALNUM else 0


def cues_for(cues: Sequence[str], *, but: str) -> Cues | None:
    """Any of the cues as given; None when there are none.

    >>> cues_for(["Moonshot", "K2"], but="Kimi").findall("Moonshot’s model K2")
    ['Moonshot', 'K2']
    """
    words = {
        part.strip() for cue in cues for part in _PARTS.split(cue) if part.strip() and part.strip() != but
    }
    return _any_of(words)


def cues_against(notes: Sequence[str], *, but: str) -> Cues | None:
    """What speaks against a name: words, phrases, and the name in a phrase.

    A note that holds the name itself counts in both orders ("mountain K2", "K2 mountain"); the other
    capitalised words in it count alone as well ("Antonelli" of "Andrea Kimi Antonelli").

    >>> against = cues_against(["crypto", "Gemini telescope (Hawaii)", "Project Gemini"], but="Gemini")
    >>> [against.findall(t) for t in ("a Cryptocurrency", "telescope Gemini", "in Hawaii", "a telescope")]
    [['Cryptocurrency'], ['telescope Gemini'], ['Hawaii'], []]
    """
    words: set[str] = set()
    for note in notes:
        for part in filter(None, _PARTS.split(note)):
            words |= _with_own_name(part, but) if but.lower() in part.lower().split() else {part}
    return _any_of({word for word in words if len(word) >= _MIN_SINGLE or _IS_EAST.search(word)})


def _with_own_name(part: str, but: str) -> set[str]:
    rest = [token for token in part.split() if token.lower() != but.lower()]
    proper = {token.strip("'’.") for token in rest if token[0].isupper() and token.lower() not in _COMMON}
    return {part, " ".join([but, *rest]), " ".join([*rest, but]), *proper} if rest else set()


def _any_of(words: set[str]) -> Cues | None:
    ordered = tuple(sorted(word for word in words if word))
    return Cues(ordered) if ordered else None
