"""What an event is made of beside its words: who, which figures, which dates.

Two weekly reports of one source differ in nothing but their figures and dates; two companies' results differ in nothing but the
company. And a Chinese and an English article on one event share nothing *but* these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labtape.types import Annotated

LEAD = 600

_SCALE = {
    "trillion": 1e12, "tn": 1e12, "t": 1e12, "万亿": 1e12, "billion": 1e9, "bn": 1e9, "b": 1e9, "million": 1e6, "mn": 1e6,
    "m": 1e6, "thousand": 1e3, "k": 1e3, "亿": 1e8, "万": 1e4, "%": 0.0, "percent": 0.0, "per cent": 0.0, "％": 0.0, "pct": 0.0,
}  # fmt: skip
_FIGURE = re.compile(
    r"(?<![A-Za-z0-9_.,])(?P<money>[$€£¥]|US\$|HK\$)?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[ -]?(?P<scale>trillion|billion|million|thousand|percent|per cent|pct|tn|bn|mn|[tbmk](?![a-z])|%|％|万亿|亿|万))?",
    re.IGNORECASE,
)
_MONTH = {
    name: k
    for k, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTHS = "j(?:an|u[nl])|feb|ma[ry]|a(?:pr|ug)|sep|oct|nov|dec"
# Both are for texts in lower case, which is several times as fast as to ignore case; so is to look at the first sign first.
_DATE = re.compile(
    rf"(?=[jfmasond\d])(?:\b(?P<month>{_MONTHS})[a-z]*\.? (?P<day>\d{{1,2}})\b(?!\d|:)"
    rf"|\b(?P<day2>\d{{1,2}}) (?P<month2>{_MONTHS})[a-z]*\b"
    r"|(?P<month3>\d{1,2})月(?P<day3>\d{1,2})日)"
)
_PERIOD = re.compile(
    r"\b(?:q(?P<quarter>[1-4])|(?P<word>first|second|third|fourth)[- ]quarter|week (?P<week>\d{1,2}))\b"
    r"|第(?P<zh>[一二三四])季度|(?P<half>[上下])半年"
)
#: Every period holds one of these.
_PERIOD_SIGNS = ("quarter", "week", "q1", "q2", "q3", "q4", "季度", "半年")
_ORDINAL = {
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
}


@dataclass(frozen=True, slots=True)
class Slots:
    """Who (labs of title and lead), which figures and which dates. `title_labs` are those of the title."""

    labs: frozenset[str] = frozenset()
    title_labs: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()


def find_slots(annotated: Annotated) -> Slots:
    """The slots of title and lead."""
    article = annotated.article
    end = len(article.title) + 2 + LEAD
    head = article.full[:end]
    near = [
        m
        for m in annotated.mentions
        if m.start < end and m.lab and m.role not in ("source", "speaker", "venue")
    ]
    return Slots(
        labs=shared(frozenset(m.lab for m in near if m.lab)),
        title_labs=shared(frozenset(m.lab for m in near if m.lab and m.in_title)),
        figures=shared(frozenset(figures(head))),
        dates=shared(frozenset(dates(head))),
    )


@lru_cache(maxsize=1 << 12)
def shared(values: frozenset[str]) -> frozenset[str]:
    """One and the same set for equal ones: each takes 200 bytes, and most articles have none of a kind, or what others have."""
    return values


def figures(text: str) -> Iterator[str]:
    """Yield percentages and amounts in one notation; bare small numbers and years say too little.

    >>> list(figures("61% of $1.4 billion"))
    ['61%', '1.4e+09']
    >>> list(figures("募资14亿美元，占61%，2026年"))
    ['1.4e+09', '61%']
    """
    for found in _FIGURE.finditer(text):
        number = float(found["number"].replace(",", ""))
        scale = (found["scale"] or "").lower()
        if scale and _SCALE[scale] == 0.0:
            yield f"{number:g}%"
        elif scale:
            yield f"{number * _SCALE[scale]:.3g}"
        elif found["money"] or "," in found["number"] or number > 2100:
            yield f"{number:.4g}"


def dates(text: str) -> Iterator[str]:
    """Yield days and quarters in one notation.

    >>> list(dates("Third-quarter results on Nov. 18")), list(dates("8月21日公布第三季度财报"))
    (['q3', '11-18'], ['q3', '08-21'])
    """
    lowered = text.lower()
    if any(sign in lowered for sign in _PERIOD_SIGNS):
        yield from _periods(lowered)
    for found in _DATE.finditer(lowered):
        month = found["month"] or found["month2"]
        number = _MONTH[month] if month else int(found["month3"])
        day = int(found["day"] or found["day2"] or found["day3"])
        yield f"{number:02d}-{day:02d}"


def _periods(lowered: str) -> Iterator[str]:
    for found in _PERIOD.finditer(lowered):
        if found["week"]:
            yield f"w{found['week']}"
        elif found["half"]:
            yield "h1" if found["half"] == "上" else "h2"
        else:
            word = found["word"] or found["zh"] or ""
            yield f"q{found['quarter'] or _ORDINAL[word]}"
