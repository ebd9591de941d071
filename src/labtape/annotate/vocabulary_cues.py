"""Turns the lexicon's notes for and against a name into expressions that look for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PARTS = re.compile(r"\s*[;,()（）、，/:：]\s*|\s+-\s+")
_IS_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LETTER = "A-Za-z0-9"

# Capitalised words in notes that name nothing by themselves.
_COMMON_WORDS = "the project other good new big great san saint st de la le apple google amazon"
_COMMON = frozenset(_COMMON_WORDS.split())
_MIN_SINGLE = 3
_TAKES_ENDINGS = 4


def cue_pattern(cues: Sequence[str], *, but: str) -> re.Pattern[str] | None:
    """An expression for any of the cues as given; None when there are none.

    >>> bool(cue_pattern(["Moonshot", "K2"], but="Kimi").search("Moonshot’s model"))
    True
    """
    words = {
        part.strip() for cue in cues for part in _PARTS.split(cue) if part.strip() and part.strip() != but
    }
    return _any_of(words)


def negative_pattern(notes: Sequence[str], *, but: str) -> re.Pattern[str] | None:
    """An expression for what speaks against a name: words, phrases, and the name in a phrase.

    A note that holds the name itself counts in both orders ("mountain K2", "K2 mountain"); the other
    capitalised words in it count alone as well ("Antonelli" of "Andrea Kimi Antonelli").

    >>> against = negative_pattern(["crypto", "Gemini telescope (Hawaii)", "Project Gemini"], but="Gemini")
    >>> [bool(against.search(t)) for t in ("a cryptocurrency", "telescope Gemini", "in Hawaii", "a telescope")]
    [True, True, True, False]
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


def _any_of(words: set[str]) -> re.Pattern[str] | None:
    """Small letters in any case, single words of them with endings ("crypto…"); names as spelled."""
    ordered = sorted(words, key=lambda w: (-len(w), w))
    east = [re.escape(word) for word in ordered if _IS_EAST.search(word)]
    west = [word for word in ordered if not _IS_EAST.search(word)]
    spelled = [re.escape(word) for word in west if not word.islower()]
    small = [re.escape(word) + _ending(word) for word in west if word.islower()]
    either = "|".join([*spelled, *([f"(?i:{'|'.join(small)})"] if small else [])])
    parts = [*east, *([f"(?<![{_LETTER}])(?:{either})(?![{_LETTER}])"] if either else [])]
    return re.compile("|".join(parts)) if parts else None


def _ending(word: str) -> str:
    if " " in word:
        return "s?"
    return "[a-z]{0,8}" if len(word) > _TAKES_ENDINGS else ""
