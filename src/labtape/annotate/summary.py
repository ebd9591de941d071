"""Which sentences tell the article in brief: at most three, as they stand in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labtape.types import Mention, Share, Span

_MOST = 3
_LOOK_AT = 30
_SHORTEST, _LONGEST = 25, 420
_SHORTEST_HAN = 10
# Weights chosen by reading summaries of 40 articles of mixed outlets; rerun by eye when changed.
_LEAD, _MENTION, _SHARE, _NUMBER, _TITLE_WORD = 3.0, 0.5, 1.5, 0.3, 0.35
_DUPLICATE = 0.6

_WORD = re.compile(r"[A-Za-z][\w'’-]{2,}|\d[\d.,]*%?|[\u3400-\u9fff]{2}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DIGIT = re.compile(r"\d")
_FURNITURE = re.compile(
    r"(?i)^(?:\W*)(?:sign up|subscribe|read more|click here|share this|follow us|advertisement|image credit|"
    r"photo(?:graph)?:|related:|disclosure:|disclaimer|copyright|©|tl;?dr|key (?:points|takeaways)|"
    r"this (?:article|story) (?:was|is)|责任编辑|编辑[:：]|来源[:：]|免责声明|相关阅读)"
)


def find_summary(
    full: str,
    title_end: int,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    shares: Sequence[Share] = (),
) -> tuple[Span, ...]:
    """Up to three sentences of the text, in its order; the lead first, no two that say the same.

    The title is not among them, and a sentence that only repeats it is passed over. Empty when the text
    has no sentence of fair length.
    """
    title = _words(full[:title_end])
    body = [s for s in sentences if s.start >= title_end and _is_telling(full[s.start : s.end])][:_LOOK_AT]
    words = [_words(full[s.start : s.end]) for s in body]
    starts = [m.start for m in mentions if m.role != "venue"]
    figures = [share.start for share in shares]
    scores = [
        _LEAD / (1 + place)
        + _MENTION * min(3, _inside(sentence, starts))
        + _SHARE * min(2, _inside(sentence, figures))
        + _NUMBER * bool(_DIGIT.search(full, sentence.start, sentence.end))
        + _TITLE_WORD * min(5, len(title & words[place]))
        for place, sentence in enumerate(body)
    ]
    chosen: list[int] = []
    for place in sorted(range(len(body)), key=lambda i: (-scores[i], i)):
        if len(chosen) == _MOST:
            break
        others = [words[i] for i in chosen] + [title]
        if not any(_is_same(words[place], other) for other in others):
            chosen.append(place)
    return tuple(body[place] for place in sorted(chosen))


def _words(piece: str) -> frozenset[str]:
    return frozenset(_WORD.findall(piece.lower()))


def _is_telling(piece: str) -> bool:
    shortest = _SHORTEST_HAN if _HAN.search(piece) else _SHORTEST
    return shortest <= len(piece) <= _LONGEST and not _FURNITURE.match(piece) and not piece.endswith("?")


def _inside(sentence: Span, places: Sequence[int]) -> int:
    return sum(sentence.start <= place < sentence.end for place in places)


def _is_same(words: frozenset[str], other: frozenset[str]) -> bool:
    """Most of the sentence's words are in the other one."""
    return bool(words) and len(words & other) / len(words) >= _DUPLICATE
