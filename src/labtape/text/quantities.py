"""Which percents, points and fractions a text states, as intervals.

First an anchor is found (`%`, percent, 成, 分之, half, one in five …), then a small grammar is tried in
a window around it. Direction ("fell") is apart from bound ("about"), and both from the number.

    rose from ~11% to over 50%
              └┬─┘    └──┬───┘
      11, 10–12, about   50, 50–100, over        two quantities; "6.7% to 12%" without "from" is one range
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from labtape.expressions import expression
from labtape.text.directions import direction_of
from labtape.text.drafts import Draft, Unit
from labtape.text.fractions import find_fractions
from labtape.text.han import find_han
from labtape.text.hedges import EXACT, NOT_OVER, NOT_UNDER, RANGE, Hedge, hedge_after, hedge_before, interval
from labtape.text.numerals import MIXED_WORDS, PARTS, VULGAR, WORDS, folded, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labtape.types import Bound, Direction


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


_VULGAR: Final = "".join(VULGAR)
_NUM: Final = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,3}}(?:\.\d{{3}})*,\d{{1,2}}(?!\d)|\d{{1,2}}[ -][1-7]/[2-8](?!\d)|\d{{0,3}}[{_VULGAR}]|[1-7]/[2-8](?!\d)|\d+(?:\.\d+)?|(?<!\d)\.\d+)"
_PCT: Final = r"(?:%(?![-\s]points?\b)|per\s?cent(?:age)?s?\b(?![-\s]points?)|pct\b|(?<=[\d\s])(?-i:pc)\b)"
_POINT: Final = r"(?:%[-\s]points?\b|per\s?cent(?:age)?[-\s]points?\b|pp(?:ts?)?\b)"
_BASIS: Final = r"(?:basis[-\s]points?\b|bps?\b)"
_UNIT: Final = rf"(?:(?P<basis_point>{_BASIS})|(?P<point>{_POINT})|(?P<percent>{_PCT}))"
_EDGE: Final = (
    r"(?:(?<=%/)|(?<=% / )|(?<![A-Za-z0-9_%/=&#$€£¥])(?<![0-9A-Za-z][.,])(?<![A-Za-z0-9]-)"
    r"|(?-i:(?<=[a-z]{4}))(?=\d{1,3}(?:\.\d)?%)|(?<=[a-z]{2}\.)(?=\d\d?(?:\.\d)?%))"  # headings that lost their line ends: "takeaways34% of"
)
_ANCHORS: Final = tuple(
    (letters, expression(pattern))
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
_DIGITAL: Final = expression(
    rf"(?=[-+\d.负m{_VULGAR}]){_EDGE}(?:(?P<first>{_NUM})[-\s]?(?P<inner>{_PCT})?(?P<join>\s?[-–—~至到]\s?|-to-|\s(?:to|or|and|through)\s))?"
    rf"(?P<last>(?:(?<![\dA-Za-z)])[-+]|负|(?<!or )minus\s)?{_NUM})(?:\+|-plus|-odd|-?ish)?(?:\s?-?\s?){_UNIT}(?:(?<=%)(?-i:(?=[A-Z][a-z]|[YQM]/[YQM]\b|y/y|yoy|YTD))|(?![0-9A-Za-z%]))",
    re.I,
)
_WORDY: Final = expression(
    rf"(?:(?<![A-Za-z-])|(?-i:(?<=[a-z])(?=[A-Z])))(?:(?P<first>{MIXED_WORDS})(?P<inner>)(?P<join>\s(?:to|or|(?<!hundred\s)and)\s))?(?P<last>(?:minus\s)?{MIXED_WORDS})[-\s]{_UNIT}",
    re.I,
)
_PART_OF: Final = expression(
    r"(?<![\w-])(?:(?P<count>an?|one|two|three|four|five|six|seven|eight|nine)[-\s])?(?P<part>half|quarter|third|fifth|eighth|tenth|hundredth)s?\s(?:of\s)?"
    r"(?:an?|one|1)(?:\s(?:full|single))?\s?(?:(?P<point>per\s?centage[-\s]point)|(?P<percent>per\s?cent\b|%))",
    re.I,
)
"""A part of one percent: "half a percent", "three-tenths of a percentage point"."""
_WHOLE: Final = expression(
    r"(?<![\w-])(?:an?|one)\s(?:(?:full|whole|single|entire|mere)\s)?(?:(?P<point>per\s?centage[-\s]point\b)"
    r"|(?P<percent>per\s?cent\b(?P<two>\sor\stwo\b)?(?=\s*(?:[.,;:)]|\Z)|\s(?:or|of|to|in|on|from|by|after|this|last|higher|lower|more|less|at|and|since|over|each|every|per)\b)))",
    re.I,
)
"""One of them without a number: "a full percentage point", "a percent or two"."""
_COMPOUNDS: Final = tuple(
    (
        part,
        expression(
            rf"{word}[-\s](?:(?:of\s)?a\s(?=point))?(?:(?:per\s?cent(?:age)?[-\s])?(?P<point>point)|(?P<percent>per\s?cent))\b"
        ),
    )
    for word, part in (("half", 0.5), ("quarter", 0.25))
)
"""The same in one word: "a half-point cut", "a three-quarter-point rise"."""
_OF_RATES: Final = expression(
    r"\b(?:rates?|cuts?|hikes?|increases?|reductions?|moves?|eas\w+|fed|bank)\b", re.I
)
"""What a "half-point" must stand near, because games are won by half points too."""
_CENT: Final = expression(r"per\s?cent")
_UNCOUNTED: Final = (" a ", " an ", "one ", "full ", "whole ", "single ", "entire ", "mere ", "\na ")
"""What stands before a percent that no number counts."""
_LISTED: Final = expression(rf"(?:{_NUM},\s){{1,5}}\Z")
_ITEM: Final = expression(_NUM)
_BARE: Final = expression(
    rf"(?:\sof\s[a-z]+(?:\s[a-z]+)?)?,?\s(?:up\s|down\s)?(?P<way>from|to)\s(?:(?:just|about|around|only|nearly|almost|over|under|less than|more than)\s)?(?P<n>{_NUM})(?=\s*(?:[.,;)](?!\d)|\Z)|\s(?:in|last|this|a\s(?:year|month|week)|at\sthe|by)\b)",
    re.I,
)
"""The other end of a change whose unit is not said again: "to 9 per cent from 15"."""
_LOSS: Final = expression(r"\((?P<n>\d{1,3}(?:\.\d{1,3})?)\)\s?%")
"""A negative percent as accountants write it."""
_EVEN: Final = expression(r"50(?<![\w/.-]50)[/-]50(?![\w/%-]|[.:]\d)")
_STYLE: Final = expression(
    r"\b(?:width|height|padding|left|right|top|bottom|flex|size|radius|opacity|inset|gap|basis|zoom)\s?:\s?[\d. ]{0,8}\Z"
)
_STYLED: Final = expression(r"\s?[;}]")
"""A percent in a style sheet: "width: 100%;"."""
_OF_NUMBER: Final = expression(
    rf"per(?<!\wper)\s?cents?\sof\s(?P<n>{_NUM}|{WORDS})\s*(?=[.;!?]|\Z)"
)  # on lowered text


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
        {*_digital(text, aligned), *_wordy(text, aligned), *find_han(text), *_fractions(text, aligned)},
        key=lambda d: (d.start, -d.end),
    )
    kept: list[Draft] = []
    for draft in drafts:
        if not kept or draft.start >= kept[-1].end:
            if kept and _is_span(text, kept[-1], draft):
                kept[-1] = replace(kept[-1], end=draft.end, high=draft.value)
            else:
                kept.append(draft)
    return tuple(_with_hedges(full, text, kept))


# ---------------------------------------------------------------- numbers


def _digital(text: str, lowered: str) -> Iterator[Draft]:
    at = 0
    for begin, end in _anchors(lowered):
        if text[begin] != "%" and text[max(0, begin - 1) : begin].isalpha():
            continue
        if not text[max(0, begin - 2) : begin].strip("%-"):
            continue
        start = max(at, begin - 48)
        for pattern in (_DIGITAL, _WORDY):
            match = next((m for m in pattern.finditer(text, start, end + 24) if m.end() > begin), None)
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


def _wordy(text: str, lowered: str) -> Iterator[Draft]:
    if "50" in lowered:
        for match in _EVEN.finditer(lowered):
            yield Draft(match.start(), match.end(), 50.0, "fraction")
    if "%" in lowered and ")" in lowered:
        for match in _LOSS.finditer(lowered):
            yield Draft(match.start(), match.end(), -float(match["n"]), "percent")
    counted = "cent" in lowered
    if (counted or "point" in lowered) and ("half" in lowered or "quarter" in lowered):
        yield from _compounds(text, lowered)
    if not counted:
        return
    for cent in _CENT.finditer(lowered):
        if not lowered[max(0, cent.start() - 8) : cent.start()].endswith(_UNCOUNTED):
            continue
        window = max(0, cent.start() - 32), cent.end() + 24
        for match in _PART_OF.finditer(text, *window):
            count = 1.0 if (match["count"] or "a").lower() in ("a", "an") else number(match["count"]) or 1.0
            part = round(count / PARTS[match["part"].lower()], 2)
            yield Draft(match.start(), match.end(), part, "point" if match["point"] else "percent")
        for match in _WHOLE.finditer(text, *window):
            unit: Unit = "point" if match["point"] else "percent"
            yield Draft(match.start(), match.end(), 1.0, unit, high=2.0 if match["two"] else None)
    for match in _OF_NUMBER.finditer(lowered):
        value = number(match["n"])
        if value is not None and not re.search(
            r"[\w%]\s?\Z", text[max(0, match.start() - 2) : match.start()]
        ):
            yield Draft(match.start(), match.end("n"), value, "percent")


def _compounds(text: str, lowered: str) -> Iterator[Draft]:
    for part, pattern in _COMPOUNDS:
        for match in pattern.finditer(lowered):
            left = lowered[max(0, match.start() - 6) : match.start()]
            thrice = left.startswith("three") and len(left) == 6
            if not thrice and (left[-1:].isalnum() or left[-1:] == "-"):
                continue
            if match["percent"] or _OF_RATES.search(text, max(0, match.start() - 40), match.end() + 30):
                start = match.start() - 6 if thrice else match.start()
                unit: Unit = "point" if match["point"] else "percent"
                yield Draft(start, match.end(), 3 * part if thrice else part, unit)


def _pair(text: str, match: re.Match[str]) -> Iterator[Draft]:
    """One number, a range, or two numbers, as the words around tell."""
    unit: Unit = "basis_point" if match["basis_point"] else "point" if match["point"] else "percent"
    last = _signed(match["last"])
    first = number(match["first"]) if match["first"] else None
    if last is None or (
        _STYLED.match(text, match.end()) and _STYLE.search(text[max(0, match.start() - 24) : match.start()])
    ):
        return
    listed = _LISTED.search(text, max(0, match.start() - 48), match.start()) if match["join"] else None
    if listed and first is not None and not _is_year(match["first"]) and not _is_year(listed[0][-6:-2]):
        for item in _ITEM.finditer(text, listed.start(), listed.end()):
            if not _is_year(item[0]):
                yield Draft(item.start(), item.end(), number(item[0]) or 0.0, unit)
        yield Draft(match.start("first"), match.end("first"), first, unit)
        yield Draft(match.start("last"), match.end(), last, unit)
        return
    reading = _reading(text, match, first, last) if first is not None else "one"
    if first is not None and reading == "range":
        yield Draft(match.start(), match.end(), first, unit, high=last)
        return
    if first is not None and reading == "two":
        yield Draft(
            match.start("first"), match.end("inner") if match["inner"] else match.end("first"), first, unit
        )
    yield Draft(match.start("last"), match.end(), last, unit)
    other = _BARE.match(text, match.end())
    way = "from" if other and other["way"].lower() == "to" else "to"
    if other and re.search(
        rf"\b{way}\s+(?:\w+\s)?\Z", text[max(0, match.start("last") - 24) : match.start("last")], re.I
    ):
        value = number(other["n"])
        if value is not None and abs(value) <= 100 and not _is_year(other["n"]):
            yield Draft(other.start("n"), other.end("n"), value, unit)


def _is_year(words: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", words))


def _reading(text: str, match: re.Match[str], first: float, last: float) -> Literal["one", "two", "range"]:
    """How "first JOIN last percent" is meant: a range, two figures, or only the last one."""
    left = text[max(0, match.start() - 40) : match.start()]
    join = match["join"].strip().lower()
    given = bool(match["inner"])
    if not given and _is_year(match["first"]):
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
        r"(?<!anywhere )(?:\bfrom|从|由|自)\s*(?:(?:about|around|roughly|nearly|just|under|over|less than|more than|a|约)\s?)*~?\Z",
        left,
        re.I,
    )
    if changed and join in "-–—~" and re.match(r"\s+to\s", text[match.end() : match.end() + 8]):
        return "range" if first < last else "two"
    if changed and not re.search(r"rang(?:e|es|ing)\s+(?:anywhere\s)?from\s+\Z", left, re.I):
        return "two"
    if first < last:
        return "range"
    return "two" if join in ("to", "至", "到", "or") or given else "one"


def _signed(text: str) -> float | None:
    bare = re.sub(r"^(?:[-+负]|minus\s)", "", text, flags=re.I)
    value = number(bare)
    return -value if value is not None and re.match(r"-|负|minus\b", text, re.I) else value


def _is_span(text: str, low: Draft, high: Draft) -> bool:
    """Are two fractions in words the ends of one range: "a quarter to a third"?"""
    if not (low.unit == high.unit == "fraction" and low.high is None and low.value < high.value):
        return False
    join = text[low.end : high.start].strip().lower()
    left = text[max(0, low.start - 12) : low.start].lower()
    return (join == "to" and "from" not in left) or (join == "and" and left.rstrip().endswith("between"))


def _fractions(text: str, lowered: str) -> Iterator[Draft]:
    for fraction in find_fractions(text, lowered):
        yield Draft(fraction.start, fraction.end, fraction.value, "fraction")


# ---------------------------------------------------------------- hedges


_OPEN_END: Final = expression(r"\d(?:-(?=plus))?(?P<sign>\+|-odd|-?ish|plus)", re.I)
_COORDINATED: Final = expression(r"\s*(?:,\s*)?(?:and|or|to|和|及|与|至|、)\s*\Z", re.I)


_THE: Final = expression(r"(?:than|over|above|below|under|of)\s+the\s+\Z", re.I)
_MARK: Final = expression(r"[-\s](?:mark|threshold|level|line|barrier|ceiling|floor|limit|cap)\b", re.I)
"""A number with "the" before it is another number that is compared, unless it is called a mark to pass."""
_REACHED: Final = expression(
    r"(?:just |well |far )?(?:below|above|beneath|beyond|past|short of|shy of|north of|south of|跌破|突破|站上|失守|低于|高于)",
    re.I,
)
"""Bounds that say where a change ended, not how large it was: "fell below 4%"."""
_CHAINED: Final = expression(
    r"\s*(?:(?:in|on|for|at|last|this|of)\s+[\w.]+(?:\s\w+)?)?(?:,|,?\s*(?:and|or|then|while|with))\s+(?:and\s+)?(?:another\s+)?(?:(?:in|for|at|to(?=\s(?:the\s)?[A-Z])|those\s(?:from|in|of))\s+)?"
    r"(?:(?:the\s)?(?!(?:is|was|are|were|of|a|an|which|that|from|about|some|it|they|up|down|more|less|than|said|now|but|not|as|when|where|who)\b)\$?[\w&.'-]+\s+(?:[A-Z][\w&.'-]*\s+){0,3})?(?:(?:[a-z]+\s){0,2}by\s+)?"
)
"""From one number to the next that shares its verb: "climbed 6% and Acme 4%"."""


def _with_hedges(full: str, text: str, drafts: list[Draft]) -> Iterator[Quantity]:
    previous: tuple[Draft, Hedge] | None = None
    went: Direction = "none"
    ends = [0, *(draft.end for draft in drafts)]
    starts = [*(draft.start for draft in drafts[1:]), len(text)]
    for draft, floor, ceiling in zip(drafts, ends, starts, strict=False):
        at = draft.start if draft.hedge_at is None else draft.hedge_at
        left_at = max(floor if draft.hedge_at is None else 0, at - 64)
        before = hedge_before(text[left_at:at])
        if before and _THE.search(text, left_at + before[1], at) and not _MARK.match(text, draft.end):
            before = None
        after = None if draft.hedge_at is not None else hedge_after(text[draft.end : draft.end + 16])
        ended = _OPEN_END.search(text[draft.start : draft.end])
        open_end = hedge_after(ended["sign"].lower()) if ended else None
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
        outer = min(outer_start, draft.start), min(outer_end, ceiling)
        quantity = _quantity(full, text, draft, hedge, outer)
        if (
            previous
            and quantity.direction == "none"
            and went != "none"
            and previous[0].unit == draft.unit
            and _CHAINED.fullmatch(text[previous[0].end : outer[0]][:80])
            and not text.startswith(" of", draft.end)
        ):
            quantity = replace(quantity, direction=went)
        went = quantity.direction
        previous = (draft, hedge)
        yield quantity


def _quantity(full: str, text: str, draft: Draft, hedge: Hedge, outer: tuple[int, int]) -> Quantity:
    value = round(draft.value, 8)
    if draft.high is not None:
        hedge, low, high = RANGE, value, round(draft.high, 8)
    else:
        low, high = interval(value, hedge, step=3.0 if draft.unit == "fraction" else 0.0)
    direction: Direction = "none"
    reached = _REACHED.match(text, outer[0], draft.start) and hedge.bound in ("over", "under")
    if hedge not in (NOT_OVER, NOT_UNDER) and not reached:  # what "fell below" a number did not fall by it
        direction = direction_of(
            text[max(0, outer[0] - 70) : outer[0]],
            text[outer[1] : outer[1] + 40],
            text[draft.start : draft.end],
        )
    words = full[draft.start : draft.end]
    return Quantity(
        draft.start, draft.end, words, value, low, high, hedge.bound, draft.unit, direction, *outer
    )
