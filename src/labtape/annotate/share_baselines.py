"""Which of two neighbouring shares is the earlier one: seen when both have their times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from labtape.types import Share


def with_baselines(shares: Sequence[Share], at: datetime | None) -> tuple[Share, ...]:
    """The earlier of two dated figures of one holder in one sentence is the baseline."""
    out = list(shares)
    for i, (a, b) in enumerate(pairwise(shares)):
        if (
            a.sentence != b.sentence
            or a.role != "current"
            or b.role != "current"
            or not (a.period and b.period)
        ):
            continue
        if not (a.period.end and b.period.start and a.subject == b.subject and a.metric == b.metric):
            continue
        if a.period.end < b.period.start:
            out[i] = replace(a, role="baseline")
        elif b.period.end and a.period.start and b.period.end < a.period.start:
            out[i + 1] = replace(b, role="baseline")
    return _looked_back(out, at)


_NEAR: Final = 200


def _looked_back(shares: Sequence[Share], at: datetime | None) -> tuple[Share, ...]:
    """A figure of a year that is over, said right behind a current one of the same holder, is its baseline."""
    out = list(shares)
    for i, (a, b) in enumerate(pairwise(shares)):
        if (
            b.role != "current"
            or out[i].role != "current"
            or a.subject != b.subject
            or b.start - a.end > _NEAR
        ):
            continue
        if b.period is None or not b.period.end or a.metric != b.metric:
            continue
        since = a.period.start if a.period and a.period.start else f"{at.year}-01-01" if at else None
        if since and b.period.end < since:
            out[i + 1] = replace(b, role="baseline")
    return tuple(out)
