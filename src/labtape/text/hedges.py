"""How sure a number is said to be, and which interval those words allow.

One table. Every hedge has a bound (what the record says) and a shape (which interval it leaves), with
the reason. The words are matched directly before or directly behind a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from labtape.types import Bound

Shape = Literal["point", "around", "below_near", "above_near", "above", "below"]


@dataclass(frozen=True, slots=True)
class Hedge:
    """Words around a number: what they claim of it (`bound`) and the interval they leave (`shape`)."""

    bound: Bound
    shape: Shape
    words: str
    reason: str


BEFORE: Final = (
    Hedge(
        "about",
        "around",
        r"about|around|roughly|approximately|approx\.?|circa|some|an? estimated|estimated at|or so|in the region of"
        r"|somewhere around|more or less|on the order of|in the neighbou?rhood of|~|≈|c\.",
        "the writer rounded: at most two points either way, and never more than a tenth of the number",
    ),
    Hedge(
        "about",
        "below_near",
        r"nearly|almost|close to|approaching|nearing|virtually|practically|not quite",
        "the guide counts it as about; the number itself is not reached, by at most the same two points",
    ),
    Hedge(
        "over",
        "above_near",
        r"just over|slightly more than|slightly over|slightly above|a little over|a little more than|just above|just more than|just past",
        "reached and left behind, but by no more than a rounding",
    ),
    Hedge(
        "over",
        "above",
        r"more than|(?<!hand )(?<!hands )(?<!handed )(?<!handing )(?<!turn )(?<!turned )(?<!turning )over|at least|well over|well above|far more than|upwards? of|upward of|in excess of|north of|above|beyond|greater than"
        r"|higher than|larger than|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|topp(?:ed|ing)|tops|pass(?:ed|es|ing)|cross(?:ed|es|ing)"
        r"|no (?:less|lower|smaller) than|not less than|nothing less than|no fewer than|as little as|as few as|a minimum of|minimum|better than|>|≥|>=",
        "a floor; a writer who knows a higher round number says that one, so the roof is only the whole",
    ),
    Hedge(
        "under",
        "below_near",
        r"just under|just below|just shy of|shy of|just short of|slightly less than|slightly below|slightly under|a little under"
        r"|a little less than|a shade under|short of",
        "not reached, but by no more than a rounding",
    ),
    Hedge(
        "under",
        "below",
        r"less than|under|below|up to|as much as|as many as|as high as|fewer than|lower than|beneath|no (?:more|higher|larger|greater) than|not more than|nothing more than|at most|a maximum of"
        r"|max(?:imum)?|smaller than|not even|well under|well below|sub-?|<|≤|<=",
        "a roof; nothing is said about the floor, so it is zero",
    ),
    Hedge(
        "about", "around", r"大约|约为|约占(?:[^，。；]{0,16}?的)?|约|大概|大致|左右约", "rounded, as 'about'"
    ),
    Hedge("about", "below_near", r"将近|接近|(?<!最)近|逼近|几乎|約", "not reached, as 'nearly'"),
    Hedge(
        "over",
        "above",
        r"超过了?|超出|超過|逾|(?<![高])超|高于|高於|大于|多于|不低于|不少于|不小于|至少|最少|最低|突破|高出|(?<![通经不])过",
        "a floor",
    ),
    Hedge(
        "under",
        "below",
        r"不到|不足|低于|低於|少于|小于|不及|未到|未达|不超过|不高于|不多于|不大于|跌破|最多|至多|最高达?|最高为|最大|上限为?",
        "a roof",
    ),
)

AFTER: Final = (
    Hedge("about", "around", r"\s?(?:左右|上下|前后)|\s+or so\b", "rounded"),
    Hedge(
        "over",
        "above",
        r"\s?(?:以上|多(?!数|样|家|个|名|种|款|项|年|元)|有余)|\+|\s+(?:or (?:more|higher|better)|plus)\b",
        "a floor",
    ),
    Hedge(
        "under", "below", r"\s?(?:以下|以内|不到)|\s+(?:or (?:less|fewer|lower)|at (?:the )?most)\b", "a roof"
    ),
)

EXACT: Final = Hedge("exact", "point", "", "said without a hedge: the number as worded")
RANGE: Final = Hedge("range", "point", "", "two ends are given")


NOT_UNDER: Final = Hedge(
    "over", "above", "", "a roof denied is a floor: it did not fall below the number, which may be what it is"
)
NOT_OVER: Final = Hedge("under", "below", "", "a floor denied, or a number never reached, is a roof")

_NEG: Final = (
    r"(?<![\w’'])(?:(?:do|does|did|is|are|was|were|has|have|had|will|would|could|can|should|must|may|might)\s+not|cannot|\w+n['’]t|not|never|no\s+longer|without"
    r"|fail(?:s|ed|ing)?\s+to|unable\s+to|yet\s+to|nor|neither|no\s+(?:(?:single|one|other)\s+)?[a-z]+(?=\s+(?:has|have|had|accounts?|holds?|held|makes?|made|takes?|took|gets?|got|represents?|contributes?|controls?|owns?|will|would|can|could|rose|fell|drops?)\b))(?!\s+(?:only|just|merely|simply|because|doubt)\b)"
)
_NEG_ZH: Final = r"(?:从未|从来没有|没有|没|尚未|并未|仍未|还未|未曾|未能|未|不曾|不会|无法|不能|不再)"
_STEP: Final = r"(?!(?:but|and|or|because|so|that|which|while|if|by|how|why|when|where|whether|what|who|say|said|know|knew|expect|expected|think|thought|believe|believed|imagine|imagined|explain|explained|find|found)\b)[a-z]+"
_DENIED: Final = re.compile(
    rf"{_NEG}(?:\s+{_STEP}){{0,4}}\s*\Z|{_NEG_ZH}[^\s，。；、\d]{{0,4}}\Z", re.IGNORECASE
)
"""A negation that reaches a bound: at most four words between, none of them a conjunction."""
_UNREACHED: Final = re.compile(
    rf"{_NEG}(?:\s+(?:yet|even|ever|quite|once|again|been\s+able\s+to|manage[ds]?\s+to|able\s+to)){{0,2}}\s+"
    r"(?:reach(?:ed|ing)?|hit(?:ting)?|attain(?:ed|ing)?|top|pass|cross|surpass|break|clear(?:ed)?|get\s+(?:to|past)|make\s+it\s+to|rise\s+to|climb\s+to|grow\s+to)"
    rf"(?:\s*(?<![A-Za-z])(?:an?|the|just|only|its|their|even))?\s*\Z|{_NEG_ZH}(?:达到|达|触及|升至|涨到|占到)\s*\Z",
    re.IGNORECASE,
)
_FIXED: Final = re.compile(
    r"(?:no|not|nothing|up|as|at|a|max(?:imum)?|minimum)\b|sub|[不至最未上]", re.IGNORECASE
)
"""Bounds that a negation before them does not turn: they hold one already, or are no comparison."""

_FILLER: Final = r"(?:\s*(?<![A-Za-z])(?:an?|the|just|only|its|their))?\s*\Z"


@cache
def _before() -> re.Pattern[str]:
    words = "|".join(rf"(?P<h{i}>{_edge(hedge)}(?:{hedge.words}))" for i, hedge in enumerate(BEFORE))
    return re.compile(rf"(?:{words}){_FILLER}", re.IGNORECASE)


def _edge(hedge: Hedge) -> str:
    """English words begin where no letter stands before; Chinese ones may follow any."""
    return (
        r"(?<![A-Za-z])"
        if hedge.words.isascii() or "≈" in hedge.words or "≥" in hedge.words or "≤" in hedge.words
        else ""
    )


@cache
def _after() -> re.Pattern[str]:
    words = "|".join(f"(?P<h{i}>{hedge.words})" for i, hedge in enumerate(AFTER))
    return re.compile(words, re.IGNORECASE)


def hedge_before(left: str) -> tuple[Hedge, int] | None:
    """The hedge that ends `left`, and where in `left` it begins; the longest one wins, a negation turns it round.

    A number said not to be reached has no hedge of its own: its roof begins where `left` ends.

    >>> hedge, start = hedge_before("it holds just over ")
    >>> hedge.bound, hedge.shape, start
    ('over', 'above_near', 9)
    >>> [hedge_before(words)[0].bound for words in ("did not fall below ", "has yet to reach ", "未跌破")]
    ['over', 'under', 'over']
    """
    match = _before().search(left)
    if not match:
        return (NOT_OVER, len(left)) if _UNREACHED.search(left) else None
    hedge = BEFORE[int(str(match.lastgroup)[1:])]
    if (
        hedge.shape in ("above", "below")
        and not _FIXED.match(match[0])
        and _DENIED.search(left[: match.start()])
    ):
        hedge = NOT_UNDER if hedge.bound == "under" else NOT_OVER
    return hedge, match.start()


def hedge_after(right: str) -> tuple[Hedge, int] | None:
    """The hedge that begins `right`, and how long it is.

    >>> hedge_after("以上的市场")[0].bound
    'over'
    """
    match = _after().match(right)
    return (AFTER[int(str(match.lastgroup)[1:])], match.end()) if match else None


def interval(value: float, hedge: Hedge, *, step: float = 0.0) -> tuple[float, float]:
    """Lowest and highest number the wording allows, ordered.

    `step` is the rounding of a word fraction ("about half" is vaguer than "about 50%"), else 0.

    >>> [interval(61, BEFORE[0]), interval(1.2, BEFORE[5]), interval(50, BEFORE[3]), interval(30, BEFORE[1])]
    [(59.0, 63.0), (0.0, 1.2), (50.0, 100.0), (28.0, 30.0)]
    """
    size = float(abs(value))
    near = max(min(2.0, 0.1 * size) if size <= 100 else 0.05 * size, step)
    roof = 100.0 if size < 100 else 2 * size  # past the whole: who means twice as much names a rounder number
    low, high = {
        "point": (size, size),
        "around": (max(0.0, size - near), size + near),
        "below_near": (max(0.0, size - near), size),
        "above_near": (size, size + near),
        "above": (size, roof),
        "below": (0.0, size),
    }[hedge.shape]
    low, high = (low, high) if value >= 0 else (-high, -low)
    return round(low, 8), round(high, 8)
