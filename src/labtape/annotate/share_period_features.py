"""What shows that a period named in a text is the one of a share, as features of the pair.

`share_periods` weighs them, `train.periods_model` learns the weights from them: there is no second copy.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from labtape.annotate.share_context import Setting
    from labtape.types import Period, Share, ShareRole, Span

BACK: Final = 700
"""How far before the number a period may stand, in characters, unless it stands in the title."""
BEHIND: Final = 220
MOST: Final = 12
"""Periods looked at on each side of a number."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the periods of one article are read against: its periods in order, its numbers in order, and its date."""

    full: str
    title_end: int
    at: datetime | None
    periods: Sequence[tuple[Span, Period]]
    numbers: Sequence[tuple[int, int]]
    """Where each number out of a hundred begins and ends."""
    shares: Sequence[int]
    """Where each share begins."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The share whose period is asked for; `ruled` is what the rules say, `carried` what a list goes on in."""

    setting: Setting
    role: ShareRole
    previous: Share | None
    ruled: Period | None
    carried: Period | None
    now: bool


def candidates(scene: Scene, asked: Asked) -> tuple[tuple[Span, Period], ...]:
    """The periods that may be a share's: near it before and behind, and those of the title."""
    number = asked.setting.quantity
    last = asked.setting.sentence.end
    middle = bisect_left(scene.periods, number.start, key=lambda row: row[0].start)
    floor = 0 if number.start < scene.title_end else scene.title_end
    before = [
        row
        for row in scene.periods[max(0, middle - MOST) : middle]
        if row[0].start >= max(floor, number.start - BACK)
    ]
    behind = [
        row for row in scene.periods[middle : middle + MOST] if row[0].start < min(last, number.end + BEHIND)
    ]
    titled = [row for row in scene.periods[:3] if row[0].end <= scene.title_end and floor]
    return (*titled, *before, *behind)


_TOKEN: Final = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d[\d,.]*|[^\w\s]")
_LINKS: Final = re.compile(
    r"\b(?:from|to|against|compared|versus|vs|than|up|down|while|after|but|and|was|had|now)\b", re.I
)
_SAID: Final = re.compile(
    r"\b(?:said|says|told|published|released|reported|announced|launched|founded|signed|filing|opened|introduced|passed|ruled|wrote|showed|closed|fell|rose|shares)\b[^,.;]{0,24}\Z",
    re.I,
)
_PLANNED: Final = re.compile(
    r"\b(?:will|expects?|should|forecasts?|could|plans?|aims?|to (?:reach|be|hit)|target)\b", re.I
)
_BACK: Final = re.compile(r"\b(?:ago|earlier|before|back|same|year-ago|prior|previous)\b", re.I)
_STOP: Final = re.compile(r"[.!?]\s|\n")


def kind_of(period: Period, at: datetime | None) -> str:
    """How a period is worded and how long it is: "back", "since", "day", "month" …"""
    words = period.text.lower()
    if _BACK.search(words):
        return "back"
    if words.startswith(("by ", "until ")):
        return "by"
    if words.startswith(("since ", "through ")) or "so far" in words or "to date" in words:
        return "since"
    if re.fullmatch(r"(?:on |last |as of )?(?:mon|tues|wednes|thurs|fri|satur|sun)day", words):
        return "weekday"
    if not (period.start and period.end):
        return "vague"
    days = (date.fromisoformat(period.end) - date.fromisoformat(period.start)).days
    return next((name for most, name in ((0, "day"), (9, "week"), (31, "month"), (93, "quarter"), (190, "half"), (366, "year")) if days <= most), "long")  # fmt: skip


def _time_of(period: Period, at: datetime | None) -> str:
    if not (period.start and period.end) or at is None:
        return "?"
    today = at.date().isoformat()
    return "past" if period.end < today else "ahead" if period.start > today else "over"


def _far(distance: int) -> str:
    return next((name for most, name in ((3, "0"), (12, "1"), (30, "2"), (60, "3"), (110, "4"), (200, "5"), (350, "6")) if distance <= most), "7")  # fmt: skip


def none_features(scene: Scene, asked: Asked) -> dict[str, float]:
    """What shows that a share has no period."""
    setting = asked.setting
    names = ["none", f"none:{asked.role}", f"none:now:{asked.now}"]
    title = setting.quantity.start < scene.title_end
    here = sum(
        1
        for span, _ in candidates(scene, asked)
        if setting.sentence.start <= span.start < setting.sentence.end
    )
    names.append(f"none:title:{title}:{min(here, 2)}")
    names.append(f"none:here:{min(here, 2)}:{asked.role}")
    names.append(f"none:ruled:{asked.ruled is not None}:{asked.carried is not None}")
    if asked.previous is not None:
        same = asked.previous.sentence == setting.sentence
        bare = asked.previous.period is None
        names.append(f"none:prev:{same}:{bare}:{asked.previous.role == asked.role}")
    word = _TOKEN.findall(setting.left[-40:])[-2:]
    names += [f"none:l:{w.lower()}" for w in word]
    return dict.fromkeys(names, 1.0)


