"""Which value the words of a figure have, so that a label's value can be proved from the text it covers."""

from __future__ import annotations

import re
from typing import Final

from labtape.text.numerals import folded, number

_PARTS: Final = {
    "half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "fifteenth": 15, "twentieth": 20, "hundredth": 100,
}  # fmt: skip
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_PART: Final = re.compile(rf"(?:([\w-]+?)[\s-])?({'|'.join(_PARTS)})s?\b", re.IGNORECASE)
_RATIO: Final = re.compile(r"(.+?)\s(?:in|of|out of|from)\s(.+)", re.IGNORECASE)
_SLASH: Final = re.compile(r"(\d+)\s?/\s?(\d+)")
_HAN_PERCENT: Final = re.compile(r"百分之(.+)")
_HAN_RATIO: Final = re.compile(r"(.+?)分之(.+)")
_HAN_TENTHS: Final = re.compile(r"(.+?)成([半一二三四五六七八九])?")
_HAN_PRICE: Final = re.compile(r"(.+?)折")  # 八折: eight tenths of the price, or a fifth off
_HAN_POINTS: Final = re.compile(r"(.+?)\s?[个個]百分点")
_HAN_COUNTS: Final = re.compile(r"(?:每|前)(.+)")
_HAN_NUMERAL: Final = re.compile(r"[零一二三四五六七八九十百两兩]+|\d+")
_CENTS: Final = re.compile(
    r"(\d+|[a-z-]+) cents (?:of|in|on|from) (?:every|each|the|a)\b.*\b(?:dollar|euro|pound)", re.IGNORECASE
)
_SMALL: Final = re.compile(
    rf"(?:([\w-]+?)[\s-])?({'|'.join(_PARTS)})s?(?: of)? a (?:percent|per cent|point|percentage point)\b",
    re.IGNORECASE,
)
_AND_A_HALF: Final = re.compile(
    r"([\w-]+) (?:(?:percent|per cent|percentage points?|points?) and a half\b|and a half (?:percent|per cent|percentage points?|points?)\b)",
    re.IGNORECASE,
)


def values_of(surface: str) -> frozenset[float]:
    """Every value that the words may have, in percent; empty where they are not understood.

    >>> [sorted(values_of(s)) for s in ("61%", "6.7% to 12%", "two-thirds", "nine out of the top 10", "六成", "三分之二")]
    [[61.0], [6.7, 12.0], [66.67], [90.0], [60.0], [66.67]]
    """
    text = folded(surface).strip()
    found = {round(v, 2) for v in (*_of_fractions(text), *_of_han(text), *_of_small(text))}
    if not found or re.search(r"%|per\s?cent|pct|point|bps|百分点", text, re.IGNORECASE):
        found |= {float(d.replace(",", "")) for d in _DIGITS.findall(text)}
        found |= {v for word in text.split() if (v := _number(word)) is not None}
    if re.search(r"basis|bps", text, re.IGNORECASE):
        found |= {v / 100 for v in found}
    return frozenset(found)


def is_worded(value: float, surface: str) -> bool:
    """Whether the words may mean the value, to the two digits that a fraction is written with."""
    return any(abs(value - v) < 0.06 for v in values_of(surface))


def _of_fractions(text: str) -> set[float]:
    found = set()
    if slash := _SLASH.search(text):
        found |= _ratio(float(slash[1]), float(slash[2]))
    for part in _PART.finditer(text):
        count = _number(part[1]) if part[1] else None
        found |= _ratio(count or 1.0, float(_PARTS[part[2].lower()]))
    if ratio := _RATIO.fullmatch(text):
        counts = [
            [n for word in re.split(r"[\s-]", side) if (n := _number(word)) is not None]
            for side in ratio.groups()
        ]
        found |= {v for a in counts[0] for b in counts[1] for v in _ratio(a, b)}
    return found


def _of_small(text: str) -> set[float]:
    """Parts of a percent, cents of a dollar, and what was halved."""
    found = set()
    if small := _SMALL.search(text):
        found.add((_number(small[1] or "") or 1.0) / _PARTS[small[2].lower()])
    if more := _AND_A_HALF.search(text):
        found.add((_number(more[1]) or 0.0) + 0.5)
    if cents := _CENTS.search(text):
        found.add(_number(cents[1]) or 0.0)
    if re.search(r"\bhalv", text, re.IGNORECASE):
        found.add(50.0)
    return found


def _of_han(text: str) -> set[float]:
    if percent := _HAN_PERCENT.search(text):
        return {v for v in [_number(percent[1])] if v is not None}
    if ratio := _HAN_RATIO.search(text):
        whole, part = _number(ratio[1]), _number(ratio[2])
        return _ratio(part, whole) if whole and part else set()
    if tenths := _HAN_TENTHS.search(text):
        low = [_number(c) for c in tenths[1]] if len(tenths[1]) > 1 else [_number(tenths[1])]
        values = {v for v in (_number(tenths[1]), *low) if v is not None}
        more = 5.0 if tenths[2] == "半" else (_number(tenths[2]) or 0.0) if tenths[2] else 0.0
        return {10 * v + more for v in values}
    if price := _HAN_PRICE.search(text):
        tenth = 5.0 if price[1][-1] in "对對半" else _number(price[1]) or 0.0
        paid = tenth if tenth > 10 else 10 * tenth
        return {paid, 100 - paid}
    if points := _HAN_POINTS.search(text):
        return {v for v in [_number(points[1])] if v is not None}
    if counts := _HAN_COUNTS.match(text):
        numbers = [n for word in _HAN_NUMERAL.findall(counts[1]) if (n := _number(word)) is not None]
        return {v for whole in numbers[:1] for part in numbers[1:] for v in _ratio(part, whole)}
    return {50.0} if "半" in text else set()


def _ratio(part: float, whole: float) -> set[float]:
    return {100 * part / whole} if whole else set()


def _number(word: str) -> float | None:
    word = word.strip("-+~±.,%").replace("兩", "两")
    return (
        {"a": 1.0, "an": 1.0, "every": 1.0, "single": 1.0}.get(word.lower()) or number(word) if word else None
    )
