"""What a percentage measures that is no share: growth, a price move, a rate, a margin …

A move ("fell 5%") is a price move when a stock, index, token or price fell, and growth when something
counted did. The noun nearest before the verb decides; a bare name that surges is a stock.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Final

from labtape.expressions import expression
from labtape.types import Percentage

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting
    from labtape.annotate.share_cues import Verdict
    from labtape.types import PercentageKind

_PRICED: Final = (
    r"shares?|stocks?|index|indices|indexes|nasdaq|s&p(?: 500)?|dow|sox|kospi|nikkei|hang seng|topix|ftse|dax|tokens?(?! (?:usage|volume|consumption|output|count|throughput|efficien))|bitcoin|btc|ether(?:eum)?"
    r"|eth|solana|crypto(?:currenc(?:y|ies))?(?!\w)|coins?|discounts?|altcoin|xrp|dogecoin|shiba|tether|prices?|priced|pricing|cost(?! of revenue)|costs|futures|adrs?|etfs?|bonds?|equit(?:y|ies)|market cap(?:itali[sz]ation)?|valuation|premarket|pre-market|after-hours|rally|gold|oil|treasur(?:y|ies)"
    r"|memecoins?|altcoins?|securities|gainers?|losers?|traded|trading|ipo|debut|upside|downside|price target|outperform\w*|underperform\w*|broader market|(?:both|the) companies|year-to-date"
)
_COUNTED: Final = (
    r"revenues?|sales|profits?|income|earnings|users?|usage|downloads?|installs?|demand|shipments?|output|production|hiring|spending|spend|traffic|capacity|headcount|gdp|growth|orders?|bookings|subscribers?|customers?"
    r"|exports|imports|volumes?|deliver(?:y|ies)|capex|expenditures?|investments?|business|segment|division|consumption|jobs?|workforce|queries|searches|employment|productivity|economy|adoption|payments?|units|funding|deals"
    r"|operations|backlog|cloud|azure|aws|arr|run[- ]rate|ebitda|cash flow|bill|emissions|energy|power|electricity|commits?|visits|headcount|salaries|wages|roles|time|(?<!\d )hours|openings|postings|rents?|losses|loss|debt|subscriptions?|year over year|year-over-year|yoy|contribution|performance|workload|attacks|rates?|ctrs?|clicks?|uninstalls|visitors|scores?|rankings?|cases|prevalence|share|score"
)
_NOUNS: Final = expression(
    rf"(?<![\w-])(?:(?P<price>{_PRICED})|(?P<count>{_COUNTED}))(?![\w])", re.IGNORECASE
)
_NOUNS_ZH: Final = expression(
    r"(?P<price>降价|涨价|调价|折扣|股价|股|指数|纳指|道指|标普|恒指|板块|概念|价格|售价|定价|报价|代工价|单价|涨超|跌超|涨近|跌近|收涨|收跌|高开|低开|盘前|盘后|比特币|代币|币价|市值|金价|油价|期货|涨|跌)"
    r"|(?P<count>营收|收入|利润|净利|用户|日活|月活|销量|销售额|出货|需求|支出|产量|产能|同比|环比|增长|增速|增幅|规模|投入|下载|流量|订单|成交额|交易额|人数|岗位|消耗|调用量)"
)
_NAME_MOVES: Final = expression(
    r"[A-Z][\w.&-]*\s*(?:\([^)]{1,24}\)\s*)?(?:(?:has|have|had|was|were|is|are|now|also|both|already|currently|still|further|just|stock|shares)\s+)*(?:(?i:surg|soar|jump|fall|fell|slump|rall|plung|tumbl|ris|rose|drop|los|gain|slid|sank|climb|dip|slip|skyrocket|spik|pop|add|shed|advanc|crash|plummet|up|down|declin|rebound|tank|edg|retreat))\w*"
    r"(?:\s+\w+){0,2}\s*\Z"
)
_MEASURED: Final = expression(
    r"than (?:a (?:year|month|week|quarter|day|decade)|the (?:previous|prior|same|year|month|quarter|week|last)|last|in (?:19|20)\d\d|before|expected|previous|prior)\b|year (?:ago|earlier)|compared",
    re.IGNORECASE,
)


def kind_of(
    setting: Setting, verdict: Verdict, previous: PercentageKind | None
) -> tuple[PercentageKind, str]:
    """The kind of a percentage that is no share, and the cue that says so.

    `previous` is the kind of the last one in the same sentence: a list goes on as it began.
    """
    weights = dict(verdict.weights)
    weights.pop("share", None)
    if weights.get("change"):
        change = weights.pop("change")
        on_day = weights.get("price_change") and _nearest(setting.left[-110:]) != "growth"
        resolved = "price_change" if on_day else _kind_of_change(setting, previous)
        weights[resolved] = weights.get(resolved, 0.0) + change
    if not weights:
        if previous and _goes_on(setting):
            return previous, "list"
        return _of_the_passage(setting)
    kind = max(sorted(weights), key=lambda k: weights[k])
    if previous and previous != kind and weights[kind] < 3 and _goes_on(setting):
        return previous, "list"
    if kind == "other" and verdict.rule("other").startswith("than") and _moved(setting):
        return "price_change", "lower"
    if (
        kind == "other"
        and verdict.rule("other").startswith(("than", "costs"))
        and _MEASURED.search(setting.right[:60])
    ):
        return _kind_of_change(setting, previous), "than-before"
    if previous and _AGAINST.search(setting.left[-60:]):
        return previous, "against"
    rule = verdict.rule(kind)
    return kind, verdict.rule("change") if rule == kind else rule  # type: ignore[return-value]  # "share" and "change" are gone


_AGAINST: Final = expression(
    r"\b(?:versus|vs\.?|against|compared (?:with|to)|(?:higher|lower|more|less|better|worse|faster|slower|up|down)\s+(?:than|from))\s+(?:[\w'’-]+\s+){0,4}\Z",
    re.IGNORECASE,
)
_PASSAGE: Final = expression(
    r"(?P<rate>\b(?:survey(?:ed|s)?|poll(?:ed|s)?|respondents?|questionnaire|interviewed)\b|受访|调查|问卷)"
    r"|(?P<benchmark>\b(?:benchmarks?|leaderboard|accuracy|test environment|evaluations?|[A-Za-z-]*[Bb]ench\b)|基准|测试集)"
    r"|(?P<growth>\b(?:growth rate|growth of|growing at|grow by|(?:shipments|revenues?|sales) (?:would|will|could) (?:grow|fall|rise))\b)"
    r"|(?P<price_change>\b(?:shares of|stock price|share price|the stock|market cap|discounts?|deals? on)\b|股价|概念股)",
    re.IGNORECASE,
)
PASSAGE: Final = 900
"""How far back a number without any cue takes its kind from what the passage speaks of, in characters."""


def _of_the_passage(setting: Setting) -> tuple[PercentageKind, str]:
    """What the passage speaks of: a survey's, a benchmark's or a stock's figures; else no kind is known."""
    near = max(setting.quantity.start - PASSAGE, 0)
    start = max(setting.full.rfind("\n\n", near, setting.quantity.start), near)
    found = deque(_PASSAGE.finditer(setting.full, start, setting.quantity.start), maxlen=1)
    if not found or re.match(r"\s*of\b", setting.right):
        return "other", "none"
    return str(found[0].lastgroup), "passage"  # type: ignore[return-value]  # the groups are kinds


