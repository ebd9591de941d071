"""Parts and wholes that do not go together.

share_sum_over_100   shares of one whole at one time, of different holders, pass 100 together
part_exceeds_whole   an amount above the total that is stated with it
total_mismatch       parts that do not add up to the total the text makes of them; a share that is not its amount of the total
delta_across_keys    parts of different wholes that are added
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import combinations
from typing import TYPE_CHECKING, Final

from labtape.annotate.claims import (
    Claim,
    basis_of,
    holder_of,
    is_of_people,
    is_same_place,
    may_be_one_time,
    runs,
    span_of,
)
from labtape.annotate.comparability import metric_name, normalised
from labtape.expressions import expression
from labtape.types import Check, Share, Span, Volume

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SLACK: Final = 2.0
"""Points by which rounded shares may pass 100 together."""
_REACH: Final = 220  # characters from one part to the next of a list, a table or neighbouring sentences
_FEW: Final = 40  # parts of one whole; a longer run is a page of figures and not one whole
_TOGETHER: Final = expression(
    r"\b(?:together|combined|collectively|altogether|between them|in total|in all|add(?:s|ed|ing)?(?: up)? to|sum(?:s|med|ming)?(?: up)? to|total(?:s|l?ed|l?ing) (?=[\w~]*\s?[\w~]*\s?[\d~]))|合计|总计|加起来|合共|共占",
    re.IGNORECASE,
)
_HOW_MANY: Final = expression(
    r"\b(?:the|these|those|all|its|their)\s(?:top\s|other\s)?(?P<n>two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b"
    r"|(?P<han>[两二三四五六])[者家款个]",
    re.IGNORECASE,
)
_THEY: Final = expression(r"\b(?:they|them|both|these)\b|for a (?:combined|total)", re.IGNORECASE)
"""What points back to the figures before: a total of somebody who is named is that one's own."""
_COUNTS: Final = {
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_NEW_WHOLE: Final = expression(r"\b(?:others?|rest|remaining|another|further|also)\b", re.IGNORECASE)
_TOTAL_WORDS: Final = expression(
    r"\b(?:platform|total|overall|whole|all models|altogether|in all|everything|openrouter|site|network|router|marketplace)\b|平台|总量|全平台|总计",
    re.IGNORECASE,
)
_BESIDE: Final = expression(
    r"[\s,(（—–:]*(?:(?:or|and|equal to|equivalent to|that is|i\.e\.|tokens?|about|around|roughly|nearly|some|just|over|under|a week|per week|weekly|a share of|which is|for|of all|of the|of|its|total|traffic|约|占|即)[\s,(（—–:]*){0,6}"
)


def total_checks(
    full: str, shares: Sequence[Share], volumes: Sequence[Volume]
) -> Iterator[tuple[int, Check]]:
    """The start of each figure that does not go with its whole, with the check."""
    yield from _sums(full, shares)
    yield from _majority(full, shares)
    yield from _totals(full, shares)
    yield from _totals(full, volumes)
    yield from _parts_of_volumes(full, shares, volumes)


# ---------------------------------------------------------------- over a hundred


def _sums(full: str, shares: Sequence[Share]) -> Iterator[tuple[int, Check]]:
    parts = [s for s in shares if _is_part(s) and metric_name(s.metric) and not is_of_people(s)]
    groups: dict[tuple[str, ...], list[Share]] = {}
    for share in parts:
        basis, period = basis_of(share), share.period
        key = (
            basis.metric,
            basis.population,
            basis.platform,
            period.text.casefold() if period and not period.is_now else "",
        )
        groups.setdefault(key, []).append(share)
    for group in groups.values():
        for run in runs(group, reach=_REACH):
            yield from _sum(full, run)


_SCORES: Final = expression(
    r"\b(?:right|correct(?:ly)?|accura\w+|scor\w+|solv\w+|passed|benchmark|answered)\b|得分|正确|准确",
    re.IGNORECASE,
)


def _sum(full: str, run: Sequence[Claim]) -> Iterator[tuple[int, Check]]:
    total = sum(share.low for share in run)
    if 1 < len(run) <= _FEW and total > 100 + SLACK and _are_apart(run) and not _is_scored(full, run):
        spans = tuple(span_of(share) for share in run)
        yield run[-1].start, Check("share_sum_over_100", f"together {round(total, 2)} % of one whole", spans)


_MOST: Final = expression(
    r"\b(?:most|the majority|more than half)\b(?:\s(?:of\s)?(?:them|these|those|all|the)\b)?(?:\s[a-z]+){0,2}?\s(?:carry|come|came|are|were|use|have|had|fall under|go|went|ship)\b(?P<what>[^.;,]{3,80})",
    re.IGNORECASE,
)
_OPPOSED: Final = (
    (expression(r"\b(?:permissive|Apache|MIT|BSD)\b", re.IGNORECASE), expression(r"\b(?:non-?commercial|restrictive|proprietary)\b", re.IGNORECASE)),
    (expression(r"\bopen(?:-weights?|-source)?\b", re.IGNORECASE), expression(r"\b(?:closed|proprietary)\b", re.IGNORECASE)),
    (expression(r"\bChinese\b|\bfrom China\b"), expression(r"\b(?:American|US|U\.S\.)(?![\w])")),
)  # fmt: skip
"""Kinds that exclude each other: what is of the one is not of the other."""


def _majority(full: str, shares: Sequence[Share]) -> Iterator[tuple[int, Check]]:
    """ "Most" said of one kind, where the shares beside it leave less than half to it."""
    for run in runs([s for s in shares if _is_part(s) and not is_of_people(s)], reach=_REACH):
        first, last = run[0], run[-1]
        end = full.find("\n\n", last.end)
        match = _MOST.search(full, last.end, min(last.end + _REACH, end if end >= 0 else len(full)))
        metrics = {metric_name(share.metric) for share in run if isinstance(share, Share)}
        total = sum(share.low for share in run)
        if (
            match is None
            or len(run) > _FEW
            or len(metrics) != 1
            or total <= 50 + SLACK
            or total > 100 + SLACK
        ):
            continue
        holders = [share.subject or "" for share in run]
        for one, other in (*_OPPOSED, *((b, a) for a, b in _OPPOSED)):
            is_opposed = all(one.search(words) and not other.search(words) for words in holders)
            if is_opposed and other.search(match["what"]) and not one.search(match["what"]):
                spans = (*(span_of(share) for share in run), Span(match.start(), match.end()))
                words = " ".join(match[0].split())
                detail = f"{round(total, 2):g} % is said of {first.subject}; “{words}” would be more than half beside it"
                yield last.start, Check("share_sum_over_100", detail, spans)


def _is_scored(full: str, run: Sequence[Claim]) -> bool:
    """Whether the words round the figures are those of tests, where everybody may have more than half."""
    return bool(_SCORES.search(full, run[0].sentence.start, min(run[-1].sentence.end, run[-1].end + _REACH)))


def _is_part(claim: Claim) -> bool:
    if isinstance(claim, Share):
        return (
            claim.role == "current"
            and claim.modality == "measured"
            and claim.statistic in ("snapshot", "unknown")
        )
    return claim.role == "current"


def _are_apart(claims: Sequence[Claim]) -> bool:
    """Whether no holder can be part of another: all are labs, all are single countries, or, in one sentence, all are groups of
    which none is the other with a word more."""
    labs = [frozenset(claim.subject_labs) for claim in claims]
    if all(labs):
        return all(not a & b for a, b in combinations(labs, 2))
    if any(labs):
        return False
    entities = [tuple(claim.subject_entities) for claim in claims]
    if all(len(e) == 1 and e[0].startswith("country:") for e in entities):
        return len(set(entities)) == len(entities)
    words = [frozenset(normalised(claim.subject).split()) for claim in claims]
    one_sentence = len({claim.sentence for claim in claims}) == 1
    return one_sentence and all(words) and all(not (a <= b or b <= a) for a, b in combinations(words, 2))


# ---------------------------------------------------------------- totals


def _totals(full: str, claims: Sequence[Claim]) -> Iterator[tuple[int, Check]]:
    """Figures that the text gives as the sum of others: "together they hold 62%"."""
    for i, total in enumerate(claims):
        said = _said_to_be_sum(full, total) if total.role == "current" else None
        if said is None:
            continue
        parts = _parts(claims, i)
        since = max(total.sentence.start, total.start - _REACH)
        counted = _HOW_MANY.search(full, since, total.start)
        n = _count(counted["n"] or counted["han"]) if counted else len(parts)
        points_back = counted or _THEY.search(full, since, total.start)
        if (
            not points_back
            or (total.subject_labs and not counted)
            or len(parts) < 2
            or len(parts) > _FEW
            or n != len(parts)
        ):
            continue
        evidence = tuple(sorted({span_of(claim) for claim in (*parts, total)}))
        wholes = _wholes(parts)
        if wholes:
            detail = f"{' and '.join(part.text for part in parts)} are parts of different wholes ({' / '.join(wholes)}) and do not add up"
            yield total.start, Check("delta_across_keys", detail, evidence)
        elif _are_apart_enough(parts) and not _adds_up(parts, total):
            made = _worded(sum(part.value for part in parts), total)
            yield (
                total.start,
                Check("total_mismatch", f"the parts add up to {made}, not to {total.text}", evidence),
            )


def _count(words: str) -> int:
    return _COUNTS.get(words.lower()) or int(words)


def _said_to_be_sum(full: str, claim: Claim) -> re.Match[str] | None:
    """The words that make a figure the sum of others: left of it in its clause, or directly behind."""
    left = full[max(claim.sentence.start, claim.start - 90) : claim.start]
    clause = re.split(r"[;；。\d]", left)[-1]
    found = _TOGETHER.search(clause)
    if found and not _NEW_WHOLE.search(clause):
        return found
    behind = re.match(r"[^.,;:\d]{0,40}", full[claim.end : min(claim.sentence.end, claim.end + 40)])
    return _TOGETHER.search(behind[0]) if behind else None


def _parts(claims: Sequence[Claim], i: int) -> list[Claim]:
    """The figures a sum is made of: those that follow each other just before it, or, where there are none, just behind."""
    total = claims[i]
    before: list[Claim] = []
    for claim in reversed(claims[max(0, i - _FEW) : i]):
        last = before[-1] if before else total
        if not _is_like(claim, total) or last.start - claim.end > _REACH:
            break
        before.append(claim)
    if len(before) > 1:
        return before[::-1]
    behind: list[Claim] = []
    for claim in claims[i + 1 : i + 1 + _FEW]:
        last = behind[-1] if behind else total
        if not _is_like(claim, total) or claim.start - last.end > _REACH:
            break
        behind.append(claim)
    return behind


def _is_like(part: Claim, total: Claim) -> bool:
    if not _is_part(part) or part.value >= total.high or not may_be_one_time(part, total):
        return False
    if isinstance(part, Volume) and isinstance(total, Volume):
        return part.unit == total.unit and (part.per == total.per or None in (part.per, total.per))
    if isinstance(part, Share) and isinstance(total, Share):
        return part.bound in ("exact", "about") and not is_of_people(part)
    return False


def _wholes(parts: Sequence[Claim]) -> tuple[str, ...]:
    """The wholes of parts that are added, where two of them state different ones."""
    shares = [part for part in parts if isinstance(part, Share)]
    stated = {
        metric_name(f"{share.population or ''} {share.metric or ''}"): share.population or share.metric or ""
        for share in shares
        if share.metric or share.population
    }
    populations = {normalised(share.population) for share in shares if share.population}
    return tuple(stated.values()) if len(populations) > 1 and len(stated) > 1 else ()


def _are_apart_enough(parts: Sequence[Claim]) -> bool:
    """Whether the parts have holders that are known and different."""
    holders = [holder_of(part) for part in parts]
    return all(holders) and all(not a & b for a, b in combinations(holders, 2))


def _adds_up(parts: Sequence[Claim], total: Claim) -> bool:
    """Whether some sum of the parts, each within its wording and rounding, lies in the total's interval."""
    # "over 60" is a floor and no rounding; the parts and a bare total are rounded
    slack = sum(_rounding(claim) for claim in (*parts, *([total] if total.bound == "exact" else [])))
    low, high = sum(part.low for part in parts), sum(part.high for part in parts)
    return low - slack <= total.high and total.low <= high + slack


def _rounding(claim: Claim) -> float:
    """Half of the last digit that is written, in the figure's own unit.

    >>> from types import SimpleNamespace
    >>> round(_rounding(SimpleNamespace(text="12.3%", value=12.3)), 3)
    0.05
    """
    digits = re.search(r"\d[\d,]*(?:\.(?P<fraction>\d+))?", claim.text)
    if digits is None:
        return 0.05 * abs(claim.value)
    written = float(digits[0].replace(",", ""))
    scale = abs(claim.value) / written if written else 1.0
    return float(0.5 * 10 ** -len(digits["fraction"] or "") * scale)


def _worded(value: float, like: Claim) -> str:
    return f"{round(value, 2):g} %" if isinstance(like, Share) else f"{value / 1e12:.4g} trillion"


# ---------------------------------------------------------------- amounts of a total


def _parts_of_volumes(
    full: str, shares: Sequence[Share], volumes: Sequence[Volume]
) -> Iterator[tuple[int, Check]]:
    starts = [share.start for share in shares]
    for run in runs(volumes, reach=2 * _REACH):
        totals = [v for v in run[: _FEW + 1] if isinstance(v, Volume) and _is_total(full, v)]
        if (
            len(run) > _FEW or len(totals) != 1
        ):  # two totals are of two times or places, and nothing says whose parts are whose
            continue
        total = totals[0]
        for part in run:
            if part is total or not isinstance(part, Volume) or not _is_of(part, total):
                continue
            if part.per == total.per and part.low > total.high and holder_of(part):
                spans = tuple(sorted((span_of(part), span_of(total))))
                yield (
                    part.start,
                    Check("part_exceeds_whole", f"{part.text} is more than the total of {total.text}", spans),
                )
            share = _share_beside(full, part, shares, starts)
            if share is not None and not _is_its_part(share, part, total):
                made = round(100 * part.value / total.value, 1)
                spans = tuple(sorted((span_of(share), span_of(part), span_of(total))))
                yield (
                    share.start,
                    Check(
                        "total_mismatch", f"{part.text} of {total.text} is {made} %, not {share.text}", spans
                    ),
                )


def _is_total(full: str, volume: Volume) -> bool:
    """Whether an amount is everybody's: the platform's, "in total", of nobody in particular beside such a word."""
    if volume.role != "current" or volume.population or volume.bound in ("over", "under"):
        return False
    if volume.subject_labs or any(e.startswith(("country:", "model:")) for e in volume.subject_entities):
        return False
    near = full[max(volume.sentence.start, volume.start - 60) : min(volume.sentence.end, volume.end + 40)]
    return bool(_TOTAL_WORDS.search(volume.subject or near))


def _is_of(part: Volume, total: Volume) -> bool:
    return (
        part.role == "current"
        and part.unit == total.unit
        and may_be_one_time(part, total)
        and is_same_place(part, total)
        and (part.per is None or total.per is None or part.per == total.per)
    )


def _share_beside(full: str, part: Volume, shares: Sequence[Share], starts: Sequence[int]) -> Share | None:
    """The share that says the same of a holder as the amount beside it: "4.21T tokens, or 21.1%"."""
    at = bisect_left(starts, part.start)
    for share in shares[max(0, at - 1) : at + 1]:
        if share.sentence != part.sentence or share.role != "current" or share.bound in ("over", "under"):
            continue
        gap = full[part.end : share.start] if part.end <= share.start else full[share.end : part.start]
        if len(gap) <= 60 and _BESIDE.fullmatch(gap):
            return share
    return None


def _is_its_part(share: Share, part: Volume, total: Volume) -> bool:
    slack = max(1.0, 0.06 * share.value)
    low, high = 100 * part.low / total.high, 100 * part.high / total.low
    return share.low - slack <= high and low <= share.high + slack
