"""Which percents, points and fractions a text states, as intervals.

First an anchor is found (`%`, percent, 成, 分之, half, one in five …), then a small grammar is tried in
a window around it. Direction ("fell") is apart from bound ("about"), and both from the number.

    rose from ~11% to over 50%
              └┬─┘    └──┬───┘
      11, 10–12, about   50, 50–100, over        two quantities; "6.7% to 12%" without "from" is one range
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from labtape.text.directions import direction_of
from labtape.text.fractions import find_fractions
from labtape.text.hedges import EXACT, NOT_OVER, NOT_UNDER, RANGE, Hedge, hedge_after, hedge_before, interval
from labtape.text.numerals import HAN, WORDS, folded, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labtape.types import Bound, Direction

Unit = Literal["percent", "point", "basis_point", "fraction", "amount"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as worded, out of a hundred or, with the unit "amount", in single units: `full[start:end] == text`.

    `low <= value <= high` is what the wording allows. `outer_start` and `outer_end` include the hedges
    ("about", 以上) that stand around the number.
    """

    start: int
    end: int
    text: str
    value: float
    low: float
    high: float
    bound: Bound
    unit: Unit
    direction: Direction
    outer_start: int
    outer_end: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """A number found, before its hedge and direction are read. `hedge_at` is where hedges end."""

    start: int
    end: int
    value: float
    unit: Unit
    high: float | None = None
    hedge_at: int | None = None


_NUM: Final = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d)\.\d+)"
_PCT: Final = r"(?:%(?![-\s]points?\b)|per\s?cent(?:age)?s?\b(?![-\s]points?)|pct\b|(?<=[\d\s])(?-i:pc)\b)"
_POINT: Final = r"(?:%[-\s]points?\b|per\s?cent(?:age)?[-\s]points?\b|pp(?:ts?)?\b)"
_BASIS: Final = r"(?:basis[-\s]points?\b|bps?\b)"
_UNIT: Final = rf"(?:(?P<basis_point>{_BASIS})|(?P<point>{_POINT})|(?P<percent>{_PCT}))"
_EDGE: Final = r"(?:(?<=%/)|(?<=% / )|(?<![A-Za-z0-9_%/=&#$€£¥]))(?<![0-9A-Za-z][.,])(?<![A-Za-z0-9]-)"
_ANCHORS: Final = tuple(
    (letters, re.compile(pattern))
    for letters, pattern in (
        ("%", r"%"),
        ("cent", r"per\s?cent"),
        ("pct", r"pct\b"),
        ("pc", r"pc\b(?<=[\d\s]pc)"),
        ("basis", r"basis[-\s]points?\b"),
        ("bp", r"bps?\b"),
        ("pp", r"pp(?:ts?)?\b"),
    )
)
"""Letters and pattern of each unit, on lowered text; most texts have none of the letters, which costs next to nothing."""
_DIGITAL: Final = re.compile(
    rf"(?=[-+\d.负m]){_EDGE}(?:(?P<first>{_NUM})[-\s]?(?P<inner>{_PCT})?(?P<join>\s?[-–—~至到]\s?|-to-|\s(?:to|or|and|through)\s))?"
    rf"(?P<last>(?:(?<![\dA-Za-z)])[-+]|负|minus\s)?{_NUM})(?:\+|-plus|-odd)?(?:\s?-?\s?){_UNIT}(?:(?<=%)(?-i:(?=[A-Z][a-z]))|(?![0-9A-Za-z%]))",
    re.I,
)
_WORDY: Final = re.compile(
    rf"(?<![A-Za-z-])(?:(?P<first>{WORDS})(?P<inner>)(?P<join>\s(?:to|or|and)\s))?(?P<last>(?:minus\s)?{WORDS})[-\s]{_UNIT}",
    re.I,
)
_HALF_POINT: Final = re.compile(
    r"\b(?P<part>half|a\squarter|a\stenth)\s(?:of\s)?(?:an?|one)\s(?:(?P<point>per\s?centage[-\s]point)|(?P<percent>per\s?cent))\b",
    re.I,
)
_OF_NUMBER: Final = re.compile(
    rf"per(?<!\wper)\s?cents?\sof\s(?P<n>{_NUM}|{WORDS})\s*(?=[.;!?]|\Z)"
)  # on lowered text

