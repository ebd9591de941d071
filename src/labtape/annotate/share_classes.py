"""Is a number a share, or which other percentage is it? The cues' sums, and what lists inherit."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from labtape.annotate.mention_order import beginning_in
from labtape.annotate.percentages import kind_of
from labtape.annotate.share_cues import OPINION, PEOPLE, WHOLES, Kind, Verdict, weigh
from labtape.expressions import expression

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting
    from labtape.types import Mention, PercentageKind

SHARE_AT_LEAST: Final = 1.5
"""Below this sum nobody is said to hold anything; set on gold-dev, see docs/shares.md."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A number with what it was taken for: `kind` None is a share."""

    setting: Setting
    kind: PercentageKind | None
    rule: str
    inherited: bool = False


_WEAK: Final = ("take", "own", "share", "of-something", "from-to")
"""Cues that do not outweigh a list of something else."""

NEXT_SENTENCE: Final = 250
"""How far behind a share "… will rise to N%" may still speak of the same whole, in characters."""
_LEVEL: Final = expression(
    r"\b(?:ris(?:e|en|es|ing)|rose|grow(?:n|s|ing)?|grew|climb\w*|jump\w*|increas\w*|fall(?:en|s|ing)?|fell|drop\w*|declin\w*|slip\w*|shrink|shrank|reach\w*|hit|stood|stands|was|is|were|are|remained|had|has|have|held|holds)\s+(?:to|at|just|only)?\s*\Z",
    re.IGNORECASE,
)

_UP_FROM: Final = expression(
    r"\b(?:(?:up|down) from|compared (?:with|to)|against|versus|vs\.?)\s*\Z", re.IGNORECASE
)
_LIST: Final = expression(
    r"^(?:[^.;!?。；]{0,110}?)(?:\b(?:and|or|at|with|to|by|on|while|for|from|versus|vs\.?|had|has|held|holds?|is|was|took|followed by|compared (?:with|to)|than|against|commanded|reach(?:ed)?|averaging|average[ds]?|peak\w*|about)\b|(?:,|\band|\bwhile|\bbut)\s+(?:the\s+)?(?-i:[A-Z][\w.’'&-]*\s*){1,4}(?:(?!\w+ed\b|rose\b|fell\b|grew\b|lost\b|is\b|was\b|are\b|were\b|will\b|has\b|had\b|slid\b|sank\b|added\b)[a-z-]+\s+){0,2}|[，、；]\s*(?:而|和)?[\u4e00-\u9fff\w·. -]{1,12}(?:占|为|约|达)?|[，；](?:而)?(?:去年|上年|此前|一年前|今年|同期|上季|当前|目前|其中)[^，。；]{0,8}|[,(:、，和及为達达至到])\s*(?:(?:the|a|for|just|only|another|of)\s+)*\Z",
    re.IGNORECASE,
)
_USES: Final = expression(
    r"\b(?:us(?:e|es|ed|ing)|cho(?:se|ose|oses|osing|sen)|pay(?:s|ing)?(?: for)?|paid|adopt(?:s|ed|ing)?|subscrib\w+|rel(?:y|ies|ied|ying)|run(?:s|ning)?|built|build|work(?:s|ed)? with|deploy\w*|prefer\w*|pick(?:s|ed)?|switch\w*|customers|clients|turn(?:ed)? to|try|tried|rent\w*|leas\w*|buy\w*|bought|licen[cs]\w*|host\w*|engag(?:e|es|ed|ing) with|interact(?:s|ed|ing)? with|log(?:s|ged)? in\w*)\b",
    re.IGNORECASE,
)
_PEOPLE_OF: Final = expression(
    rf"\s+(?:of\s+)?(?P<group>(?:[\w'’.&$€£¥,\-\"“”+/]+\s+){{0,4}}?(?P<head>{PEOPLE}))\b", re.IGNORECASE
)
_IDENTITY: Final = expression(
    rf"\s*(?:\w+\s+){{0,3}}?\b(?:were|was|are|is|live|come|came)\s+(?:(?:[\w’'-]+\s+){{0,3}}?(?:{PEOPLE})\b|(?:\w+\s+)?(?:under|over|aged?|\d+ years|younger|older|female|male|minors|children|based in|located|from|in|outside|abroad|paying)\b)",
    re.IGNORECASE,
)
_CUSTOMERS: Final = expression(r"\b(?:users|customers|subscribers|clients)\Z", re.IGNORECASE)


