"""Which sentence of an article a note quotes, and where it is cut.

    sentences -> pieces (no dateline, no headline in front) -> the one that carries the mechanism best -> cut

What a publisher's page leaves in a text (credits, adverts, links to other articles) is never quoted while
anything else can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.expressions import small
from labtape.types import Span

if TYPE_CHECKING:
    from labtape.signal.house import Hit
    from labtape.signal.target import Target
    from labtape.types import Annotated

# At most this much is quoted: two lines of a terminal. Chinese says in half the characters as much.
QUOTE_CHARS: Final = 220
QUOTE_HAN: Final = 110
# A cut leaves at least this much, at the end of a clause at least that much; a shorter piece is a heading or a scrap.
LEAST_CUT: Final = 60
LEAST_CLAUSE: Final = 120
SCRAP: Final = 30
# How many sentences are looked through; the news stands at the top.
LOOKED_AT: Final = 14

# What each property of a sentence is worth. Set by reading notes over the development articles; only the
# order they give matters.
EVENT, TARGET, FIGURE, LEAD, FIT = 1.0, 0.8, 0.6, 0.5, 0.4
# The headline stands above the note already: another sentence is quoted if it says nearly as much.
HEADLINE: Final = 0.6
NOT_NEWS, ASKS, LEANS, SPEAKS, BODY, FAR = 3.0, 0.9, 0.5, 0.8, 0.8, 0.08

#: In small letters, and searched in those.
_NOT_NEWS = re.compile(
    r"\b(?:image credits?|photo(?:graph)? (?:by|credit)|getty images|posted:|senior editor|contributing writer|staff writer|written by|"
    r"read more|read also|related:|see also|sign up|subscribe\w*|newsletters?|follow us|share this|advertisement|sponsored|cookies|"
    r"all rights reserved|min(?:ute)? read|log in|skip to|editor['’]s note|disclosure:|watch:|listen:|source:|our \w+ column|"
    r"this (?:column|newsletter|post was)|you might also|click here|join us|tickets|register (?:now|here)|updated at|correction:|(?:is|are) (?:displayed|seen|pictured|shown) (?:along|at|in|on|outside|during)|pictured)|"
    r"\b\d{1,2}:\d\d\s?[ap]\.?m\b|\|\s?(?:image|photo|picture|credit)s?:|©|责任编辑|扫码|点击|免责声明|来源：|图源"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATELINE = re.compile(
    r"[A-Z][^\n“”\"—–:]{1,60}?\s?(?:[—–]|-(?=\s))\s*(?<=\s)|(?:\w+讯\s?)?\d{1,2}月\d{1,2}日(?:消息|电|讯)?[，,]\s?|【[^】\n]{1,40}】"
)
_IS_DATELINE = re.compile(rf"\b{_MONTH}\.?\b|\([^()\n]+\)|^[A-Z][A-Z .,'’-]{{3,}}[—–-]|月|^【")
_FIGURE = re.compile(r"[$€£¥₩]\s?\d|\d[\d.,]*\s?(?:%|percent\b|per cent\b|billion\b|million\b|亿|bn\b)")
# A sentence that starts so leans on the one before it, which is not quoted.
_LEANS = re.compile(
    r"\(|(?:(?:It|This|That|These|Those|They|He|She|But|And|Or|So|Yet|However|Instead|Meanwhile|Also|Still|Then|Here|There|Its|Their|His|Her|Both|"
    r"Such|One|Another|Others?)\b|这|该|其|但|而|他|她|它)"
)
_SPEAKS = re.compile(r"\b(?:I|I['’]m|I['’]ve|we['’]re|you|your|my)\b")
_WORDS_FOR_A_CUT = re.compile(
    r"[,;:，；：、](?=\s|[一-龥])|\s[—–-]\s|\s(?=(?:which|who|while|after|because|although|but)\s)"
)
_HAN = re.compile("[一-龥]")
# What a feed puts where it cut the text itself.
_CUT_BY_FEED = re.compile(r"\s?(?:\[(?:…|\.\.\.)\]|…|\.\.\.)$")


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact excerpt: its place, and whether words of its sentence are missing in front or behind."""

    span: Span
    cut_before: bool
    cut_after: bool

    def text(self, full: str) -> str:
        """The excerpt in quotation marks, with an ellipsis where it was cut.

        >>> Quote(Span(4, 9), True, False).text("The price fell.")
        '“…price”'
        """
        words = bare(" ".join(full[self.span.start : self.span.end].split()))
        return f"“{'…' if self.cut_before else ''}{words}{'…' if self.cut_after else ''}”"


def bare(words: str) -> str:
    """Words less the quotation marks around all of them, and less a mark that has no partner.

    >>> bare('“We sell.”'), bare('a "number with a four"'), bare('said, “We sell.')
    ('We sell.', 'a "number with a four"', 'said, “We sell.')
    """
    for mark, end in (("“", "”"), ('"', '"')):
        inner = words[1:-1]
        if words.startswith(mark) and words.endswith(end) and mark not in inner and end not in inner:
            return inner
        if words.startswith(mark) and end not in words[1:]:
            return words[1:]
        if words.endswith(end) and mark not in words[:-1]:
            return words[:-1]
    return words


def best_hit(annotated: Annotated, hits: Sequence[Hit], target: Target) -> Hit:
    """Of the hits of one rule the one whose sentence says most; the first of equals."""
    return max(
        hits,
        key=lambda h: (
            quality(annotated, piece(annotated, h.sentence, Span(h.start, h.end)), target)
            - BODY * (h.place == "body")
        ),
    )


