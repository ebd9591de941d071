"""Which days the words of a period stand for: the calendar, and one reading for each kind of wording.

A reading turns a match of a pattern in periods.py and the article's date into first and last day, None where
the words do not tell. `before` counts back from another period: "a year earlier" beside "in May".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from labtape.text.numerals import number

Days = tuple[date, date] | None

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


def in_year(match: re.Match[str], at: date | None) -> Days:
    return _year(int(match["y"]))


def years(match: re.Match[str], at: date | None) -> Days:
    first, last = int(match["y"]), int(match["z"])
    return (date(first, 1, 1), date(last, 12, 31)) if first <= last else None


def in_part(match: re.Match[str], at: date | None) -> Days:
    return _part_of_year(match["part"], int(match["y"]))


def in_month(match: re.Match[str], at: date | None) -> Days:
    month = _month_number(match["m"])
    year = (
        int(match["y"])
        if match["y"]
        else _nearest_month(month, at, ahead=match[0].lower().startswith(("by", "until", "next")))
    )
    return None if year is None else _month(year, month)


def month_span(match: re.Match[str], at: date | None) -> Days:
    first, last = _month_number(match["m"]), _month_number(match["n"])
    year = int(match["y"]) if match["y"] else _nearest_month(last, at)
    if year is None:
        return None
    return _month(year if first <= last else year - 1, first)[0], _month(year, last)[1]


def on_day(match: re.Match[str], at: date | None) -> Days:
    month = _month_number(match["m"])
    year = int(match["y"]) if match["y"] else _nearest_month(month, at)
    day = _safe_day(year, month, int(match["d"])) if year else None
    return (day, day) if day else None


def week_of(match: re.Match[str], at: date | None) -> Days:
    days = on_day(match, at)
    if not days:
        return None
    ends = re.search(r"end", match[0], re.I)
    return (days[0] - timedelta(days=6), days[0]) if ends else (days[0], days[0] + timedelta(days=6))


def day_span(match: re.Match[str], at: date | None) -> Days:
    month, until = _month_number(match["m"]), _month_number(match["n"] or match["m"])
    year = int(match["y"]) if match["y"] else _nearest_month(until, at)
    if not year:
        return None
    first, last = _safe_day(year, month, int(match["d"])), _safe_day(year, until, int(match["e"]))
    return (first, last) if first and last and first <= last else None


def in_quarter(match: re.Match[str], at: date | None) -> Days:
    if re.search("fiscal|financial", match[0], re.I):
        return None
    quarter = int(match["q"]) if match["q"].isdigit() else _ORDER[match["q"].lower()]
    if match["y"]:
        return _quarter(int(match["y"]), quarter)
    if at is None:
        return None
    return _quarter(at.year if 3 * quarter - 2 <= at.month else at.year - 1, quarter)


def in_half(match: re.Match[str], at: date | None) -> Days:
    if re.search("fiscal|financial", match[0], re.I):
        return None
    half = int(match["h"]) if match["h"].isdigit() else _ORDER[match["h"].lower()]
    year = int(match["y"]) if match["y"] else at.year if at else None
    return None if year is None else _months(year, 6 * half - 5, 6 * half)


_STEP: Final = {"year": 12, "quarter": 3, "month": 1}


def relative(match: re.Match[str], at: date | None) -> Days:
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


def past(match: re.Match[str], at: date | None) -> Days:
    count = number(match["count"]) if match["count"] else 1.0
    if at is None or not count or "fiscal" in match[0].lower():
        return None
    ahead = match["which"].lower() in ("next", "coming", "未来")
    return _window(at, min(count, 400), _english_unit(match["unit"]), ahead=ahead)


def ago(match: re.Match[str], at: date | None) -> Days:
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


def so_far(match: re.Match[str], at: date | None) -> Days:
    return (date(at.year, 1, 1), at) if at else None


def year_end(match: re.Match[str], at: date | None) -> Days:
    return _month(at.year, 12) if at else None


def quarter_ending(match: re.Match[str], at: date | None) -> Days:
    """The December quarter: the three months that end with December."""
    month = _month_number(match["m"])
    year = int(match["y"]) if match["y"] else _nearest_month(month, at)
    if year is None:
        return None
    year -= 1 if "last year" in match[0] and not match["y"] else 0
    first = _shift(date(year, month, 1), -2)
    return first, _month(year, month)[1]


def stretch_to(match: re.Match[str], at: date | None) -> Days:
    """The three months to August, the year to June 14."""
    month = _month_number(match["m"])
    year = int(match["y"]) if match["y"] else _nearest_month(month, at)
    if year is None:
        return None
    day = _safe_day(year, month, int(match["d"])) if match["d"] else _month(year, month)[1]
    count = (
        (number(match["count"]) or 1.0)
        if match["count"] and match["count"].lower() not in ("a", "an")
        else 1.0
    )
    unit = match["unit"].lower().rstrip("s")
    if day is None or count > 400:
        return None
    if unit == "week":
        return day - timedelta(days=round(7 * count) - 1), day
    begin = _shift(day + timedelta(days=1), -round(count * _STEP[unit]))
    return begin, day


_SEASONS: Final = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}


def season(match: re.Match[str], at: date | None) -> Days:
    """Last summer, the spring of 2025, in the autumn: northern seasons; a winter is named by the year it begins in."""
    name = (match["season"] or match["season2"] or match["season3"]).lower()
    first = _SEASONS.get(name, (12, 2))[0]
    if match["y"]:
        year = int(match["y"])
    elif at is None:
        return None
    else:
        which = (match["which"] or "").lower()
        year = at.year if first <= at.month else at.year - 1
        if which == "this":
            year = at.year
        elif which == "next":
            year = at.year if first > at.month else at.year + 1
        elif which == "last" and year == at.year and at.month < first + 3:
            year -= 1
    return date(year, first, 1), _month(year if first < 12 else year + 1, first + 2 if first < 12 else 2)[1]


def first_months(match: re.Match[str], at: date | None) -> Days:
    """The first ten months of this year."""
    count = round(number(match["count"]) or 0) if match["count"].lower() not in ("a", "an") else 1
    words = (match["y"] or "").lower()
    year = int(words) if words.isdigit() else at.year - (words == "last year") if at else None
    return _months(year, 1, count) if year and 1 <= count <= 12 else None


def same_time(match: re.Match[str], at: date | None) -> Days:
    """The same period of 2025: what is known is the year."""
    return _year(int(match["y"])) if match["y"] else None


def one_before(match: re.Match[str], at: date | None) -> Days:
    """The year before, the month earlier: counted from the time named before it, and unknown without one."""
    return None


def ahead(match: re.Match[str], at: date | None) -> Days:
    """In two years: from the article's date on."""
    count = number(match["count"]) if match["count"].lower() not in ("a", "an") else 1.0
    return _window(at, min(count, 400), match["unit"].lower(), ahead=True) if at and count else None


