"""Which amounts of use a text states, whose they are and what place they give: "seventh with 1.5T tokens in May".

    find_amounts ── settings ── holding, period, platform, rank ──► Volume

The words around an amount are read as those around a share are (attribution, share_fields, share_holders); what differs is
what an amount is of: nothing is divided, so there is no metric beside the unit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from labtape.annotate.attribution import Holding, holding
from labtape.annotate.attribution_zh import holding_zh
from labtape.annotate.han_text import passage
from labtape.annotate.ranks import find_ranks, rank_of
from labtape.annotate.share_context import Setting, settings, title_end_of
from labtape.annotate.share_fields import (
    period_of,
    platform_of,
    platforms,
    population_of,
    role_of,
)
from labtape.annotate.share_holders import countries_in, labs_of, mentions_within
from labtape.annotate.share_sources import announced_source, announcements, attributed_to
from labtape.text.amounts import Amount, find_amounts
from labtape.text.periods import find_periods
from labtape.types import Mention, Period, Span, Volume

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from labtape.lexicon.entries import Lexicon

_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
MOST: Final = 400
"""Amounts read of one text; one that has more is a table of data and no article, and each costs about a millisecond."""
_LONGEST: Final = 700  # characters of a sentence whose only period may be that of all its amounts


def _only_period(full: str, setting: Setting, at: datetime | None) -> Period | None:
    """The period of a sentence that names just one: an amount is stated for it, however many words lie between."""
    start, end = setting.sentence.start, setting.sentence.end
    found = find_periods(full[start:end], at) if end - start <= _LONGEST else ()
    return found[0][1] if len(found) == 1 and found[0][1].start else None


_STUDY: Final = re.compile(
    r"\A[-\s]?tokens?[-\s](?:(?:usage|state-of-AI|AI)[-\s])?(?P<what>study|report|analysis|dataset|data set|survey|review)\b",
    re.IGNORECASE,
)
"""An amount that names what is studied: "the 100-trillion-token study"."""
_FOR: Final = re.compile(
    r"\A\s*(?:tokens?\s+)?(?:(?:a|per|each) (?:day|week|month|year)\s+|(?:daily|weekly|monthly)\s+)?(?:for|from|by)\s+(?P<who>(?:the\s+)?[\w’'.-]*[\w’'](?:\s[\w’'.-]*[\w’']){0,4}?)(?=[.,;:)]|\s+(?:in|on|at|and|while|with|over|a|per|for|during|last|this|that|which)\b|\s*\Z)",
    re.IGNORECASE,
)
_GROUP_BEHIND: Final = re.compile(
    r"\A\s*(?P<who>(?:Chinese|American|US|U\.S\.|European|open-(?:weight|source)|closed)(?:\s(?:models?|labs?|providers?|makers?|companies))?)\b",
    re.IGNORECASE,
)


def find_volumes(
    full: str, sentences: Sequence[Span], mentions: Sequence[Mention], lexicon: Lexicon, at: datetime | None
) -> tuple[Volume, ...]:
    """Every amount of tokens or requests that somebody uses, in order; a text without such words costs one look for them."""
    amounts = find_amounts(full)[:MOST]
    if not amounts:
        return ()
    mentions = sorted(mentions, key=lambda m: m.start)
    places, announced = platforms(full, mentions), announcements(full)
    names = tuple((m.start, m.end) for m in mentions if m.lab)
    around = tuple(settings(full, sentences, [amount.quantity for amount in amounts]))
    ranks = {sentence: find_ranks(full, sentence) for sentence in {setting.sentence for setting in around}}
    found: list[Volume] = []
    for i, (amount, setting) in enumerate(zip(amounts, around, strict=True)):
        before = around[i - 1] if i and around[i - 1].sentence == setting.sentence else None
        after = around[i + 1] if i + 1 < len(around) and around[i + 1].sentence == setting.sentence else None
        last = found[-1] if before and found else None
        held = _named(_holder(setting, amount, mentions, names, before, last))
        countries = countries_in(held.subject, lexicon.countries)
        named = mentions_within(mentions, *held.subject_at) if held.subject_at else ()
        labs = labs_of([m for m in named if m.lab and not m.lab.startswith("platform:")])
        role = role_of(setting, at, before=before, after=after)
        q = amount.quantity
        rank = rank_of(full, q.outer_start, q.outer_end, ranks[setting.sentence])
        found.append(
            Volume(
                start=q.start,
                end=q.end,
                text=q.text,
                value=q.value,
                low=q.low,
                high=q.high,
                bound=q.bound,
                unit=amount.unit,
                per=amount.per,
                rank=rank.place if rank else None,
                role=role,
                subject=held.subject,
                subject_entities=tuple(dict.fromkeys([*(m.entity for m in named), *labs, *countries])),
                subject_labs=labs,
                population=population_of(setting),
                platform=platform_of(setting, amount.unit, places) or _platform_in(named),
                period=period_of(setting, at, before=before, after=after, role=role)
                or _only_period(full, setting, at),
                attributed_to=attributed_to(
                    setting, announced_source(full, announced, setting.sentence.start)
                ),
                sentence=setting.sentence,
                rule=amount.found,
            )
        )
    return tuple(found)


_NOBODY: Final = re.compile(
    r"(?:the\s+)?(?:(?:weekly|daily|monthly|total|overall|combined|token|tokens|volume|traffic|usage|consumption|use|figure|number|amount|count|it|that|this)(?:\s+|\Z))+|[\d.,%\s]+",
    re.IGNORECASE,
)


def _platform_in(named: Sequence[Mention]) -> str | None:
    """A platform that is itself the holder: "OpenRouter handled 25 trillion tokens"."""
    return next((m.entity for m in named if m.entity.startswith("platform:")), None)


_BESIDE: Final = re.compile(r"\s?[(:|–—]\s?|\s")
_PLACE: Final = re.compile(r"\A(?:#|No\.\s?)?\d{1,2}[.):]?\s+(?=[A-Z])")


def _named(held: Holding) -> Holding:
    """The holder without the place in a list before it; words for the amount itself are no holder."""
    subject = _PLACE.sub("", held.subject or "").rstrip(" .,;:")
    if not subject or _NOBODY.fullmatch(subject):
        return replace(held, subject=None, subject_at=None)
    return replace(held, subject=subject)


def _holder(
    setting: Setting,
    amount: Amount,
    mentions: Sequence[Mention],
    names: tuple[tuple[int, int], ...],
    before: Setting | None,
    last: Volume | None,
) -> Holding:
    """Whose amount it is: named behind ("for US models"), before, or taken from the amount before."""
    study = _STUDY.match(setting.right)
    if study:
        return Holding(study["what"].lower(), None, None, None)
    for pattern in (_FOR, _GROUP_BEHIND):
        behind = pattern.match(setting.right)
        if behind and (pattern is _GROUP_BEHIND or before):
            start = setting.right_at + behind.start("who")
            return Holding(behind["who"], (start, setting.right_at + behind.end("who")), None, None)
    name = _name_before(setting, mentions, before)
    if (
        name is not None and name.end > setting.quantity.start
    ):  # "Qwen 5.59 trillion": the number was read as a version
        words = setting.full[name.start : setting.quantity.outer_start].rstrip()
        return Holding(words, (name.start, name.end), None, None)
    if name is not None and _BESIDE.fullmatch(setting.full[name.end : setting.quantity.outer_start]):
        return Holding(name.text, (name.start, name.end), None, None)
    if _HAN.search(setting.left[-30:] + setting.right[:10]):
        title_end = title_end_of(setting.full)
        since = before.quantity.end if before else 0
        held = holding_zh(passage(setting.full, None, names), setting, mentions, title_end, None, since)
    else:
        gap = setting.full[before.quantity.end : setting.quantity.outer_start] if before else None
        held = holding(setting, amount.found, gap)
    if held.is_pronoun and held.subject is None and last is not None:
        return replace(held, subject=last.subject)
    if name is not None and (held.subject is None or held.subject_at is None):
        return Holding(name.text, (name.start, name.end), None, None)
    return held


def _name_before(setting: Setting, mentions: Sequence[Mention], before: Setting | None) -> Mention | None:
    """The last name of a lab or model in the amount's own part of the sentence: "DeepSeek 1.12T"."""
    since = before.quantity.end if before else setting.sentence.start
    until = bisect_left(mentions, setting.quantity.start, key=attrgetter("start"))
    last = mentions[until - 1] if until else None
    near = last is not None and last.start >= since and last.lab and setting.quantity.start - last.end <= 12
    return last if near else None
