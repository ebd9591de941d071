"""Where sentences begin and end, in English and Chinese, in one pass over the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from labtape.types import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

# Lengths of a line in hard-wrapped text (mail and text files break at 65 to 120). Headings without a stop are
# shorter, paragraphs of web pages longer; rerun the gold measures when this changes.
WRAPPED = (60, 130)
_CLOSERS = "\"'”’)\\]」』》）】"

# A place where a sentence may end: stops with what closes after them and the space behind, Chinese
# stops (no space needed), and line ends. It begins with one class of signs, for which the engine leaps ahead.
_BREAK = re.compile(
    rf"[.!?…。！？\n](?:(?<=[.!?…])(?P<latin>[.!?…]*[{_CLOSERS}]*)(?=\s)"
    rf"|(?<=[。！？])(?P<han>[。！？…]*[{_CLOSERS}]*)|(?<=\n)(?P<line>\s*))"
)
_WORD_BEFORE = re.compile(r"[\w.&]+$")
_FIRST_WORD = re.compile(r"[A-Za-z]+")
_START = attrgetter("start")
_NEXT = re.compile(r"\s*[\"'“‘(\[「『《（【]*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end of a sentence when a word follows.
_TITLES = _words(
    "mr mrs ms dr prof sen rep gov gen col lt capt sgt rev hon st mt messrs pres amb supt maj adm cmdr "
    "vs v cf fig figs eq est approx ca e.g i.e al viz"
)
# The end only where the next word opens a sentence; company suffixes, countries, clock times.
_MAYBE = _words(
    "inc corp co ltd llc plc bros u.s u.k u.n e.u u.s.a d.c a.m p.m a.i etc jr sr dept univ assn intl"
)
# Abbreviated only before a number: "No. 1", "Feb. 3", "p. 12".
_BEFORE_NUMBER = _words("no nos jan feb mar apr jun jul aug sep sept oct nov dec p pp sec art vol ch pct ver")
_OPENERS = _words(
    "The A An This That These Those It Its He She They We I You In On At By For From But And Or If As While "
    "When After Before Since However Meanwhile Now Today There Here What Why How Who Some Most Many Both Such "
    "Last Earlier Analysts Shares Officials Investors According"
)


def sentences(full: str) -> tuple[Span, ...]:
    r"""The sentences of `title + "\n\n" + text`, in order, disjoint, without the space around them.

    The title never runs on into the text; a line end closes a sentence unless the next line goes on
    in lower case or the line was hard-wrapped. Abbreviations, initials, decimals and list numbers do not close one.

    >>> full = "Chips up\n\nNvidia Corp. rose 2.5% on Feb. 3. U.S. rivals fell. 英伟达上涨。市场不变！"
    >>> [full[s.start:s.end] for s in sentences(full)]
    ['Chips up', 'Nvidia Corp. rose 2.5% on Feb. 3.', 'U.S. rivals fell.', '英伟达上涨。', '市场不变！']
    """
    found: list[Span] = []
    title_end = full.find("\n\n")
    start = 0
    for match in _BREAK.finditer(full):
        if match.end() > start and _is_end(full, match, start, title_end):
            _add(found, full, start, match.end())
            start = match.end()
    _add(found, full, start, len(full))
    return tuple(found)


def sentence_at(sentences: Sequence[Span], at: int) -> Span | None:
    """The sentence that a place lies in; None between them.

    >>> sentence_at((Span(0, 8), Span(10, 33)), 12), sentence_at((Span(0, 8), Span(10, 33)), 9)
    (Span(start=10, end=33), None)
    """
    place = bisect_right(sentences, at, key=_START) - 1
    return sentences[place] if place >= 0 and at < sentences[place].end else None


def _add(found: list[Span], full: str, start: int, end: int) -> None:
    piece = full[start:end]
    stripped = piece.strip()
    if stripped[:1].isalnum() or any(character.isalnum() for character in stripped):
        begin = start + len(piece) - len(piece.lstrip())
        found.append(Span(begin, begin + len(stripped)))


def _is_end(full: str, match: re.Match[str], start: int, title_end: int) -> bool:
    if match.lastgroup == "han":
        return True
    if match.lastgroup == "line":
        return match.start() <= title_end < match.end() or not _runs_on(full, match)
    return _is_latin_end(full, match, start)


def _runs_on(full: str, line: re.Match[str]) -> bool:
    """A hard-wrapped paragraph: one line end, and the next line goes on in lower case or after a full line."""
    following = full[line.end() : line.end() + 1]
    if line.group().count("\n") != 1 or not following.isascii():
        return False
    return following.islower() or (following.isalnum() and _is_full_line(full, line.start()))


def _is_full_line(full: str, end: int) -> bool:
    """Whether the line that ends here was broken for its width: as long as wrapped text is, and no stop at its end."""
    length = end - (full.rfind("\n", 0, end) + 1)
    return WRAPPED[0] <= length <= WRAPPED[1] and (full[end - 1].isalnum() or full[end - 1] in ",;-’'")


def _is_latin_end(full: str, match: re.Match[str], start: int) -> bool:
    opening = _NEXT.match(full, match.end())
    after = opening.end() if opening else match.end()
    following = full[after : after + 1]
    if not following or "\n" in full[match.end() : after]:
        return True
    if following.islower():
        return False
    return match.group() != "." or not _is_abbreviation(full, match.start(), start, after)


def _is_abbreviation(full: str, dot: int, start: int, after: int) -> bool:
    word = _word_before(full, max(start, dot - 24), dot)
    if not word:
        return False
    lowered = word.lower()
    following = full[after]
    if lowered in _TITLES:
        return True
    if lowered in _BEFORE_NUMBER:
        return following.isdigit()
    if lowered in _MAYBE:
        return not _opens_sentence(full, after)
    if word.isdigit():  # a list number: "1. Chips"
        return not full[start : dot - len(word)].strip()
    # An initial ("Vera C. Rubin"): one capital after another capitalised word or at the start.
    return len(word) == 1 and word.isupper() and word != "I" and following.isupper()


def _word_before(full: str, start: int, dot: int) -> str:
    words = full[start:dot].rsplit(None, 1)
    if words and words[-1].isalpha() and not full[dot - 1].isspace():
        return words[-1]
    before = _WORD_BEFORE.search(full, start, dot)
    return before.group() if before else ""


def _opens_sentence(full: str, at: int) -> bool:
    word = _FIRST_WORD.match(full, at)
    return word is None or word.group() in _OPENERS
