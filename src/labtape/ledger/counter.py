"""Shares as the counter gives them: whose part, of which population, over which days, and how summed up.

What the counter cannot tell makes a figure an interval: `low` counts what is known to be the holder's, `high` adds all
that might be (the models below rank 50 in `other`, authors nobody knows, weights the lexicon does not know to be open).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from labtape.ledger.makers import CountedDay, Row

By = Literal["model", "family", "lab", "country", "author"]
Kind = Literal["model", "family", "lab", "country", "all"]
Unit = Literal["day", "week"]
Counting = Literal["total", "mean", "peak"]
UNKNOWN: Final = "unknown"
_HARMLESS: Final = frozenset({"chat", "instruct", "it", "preview", "latest", "beta", "exp"})
"""Parts of a model's name that make no other model of it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose share: everybody's, some countries' or labs' (an owner's id means all its labs), or what a model's name has in it.

    `models` are the very models meant, where the name names one; `open_weights` keeps only open (True) or closed ones.
    """

    kind: Kind
    names: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    open_weights: bool | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """The whole that is divided: all tokens, those of the `top` models of the window, or those of some countries' models."""

    top: int | None = None
    countries: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        if self.countries:
            return f"the tokens of {' and '.join(self.countries)} models alone"
        return "all tokens" if self.top is None else f"the top {self.top} models"


ALL: Final = Population()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the counter says, in percent: `low` what is surely the holder's, `high` with all that might be.

    `days` are those of the figure: the window's, or the peak's. `n` units were averaged or compared.
    """

    low: float
    high: float
    counting: Counting
    unit: Unit | None
    n: int
    days: tuple[CountedDay, ...]


def belongs(row: Row, holder: Holder) -> bool | None:
    """Whether a model is the holder's; None where the counter and the lexicon cannot tell."""
    maker = row.maker
    found: bool | None
    if holder.kind == "country":
        found = None if maker.country is None else maker.country in holder.names
    elif holder.kind == "lab":
        found = bool(holder.names.intersection(maker.owners)) if maker.owners else None
    elif holder.kind == "all":
        found = True
    elif holder.kind == "model":
        found = row.model in holder.models
    else:
        found = holder.parts <= row.parts and bool(holder.names.intersection(maker.owners))
    if found is False or holder.open_weights is None:
        return found
    if maker.open_weights is None:
        return None
    return found if maker.open_weights == holder.open_weights else False


def models_named(days: Iterable[CountedDay], labs: Iterable[str], parts: frozenset[str]) -> frozenset[str]:
    """The models of some labs that a name with a version in it means: "Claude Sonnet 4", but not 4.5 nor a mini of it."""
    wanted = frozenset(labs)
    rows = {row.model: row for day in days for row in day.rows}
    mine = [row for row in rows.values() if wanted.intersection(row.maker.owners)]
    exact = [row.model for row in mine if row.parts == parts]
    near = [row.model for row in mine if parts <= row.parts and all(map(_is_harmless, row.parts - parts))]
    return frozenset(exact or near)


def _is_harmless(part: str) -> bool:
    return part in _HARMLESS or (part.isdigit() and len(part) >= 4)


def reading(
    days: Sequence[CountedDay],
    holder: Holder,
    population: Population = ALL,
    *,
    counting: Counting = "total",
    unit: Unit = "week",
) -> Reading | None:
    """A holder's share of a population over some days; None where the population has no tokens in them.

    A mean is that of the shares of each day or each whole week (Monday to Sunday), a peak the highest of them. Without
    a whole week in the window both go by days.
    """
    if counting == "total":
        whole = _share(days, holder, population)
        return Reading(*whole, counting, None, 1, tuple(days)) if whole else None
    parts = _weeks(days) if unit == "week" else [(day,) for day in days]
    if not parts:
        unit, parts = "day", [(day,) for day in days]
    shares = [(share, part) for part in parts if (share := _share(part, holder, population))]
    if not shares:
        return None
    if counting == "mean":
        low, high = (sum(share[n] for share, _ in shares) / len(shares) for n in (0, 1))
        return Reading(low, high, counting, unit, len(shares), tuple(d for _, part in shares for d in part))
    low, part = max(((share[0], part) for share, part in shares), key=lambda x: x[0])
    return Reading(low, max(share[1] for share, _ in shares), counting, unit, len(shares), tuple(part))


def shares_by(
    days: Sequence[CountedDay], by: By, population: Population = ALL
) -> tuple[tuple[str, float], ...]:
    """Each model's, family's, lab's, country's or author's share of a population in percent, the largest first.

    What cannot be told is `unknown`; `other` is a row of its own where the population has it.
    """
    ranked = _ranked(days, population)
    sums: Counter[str] = Counter()
    for day in days:
        for row in day.rows:
            if ranked is None or row.model in ranked:
                sums[_name(row, by)] += row.tokens
        if ranked is None and day.other:
            sums["other"] += day.other
    whole = sum(sums.values())
    return tuple(
        (name, 100 * n / whole) for name, n in sorted(sums.items(), key=lambda x: (-x[1], x[0])) if whole
    )


def _name(row: Row, by: By) -> str:
    maker = row.maker
    found: Mapping[By, str | None] = {
        "model": row.model, "family": maker.family, "lab": maker.lab, "country": maker.country, "author": maker.author,
    }  # fmt: skip
    return found[by] or UNKNOWN


def unknown_authors(days: Iterable[CountedDay]) -> tuple[tuple[str, int], ...]:
    """The authors that no lab of the lexicon stands behind, with their tokens, the largest first."""
    sums: Counter[str] = Counter()
    for day in days:
        for row in day.rows:
            if row.maker.lab is None:
                sums[row.maker.author] += row.tokens
    return tuple(sorted(sums.items(), key=lambda x: (-x[1], x[0])))


# ---------------------------------------------------------------- one share


def _share(days: Sequence[CountedDay], holder: Holder, population: Population) -> tuple[float, float] | None:
    """The sure and the possible share in percent; None where there is nothing to divide."""
    ranked = _ranked(days, population)
    sure = maybe = whole = 0
    for day in days:
        is_there = False
        for row in day.rows:
            if ranked is not None and row.model not in ranked:
                continue
            found = belongs(row, holder)
            is_there |= row.model in holder.models
            whole += row.tokens
            sure += row.tokens if found else 0
            maybe += row.tokens if found is None else 0
        if ranked is None and day.other:
            whole += day.other
            maybe += 0 if is_there else _below(day, holder)
    return (100 * sure / whole, 100 * (sure + maybe) / whole) if whole else None


def _below(day: CountedDay, holder: Holder) -> int:
    """How much of `other` may be the holder's: all of it; for models named, no more than the last ranked one each."""
    other = day.other or 0
    if holder.kind != "model" or not day.rows:
        return other
    return min(other, day.rows[-1].tokens * len(holder.models))


def _ranked(days: Sequence[CountedDay], population: Population) -> frozenset[str] | None:
    """The models that make up the population; None for all, with what is below rank 50."""
    if population.countries:
        return frozenset(r.model for day in days for r in day.rows if r.maker.country in population.countries)
    if population.top is None:
        return None
    sums: Counter[str] = Counter()
    for day in days:
        for row in day.rows:
            sums[row.model] += row.tokens
    largest = sorted(sums.items(), key=lambda x: (-x[1], x[0]))
    return frozenset(model for model, _ in largest[: population.top])


def _weeks(days: Sequence[CountedDay]) -> list[tuple[CountedDay, ...]]:
    """The whole weeks, Monday to Sunday, in order."""
    weeks: dict[object, list[CountedDay]] = defaultdict(list)
    for day in days:
        weeks[day.day - timedelta(days=day.day.weekday())].append(day)
    return [tuple(week) for week in weeks.values() if len(week) == 7]
