"""When a figure holds: "late 2024", "Q3", "the week of Feb. 24", "a year earlier", 去年三季度.

A table of patterns, each with a function that turns the match and the article's date into first and last day.
Words that need the article's date ("last year", "July") keep null dates when there is none; a fiscal period
keeps null dates always, since fiscal years differ from firm to firm.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from labtape.text.numerals import number
from labtape.types import Period, Span

if TYPE_CHECKING:
    from datetime import datetime

Days = tuple[date, date] | None
Reading = Callable[[re.Match[str], date | None], Days]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A wording and the days it stands for."""

    pattern: str
    days: Reading


_MONTHS: Final = {
    name: i + 1
    for i, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ]
    )
    for name in names.split()
}
_M: Final = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
_Y: Final = r"(?:19|20)\d\d"
_COUNT: Final = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,3}|couple of|a couple of|few|several)"
_ORDER: Final = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "最初": 1,
}
_LEAD: Final = r"(?:(?:by|since|through|throughout|until|before|as of|from|during|after)\s+)?"
_PART: Final = r"(?:early|mid|late|beginning of|start of|middle of|end of|the end of|the start of|the beginning of|year-end)"


# ---------------------------------------------------------------- days


def _year(year: int) -> Days:
    return date(year, 1, 1), date(year, 12, 31)


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _months(year: int, first: int, last: int) -> Days:
    return _month(year, first)[0], _month(year, last)[1]


