"""Which fractions of a whole are written in words: "a third of", "half", "one in five", "seven out of the 10".

Every word here has an innocent life as well ("third quarter", "half a million", "the second half"), so a
fraction word counts only in a frame that makes it a part of something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.expressions import expression
from labtape.text.numerals import PARTS, WORDS, number

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Fraction:
    """A fraction found: its span and its value out of a hundred."""

    start: int
    end: int
    value: float


_COUNTED: Final = (
    r"(?:every |the |its )?(?:(?=[tlbfw])(?:top|largest|biggest|leading|last|first|world's)\s)?(?=[efhnostw\d]|an? h)"
    r"(?:t(?:wo|hree|en|welve|wenty|hirty)|f(?:our|ive|ifteen|orty|ifty)|s(?:ix|even)|e(?:ight|leven)|nine|(?:(?:an?|one)\s)?hundred|\d{1,3}(?:,\d{3})+|\d{1,3})\b"
)
_ANCHORS: Final = (
    ("half", "half", expression(r"half\b")),
    ("hal", "part", expression(r"halves\b")),
    ("third", "part", expression(r"thirds?\b")),
    ("quarter", "part", expression(r"quarters?\b")),
    *(
        (word, "part", expression(rf"{word}s?\b"))
        for word in ("fourth", "sixth", "seventh", "eighth", "ninth", "tenth", "twentieth")
    ),
    ("fth", "part", expression(r"(?:fi|twel)fths?\b")),
    ("/", "slash", expression(r"[1-9]/(?<![\d/.]./)(?:[2-9]|10|20|100)(?:rds?|ths?)?(?![\d/A-Za-z_])")),
    (
        "/",
        "scored",
        expression(
            r"\d(?<![\d/.]\d)\d{0,2}/\d{1,3}(?=\s+(?:problems|questions|points|tasks|tests|test cases|prompts|attempts|challenges)\b)"
        ),
    ),
    ("out of ", "ratio", expression(rf"out of {_COUNTED}")),
    (" in ", "ratio", expression(rf" in (?=[befhilnstw\d]){_COUNTED}")),
    (" of ", "ratio", expression(rf" of (?=[befhilnstw\d]){_COUNTED}")),
    (" a hundred", "ratio", expression(r" (?:in|(?:out )?of) a hundred\b")),
    (
        " cents ",
        "cents",
        expression(
            r" cents (?:(?:of|in|out of|on|from) (?:every|each|the) (?:\w+ )?(?:dollar|euro)\b|on the dollar\b)"
        ),
    ),
    ("-in-", "ratio", expression(r"-in-(?:two|three|four|five|six|seven|eight|nine|ten|twenty|\d{1,3})\b")),
)
"""Substring, reading and pattern of each anchor; every pattern begins with letters, which is what makes it fast."""

_PART: Final = expression(
    r"(?<![A-Za-z-])(?P<count>an?|one|two|three|four|five|six|seven|eight|nine|remaining|\d)(?P<glue>[\s-])"
    r"(?P<part>third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twelfth|twentieth|half|halve)s?\Z",
    re.IGNORECASE,
)
_NO_OF: Final = expression(
    r"\s+of\s+(?:the\s+)?(?:(?:fiscal|financial|calendar)\s+)?(?:(?:19|20)\d\d|growth|declines?|losses|profits?\b|the year)|\s+of\s+(?:20|19)\d\d|\s+of\s+(?:an?|one)\s+(?:inch|mile|second|minute|hour|day|century|cent|dollar|millimet\w+|degree|point|million|billion|trillion)\b",
    re.IGNORECASE,
)
_CLOCK: Final = expression(
    r"\s+(?:to|past)\s+(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight)\b(?!\s(?:million|billion|per|points?|hundred|thousand))|\d{1,2}\s?[ap]\.?m\b)",
    re.IGNORECASE,
)
"""Behind a quarter, a time of day: "a quarter to nine"."""
_AFTER_PART: Final = expression(
    r"[\"”]?\s+(?:of|less|more|lower|higher|fewer|cheaper|faster|slower|the|as|off|or (?:so|more|less)|each|are|were|say|said|have|has|had|would|will|could|can|use|now|believe|report(?:ed)?|plan|come|comes|came|goes?|went)\b"
    r"|\s*(?:[.,;:()—–]|\Z)|\s+(?:and|or)\s+(?:an?|one)[\s-](?:half|third|quarter|fifth|sixth|eighth|tenth)\b|\s+(?:in|since|from|over|compared|year-|by|to|on|at|between|during|with|above|below|a\s(?:year|month|week|decade)|(?:this|last)\s(?:year|month|week|quarter|spring|summer|autumn|fall|winter))\b",
    re.IGNORECASE,
)
_AFTER_QUARTER: Final = expression(
    r"\s\(\d|[\"”]?\s+(?:off|each|of|less|more|fewer|lower|higher|cheaper|above|below|(?:to|and|or) (?:an?|one)[\s-](?:third|half|quarter)|the (?:price|cost|size|amount)|are|were|say|said|have|use|comes?|came|goes?)\b(?!\s+(?:than )?a\b)",
    re.IGNORECASE,
)
_LED: Final = expression(
    r"\b(?:from|to|at|with|and|between|supplied|represents?|held|holds|has|had|reach(?:es|ed)|pass(?:es|ed)|share|above|below|was|is|under|mere|good|at (?:about|around|roughly|nearly)|(?:just|well|little) over)\s+\Z",
    re.IGNORECASE,
)
"""What leads up to the smaller parts, which are seldom ordinals: "up from a sixth a year earlier"."""
_TWO: Final = expression(
    r"\b(?:two|both|second)\b(?![\s-](?:thirds|fifths|quarter|half|in|out|of)\b)[^.;]*\Z", re.IGNORECASE
)
_NEXT_ONE: Final = expression(
    r"\s*(?:[.,;:]|\Z)|\s+(?:in|on|at|by|to|with|from|was|were|is|after)\b", re.IGNORECASE
)
"""The third of several: "killing two and hurting a third at the plant"."""
_HEDGED: Final = expression(
    r"\b(?:by(?:\s+(?:about|around|nearly|roughly|almost|some|over|at least|more than|as much as|up to))?|about|nearly|around|roughly|almost|over|than|as much as|all but|some|only|just|up|down|fell|rose|dropped|gained|lost|climbed|jumped|grew|soared|slid|sank|shed|slumped|plunged|surged|declined|advanced|tumbled)\s+\Z",
    re.IGNORECASE,
)
_NEARLY: Final = expression(r"\b(?:nearly|almost|roughly|(?:more|less|fewer) than)\s+\Z", re.IGNORECASE)
_ACTING: Final = expression(r"\s+(?!meeting|hearing|reading|offering|wedding|building)[a-z]{3,}(?:ing|ed)\b")
"""Behind a part, what that part does or what was done to it: "almost a fifth describing it", "one-third owned"."""
_STAKE: Final = expression(
    r"\s+(?:stake|share|interest|holding|majority|owner|ownership|reduction|increase|cut|drop|fall|rise|decline|discount)\b"
)
_ENDS: Final = expression(r"[,.;)]|\Z|\s+and\s+(?:above|below|under|over)\b", re.IGNORECASE)
_ORDINAL_BEFORE: Final = expression(
    r"\b(?:first|second|latter|former|other|better|bottom|back|front|1st|2nd|last|next|top|early|late|larger|bigger|smaller|lesser|upper|lower|left|right|opening|closing|each|and a|my|our|your|in the|of the|the) \Z"
    r"|(?:(?:north|south|west|east)ern|\b(?:year|decade|century|hour|month|minute|week|day)s? and|\b(?:folded|fold|folds|split|splits|tear|tore|torn|broke|broken|snapped)\b(?:\s\w+){0,2} in) \Z"
    r"|[A-Za-z0-9]-\Z|\band a \Z|\bone and \Z",
    re.IGNORECASE,
)
_THAT: Final = expression(r"\b(?:this|that) \Z", re.IGNORECASE)
_HALF_AFTER_NOT: Final = expression(
    r"-(?!price|off|owned)|\s+(?:an?\b(?!\s+per\s?cent)|million|billion|trillion|dozen|hour|day|year|century|decade|past|marathon|brother|sister|moon|time\b|life|step|mile|asleep|hearted|baked|measures?\b|court|of 20\d\d|of the year|year's|ended|ending|results|pipes?|over(?! the))\b",
    re.IGNORECASE,
)
_HALF_POINT: Final = expression(r"\s+a\s+per\s?cent(?:age[-\s]point)?\b", re.IGNORECASE)
_HALF_BEFORE: Final = expression(
    r"(?:\b(?:about|around|roughly|nearly|almost|over|than|approximately|just|only|under|some|least|to|by|in|for|is|are|up|at|of|hold|holds|held|control|controls|account|capture|captures|took|take|takes|own|owns|made|comprise|represent|constitute|with|as|one|a|and|or|while|cut|slash|slashed|got|get|that|even|says|said|exactly|close to|represents|comprises|captured|represented|comprised|spend|spends|spent|saw|then|now|fully|well|another)\s+|^\s*|[\"“‘(\[,;:—–]\s*|[.!?\n]\s*|~)\Z",
    re.IGNORECASE,
)
_HALF_OF: Final = expression(
    r"\s?-?off\b|-owned\b|\s+(?:of|the|its|their|that|what|all|his|her|our|my|your|as much|as many|or more|say|said|are|were|have|had|believe|expect|plan|use|used|now|over|since|compared|from|in|by)\b|\s*(?:[.,;:)—–!?\n]|\Z)",
    re.IGNORECASE,
)
_NO_NOUN: Final = r"(?:of|to|and|or|in|on|one|two|three|four|five|six|seven|eight|nine|ten)\b|"
_RATIO_LEFT: Final = expression(
    rf"(?<![A-Za-z0-9.$€£¥,-])(?P<n>{WORDS}|\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}})(?:-|\s(?:(?P<noun>(?!{_NO_NOUN}day\b|million|billion|thousand)[A-Za-z]+(?:\s(?!{_NO_NOUN}is\b|was\b)[A-Za-z\d]+){{0,2}}?)\s)?)\Z",
    re.IGNORECASE,
)
_RATIO: Final = expression(
    r"(?P<glue>out of|in|of)\s(?P<every>every |the |its )?(?P<top>(?:top|largest|biggest|leading|last|first|world's)\s)?(?P<m>(?:an?\s|one\s)?hundred|[a-z]+|\d{1,3}(?:,\d{3})+|\d{1,3})",
    re.IGNORECASE,
)
_NOT_AFTER_RATIO: Final = expression(
    r"\s?%|[.,]\d|\s+(?:per\s?cent|million|billion|trillion|thousand|hundred|days?|weeks?|months?|years?|hours?|minutes?|seconds?|quarters?|decades?|sessions?|points?|cents|languages|cities|countries|states|locations|regions|markets|categories|stages|phases|parts)\b|-|x\b",
    re.IGNORECASE,
)


_COUNTED_TOO: Final = expression(
    r"\s+(?:points?|cities|countries|states|locations|regions|markets|languages|categories)\b", re.I
)
"""What is counted behind "of" and "out of", while behind "in" it says where: "one office in five cities"."""
_THINGS: Final = expression(
    r"\s+(?!stars|parts|pages|episodes|is\b|was\b|has\b|this\b|as\b|series|us\b|chapters|steps|(?:despite|since|after|before|with|on|at|to|against|over|and|but|while|when|in)\b|(?:games|matches)\b)(?:(?:U\.?S\.?|UK|EU|[A-Za-z]?[a-z-]+)\s+){0,3}?(?:[a-z]{3,}s|people|women|men)\b|\s+from\b(?!\s(?:the\s(?:field|floor|line|foul|free|arc|stripe)|deep|beyond|behind|three|long|3))"
)
_SPORT: Final = expression(r"\s+(?:(?:free[- ])?throws?|shots|passes)\b")
"""What a box score counts in digits: "made 18 of 21 free throws"."""
_SERIAL: Final = expression(
    r"\b(?:page|part|no\.|number|step|chapter|episode|volume|day|week|slide|image|figure|round|game|phase)\s+\Z",
    re.IGNORECASE,
)


def find_fractions(text: str, lowered: str | None = None) -> Iterator[Fraction]:
    """Every fraction written in English words, in order; they may overlap percents, not each other.

    `lowered` is the text in small letters, as long as the text, where the caller has it already.

    >>> [round(f.value, 2) for f in find_fractions("A third of web pages, one in five users and half of sales.")]
    [33.33, 20.0, 50.0]
    >>> list(find_fractions("In the second half and third quarter, half a million users and a third party."))
    []
    """
    if lowered is None:
        lowered = text.lower() if len(text.lower()) == len(text) else text
    end = 0
    for anchor, reading in _anchors(lowered):
        found = _READ[reading](text, anchor)
        if found and found.start >= end:
            yield found
            end = found.end


def _anchors(lowered: str) -> list[tuple[re.Match[str], str]]:
    found = [
        (match, reading)
        for words, reading, pattern in _ANCHORS
        if words in lowered
        for match in pattern.finditer(lowered)
        if reading in ("ratio", "slash", "scored", "cents")
        or not lowered[max(0, match.start() - 1) : match.start()].isalnum()
    ]
    return sorted(found, key=lambda row: row[0].start())


def _half(text: str, anchor: re.Match[str]) -> Fraction | None:
    left, right = text[max(0, anchor.start() - 24) : anchor.start()], text[anchor.end() : anchor.end() + 32]
    point = _HALF_POINT.match(right)
    if point:
        return None
    counted = re.search(r"\b(?:one|a)[\s-]\Z", left, re.IGNORECASE)
    if counted and not re.search(r"\b(?:and|point)[\s-](?:one|a)[\s-]\Z", left, re.IGNORECASE):
        left, start = left[: counted.start()], anchor.start() - (len(left) - counted.start())
    else:
        start = anchor.start()
    if _ORDINAL_BEFORE.search(left) or _HALF_AFTER_NOT.match(right):
        return None
    if _THAT.search(left) and not right.lower().startswith(" of "):
        return None
    if not (_HALF_OF.match(right) or _HALF_BEFORE.search(left)) or (
        start != anchor.start() and not _HALF_OF.match(right)
    ):
        return None
    return Fraction(start, anchor.end(), 50.0)


def _part(text: str, anchor: re.Match[str]) -> Fraction | None:
    head = _PART.search(text, max(0, anchor.start() - 8), anchor.end())
    right = text[anchor.end() : anchor.end() + 32]
    if not head or head.end() != anchor.end() or _NO_OF.match(right):
        return None
    part = head["part"].lower()
    if part == "quarter" and _CLOCK.match(right):
        return None
    count = 1.0 if head["count"].lower() in ("a", "an", "remaining") else number(head["count"]) or 0.0
    plural = anchor.group().lower().endswith("s")
    if (count > 1) != plural or count >= PARTS[part]:
        return None
    left = text[max(0, head.start() - 20) : head.start()]
    hedged, led = _HEDGED.search(left), _LED.search(left)
    small = part not in ("third", "quarter", "fourth", "half", "halve")
    if count > 1 and (part not in ("quarter", "half", "halve") or head["glue"] == "-"):
        return Fraction(head.start(), anchor.end(), round(100 * count / PARTS[part], 2))
    if (
        part == "third"
        and not hedged
        and _NEXT_ONE.match(right)
        and _TWO.search(text[max(0, head.start() - 70) : head.start()])
    ):
        return None
    if led and _ENDS.match(right):
        return Fraction(head.start(), anchor.end(), round(100 * count / PARTS[part], 2))
    if (_ACTING.match(right) and (head["glue"] == "-" or _NEARLY.search(left))) or (
        head["glue"] == "-" and _STAKE.match(right)
    ):
        return Fraction(head.start(), anchor.end(), round(100 * count / PARTS[part], 2))
    frame = (
        _AFTER_PART
        if hedged or part == "third" or head["glue"] == "-" or count > 1 or (led and small)
        else _AFTER_QUARTER
    )
    if (
        part == "quarter"
        and head["glue"] == " "
        and (count > 1 or (hedged and not hedged[0].lower().startswith(("by", "up", "as much"))))
    ):
        frame = _AFTER_QUARTER
    if not frame.match(right):
        return None
    return Fraction(head.start(), anchor.end(), round(100 * count / PARTS[part], 2))


def _slash(text: str, anchor: re.Match[str]) -> Fraction | None:
    if not re.match(r"\s+(?:of|the)\b|\s?的", text[anchor.end() : anchor.end() + 8]):
        return None
    top, bottom = anchor.group().rstrip("rdths").split("/")
    if int(top) >= int(bottom):
        return None
    return Fraction(anchor.start(), anchor.end(), round(100 * int(top) / int(bottom), 2))


def _scored(text: str, anchor: re.Match[str]) -> Fraction | None:
    top, bottom = (int(n) for n in anchor.group().split("/"))
    return Fraction(anchor.start(), anchor.end(), round(100 * top / bottom, 2)) if top < bottom else None


def _ratio(text: str, anchor: re.Match[str]) -> Fraction | None:
    words = anchor.group().lstrip().lstrip("-").replace("-", " ", 1)
    at = anchor.end() - len(words)
    head = _RATIO_LEFT.search(text, max(0, at - 40), at)
    form = _RATIO.match(words)
    if not head or not form:
        return None
    right = text[anchor.end() : anchor.end() + 40]
    if _NOT_AFTER_RATIO.match(right) and not (form["glue"].lower() != "in" and _COUNTED_TOO.match(right)):
        return None
    n, m = number(head["n"]) or 0.0, number(form["m"]) or 0.0
    glue, framed = form["glue"].lower(), bool(form["top"] or form["every"])
    if form["m"].lower().endswith("hundred"):
        m = 100.0
    if not 0 < n < m and not (n == m and glue == "out of"):
        return None
    if glue == "of" and (
        (head["noun"] and (form["every"] or "").strip().lower() != "every")
        or (n < 2 and (form["every"] or "").strip().lower() != "every")
    ):
        return None
    if (
        glue == "of"
        and not framed
        and not (_THINGS.match(right) and not _SERIAL.search(text[max(0, head.start() - 12) : head.start()]))
    ):
        return None
    if glue == "of" and head["n"].isdigit() and _SPORT.match(right):
        return None
    every = (form["every"] or "").strip().lower()
    if glue == "in" and (form["top"] or every in ("the", "its") or (n > 9 and m != 100)):
        return None
    if head["noun"] and not (
        m == 100 or (glue == "in" and n == 1 and _COUNTABLE.fullmatch(head["noun"])) or glue != "in"
    ):
        return None
    if glue == "in" and (_PACE.match(right) or (head["noun"] and _OF_MANY.match(right))):
        return None
    return Fraction(head.start(), anchor.end(), round(100 * n / m, 2 if n / m > 0.001 else 8))


def _cents(text: str, anchor: re.Match[str]) -> Fraction | None:
    head = _CENTS.search(text, max(0, anchor.start() - 14), anchor.start())
    value = number(head["n"]) if head else None
    return (
        Fraction(head.start(), anchor.end(), value) if head and value is not None and value <= 100 else None
    )


_CENTS: Final = expression(rf"(?<![A-Za-z0-9.$,-])(?P<n>{WORDS}|\d{{1,3}}(?:\.\d)?)\Z", re.IGNORECASE)
_COUNTABLE: Final = expression(
    r"(?!.*\b(?:team|place|party|point|spot|seat|time|year|week|month|goal|win|number|step|day|leg|shot|more|each|only|born|study|trial|survey|poll|test|experiment|report|paper|case)\b).*",
    re.IGNORECASE,
)
"""Nouns of "one X in five" that are counted among others; a goal in five is a pace."""
_PACE: Final = expression(
    r"\s+(?:games|matches|starts|outings|appearances|meetings|seasons|rounds|races|innings|deals|attempts|visits|tries)\b",
    re.IGNORECASE,
)
_OF_MANY: Final = expression(r"\s+[a-z]{3,}s\b(?<!says)(?<!has)(?<!was)(?<!is)", re.IGNORECASE)
"""Behind "one X in five": another noun, so that the first is a rate of it ("one shop in five towns")."""


_READ: Final = {
    "half": _half,
    "part": _part,
    "slash": _slash,
    "scored": _scored,
    "ratio": _ratio,
    "cents": _cents,
}
