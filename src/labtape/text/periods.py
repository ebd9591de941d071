"""When a figure holds: "late 2024", "Q3", "the week of Feb. 24", "a year earlier", 去年三季度.

A table of patterns, each with the reading (period_days.py) that turns the match and the article's date into days.
Words that need the article's date ("last year", "July") keep null dates when there is none; a fiscal period
keeps null dates always, since fiscal years differ from firm to firm. "A year earlier" is counted from the period
named before it, and only without one from the article's date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from labtape.expressions import expression
from labtape.text import period_days as days
from labtape.text.numerals import number
from labtape.text.period_days import Days
from labtape.types import Period, Span

if TYPE_CHECKING:
    from datetime import datetime

Reading = Callable[[re.Match[str], date | None], Days]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A wording and the days it stands for. `signs` name what a text must have (`_SIGNS`) for it to match."""

    pattern: str
    days: Reading
    signs: str


_M: Final = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
_Y: Final = r"(?:19|20)\d\d"
_COUNT: Final = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|sixty|ninety|\d{1,3}|couple of|a couple of|few|several)"
_LEAD: Final = r"(?:(?:by|since|through|throughout|until|before|as of|from|during|after)\s+)?"
_PART: Final = r"(?:early|mid|late|beginning of|start of|middle of|end of|the end of|the start of|the beginning of|year-end)"
_FULL_M: Final = r"(?-i:January|February|April|June|July|August|September|October|November|December)"
_SEASON: Final = r"(?P<season>spring|summer|autumn|fall|winter)"
_DATA: Final = r"(?:data|figures?|numbers|reports?|rankings?|surveys?|polls?|panels?|index|edition|update|print|sales|revenue|shipments|deliveries|traffic|registrations|volumes?|tally)"
_DAY: Final = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_UNITS: Final = r"(?P<unit>years?|quarters?|months?|weeks?|days?|decades?)"
_HAN_UNIT: Final = "(?P<unit>年|个月|個月|周|天|日|个季度|季)"
_HAN_COUNT: Final = r"(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})"

_HAN_LEAD: Final = "(?:截至|截止|自从|自|(?<![降升增减減跌涨漲落滑缩縮退提回调調扩擴推爬高低])[到至])?"
_HAN_Y: Final = "(?:19|20)\\d\\d\\s?年度?|今年|去年|明年|前年|上年度?|当年|當年|本年度?"
_HAN_MONTH: Final = r"(?P<m>1[0-2]|[1-9])月(?:份)?(?:(?P<d>\d{1,2})[日号號]|(?P<mp>[初底末](?!次)|[上中下]旬|[上下]半月|(?:前|第)[一二两兩三四]周))?"
_HAN_QUARTER: Final = r"(?:第?(?P<q>[一二三四首1-4])季(?!报|報|节|節|军|軍)度?|Q(?P<q2>[1-4]))"
_HAN_PART: Final = r"(?P<part>[上下]半年(?!报|報)|前[一二两兩三四五六七八九十\d]{1,2}个?個?(?:月|季度?)|全年|年初|年末|年底前?|年中|[春夏秋冬][天季节節])"