_ALONE: Final = expression(
    r"(?:\A|[.;:,“\"(•*]\s*|\s[-–—]+\s*|—|\n\s*|\b(?:and|but|while|that|whereas|though|although|even as|as|with|because|found|finds|shows?|showed|since|so|said|says|revealed|nor|yet)\s+)"
    r"(?:(?:only|just|another|some|a further|a full|even|still|nearly|the (?:remaining|other)|an additional|a whopping|a staggering|a mere|fewer than)\s+)*\Z",
    re.IGNORECASE,
)
"""What may stand before a number that is the subject of its clause."""
_DOES: Final = expression(
    rf"\s*(?:[a-z]+ly\s+|also\s+|still\s+|now\s+|even\s+|already\s+|never\s+|do not\s+|don['’]t\s+)*(?P<verb>{OPINION}|are|were|have|had|do|did|don['’]t|aren['’]t|haven['’]t|us(?:e[ds]?|ing)|run|ran|rel(?:y|ied)|pay|paid|spend|spent|invest(?:ed)?|adopt(?:ed)?|deploy(?:ed)?|implement(?:ed)?|integrat(?:e|ed)"
    r"|increas(?:e|ed)|decreas(?:e|ed)|need(?:ed)?|allow(?:ed)?|requir(?:e|ed)|offer(?:ed)?|work(?:ed)?|can(?:not|['’]t)?|could|would|will|won['’]t|achiev(?:e|ed)|fac(?:e|ed)|back(?:ed)?|blam(?:e|ed)|claim(?:ed)?|measur(?:e|ed)|track(?:ed)?|train(?:ed)?|receiv(?:e|ed)|get|got|see|saw|found|find|choose|chose"
    r"|turn(?:ed)? to|look(?:ed)?|start(?:ed)?|began|begin|show(?:ed)?|ask(?:ed)?|own(?:ed)?|live|liv(?:e|ed)|come|came|go|went|collect(?:ed)?|contain(?:ed)?|belong(?:ed)?|gather(?:ed)?|fall|fell|make|made|hold|held)\b",
    re.IGNORECASE,
)
_OPINES: Final = expression(rf"(?:{OPINION})\Z", re.IGNORECASE)
_IS: Final = expression(
    r"\s*(?:is|was)\s+(?!(?:up|down|expected|higher|lower|a (?:lot|big|huge|good)|an?\b|not|enough|too|more|less|also)\b)",
    re.IGNORECASE,
)
_OF_NP: Final = expression(r"\s+of\s+(?!(?:the\s+)?(?:time|way)\b)\w", re.IGNORECASE)
_WHICH: Final = expression(r"\s+of\s+(?:them|those|these|which|whom)\b", re.IGNORECASE)
_PEOPLE_IN: Final = expression(
    r"\b(?:person|adult|user|worker|company|firm|american|employee|woman|man|child|teen|student|customer|developer|household)\b",
    re.IGNORECASE,
)
_PEOPLE_BEFORE: Final = expression(rf"\b(?:{PEOPLE})\b", re.IGNORECASE)
_TOPIC: Final = expression(
    r"(?:\A|[.;:!?]\s|\n|\b(?:and|but|that|while)\s)\W*(?:of|among|amongst|out of|in an? (?:\w+ )?(?:sample|set|study|analysis|review) of|looking at)\s+(?:the |all |its |their )?(?:[\d,.]+(?: million| billion)?\s+)?(?P<whole>[^,;.]{3,60}),\s+(?:(?:only|just|another|some|about)\s+)*\Z",
    re.IGNORECASE,
)
_THAT_IS: Final = expression(
    r"\A\W*(?:That|This|It|Which|The (?:figure|share|number|proportion))(?:['’]s|\s+(?:is|was|were|marks|compares|represents?|stood|had been))?\s+(?:[a-z]+\s+){0,4}?(?:(?:up|down)\s+(?:[a-z]+\s+){0,2}?from|compared? (?:with|to)|against|versus|at)\s+(?:(?:just|only|a|about)\s+)*\Z|\A\W*(?:(?:And\s+)?(?:[Uu]p|[Dd]own)\s+from|[Cc]ompared (?:with|to))\s+(?:(?:just|only|a|about)\s+)*\Z"
    r"|(?:\A|;|,\s(?:and|but|while)\b)\W*(?:(?:[Aa]|[Oo]ne|[Tt]wo|[Tt]hree) (?:years?|months?|weeks?|quarters?) (?:ago|earlier|before)|(?:Last|The previous|The prior|In the same) (?:year|month|week|quarter)|In (?:19|20)\d\d|Back in \w+|Previously|Then)\b,?\s+(?:it|they|that|this|the (?:share|figure|proportion|same (?:\w+\s){0,3}?\w+))\s+(?:was|were|had been|stood at|had|held|accounted for|made up)\s+(?:(?:just|only|a|about)\s+)*\Z"
    r"|\A\W*(?:(?:Now|Today|By now|This \w+|By \w+),?\s+)?(?:[Ii]t|[Tt]hey)\s+(?:now\s+)?(?:has|have|holds?|had|held|accounts? for|makes? up)\s+(?:(?:just|only|a|about)\s+)*\Z|\A\W*(?:一年前|去年同期|上年同期|去年|此前|上月|上季度|今年|目前|现在)[^，。；\d]{0,6}?(?:为|是|占|仅|达)\s*\Z"
)
_APPOSED: Final = expression(r"\s*[\w’'-]*\s*(?:\(|,? or )\s*(?:about |nearly |some )?\Z")
ANAPHORA: Final = 420
"""How far behind a named whole a bare "another 12% …" may still be a part of it, in characters."""


