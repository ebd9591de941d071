"""Noun phrases of a marked Chinese sentence: where they begin and end, and what of them is the holder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labtape.annotate import phrases_zh as phrases
from labtape.annotate.han_text import NUMBER, Passage, between, cut_end, cut_start, unmarked
from labtape.annotate.metrics_zh import metric_zh

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting


LONGEST: Final = 240
"""How long a clause is read, in characters: longer ones are tables or no sentences."""


def clause_start(text: Passage, setting: Setting) -> int:
    """Where the clause begins that the number stands in: behind the last stop, or the number before."""
    at = setting.quantity.outer_start
    first = max(setting.sentence.start, at - LONGEST)
    stop = max(text.marks.rfind(sign, first, at) for sign in phrases.STOPS)
    return max(first, stop + 1, text.marks.rfind(NUMBER, first, at) + 1)


def trimmed(text: Passage, start: int, end: int) -> tuple[int, int] | None:
    """A noun phrase without times, particles and adverbs at its ends; None where nothing is left."""
    words = text.marks[start:end]
    kept = cut_end(words, phrases.IDLE_END, phrases.KEPT_END)
    begin = len(kept) - len(cut_start(kept, phrases.IDLE_START, phrases.KEPT_START))
    first, last = start + begin, start + len(kept)
    for a, b in between(text.names, start, end):  # no cut runs through a linked name
        if start <= a < first < b <= end:
            first = a
        if start <= a < last < b <= end:
            last = b
    return (first, last) if text.marks[first:last].strip() else None


def without_report(text: Passage, span: tuple[int, int]) -> tuple[int, int]:
    """A phrase without who says it: 分析师统计|昇腾."""
    words = text.marks[span[0] : span[1]]
    said = [m for m in phrases.SAYS.finditer(words) if m.start() and m.end() < len(words)]
    return (span[0] + said[-1].end(), span[1]) if said else span


def named_last(text: Passage, start: int, end: int) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """What a stretch names last, and the topic before it: "1Q26 HBM位元出货中|SK海力士"."""
    words = text.marks[start:end]
    topics = [
        m
        for m in phrases.TOPIC_END.finditer(words)
        if m.start() > 1 and not any(a < start + m.end() < b for a, b in between(text.names, start, end))
    ]
    topic = None
    if topics:
        topic = trimmed(text, *without_report(text, (start, start + topics[-1].start())))
        start += topics[-1].end()
    return trimmed(text, start, end), topic


def holder_in(text: Passage, start: int, end: int) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The holder that a stretch left of the verb names, and the topic that stands before it."""
    span, topic = named_last(text, start, end)
    if span is None:
        return None, topic
    span = without_report(text, span)
    again = trimmed(text, *span)
    if again is None:
        return None, topic
    words = text.marks[again[0] : again[1]]
    if phrases.GOES_ON.fullmatch(words):
        return None, topic
    gap = max(words.rfind(mark) for mark in "\x01\x02\x03")
    if gap >= 0:
        inner = words[gap + 1 :].strip()
        if len(inner) > 1 and not phrases.MOVES.match(inner):
            begin = again[1] - len(words[gap + 1 :].lstrip())
            again = trimmed(text, begin, again[1]) or again
        else:
            again = trimmed(text, again[0], again[0] + words.find(words[gap])) or again
        words = text.marks[again[0] : again[1]]
    cut = phrases.ACTS.search(words, 1)
    if cut and cut.start() > 1:
        again = trimmed(text, again[0], again[0] + cut.start()) or again
    pointing = phrases.POINTING.match(text.marks, *again)
    if pointing:
        again = (pointing.end(), again[1])
    named = [n for n in between(text.names, *again) if n[1] <= again[1]]
    if len(named) > 1 and named[0][0] == again[0] and text.marks[named[0][1] : named[1][0]] == "的":
        again = (named[1][0], again[1])  # 谷歌的Gemini
    tail = phrases.OWN_METRIC.search(text.marks[again[0] : again[1]])
    if tail:
        again = (again[0], again[0] + tail.start())
    return again, topic


def metric_at(text: Passage, span: tuple[int, int]) -> str | None:
    return metric_zh(unmarked(text.marks[span[0] : span[1]]))
