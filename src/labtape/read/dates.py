"""When was it published, and how exactly do we know?

A strict list of forms, read from the raw string; a date in no listed form is no date, because none is better than a
wrong one. What the list decides:

- Without a zone the hour is not known: the day as written is kept, with precision "day". Chinese, Japanese and Korean
  writing carries its zone with it.
- `CST` is China's in a feed with other dates at +0800, Chicago's in one with dates at -0600, -0500 or CDT; where these say
  nothing, China's for a Chinese feed, Chicago's for an American one, and nothing otherwise.
- `06/07/2026` is two days at once, hence none; `13/06/2026` is one.
- Words that count from now (`2 hours ago`) do not say from when, hence none.
- Before 1971 (a zero that was meant as "unknown") is none.
- What has not come yet is none, and `is_future`: a time more than ten minutes after `now` (a clock that is a little
  fast), a day that has begun nowhere on earth (it begins in UTC+14). Left alone, a date hours ahead, as of a server that
  writes local time and calls it GMT, would put its article before all that really is newer.
A loose parser behind the list was tried, with two defaults that must agree: of the 2,501 different dates of ../shared/feeds
and ../shared/conformance it would read one more (a zone cut off in its middle, read as whole), and two defaults that agree
do not tell that `06/07/2026` has two readings or that `IST` has three. So the list is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from labtape.types import Precision

_MAX_LENGTH = 100
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_AHEAD = {"second": timedelta(minutes=10), "minute": timedelta(minutes=10), "day": timedelta(hours=14)}
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
# Zone names with one meaning in the news, in hours. IST, BST, AST and the military letters have several.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
_HOME = {"zh": 8, "ja": 9, "ko": 9, "utc": 0}  # a language written in one zone; "utc" is that of programs
_CST = {"zh": 8, "en-us": -6, "es-mx": -6}
_SAYS_CST = re.compile(
    r"(?:(?<=[\d:.]{5})|(?<=[\d:.]{5} )|(?<=GMT)|(?<=UTC))[+-]\d\d:?\d\d\b|\bCDT\b", re.ASCII
)
_CST_SIGNS = {"+0800": 8, "-0600": -6, "-0500": -6, "CDT": -6}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９：－／．　", "0123456789:-/. ")

_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap]\.?m\.?)(?![a-z]))?"
)
_ZONE = r"(?:\s*(?P<zone>z|(?:gmt|utc|ut)?\s*[+-]\d{1,2}(?::?\d{2})?|[a-z]{2,4})(?:\s*\([^()]{0,60}\))?)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_FORMS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-06-13T16:37:21.5Z, 2026-06-13 16:37:21  +0800, 2026/06/13 16:37, 2026.6.13, 2026-06-13
        rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?:(?:[t]|[\s,]+){_TIME}{_ZONE})?",
        # 20260613T163721Z, 20260613
        (r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:t(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<zone>z|[+-]\d{2}:?\d{2})?)?"),
        # Sat, 13 Jun 2026 16:37:21 GMT, 13-Jun-26 16:37, 13 June 2026
        (rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH}[\s,-]+(?P<year>\d{{4}}|\d{{2}})"
        rf"(?:(?:,?\s+|,?\s+at\s+){_TIME}{_ZONE})?"),
        # Sat Jun 13 2026 16:37:21 GMT+0800 (China Standard Time), June 13, 2026 4:37 PM EDT
        (rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
        rf"(?:(?:,?\s+|,?\s+at\s+|\s+-\s+){_TIME}{_ZONE})?"),
        # Sat Jun 13 16:37:21 2026, Sat Jun 13 16:37:21 UTC 2026
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        # 13/06/2026 16:37: read only when the other order is no date
        rf"(?P<first>\d{{1,2}})(?P<sep>[-/.])(?P<other>\d{{1,2}})(?P=sep)(?P<year>\d{{4}})(?:[\s,]+{_TIME}{_ZONE})?",
        # 2026年6月13日 16:37, 2026年6月13日（星期六）下午4点37分
        (
            r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号](?P<cjk>)"
            r"(?:\s*[(（]?(?:(?:星期|周|週|礼拜)[一二三四五六日天]|[月火水木金土日](?:曜日)?(?=[)）]))[)）]?)?"
            r"(?:\s*(?P<half>上午|下午|晚上|凌晨|早上|中午|午前|午後)?\s*(?P<hour>\d{1,2})"
            r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?|\s*[时時点點]\s*(?:(?P<spoken_minute>\d{1,2})\s*分)?"
            rf"(?:\s*(?P<spoken_second>\d{{1,2}})\s*秒)?){_ZONE})?"
        ),
    )
)  # fmt: skip
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)", re.ASCII)
_MAIL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) "
    r"(?:GMT|UTC|([+-])(0\d|1[0-3])([0-5]\d))",
    re.ASCII,
)
_EPOCH = re.compile(r"(?P<seconds>\d{9,10})(?:\.\d{1,9})?|(?P<millis>\d{12,13})")


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment and how exactly it is known: precision "day" means midnight UTC of the day as written.

    `is_future` says of no date that one was written, which has not come yet.
    """

    at: datetime | None = None
    precision: Precision = "none"
    is_future: bool = False


