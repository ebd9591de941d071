"""Which amounts of tokens and requests a text states: "4.12T", "about 18 trillion tokens a week", 5590亿词元.

An amount is a number with a scale (million … quadrillion, 亿, 万亿) and a unit: behind it ("4.12 trillion tokens"), named
before it ("token volume reached 25T"), or taken over from the amount before ("…, DeepSeek 1.12T"). Prices per million
tokens, context windows, training data, parameters and coins are other things and left out. A text without a word for
tokens or requests costs one look for these words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from labtape.expressions import expression
from labtape.text.hedges import EXACT, RANGE, hedge_after, hedge_before, interval
from labtape.text.numerals import HAN, WORDS, folded, number
from labtape.text.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labtape.types import Per, VolumeUnit

Found = Literal["behind", "before", "taken-over"]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in single units: its number (value and interval), of what, and in what time one such amount is used."""

    quantity: Quantity
    unit: VolumeUnit
    per: Per | None
    found: Found


_SCALES: Final = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "mln": 1e6, "billion": 1e9, "b": 1e9, "bn": 1e9, "trillion": 1e12, "t": 1e12, "tn": 1e12,
    "trn": 1e12, "quadrillion": 1e15, "q": 1e15, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "十亿": 1e9, "百亿": 1e10, "千亿": 1e11, "万亿": 1e12, "兆": 1e12,
}  # fmt: skip
_WORDS_OF_UNIT: Final = ("token", "词元", "詞元", "request", "api call", "调用")
_NUM: Final = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_WORDY: Final = rf"(?:{WORDS}|an?(?=[-\s](?:m|b|tr|quadr)illion))"
_LETTERS: Final = r"(?:quadrillion|trillion|billion|million|thousand|trn|tn|bn|mln|mn|(?-i:[TBMQK]))"
_AMOUNT: Final = expression(
    rf"(?<![\w.,$€£¥₩/#-])(?:(?P<first>{_NUM})(?:[-\s]?(?P<inner>{_LETTERS}))?(?P<join>\s?[-–—]\s?|\sto\s|\sand\s))?"
    rf"(?P<last>{_NUM}|{_WORDY})[-\s]?(?P<scale>{_LETTERS})(?:\+|(?![\w$]))",
    re.IGNORECASE,
)
_AMOUNT_ZH: Final = expression(
    rf"(?<![\d.,$€£¥{HAN}])(?:(?P<first>{_NUM})(?P<inner>)(?P<join>\s?[-–—~至到]\s?))?"
    rf"(?P<last>{_NUM}|[{HAN.replace('万', '').replace('亿', '')}]{{1,6}})\s?(?P<scale>万亿|千亿|百亿|十亿|亿|千万|百万|万|兆)(?![{HAN}元美港日欧])"
)
_KIND: Final = r"(?:(?:input|output|total|combined|AI|text|prompt|completion|weekly|daily|monthly|annual|processed|LLM|API|inference|model|user|of|its|the|all)[-\s]){0,3}"
_BEHIND: Final = expression(
    rf"(?:\+|[-\s]?(?:or so|or more)?)[-\s]?{_KIND}(?:(?P<tokens>tokens?\b)|(?P<requests>requests?\b|API calls\b|calls\b|queries\b))",
    re.IGNORECASE,
)
_BEHIND_ZH: Final = expression(
    r"(?:以上|多|左右)?\s?个?(?:的)?\s?(?:(?P<tokens>tokens?|词元|詞元)|(?P<requests>次\s?(?:API)?\s?(?:调用|请求)))",
    re.IGNORECASE,
)
_BEFORE: Final = expression(
    r"(?:(?P<tokens>\btokens?\b|token(?=[\u4e00-\u9fff])|词元|詞元)|(?P<requests>\brequests?\b|\bAPI calls\b))[^.;。；\n$%]{0,70}\Z",
    re.IGNORECASE,
)
_STOPS: Final = expression(
    r"\s*(?:[-–—.,;:()\]}*|\n，。；、（）]|(?:Chinese|American|US|U\.S\.|European|open-(?:weight|source)|closed|and|while|but|for|a|per|at|in|on|over|from|behind|against|versus|vs|each|every|weekly|daily|monthly|last|this|that|of|as|to|by|ahead|more|less|compared|respectively)\b|\Z)",
    re.IGNORECASE,
)
"""What may stand behind an amount that takes its unit from elsewhere; a noun there is its unit, and another one."""