_N: Final = rf"(?:\d[\d,，]*(?:\.\d+)?(?:\s?[kK])?|[{HAN}](?:\s*(?!百\s*分)[{HAN}])*(?:\s*点\s*[{HAN}](?:\s*[{HAN}])*)?)"
_CHENG: Final = r"(?:\d{1,2}(?:\s?[.点]\s?\d)?|[一二两兩三四五六七八九十半](?:\s?点\s?[一二三四五六七八九])?)"
_NOT_CHENG: Final = (
    "为為本员員立功果熟长長都交品人就分型绩績效千群因语年份天形像百色婚堆排双对套批片行了事见瘾单吨真名家衣"
)
_HAN_ANCHOR: Final = re.compile(r"[成半分基](?:(?<=[成半])|(?<=分)\s*[之点]|(?<=基)点)")
_HAN_PATTERNS: Final = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("share_of", rf"(?<![{HAN}])(?P<base>{_N}|[{HAN}]+)\s*分\s*之\s*(?P<n>{_N})"),
        ("point", rf"(?<![{HAN}\d.])(?P<n>{_N})\s*[个個]?\s*百\s*分\s*点"),
        ("basis_point", rf"(?<![{HAN}\d.])(?P<n>{_N})\s*[个個]?\s*基点"),
        (
            "tenths",
            (
                rf"(?<![第统单唯之合划{HAN}\d.])(?:(?P<low>{_CHENG}(?=\s?[至到~-]|[二三四五六七八九]\s?成))\s?[至到~-]?\s?)?(?P<n>{_CHENG})\s?成"
                rf"(?:\s?(?P<extra>半|[一二三四五六七八九])(?![{HAN}个些款家年月日种次样起]))?(?![{_NOT_CHENG}])"
            ),
        ),
        (
            "half",
            r"(?P<hedge>超过|过|近|约|超|逾|将近|接近|不到|不足)?(?:一半|半[数數])|(?P<near>超过|过|近|约|超|逾|将近|接近|不到|不足)半(?![年月天小个数程导径决场百])",
        ),
    )
)


def find_quantities(full: str) -> tuple[Quantity, ...]:
    """Every percent, point and fraction in order, none overlapping another; numbers in URLs are none.

    >>> [(q.text, q.low, q.high, q.bound) for q in find_quantities("about 61% of tokens, up from less than 1.2%")]
    [('61%', 59.0, 63.0, 'about'), ('1.2%', 0.0, 1.2, 'under')]
    >>> [(q.text, q.value) for q in find_quantities("from 21 to 8.5 percent; 6.7% to 12%; 约占六成")]
    [('21', 21.0), ('8.5 percent', 8.5), ('6.7% to 12%', 6.7), ('六成', 60.0)]
    """
    text = folded(full)
    lowered = text.lower()
    aligned = lowered if len(lowered) == len(text) else text
    drafts = sorted(
        {*_digital(text, aligned), *_wordy(text, aligned), *_han(text), *_fractions(text, aligned)},
        key=lambda d: (d.start, -d.end),
    )
    kept: list[_Draft] = []
    for draft in drafts:
        if not kept or draft.start >= kept[-1].end:
            kept.append(draft)
    return tuple(_with_hedges(full, text, kept))


# ---------------------------------------------------------------- numbers


def _digital(text: str, lowered: str) -> Iterator[_Draft]:
    at = 0
    for begin, end in _anchors(lowered):
        if text[begin] != "%" and text[max(0, begin - 1) : begin].isalpha():
            continue
        start = max(at, begin - 48)
        for pattern in (_DIGITAL, _WORDY):
            match = next((m for m in pattern.finditer(text, start, end + 14) if m.end() > begin), None)
            if match and match.start() < begin:
                yield from _pair(text, match)
                at = match.end()
                break


