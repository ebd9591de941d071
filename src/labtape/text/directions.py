"""Which way a number says that something went: up, down, or nothing said."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from labtape.types import Direction

UP: Final = (
    r"(?<!make )(?<!makes )(?<!made )(?<!making )up|ris(?:e|es|en|ing)|rose|grow(?:s|n|ing|th)?|grew|gain(?:s|ed|ing)?|jump(?:s|ed|ing)?|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?"
    r"|climb(?:s|ed|ing)?|increas(?:e|es|ed|ing)|rall(?:y|ies|ied|ying)|advanc(?:e|es|ed|ing)|add(?:s|ed|ing)|expand(?:s|ed|ing)?"
    r"|skyrocket(?:s|ed|ing)?|spik(?:e|es|ed|ing)|swell(?:s|ed|ing)?|higher|bump|uptick|upside|rebound(?:s|ed|ing)?|hik(?:e|es|ed|ing)"
    r"|accelerat(?:e|es|ed|ing)|improv(?:e|es|ed|ing|ement)|boost(?:s|ed|ing)?|more|faster|uplift|premium|outperform(?:s|ed|ing)?|upped"
    r"|pop(?:s|ped|ping)|leap(?:s|ed|t|ing)?|balloon(?:s|ed|ing)?|rais(?:e|es|ed|ing)|recover(?:s|ed|ing)?|re-accelerating|doubled|edged up|shot up"
)
DOWN: Final = (
    r"down|fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|los(?:e|es|ing|t)|slump(?:s|ed|ing)?"
    r"|slid(?:e|es|ing)?|plung(?:e|es|ed|ing)|tumbl(?:e|es|ed|ing)|sink(?:s|ing)?|sank|dip(?:s|ped|ping)?|shrink(?:s|ing)?|shrank|shed(?:s|ding)?"
    r"|cut(?:s|ting)?|reduc(?:e|es|ed|ing|tion)|slash(?:es|ed|ing)?|lower(?:s|ed|ing)?|less|fewer|cheaper|off|discount(?:s|ed)?|crash(?:es|ed|ing)?"
    r"|plummet(?:s|ed|ing)?|eas(?:e|es|ed|ing)|contract(?:s|ed|ing)|weaken(?:s|ed|ing)?|retreat(?:s|ed|ing)?|trim(?:s|med|ming)?|downturn|slip(?:s|ped|ping)?"
    r"|tank(?:s|ed|ing)?|crater(?:s|ed|ing)?|lay(?:s|ing)? off|laid off|halv(?:e|es|ed|ing)|savings?|sav(?:e|es|ed|ing)|slower|correct(?:s|ing)|drawdown|selloff|sell-off|underperform(?:s|ed)?"
)
UP_ZH: Final = "上涨|涨|增长|增幅|增速|增加|提升|提高|上升|升至|攀升|飙升|激增|上调|高开|走高|反弹|扩大|增至|涨幅|大增|高出|猛增|上扬|跳涨|增"
DOWN_ZH: Final = "下跌|跌|下降|降低|降至|减少|下滑|下调|回落|缩水|下挫|减持|低开|走低|跌幅|降幅|大降|骤降|萎缩|缩减|裁员|裁减|降价|收窄|减至|降"


@cache
def _words() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![A-Za-z-])(?:(?P<up>{UP})|(?P<down>{DOWN}))(?![A-Za-z])|(?P<zup>{UP_ZH})|(?P<zdown>{DOWN_ZH})",
        re.IGNORECASE,
    )


_STOP: Final = re.compile(r"[;；。！？!?\n]|\.\s|，|, (?:while|but|and|with|as)\b")
_UP_TO: Final = re.compile(
    r"up (?:to|from)\b|more than|less than|lower than|higher than|no less", re.IGNORECASE
)

_BEHIND: Final = re.compile(
    r"\s+(?:(?P<up>above|(?:higher|more|greater|larger) than)|(?P<down>below|beneath|(?:lower|less|fewer|cheaper|smaller) than|under (?:the )?(?:market|list|last|previous|retail|sticker|asking)))\b",
    re.IGNORECASE,
)
"""Directly behind a number these compare it: "60% below the list price"; before one they are its bound."""


def direction_of(left: str, right: str, text: str) -> Direction:
    """The direction said nearest to a number, in its own clause.

    >>> direction_of("shares fell by about ", " on Monday", "17%"), direction_of("it holds ", " of it", "5%")
    ('down', 'none')
    >>> direction_of("tokens sell at ", " below last year's price", "60%")
    'down'
    """
    if text[:1] in ("-", "+", "负") or text[:5].lower() == "minus":
        return "up" if text[0] == "+" else "down"
    compared = _BEHIND.match(right)
    if compared:
        return "up" if compared["up"] else "down"
    near_left = _STOP.split(left[-60:])[-1]
    near_right = _STOP.split(right[:32])[0].split(",")[0]
    best: tuple[int, Direction] | None = None
    for match in _words().finditer(near_left):
        if not _UP_TO.match(near_left, match.start()) or near_left[match.start() :].startswith("up from"):
            best = (len(near_left) - match.end(), "up" if match["up"] or match["zup"] else "down")
    after = next((m for m in _words().finditer(near_right) if not _UP_TO.match(near_right, m.start())), None)
    if after and (best is None or after.start() < best[0]) and after.start() <= 20:
        best = (after.start(), "up" if after["up"] or after["zup"] else "down")
    return best[1] if best else "none"
