"""What shares and volumes have in common when they are checked: whose they are, on what basis, which words show them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from labtape.annotate.comparability import Basis, basis, group_name
from labtape.types import Share, Span, Volume

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Claim = Share | Volume

_PEOPLE: Final = re.compile(
    r"\b(?:users?|people|adults?|customers?|developers?|companies|firms|businesses|enterprises|employees|workers|respondents|consumers|subscribers|households|students|teens?|programmers?|executives|organi[sz]ations|startups?|traders?|investors?|responses?|americans|patients|teachers|buyers)\b|用户|企业|受访|开发者|公司|人",
    re.IGNORECASE,
)


def in_order(shares: Iterable[Share], volumes: Iterable[Volume]) -> list[Claim]:
    """Both kinds in the order of the text."""
    claims: list[Claim] = [*shares, *volumes]
    return sorted(claims, key=lambda claim: claim.start)


def span_of(claim: Claim) -> Span:
    """Where the figure stands."""
    return Span(claim.start, claim.end)


def holder_of(claim: Claim) -> frozenset[str]:
    """Who holds it: the labs, else the words with a sign that they are words; empty if unknown.

    Two claims have one holder when these are equal. A group that is named with a country is more than the country:
    "Chinese open-weight models" and "Chinese providers" are two.
    """
    if claim.subject_labs:
        return frozenset(claim.subject_labs)
    name = group_name(claim.subject)
    return frozenset({f"words:{name}"}) if name else frozenset()


def basis_of(share: Share) -> Basis:
    """What a share rests on, made again from its fields."""
    return basis(
        metric=share.metric,
        group=share.subject,
        labs=share.subject_labs,
        population=share.population,
        platform=share.platform,
        statistic=share.statistic,
    )


def is_of_people(share: Share) -> bool:
    """Whether people or firms are counted: one may be counted for several holders, so such shares need not add up."""
    return bool(_PEOPLE.search(f"{share.metric or ''} {share.population or ''} {share.scope or ''}"))


def is_undated(claim: Claim) -> bool:
    """Whether no period is stated but perhaps "now"."""
    return claim.period is None or claim.period.is_now


def is_same_time(a: Claim, b: Claim) -> bool:
    """Whether two claims state the same period, or neither states one."""
    if a.period is None or b.period is None or is_undated(a) or is_undated(b):
        return is_undated(a) and is_undated(b)
    if a.period.start and b.period.start:
        return (a.period.start, a.period.end) == (b.period.start, b.period.end)
    return a.period.text.casefold() == b.period.text.casefold()


def may_be_one_time(a: Claim, b: Claim) -> bool:
    """Whether the periods of two claims may be one: equal, or one of them unsaid."""
    return is_undated(a) or is_undated(b) or is_same_time(a, b)


def is_same_place(a: Claim, b: Claim) -> bool:
    """Whether nothing that both state says that they were counted in different places or among different things."""
    place = a.platform is None or b.platform is None or a.platform == b.platform
    whole = not a.population or not b.population or group_name(a.population) == group_name(b.population)
    return place and whole


def runs(claims: Sequence[Claim], *, reach: int) -> Iterator[list[Claim]]:
    """Claims that follow each other with at most `reach` characters between: a sentence, its neighbours, a list."""
    run: list[Claim] = []
    for claim in claims:
        if run and claim.start - run[-1].end > reach:
            yield run
            run = []
        run.append(claim)
    if run:
        yield run