def telling(annotated: Annotated, event: str, target: Target) -> Span | None:
    """The sentence that tells the main event best; None where the article has no sentence that says anything."""
    places = [e.start for e in annotated.events if e.type == event]
    found = []
    for sentence in annotated.sentences[:LOOKED_AT]:
        own = piece(annotated, sentence)
        if own.end - own.start >= SCRAP or sentence.start < len(annotated.article.title):
            tells = any(sentence.start <= p < sentence.end for p in places)
            above = sentence.end <= len(annotated.article.title)
            worth = quality(annotated, own, target) + EVENT * tells - HEADLINE * above
            found.append((worth, -sentence.start, sentence))
    return max(found)[2] if found else None


def quality(annotated: Annotated, span: Span, target: Target) -> float:
    """How much a sentence says for a note: it names the target, holds a figure, stands high and stands alone."""
    full, title_end = annotated.article.full, len(annotated.article.title)
    words = full[span.start : span.end]
    in_title = span.end <= title_end
    names = any(
        m.lab == target.entity for m in annotated.mentions if m.lab and span.start <= m.start < span.end
    ) or (target.is_listed and target.name in words)
    size = len(words) * (2 if _HAN.search(words) else 1)
    return (
        TARGET * names
        + FIGURE * bool(_FIGURE.search(words))
        + FIT * (50 <= size <= 260)
        + LEAD * (not in_title)
        - FAR * _rank(annotated, span)
        - NOT_NEWS * bool(_NOT_NEWS.search(small(words)))
        - ASKS * words.rstrip('”" ').endswith(("?", "？", ":", "："))
        - LEANS * bool(_LEANS.match(words))
        - SPEAKS * bool(_SPEAKS.search(words))
    )


def _rank(annotated: Annotated, span: Span) -> int:
    return sum(1 for s in annotated.sentences[:LOOKED_AT] if s.end <= span.start)


def piece(annotated: Annotated, sentence: Span, around: Span | None = None) -> Span:
    """A sentence without what runs into it: other lines, a dateline, the headline once more.

    Of several lines the one with `around` in it, else the longest.
    """
    full, title = annotated.article.full, annotated.article.title.strip()
    own = _line(full, sentence, around)
    start = own.start
    least = around.start if around else own.end - SCRAP
    if start >= len(annotated.article.title) and title and full.startswith(title, start):
        start = _kept(full, start, start + len(title), least)
    while start < min(least, own.end) and full[start] in "·•▪*-–—> ":
        start += 1
    match = _DATELINE.match(full, start, own.end)
    if match and _IS_DATELINE.search(match.group(0)):
        start = _kept(full, start, match.end(), least)
    return Span(start, own.end)


def _kept(full: str, start: int, after: int, least: int) -> int:
    """Where the rest begins, if `least` lies in it and it begins a sentence of its own; else the old start."""
    while after < least and not full[after].isalnum() and full[after] not in '“"‘$€£':
        after += 1
    return after if after <= least and not full[after].islower() else start


def _line(full: str, sentence: Span, around: Span | None) -> Span:
    lines = list(_lines(full, sentence))
    if not lines:
        return sentence
    if around:
        return next((s for s in lines if s.start <= around.start < s.end), lines[0])
    return max(lines, key=lambda s: s.end - s.start)


def _lines(full: str, sentence: Span) -> Iterable[Span]:
    at = sentence.start
    for line in full[sentence.start : sentence.end].split("\n"):
        words = line.strip()
        if words:
            start = at + line.index(words)
            yield Span(start, start + len(words))
        at += len(line) + 1


def cut(annotated: Annotated, sentence: Span, around: Span | None = None) -> Quote:
    """At most `QUOTE_CHARS` of a sentence, cut where a clause ends if it can be, with `around` inside it."""
    full = annotated.article.full
    whole = piece(annotated, sentence, around)
    by_feed = _CUT_BY_FEED.search(full[whole.start : whole.end])
    own = Span(whole.start, whole.start + by_feed.start()) if by_feed else whole
    most = QUOTE_HAN if _HAN.search(full, own.start, own.end) else QUOTE_CHARS
    start = own.start
    if around and own.end - start > most and around.end - start > most:
        start = _clause_start(full, start, max(start, around.start), around.end - most)
    end = own.end
    if end - start > most:
        end = _clause_end(full, start, start + most, around.end if around else start)
    return Quote(Span(start, end), cut_before=start > own.start, cut_after=end < whole.end)


def _clause_start(full: str, least: int, at: int, must: int) -> int:
    """The last clause that begins before `at`; a word near it where none begins behind `must`."""
    ends = [m.end() for m in _WORDS_FOR_A_CUT.finditer(full, least, at) if m.end() >= must]
    start = ends[-1] if ends else max(least, must, at - LEAST_CUT)
    if not ends and start > least:
        space = full.find(" ", start, at)
        start = space + 1 if space >= 0 else start
    while start < at and full[start].isspace():
        start += 1
    return start


def _clause_end(full: str, start: int, most: int, least: int) -> int:
    """The last end of a clause that leaves enough and `least`, at most `most`; of a word where no clause ends there."""
    enough = start + min(LEAST_CLAUSE, (most - start) // 2)
    ends = [
        m.start() for m in _WORDS_FOR_A_CUT.finditer(full, start, most) if m.start() >= max(least, enough)
    ]
    if ends:
        return ends[-1]
    space = full.rfind(" ", start, most + 1)
    return space if space >= max(least, start + LEAST_CUT) else most
