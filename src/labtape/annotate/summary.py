"""Which sentences tell the article in brief: at most three, as they stand in the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from labtape.types import Mention, Share, Span

_MOST = 3
_LOOK_AT = 30
_SHORTEST, _LONGEST = 25, 420
_SHORTEST_HAN = 10
# Weights chosen by reading summaries of 40 articles of mixed outlets; rerun by eye when changed.
_LEAD, _MENTION, _SHARE, _NUMBER, _TITLE_WORD = 3.0, 0.5, 1.5, 0.3, 0.35
_MOST_TITLE = 5
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
    starts = sorted(m.start for m in mentions if m.role != "venue")
    figures = sorted(share.start for share in shares)
    scores = [
        _LEAD / (1 + place)
        + _MENTION * min(3, _inside(sentence, starts))
        + _SHARE * min(2, _inside(sentence, figures))
        + _NUMBER * bool(_DIGIT.search(full, sentence.start, sentence.end))
        for place, sentence in enumerate(body)
    ]
    chosen: list[int] = []
    told = [title]
    for place, words in _ranked(full, body, scores, title):
        if not any(_is_same(words, other) for other in told):
            chosen.append(place)
            told.append(words)
        if len(chosen) == _MOST:
            break
    return tuple(body[place] for place in sorted(chosen))


def _ranked(
    full: str, body: Sequence[Span], scores: Sequence[float], title: frozenset[str]
) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield the place and words of each sentence, the best first, the earlier of equals.

    The words that it shares with the title are counted only when it could be next, taken to be the most till then.
    """
    waiting = [
        (-(score + _TITLE_WORD * _MOST_TITLE), False, place, title) for place, score in enumerate(scores)
    ]
    heapify(waiting)
    while waiting:
        _, is_counted, place, words = heappop(waiting)
        if is_counted:
            yield place, words
            continue
        words = _words(full[body[place].start : body[place].end])
        score = scores[place] + _TITLE_WORD * min(_MOST_TITLE, len(title & words))
        heappush(waiting, (-score, True, place, words))


def _words(piece: str) -> frozenset[str]:
    return frozenset(_WORD.findall(piece.lower()))


def _is_telling(piece: str) -> bool:
    if not _SHORTEST_HAN <= len(piece) <= _LONGEST or piece.endswith("?"):
        return False
    return (len(piece) >= _SHORTEST or bool(_HAN.search(piece))) and not _FURNITURE.match(piece)


def _inside(sentence: Span, places: Sequence[int]) -> int:
    """How many of the sorted places lie in the sentence."""
    return bisect_left(places, sentence.end) - bisect_left(places, sentence.start) if places else 0


def _is_same(words: frozenset[str], other: frozenset[str]) -> bool:
    """Most of the sentence's words are in the other one."""
    return bool(words) and len(words & other) / len(words) >= _DUPLICATE
