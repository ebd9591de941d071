"""Is a number a share, or which other percentage is it? The cues' sums, and what lists inherit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.annotate.percentages import kind_of
from labtape.annotate.share_cues import PEOPLE, Verdict, weigh

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
_LEVEL: Final = re.compile(
    r"\b(?:ris(?:e|en|es|ing)|rose|grow(?:n|s|ing)?|grew|climb\w*|jump\w*|increas\w*|fall(?:en|s|ing)?|fell|drop\w*|declin\w*|slip\w*|shrink|shrank|reach\w*|hit|stood|stands|was|is|were|are|remained)\s+(?:to|at|just|only)?\s*\Z",
    re.IGNORECASE,
)

_LIST: Final = re.compile(
    r"^(?:[^.;!?。；]{0,110}?)(?:\b(?:and|or|at|with|to|by|on|while|for|from|versus|vs\.?|had|has|held|holds?|is|was|took|followed by|compared (?:with|to)|than|against|commanded|reached|averaging|average[ds]?|peak\w*|about)\b|(?:,|\band|\bwhile|\bbut)\s+(?:the\s+)?(?-i:[A-Z][\w.’'&-]*\s*){1,4}|[，；](?:而)?(?:去年|上年|此前|一年前|今年|同期|上季|当前|目前|其中)[^，。；]{0,8}|[,(:、，和及为達达至到])\s*(?:(?:the|a|for|just|only|another|of)\s+)*\Z",
    re.IGNORECASE,
)
_USES: Final = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|cho(?:se|ose|oses|osing|sen)|pay(?:s|ing)?(?: for)?|paid|adopt(?:s|ed|ing)?|subscrib\w+|rel(?:y|ies|ied|ying)|run(?:s|ning)?|built|build|work(?:s|ed)? with|deploy\w*|prefer\w*|pick(?:s|ed)?|switch\w*|customers|clients|turn(?:ed)? to|try|tried|rent\w*|leas\w*|buy\w*|bought|licen[cs]\w*|host\w*)\b",
    re.IGNORECASE,
)
_PEOPLE_OF: Final = re.compile(
    rf"\s+(?:of\s+)?(?P<group>(?:[\w'’.&$€£¥,\-\"“”+/]+\s+){{0,4}}?(?P<head>{PEOPLE}))\b", re.IGNORECASE
)
_IDENTITY: Final = re.compile(
    rf"\s*(?:\w+\s+){{0,3}}?\b(?:were|was|are|is)\s+(?:[\w’'-]+\s+){{0,3}}?(?:{PEOPLE})\b", re.IGNORECASE
)
_CUSTOMERS: Final = re.compile(r"\b(?:users|customers|subscribers|clients)\Z", re.IGNORECASE)


def decide(settings: Sequence[Setting], mentions: Sequence[Mention], *, han: bool) -> Iterator[Decision]:
    """Each number as a share or another kind, in order; a list goes on as it began."""
    previous: Decision | None = None
    for setting in settings:
        if previous and previous.setting.sentence != setting.sentence:
            near = setting.quantity.start - previous.setting.quantity.end < NEXT_SENTENCE
            levels_on = previous.kind is None and near and bool(_LEVEL.search(setting.left))
            previous = None
        else:
            levels_on = False
        previous = _decide(setting, mentions, previous, levels_on=levels_on, han=han)
        yield previous


def _decide(
    setting: Setting, mentions: Sequence[Mention], previous: Decision | None, *, levels_on: bool, han: bool
) -> Decision:
    verdict = weigh(setting, han=han)
    share = verdict.weight("share")
    others = max((w for kind, w in verdict.weights if kind != "share"), default=0.0)
    rule = verdict.rule("share")
    if verdict.rule("rate") in ("of-people", "say") and others == verdict.weight("rate"):
        share += _held_by_product(setting, mentions)
        rule = "named-product" if not verdict.weight("share") else rule
    gap = setting.full[previous.setting.quantity.end : setting.quantity.outer_start] if previous else ""
    goes_on = bool(previous and len(gap) < 140 and _LIST.match(gap))
    if levels_on:
        share += 2.0
        rule = rule if verdict.weight("share") > 2 else "level"
    if previous and previous.kind is None and goes_on:
        share += 2.6
        rule = rule if verdict.weight("share") else "list"
    if previous and previous.kind is not None and goes_on and verdict.rule("share") in _WEAK:
        share -= 1.5
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


def _held_by_product(setting: Setting, mentions: Sequence[Mention]) -> float:
    """What speaks for a share although people are counted: they use a named product, or are its customers."""
    right = re.split(r"[;.](?:\s|\Z)", setting.right[:160])[0]
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
        and not re.match(r"\s+(?:who|say|said|click)", behind)
    ):
        return 3.0
    return 0.0


def _named(mentions: Sequence[Mention], start: int, end: int) -> bool:
    return any(start <= m.start < end and m.lab for m in mentions)


__all__ = ["Decision", "Verdict", "decide"]