_RULES: Final = (
    _Rule(
        rf"(?:the )?(?P<m>{_M})[ -](?:quarter|period)\b(?: (?:of )?(?P<y>{_Y}))?(?: of last year)?",
        days.quarter_ending,
        "month",
    ),
    _Rule(
        rf"(?:the )?(?P<count>{_COUNT})?[ ]?(?P<unit>years?|quarters?|months?|weeks?)(?: (?:ended|ending))? (?:to|through|ended|ending|until) (?:the end of )?(?P<m>{_M})(?: (?P<d>\d{{1,2}})(?:st|nd|rd|th)?)?(?:,? (?P<y>{_Y}))?\b",
        days.stretch_to,
        "month",
    ),
    _Rule(
        rf"{_LEAD}(?:the )?(?P<which>last|this|next|previous|past) {_SEASON}\b|{_LEAD}(?:the )?{_SEASON.replace('season', 'season2')} of (?P<y>{_Y})\b|in (?:the )?{_SEASON.replace('season', 'season3')}\b",
        days.season,
        "season",
    ),
    _Rule(rf"{_LEAD}(?:the )?(?:holiday|Christmas) quarter\b", days.unknown, "quarter"),
    _Rule(
        rf"(?:the )?(?P<part>first|second|third|fourth|last|final|opening|closing) (?:week|half|days|weekend) of (?P<m>{_M})(?:,? (?P<y>{_Y}))?\b",
        days.in_month,
        "month",
    ),
    _Rule(
        rf"(?:the )?first (?P<count>{_COUNT}) months(?: of (?P<y>{_Y}|this year|last year))?\b",
        days.first_months,
        "unit",
    ),
    _Rule(
        rf"(?:in |at |from )?(?:the )?same (?:period|months?|quarter|week|weeks|time|stage|stretch|day|month) (?:of|in|a year|the year|two years)?[ ]?(?:last year|(?P<y>{_Y})|before|earlier|ago)\b",
        days.same_time,
        "unit",
    ),
    _Rule(rf"(?P<count>{_COUNT}) {_UNITS} back\b", days.ago, "unit"),
    _Rule(
        r"(?:the )?(?:year|quarter|month|week)[- ](?:before|earlier|ago)(?! (?:the|its|his|it|they|last)\b)\b",
        days.one_before,
        "unit",
    ),
    _Rule(
        rf"(?:a |the |its )?(?P<count>{_COUNT})-(?:hour|day|week|month|year)(?: [a-z]+)? (?:period|window|span|stretch|trial|test)\b",
        days.unknown,
        "unit",
    ),
    _Rule(
        rf"(?:in|within) (?P<count>{_COUNT}) (?P<unit>years|months|decades)(?:['’] time)?\b",
        days.ahead,
        "unit",
    ),
    _Rule(r"(?:fiscal |financial )?year (?:that has )?just ended\b", days.unknown, "unit"),
    _Rule(rf"{_LEAD}(?:on |last )?(?-i:{_DAY})\b", days.weekday, "weekday"),
    _Rule(
        rf"(?:early |mid-|late )?(?P<m>{_FULL_M})(?P<y>)(?![ -]?\d|[ -](?:quarter|period))\b",
        days.in_month,
        "month",
    ),
    _Rule(rf"(?P<m>(?-i:May|March))(?P<y>)(?=['’]s\b| {_DATA}\b)", days.in_month, "month"),
    _Rule(
        r"(?<=[ (])(?P<y>20[012]\d)(?= (?:revenue|sales|shipments|results|numbers|figures|data|total|volume|output|profit|income|spending|edition|survey|report)\b)",
        days.in_year,
        "year",
    ),
    _Rule(r"(?:quarterly)\b|mid-?year\b", days.unknown, "unit"),
    _Rule(rf"{_LEAD}(?:the )?(?P<part>{_PART})[ -](?:of )?(?P<y>{_Y})\b", days.in_part, "year"),
    _Rule(
        rf"(?:the )?week (?:of|ending|ended|beginning|starting|to) (?P<m>{_M}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{_Y}))?\b",
        days.week_of,
        "month",
    ),
    _Rule(
        rf"(?P<m>{_M}) (?P<d>\d{{1,2}})(?:\s?[-–]\s?| to | through )(?:(?P<n>{_M}) )?(?P<e>\d{{1,2}})(?:,? (?P<y>{_Y}))?\b",
        days.day_span,
        "month",
    ),
    _Rule(
        rf"{_LEAD}(?P<m>{_M}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{_Y}))?(?![\d%.])\b",
        days.on_day,
        "month",
    ),
    _Rule(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_M})(?:,? (?P<y>{_Y}))?\b", days.on_day, "month"),
    _Rule(
        rf"(?:from |between )?(?P<m>{_M})(?:\s?[-–]\s?| to | through | and )(?P<n>{_M})(?:,? (?P<y>{_Y}))?\b",
        days.month_span,
        "month",
    ),
    _Rule(rf"{_LEAD}(?:early |mid-?|late )?(?P<m>{_M}),? (?P<y>{_Y})\b", days.in_month, "month year"),
    _Rule(
        rf"(?:by|since|through|throughout|until|as of|from|during|in|last|this|next|of)(?: early| mid| late)? (?P<m>{_M})(?P<y>)(?! ?\d)\b",
        days.in_month,
        "month",
    ),
    _Rule(
        rf"{_LEAD}(?:the )?Q(?P<q>[1-4])(?: of)?(?: (?:fiscal|financial)(?: year)?)?(?:[ ']*(?P<y>{_Y}))?\b",
        days.in_quarter,
        "q",
    ),
    _Rule(rf"(?P<y>{_Y}) ?Q(?P<q>[1-4])\b", days.in_quarter, "q year"),
    _Rule(
        rf"{_LEAD}(?:the )?(?:fiscal )?(?P<q>first|second|third|fourth)(?:[ -]fiscal)?[ -]quarter(?: of)?(?: (?:fiscal|financial)(?: year)?)?(?: (?P<y>{_Y}))?\b",
        days.in_quarter,
        "quarter",
    ),
    _Rule(rf"{_LEAD}(?:the )?H(?P<h>[12])(?: of)?(?: (?P<y>{_Y}))?\b", days.in_half, "h"),
    _Rule(
        rf"{_LEAD}(?:the )?(?P<h>first|second) half(?: of)?(?: (?:fiscal|financial)(?: year)?)?(?: (?P<y>{_Y}))?\b",
        days.in_half,
        "half",
    ),
    _Rule(
        rf"(?:from |between )?(?P<y>{_Y})(?:\s?[-–]\s?| to | through | and )(?P<z>{_Y})\b(?![\d%.,]\d)",
        days.years,
        "year",
    ),
    _Rule(rf"(?:the )?(?:full year|calendar year|calendar) (?P<y>{_Y})\b", days.in_year, "year"),
    _Rule(rf"(?:the )?(?:fiscal year|fiscal|financial year) {_Y}\b", days.unknown, "year"),
    _Rule(
        rf"(?:by|since|through|throughout|until|before|as of|from|during|in|for|of|around|after|versus|vs\.?|than)\s(?P<y>{_Y})(?![\d%,.]*\d|[-–]|\s(?:percent|models?|tokens|companies|people|users))\b",
        days.in_year,
        "year",
    ),
    _Rule(rf"(?P<y>{_Y})(?=:\s)", days.in_year, "year"),
    _Rule(
        r"(?:this|the) (?:full )?year so far|so far this year|year[- ]to[- ]date|to date this year",
        days.so_far,
        "unit",
    ),
    _Rule(r"(?:by )?(?:the )?(?:end of (?:the|this) year|year[- ]end\b|year's end)", days.year_end, "unit"),
    _Rule(
        r"(?:the )?(?P<which>last|previous|prior|this|current|next|coming|past) (?:fiscal |full |calendar )?(?P<unit>year|quarter|month|week)(?!['’]s (?:\w+ )?(?:levels?|model))\b",
        days.relative,
        "unit",
    ),
    _Rule(
        rf"(?:(?:over|in|for|during|within) )?(?:the )?(?P<which>last|past|previous|next|coming) (?P<count>{_COUNT}) {_UNITS}\b",
        days.past,
        "unit",
    ),
    _Rule(
        rf"(?:over|in|for|during|within) (?:the )?(?P<which>last|past|next|coming) (?P<count>){_UNITS}\b",
        days.past,
        "unit",
    ),
    _Rule(
        rf"(?:(?:from|than) )?(?P<count>{_COUNT}) {_UNITS} (?:ago|earlier|before|prior)\b",
        days.ago,
        "unit ago",
    ),
    _Rule(
        r"(?:the )?(?:most recent|latest|preceding|same|corresponding|year-ago|year-earlier) (?:quarter|month|week|year|period)(?: (?:a year (?:ago|earlier)|last year))?\b",
        days.unknown,
        "unit",
    ),
    _Rule(
        r"(?:for |over |in |during |throughout )?the (?:full|entire|whole) (?:year|quarter|month|week)\b",
        days.unknown,
        "unit",
    ),
    _Rule(
        r"(?:in )?(?:a|any) given (?:week|month|day|year)\b|(?:by |before )?the end of (?:the|this) (?:decade|quarter|month|week)\b|this decade\b",
        days.unknown,
        "unit",
    ),
    _Rule(
        rf"{_HAN_LEAD}(?P<y>{_HAN_Y})(?:的?(?:{_HAN_MONTH}|{_HAN_QUARTER}|{_HAN_PART}|年?[初末底中](?!国|期|間|间|心|美|東|东|华|華|型|小)前?))?",
        days.han,
        "han",
    ),
    _Rule(rf"{_HAN_LEAD}(?P<y>){_HAN_MONTH}(?P<q>)(?P<q2>)(?P<part>)(?!活|薪|租|均|度|台)", days.han, "han"),
    _Rule(
        r"(?:(?P<y>(?:19|20)\d\d)年|(?P<rel>今年|去年|上年))?(?<!\d)(?P<m>1[0-2]|[1-9])(?:月(?:(?P<d>\d{1,2})[日号號])?)?\s?[至到~－—-]\s?(?:(?P<n>1[0-2]|[1-9])月)?(?:(?P<e>\d{1,2})[日号號])?(?:当周|當週|期间|期間)?(?<=[月日号號周週间間])",
        days.han_span,
        "han",
    ),
    _Rule(rf"(?<!续)(?<!續)(?<!近){_HAN_LEAD}(?P<y>)(?P<m>){_HAN_QUARTER}(?P<part>)", days.han, "han"),
    _Rule(rf"{_HAN_LEAD}(?P<y>)(?P<m>)(?P<q>)(?P<q2>){_HAN_PART}", days.han, "han"),
    _Rule(r"(?P<q>[1-4])Q(?P<y>\d\d)(?!\d)", days.short_quarter, "shortq"),
    _Rule(
        r"(?P<which>本|上一?个?個?|下一?个?個?|当|當|前一个?個?)(?P<unit>季度|季(?![节節军軍])|月(?![亮球])|周(?!边|邊|期|年|均|转|轉)|週|星期)(?:末|底|初)?",
        days.han_near,
        "han",
    ),
    _Rule(r"(?:(?P<y>(?:19|20)\d\d)[至到~－-])(?P<z>(?:19|20)\d\d)年度?", days.years, "han year"),
    _Rule(r"自?今?年初?(?:以来|以來|至今)|今年(?:以来|以來|至今|迄今)", days.so_far, "han"),
    _Rule(
        r"最新一[周週季]|最近一[周週季]|(?:(?:19|20)\d\d|上一?|本)?财年|(?:(?:19|20)\d\d)?財年|第?[一二三四]财季|第?[一二三四]財季|本财季|春节(?:期间|假期)?|春節(?:期間|假期)?|除夕|国庆(?:期间|假期)?|618(?:全周期|期间|大促)?|双1[12](?:期间)?|大促期间|春季",
        days.unknown,
        "han",
    ),
    _Rule(rf"(?P<which>过去|近|最近|未来)的?{_HAN_COUNT}{_HAN_UNIT}", days.past, "han"),
    _Rule(rf"{_HAN_COUNT}{_HAN_UNIT}前", days.ago, "han"),
    _Rule(r"(?:上年|去年|前年|上一财年)(?:同期|此时|此時|同季)|同期", days.unknown, "han"),
)


