"""What an article itself says against its own figures, shares and volumes together: one question a module.

rank_checks    places that do not go with their figures
scale_checks   one figure in two scales
total_checks   parts and wholes that do not go together
time_checks    figures told as news whose period ended long ago

What two neighbouring shares of a comparison get wrong is read with the shares (share_checks). A check stays silent where a
field it rests on is unknown: a false alarm costs more than a miss.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from labtape.annotate.claims import in_order
from labtape.annotate.rank_checks import rank_checks
from labtape.annotate.scale_checks import scale_checks
from labtape.annotate.time_checks import time_checks
from labtape.annotate.total_checks import total_checks
from labtape.types import Check, Share, Volume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

C = TypeVar("C", Share, Volume)


def check_claims(
    full: str, at: datetime | None, shares: Sequence[Share], volumes: Sequence[Volume]
) -> tuple[tuple[Share, ...], tuple[Volume, ...]]:
    """The claims with what the article itself says against them added; `at` is its date, and both are in order."""
    claims = in_order(shares, volumes)
    found: dict[int, list[Check]] = {}
    if claims:
        for start, check in (
            *rank_checks(full, claims),
            *scale_checks(claims),
            *total_checks(full, shares, volumes),
            *time_checks(full, claims, at),
        ):
            found.setdefault(start, []).append(check)
    return _with(shares, found), _with(volumes, found)


def _with(claims: Sequence[C], found: Mapping[int, Sequence[Check]]) -> tuple[C, ...]:
    return tuple(_checked(claim, found[claim.start]) if claim.start in found else claim for claim in claims)


def _checked(claim: C, checks: Sequence[Check]) -> C:
    return replace(claim, checks=tuple(dict.fromkeys([*claim.checks, *checks])))