def period_features(scene: Scene, asked: Asked, span: Span, period: Period, order: int) -> dict[str, float]:
    """The features of one candidate; `order` counts the candidates of its side between it and the number."""
    return dict.fromkeys(_names(scene, asked, span, period, order), 1.0)


def _names(scene: Scene, asked: Asked, span: Span, period: Period, order: int) -> Iterator[str]:
    full, setting, role = scene.full, asked.setting, asked.role
    number = setting.quantity
    behind = span.start >= number.end
    low, high = (number.end, span.start) if behind else (span.end, number.start)
    distance = max(high - low, 0)
    gap = full[low : min(high, low + BACK)] if behind else full[max(low, high - BACK) : high]
    kind, when = kind_of(period, scene.at), _time_of(period, scene.at)
    place = _place(scene, setting, span, gap, behind)
    yield "one"
    yield f"place:{place}"
    yield f"place:{place}:{role}"
    yield f"place:{place}:{kind}"
    yield f"kind:{kind}:{role}"
    yield f"kind:{kind}"
    yield f"when:{when}:{role}"
    yield f"when:{when}:{kind}"
    yield f"far:{place}:{_far(distance)}"
    yield f"order:{place}:{min(order, 3)}"
    between = bisect_left(scene.numbers, (high, 0)) - bisect_left(scene.numbers, (low, 0))
    parts = bisect_left(scene.shares, high) - bisect_left(scene.shares, low)
    yield f"between:{place}:{min(between, 3)}"
    yield f"parts:{place}:{min(parts, 3)}:{role}"
    other = _nearest_other(scene, number.start, span)
    yield f"other:{place}:{_far(other)}:{other < distance}"
    yield f"closer:{other < distance}:{role}:{behind}"
    for word in set(_LINKS.findall(gap if len(gap) < 120 else gap[-120:] if not behind else gap[:120])):
        yield f"link:{behind}:{word.lower()}:{role}"
    yield f"commas:{place}:{min(gap.count(','), 3)}"
    yield f"semi:{place}:{';' in gap}"
    left = _TOKEN.findall(full[max(0, span.start - 30) : span.start])[-2:]
    right = _TOKEN.findall(full[span.end : span.end + 30])[:1]
    yield f"b1:{left[-1].lower() if left else '^'}"
    yield f"b2:{' '.join(left).lower()}"
    yield f"a1:{right[0].lower() if right else '$'}"
    yield f"first:{period.text.split()[0].lower()}"
    yield f"said:{bool(_SAID.search(full[max(0, span.start - 60) : span.start]))}:{kind}"
    yield f"planned:{bool(_PLANNED.search(full[max(0, span.start - 40) : span.end + 40]))}:{role}:{place}"
    yield f"head:{place}:{_heads(full, span.start)}"
    if asked.now and place not in ("left", "right"):
        yield f"now:{place}"
    if asked.ruled is not None:
        yield f"ruled:{asked.ruled.text == period.text}:{place}"
        yield f"ruled:{asked.ruled.text == period.text}"
    else:
        yield "ruled:nothing"
    if asked.carried is not None:
        yield f"carried:{asked.carried.text == period.text}"
    last = asked.previous
    if last is not None:
        same = last.sentence == setting.sentence
        if last.period is not None:
            taken = last.period.text == period.text
            yield f"last:{taken}:{same}:{last.role == role}"
            yield f"last:{taken}:{last.role}:{role}:{_far(number.start - last.end)}"
        else:
            yield f"lastbare:{same}:{span.end <= last.start}:{last.role == role}"


def _place(scene: Scene, setting: Setting, span: Span, gap: str, behind: bool) -> str:
    """Where a candidate stands: in the number's clause, in its sentence, in the one before, before that, in the title."""
    if span.end <= scene.title_end < setting.quantity.start:
        return "title"
    if behind:
        return "right" if not re.search(r"[,;:.]", gap) else "right2"
    if span.start >= setting.sentence.start:
        return "left" if not re.search(r"[,;:.]\s", gap) else "left2"
    stops = len(_STOP.findall(gap))
    paragraph = "\n\n" in gap
    return f"{'above' if paragraph else 'before'}{min(stops, 4)}"


def _nearest_other(scene: Scene, number: int, span: Span) -> int:
    """How far the nearest other number is from a period."""
    at = bisect_right(scene.numbers, (span.start, 0))
    near = [row for row in scene.numbers[max(0, at - 2) : at + 2] if row[0] != number]
    return min((max(start - span.end, span.start - end, 0) for start, end in near), default=999)


def _heads(full: str, start: int) -> bool:
    """Whether a period begins its sentence or line, a preposition before it allowed."""
    return bool(
        re.search(
            r"(?:^|[.!?:;\n]\s*)(?:(?:In|For|By|During|At|As of|Over|On|Since|Through)\s(?:the\s)?)?\Z",
            full[max(0, start - 24) : start],
        )
    )
