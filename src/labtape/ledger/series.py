"""What may be compared: rows with equal comparability keys, and why the others may not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from labtape.ledger.rows import ShareRow
from labtape.ledger.times import point_in_time
from labtape.types import Statistic

if TYPE_CHECKING:
    from labtape.annotate.comparability import Basis


@dataclass(frozen=True, slots=True)
class Series:
    """Claims that may be drawn as one line: equal comparability keys, by time."""

    comparability_key: str
    of_what: str
    statistic: Statistic
    rows: tuple[ShareRow, ...]


@dataclass(frozen=True, slots=True)
class NotComparable:
    """Two claims that look like one series and are none, and what differs. `left` is of the holder's main series."""

    left: ShareRow
    right: ShareRow
    reasons: tuple[str, ...]


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


def _by_time(row: ShareRow) -> tuple[str, str, float, str]:
    return (point_in_time(row) or "", row.who.casefold(), row.value, row.id)


def not_comparable(rows: Sequence[ShareRow]) -> tuple[NotComparable, ...]:
    """For each holder, the series a reader could take for its main one, with what sets them apart.

    The main one is the best told: a current figure, with most of its denominator stated, seen most often. Each
    other is set against it alone, by the best told of its rows, so that the list stays short.
    """
    by_holder: dict[tuple[str, ...], dict[str, ShareRow]] = defaultdict(dict)
    for row in rows:
        of_holder = by_holder[row.holder]
        best = of_holder.get(row.comparability_key, row)
        of_holder[row.comparability_key] = min(best, row, key=best_told)
    pairs = []
    for of_holder in by_holder.values():
        main, *others = sorted(of_holder.values(), key=best_told)
        pairs += [NotComparable(main, o, reasons(main, o)) for o in others if _looks_like(main, o)]
    return tuple(pairs)


def best_told(row: ShareRow) -> tuple[bool, int, int, float, str]:
    """A sort key: current figures first, then those with most of their denominator, then those seen most often."""
    stated = sum(part is not None for part in (row.metric, row.population, row.platform))
    return (row.role != "current", -stated, -len(row.sightings), -row.value, row.comparability_key)


def _looks_like(main: ShareRow, other: ShareRow) -> bool:
    """Whether a reader could take one for the other: nothing that is stated on both sides tells them apart, or one story tells both."""
    same_metric = not main.metric or not other.metric or main.metric.casefold() == other.metric.casefold()
    same_place = not main.platform or not other.platform or main.platform == other.platform
    return (same_metric and same_place) or is_one_story(main, other)


def is_one_story(left: ShareRow, right: ShareRow) -> bool:
    """Whether some story tells both claims."""
    return bool({s.story_id for s in left.sightings} & {s.story_id for s in right.sightings})


def reasons(left: ShareRow, right: ShareRow) -> tuple[str, ...]:
    """What keeps two claims from being subtracted or joined; empty when their keys are equal."""
    if left.comparability_key == right.comparability_key:
        return ()
    shown: dict[str, tuple[str | None, str | None]] = {
        "metric": (left.metric, right.metric),
        "group": (left.subject, right.subject),
        "population": (left.population, right.population),
        "platform": (left.platform_name, right.platform_name),
        "statistic": (left.statistic, right.statistic),
        "unit": ("percent", "another"),
    }
    found = [
        f"{name} differs ({shown[name][0] or 'not stated'} / {shown[name][1] or 'not stated'})"
        for name in _differences(left, right)
    ]
    return tuple(found) or ("unit or definition differs",)


def _differences(left: ShareRow, right: ShareRow) -> tuple[str, ...]:
    """The fields of the comparability key in which two claims differ, as the room that makes the key sees it."""
    from labtape.annotate.comparability import differences  # its room takes long to load

    return differences(_basis(left), _basis(right))


def _basis(row: ShareRow) -> Basis:
    """What a row rests on. Wholes, groups and metrics recur in other pairings, so each is normalised once."""
    return replace(
        _basis_of(platform=row.platform, statistic=row.statistic),
        metric=_basis_of(metric=row.metric).metric,
        group=_basis_of(group=row.subject, labs=row.subject_labs).group,
        population=_basis_of(population=row.population).population,
    )


@lru_cache(maxsize=65536)
def _basis_of(
    *,
    metric: str | None = None,
    group: str | None = None,
    labs: tuple[str, ...] = (),
    population: str | None = None,
    platform: str | None = None,
    statistic: str = "unknown",
) -> Basis:
    from labtape.annotate.comparability import basis

    return basis(
        metric=metric, group=group, labs=labs, population=population, platform=platform, statistic=statistic
    )
