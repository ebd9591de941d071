"""Which share claims do not hold up, as far as the share and its neighbour can tell; claim_checks has the others.

part_exceeds_whole        a share above 100 %
direction_word_mismatch   "rose from 50% to 30%"
delta_across_keys         "up from": the two figures rest on different bases
period_unstated           a comparison with an earlier figure that says no time for either
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from labtape.annotate.comparability import differences
from labtape.annotate.share_context import title_end_of
from labtape.expressions import expression
from labtape.types import Check, Share, Span

if TYPE_CHECKING:
    from labtape.annotate.comparability import Basis

_RISE: Final = expression(
    r"\b(?:rose|risen|rising|rises?|grew|growing|grown|climb\w*|jump\w*|increas\w+|surg\w+|(?<!ma[dk]e )(?<!makes )(?<!making )up|doubl\w+|gain\w*|expand\w*)\b|升至|增至|提升|上升|增长",
    re.IGNORECASE,
)
_FALL: Final = expression(
    r"\b(?:fell|fall\w*|drop\w*|declin\w+|decreas\w+|slid\w*|down|shr[aiu]nk\w*|slip\w*|plung\w+|los(?:t|ing))\b|降至|下降|下滑|跌至|减少",
    re.IGNORECASE,
)


def checked(full: str, shares: Sequence[Share], bases: Mapping[int, Basis]) -> tuple[Share, ...]:
    """The shares with what the article itself says against them; `bases` is by a share's start."""
    found: dict[int, list[Check]] = {share.start: [] for share in shares}
    for share in shares:
        if share.low > 100:
            found[share.start].append(
                Check("part_exceeds_whole", f"{share.text} is more than the whole", (_span(share),))
            )
    for earlier, later in pairwise(shares):
        if not _compared(full, earlier, later):
            continue
        for start, check in _pair(full, _first_moves(full, earlier), earlier, later, bases):
            found[start].append(check)
    for start, check in _chains(full, shares, bases):
        found[start].append(check)
    return tuple(
        replace(share, checks=tuple(found[share.start])) if found[share.start] else share for share in shares
    )


def reasons(first: Basis, second: Basis, *, stated: bool = False) -> tuple[str, ...]:
    """What sets two bases apart that a reader can see, in words; how it is worded and who is meant by a pronoun is no reason.

    A peak against a level is none: "up from 48% at the last peak" names the time. A group is one where both name a country and what is
    counted of it ("Chinese providers", "Chinese open-weight models"). With `stated` a field counts only where both name it.
    """
    found = []
    for field in differences(first, second):
        a, b = getattr(first, field), getattr(second, field)
        if stated and not (a and b):
            continue
        if field in ("population", "platform") or (field == "statistic" and {a, b} != {"peak", "snapshot"}):
            found.append(f"{field} {a or 'not stated'} / {b or 'not stated'}")
        elif field == "group" and _is_kind_of_country(a) and _is_kind_of_country(b):
            found.append(f"group {a} / {b}")
    return tuple(found)


_TO: Final = expression(r"\bto\b|[至到]", re.IGNORECASE)
_FROM: Final = expression(r"\b(?:from|than|against|versus|compared)\b|[从由自较]", re.IGNORECASE)
_CHAIN: Final = 3
_STEP: Final = expression(r"\b(?:to|then|before|reach(?:es|ed|ing)?|hit|and|after)\b|→|->|,", re.IGNORECASE)
_KINDS: Final = frozenset({"maker", "model", "open-weight", "open-source"})


def _is_kind_of_country(group: str) -> bool:
    words = set(group.split())
    return bool(words & {"china", "us", "europe"}) and bool(words & _KINDS)


def _span(share: Share) -> Span:
    return Span(share.start, share.end)


_THAT_IS_UP: Final = expression(
    r"\s*(?:(?:that|this|it|which) (?:is|was)|that['’]s|it['’]s)?\s*(?:up|down|compared|against|versus|more than double)\b",
    re.IGNORECASE,
)


def _compared(full: str, first: Share, second: Share) -> bool:
    """Whether one of two neighbours is the earlier figure of the other: in one sentence, or "That is up from …" in the next."""
    if "baseline" not in (first.role, second.role) or first.role == second.role:
        return False
    if first.sentence == second.sentence:
        return True
    follows = 0 <= second.sentence.start - first.sentence.end <= 3 and second.role == "baseline"
    return follows and bool(_THAT_IS_UP.match(full, second.sentence.start))


