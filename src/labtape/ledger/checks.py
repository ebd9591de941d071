"""What claims of other articles say against a claim: figures that lost their whole, their scale or their time on the way.

denominator_dropped   an earlier claim of the same figure names a narrower whole than this one
unit_scale            an earlier claim of the same holder has the same digits, a power of ten apart
stale_figure          the figure was first told long ago, and a newer one of the same key is known
delta_across_keys     figures told as one rise were first told on different bases
total_mismatch        a share and its amount make another total than the one known for that time

Each claim is looked up by its figure and holder among the claims before it, so that the work grows with the number of claims.
Two claims that are merely different are no finding here: on one basis that is a contradiction, and on two it is nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from typing import Final

from labtape.annotate.claims import Claim, basis_of, holder_of, in_order, is_undated, span_of
from labtape.annotate.comparability import metric_name, normalised
from labtape.annotate.scale_checks import digits_of, is_other_scale, kind_of
from labtape.annotate.share_checks import reasons
from labtape.annotate.time_checks import STALE
from labtape.ledger.words import denominator, share_figure
from labtape.types import Check, Counterpart, Period, Record, Share, Span, Volume

Quote = Callable[[Record, Span], str | None]
Place = tuple[str, int]
"""A claim: the id of its record and where its figure starts."""

_KEPT: Final = 8  # earlier claims kept for one figure and holder: the first of each basis are enough to hold a later one against
_NEAR: Final = 1.0  # points between two tellings of one share
_NEAR_VOLUME: Final = 0.03  # of the amount, between two tellings of one volume
_SPOKEN: Final = 40  # characters between a share and the amount beside it
_TOTAL_APART: Final = (
    0.1  # of the total: what a share's and an amount's rounding may leave between two totals
)
_NARROWING: Final = frozenset(
    {
        "open-weight", "open-source", "closed", "proprietary", "enterprise", "paid", "paying", "free", "api", "consumer", "top", "programming", "coding",
        "mobile", "desktop", "domestic", "commercial", "self-hosted",
    }
)  # fmt: skip
"""Words that make a whole narrower; "weekly" or "global" do not."""


@dataclass(frozen=True, slots=True)
class Said:
    """One claim with the record it stands in."""

    record: Record
    claim: Claim

    @property
    def at(self) -> datetime:
        return self.record.order_at


@dataclass(slots=True)
class _Line:
    """The figures of one comparability key: when each was first told, and which is the newest."""

    first: dict[float, Said] = field(default_factory=dict)
    newest: Said | None = None

    def add(self, said: Said) -> None:
        if said.claim.value not in self.first:
            self.first[said.claim.value] = self.newest = said


@dataclass(slots=True)
class _Known:
    """What earlier records said, by what a later claim is looked up with."""

    figures: dict[tuple[str, str, int], list[Said]] = field(default_factory=lambda: defaultdict(list))
    digits: dict[tuple[str, tuple[str, ...], str], list[Said]] = field(
        default_factory=lambda: defaultdict(list)
    )
    lines: dict[str, _Line] = field(default_factory=lambda: defaultdict(_Line))
    totals: dict[tuple[str, str, str], dict[tuple[str, str], Said]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, said: Said) -> None:
        claim = said.claim
        for name in _names(said):
            _keep(self.figures[name, _kind(claim), _bucket(claim.value)], said)
            if digits_of(claim) and claim.role == "current":
                _keep(self.digits[name, kind_of(claim), digits_of(claim)], said)
        if isinstance(claim, Share) and claim.role == "current":
            self.lines[claim.comparability_key].add(said)
        if isinstance(claim, Volume) and claim.platform and claim.per and _is_total(claim):
            days = _days(claim.period)
            if days:
                self.totals[claim.platform, claim.unit, claim.per].setdefault(days, said)


def ledger_checks(
    records: Iterable[Record], *, quote: Quote | None = None
) -> Mapping[Place, tuple[Check, ...]]:
    """What is said against each claim by claims of records that were published before it.

    `quote` gives the words of a span of a record's article, None where the text is not at hand; the claim is then put in
    our words. Records may come in any order, and of several revisions of one article the last given counts.
    """
    latest = {record.id: record for record in records}
    known, found = _Known(), defaultdict[Place, list[Check]](list)
    for record in sorted(latest.values(), key=lambda r: (r.order_at, r.id)):
        mine = [Said(record, claim) for claim in in_order(record.shares, record.volumes)]
        for said in mine:
            for check, other in _against(said, known):
                found[record.id, said.claim.start].append(_with_quote(check, other, quote))
        for start, check, other in (*_rises(mine, known), *_other_totals(mine, known)):
            found[record.id, start].append(_with_quote(check, other, quote))
        for said in mine:
            known.add(said)
    return {place: tuple(checks) for place, checks in found.items()}


def _against(said: Said, known: _Known) -> Iterator[tuple[Check, Said]]:
    """The findings that one claim alone makes, at most one of each name."""
    claim = said.claim
    if claim.role != "current":
        return
    told = [other for other in _same_figure(said, known) if _is_retold(said, other)]
    lost = ((check, other) for other in told if (check := _lost_whole(claim, other.claim)))
    yield from islice(lost, 1)
    scaled = _other_scale(said, known)
    if scaled is not None:
        detail = f"{claim.text} here is {scaled.claim.text} there: the same digits, a power of ten apart"
        yield Check("unit_scale", detail, (span_of(claim),)), scaled
    newer = _newer(said, known)
    if newer is not None:
        first, other = newer
        detail = f"{claim.text} was first told on {first.at.date()}; since {other.at.date()} it is {other.claim.text}"
        yield Check("stale_figure", detail, (span_of(claim),)), other


# ---------------------------------------------------------------- the same figure


def denominator_dropped(claim: Claim, others: Sequence[Claim]) -> Check | None:
    """A finding when another claim of the same figure is of a narrower whole than `claim` says.

    Same platform (or none said), figures that meet, for shares a related metric; and the other names a population, or a narrower
    metric ("open-weight tokens" for "tokens"), where `claim` names none. Over a ledger the others come from other articles.
    """
    if claim.population or claim.role != "current":
        return None
    for other in others:
        same_place = other.platform == claim.platform or None in (other.platform, claim.platform)
        whole = _narrower(claim, other)
        if whole and same_place and _meet(claim, other):
            detail = f"{other.text} is of {whole}; here the whole is not said to be that"
            return Check("denominator_dropped", detail, (span_of(claim),))
    return None


def _lost_whole(claim: Claim, other: Claim) -> Check | None:
    """A finding when `other`, told before, states the whole that `claim` leaves out; also where the metric was swapped on the way.

    "61% of the AI market" for 61% of the tokens of ten models is a retelling when figure and holder are the same.
    """
    check = denominator_dropped(claim, (other,))
    if check or claim.population or not other.population or claim.value != other.value:
        return check
    holders = [c.subject_labs or c.subject_entities for c in (claim, other)]
    same_place = claim.platform is None or claim.platform == other.platform
    if not holders[0] or holders[0] != holders[1] or not same_place or other.role != claim.role:
        return None
    detail = f"{other.text} is of {other.population}; here it is of something else"
    return Check("denominator_dropped", detail, (span_of(claim),))


def _narrower(claim: Claim, other: Claim) -> str | None:
    """The whole of `other` in words where it is a part of the whole that `claim` states."""
    if isinstance(claim, Volume) or isinstance(other, Volume):
        return other.population if _kind(claim) == _kind(other) else None
    if other.population:
        return other.population if _related(claim.metric, other.metric) else None
    more = set(normalised(other.metric).split()) - set(normalised(claim.metric).split())
    less = set(normalised(claim.metric).split()) - set(normalised(other.metric).split())
    is_part = claim.metric and more and more <= _NARROWING and not less & _NARROWING
    return other.metric if is_part and _related(claim.metric, other.metric) else None


def _meet(a: Claim, b: Claim) -> bool:
    """Whether two claims may tell one figure."""
    if isinstance(a, Share) != isinstance(b, Share):
        return False
    near = _NEAR if isinstance(a, Share) else _NEAR_VOLUME * max(a.value, b.value)
    return b.low <= a.high and a.low <= b.high and abs(a.value - b.value) <= near


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


def _same_figure(said: Said, known: _Known) -> list[Said]:
    """Earlier claims of about this figure by this holder or in this story, first told first."""
    at = _bucket(said.claim.value)
    found = {
        (other.record.id, other.claim.start): other
        for name in _names(said)
        for step in (-1, 0, 1)
        for other in known.figures.get((name, _kind(said.claim), at + step), ())
    }
    return sorted(found.values(), key=lambda other: (other.at, other.record.id, other.claim.start))


def _is_retold(said: Said, other: Said) -> bool:
    """Whether an equal figure is the same claim and no coincidence: one story, or a platform or metric that both state."""
    if said.record.id == other.record.id or not _meet(said.claim, other.claim):
        return False
    if said.record.story.id == other.record.story.id or _venues(said) & _venues(other):
        return True
    a, b = said.claim, other.claim
    return (
        isinstance(a, Share)
        and isinstance(b, Share)
        and bool(a.metric)
        and metric_name(a.metric) == metric_name(b.metric)
    )


def _names(said: Said) -> tuple[str, ...]:
    """What a claim is looked up by: its labs, countries and words, and its story."""
    claim = said.claim
    countries = [e for e in claim.subject_entities if e.startswith("country:")]
    return (*sorted({*claim.subject_labs, *countries, *holder_of(claim)}), f"story:{said.record.story.id}")


def _venues(said: Said) -> frozenset[str]:
    """The platforms a claim may be counted on: its own, else those that its article names."""
    if said.claim.platform:
        return frozenset({said.claim.platform})
    return frozenset(m.entity for m in said.record.mentions if m.entity.startswith("platform:"))


def _kind(claim: Claim) -> str:
    return "share" if isinstance(claim, Share) else f"{claim.unit} {claim.per}"


def _bucket(value: float) -> int:
    """Figures that may be one are in this bucket or the next: whole percents, or steps of a fiftieth of an amount."""
    if value < 1000:
        return round(value)
    exponent = len(f"{value:.0f}") - 1
    return 1000 * exponent + round(50 * value / 10.0**exponent)


def _keep(kept: list[Said], said: Said) -> None:
    """Add a claim where its basis is new and there is room; the first teller of each basis stays."""
    basis = _basis(said.claim)
    if len(kept) < _KEPT and all(_basis(other.claim) != basis for other in kept):
        kept.append(said)


def _basis(claim: Claim) -> tuple[object, ...]:
    key = claim.comparability_key if isinstance(claim, Share) else claim.per
    return key, claim.population, claim.platform, claim.value


# ---------------------------------------------------------------- another scale, another time


def _other_scale(said: Said, known: _Known) -> Said | None:
    """The first claim of these digits by this holder, where this one has another scale; who told it first is held to be right."""
    claim = said.claim
    if not digits_of(claim):
        return None
    found = [
        other
        for name in holder_of(claim)
        for other in known.digits.get((name, kind_of(claim), digits_of(claim)), ())
        if other.record.id != said.record.id
        and (said.record.story.id == other.record.story.id or _venues(said) & _venues(other))
        and (_meet(claim, other.claim) or is_other_scale(other.claim, claim))
    ]
    first = min(found, key=lambda other: (other.at, other.record.id), default=None)
    return first if first is not None and not _meet(claim, first.claim) else None


def _newer(said: Said, known: _Known) -> tuple[Said, Said] | None:
    """When a figure without a time was first told, and the newer one that has replaced it; None where it holds."""
    claim = said.claim
    if not isinstance(claim, Share) or not is_undated(claim) or not claim.metric or not holder_of(claim):
        return None
    line = known.lines.get(claim.comparability_key)
    first, newest = (line.first.get(claim.value), line.newest) if line else (None, None)
    if first is None or newest is None or said.at - first.at <= STALE or newest.at <= first.at:
        return None
    is_other = newest.claim.high < claim.low or newest.claim.low > claim.high
    return (first, newest) if is_other else None


# ---------------------------------------------------------------- figures joined on the way


def _rises(mine: Sequence[Said], known: _Known) -> Iterator[tuple[int, Check, Said]]:
    """Figures of one sentence, told as one rise on one basis, that others first told on different ones."""
    shares = [said for said in mine if isinstance(said.claim, Share) and said.claim.role != "projected"]
    for _, group in groupby(shares, key=lambda said: said.claim.sentence):
        chain = [*group]
        if len(chain) < 2 or not (len(chain) > 2 or any(said.claim.role == "baseline" for said in chain)):
            continue
        if (
            len({holder_of(said.claim) for said in chain}) > 1
            and len({s.claim.subject_labs for s in chain}) > 1
        ):
            continue
        origins = [(said, origin) for said in chain if (origin := _origin(said, known)) is not None]
        for said, origin in origins[1:]:
            first_said, first = origins[0]
            apart = _apart(first.claim, origin.claim, stated=True)
            if apart and not _apart(first_said.claim, said.claim):
                detail = f"{first_said.claim.text} and {said.claim.text} were first told on different bases: {'; '.join(apart)}"
                evidence = tuple(sorted((span_of(first_said.claim), span_of(said.claim))))
                yield said.claim.start, Check("delta_across_keys", detail, evidence), origin


def _origin(said: Said, known: _Known) -> Said | None:
    """The earlier claim of this figure that states most of its whole."""
    told = [other for other in _same_figure(said, known) if _is_retold(said, other)]
    return max(told, key=lambda other: other.claim.population is not None, default=None)


def _apart(a: Claim, b: Claim, *, stated: bool = False) -> tuple[str, ...]:
    if not isinstance(a, Share) or not isinstance(b, Share):
        return ()
    return reasons(basis_of(a), basis_of(b), stated=stated)


# ---------------------------------------------------------------- another total


def _other_totals(mine: Sequence[Said], known: _Known) -> Iterator[tuple[int, Check, Said]]:
    """A share and the amount beside it that make a total far from the one known for their time and platform."""
    volumes = [said for said in mine if isinstance(said.claim, Volume) and said.claim.role == "current"]
    for share in (said.claim for said in mine if isinstance(said.claim, Share)):
        if share.role != "current" or share.population or not share.value or not share.subject_labs:
            continue
        for said in volumes:
            part = said.claim
            gap = max(part.start - share.end, share.start - part.end)
            if gap > _SPOKEN or part.sentence != share.sentence or part.subject_labs != share.subject_labs:
                continue
            other = _known_total(said, share, known)
            if other is not None:
                made = 100 * part.value / share.value
                detail = f"{part.text} at {share.text} makes a total of {made / 1e12:.4g} trillion; the total told for that time is {other.claim.text}"
                yield (
                    share.start,
                    Check("total_mismatch", detail, tuple(sorted((span_of(share), span_of(part))))),
                    other,
                )


def _known_total(said: Said, share: Share, known: _Known) -> Said | None:
    """A total of the same time and rate that cannot be the share's and the amount's; None where some total can."""
    part = said.claim
    platform, days = share.platform or part.platform, _days(share.period or part.period)
    if not isinstance(part, Volume) or platform is None or days is None or part.per is None:
        return None
    low, high = 100 * part.low / max(share.high, 0.1), 100 * part.high / max(share.low, 0.1)
    wrong = None
    for (start, end), other in known.totals.get((platform, part.unit, part.per), {}).items():
        if other.record.id == said.record.id or start > days[1] or days[0] > end:
            continue
        slack = _TOTAL_APART * other.claim.value
        if low - slack <= other.claim.high and other.claim.low <= high + slack:
            return None
        wrong = wrong or other
    return wrong


def _days(period: Period | None) -> tuple[str, str] | None:
    """First and last ISO day of a period, None where one is open."""
    if period is None or period.is_now or not (period.start and period.end):
        return None
    return period.start, period.end


def _is_total(volume: Volume) -> bool:
    return (
        not volume.subject_labs
        and not volume.population
        and all(e.startswith("platform:") for e in volume.subject_entities)
    )


# ---------------------------------------------------------------- both quotes


def _with_quote(check: Check, other: Said, quote: Quote | None) -> Check:
    record, claim = other.record, other.claim
    words = quote(record, claim.sentence) if quote else None
    text = words if words is not None else _our_words(claim)
    return Check(
        check.name, check.detail, check.evidence, Counterpart(record.id, text, record.url, record.publisher)
    )


def _our_words(claim: Claim) -> str:
    place = claim.platform.partition(":")[2] if claim.platform else None
    figure = share_figure(claim) if isinstance(claim, Share) else claim.text
    whole = denominator(claim.metric if isinstance(claim, Share) else claim.unit, claim.population, place)
    words = f"{figure} of {whole}" if whole else figure
    return f"{claim.subject}: {words}" if claim.subject else words
