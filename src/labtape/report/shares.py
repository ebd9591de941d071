"""The ledger of share claims: who says which part of what belongs to whom, and what may be compared.

records ──share_rows→ one row per distinct claim, with its sightings
             ├──series→ rows with equal comparability keys: these alone make a line
             ├──not_comparable→ pairs that look like one line and are none, with the reasons
             └──disputed→ equal keys, same time, figures that cannot both hold
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from labtape.lexicon.entries import Lexicon
from labtape.plain import iso
from labtape.report.wording import clean, denominator, name_of, share_figure, web_link
from labtape.types import Bound, Modality, Record, Share, ShareRole, Statistic

# Two undated claims seen within this time are taken to be about the same moment.
_SAME_TIME = timedelta(days=7)
_HEAD = (
    "subject", "value", "low", "high", "bound", "role", "statistic", "metric", "population", "platform", "scope",
    "period", "period_start", "period_end", "attributed_to", "modality", "checks", "n_sightings", "first_at",
    "first_publisher", "first_url", "publishers", "comparability_key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article that makes a claim."""

    article_id: str
    title: str
    url: str | None
    publisher: str | None
    at: datetime | None
    story_id: str


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One distinct claim: the figure as worded, of what, where, when, who says so, and who repeated it.

    `platform` keeps its id (`platform:openrouter`) and `platform_name` what readers call it; sightings are oldest first.
    """

    figure: str
    value: float
    low: float
    high: float
    bound: Bound
    role: ShareRole
    statistic: Statistic
    subject: str | None
    subject_entities: tuple[str, ...]
    subject_labs: tuple[str, ...]
    metric: str | None
    population: str | None
    platform: str | None
    platform_name: str | None
    scope: str | None
    period: str | None
    period_start: str | None
    period_end: str | None
    attributed_to: str | None
    modality: Modality
    checks: tuple[str, ...]
    comparability_key: str
    sightings: tuple[Sighting, ...]

    @property
    def first(self) -> Sighting:
        return self.sightings[0]

    @property
    def of_what(self) -> str | None:
        """The denominator in words; None where the text gives none."""
        return denominator(self.metric, self.population, self.platform_name)

    @property
    def who(self) -> str:
        return self.subject or ", ".join(e.partition(":")[2] for e in self.subject_entities) or "not stated"


@dataclass(frozen=True, slots=True)
class Series:
    """Claims that may be drawn as one line: equal comparability keys, by time."""

    comparability_key: str
    of_what: str
    statistic: Statistic
    rows: tuple[ShareRow, ...]


@dataclass(frozen=True, slots=True)
class NotComparable:
    """Two claims that look like one series and are none, and what differs."""

    left: ShareRow
    right: ShareRow
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DisputedFigure:
    """Two claims of one series about the same time whose intervals do not meet."""

    left: ShareRow
    right: ShareRow


def share_rows(records: Iterable[Record], *, lexicon: Lexicon | None = None) -> tuple[ShareRow, ...]:
    """Every distinct share claim of some records with its sightings, newest claim first.

    Claims are one when key, figure, interval, role, subject, period and source are; the lexicon gives platforms their names.
    """
    found: dict[tuple[object, ...], list[tuple[Share, Record]]] = defaultdict(list)
    for record in records:
        for share in record.shares:
            found[_identity(share)].append((share, record))
    rows = [_row(claims, lexicon) for claims in found.values()]
    return tuple(sorted(rows, key=_newest_first))


def _identity(share: Share) -> tuple[object, ...]:
    period = (share.period.text.casefold(), share.period.start, share.period.end) if share.period else None
    subject = share.subject_labs or share.subject_entities or (share.subject or "").casefold()
    return (
        share.comparability_key, share.value, share.low, share.high, share.role, subject, period,
        (share.attributed_to or "").casefold(),
    )  # fmt: skip


def _row(claims: Sequence[tuple[Share, Record]], lexicon: Lexicon | None) -> ShareRow:
    claims = sorted(claims, key=lambda pair: (pair[1].order_at, pair[1].id, pair[0].start))
    share = claims[0][0]
    sightings = {record.id: _sighting(record) for _, record in claims}
    period = share.period
    return ShareRow(
        figure=share_figure(share),
        value=share.value,
        low=share.low,
        high=share.high,
        bound=share.bound,
        role=share.role,
        statistic=share.statistic,
        subject=_cleaned(share.subject),
        subject_entities=share.subject_entities,
        subject_labs=share.subject_labs,
        metric=_cleaned(share.metric),
        population=_cleaned(share.population),
        platform=share.platform,
        platform_name=clean(name_of(share.platform, lexicon)) if share.platform else None,
        scope=_cleaned(share.scope),
        period=_cleaned(period.text) if period else None,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        attributed_to=_cleaned(share.attributed_to),
        modality=share.modality,
        checks=tuple(sorted({check.name for claim, _ in claims for check in claim.checks})),
        comparability_key=share.comparability_key,
        sightings=tuple(sightings.values()),
    )


def _sighting(record: Record) -> Sighting:
    at = record.published_at or record.first_seen_at
    publisher = _cleaned(record.publisher)
    return Sighting(record.id, clean(record.title), web_link(record.url), publisher, at, record.story.id)


def _cleaned(text: str | None) -> str | None:
    return clean(text) if text else None


def _newest_first(row: ShareRow) -> tuple[float, str, str, float]:
    at = row.first.at
    return (-at.timestamp() if at else 0.0, row.comparability_key, row.role, row.value)


# ---------------------------------------------------------------- what may be compared


def series(rows: Iterable[ShareRow]) -> tuple[Series, ...]:
    """The rows grouped by comparability key, each group by time; largest group first."""
    groups: dict[str, list[ShareRow]] = defaultdict(list)
    for row in rows:
        groups[row.comparability_key].append(row)
    made = [
        Series(
            key,
            group[0].of_what or "not stated of what",
            group[0].statistic,
            tuple(sorted(group, key=_by_time)),
        )
        for key, group in groups.items()
    ]
    return tuple(sorted(made, key=lambda s: (-len(s.rows), s.of_what, s.comparability_key)))


def point_in_time(row: ShareRow) -> str | None:
    """The ISO day a claim is about: the end of its period, else the day it was first published."""
    if row.period_end or row.period_start:
        return row.period_end or row.period_start
    return row.first.at.date().isoformat() if row.first.at else None


def _by_time(row: ShareRow) -> tuple[str, str, float]:
    return (point_in_time(row) or "", row.who.casefold(), row.value)


def not_comparable(rows: Sequence[ShareRow]) -> tuple[NotComparable, ...]:
    """For each subject, the series a reader could take for its main one, with what sets them apart.

    The main one is the best told: a current figure, with most of its denominator stated, seen most often. Each
    other is set against it alone, so that the list stays short.
    """
    by_subject: dict[tuple[str, ...], dict[str, ShareRow]] = defaultdict(dict)
    for row in rows:
        by_subject[holder(row)].setdefault(row.comparability_key, row)
    pairs = []
    for same_subject in by_subject.values():
        candidates = sorted(same_subject.values(), key=best_told)
        main, others = candidates[0], candidates[1:]
        pairs += [NotComparable(main, o, reasons(main, o)) for o in others if _looks_like(main, o)]
    return tuple(pairs)


def reasons(left: ShareRow, right: ShareRow) -> tuple[str, ...]:
    """What keeps two claims from being subtracted or joined; empty when their keys are equal."""
    if left.comparability_key == right.comparability_key:
        return ()
    shown: Mapping[str, tuple[str | None, str | None]] = {
        "metric": (left.metric, right.metric),
        "group": (left.subject, right.subject),
        "population": (left.population, right.population),
        "platform": (left.platform_name, right.platform_name),
        "statistic": (left.statistic, right.statistic),
    }
    found = [
        f"{name} differs ({shown[name][0] or 'not stated'} / {shown[name][1] or 'not stated'})"
        for name in _differences(left, right)
        if name in shown
    ]
    return tuple(found) or ("unit or definition differs",)


def _differences(left: ShareRow, right: ShareRow) -> tuple[str, ...]:
    """The fields of the comparability key in which two claims differ, as the room that makes the key sees it."""
    from labtape.annotate.comparability import basis, differences  # its vocabularies take long to load

    first, second = (
        basis(
            metric=row.metric,
            group=row.subject,
            labs=row.subject_labs,
            population=row.population,
            platform=row.platform,
            statistic=row.statistic,
        )
        for row in (left, right)
    )
    return differences(first, second)


def holder(row: ShareRow) -> tuple[str, ...]:
    """Who holds the share: labs, else other entities, else the words."""
    return row.subject_labs or row.subject_entities or ((row.subject or "").casefold(),)


def best_told(row: ShareRow) -> tuple[bool, int, int, float, str]:
    """A sort key: current figures first, then those with most of their denominator, then those seen most often."""
    stated = sum(part is not None for part in (row.metric, row.population, row.platform))
    return (row.role != "current", -stated, -len(row.sightings), -row.value, row.comparability_key)


def _looks_like(main: ShareRow, other: ShareRow) -> bool:
    """Whether a reader could take one for the other: nothing that is stated on both sides tells them apart, or one story tells both."""
    same_metric = not main.metric or not other.metric or main.metric.casefold() == other.metric.casefold()
    same_place = not main.platform or not other.platform or main.platform == other.platform
    return is_one_story(main, other) or (same_metric and same_place)


def is_one_story(left: ShareRow, right: ShareRow) -> bool:
    """Whether some story tells both claims."""
    return bool({s.story_id for s in left.sightings} & {s.story_id for s in right.sightings})


def disputed(rows: Sequence[ShareRow]) -> tuple[DisputedFigure, ...]:
    """Claims of different articles, of one series and holder, about the same time, whose intervals do not meet."""
    found = []
    for group in series(rows):
        current = [row for row in group.rows if row.role == "current" and row.modality == "measured"]
        for n, left in enumerate(current):
            found += [
                DisputedFigure(left, right)
                for right in current[n + 1 :]
                if holder(left) == holder(right)
                and _is_same_time(left, right)
                and _is_apart(left, right)
                and not {s.article_id for s in left.sightings} & {s.article_id for s in right.sightings}
            ]
    return tuple(found)


def _is_apart(left: ShareRow, right: ShareRow) -> bool:
    return left.high < right.low or right.high < left.low


def _is_same_time(left: ShareRow, right: ShareRow) -> bool:
    if left.period_start or left.period_end or right.period_start or right.period_end:
        return (left.period_start, left.period_end) == (right.period_start, right.period_end)
    if left.first.at is None or right.first.at is None:
        return False
    return abs(left.first.at - right.first.at) <= _SAME_TIME


# ---------------------------------------------------------------- out


def shares_csv(rows: Iterable[ShareRow]) -> str:
    """The ledger as CSV: one claim per line, denominators beside figures, sightings counted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEAD)
    for row in rows:
        first = row.first
        writer.writerow(
            [guarded(part) for part in (
                row.subject, row.value, row.low, row.high, row.bound, row.role, row.statistic, row.metric,
                row.population, row.platform, row.scope, row.period, row.period_start, row.period_end,
                row.attributed_to, row.modality, " ".join(row.checks), len(row.sightings),
                iso(first.at) if first.at else None, first.publisher, first.url,
                "; ".join(dict.fromkeys(s.publisher for s in row.sightings if s.publisher)), row.comparability_key,
            )]
        )  # fmt: skip
    return out.getvalue()


def guarded(cell: object) -> object:
    """A text that a spreadsheet would run as a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def claim_words(row: ShareRow) -> str:
    """A claim in one line: figure, of what, how counted and when.

    "about 61% of token consumption, top 10 models on OpenRouter (last week)"
    """
    of_what = f" of {row.of_what}" if row.of_what else ""
    counted = row.statistic if row.statistic not in ("snapshot", "unknown") else ""
    parts = ("" if row.of_what else "of what: not stated", counted, row.period)
    aside = ", ".join(part for part in parts if part)
    return f"{row.figure}{of_what}" + (f" ({aside})" if aside else "")