def _anchors(lowered: str) -> list[tuple[int, int]]:
    return sorted(
        match.span()
        for letters, pattern in _ANCHORS
        if letters in lowered
        for match in pattern.finditer(lowered)
    )


def _wordy(text: str, lowered: str) -> Iterator[_Draft]:
    if "cent" not in lowered:
        return
    if any(part in lowered for part in ("half", "quarter", "tenth")):
        for match in _HALF_POINT.finditer(text):
            part = {"f": 0.5, "r": 0.25, "h": 0.1}[match["part"][-1].lower()]
            yield _Draft(match.start(), match.end(), part, "point" if match["point"] else "percent")
    for match in _OF_NUMBER.finditer(lowered):
        value = number(match["n"])
        if value is not None and not re.search(
            r"[\w%]\s?\Z", text[max(0, match.start() - 2) : match.start()]
        ):
            yield _Draft(match.start(), match.end("n"), value, "percent")


def _pair(text: str, match: re.Match[str]) -> Iterator[_Draft]:
    """One number, a range, or two numbers, as the words around tell."""
    unit: Unit = "basis_point" if match["basis_point"] else "point" if match["point"] else "percent"
    last = _signed(match["last"])
    first = number(match["first"]) if match["first"] else None
    if last is None:
        return
    reading = _reading(text, match, first, last) if first is not None else "one"
    if first is not None and reading == "range":
        yield _Draft(match.start(), match.end(), first, unit, high=last)
        return
    if first is not None and reading == "two":
        yield _Draft(
            match.start("first"), match.end("inner") if match["inner"] else match.end("first"), first, unit
        )
    yield _Draft(match.start("last"), match.end(), last, unit)


def _reading(text: str, match: re.Match[str], first: float, last: float) -> Literal["one", "two", "range"]:
    """How "first JOIN last percent" is meant: a range, two figures, or only the last one."""
    left = text[max(0, match.start() - 40) : match.start()]
    join = match["join"].strip().lower()
    given = bool(match["inner"])
    if not given and re.fullmatch(r"(?:19|20)\d\d", match["first"]):
        return "one"
    if join == "and":
        if re.search(r"\bbetween\s+(?:\w+\s)?\Z", left, re.I):
            return "range"
        respectively = "respectively" in text[match.end() : match.end() + 80].lower()
        return (
            "two"
            if given or respectively or re.search(r"\b(?:by|to|at|with|of)\s\Z", left) or hedge_before(left)
            else "one"
        )
    changed = re.search(
        r"(?<!rang)(?:\bfrom|从|由|自)\s*(?:(?:about|around|roughly|nearly|just|under|over|less than|more than|a|约)\s?)*~?\Z",
        left,
        re.I,
    )
    if changed and not re.search(r"rang(?:e|es|ing)\s+(?:anywhere\s)?from\s+\Z", left, re.I):
        return "two"
    if first < last:
        return "range"
    return "two" if join in ("to", "至", "到", "or") or given else "one"


def _signed(text: str) -> float | None:
    bare = re.sub(r"^(?:[-+负]|minus\s)", "", text, flags=re.I)
    value = number(bare)
    return -value if value is not None and re.match(r"-|负|minus\b", text, re.I) else value


def _han(text: str) -> Iterator[_Draft]:
    if text.isascii() or not _HAN_ANCHOR.search(text):
        return
    for kind, pattern in _HAN_PATTERNS:
        for match in pattern.finditer(text):
            draft = (
                _half_han(match)
                if kind == "half"
                else _tenths(match)
                if kind == "tenths"
                else _counted(kind, match)
            )
            if draft:
                yield draft


def _half_han(match: re.Match[str]) -> _Draft:
    hedge = match["hedge"] or match["near"] or ""
    start = match.start() if match["near"] else match.start() + len(hedge)
    return _Draft(start, match.end(), 50.0, "fraction", hedge_at=match.start() + len(hedge))