def decide(settings: Sequence[Setting], mentions: Sequence[Mention], *, han: bool) -> Iterator[Decision]:
    """Each number as a share or another kind, in order; a list goes on as it began."""
    previous: Decision | None = None
    anchor: Decision | None = None  # the last part of a named whole: what "another 12% …" is a part of
    for setting in settings:
        last = previous
        levels_on = False
        if previous and previous.setting.sentence != setting.sentence:
            near = setting.quantity.start - previous.setting.quantity.end < NEXT_SENTENCE
            levels_on = previous.kind is None and near and bool(_LEVEL.search(setting.left))
            previous = None
        if anchor and setting.quantity.start - anchor.setting.quantity.end > ANAPHORA:
            anchor = None
        previous = _decide(setting, mentions, _Before(previous, last, anchor, levels_on), han=han)
        if previous.kind in (None, "rate") and (_OF_NP.match(setting.right) or anchor):
            anchor = previous
        yield previous


@dataclass(frozen=True, slots=True)
class _Before:
    """What was decided before a number: in its sentence, anywhere, of a named whole; `levels_on` as `_LEVEL`."""

    here: Decision | None
    last: Decision | None
    anchor: Decision | None
    levels_on: bool


def _decide(setting: Setting, mentions: Sequence[Mention], before: _Before, *, han: bool) -> Decision:
    previous = before.here
    same = _restated(setting, before.last)
    if same:
        return Decision(setting, same.kind, "restated", inherited=True)
    verdict = weigh(setting, han=han)
    bare, rule = _bare(setting, before, mentions)
    verdict = verdict.plus(bare, rule) if rule else verdict
    share = verdict.weight("share")
    others = max((w for kind, w in verdict.weights if kind != "share"), default=0.0)
    rule = verdict.rule("share")
    if verdict.rule("rate") in ("of-people", "say") and others == verdict.weight("rate"):
        share += _held_by_product(setting, mentions)
        rule = "named-product" if not verdict.weight("share") else rule
    gap = setting.full[previous.setting.quantity.end : setting.quantity.outer_start] if previous else ""
    goes_on = bool(previous and len(gap) < 140 and _LIST.match(gap))
    if before.levels_on:
        share += 2.0
        rule = rule if verdict.weight("share") > 2 else "level"
    if previous and previous.kind is None and _UP_FROM.search(setting.left):
        share += 5.0
        rule = rule if verdict.weight("share") else "list"
    elif previous and previous.kind is None and goes_on:
        share += 2.6
        rule = rule if verdict.weight("share") else "list"
    if previous and previous.kind is not None and goes_on and verdict.rule("share") in _WEAK:
        share -= 1.5
    if previous and previous.kind == "rate" and re.match(r"\s+of (?:their|his|her|your)\b", setting.right):
        share -= 5.0  # what people do with "40% of their searches" is part of their habit
    if setting.quantity.unit in ("point", "basis_point"):
        share -= 4.0
    if (
        share > others
        and share >= SHARE_AT_LEAST
        and setting.quantity.value <= 100
        and setting.quantity.value >= 0
    ):
        return Decision(setting, None, rule, inherited=rule == "list")
    kind, why = kind_of(setting, verdict, previous.kind if previous else None)
    return Decision(setting, kind, why)


def _restated(setting: Setting, last: Decision | None) -> Decision | None:
    """The number just before, where this one only says it again: "two-thirds (63%)", "104 of 500, or 21%"."""
    if not last or last.setting.sentence != setting.sentence:
        return None
    q, earlier = setting.quantity, last.setting.quantity
    gap = setting.full[earlier.end : q.outer_start]
    close = abs(q.value - earlier.value) < 6 and earlier.unit == "fraction"
    return last if close and len(gap) < 24 and _APPOSED.fullmatch(gap) else None


