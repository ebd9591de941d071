"""Figures told as news whose own period ended long ago.

stale_figure   "now" beside a period that ended more than half a year before the article
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from labtape.annotate.claims import Claim, span_of
from labtape.types import Check, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

STALE: Final = timedelta(days=183)
"""Half a year: quarterly and half-yearly reports are told as "now" until the next one is out; shares of model use have moved by tens
of points within two quarters, so an older one is history."""
_NOW: Final = re.compile(
    r"\b(?:now|currently|today|at present|presently|right now|these days|as we speak)\b|目前|现在|如今|当前|眼下",
    re.IGNORECASE,
)
_CUT: Final = re.compile(
    r"[;；。]|,\s(?:and|but|while|which|who|where|though|although)\b|\b(?:and|but|while|whereas)\b"
)


def time_checks(full: str, claims: Sequence[Claim], at: datetime | None) -> Iterator[tuple[int, Check]]:
    """The start of each stale figure, with the check; without the article's date none is known to be."""
    if at is None:
        return
    for claim in claims:
        if claim.role != "current" or claim.period is None or not claim.period.end:
            continue
        ended = date.fromisoformat(claim.period.end)
        if at.date() - ended <= STALE or _is_history(claim):
            continue
        now = _now_beside(full, claim)
        if now is not None:
            detail = f"{claim.text} is told as now, but is of {claim.period.text.strip()}, which ended on {claim.period.end}"
            yield claim.start, Check("stale_figure", detail, tuple(sorted((span_of(claim), now))))


def _is_history(claim: Claim) -> bool:
    """A running total or mean over a past time may be the newest there is."""
    return getattr(claim, "statistic", "snapshot") in ("mean", "cumulative", "peak")


def _now_beside(full: str, claim: Claim) -> Span | None:
    """The word for the present in the figure's own clause, where the period stands in it too."""
    since = max(claim.sentence.start, claim.start - 120)
    left = _CUT.split(full[since : claim.start])[-1]
    match = _NOW.search(left)
    if match is None or claim.period is None:
        return None
    start = claim.start - len(left) + match.start()
    clause = left + full[claim.start : min(claim.sentence.end, claim.end + 160)]
    is_told_so = claim.period.text in _CUT.split(clause)[0]
    return Span(start, start + len(match[0])) if is_told_so else None