def _tenths(match: re.Match[str]) -> _Draft | None:
    value = _cheng(match["n"])
    if value is None or value > 100:
        return None
    extra = match["extra"]
    value += 0.0 if not extra else 5.0 if extra == "半" else (number(extra) or 0.0)
    low = _cheng(match["low"]) if match["low"] else None
    if low is not None and low < value:
        return _Draft(match.start(), match.end(), low, "fraction", high=value)
    return _Draft(match.start("n"), match.end(), value, "fraction")


def _cheng(numeral: str) -> float | None:
    value = (
        0.5 if numeral == "半" else number(numeral.replace("点", ".") if numeral[:1].isdigit() else numeral)
    )
    return None if value is None else round(10 * value, 4)


def _counted(kind: str, match: re.Match[str]) -> _Draft | None:
    value = number(match["n"])
    if value is None:
        return None
    if kind == "point":
        return _Draft(match.start(), match.end(), value, "point")
    if kind == "basis_point":
        return _Draft(match.start(), match.end(), value, "basis_point")
    base = number(match["base"])
    if not base or base < 2:
        return None
    hundredths = match["base"].replace(" ", "")[-1] in "百佰千仟万萬"
    if not hundredths and value > base:
        return None
    part = round(100 * value / base, 10 if hundredths else 2)
    return _Draft(match.start(), match.end(), part, "percent" if hundredths else "fraction")


def _fractions(text: str, lowered: str) -> Iterator[_Draft]:
    for fraction in find_fractions(text, lowered):
        yield _Draft(fraction.start, fraction.end, fraction.value, "fraction")


# ---------------------------------------------------------------- hedges


_OPEN_END: Final = re.compile(r"\d(?:\+|-plus)", re.I)
_COORDINATED: Final = re.compile(r"\s*(?:,\s*)?(?:and|or|to|和|及|与|至|、)\s*\Z", re.I)


def _with_hedges(full: str, text: str, drafts: list[_Draft]) -> Iterator[Quantity]:
    previous: tuple[_Draft, Hedge] | None = None
    ends = [0, *(draft.end for draft in drafts)]
    starts = [*(draft.start for draft in drafts[1:]), len(text)]
    for draft, floor, ceiling in zip(drafts, ends, starts, strict=False):
        at = draft.start if draft.hedge_at is None else draft.hedge_at
        left_at = max(floor if draft.hedge_at is None else 0, at - 64)
        before = hedge_before(text[left_at:at])
        after = None if draft.hedge_at is not None else hedge_after(text[draft.end : draft.end + 16])
        open_end = hedge_after("+") if _OPEN_END.search(text[draft.start : draft.end]) else None
        hedge = before[0] if before else after[0] if after else open_end[0] if open_end else EXACT
        if (
            hedge is EXACT
            and previous
            and previous[0].unit == draft.unit
            and _COORDINATED.fullmatch(text[previous[0].end : draft.start])
        ):
            hedge = previous[1]
        outer_start = (
            left_at + before[1] if before and "占" not in text[left_at + before[1] : at] else draft.start
        )
        outer_end = draft.end + after[1] if after else draft.end
        previous = (draft, hedge)
        yield _quantity(full, text, draft, hedge, (min(outer_start, draft.start), min(outer_end, ceiling)))


def _quantity(full: str, text: str, draft: _Draft, hedge: Hedge, outer: tuple[int, int]) -> Quantity:
    value = round(draft.value, 8)
    if draft.high is not None:
        hedge, low, high = RANGE, value, round(draft.high, 8)
    else:
        low, high = interval(value, hedge, step=3.0 if draft.unit == "fraction" else 0.0)
    direction: Direction = "none"
    if hedge not in (NOT_OVER, NOT_UNDER):  # what "did not fall below" a number did not fall by it
        direction = direction_of(
            text[max(0, outer[0] - 70) : outer[0]],
            text[outer[1] : outer[1] + 40],
            text[draft.start : draft.end],
        )
    words = full[draft.start : draft.end]
    return Quantity(
        draft.start, draft.end, words, value, low, high, hedge.bound, draft.unit, direction, *outer
    )