def _moved(setting: Setting) -> bool:
    """Whether "4% lower" is said of a stock or coin that moved, not of one price against another."""
    right = setting.right[:50]
    if re.match(r"[^.;]{0,30}\bthan\b", right):
        return False
    on_day = re.match(
        r"\s+\w+\s+(?:on the day|on (?:Mon|Tues|Wednes|Thurs|Fri)day|at the (?:close|open)|in (?:pre|after|early|late))",
        right,
    )
    nouns = [m[0].lower() for m in _NOUNS.finditer(setting.left[-80:])]
    traded = bool(nouns) and bool(
        re.fullmatch(
            r"shares?|stocks?|ind(?:ex|ices|exes)|nasdaq|s&p(?: 500)?|dow|kospi|nikkei|futures|bitcoin|btc|eth\w*|traded|trading|crypto\w*",
            nouns[-1],
        )
    )
    return bool(on_day) or traded


def _goes_on(setting: Setting) -> bool:
    return bool(
        re.search(
            r"(?:\band|\bor|,|、|和|及|to|at|\(|（[^）]{0,12}|[，；](?:而|但)?[^，。；]{0,6}[为是达]约?)\s*(?:\w+\s+){0,3}\Z",
            setting.left[-40:],
        )
    )


def _kind_of_change(setting: Setting, previous: PercentageKind | None) -> PercentageKind:
    left = re.split(r"[;；。！？\n]", setting.left[-110:])[-1]
    right = re.split(r"[;；。！？\n,，]|\.\s", setting.right[:60])[0]
    nearest = _nearest(left)
    after = _NOUNS.search(right)
    if (
        after
        and after.start() <= 25
        and re.match(r"\s*(?:\w+\s+){0,3}(?:in|of|growth|jump|rise|increase|drop|decline|gain|year)", right)
    ):
        nearest = nearest if nearest and not after else "price_change" if after["price"] else "growth"
    if re.search(r"year-to-date", right + left[-30:], re.IGNORECASE) and nearest != "growth":
        return "price_change"
    moves = _NAME_MOVES.search(left)
    if (
        moves
        and nearest == "growth"
        and not after
        and not _NOUNS.search(moves[0])
        and not re.search(r"\b(?:in|of|to|from|at|by|for)\s+(?:the\s+)?\Z", left[: moves.start()])
        and not re.search(r"year|quarter|month|from", right)
    ):
        return "price_change"
    if nearest:
        return nearest
    if re.search(r"[$€£¥]\s?\d[\d,.]*\s(?:thanks to|after|with|following|from|by)\s[^.;]{0,12}\Z", left):
        return "price_change"
    if re.search(
        r"year[- ](?:over|on)|yoy|annual|quarter|from a year|last year|同比|环比",
        setting.right[:50],
        re.IGNORECASE,
    ):
        return "growth"
    if previous in ("growth", "price_change"):
        return previous
    if _NAME_MOVES.search(left):
        return "price_change"
    return "growth"


def _nearest(left: str) -> PercentageKind | None:
    """What the last telling noun before the number is about."""
    found: PercentageKind | None = None
    at = -1
    for pattern in (_NOUNS, _NOUNS_ZH):
        for match in pattern.finditer(left):
            if match.start() >= at:
                found, at = "price_change" if match["price"] else "growth", match.start()
    return found


def percentage(setting: Setting, kind: PercentageKind, rule: str) -> Percentage:
    """The finding for a number that is no share."""
    q = setting.quantity
    return Percentage(q.start, q.end, q.text, q.value, q.low, q.high, q.bound, q.direction, kind, rule)
