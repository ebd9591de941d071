"""Places that do not go with their figures: seventh with 1.5T tokens, and fourth with 1.12T.

rank_value_mismatch   of two figures of one order, the better place has the smaller figure
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from labtape.annotate.claims import Claim, is_same_place, may_be_one_time, runs, span_of
from labtape.annotate.comparability import metric_name
from labtape.annotate.ranks import Rank, find_ranks, rank_of
from labtape.text.hedges import hedge_before
from labtape.types import Check, Share, Volume

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_REACH: Final = (
    320  # characters between two figures of one order: a neighbouring sentence or the next line of a list
)
_MOST: Final = 12  # figures of one run that are compared with each other; a longer list goes by neighbours
_QUALIFIER: Final = re.compile(
    r"[^.;:,(]{0,30}?\b(?:(?P<where>(?:in|among|of|outside)\s(?:the\s)?[A-Z][\w.]*)|(?P<measure>by\s[a-z]+))",
    re.ASCII,
)
"""What makes an order another one: "third in Europe", "second by downloads"."""
_BEHIND: Final = re.compile(
    r"[^.;。；\d]{0,40}?[,(]?\s*(?:just\s|well\s|far\s|close\s|narrowly\s)?(?P<word>behind|trailing|ahead of)\s[^.;,。；\d]{1,50}\Z"
)


@dataclass(frozen=True, slots=True)
class _Ranked:
    claim: Claim
    place: int
    order: str  # the qualifier of the place, "" for none


def rank_checks(full: str, claims: Sequence[Claim]) -> Iterator[tuple[int, Check]]:
    """The start of each claim whose place does not fit its figure, with the check; `claims` are sorted by start."""
    ranks = {sentence: find_ranks(full, sentence) for sentence in {claim.sentence for claim in claims}}
    current = (claim for claim in claims if claim.role == "current" and ranks[claim.sentence])
    ranked = [made for claim in current if (made := _ranked(full, claim, ranks[claim.sentence]))]
    by_claim = {made.claim.start: made for made in ranked}
    for run in runs([made.claim for made in ranked], reach=_REACH):
        members = [by_claim[claim.start] for claim in run]
        if any(member.order == _ITEMS for member in members) and not _is_ranking(members):
            continue
        pairs = combinations(members, 2) if len(members) <= _MOST else pairwise(members)
        for a, b in pairs:
            better, worse = (a, b) if a.place < b.place else (b, a)
            if _is_one_order(better, worse) and better.claim.high < worse.claim.low:
                yield worse.claim.start, _mismatch(better, worse)
                break
    yield from _relations(full, claims)


def _ranked(full: str, claim: Claim, ranks: Sequence[Rank]) -> _Ranked | None:
    hedge = hedge_before(full[max(0, claim.start - 64) : claim.start])
    at = claim.start - min(64, claim.start) + hedge[1] if hedge else claim.start
    rank = rank_of(full, at, claim.end, ranks)
    if rank is None:
        return None
    if rank.is_item:
        return _Ranked(claim, rank.place, _ITEMS)
    named = _QUALIFIER.match(full, rank.end)
    return _Ranked(
        claim,
        rank.place,
        named[0].split()[-1].casefold() if named and rank.end <= at and named.end() <= at else "",
    )


_ITEMS: Final = "items of a list"
_LIST: Final = 4  # lines of a list whose numbers may be places; fewer may be points that somebody makes


def _is_ranking(members: Sequence[_Ranked]) -> bool:
    """Whether numbered lines are places: four or more, counted on, and falling but for one."""
    items = [member for member in members if member.order == _ITEMS]
    counted_on = all(b.place == a.place + 1 for a, b in pairwise(items))
    inversions = sum(a.claim.high < b.claim.low for a, b in pairwise(items))
    return len(items) == len(members) >= _LIST and counted_on and inversions <= 1


def _is_one_order(a: _Ranked, b: _Ranked) -> bool:
    """Whether two places are of one order: the same unit, time and place, and two holders."""
    return a.place != b.place and a.order == b.order and _is_alike(a.claim, b.claim)


def _is_alike(a: Claim, b: Claim) -> bool:
    if not (is_same_place(a, b) and may_be_one_time(a, b)):
        return False
    if isinstance(a, Volume) and isinstance(b, Volume):
        return a.unit == b.unit and (a.per == b.per or None in (a.per, b.per))
    if isinstance(a, Share) and isinstance(b, Share):
        names = {metric_name(a.metric), metric_name(b.metric)}
        return (
            len(names - {""}) < 2
            and a.statistic in ("snapshot", "unknown")
            and b.statistic in ("snapshot", "unknown")
        )
    return False


def _mismatch(better: _Ranked, worse: _Ranked) -> Check:
    detail = f"place {worse.place} has {worse.claim.text}, more than the {better.claim.text} of place {better.place}"
    evidence = tuple(sorted((span_of(better.claim), span_of(worse.claim))))
    return Check("rank_value_mismatch", detail, evidence)


def _relations(full: str, claims: Sequence[Claim]) -> Iterator[tuple[int, Check]]:
    """ "third with 20%, behind Alpha's 12%": the words between two figures say which is the larger one."""
    for a, b in pairwise(claims):
        if a.sentence != b.sentence or a.role != "current" or not _is_alike(a, b):
            continue
        match = _BEHIND.match(full[a.end : b.start]) if b.start - a.end <= 100 else None
        if match is None:
            continue
        is_ahead = match["word"] == "ahead of"
        if (a.high < b.low) if is_ahead else (a.low > b.high):
            detail = f"{a.text} is said to be {'ahead of' if is_ahead else 'behind'} {b.text}"
            yield a.start, Check("rank_value_mismatch", detail, (span_of(a), span_of(b)))