NO_DATE = Dated()
_FUTURE_DATE = Dated(is_future=True)


def read_date(
    raw: str,
    *,
    now: datetime,
    language: str | None = None,
    cst: int | None = None,
    naive_is_utc: bool = False,
) -> Dated:
    """Give the moment a date string means, in UTC, or no date.

    `language` is what the feed says it is written in; it decides a zone that is not written. `cst` is what `CST` means
    there, in hours, where that is known (`cst_hours`); else the language decides that as well. Tables are written by
    programs, which mean UTC when they write no zone: `naive_is_utc`.

    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> found = read_date("Sat Jun 13 2026 16:37:21 GMT+0800 (China Standard Time)", now=now)
    >>> found.at.isoformat(), found.precision
    ('2026-06-13T08:37:21+00:00', 'second')
    >>> read_date("2小时前", now=now).at is None
    True
    """
    found = _from_usual(raw)
    if found.at is None:
        text = " ".join((raw if raw.isascii() else raw.translate(_FULL_WIDTH)).split())
        if not text or len(text) > _MAX_LENGTH:
            return NO_DATE
        found = _from_usual(text)
    if found.at is None:
        epoch = _EPOCH.fullmatch(text)
        written_in = "utc" if naive_is_utc else (language or "").strip().lower().replace("_", "-")
        found = _from_epoch(epoch) if epoch else _from_words(text, written_in, cst)
    if found.at is None or found.at < _EARLIEST:
        return NO_DATE
    return found if found.at <= now + _AHEAD[found.precision] else _FUTURE_DATE


def cst_hours(raws: Sequence[str]) -> int | None:
    """Give what `CST` means in a feed by its other dates: China's hours where one has +0800, Chicago's where one has -0600, -0500 or CDT.

    >>> cst_hours(["Sat, 13 Jun 2026 16:37:21 CST", "2026-06-13T16:37:21+08:00"]), cst_hours(["Sat, 13 Jun 2026 16:37:21 CST"])
    (8, None)
    """
    if not any("CST" in raw for raw in raws):
        return None
    named = {found[0].upper().replace(":", "") for raw in raws if (found := _SAYS_CST.search(raw))}
    hours = {_CST_SIGNS[name] for name in named if name in _CST_SIGNS}
    return hours.pop() if len(hours) == 1 else None


def first_date(raws: Iterable[str], now: datetime, language: str | None, cst: int | None = None) -> Dated:
    """Give the first of several date strings that means a moment; else no date, and whether one lay ahead."""
    none = NO_DATE
    for raw in filter(None, raws):
        dated = read_date(raw, now=now, language=language, cst=cst)
        if dated.at is not None:
            return dated
        none = dated if dated.is_future else none
    return none


def _from_usual(text: str) -> Dated:
    """Give the moment of the two ways in which nine in ten feeds write it; the list of forms reads them as well."""
    try:
        if _ISO.fullmatch(text):
            return Dated(datetime.fromisoformat(text).astimezone(UTC), "second")
        mail = _MAIL.fullmatch(text)
        if mail is None:
            return NO_DATE
        day, name, year, hour, minute, second, sign, hours, minutes = mail.groups()
        month = _MONTHS.get(name.lower(), 0)
        at = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        if sign:
            ahead = timedelta(hours=int(hours), minutes=int(minutes))
            at = at + ahead if sign == "-" else at - ahead
    except (ValueError, OverflowError):
        return NO_DATE
    return Dated(at, "second")


