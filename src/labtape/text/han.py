"""Which percents, points, tenths (成) and fractions (分之, 半) are written in Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from labtape.expressions import expression
from labtape.text.drafts import Draft
from labtape.text.numerals import HAN, number

if TYPE_CHECKING:
    from collections.abc import Iterator

_N: Final = rf"(?:\d[\d,，]{{0,14}}(?:\.\d{{1,8}})?(?:\s?[kK])?|[{HAN}](?:\s{{0,5}}(?!百\s{{0,5}}分)[{HAN}]){{0,15}}(?:\s{{0,5}}点\s{{0,5}}[{HAN}](?:\s{{0,5}}[{HAN}]){{0,7}})?)"
_CHENG: Final = r"(?:\d{1,2}(?:\s?[.点]\s?\d)?|[一二两兩三四五六七八九十半](?:\s?点\s?[一二三四五六七八九])?)"
_NOT_CHENG: Final = (
    "为為本立功果熟长長都交品人就分型绩績效千群因语年份天形像百色婚堆排双对套批片行了事见瘾单吨真名家衣"
)
_HAN_ANCHOR: Final = expression(r"[成半分基](?:(?<=[成半])|(?<=分)\s*[之点]|(?<=基)点)")
_HAN_PATTERNS: Final = tuple(
    (kind, expression(pattern))
    for kind, pattern in (
        ("share_of", rf"(?<![{HAN}])(?P<base>{_N}|[{HAN}]{{1,9}})\s{{0,5}}分\s{{0,5}}之\s{{0,5}}(?P<n>{_N})"),
        ("point", rf"(?<![{HAN}\d.])(?P<n>{_N})\s{{0,5}}[个個]?\s{{0,5}}百\s{{0,5}}分\s{{0,5}}点"),
        ("basis_point", rf"(?<![{HAN}\d.])(?P<n>{_N})\s?[个個]?\s?基点"),
        (
            "tenths",
            (
                rf"(?<![第统单唯之合划{HAN}\d.])(?:(?P<low>{_CHENG}(?=\s?[至到~-]|[二三四五六七八九]\s?成))\s?[至到~-]?\s?)?(?P<n>{_CHENG})\s?成"
                rf"(?:\s?(?P<extra>半|[一二三四五六七八九])(?![{HAN}个些款家年月日种次样起]))?(?![{_NOT_CHENG}]|[员員](?!工))"
            ),
        ),
        (
            "half",
            r"(?P<hedge>超过|过|近|约|超|逾|将近|接近|不到|不足)?(?:一半|半[数數])|(?P<near>超过|過|过|近|约|約|超|逾|将近|接近|不到|不足)半(?![年月天小个数程导径决场百])",
        ),
    )
)


def find_han(text: str) -> Iterator[Draft]:
    """Every such number of a folded text; they may overlap.

    >>> [(d.value, d.unit) for d in find_han("约三成,百分之五,上调25个基点")]
    [(5.0, 'percent'), (25.0, 'basis_point'), (30.0, 'fraction')]
    """
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


def _half_han(match: re.Match[str]) -> Draft:
    hedge = match["hedge"] or match["near"] or ""
    start = match.start() if match["near"] else match.start() + len(hedge)
    return Draft(start, match.end(), 50.0, "fraction", hedge_at=match.start() + len(hedge) if hedge else None)


def _tenths(match: re.Match[str]) -> Draft | None:
    value = _cheng(match["n"])
    if value is None or value > 100:
        return None
    extra = match["extra"]
    value += 0.0 if not extra else 5.0 if extra == "半" else (number(extra) or 0.0)
    low = _cheng(match["low"]) if match["low"] else None
    if low is not None and low < value:
        return Draft(match.start(), match.end(), low, "fraction", high=value)
    return Draft(match.start("n"), match.end(), value, "fraction")


def _cheng(numeral: str) -> float | None:
    value = (
        0.5 if numeral == "半" else number(numeral.replace("点", ".") if numeral[:1].isdigit() else numeral)
    )
    return None if value is None else round(10 * value, 4)


def _counted(kind: str, match: re.Match[str]) -> Draft | None:
    value = number(match["n"])
    if value is None:
        return None
    if kind == "point":
        return Draft(match.start(), match.end(), value, "point")
    if kind == "basis_point":
        return Draft(match.start(), match.end(), value, "basis_point")
    base = number(match["base"])
    if not base or base < 2:
        return None
    hundredths = match["base"].replace(" ", "")[-1] in "百佰千仟万萬"
    if not hundredths and value > base:
        return None
    part = round(100 * value / base, 10 if hundredths else 2)
    return Draft(match.start(), match.end(), part, "percent" if hundredths else "fraction")