_PRICE: Final = expression(
    r"(?:\bper\b|\bevery\b|\beach\b|/|每|[$€£¥]\s?[\d.,]+\s?\w*\s(?:for|per|a))\s*(?:\(?\s*)?\Z",
    re.IGNORECASE,
)
_MONEY: Final = expression(
    r"(?:(?:US|HK)?\$|[€£¥₩]|\b(?:USD|RMB|CNY|EUR|Rs\.?|dollars?|revenue of|worth|valu(?:ed|ation)[^.;]{0,12}))\s*\Z",
    re.IGNORECASE,
)
_OTHER_BEHIND: Final = expression(
    r"[-\s]?(?:dollars?|yuan|euros?|parameters?|params?|people|users?|元|美元|参数|人|用户|枚)", re.IGNORECASE
)
_WINDOW: Final = expression(
    r"[-\s]?(?:\w+[-\s]){0,2}tokens?(?:[-\s](?:of\s)?(?:\w+\s)?(?:context|window|limit|prompts?|input limit|memory)|\s+(?:in|at) (?:a single|one) (?:prompt|request|pass))|\s?(?:tokens?|词元)?的?上下文",
    re.IGNORECASE,
)
_WINDOW_BEFORE: Final = expression(
    r"(?:context (?:window|length|limit)|window of|上下文)[^.;。；]{0,50}\Z", re.IGNORECASE
)
_TRAINING: Final = expression(
    r"(?:\b(?:pre-?|post-?|re)?train(?:ed|ing|s)?\b|\bfine-?tun\w+|\bdatasets?\b|\bcorpus\b|训练|语料)[^.;。；]{0,60}\Z",
    re.IGNORECASE,
)
_TRAINING_BEHIND: Final = expression(
    r"[-\s]?(?:\w+[-\s]){0,2}tokens?(?:[-\s](?:of|for|in|from)?\s?(?:the\s)?(?:\w+\s){0,2}(?:training|pre-?training|data\b|dataset|corpus|text\b))|\s?(?:个)?(?:tokens?|词元)的?(?:训练|语料|数据)",
    re.IGNORECASE,
)
_COIN: Final = expression(
    r"\b(?i:suppl(?:y|ies)|circulat\w+|burn(?:s|ed|t|ing)?|unlock\w*|mint\w*|airdrop\w*|stak(?:e|ed|ing|ers)|vest\w*|holders?|allocat\w+|buybacks?|bought back|treasury|wallets?|pre-?sale|token sale|blockchain|on-chain|defi|coins?|tokenomics|whales?|trading volume|price action|spot price|market cap)\b"
    r"|[A-Z]{3,}\s+tokens?\b|\$[A-Z]{2,}\b|代币|销毁|解锁|流通|空投|质押",
)
_VERSION: Final = expression(r"\b[A-Z][\w-]*\s\Z")
"""What makes "3.1-8B" the version and size of a model."""
_SPEED: Final = expression(
    r"[-\s]?tokens?(?:\s(?:a|per)\s|/)(?:second|sec|s|minute|hour)\b|[-\s]?tps\b", re.IGNORECASE
)
_USE: Final = expression(
    r"\b(?:process\w*|consum\w*|us(?:e|ed|es|age|ing)|burn through|handl\w+|serv\w+|generat\w+|rout\w+|volume|traffic|spend\w*|spent|through)\b|消耗|调用|处理|使用",
    re.IGNORECASE,
)
_PER_BEHIND: Final = expression(
    r"(?:[-\s]?\(?[\w-]+){0,3}?[-\s(,]*(?:(?:a|per|each|every|/|in a|in one|in the|in that|that|over the|for the)[-\s]?(?:single |full |past |last |same )?(?P<unit>day|week|month|year)\b(?!s)"
    r"|(?P<adverb>daily|weekly|monthly|annually|yearly)\b)",
    re.IGNORECASE,
)
_PER_BEFORE: Final = expression(
    r"(?:\b(?P<adverb>daily|weekly|monthly|annual)\b|\b(?:a|per|each|every|in the|that)\s(?P<unit>day|week|month|year)(?:['’]s)?\b|(?P<han>日均|每日|每天|单日|周均|每周|单周|一周|周调用|月均|每月|单月|每年))[^.;。；\n]{0,60}\Z",
    re.IGNORECASE,
)
_ADVERBS: Final[dict[str, Per]] = {"daily": "day", "weekly": "week", "monthly": "month", "annually": "year", "yearly": "year", "annual": "year"}  # fmt: skip
_HAN_PER: Final[dict[str, Per]] = {"日": "day", "天": "day", "周": "week", "月": "month", "年": "year"}
_UNITS_OF_TIME: Final[dict[str, Per]] = {"day": "day", "week": "week", "month": "month", "year": "year"}
_LEAST: Final = 1e9
"""Tokens; below a billion an amount counts only where a word of use or a rate is beside it: prompts and replies are that long."""
_SCOPE: Final = 90  # characters to each side in which a word may say that coins or training are meant
_TAKEN_OVER: Final = 260  # characters from an amount to the next that leaves the unit out
_TAKEN_BACK: Final = 90  # characters from one that leaves it out to the one that has it
_CLAUSE_ENDS: Final = expression(r"[.!?。；;]\s|\n")


