"""Which share claims do not hold up, as far as the article itself can tell.

share_sum_over_100        shares of one whole at one time add up to more than the whole
part_exceeds_whole        a share above 100 %
direction_word_mismatch   "rose from 50% to 30%"
delta_across_keys         "up from": the two figures rest on different bases
period_unstated           a comparison with an earlier figure that says no time for either
denominator_dropped       another claim of the same figure names a population that this one leaves out
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from labtape.types import Check, Share, Span

if TYPE_CHECKING:
    from labtape.annotate.comparability import Basis

_RISE: Final = re.compile(
    r"\b(?:rose|risen|rising|rises?|grew|growing|grown|climb\w*|jump\w*|increas\w+|surg\w+|up|doubl\w+|gain\w*|expand\w*)\b|升至|增至|提升|上升|增长",
    re.IGNORECASE,
)
_FALL: Final = re.compile(
    r"\b(?:fell|fall\w*|drop\w*|declin\w+|decreas\w+|slid\w*|down|shr[aiu]nk\w*|slip\w*|plung\w+|los(?:t|ing))\b|降至|下降|下滑|跌至|减少",
    re.IGNORECASE,
)
SLACK: Final = 2.0
"""Points by which rounded shares may pass 100 together."""


def checked(full: str, shares: Sequence[Share], bases: Mapping[int, Basis]) -> tuple[Share, ...]:
    """The shares with what the article itself says against them; `bases` is by a share's start."""
    found: dict[int, list[Check]] = {share.start: [] for share in shares}
    for share in shares:
        if share.low > 100:
            found[share.start].append(
                Check("part_exceeds_whole", f"{share.text} is more than the whole", (_span(share),))
            )
    moves: dict[Span, tuple[float, float]] = {}
    for earlier, later in pairwise(shares):
        if not _compared(earlier, later):
            continue
        if earlier.sentence not in moves:
            moves[earlier.sentence] = _first_moves(full, earlier.sentence)
        for start, check in _pair(moves[earlier.sentence], earlier, later, bases):
            found[start].append(check)
    for start, check in _sums(shares, bases):
        found[start].append(check)
    return tuple(
        replace(share, checks=tuple(found[share.start])) if found[share.start] else share for share in shares
    )


def _span(share: Share) -> Span:
    return Span(share.start, share.end)


def _compared(first: Share, second: Share) -> bool:
    """Whether one of two neighbours in one sentence is the earlier figure of the other."""
    return (
        first.sentence == second.sentence
        and "baseline" in (first.role, second.role)
        and first.role != second.role
    )


def _first_moves(full: str, sentence: Span) -> tuple[float, float]:
    """Where the first word for a rise and the first for a fall end in a sentence; infinity where there is none."""
    rise, fall = (pattern.search(full, sentence.start, sentence.end) for pattern in (_RISE, _FALL))
    return rise.end() if rise else math.inf, fall.end() if fall else math.inf


def _pair(
    moves: tuple[float, float], first: Share, second: Share, bases: Mapping[int, Basis]
) -> list[tuple[int, Check]]:
    """What a comparison of two neighbouring figures in one sentence gets wrong; `moves` as `_first_moves`."""
    base, now = (first, second) if first.role == "baseline" else (second, first)
    evidence = (_span(first), _span(second))
    out: list[tuple[int, Check]] = []
    rises, falls = (end <= second.end for end in moves)
    if rises != falls:
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
    if (
        bases[base.start].population != bases[now.start].population
        or bases[base.start].platform != bases[now.start].platform
    ):
        out.append(
            (
                now.start,
                Check(
                    "delta_across_keys", f"{base.text} and {now.text} have different denominators", evidence
                ),
            )
        )
    if base.period is None and now.period is None:
        out.append(
            (
                base.start,
                Check("period_unstated", f"no time is given for {base.text} or {now.text}", evidence),
            )
        )
    return out


def _sums(shares: Sequence[Share], bases: Mapping[int, Basis]) -> list[tuple[int, Check]]:
    """Shares of one whole, held by different holders in one sentence, that pass 100 together."""
    groups: dict[tuple[Span, str, str, str], list[Share]] = {}
    for share in shares:
        basis = bases[share.start]
        if share.role == "current" and share.statistic in ("snapshot", "unknown") and basis.metric:
            groups.setdefault((share.sentence, basis.metric, basis.population, basis.platform), []).append(
                share
            )
    out = []
    for members in groups.values():
        holders = {bases[share.start].group for share in members}
        total = sum(share.low for share in members)
        if len(members) > 1 and len(holders) == len(members) and "" not in holders and total > 100 + SLACK:
            spans = tuple(_span(share) for share in members)
            out.append(
                (
                    members[-1].start,
                    Check("share_sum_over_100", f"together {round(total, 2)} % of one whole", spans),
                )
            )
    return out


def denominator_dropped(claim: Share, others: Sequence[Share]) -> Check | None:
    """A finding when another claim of the same figure is of a narrower whole than `claim` says.

    Same platform (or none said), overlapping interval and related metric, and the other names a population
    where `claim` names none. Used over a story or a ledger, where the others come from other articles.
    """
    if claim.population or claim.role != "current":
        return None
    for other in others:
        same_place = other.platform == claim.platform or None in (other.platform, claim.platform)
        close = other.low <= claim.high and claim.low <= other.high and abs(other.value - claim.value) <= 1.0
        if other.population and same_place and close and _related(claim.metric, other.metric):
            detail = f"{other.text} is of {other.population}; here the whole is not said to be that"
            return Check("denominator_dropped", detail, (_span(claim),))
    return None


def _related(a: str | None, b: str | None) -> bool:
    """Whether two metrics may be one: a word in common, or one unsaid."""
    if not a or not b:
        return True
    tokens = [
        set(re.findall(r"[a-z]{4,}|[\u4e00-\u9fff]{2}", metric.lower().replace("tokens", "token")))
        for metric in (a, b)
    ]
    usage = {"token", "traffic", "usage", "volume", "inference"}
    return bool(tokens[0] & tokens[1]) or bool(tokens[0] & usage and tokens[1] & usage)
