"""A text made ready for the Chinese frames: one script, one set of stops, times and percentages as marks of their own.

Every change keeps the length, so a place in the marked text is the same place in the article.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from labtape.annotate.traditional import SIMPLE, TRADITIONAL
from labtape.text.periods import find_periods
from labtape.text.quantities import find_quantities

if TYPE_CHECKING:
    from datetime import datetime

    from labtape.types import Period, Span

_MORE_TRADITIONAL: Final = "佔為減銷額裡擁獨費遠屬貢獻賣週寬該們穩緊備類絕現給換請還遷權夠帳搶攜沒眾確競舊訪賺輛輸頁喫數歲總樣幫擠劇債寶變錢騰劃實爭奪據團塊腦撐聆橫縱勝贏護獎剩證攬諾滯萎縮滿營併逼餘滬紐淨億際籌約僅歸應處維觀製複採係於職試訴詳談賴贊趨養徵夥遞輯顧掛擠"
_MORE_SIMPLE: Final = "占为减销额里拥独费远属贡献卖周宽该们稳紧备类绝现给换请还迁权够账抢携没众确竞旧访赚辆输页吃数岁总样帮挤剧债宝变钱腾划实争夺据团块脑撑聆横纵胜赢护奖剩证揽诺滞萎缩满营并逼余沪纽净亿际筹约仅归应处维观制复采系于职试诉详谈赖赞趋养征伙递辑顾挂挤"
_FOLD: Final = str.maketrans(TRADITIONAL + _MORE_TRADITIONAL, SIMPLE + _MORE_SIMPLE)
_STOPS: Final = re.compile(r"(?<!\d),|,(?!\d)|[;:()!?]")
_STOP: Final = {",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "!": "！", "?": "？"}
_HAN_SPACE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000](?=[\u4e00-\u9fff])")
TIME: Final = "\x01"
NUMBER: Final = "\x02"
ASIDE: Final = "\x03"


@dataclass(frozen=True, slots=True)
class Passage:
    """An article's text and its marked form of the same length: times, percentages and asides are control characters."""

    full: str
    marks: str
    plain: str  # simplified, full-width stops, nothing marked
    periods: tuple[tuple[Span, Period], ...]
    numbers: tuple[tuple[int, int], ...]
    names: tuple[tuple[int, int], ...]


def periods_between(text: Passage, start: int, end: int) -> tuple[tuple[Span, Period], ...]:
    """The periods that lie between two places, in order."""
    first = bisect_left(text.periods, start, key=lambda row: row[0].start)
    last = bisect_left(text.periods, end, key=lambda row: row[0].start)
    return tuple(row for row in text.periods[first:last] if row[0].end <= end)


def between(spans: Sequence[tuple[int, int]], start: int, end: int) -> Sequence[tuple[int, int]]:
    """Those of some sorted places that begin between two others."""
    return spans[bisect_left(spans, (start, 0)) : bisect_left(spans, (end, 0))]


@lru_cache(maxsize=2)
def passage(full: str, at: datetime | None, names: tuple[tuple[int, int], ...] = ()) -> Passage:
    """The marked form of an article with its linked `names` (start, end); the last two are kept, for every share asks for it."""
    plain = simplified(full)
    periods = find_periods(full, at)
    chars = list(plain)
    for span, _ in periods:
        chars[span.start : span.end] = TIME * (span.end - span.start)
    numbers = tuple((q.start, q.end) for q in find_quantities(full))
    for start, end in numbers:
        chars[start:end] = NUMBER * (end - start)
    marks = _ASIDE.sub(lambda m: ASIDE * len(m[0]), "".join(chars))
    return Passage(full, marks, plain, periods, numbers, names)


_ASIDE: Final = re.compile(rf"（[^（）{NUMBER}\n]{{0,60}}）")


def simplified(text: str) -> str:
    """Simplified characters and full-width stops, character for character.

    >>> simplified("台積電佔營收,逾半")
    '台积电占营收，逾半'
    """
    return _HAN_SPACE.sub("，", _STOPS.sub(lambda m: _STOP[m[0]], text)).translate(_FOLD)


def unmarked(words: str) -> str:
    """Words without the marks of times, percentages and asides."""
    return re.sub(rf"[{TIME}{NUMBER}{ASIDE}]", "", words)


def words_at(text: Passage, start: int, end: int) -> str:
    """The article's own words between two places, without times, percentages and asides."""
    marks = text.marks[start:end]
    return "".join(c for c, m in zip(text.full[start:end], marks, strict=True) if m not in _MARKS).strip()


_MARKS: Final = frozenset(TIME + NUMBER + ASIDE)


def cut_end(words: str, endings: Sequence[str], kept: re.Pattern[str]) -> str:
    """Words without any of the endings, as often as they come; the longest are to be named first.

    `kept` matches words at the end that only look like one: 华为 does not lose its 为.
    """
    while True:
        found = next((e for e in endings if words.endswith(e)), None)
        if found is None or kept.search(words[-6:]):
            return words
        words = words[: len(words) - len(found)]


def cut_start(words: str, beginnings: Sequence[str], kept: re.Pattern[str]) -> str:
    """Words without any of the beginnings, as often as they come; `kept` matches what only looks like one: 中国."""
    while True:
        found = next((b for b in beginnings if words.startswith(b)), None)
        if found is None or kept.match(words):
            return words
        words = words[len(found) :]