def find_amounts(full: str) -> tuple[Amount, ...]:
    """Every amount of tokens or requests in order, in single units.

    >>> text = "DeepSeek served about 4.12 trillion tokens a week on OpenRouter, Mistral 1.1T. It costs $2 per million tokens."
    >>> [(a.quantity.text, a.quantity.value, a.quantity.bound, a.per) for a in find_amounts(text)]
    [('4.12 trillion', 4120000000000.0, 'about', 'week'), ('1.1T', 1100000000000.0, 'exact', 'week')]
    """
    lowered = full.lower()
    if not any(word in lowered for word in _WORDS_OF_UNIT):
        return ()
    text = folded(full)
    found: list[Amount] = []
    open_ones: list[re.Match[str]] = []  # without a unit so far
    matches = [*_AMOUNT.finditer(text)]
    if not text.isascii():
        matches = sorted([*matches, *_AMOUNT_ZH.finditer(text)], key=lambda match: match.start())
    for match in matches:
        made = [*_amounts(full, text, match, found[-1] if found else None)]
        if not made:
            open_ones.append(match)
            continue
        for early in open_ones[-2:]:
            found += _taken_back(full, text, early, made[0])
        open_ones.clear()
        found += [a for a in made if not found or a.quantity.start >= found[-1].quantity.end]
    return tuple(found)


def _taken_back(full: str, text: str, match: re.Match[str], later: Amount) -> Iterator[Amount]:
    """An amount whose unit stands only with the next one: "second at 1.5T, while Mistral (1.12T tokens) …"."""
    gap = text[match.end() : later.quantity.start]
    same_way = match["scale"][-1:].lower() == later.quantity.text[-1:].lower()
    if later.found == "behind" and same_way and len(gap) <= _TAKEN_BACK and not _CLAUSE_ENDS.search(gap):
        yield from _amounts(full, text, match, replace(later, per=None), unit=later.unit)


def _amounts(
    full: str, text: str, match: re.Match[str], last: Amount | None, *, unit: VolumeUnit | None = None
) -> Iterator[Amount]:
    """The amount of one match; "from 5 trillion to 25 trillion" is two. `unit` is what is known of it from elsewhere."""
    amount = _amount(full, text, match, last, unit)
    if amount is None:
        return
    first = amount.quantity.start == match.start("last") and match["first"] and match["inner"]
    value = _value(match["first"], match["inner"]) if first else None
    if value is not None:
        at = match.start("first"), match.end("inner")
        yield Amount(_quantity(full, text, at, value, None), amount.unit, amount.per, amount.found)
    yield amount


def _amount(
    full: str, text: str, match: re.Match[str], last: Amount | None, known: VolumeUnit | None
) -> Amount | None:
    left, right = text[max(0, match.start() - 120) : match.start()], text[match.end() : match.end() + 120]
    value = _value(match["last"], match["scale"])
    unit, found = _unit(text, match, left, right, last)
    if unit is None and known and _STOPS.match(right):
        unit, found = known, "taken-over"
    if value is None or unit is None or _is_other(left, right, match["scale"]):
        return None
    first = _first(text, match, value)
    at = match.start("last" if first is None else "first"), match.end("scale")
    quantity = _quantity(full, text, at, value, first)
    per = None if _SPEED.match(right) else _per(left, right)
    if per is None and found == "taken-over" and last is not None:
        per = last.per
    if value < _LEAST and not per and not _USE.search(_CLAUSE_ENDS.split(left[-60:])[-1]):
        return None
    return Amount(quantity, unit, per, found)