_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday(match: re.Match[str], at: date | None) -> Days:
    """On Tuesday: the last one, the article's own day included."""
    if at is None:
        return None
    day = at - timedelta(days=(at.weekday() - _WEEKDAYS.index(match["weekday"].lower())) % 7)
    return day, day


def unknown(match: re.Match[str], at: date | None) -> Days:
    return None


# ---------------------------------------------------------------- readings, Chinese


def _han_year(words: str | None, at: date | None) -> int | None:
    if words and words[:4].isdigit():
        return int(words[:4])
    offset = {
        "": 0,
        "今年": 0,
        "当年": 0,
        "當年": 0,
        "本年": 0,
        "去年": -1,
        "上年": -1,
        "明年": 1,
        "前年": -2,
    }.get((words or "").removesuffix("度"))
    return at.year + offset if at and offset is not None else None


_HAN_NUMBERS: Final = {n: i for i, n in enumerate("一二三四五六七八九十", 1)} | {"首": 1, "两": 2, "兩": 2}
_HAN_PARTS: Final = {
    "上半年": (1, 6), "下半年": (7, 12), "全年": (1, 12), "初": (1, 3), "年初": (1, 3), "中": (5, 8), "年中": (5, 8), "春": (3, 5), "夏": (6, 8), "秋": (9, 11),
}  # fmt: skip


