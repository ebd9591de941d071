"""Do the share claims hold? Each is set against the counter it speaks of.

    confirmed   the counter's figure lies in the claim's interval, widened by the rounding of its last digit
    off         no figure the counter allows lies there; `difference` is counter minus claim in points, `least` at least that
    open        what is known to be the holder's is too little, but models below rank 50 or unknown authors may fill the gap
    outside     the counter cannot judge it, and `why` says why

The counter's figure is `low`: what is known to be the holder's. `high` adds everything that may be. A claim that does not
hold is tried against the other populations a reteller may have dropped; where one fits, `hint` says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from labtape.ledger.counter import ALL, Population, Reading, reading, unknown_authors
from labtape.ledger.makers import CountedDay, counted_days
from labtape.ledger.questions import Claim, Question, Unasked, question
from labtape.ledger.rankings import RANKED, Rankings
from labtape.types import Share

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Verdict = Literal["confirmed", "off", "open", "outside"]
WEEK: Final = 7
MONTH: Final = 30
"""The windows before an article that an undated claim is tried on, in days."""
TRIED: Final = (Population(top=10), Population(top=20), Population(top=RANKED))
"""The populations that retellers drop: what the rankings page shows first."""
_RIVALS: Final = {"CN": "US", "US": "CN"}
"""A country's share is often told of these two alone."""

_BOUNDS: Final = {"exact": "", "about": "about ", "over": "over ", "under": "under ", "range": "about "}


@dataclass(frozen=True, slots=True)
class Tried:
    """A window the counter was asked about, ISO days with both ends, and what it said in percent."""

    start: str
    end: str
    words: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Verification:
    """A claim with what the counter says. Figures are percent, differences points; None where it was not asked.

    `difference` is `low` minus the claim; `least` is what remains of it if all that cannot be assigned is the holder's.
    `tried` has the window the figures are from first. `counted` names the models, where the holder is a single model.
    """

    claim: Claim
    verdict: Verdict
    why: str
    population: str | None = None
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    least: float | None = None
    tried: tuple[Tried, ...] = ()
    hint: str | None = None
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """An author that no lab of the lexicon stands behind, with its part of all tokens of the file in percent."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Audit:
    """All claims set against a file. `unassigned` is the part of the file's tokens of unknown authors, `other` that of `other`; in percent."""

    citation: str
    file: str
    first: str
    last: str
    verifications: tuple[Verification, ...]
    unassigned: float
    other: float
    authors: tuple[Author, ...]

    def n(self, verdict: Verdict) -> int:
        """How many claims got a verdict."""
        return sum(found.verdict == verdict for found in self.verifications)


def audit(claims: Iterable[Claim], rankings: Rankings, lexicon: Lexicon) -> Audit:
    """Every claim set against the rankings, in its order, and what of the rankings could not be assigned."""
    days = counted_days(rankings.days, lexicon)
    whole = sum(row.tokens for day in days for row in day.rows) + sum(day.other or 0 for day in days)
    unknown = unknown_authors(days)

    def part(tokens: int) -> float:
        return round(100 * tokens / whole, 2) if whole else 0.0

    return Audit(
        citation=rankings.citation,
        file=rankings.name,
        first=rankings.first.isoformat(),
        last=rankings.last.isoformat(),
        verifications=tuple(verify(claim, days, lexicon) for claim in claims),
        unassigned=part(sum(n for _, n in unknown)),
        other=part(sum(day.other or 0 for day in days)),
        authors=tuple(Author(name, part(n)) for name, n in unknown),
    )


def verify(claim: Claim, days: tuple[CountedDay, ...], lexicon: Lexicon) -> Verification:
    """One claim set against the days of the counter."""
    asked = question(claim, days, lexicon)
    if isinstance(asked, Unasked):
        return Verification(claim, "outside", asked.why)
    windows = _windows(claim, asked, days)
    if isinstance(windows, Unasked):
        return Verification(claim, "outside", windows.why, asked.population.words)
    found = [
        (window, got)
        for window in windows
        for unit in asked.units[: 1 if asked.counting == "total" else None]
        if (got := reading(window.days, asked.holder, asked.population, counting=asked.counting, unit=unit))
    ]
    if not found:
        return Verification(
            claim, "outside", "the counter has no tokens in that time", asked.population.words
        )
    return _judged(claim, asked, found)