def _value(words: str, scale: str) -> float | None:
    value = 1.0 if words.lower() in ("a", "an") else number(words)
    return None if value is None else round(value * _SCALES[scale.lower()], 2)


def _unit(
    text: str, match: re.Match[str], left: str, right: str, last: Amount | None
) -> tuple[VolumeUnit | None, Found]:
    behind = (_BEHIND_ZH if match.re is _AMOUNT_ZH else _BEHIND).match(right) or _BEHIND_ZH.match(right)
    if behind:
        return ("tokens" if behind["tokens"] else "requests"), "behind"
    if _OTHER_BEHIND.match(right) or not (_STOPS.match(right) or match.re is _AMOUNT_ZH):
        return None, "before"
    if last is not None and match.start() - last.quantity.end <= _TAKEN_OVER:
        gap = text[last.quantity.end : match.start()]
        same_way = match["scale"][-1:].lower() == last.quantity.text[-1:].lower()
        if same_way and "\n\n" not in gap:
            return last.unit, "taken-over"  # also where the unit is named before both
    before = _BEFORE.search(left)
    return (("tokens" if before["tokens"] else "requests") if before else None), "before"


def _is_other(left: str, right: str, scale: str) -> bool:
    """Whether the words around say that the amount is a price's, a window's, a data set's, money or coins."""
    return bool(
        _PRICE.search(left)
        or _MONEY.search(left)
        or _WINDOW.match(right)
        or _WINDOW_BEFORE.search(left)
        or _TRAINING.search(left)
        or (scale in ("B", "M") and _VERSION.search(left) is not None and _BEHIND.match(right) is None)
        or _TRAINING_BEHIND.match(right)
        or (scale.lower() in ("k", "thousand", "万"))
        or _COIN.search(left[-_SCOPE:] + "\x00" + right[:_SCOPE])
    )


def _quantity(full: str, text: str, at: tuple[int, int], value: float, first: float | None) -> Quantity:
    """The number with its hedges; `first` is the lower end of a range, `value` then the upper one."""
    start, end = at
    left_at = max(0, start - 64)
    before, after = hedge_before(text[left_at:start]), hedge_after(text[end : end + 16])
    hedge = RANGE if first is not None else before[0] if before else after[0] if after else EXACT
    low, high = (first, value) if first is not None else interval(value, hedge)
    return Quantity(
        start=start,
        end=end,
        text=full[start:end],
        value=value if first is None else first,
        low=low,
        high=high,
        bound=hedge.bound,
        unit="amount",
        direction="none",
        outer_start=left_at + before[1] if before else start,
        outer_end=end + after[1] if after else end,
    )


_BETWEEN: Final = expression(r"\bbetween\s(?:\w+\s)?\Z", re.IGNORECASE)
_FROM: Final = expression(
    r"(?:(?<!rang)(?<!ranging )(?<!ranges )\bfrom|[从由自])\s?(?:\w+\s){0,2}\Z", re.IGNORECASE
)


def _first(text: str, match: re.Match[str], value: float) -> float | None:
    """The lower end of a range "4 to 5 trillion"; None where the first number is something else."""
    if not match["first"]:
        return None
    left, join = text[max(0, match.start() - 30) : match.start()], match["join"].strip().lower()
    if (join == "and") != bool(_BETWEEN.search(left)) or _FROM.search(left):
        return None
    first = _value(match["first"], match["inner"] or match["scale"])
    is_year = re.fullmatch(r"(?:19|20)\d\d", match["first"]) is not None
    return first if first is not None and first < value and not is_year else None


def _per(left: str, right: str) -> Per | None:
    behind = _PER_BEHIND.match(re.split(r"[.;。；\n]", right)[0])
    if behind:
        return (
            _UNITS_OF_TIME[behind["unit"].lower()] if behind["unit"] else _ADVERBS[behind["adverb"].lower()]
        )
    before = _PER_BEFORE.search(left)
    if not before:
        return None
    if before["han"]:
        return next(per for sign, per in _HAN_PER.items() if sign in before["han"])
    return _UNITS_OF_TIME[before["unit"].lower()] if before["unit"] else _ADVERBS[before["adverb"].lower()]