def _bare(setting: Setting, before: _Before, mentions: Sequence[Mention]) -> tuple[dict[Kind, float], str]:
    """What speaks for a share or a rate where a number names no whole of its own."""
    left, right = setting.left, setting.right
    base = before.anchor.kind if before.anchor else "none"
    topic = _TOPIC.search(left)
    if topic:
        back = re.match(r"(?:those|these|them|this group)\b", topic["whole"], re.IGNORECASE)
        known = before.anchor.kind if back and before.anchor else None
        base = "rate" if (back and not before.anchor) or _PEOPLE_BEFORE.search(topic["whole"]) else known
    if setting.quantity.unit == "fraction" and _PEOPLE_IN.search(setting.quantity.text):
        return {"rate": 4.6}, "of-people"
    which = _WHICH.match(right)
    if which:
        heads = [m[0] for m in _PEOPLE_BEFORE.finditer(left[-90:])]
        return ({"rate": 6.0}, "of-them") if heads and base is not None else ({"share": 1.0}, "of-them")
    if before.last and before.last.kind is None and _THAT_IS.search(left):
        return {"share": 7.0}, "that-is"
    if _of_company(setting, mentions):
        return {"stake": 4.5}, "of-company"
    ratio = setting.quantity.unit == "fraction" and re.search(r"\b(?:in|of)\b", setting.quantity.text)
    if ratio and _COUNTED_THINGS.match(right):
        return {"share": 2.4}, "one-in"
    if not topic and not _ALONE.search(left):
        return {}, ""
    does, being = _DOES.match(right), _IS.match(right)
    if does:
        behind = re.split(r"[.;,:\"”“]", right[does.end() : does.end() + 60])[0]
        if _USES.match(does["verb"]) and (
            _named(
                mentions, setting.right_at + does.end(), setting.right_at + does.end() + min(40, len(behind))
            )
            or re.match(r"\s+(?:its|the company['’]s)\s+\w", behind)
        ):
            return {"share": 5.0}, "named-product"
        opines = bool(_OPINES.match(does["verb"]))
        if base is None and not opines:
            return {"share": 3.4}, "part-of-it"
        if before.anchor or topic or opines:
            return {"rate": 6.2}, "part-of-them"
        return {"rate": 2.0}, "part-of-them"
    if being and base is None:
        return {"share": 3.4}, "part-of-it"
    things = _ONE_IN.match(right) if setting.quantity.unit == "fraction" else None
    if things and not _PEOPLE_BEFORE.search(things[0]):
        return {"share": 3.0}, "one-in"
    return {}, ""


def _of_company(setting: Setting, mentions: Sequence[Mention]) -> bool:
    """Whether the whole is a company itself: "5% of Intel", not "5% of Intel's sales" or "20% of YouTube videos"."""
    of = re.match(r"\s+of\s+", setting.right)
    if of is None:
        return False
    start = setting.right_at + of.end()
    first = bisect_left(mentions, start, key=attrgetter("start"))  # mentions are sorted
    here = takewhile(lambda m: m.start == start, islice(mentions, first, None))
    named = next((m for m in here if m.entity.startswith(("company:", "lab:"))), None)
    return bool(
        named
        and re.match(
            r"\s*(?:[.,;:)]|\Z)|\s+(?:at|for|in exchange|through|and)\b",
            setting.full[named.end : named.end + 14],
        )
    )


_COUNTED_THINGS: Final = expression(
    rf"\s+(?:(?!of\b|in\b)[\w'’-]+\s+){{0,2}}?(?!cases|tasks)(?:{WHOLES})\b", re.IGNORECASE
)
_ONE_IN: Final = expression(
    r"\s+(?:of\s+)?(?:(?!of\b|in\b|the\b)[\w'’-]+\s+){1,4}?(?:is|are|was|were|comes?|came|goes|contains?|carr(?:y|ies)|mentions?|includes?|shows?)\b",
    re.IGNORECASE,
)


def _held_by_product(setting: Setting, mentions: Sequence[Mention]) -> float:
    """What speaks for a share although people are counted: they use a named product, or are its customers."""
    right = re.split(r"[;.](?:\s|\Z)|\n", setting.right[:160])[0]
    group = _PEOPLE_OF.match(right)
    if not group:
        return 0.0
    end = setting.right_at + group.end()
    behind = right[group.end() : group.end() + 90]
    if _IDENTITY.match(behind):
        return 4.0
    uses = _USES.search(behind)
    if uses and _named(mentions, end + uses.start(), end + min(uses.end() + 50, len(behind))):
        return 5.0
    if (
        _CUSTOMERS.search(group["head"])
        and _named(mentions, setting.right_at, end)
        and not re.match(
            rf"\s+(?:who|click|(?:[^.;]{{0,50}}\b)?(?:{OPINION}|forecasting|predicting|expecting)\b)", behind
        )
    ):
        return 3.0
    return 0.0


def _named(mentions: Sequence[Mention], start: int, end: int) -> bool:
    return any(m.lab for m in beginning_in(mentions, start, end))


__all__ = ["Decision", "Verdict", "decide"]