# ---------------------------------------------------------------- when


@dataclass(frozen=True, slots=True)
class _Window:
    days: tuple[CountedDay, ...]
    words: str
    is_stated: bool


def _windows(claim: Claim, asked: Question, days: tuple[CountedDay, ...]) -> tuple[_Window, ...] | Unasked:
    """The days a claim is about; for one without a period, those before its article that it may be about."""
    period, at = claim.share.period, claim.at.date() if claim.at else None
    if period and period.start and period.end and not period.is_now:
        start, end = date.fromisoformat(period.start), date.fromisoformat(period.end)
        if at and start < at <= end:
            end = at - timedelta(days=1)  # nobody can have counted later days
        found = _window(days, start, end, period.text, asked.population, is_stated=True)
        return (found,) if isinstance(found, _Window) else found
    if at is None:
        return Unasked("no period stated, and the article has no date")
    said = f"“{period.text}” names no days" if period else "no period stated"
    last = at - timedelta(days=1)
    spans = [(last - timedelta(days=n - 1), f"the {n} days before the article") for n in (WEEK, MONTH)]
    if asked.counting != "total":
        spans = [(days[0].day, "the file's days before the article"), *spans[1:]]
    windows = [_window(days, start, last, words, asked.population, is_stated=False) for start, words in spans]
    kept = tuple(window for window in windows if isinstance(window, _Window))
    if kept:
        return kept
    first = next(window for window in windows if isinstance(window, Unasked))
    return Unasked(f"{said}; tried {' and '.join(words for _, words in spans)}: {first.why}")


def _window(
    days: tuple[CountedDay, ...],
    start: date,
    end: date,
    words: str,
    population: Population,
    *,
    is_stated: bool,
) -> _Window | Unasked:
    inside = tuple(day for day in days if start <= day.day <= end)
    file = f"the file has {days[0].day} to {days[-1].day}"
    if not inside:
        return Unasked(f"{start} to {end} is outside the file; {file}")
    missing = (end - start).days + 1 - len(inside)
    if missing > 0:
        return Unasked(f"{start} to {end} is only partly covered: {missing} of its days are missing; {file}")
    if population == ALL and (cut := [d for d in inside if d.other is None and len(d.rows) >= RANKED]):
        return Unasked(f"the whole is not in the file: no row `other` on {len(cut)} days from {cut[0].day}")
    if population.top and len({row.model for day in inside for row in day.rows}) < population.top:
        return Unasked(f"the file has fewer than {population.top} models in that time")
    return _Window(inside, words, is_stated)


# ---------------------------------------------------------------- verdicts


def _judged(claim: Claim, asked: Question, found: Sequence[tuple[_Window, Reading]]) -> Verification:
    share, stated = claim.share, found[0][0].is_stated
    tried = [_tried(window, got) for window, got in found]
    chosen = next((n for n, (_, got) in enumerate(found) if _holds(share, got)), None)
    first = chosen or 0
    got = found[first][1]
    tried = [tried[first], *tried[:first], *tried[first + 1 :]]
    whose = asked.population.words
    hint = None if chosen is not None else _hint(share, asked, found)
    notes = asked.assumed
    if chosen is None and not stated and all(_is_apart(share, reading) for _, reading in found):
        verdict: Verdict = "outside"
        why = f"no period stated, and none that was tried gives it: {'; '.join(map(_tried_words, tried))}"
    elif chosen is not None:
        verdict, why = "confirmed", _figure(got, whose)
        if not stated:
            notes = (f"no period stated, tried {tried[0].words}", *notes)
    elif all(_is_apart(share, reading) for _, reading in found):
        verdict, why = "off", _figure(got, whose)
    else:
        verdict = "open"
        why = f"{_figure(got, whose)}, which leaves the claim possible"
        if not stated:
            notes = (f"no period stated, tried {tried[0].words}", *notes)
    apart = verdict == "off"
    return Verification(
        claim,
        verdict,
        "; ".join((why, *notes)),
        whose,
        low=round(got.low, 2),
        high=round(got.high, 2),
        difference=round(got.low - share.value, 2) if apart else None,
        least=round(_nearest(share, got) - share.value, 2) if apart else None,
        tried=tuple(tried),
        hint=hint,
        counted=tuple(sorted(asked.holder.models)),
    )


