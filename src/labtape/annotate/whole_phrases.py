"""The noun phrases round a number that can say what is divided, and where or whose it is (English).

A phrase is a run of words without verb, boundary or number, cut at its prepositions: "the bill of our coding agents" gives
"bill", "coding agents" and the whole of it. Read are the number's sentence, the two before it, and the title.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting


def words_of(line: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(line.split())


#: How far to each side a sentence is read, how far back the sentences before it, and how much of the title.
LEFT_REACH: Final = 320
RIGHT_REACH: Final = 220
BACK_REACH: Final = 420
TITLE_REACH: Final = 200
NEARBY: Final = 1600
"""So many characters before a number, and half of them behind it, are searched for a phrase."""
MOST_WORDS: Final = 9
_PIECES: Final = 3
"""A phrase takes in at most this many prepositional phrases."""

PREPOSITIONS: Final = words_of(
    "of in on for by to from with among amongst across at as per than through into under over between within via toward towards"
)
VERBS: Final = words_of(
    "account accounts accounted accounting hold holds held has have had having make makes made making represent represents represented representing"
    " control controls controlled controlling command commands commanded take takes took taken capture captures captured comprise comprises comprised"
    " constitute constitutes is are was were be been being use uses used using come comes came goes go went runs run ran says say said saw see sees own owns"
    " owned dominate dominates dominated contribute contributes contributed generate generates generated sold sell sells shipped bought buy buys rose rise"
    " rises fell fall falls grew grow grows dropped climbed slipped jumped reached hit stood stand stands sit sits sat remained remains win won lost gained"
    " collect collected bring brings brought drew draw draws handle handled handles serve serves served supply supplied supplies produce produced produces"
    " consume consumed consumes pay paid pays spend spends spent get gets got give gives gave put puts lead leads led cover covers covered show shows showed"
    " find finds found think believe expect expects want wants keep keeps kept send sends sent pass passes write writes wrote tell told became become becomes"
    " do does did will would could should can may might must"
)
_BOUNDS: Final = words_of(
    "that what how why which who whom whose while but when where because since although though if after before according whereas versus vs against compared including so"
    " not now already still just only even then currently today also up down about around nearly almost roughly more less over under without last next ago earlier later"
)
_DETERMINERS: Final = words_of(
    "the a an its their his her our my your this these those some any each every such all both other another"
)
_NOT_VERBS: Final = words_of(
    "advertising computing manufacturing gaming streaming funding spending shipping packaging engineering marketing banking training coding programming trading"
    " lending mining hiring testing licensing hosting publishing processing leading remaining working aged united combined related unlimited limited borrowing"
    " financing staking gambling farming clothing housing building meeting offering earning holding filing speed need feed seed breed wing king ring thing string"
    " spring morning evening something anything nothing everything software open-sourced developed"
)
_WORD: Final = re.compile(r"[$#]?[A-Za-z0-9]+(?:[.&'’+/-][A-Za-z0-9]+)*|[^\w\s]")
_ACTING: Final = re.compile(r"[a-z]{3,}(?:ed|ing)")
_BREAK: Final = re.compile(r"(?<=[.!?;:])\s+|\n+")
_COUNT: Final = re.compile(r"[$€£¥]?\d[\d.,]*[a-z%]?|million|billion|trillion|thousand", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark: where it stands, and in what (S: the number's sentence, B1 and B2: those before, T: the title)."""

    start: int
    end: int
    text: str
    zone: str
    is_number: bool

    @property
    def low(self) -> str:
        """Its lower case."""
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the text, as tokens `first` to `last` (exclusive)."""

    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Surroundings:
    """The tokens round one number, in the order title, sentences before, sentence; `at` is the number's place among them."""

    setting: Setting
    tokens: tuple[Token, ...]
    at: int
    names: Sequence[tuple[int, int, str]] = ()
    """Where labs, models and platforms are named, in order, and what kind of thing is."""

    @cached_property
    def low(self) -> tuple[str, ...]:
        """The tokens in lower case, numbers as #."""
        return tuple("#" if t.text[0].isdigit() or t.is_number else t.low for t in self.tokens)

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """Every phrase that can be a whole or its place, each once, in order."""
        return _phrases(self)

    @cached_property
    def nearby(self) -> str:
        """The text round the number, in lower case, as far as phrases are counted."""
        at = self.setting.quantity.start
        return self.setting.full[max(0, at - NEARBY) : at + NEARBY // 2].lower()

    @cached_property
    def title(self) -> str:
        """The title, in lower case; empty where the number stands in it."""
        inside = [token for token in self.tokens if token.zone == "T"]
        return self.setting.full[: inside[-1].end].lower() if inside else ""

    @cached_property
    def named(self) -> tuple[str, ...]:
        """For each token the kind of thing that it is part of the name of, or nothing."""
        return tuple(self._named(token.start, token.end) for token in self.tokens)

    def _named(self, start: int, end: int) -> str:
        i = bisect_left(self.names, end, key=itemgetter(0)) - 1
        return self.names[i][2] if i >= 0 and self.names[i][1] > start else ""


def surroundings(
    setting: Setting,
    title_end: int,
    numbers: Sequence[tuple[int, int]],
    names: Sequence[tuple[int, int, str]] = (),
) -> Surroundings:
    """What is read round one number; `numbers` are the spans of all percentages and fractions, in order."""
    full, start = setting.full, setting.quantity.outer_start
    sentence = setting.sentence
    left = max(sentence.start, start - LEFT_REACH)
    right = max(min(sentence.end, setting.right_at + RIGHT_REACH), setting.right_at)
    zones: list[tuple[str, int, int]] = []
    if start >= title_end > 0:
        zones.append(("T", 0, min(title_end, TITLE_REACH)))
    if sentence.start > title_end:
        begin = max(title_end, sentence.start - BACK_REACH)
        pieces = list(_pieces(full, begin, sentence.start))[-2:]
        zones += [(f"B{len(pieces) - k}", a, b) for k, (a, b) in enumerate(pieces)]
    zones.append(("S", left, right))
    tokens = tuple(token for zone, a, b in zones for token in _tokens(full, zone, a, b, numbers))
    at = next((k for k, t in enumerate(tokens) if t.zone == "S" and t.start >= start), len(tokens))
    return Surroundings(setting, tokens, at, names)


def _pieces(full: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a stretch that ends where one ends."""
    at = begin
    for match in _BREAK.finditer(full, begin, end):
        if full[at : match.start()].strip():
            yield at, match.start()
        at = match.end()
    if full[at:end].strip():
        yield at, end


def _tokens(
    full: str, zone: str, begin: int, end: int, numbers: Sequence[tuple[int, int]]
) -> Iterator[Token]:
    i = bisect_left(numbers, (begin, 0))
    i = max(0, i - 1)
    for match in _WORD.finditer(full, begin, end):
        start, stop = match.span()
        while i < len(numbers) and numbers[i][1] <= start:
            i += 1
        inside = i < len(numbers) and numbers[i][0] < stop
        yield Token(start, stop, match[0], zone, inside)


def _phrases(around: Surroundings) -> tuple[Phrase, ...]:
    """Every phrase that can be a whole or its place, each once, in order.

    Runs are cut at prepositions and joined again, up to three pieces; "and" joins, or parts.
    """
    found: dict[tuple[int, int], Phrase] = {}
    for first, last in _runs(around):
        pieces = _parted(around, first, last)
        for i in range(len(pieces)):
            for j in range(i, min(i + _PIECES, len(pieces))):
                _keep(found, around, pieces[i][0], pieces[j][1])
        for a, b in pieces:
            for k in range(a + 1, b - 1):
                if around.low[k] in ("and", "or"):
                    _keep(found, around, a, k)
                    _keep(found, around, k + 1, b)
    return tuple(found.values())


def _keep(found: dict[tuple[int, int], Phrase], around: Surroundings, a: int, b: int) -> None:
    low, tokens = around.low, around.tokens
    while a < b and (low[a] in _DETERMINERS or low[a] in ("and", "or")):
        a += 1
    while a < b and (low[b - 1] in _DETERMINERS or low[b - 1] in PREPOSITIONS or low[b - 1] in ("and", "or")):
        b -= 1
    if a >= b or b - a > MOST_WORDS or (a, b) in found:
        return
    if all(_COUNT.fullmatch(tokens[k].text) for k in range(a, b)):
        return
    text = around.setting.full[tokens[a].start : tokens[b - 1].end]
    found[a, b] = Phrase(text, a, b)


def _runs(around: Surroundings) -> Iterator[tuple[int, int]]:
    tokens, first = around.tokens, 0
    for k, token in enumerate(tokens):
        if k > first and token.zone != tokens[first].zone:
            yield first, k
            first = k
        if _ends_run(token):
            if k > first:
                yield first, k
            first = k + 1
    if first < len(tokens):
        yield first, len(tokens)


def _ends_run(token: Token) -> bool:
    if token.is_number:
        return True
    word = token.low
    if not (word[0].isalnum() or word[0] in "$#"):
        return True
    if word in VERBS or word in _BOUNDS:
        return True
    return bool(_ACTING.fullmatch(token.text)) and word not in _NOT_VERBS


def _parted(around: Surroundings, first: int, last: int) -> list[tuple[int, int]]:
    pieces, a = [], first
    for k in range(first, last + 1):
        if k == last or around.low[k] in PREPOSITIONS:
            if k > a:
                pieces.append((a, k))
            a = k + 1
    return pieces
