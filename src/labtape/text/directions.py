"""Which way a number says that something went: up, down, or nothing said.

A direction belongs to a change ("rose 5%", "a 5% drop", "5% lower"). A level has none, also one that was
reached by a change: in "rose from 3% to 5%" neither 3 nor 5 is what it rose by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from labtape.expressions import expression

if TYPE_CHECKING:
    from labtape.types import Direction

_NO_RISE: Final = (
    "make", "makes", "made", "making", "take", "takes", "took", "taken", "set",
    "sets", "sign", "signed", "end", "ended", "ends", "buy", "bought", "show",
    "shows", "use", "used", "split", "back", "backed", "turn", "wake", "eat",
    "eats",
)  # fmt: skip
_PARTICLE: Final = "".join(rf"(?<!\b{verb} )" for verb in _NO_RISE)
"""Verbs whose "up" is no direction: "made up 40% of sales"."""

UP: Final = (
    rf"{_PARTICLE}up|ris(?:e|es|en|ing)|rose|grow(?:s|n|ing|th)?|grew|gain(?:s|ed|ing)?|jump(?:s|ed|ing)?|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?"
    r"|climb(?:s|ed|ing)?|increas(?:e|es|ed|ing)|rall(?:y|ies|ied|ying)|advanc(?:e|es|ed|ing)|add(?:s|ed|ing)|expan(?:ds?|ded|ding|sion)"
    r"|(?:sky)?rocket(?:s|ed|ing)?|spik(?:e|es|ed|ing)|sw[eo]ll(?:s|ed|en|ing)?|higher|bump(?:s|ed)?|uptick|upside|rebound(?:s|ed|ing)?|hik(?:e|es|ed|ing)"
    r"|accelerat(?:e|es|ed|ing)|improv(?:e|es|ed|ing|ement|ements)|boost(?:s|ed|ing)?|more|faster|uplift|premium|outperform(?:s|ed|ing)?|upped"
    r"|pop(?:s|ped|ping)|leap(?:s|ed|t|ing)?|balloon(?:s|ed|ing)?|rais(?:e|es|ed|ing)|recover(?:s|ed|ing|y)?|re-accelerating|doubled|edged up|shot up"
    r"|widen(?:s|ed|ing)?|lift(?:s|ed|ing)?|appreciat(?:e|es|ed|ing|ion)|strengthen(?:s|ed|ing)?|firmed|multiplied|bounc(?:e|es|ed|ing)|zoom(?:s|ed|ing)?"
    r"|put(?:s|ting)? on|markup|upswing|inflated|quickened|dearer|wider|firmer|pricier|costlier|stronger|larger|bigger|greater|better|longer|heavier|claw(?:s|ed|ing)? back|(?<=ended )up(?=\s\Z)|rip(?:s|ped)|pump(?:s|ed)"
)
DOWN: Final = (
    r"g(?:a|i)v(?:e|es|ing) (?:up|back)|given (?:up|back)|down|fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|los(?:e|es|ing|t|s|ses)|slump(?:s|ed|ing)?"
    r"|slid(?:e|es|ing)?|plung(?:e|es|ed|ing)|tumbl(?:e|es|ed|ing)|sink(?:s|ing)?|sank|sunk|dip(?:s|ped|ping)?|shrink(?:s|ing)?|shrank|shrunk|shed(?:s|ding)?"
    r"|(?:hair)?cut(?:s|ting)?|reduc(?:e|es|ed|ing|tion|tions)|slash(?:es|ed|ing)?|lower(?:s|ed|ing)?|less|fewer|cheaper|(?<!pay )(?<!paid )off|discount(?:s|ed)?|crash(?:es|ed|ing)?"
    r"|plummet(?:s|ed|ing)?|eas(?:e|es|ed|ing)|contract(?:ed|ing|ion)|weaken(?:s|ed|ing)?|retreat(?:s|ed|ing)?|trim(?:s|med|ming)?|downturn|slip(?:s|ped|ping)?"
    r"|tank(?:s|ed|ing)?|crater(?:s|ed|ing)?|lay(?:s|ing)? off|laid off|layoffs?|halv(?:e|es|ed|ing)|savings?|sav(?:e|es|ed|ing)|slower|correct(?:s|ed|ing|ion)|drawdown|selloff|sell-off|underperform(?:s|ed)?"
    r"|narrow(?:s|ed|ing)?|par(?:es|ed|ing)|(?:nose)?div(?:e|es|ed|ing)|dove|collaps(?:e|es|ed|ing)|sagg?(?:s|ed|ing)?|dwindl(?:e|es|ed|ing)|eroded?|depreciat(?:e|es|ed|ing|ion)"
    r"|devalu(?:e|es|ed|ing|ation)|dilut(?:e|es|ed|ing|ion)|soften(?:s|ed|ing)?|slow(?:s|ed|ing)|fall-?off|decelerat(?:e|es|ed|ing)|wip(?:e|es|ed|ing) out|eliminat(?:e|es|ed|ing)|axed|rebate|setback"
    r"|downside|markdown|narrower|tighter|weaker|smaller|shorter|lighter|worse|relinquish(?:es|ed)?|knock(?:s|ed) off|receded?|ebbed|skid(?:s|ded)?|let(?:s|ting)? go|downsiz(?:e|es|ed|ing)|miss(?:es|ed|ing)?"
)
UP_ZH: Final = (
    "上涨|上漲|高開|涨|漲|增长|增長|增幅|增速|增加|提升|提高|上升|攀升|飙升|飆升|激增|上调|上調|高开|走高|反弹|反彈|扩大(?!后)|擴大(?!後)|溢价|溢價|涨幅|漲幅|大增"
    r"|高出|猛增|上扬|上揚|跳涨|升(?=\s?[了近逾超约約]{0,2}\Z)|提价|加价|回升|增|(?<!最)高(?=\s?\Z)"
)
DOWN_ZH: Final = (
    "下跌|低開|少了|掉了|精简|精簡|流失|跌|下降|降低|减少|減少|下滑|下调|下調|回落|缩水|縮水|下挫|减持|減持|低开|走低|跌幅|降幅|大降|骤降|萎缩|萎縮|缩减|縮減|裁员|裁員|裁减|降价|降價|收窄"
    r"|折让|折讓|摊薄|攤薄|砍掉?|削减|削減|插水|[挫插减減瀉泻](?=\s?[了近逾超约約]{0,2}\Z)|(?<![不至最])[少低](?=\s?\Z)|降"
)

_COMPARATIVE: Final = expression(
    r"(?:high|low|wid|firm|narrow|tight|larg|bigg|great|bett|fast|slow|cheap|dear|pric|costl|strong|weak|small|short|light|long|heav|few)(?:i?er)|more|less|worse|off|premium|pop|put\w* on",
    re.IGNORECASE,
)
"""Cues that, before a number, must touch it or be joined to it by "by": "lower by 5%", never "more of the 5%"."""


@dataclass(frozen=True, slots=True)
class _Cue:
    """A word of change: its span, itself, its direction, and whether it is Chinese."""

    start: int
    end: int
    word: str
    direction: Direction
    han: bool


@cache
def _latin() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z-])(?=[a-z])(?:(?P<down>{DOWN})|(?P<up>{UP}))(?![a-z]|-(?!than))")


@cache
def _han() -> re.Pattern[str]:
    return re.compile(rf"(?P<up>{UP_ZH})|(?P<down>{DOWN_ZH})")


def _cues(text: str) -> list[_Cue]:
    """The words of change in a text, in order."""
    lowered = text.lower()
    lowered = lowered if len(lowered) == len(text) else text
    patterns = ((_latin(), False),) if text.isascii() else ((_latin(), False), (_han(), True))
    found = [
        _Cue(match.start(), match.end(), match[0], "up" if match["up"] else "down", han)
        for pattern, han in patterns
        for match in pattern.finditer(lowered)
    ]
    return sorted(found, key=lambda cue: cue.start) if len(patterns) > 1 else found


_STOP: Final = expression(r"[;；。！？!?\n]|\.\s|，|, (?:while|but|and|with|as)\b")
_UP_TO: Final = expression(
    r"(?:up|down|off) (?:to|from)\b|more than|less than|lower than|higher than|no less", re.IGNORECASE
)
_BEHIND: Final = expression(
    r"\s+(?:(?P<up>above|(?:higher|more|greater|larger) than|over (?:the |its |their |an? )?(?:average|consensus|estimates?|forecasts?|last|previous|prior|year-earlier))|(?P<down>below|beneath|short of|(?:lower|less|fewer|cheaper|smaller) than|under (?:the )?(?:market|list|last|previous|retail|sticker|asking|[a-z]{3,6}day's)))\b",
    re.IGNORECASE,
)
"""Directly behind a number these compare it: "60% below the list price"; before one they are its bound."""

_MEASURED: Final = expression(
    r"\s+(?:of\s+)?what\b|\s+of\s+the\s+(?:anticipated|expected|forecast|planned|projected)\b|\s+as\s+(?:much|many|big|large|high|fast|long)\b|(?:\s?(?:to|-)\s?\d+(?:\.\d+)?\s?%)?[\s-]margin\s*(?:[.,;]|\Z)",
    re.IGNORECASE,
)
"""A part of something else, or the width of a win: "lost 970, less than half what was feared", "beat them by a 44% to 41% margin"."""
_WORTH: Final = expression(
    r"\s+(?:worth\s)?of\s(?:further\s|more\s)?(?:(?:interest[-\s])?rate[-\s])?(?:(?P<up>hikes|increases|rises|tightening)|(?P<down>cuts|reductions|easing|loosening))\b",
    re.IGNORECASE,
)
"""What a number is counted in: "30 basis points of easing"."""
_DEFINITE: Final = expression(r"(?<![a-z])(?:the|\w+['’]s)\s+\Z", re.IGNORECASE)
"""A number that is known already is no size of a change: "to drop the 15% tariffs", "a fall toward the bank's 2% target"."""
_FROM_HAN: Final = expression(r"[由从從自]\s?\Z")
"""Where a change began: in 由20%降至15% it fell from 20 and not by it."""
_STAFF: Final = expression(
    r"(?:\sor\s(?:so|more))?\sof\s(?:(?:its|the|their|our|all)\s)?(?:[\w'-]+\s){0,3}?(?:workforce|staff|employees|headcount|jobs|positions|roles)\b",
    re.IGNORECASE,
)
_LAID_OFF: Final = expression(
    r"\b(?:layoffs?|lay(?:s|ing)?\soff|laid\soff|job\scuts|(?:cut(?:s|ting)?|eliminat(?:es?|ed|ing)|slash(?:es|ed|ing)?|shed(?:s|ding)?|ax(?:es?|ed|ing))\b(?=[^.]*\b(?:jobs|positions|roles|people|workers|employees|staff)\b))",
    re.IGNORECASE,
)
"""Who are let go is a part of those who work there: "layoffs that could affect 20% of its workforce"."""
_LEVEL: Final = expression(
    r"(?:\b(?:to|from|into|in|on|for|with|per|than|as|within|versus|against|and|or|under|near|reach(?:es|ed|ing)?|hits?|is|was|are|were)"
    r"(?:\s+(?:an?|the|its|their|his|her|just|only|even|still|about|around|nearly|almost|over|some|now|another)){0,2}(?:\s+(?:flat|record|mere|further|measly|paltry|meagre|modest|high|low|peak|new|full))?"
    r"|(?:至|(?<!达)(?<!達)到|从|從|由|自|占|佔|为|為))\s*[*_\"“(~]{0,3}\Z",
    re.IGNORECASE,
)
"""A number behind one of these is a level or belongs to something else."""
_AT: Final = expression(r"\bat(?:\s+(?:an?|the|about|around|roughly))?\s*\Z", re.IGNORECASE)
_GROWING: Final = expression(r"gr[eo]w|expan|accelerat|compound", re.IGNORECASE)
_NOUN: Final = expression(
    r"(?:growth|increases?|decreases?|declines?|drops?|gains?|rise|fall|jump|reductions?|cuts?|contraction|loss(?:es)?|discounts?|improvements?)\Z|.*[幅速]\Z",
    re.IGNORECASE,
)
_WIDTH: Final = expression(r"(?:(?P<up>[涨漲])|[跌降])幅(?:[扩擴]大|收窄)?[至到]?\Z")
"""The size of a move, which is a change also where it is said to have widened to a number."""
_STATED: Final = expression(
    r"(?:\s+(?:in|of|for)\s+[\w' -]{1,30}?)?\s+(?:was|is|were|are|averaged|averages)(?:\s+(?:an?|only|just))?\s*\Z|[为為达達]到?\s*\Z",
    re.IGNORECASE,
)
"""What stands between a noun of change and the number that it is said to be: "growth was 5%"."""
_OTHER: Final = expression(
    r"[,:]|—|–|\d|\b(?:is|was|are|were|be|been|has|have|had|that|which|who|when|where|if|because|since|after|before|said|says|say|than|while|but|with|it|they|he|she|we|you|i|there|recommending|finds?|found|shows?|showed)\b",
    re.IGNORECASE,
)
"""What may not stand between a change and its number: another clause begins there."""
_APPOSED: Final = expression(
    r"[\w' ]{0,40}\d[\d,.]*(?:\s[\w.' ]{1,40})?,(?:\s+or)?\s*\Z|,\s+or\s+\Z", re.IGNORECASE
)
"""The same loss as a number: "laid off 1,750 people, or 8% of its staff"."""
_BY: Final = expression(
    r"\bby(?:\s+(?:an?(?:\s[a-z-]{4,20})?|the|another|only|just|some|more than))?\s*[*_\"“(~]{0,3}\Z",
    re.IGNORECASE,
)
_NOT: Final = expression(
    r"(?<![\w’'])(?:not|never|no|nor|neither|without|cannot|\w+n['’]t|failed to)(?!\s+only)(?:\s+(?:yet|even|be|been|ever|see|seen|have|a|an|any)){0,2}\s*\Z|(?:没有|没|沒有|并未|並未|尚未|未)\Z",
    re.IGNORECASE,
)
_GAP: Final = expression(
    r"(?:[,;:(]|—|(?<![\w-])(?:of|and|or|to|in|on|at|by|from|as|while|after|with|for|is|was|are|were|be|said|say|says|have|has|had|that|which|who|will|would|could|chance|if|because|when)(?![\w-]))|\d",
    re.IGNORECASE,
)
"""What may not stand between a number and a change behind it: "a 5% annual drop", not "5% of the drop"."""


def direction_of(left: str, right: str, text: str) -> Direction:
    """The direction said nearest to a number, in its own clause.

    >>> direction_of("shares fell by about ", " on Monday", "17%"), direction_of("it holds ", " of it", "5%")
    ('down', 'none')
    >>> direction_of("tokens sell at ", " below last year's price", "60%")
    'down'
    >>> direction_of("the rate rose to ", " from 3%", "5%"), direction_of("it did not rise ", "", "5%")
    ('none', 'none')
    """
    if text[:1] in ("-", "+", "负", "(") or text[:5].lower() == "minus":
        return "up" if text[0] == "+" else "down"
    compared = _BEHIND.match(right)
    if compared:
        return "up" if compared["up"] else "down"
    worth = _WORTH.match(right)
    if worth:
        return "up" if worth["up"] else "down"
    if _MEASURED.match(right):
        return "none"
    if _STAFF.match(right) and _LAID_OFF.search(_STOP.split(left[-70:])[-1]):
        return "down"
    before = _before(_STOP.split(left[-70:])[-1], halved=text[-4:].lower() == "half")
    behind = None if _FROM_HAN.search(left[-3:]) else _behind(_STOP.split(right[:40])[0])
    if before and behind:
        return before[1] if before[0] <= behind[0] else behind[1]
    found = before or behind
    return found[1] if found else "none"


def _before(left: str, *, halved: bool) -> tuple[int, Direction] | None:
    """The last change before a number and how far off it ends, if the number is what it comes to."""
    cues = _cues(left)
    if not cues:
        return None
    cue = cues[-1]
    gap = left[cue.end :]
    if _NOT.search(left[: cue.start]) or _UP_TO.match(left, cue.start):
        return None
    width = _WIDTH.search(left)
    if width:
        return len(gap), "up" if width["up"] else "down"
    joined = _BY.search(gap)
    stated = _NOUN.fullmatch(cue.word) and _STATED.fullmatch(gap)
    if cue.word.startswith("miss") and not joined:
        return None
    if not joined and not stated:
        apposed = _APPOSED.fullmatch(gap)
        if (_LEVEL.search(gap) and not apposed and not (halved and gap.endswith(" in "))) or (
            _AT.search(gap) and not _GROWING.match(cue.word)
        ):
            return None
        if _DEFINITE.search(gap):
            return None
        if not apposed and (_OTHER.search(gap) or len(gap.split()) > 6 or (cue.han and len(gap) > 10)):
            return None
        if _COMPARATIVE.fullmatch(cue.word) and gap.strip(' *_"“(~') not in ("", "another", ", or"):
            return None
    elif joined and (_NOT_BY.search(gap) or len(gap.split()) > 12):
        return None
    return len(gap), cue.direction


_FINITE: Final = expression(
    r"(?:[a-z]+(?:ed|ing)|rose|fell|grew|lost|shed|sank|slid|gave.*|dove|add|lose|sold)", re.IGNORECASE
)
"""Behind a number a verb tells what these many did: "37% lost money"."""
_SLICE: Final = expression(r"cut of (?:each|every|the|all|its|their|sales|revenue|any)\b", re.IGNORECASE)
"""A cut that is a share and no change."""
_NOT_BY: Final = expression(
    r"[:%]|per\s?cent|\b(?:is|was|are|were|that|which|who|because|than)\b", re.IGNORECASE
)


def _behind(right: str) -> tuple[int, Direction] | None:
    """The first change behind a number and how far off it begins, if nothing but a description stands between."""
    cue = next((c for c in _cues(right) if not _UP_TO.match(right, c.start)), None)
    if (
        cue is None
        or _SLICE.match(right, cue.start)
        or _FINITE.fullmatch(cue.word)
        or cue.start > 24
        or _GAP.search(right[: cue.start])
    ):
        return None
    if cue.han and cue.start > 3:
        return None
    return cue.start, cue.direction
