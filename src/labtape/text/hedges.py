"""How sure a number is said to be, and which interval those words allow.

One table. Every hedge has a bound (what the record says) and a shape (which interval it leaves), with
the reason. The words are matched directly before or directly behind a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from labtape.expressions import expression
from labtape.types import Bound

Shape = Literal["point", "around", "below_near", "above_near", "above", "below"]


@dataclass(frozen=True, slots=True)
class Hedge:
    """Words around a number: what they claim of it (`bound`) and the interval they leave (`shape`)."""

    bound: Bound
    shape: Shape
    words: str
    reason: str


_MOVED: Final = "".join(
    rf"(?<!{verb} )" for verb in ("moved", "moves", "move", "went", "go", "goes", "crept", "edged", "inched", "shot", "came",
        "edge", "edges", "inch", "inches", "creep", "creeps", "tick", "ticks", "ticked", "come", "comes", "going", "moving", "top")
)  # fmt: skip
"""Behind these "up to" tells where something went and no roof."""

BEFORE: Final = (
    Hedge(
        "about",
        "around",
        r"(?<!talking )(?<!talk )about|around|roughly|approximately|approx\.?|circa|ca\.|some|an? estimated|[\"“]?estimated|estimated at|or so|in the region of|in the vicinity of|in the ballpark of"
        r"|somewhere around|more or less|on the order of|in the neighbou?rhood of|something like|the equivalent of about|perhaps|~|≈|c\.|barely|hardly|scarcely|essentially",
        "the writer rounded: at most two points either way, and never more than a tenth of the number",
    ),
    Hedge(
        "about",
        "below_near",
        r"nearly|(?-i:[Nn]ear)|almost|close to|closer to|approaching|nearing|nears|virtually|practically|not quite",
        "the guide counts it as about; the number itself is not reached, by at most the same two points",
    ),
    Hedge(
        "over",
        "above_near",
        r"just over|slightly more than|slightly over|slightly above|(?:a )?little over|a little more than|just above|just more than|just past|(?:a )?(?:shade|touch|hair|tad|notch) (?:over|above|more than)|marginally (?:over|above|more than)",
        "reached and left behind, but by no more than a rounding",
    ),
    Hedge(
        "over",
        "above",
        r"more than|(?<!hand )(?<!hands )(?<!handed )(?<!handing )(?<!turn )(?<!turned )(?<!turning )over|at least|well over|well above|far more than|upwards? of|upward of|in excess of|north of|above|beyond|greater than"
        r"|higher than|larger than|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|topp(?:ed|ing)|tops|pass(?:ed|es|ing)|cross(?:ed|es|ing)|eclips(?:ed|es|ing)|breach(?:ed|es|ing)|(?:broke|breaks|breaking|broken) through"
        r"|(?<!the )(?<!few )(?<!in )past|no (?:less|lower|smaller) than|not less than|nothing less than|no fewer than|as little as|as few as|as low as|(?:starts|started|starting) (?:at|from)|a good|a minimum of|minimum|better than|>|≥|>=",
        "a floor; a writer who knows a higher round number says that one, so the roof is only the whole",
    ),
    Hedge(
        "under",
        "below_near",
        r"just under|just below|just shy of|shy of|just short of|slightly less than|slightly below|slightly under|(?:a )?little under"
        r"|a little less than|(?:a )?(?:shade|touch|hair|tad|notch) (?:under|below|less than)|marginally (?:under|below|less than)|short of",
        "not reached, but by no more than a rounding",
    ),
    Hedge(
        "under",
        "below",
        rf"less than|under|below|{_MOVED}up ?to|as much as|as many as|as high as|fewer than|lower than|beneath|no (?:more|higher|larger|greater) than|not more than|nothing more than|at most|a maximum of"
        r"|max(?:imum)?|smaller than|not even|well under|well below|south of|within|(?:fines?|fined|penalt(?:y|ies))\b[a-z ]{0,24}\b(?:reach|run to|go to|total)|sub-?|<|≤|<=",
        "a roof; nothing is said about the floor, so it is zero",
    ),
    Hedge(
        "about",
        "around",
        r"大约|大約|(?:约|約)(?:莫|[为為](?:[^，,。；、]{0,16}的)?)|(?:大[约約概]|[约約])(?:只|仅|僅)?[占佔有是]?(?:[^，,。；、]{0,16}的)?|[约約]|大概|大致|左右约|差不多|(?:大?[约約])(?:砍|减少|下降|增长)了?",
        "rounded, as 'about'",
    ),
    Hedge("about", "below_near", r"将近|將近|接近|(?<!最)近|逼近|几乎|幾乎|近乎", "not reached, as 'nearly'"),
    Hedge(
        "over",
        "above",
        r"超过了?|超出|超過了?|逾|(?<![高])超|高于|高於|大于|多于|多於|不低于|不低於|不少于|不少於|不小于|不止|至少|最少|起码|最低|突破|站上|高出|(?<![通经經不])[过過]",
        "a floor",
    ),
    Hedge(
        "under",
        "below",
        r"(?:不到|不足)(?:[^，。；、\d]{1,8}的)?|低于|低於|少于|少於|小于|小於|不及|未到|未达|未達|[不别勿没沒][得能要]?有?(?:超过|超過)|不高于|不高於|不多于|不多於|不大于|跌破|失守|最多(?:跌去)?|至多|最高(?:可处|可處)?(?:[^，。；、\d]{1,8}的)?[达達]?|最高[为為]|最大|上限[为為]?",
        "a roof",
    ),
)

AFTER: Final = (
    Hedge(
        "about",
        "around",
        r"\s?(?:左右|上下|前后|前後)|,?\s+(?:or so|or thereabouts|give or take)\b|-odd\b|(?<=\d)ish\b|-ish\b",
        "rounded",
    ),
    Hedge("over", "above_near", r"\s?(?:出头|出頭)", "reached, and left behind by a little"),
    Hedge(
        "over",
        "above",
        r"\s?(?:以上|多(?!数|样|家|个|名|种|款|项|年|元|數|樣|個|種|項)|有[余餘]|余(?![额下款数])|餘(?![額下]))|\+(?!\d)|plus\b"
        r"|,?\s+(?:(?:or|and) (?:more|higher|better|over|above|greater|up|upwards?)(?!\s+(?:\d|by\b))|if not (?:more|higher)|plus(?!\s+(?:an?|the|its|their|\d)))\b|\s+(?:at (?:the very )?least|minimum)\b",
        "a floor",
    ),
    Hedge(
        "under",
        "below",
        r"\s?(?:以下|以内|以內|不到)|,?\s+(?:(?:or|and) (?:less|fewer|lower|under|below)|at (?:the )?(?:very )?most|tops|max(?:imum)?)\b",
        "a roof",
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
    r"|fail(?:s|ed|ing)?\s+to|struggl(?:e|es|ed|ing)\s+to|none\s+of\s+(?:the|our|its|their|these)|unable\s+to|yet\s+to|nor|neither|no\s+(?:[a-z]+\s+)?[a-z]+(?=\s+(?:has|have|had|accounts?|holds?|held|makes?|made|takes?|took|gets?|got|represents?|contributes?|controls?|owns?|will|would|can|could|rose|fell|drops?|moved|reached|reaches|lost|gained|cracks?|cracked|scored|scores|passed|paid|pays|sold|won)\b))(?!\s+(?:only|just|merely|simply|because|doubt)\b)"
)
_NEG_ZH: Final = r"(?:从未|从来没有|没有|没|尚未|并未|仍未|还未|未曾|未能|未|不曾|不会|无法|不能|不再)"
_STEP: Final = r"(?!(?:but|and|or|because|so|that|which|while|if|by|how|why|when|where|whether|what|who|say|said|know|knew|expect|expected|think|thought|believe|believed|imagine|imagined|explain|explained|find|found)\b)[a-z]+"
_DENIED: Final = expression(
    rf"{_NEG}(?:\s+{_STEP}){{0,4}}(?:(?<=rise|fall|grow|drop|move|vary|gain)\s+by|(?<=moved|risen|grown)\s+by)?\s*\Z|{_NEG_ZH}[^\s，。；、\d]{{0,4}}\Z",
    re.IGNORECASE,
)
"""A negation that reaches a bound: at most four words between, none of them a conjunction."""
_UNREACHED: Final = expression(
    rf"{_NEG}(?:\s+(?:yet|even|ever|quite|once|again|been\s+able\s+to|manage[ds]?\s+to|able\s+to)){{0,2}}\s+"
    r"(?:reach(?:es|ed|ing)?|hit(?:s|ting)?|attain(?:ed|ing)?|top|pass|cross|surpass|break|clear(?:ed)?|crack(?:s|ed)?|get\s+(?:to|past)|make\s+it\s+to|rise\s+to|climb\s+to|grow\s+to)"
    rf"(?:\s*(?<![A-Za-z])(?:an?|the|just|only|its|their|even))?\s*\Z|{_NEG_ZH}(?:达到|达|触及|升至|涨到|占到)\s*\Z",
    re.IGNORECASE,
)
_NONE_DOES: Final = expression(r"\b(?:no|none of)\s+(?:[a-z-]+\s+){1,4}\Z", re.IGNORECASE)
_PASSES: Final = expression(r"exceed|surpass|top|pass|cross|eclips|breach", re.IGNORECASE)
"""What no one passes is a roof: "no model exceeds 25%"."""
_FIXED: Final = expression(
    r"(?:no|not|nothing|up|as|at|a|max(?:imum)?|minimum)\b|sub|[不至最未上]", re.IGNORECASE
)
"""Bounds that a negation before them does not turn: they hold one already, or are no comparison."""

_OR: Final = expression(r"\s[$€£¥]\d[\d.,]*(?:\s?(?:m|bn|million|billion))?\s+or\s+\Z")
"""Another way to say the same limit: "fines of up to £18 million or 10%"."""

_FILLER: Final = r"(?:\s*(?<![A-Za-z])(?P<filler>an?(?:\s(?:additional|further|extra|full))?|another|the|just|only|its|their|in))?\s*[*_\"“‘'(]{0,3}\Z"


@cache
def _before() -> re.Pattern[str]:
    groups: dict[bool, list[str]] = {True: [], False: []}
    for i, hedge in enumerate(BEFORE):
        groups[_HAN_WORDS.search(hedge.words) is None].append(f"(?P<h{i}>{hedge.words})")
    latin, han = "|".join(groups[True]), "|".join(groups[False])
    return re.compile(rf"(?:{_WORD_START}(?:{latin})|{han}){_FILLER}", re.IGNORECASE)


_HAN_WORDS: Final = expression(r"[\u4e00-\u9fff]")
_WORD_START: Final = r"(?:(?<![A-Za-z])(?=[A-Za-z~≈>≥<≤\"“])|(?-i:(?<=[a-z])(?=[A-Z][a-z])))"
"""English words begin where no letter stands before, or where a heading lost its line end; Chinese ones may follow any."""


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
    if not match and left.endswith(" or "):
        match = _before().search(_OR.sub(" ", left))
    if not match:
        return (NOT_OVER, len(left)) if _UNREACHED.search(left) else None
    hedge = next(hedge for i, hedge in enumerate(BEFORE) if match[f"h{i}"] is not None)
    if (
        hedge.shape in ("above", "below")
        and not _FIXED.match(match[0])
        and (
            _DENIED.search(left[: match.start()])
            or (_PASSES.match(match[0]) and _NONE_DOES.search(left[: match.start()]))
        )
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