def _shift(day: date, months: int) -> date:
    """The same day some months away, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9998:
        return day
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _part_of_year(part: str, year: int) -> Days:
    part = part.lower().removeprefix("the ").strip(" -")
    if part in ("early", "beginning of", "start of"):
        return _months(year, 1, 3)
    if part in ("mid", "middle of"):
        return _months(year, 5, 8)
    if part == "late":
        return _months(year, 10, 12)
    return _month(year, 12)


def _quarter(year: int, quarter: int) -> Days:
    return _months(year, 3 * quarter - 2, 3 * quarter)


def _nearest_month(month: int, at: date | None, *, ahead: bool = False) -> int | None:
    """The year in which a bare month falls: the last one begun, or the next one after "by"."""
    if at is None:
        return None
    if ahead:
        return at.year if month >= at.month else at.year + 1
    return at.year if month <= at.month else at.year - 1


def _month_number(name: str) -> int:
    return _MONTHS[name.lower().rstrip(".")]


def _safe_day(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


# ---------------------------------------------------------------- readings, English


def _in_year(match: re.Match[str], at: date | None) -> Days:
    return _year(int(match["y"]))


def _years(match: re.Match[str], at: date | None) -> Days:
    first, last = int(match["y"]), int(match["z"])
    return (date(first, 1, 1), date(last, 12, 31)) if first <= last else None


def _in_part(match: re.Match[str], at: date | None) -> Days:
    return _part_of_year(match["part"], int(match["y"]))


def _in_month(match: re.Match[str], at: date | None) -> Days:
    month = _month_number(match["m"])
    year = (
        int(match["y"])
        if match["y"]
        else _nearest_month(month, at, ahead=match[0].lower().startswith(("by", "until", "next")))
    )
    return None if year is None else _month(year, month)


def _month_span(match: re.Match[str], at: date | None) -> Days:
    first, last = _month_number(match["m"]), _month_number(match["n"])
    year = int(match["y"]) if match["y"] else _nearest_month(last, at)
    if year is None:
        return None
    return _month(year if first <= last else year - 1, first)[0], _month(year, last)[1]


def _on_day(match: re.Match[str], at: date | None) -> Days:
    month = _month_number(match["m"])
    year = int(match["y"]) if match["y"] else _nearest_month(month, at)
    day = _safe_day(year, month, int(match["d"])) if year else None
    return (day, day) if day else None


def _week_of(match: re.Match[str], at: date | None) -> Days:
    days = _on_day(match, at)
    if not days:
        return None
    ends = re.search(r"end", match[0], re.I)
    return (days[0] - timedelta(days=6), days[0]) if ends else (days[0], days[0] + timedelta(days=6))


def _day_span(match: re.Match[str], at: date | None) -> Days:
    month, until = _month_number(match["m"]), _month_number(match["n"] or match["m"])
    year = int(match["y"]) if match["y"] else _nearest_month(until, at)
    if not year:
        return None
    first, last = _safe_day(year, month, int(match["d"])), _safe_day(year, until, int(match["e"]))
    return (first, last) if first and last and first <= last else None


def _in_quarter(match: re.Match[str], at: date | None) -> Days:
    if re.search("fiscal|financial", match[0], re.I):
        return None
    quarter = int(match["q"]) if match["q"].isdigit() else _ORDER[match["q"].lower()]
    if match["y"]:
        return _quarter(int(match["y"]), quarter)
    if at is None:
        return None
    return _quarter(at.year if 3 * quarter - 2 <= at.month else at.year - 1, quarter)


def _in_half(match: re.Match[str], at: date | None) -> Days:
    if re.search("fiscal|financial", match[0], re.I):
        return None
    half = int(match["h"]) if match["h"].isdigit() else _ORDER[match["h"].lower()]
    year = int(match["y"]) if match["y"] else at.year if at else None
    return None if year is None else _months(year, 6 * half - 5, 6 * half)


_STEP: Final = {"year": 12, "quarter": 3, "month": 1}


def _relative(match: re.Match[str], at: date | None) -> Days:
    """last / this / next year, quarter, month, week."""
    unit, which = match["unit"].lower(), match["which"].lower()
    if at is None or "fiscal" in match[0].lower():
        return None
    offset = {
        "last": -1,
        "previous": -1,
        "prior": -1,
        "this": 0,
        "current": 0,
        "the current": 0,
        "next": 1,
        "coming": 1,
        "past": -1,
    }[which]
    if which == "past":
        return _window(at, 1, unit)
    if unit == "week":
        monday = at - timedelta(days=at.weekday() - 7 * offset)
        return monday, monday + timedelta(days=6)
    day = _shift(at, offset * _STEP[unit])
    if unit == "year":
        return _year(day.year)
    return _month(day.year, day.month) if unit == "month" else _quarter(day.year, (day.month + 2) // 3)


def _window(at: date, count: float, unit: str, *, ahead: bool = False) -> Days:
    sign = 1 if ahead else -1
    if unit.startswith(("day", "week")):
        other = at + sign * timedelta(days=count * (7 if unit.startswith("week") else 1))
    else:
        months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit.rstrip("s")]
        other = _shift(at, sign * round(count * months))
    return (at, other) if ahead else (other, at)


def _past(match: re.Match[str], at: date | None) -> Days:
    count = number(match["count"]) if match["count"] else 1.0
    if at is None or not count or "fiscal" in match[0].lower():
        return None
    ahead = match["which"].lower() in ("next", "coming", "未来")
    return _window(at, min(count, 400), _english_unit(match["unit"]), ahead=ahead)


def _ago(match: re.Match[str], at: date | None) -> Days:
    count = 1.0 if match["count"].lower() in ("a", "an") else number(match["count"]) or 0.0
    unit = _english_unit(match["unit"])
    if at is None or not count:
        return None
    window = _window(at, min(count, 400), unit)
    if not window:
        return None
    day = window[0]
    if unit == "year":
        return _year(day.year)
    if unit == "month":
        return _month(day.year, day.month)
    return (
        _quarter(day.year, (day.month + 2) // 3)
        if unit == "quarter"
        else (day, day)
        if unit == "day"
        else None
    )


def _english_unit(unit: str) -> str:
    zh = {
        "年": "year",
        "个月": "month",
        "個月": "month",
        "周": "week",
        "天": "day",
        "日": "day",
        "季": "quarter",
        "个季度": "quarter",
    }
    return zh.get(unit, unit.lower().rstrip("s"))


def _so_far(match: re.Match[str], at: date | None) -> Days:
    return (date(at.year, 1, 1), at) if at else None


def _year_end(match: re.Match[str], at: date | None) -> Days:
    return _month(at.year, 12) if at else None


def _unknown(match: re.Match[str], at: date | None) -> Days:
    return None


# ---------------------------------------------------------------- readings, Chinese


def _han_year(words: str | None, at: date | None) -> int | None:
    if words and words[:4].isdigit():
        return int(words[:4])
    offset = {None: 0, "": 0, "今年": 0, "去年": -1, "明年": 1, "前年": -2}.get(words)
    return at.year + offset if at and offset is not None else None


def _han(match: re.Match[str], at: date | None) -> Days:
    """年 with an optional month, quarter, half or part."""
    year = _han_year(match["y"], at)
    if year is None or "财年" in match[0]:
        return None
    if match["m"]:
        month = int(match["m"])
        if not 1 <= month <= 12:
            return None
        if not match["y"] and at and month > at.month:
            year -= 1
        day = _safe_day(year, month, int(match["d"])) if match["d"] else None
        return (day, day) if day else _month(year, month)
    if match["q"]:
        quarter = {"一": 1, "二": 2, "三": 3, "四": 4}.get(match["q"]) or int(match["q"])
        return _quarter(year, quarter)
    if match["part"]:
        part = {"上半年": (1, 6), "下半年": (7, 12), "初": (1, 3), "年初": (1, 3), "中": (5, 8)}.get(
            match["part"], (12, 12)
        )
        return _year(year) if match["part"] == "全年" else _months(year, *part)
    return _year(year) if match["y"] else None


def _han_near(match: re.Match[str], at: date | None) -> Days:
    """本季度, 上个月, 上周 …"""
    if at is None:
        return None
    offset = -1 if match["which"].startswith("上") else 1 if match["which"].startswith("下") else 0
    if match["unit"] in ("周", "星期"):
        monday = at - timedelta(days=at.weekday() - 7 * offset)
        return monday, monday + timedelta(days=6)
    if match["unit"].startswith("季"):
        day = _shift(at, 3 * offset)
        return _quarter(day.year, (day.month + 2) // 3)
    day = _shift(at, offset)
    return _month(day.year, day.month)


_UNITS: Final = r"(?P<unit>years?|quarters?|months?|weeks?|days?|decades?)"
_HAN_UNIT: Final = "(?P<unit>年|个月|個月|周|天|日|个季度|季)"
_HAN_COUNT: Final = r"(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})"

_RULES: Final = (
    _Rule(rf"{_LEAD}(?:the )?(?P<part>{_PART})[ -](?:of )?(?P<y>{_Y})\b", _in_part),
    _Rule(
        rf"(?:the )?week (?:of|ending|ended|beginning|starting|to) (?P<m>{_M}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{_Y}))?\b",
        _week_of,
    ),
    _Rule(
        rf"(?P<m>{_M}) (?P<d>\d{{1,2}})(?:\s?[-–]\s?| to | through )(?:(?P<n>{_M}) )?(?P<e>\d{{1,2}})(?:,? (?P<y>{_Y}))?\b",
        _day_span,
    ),
    _Rule(rf"{_LEAD}(?P<m>{_M}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{_Y}))?(?![\d%.])\b", _on_day),
    _Rule(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_M})(?:,? (?P<y>{_Y}))?\b", _on_day),
    _Rule(
        rf"(?:from |between )?(?P<m>{_M})(?:\s?[-–]\s?| to | through | and )(?P<n>{_M})(?:,? (?P<y>{_Y}))?\b",
        _month_span,
    ),
    _Rule(rf"{_LEAD}(?:early |mid-?|late )?(?P<m>{_M}),? (?P<y>{_Y})\b", _in_month),
    _Rule(
        rf"(?:by|since|through|throughout|until|as of|from|during|in|last|this|next|of)(?: early| mid| late)? (?P<m>{_M})(?P<y>)(?! ?\d)\b",
        _in_month,
    ),
    _Rule(
        rf"{_LEAD}(?:the )?Q(?P<q>[1-4])(?: of)?(?: (?:fiscal|financial)(?: year)?)?(?:[ ']*(?P<y>{_Y}))?\b",
        _in_quarter,
    ),
    _Rule(rf"(?P<y>{_Y}) ?Q(?P<q>[1-4])\b", _in_quarter),
    _Rule(
        rf"{_LEAD}(?:the )?(?:fiscal )?(?P<q>first|second|third|fourth)[ -]quarter(?: of)?(?: (?:fiscal|financial)(?: year)?)?(?: (?P<y>{_Y}))?\b",
        _in_quarter,
    ),
    _Rule(rf"{_LEAD}(?:the )?H(?P<h>[12])(?: of)?(?: (?P<y>{_Y}))?\b", _in_half),
    _Rule(
        rf"{_LEAD}(?:the )?(?P<h>first|second) half(?: of)?(?: (?:fiscal|financial)(?: year)?)?(?: (?P<y>{_Y}))?\b",
        _in_half,
    ),
    _Rule(
        rf"(?:from |between )?(?P<y>{_Y})(?:\s?[-–]\s?| to | through | and )(?P<z>{_Y})\b(?![\d%.,]\d)",
        _years,
    ),
    _Rule(rf"(?:the )?(?:full year|calendar year|calendar) (?P<y>{_Y})\b", _in_year),
    _Rule(rf"(?:the )?(?:fiscal year|fiscal|financial year) {_Y}\b", _unknown),
    _Rule(
        rf"(?:by|since|through|throughout|until|before|as of|from|during|in|for|of|around|after|versus|vs\.?|than)\s(?P<y>{_Y})(?![\d%,.]*\d|[-–]|\s(?:percent|models?|tokens|companies|people|users))\b",
        _in_year,
    ),
    _Rule(rf"(?P<y>{_Y})(?=:\s)", _in_year),
    _Rule(
        r"(?:this|the) (?:full )?year so far|so far this year|year[- ]to[- ]date|to date this year", _so_far
    ),
    _Rule(r"(?:by )?(?:the )?(?:end of (?:the|this) year|year[- ]end\b|year's end)", _year_end),
    _Rule(
        r"(?:the )?(?P<which>last|previous|prior|this|current|next|coming|past) (?:fiscal |full |calendar )?(?P<unit>year|quarter|month|week)(?!['’]s (?:\w+ )?(?:levels?|model))\b",
        _relative,
    ),
    _Rule(
        rf"(?:(?:over|in|for|during|within) )?(?:the )?(?P<which>last|past|previous|next|coming) (?P<count>{_COUNT}) {_UNITS}\b",
        _past,
    ),
    _Rule(
        rf"(?:over|in|for|during|within) (?:the )?(?P<which>last|past|next|coming) (?P<count>){_UNITS}\b",
        _past,
    ),
    _Rule(rf"(?:(?:from|than) )?(?P<count>{_COUNT}) {_UNITS} (?:ago|earlier|before|prior)\b", _ago),
    _Rule(
        r"(?:the )?(?:most recent|latest|preceding|same|corresponding|year-ago|year-earlier) (?:quarter|month|week|year|period)(?: (?:a year (?:ago|earlier)|last year))?\b",
        _unknown,
    ),
    _Rule(
        r"(?:for |over |in |during |throughout )?the (?:full|entire|whole) (?:year|quarter|month|week)\b",
        _unknown,
    ),
    _Rule(
        r"(?:in )?(?:a|any) given (?:week|month|day|year)\b|(?:by |before )?the end of (?:the|this) (?:decade|quarter|month|week)\b|this decade\b",
        _unknown,
    ),
    _Rule(
        r"(?:截至|截止|自|到|至)?(?P<y>(?:19|20)\d\d年|今年|去年|明年|前年)(?:的)?(?:(?P<m>\d{1,2})月(?:份)?(?:(?P<d>\d{1,2})[日号])?|第?(?P<q>[一二三四1-4])季度?|Q(?P<q2>[1-4])|(?P<part>上半年|下半年|全年|年初|年末|年底|初|末|底|中))?",
        _han,
    ),
    _Rule(
        r"(?:截至|自|到)?(?P<y>)(?P<m>1[0-2]|[1-9])月(?:份)?(?:(?P<d>\d{1,2})[日号])?(?P<q>)(?P<part>)(?!活|薪)",
        _han,
    ),
    _Rule(r"(?:截至)?(?P<y>)(?P<m>)(?P<d>)第?(?P<q>[一二三四])季度(?P<part>)", _han),
    _Rule(r"(?P<y>)(?P<m>)(?P<d>)(?P<q>)(?P<part>上半年|下半年|年底|年末|全年)", _han),
    _Rule(r"(?P<which>本|上一?个?|下一?个?|当)(?P<unit>季度|季|月|周|星期)", _han_near),
    _Rule(rf"(?P<which>过去|近|最近|未来)的?{_HAN_COUNT}{_HAN_UNIT}", _past),
    _Rule(rf"{_HAN_COUNT}{_HAN_UNIT}前", _ago),
    _Rule(r"(?:上年|去年|上一财年)同期|同期|本财年|上一?财年|第[一二三四]财季|本财季", _unknown),
)


_IDLE: Final = re.compile(
    r"(?:(?:in|for|of|over|during|than|versus|vs\.?|around|within|from(?! .*\b(?:to|through)\b))\s+)?", re.I
)
"""A leading preposition that says nothing of the period; "by", "since" and "through" do."""


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], Reading, bool], ...]:
    return tuple(
        (
            re.compile(rule.pattern if _is_han(rule.pattern) else rf"(?<![A-Za-z\d]){rule.pattern}", re.I),
            rule.days,
            _is_han(rule.pattern),
        )
        for rule in _RULES
    )


def _is_han(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def find_periods(full: str, at: datetime | None) -> tuple[tuple[Span, Period], ...]:
    """Every period named, in order, the longest wording where two overlap.

    `at` is when the article was published; days are ISO dates, both ends included.

    >>> from datetime import datetime, UTC
    >>> for _, period in find_periods("In late 2024 it was 1%, a year earlier none; by July, 5%.", datetime(2026, 8, 1, tzinfo=UTC)):
    ...     print(period)
    Period(text='late 2024', start='2024-10-01', end='2024-12-31')
    Period(text='a year earlier', start='2025-01-01', end='2025-12-31')
    Period(text='by July', start='2027-07-01', end='2027-07-31')
    """
    day = at.date() if at else None
    han = _is_han(full)
    found: list[tuple[Span, Period]] = []
    for pattern, days, is_han in _compiled():
        if is_han and not han:
            continue
        found.extend(_period(match, days, day) for match in pattern.finditer(full))
    kept: list[tuple[Span, Period]] = []
    for span, period in sorted(found, key=lambda row: (row[0].start, -row[0].end)):
        if not kept or span.start >= kept[-1][0].end:
            kept.append((span, period))
    return tuple(kept)


def _period(match: re.Match[str], reading: Reading, at: date | None) -> tuple[Span, Period]:
    days = reading(match, at)
    if days and at and match[0][:6].lower() == "since " and days[0] <= at:
        days = (days[0], at)
    begin = match.start() + len(_IDLE.match(match[0])[0])  # type: ignore[index]  # it matches the empty string
    start, end = (days[0].isoformat(), days[1].isoformat()) if days else (None, None)
    return Span(begin, match.end()), Period(match.string[begin : match.end()], start, end)