def _first_moves(full: str, first: Share) -> tuple[float, float]:
    """Where the first word for a rise and the first for a fall end, from just before a figure to its sentence's end; else infinity."""
    since = max(first.sentence.start, first.start - _MOVED)
    rise, fall = (
        pattern.search(full, since, min(first.sentence.end, since + 4 * _MOVED)) for pattern in (_RISE, _FALL)
    )
    return rise.end() if rise else math.inf, fall.end() if fall else math.inf


_MOVED: Final = 90  # characters between the word for a move and the first of its two figures


def _pair(
    full: str, moves: tuple[float, float], first: Share, second: Share, bases: Mapping[int, Basis]
) -> list[tuple[int, Check]]:
    """What a comparison of two neighbouring figures in one sentence gets wrong; `moves` as `_first_moves`."""
    base, now = (first, second) if first.role == "baseline" else (second, first)
    evidence = (_span(first), _span(second))
    out: list[tuple[int, Check]] = []
    rises, falls = (end <= second.end for end in moves)
    is_worded = (_TO if base is first else _FROM).search(full, first.end, second.start)
    if rises != falls and is_worded:
        wrong = now.high < base.low if rises else now.low > base.high
        if wrong:
            said = "rise" if rises else "fall"
            out.append(
                (
                    now.start,
                    Check(
                        "direction_word_mismatch", f"said to {said} from {base.text} to {now.text}", evidence
                    ),
                )
            )
    apart = reasons(bases[base.start], bases[now.start])
    if apart:
        detail = f"{base.text} and {now.text} rest on different bases: {'; '.join(apart)}"
        out.append((now.start, Check("delta_across_keys", detail, evidence)))
    if base.period is None and now.period is None and not _is_timed(full, first, second):
        out.append(
            (
                base.start,
                Check("period_unstated", f"no time is given for {base.text} or {now.text}", evidence),
            )
        )
    return out


_TIME: Final = expression(
    r"\b(?:19|20)\d\d\b|\b(?:days?|weeks?|months?|quarters?|years?|half|summer|spring|autumn|fall of|winter|decades?|ago|earlier|today|yesterday|overnight|previously|once|until|January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.|Q[1-4])(?![A-Za-z])"
    r"|\b\w+(?:day)\b|[年月季周日天]|此前|上一|原来|之前",
)
_NEAR: Final = 400  # characters before a comparison whose time may be its own
_BEHIND: Final = 120


def _is_timed(full: str, first: Share, second: Share) -> bool:
    """Whether some time is named near a comparison, or it is a headline's, whose time is the body's, or of two holders."""
    title_end = title_end_of(full)
    labs = set(first.subject_labs), set(second.subject_labs)
    if first.start < title_end or (labs[0] and labs[1] and not labs[0] & labs[1]):
        return True
    start = max(title_end, first.start - _NEAR)
    return bool(_TIME.search(full, start, second.end + _BEHIND))


def _chains(full: str, shares: Sequence[Share], bases: Mapping[int, Basis]) -> Iterator[tuple[int, Check]]:
    """Three figures or more that one sentence tells as one rise or fall, though they rest on different bases."""
    for sentence, members in groupby(shares, key=lambda share: share.sentence):
        chain = [share for share in members if share.role != "projected"]
        if len(chain) < _CHAIN or len({share.subject_labs for share in chain}) > 1:
            continue
        if not (
            _RISE.search(full, sentence.start, chain[0].start)
            or _FALL.search(full, sentence.start, chain[0].start)
        ):
            continue
        if not all(_STEP.search(full, a.end, b.start) for a, b in pairwise(chain)):
            continue
        first = chain[0]
        apart = tuple(
            dict.fromkeys(r for share in chain[1:] for r in reasons(bases[first.start], bases[share.start]))
        )
        if apart:
            told = " → ".join(share.text for share in chain)
            yield (
                chain[-1].start,
                Check(
                    "delta_across_keys",
                    f"{told} is no one series: {'; '.join(apart)}",
                    tuple(map(_span, chain)),
                ),
            )