def _interval(share: Share) -> tuple[float, float]:
    """A claim's interval, widened by half of its last digit: "61%" is 60.5 to 61.5.

    A fraction in words is as exact as a whole percent.
    """
    decimals = re.search(r"\d[.,](\d{1,6})\s*(?:%|percent|per cent|$)", share.text)
    half = 0.5 * 10 ** -(len(decimals[1]) if decimals else 0)
    return share.low - half, share.high + half


def _fits(share: Share, value: float) -> bool:
    low, high = _interval(share)
    return low <= value <= high


def _holds(share: Share, got: Reading) -> bool:
    """Whether what is counted fits a claim; an upper bound must hold whatever the unassigned turns out to be."""
    return _fits(share, got.high if share.bound == "under" else got.low)


def _is_apart(share: Share, got: Reading) -> bool:
    low, high = _interval(share)
    return got.high < low or got.low > high


def _nearest(share: Share, got: Reading) -> float:
    """The figure the counter allows that comes nearest to the claim."""
    return got.high if got.high < _interval(share)[0] else got.low


# ---------------------------------------------------------------- dropped denominators


def _hint(share: Share, asked: Question, found: Sequence[tuple[_Window, Reading]]) -> str | None:
    """The population of which the claim's figure is right, in the first window that has one."""
    for window, got in found:
        for population in _others(asked):
            if population.top and len({r.model for d in window.days for r in d.rows}) < population.top:
                continue
            other = reading(
                window.days, asked.holder, population, counting=asked.counting, unit=got.unit or "week"
            )
            if other and _fits(share, other.low):
                return (
                    f"{_BOUNDS[share.bound]}{percent(share.value)} is right of {population.words} ({percent(other.low)}); "
                    f"of {asked.population.words} it is {percent(got.low)}"
                )
    return None


def _others(asked: Question) -> Iterator[Population]:
    yield from (p for p in (*TRIED, ALL) if p != asked.population)
    if asked.holder.kind == "country" and len(asked.holder.names) == 1:
        (country,) = asked.holder.names
        if country in _RIVALS:
            yield Population(countries=tuple(sorted((country, _RIVALS[country]))))


# ---------------------------------------------------------------- words


def percent(value: float) -> str:
    """A figure of the counter, to a tenth of a percent.

    >>> percent(45.218), percent(61.0)
    ('45.2%', '61%')
    """
    return f"{value:.1f}".removesuffix(".0") + "%"


def _figure(got: Reading, whose: str) -> str:
    """`45.2% of all tokens, mean of 52 weeks from 2025-01-06 to 2026-01-04; up to 58% with what cannot be assigned`."""
    first, last = got.days[0].day, got.days[-1].day
    when = f"on {first}" if first == last else f"from {first} to {last}"
    how = {"total": "", "mean": f"mean of {got.n} {got.unit}s ", "peak": f"highest of {got.n} {got.unit}s, "}
    words = f"{percent(got.low)} of {whose}, {how[got.counting]}{when}"
    if percent(got.high) == percent(got.low):
        return words
    return f"{words}; up to {percent(got.high)} with what cannot be assigned"


def _tried(window: _Window, got: Reading) -> Tried:
    first, last = (window.days[n].day.isoformat() for n in (0, -1))
    words = window.words if got.unit is None else f"{window.words}, {got.counting} of {got.unit}s"
    return Tried(first, last, words, round(got.low, 2), round(got.high, 2))


def _tried_words(tried: Tried) -> str:
    return f"{percent(tried.low)} in {tried.words} ({tried.start} to {tried.end})"