def han(match: re.Match[str], at: date | None) -> Days:
    """年 with an optional month, quarter, half or part."""
    groups = match.groupdict("")
    year = _han_year(groups["y"], at)
    if year is None or "财年" in match[0]:
        return None
    if groups["m"]:
        month = int(groups["m"])
        if not 1 <= month <= 12:
            return None
        if not groups["y"] and at and month > at.month:
            year -= 1
        day = _safe_day(year, month, int(groups["d"])) if groups["d"] else None
        return (day, day) if day else _part_of_month(groups["mp"], year, month)
    quarter = groups["q"] or groups["q2"]
    if quarter:
        nth = _HAN_NUMBERS.get(quarter) or int(quarter)
        begun = bool(groups["y"]) or at is None or 3 * nth - 2 <= at.month or match[0][0] in "到至"
        return _quarter(year if begun else year - 1, nth)
    part = groups["part"]
    if part.startswith("前"):
        count = number(part[1:].rstrip("季度月个個")) or 0
        until = round(count) * (3 if "季" in part else 1)
        return _months(year, 1, until) if 1 <= until <= 12 else None
    tail = part or match[0].removeprefix(groups["y"])
    for name, (first, last) in _HAN_PARTS.items():
        if tail and tail.startswith(name):
            return _months(year, first, last)
    if re.search("[末底冬]", tail):
        return _month(year, 12)
    return _year(year) if groups["y"] else None


def _part_of_month(part: str, year: int, month: int) -> Days:
    first, last = _month(year, month)
    if part in ("底", "末"):
        return last, last
    spans = {
        "初": (1, 10),
        "上旬": (1, 10),
        "中旬": (11, 20),
        "下旬": (21, last.day),
        "上半月": (1, 15),
        "下半月": (16, last.day),
    }
    if part in spans:
        return date(year, month, spans[part][0]), date(year, month, spans[part][1])
    weeks = _HAN_NUMBERS.get(part[1:2], 0) if part else 0
    if weeks:
        begin = 1 if part.startswith("前") else 7 * weeks - 6
        return date(year, month, begin), date(year, month, min(7 * weeks, last.day))
    return first, last


def han_span(match: re.Match[str], at: date | None) -> Days:
    """2月16日至25日, 1至3月, 去年11月至12月: from the one to the other."""
    first, last = int(match["m"]), int(match["n"] or match["m"])
    year = int(match["y"]) if match["y"] else _han_year(match["rel"], at)
    if year is None or not 1 <= first <= 12 or not 1 <= last <= 12:
        return None
    if not match["y"] and not match["rel"] and at and last > at.month:
        year -= 1
    begin = year if first <= last else year - 1
    start = _safe_day(begin, first, int(match["d"])) if match["d"] else _month(begin, first)[0]
    end = _safe_day(year, last, int(match["e"])) if match["e"] else _month(year, last)[1]
    return (start, end) if start and end and start <= end else None


def short_quarter(match: re.Match[str], at: date | None) -> Days:
    """1Q26, as analysts write it."""
    return _quarter(2000 + int(match["y"]), int(match["q"]))


def han_near(match: re.Match[str], at: date | None) -> Days:
    """本季度, 上个月, 上周 …"""
    if at is None:
        return None
    offset = -1 if match["which"][0] in "上前" else 1 if match["which"][0] == "下" else 0
    if match["unit"] in ("周", "週", "星期"):
        monday = at - timedelta(days=at.weekday() - 7 * offset)
        return monday, monday + timedelta(days=6)
    if match["unit"].startswith("季"):
        day = _shift(at, 3 * offset)
        return _quarter(day.year, (day.month + 2) // 3)
    day = _shift(at, offset)
    return _month(day.year, day.month)


# ---------------------------------------------------------------- counted from another period


def before(anchor: tuple[date, date], count: float, unit: str) -> Days:
    """The period as long as `anchor` that lies `count` units before it; None where the unit is finer than the anchor.

    >>> [day.isoformat() for day in before((date(2024, 2, 1), date(2024, 2, 29)), 1, "year") or ()]
    ['2023-02-01', '2023-02-28']
    >>> before((date(2024, 1, 1), date(2024, 12, 31)), 1, "week") is None
    True
    """
    unit = _english_unit(unit)
    longest = {"day": 1, "week": 7, "month": 92, "quarter": 92, "year": 366}.get(unit, 0)
    first, last = anchor
    if (last - first).days >= longest:
        return None
    if unit in ("day", "week"):
        back = timedelta(days=round(count * (7 if unit == "week" else 1)))
        return first - back, last - back
    months = round(count * _STEP[unit])
    whole = last.day == monthrange(last.year, last.month)[1] and first < last
    moved = _shift(last, -months)
    return _shift(first, -months), _month(moved.year, moved.month)[1] if whole else moved