def _from_epoch(found: re.Match[str]) -> Dated:
    seconds = int(found["seconds"]) if found["seconds"] else int(found["millis"]) // 1000
    return Dated(datetime.fromtimestamp(seconds, UTC), "second")


def _from_words(text: str, language: str, cst: int | None) -> Dated:
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _dated(
                {name.removeprefix("spoken_"): part for name, part in _written(found)}, language, cst
            )
    return NO_DATE


def _written(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    return ((name, part) for name, part in found.groupdict().items() if part is not None)


def _dated(part: Mapping[str, str], language: str, cst: int | None) -> Dated:
    day = _day(part)
    if day is None:
        return NO_DATE
    if "hour" not in part:
        return Dated(datetime(*day, tzinfo=UTC), "day")
    zone = _zone(part, language, cst)
    clock = _clock(part)
    if clock is None or zone is False:
        return NO_DATE
    if zone is None:
        return Dated(datetime(*day, tzinfo=UTC), "day")
    hour, minute, second, micro = clock
    at = _moment(lambda: datetime(*day, hour, minute, second, micro, tzinfo=zone).astimezone(UTC))
    precision: Precision = "second" if "second" in part else "minute"
    return Dated(at, precision) if at is not None else NO_DATE


def _moment(make: Callable[[], datetime]) -> datetime | None:
    try:
        return make()
    except (ValueError, OverflowError):
        return None


def _day(part: Mapping[str, str]) -> tuple[int, int, int] | None:
    year = int(part["year"])
    if len(part["year"]) == 2:
        year += 2000 if year < 50 else 1900  # RFC 2822, 4.3
    if "first" in part:
        days = {
            (int(part["first"]), int(part["other"])),
            (int(part["other"]), int(part["first"])),
        }
        valid = [(year, month, day) for month, day in days if _is_day(year, month, day)]
        return valid[0] if len(valid) == 1 else None
    name = part["month"].lower()
    month = int(name) if name.isdigit() else _MONTHS.get(name, 0)
    day = int(part["day"])
    return (year, month, day) if _is_day(year, month, day) else None


def _is_day(year: int, month: int, day: int) -> bool:
    return _moment(lambda: datetime(year, month, day, tzinfo=UTC)) is not None


def _clock(part: Mapping[str, str]) -> tuple[int, int, int, int] | None:
    hour, minute = int(part["hour"]), int(part.get("minute", 0))
    second = int(part.get("second", 0))
    half = part.get("half", "").lower().replace(".", "")
    if half:
        if half in ("am", "pm") and not 1 <= hour <= 12:
            return None
        if half in ("pm", "下午", "晚上", "午後") and hour < 12:
            hour += 12
        elif half in ("am", "上午", "凌晨", "午前") and hour == 12:
            hour = 0
    if hour > 23 or minute > 59 or second > 60:
        return None
    return (
        hour,
        minute,
        min(second, 59),
        int(part.get("fraction", "0").ljust(6, "0")[:6]),
    )  # 60 is a leap second


def _zone(part: Mapping[str, str], language: str, cst: int | None) -> timezone | Literal[False] | None:
    """Give the zone; None when none is written or known, False when what is written is no zone."""
    written = part.get("zone", "").lower().replace(" ", "")
    home = _HOME.get(language.split("-")[0], 8 if "cjk" in part else None)
    if not written:
        return None if home is None else timezone(timedelta(hours=home))
    if written == "cst":
        hours = cst if cst is not None else _CST.get(language, _CST.get(language.split("-")[0]))
        return False if hours is None else timezone(timedelta(hours=hours))
    if written in _ZONES:
        return timezone(timedelta(hours=_ZONES[written]))
    offset = re.fullmatch(r"(?:gmt|utc|ut)?([+-])(\d{1,2}):?(\d{2})?", written)
    if offset is None:
        return False
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    if minutes > 14 * 60 or int(offset[3] or 0) > 59:
        return False
    return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