_IDLE: Final = expression(
    r"(?:(?:in|for|of|over|during|than|versus|vs\.?|around|within|from(?! .*\b(?:to|through)\b))\s+)?", re.I
)
"""A leading preposition that says nothing of the period; "by", "since" and "through" do."""


_SIGNS: Final = tuple(
    (name, expression(pattern))
    for name, pattern in (
        ("year", r"(?:19|20)\d\d"),
        ("month", rf"{_M.lower()}(?![a-z])"),
        ("season", "(?:last|this|next|previous|past|in|the) (?:spring|summer|autumn|fall|winter)"),
        ("weekday", "(?:mon|tues|wednes|thurs|fri|satur|sun)day"),
        ("q", r"q[1-4]"),
        ("h", r"h[12]"),
        ("quarter", "quarter"),
        ("half", "half"),
        ("unit", "year|quarter|month|week|day|decade|period"),
        ("ago", "ago|earlier|before|prior"),
        ("han", "[年月周週天日季期财財半夕春双]|618"),
        ("shortq", r"[1-4]q\d\d"),
    )
)
"""What to look for in a text in small letters before any rule is tried: most texts have little of it."""


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], Reading, frozenset[str]], ...]:
    return tuple(
        (
            expression(rule.pattern if _is_han(rule.pattern) else rf"(?<![A-Za-z\d]){rule.pattern}", re.I),
            rule.days,
            frozenset(rule.signs.split()),
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
    Period(text='a year earlier', start='2023-10-01', end='2023-12-31')
    Period(text='by July', start='2027-07-01', end='2027-07-31')
    """
    day = at.date() if at else None
    lowered = full.lower()
    present = {name for name, pattern in _SIGNS if pattern.search(lowered)}
    found: list[tuple[Span, Period]] = []
    for pattern, reading, signs in _compiled():
        if signs <= present:
            found.extend(_period(match, reading, day) for match in pattern.finditer(full))
    kept: list[tuple[Span, Period]] = []
    for span, period in sorted(found, key=lambda row: (row[0].start, -row[0].end)):
        if not kept or span.start >= kept[-1][0].end:
            kept.append((span, period))
    return tuple(_anchored(full, kept))


def _period(match: re.Match[str], reading: Reading, at: date | None) -> tuple[Span, Period]:
    stretch = reading(match, at)
    if stretch and at and match[0][:6].lower() == "since " and stretch[0] <= at:
        stretch = (stretch[0], at)
    begin = match.start() + len(_IDLE.match(match[0])[0])  # type: ignore[index]  # it matches the empty string
    start, end = (stretch[0].isoformat(), stretch[1].isoformat()) if stretch else (None, None)
    return Span(begin, match.end()), Period(match.string[begin : match.end()], start, end)


# ---------------------------------------------------------------- counted from the period before


_EARLIER: Final = expression(
    rf"(?P<count>{_COUNT}) {_UNITS} (?P<how>ago|earlier|before|prior)|{_HAN_COUNT.replace('count', 'count2')}{_HAN_UNIT.replace('unit', 'unit2')}前",
    re.IGNORECASE,
)
_SAME_BEFORE: Final = expression(
    r"(?:the )?(?:(?:same|corresponding) (?:quarter|month|week|period) (?:a year (?:ago|earlier)|last year)|year-(?:ago|earlier) (?:quarter|month|week|period))|(?:去年|上年)(?:同期|此时|此時|同季)",
    re.IGNORECASE,
)
_OPEN: Final = expression(r"(?:since|by|until|through|自)\b|.*(?:so far|to date|next|coming)", re.IGNORECASE)
_STOPS: Final = expression(r"[.!?]\s+(?=[A-Z“\"]|\Z)|[。！？]")
_NOW: Final = expression(r"\b(?:now|today|currently)\b|目前|现在|如今", re.IGNORECASE)
ANCHOR: Final = 200
"""How far before "a year earlier" the period may stand from which it is counted, in characters."""


def _anchored(full: str, found: list[tuple[Span, Period]]) -> Iterator[tuple[Span, Period]]:
    """The periods, those "a year earlier" counted from the last dated one before them.

    "Earlier" may look into the sentence before; "ago" stays in its own, else it is counted from the article's date.
    """
    anchor: tuple[Span, Period] | None = None
    for span, period in found:
        back = _counted_back(period.text)
        if back is None:
            anchor = (span, period) if period.start and not _OPEN.match(period.text) else None
            yield span, period
            continue
        count, unit, sentences = back
        between = full[anchor[0].end : min(span.start, anchor[0].end + ANCHOR)] if anchor else ""
        near = len(between) < ANCHOR and "\n\n" not in between and not _NOW.search(between)
        stretch = None
        if anchor and near and len(_STOPS.findall(between)) <= sentences:
            first, last = anchor[1].start, anchor[1].end
            if first and last:
                stretch = days.before((date.fromisoformat(first), date.fromisoformat(last)), count, unit)
        yield (
            span,
            replace(period, start=stretch[0].isoformat(), end=stretch[1].isoformat()) if stretch else period,
        )


def _counted_back(words: str) -> tuple[float, str, int] | None:
    """How many of which unit the words count back, and how many sentence ends may lie between."""
    if _SAME_BEFORE.fullmatch(words):
        return 1.0, "year", 1
    match = _EARLIER.fullmatch(words)
    if not match:
        return None
    said = (match["count"] or match["count2"]).lower()
    count = 1.0 if said in ("a", "an") else number(said)
    ago = match["how"] is None or match["how"].lower() == "ago"
    return (count, match["unit"] or match["unit2"], 0 if ago else 1) if count else None
