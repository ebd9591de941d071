"""From observations to the rows of the table and the paths of the picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from labtape.proportions import wilson
from labtape.study.estimate import ENOUGH, day_draws, interval, means_by_day, q_values
from labtape.study.groups import Group
from labtape.study.nouns import Options, Path, Row, Stories
from labtape.study.placebo import p_value, placebo_means, quiet
from labtape.study.sample import Sample

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]  # Any: numpy's own parameters

#: The sessions of the picture.
FROM, TO = -5, 20
# Of a group's observations so many must have dates to compare with, else there is no p.
_COVERED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A group's observations and how each counts: its mean sign, or 1; none counts 0."""

    places: Array
    weights: Array
    n_records: int


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A group over one kind of stories: one part, or two whose difference it is."""

    group: Group
    stories: Stories
    parts: tuple[_Part, ...]


def table_rows(
    sample: Sample, found: Sequence[Group], firsts: Sequence[bool], options: Options
) -> tuple[Row, ...]:
    """A row for each group, window, and kind of stories that has an observation."""
    drawn = day_draws(len(sample.days), draws=options.draws, seed=options.seed)
    kinds: tuple[Stories, ...] = ("first",) if options.first_only else ("all", "first")
    every = (
        _Line(group, stories, _parts(sample, group, firsts, stories)) for group in found for stories in kinds
    )
    lines = [line for line in every if all(len(part.places) for part in line.parts)]
    rows = [_row(sample, line, span, drawn) for line in lines for span in range(len(sample.spans))]
    by_span = [_tested(sample, lines, rows, span, options) for span in range(len(sample.spans))]
    p = [by_span[n % len(sample.spans)][n // len(sample.spans)] for n in range(len(rows))]
    tested = [n for n, value in enumerate(p) if value is not None]
    q = dict(zip(tested, q_values([value for value in p if value is not None]), strict=True))
    return tuple(replace(row, p=p[n], q=q.get(n)) for n, row in enumerate(rows) if row.n)


def _parts(sample: Sample, group: Group, firsts: Sequence[bool], stories: Stories) -> tuple[_Part, ...]:
    sides = (group.members, group.subtracted) if group.measure == "spread" else (group.members,)
    return tuple(
        _part(sample, [n for n in side if stories == "all" or firsts[n]], is_signed=group.measure == "signed")
        for side in sides
    )


def _part(sample: Sample, members: Sequence[int], *, is_signed: bool) -> _Part:
    import numpy as np

    signs: dict[int, list[int]] = defaultdict(list)
    for n in members:
        signs[sample.at[n]].append(sample.trades[n].sign)
    places = sorted(signs)
    weights = [sum(signs[at]) / len(signs[at]) if is_signed else 1.0 for at in places]
    has_side = [weight != 0 for weight in weights]  # verdicts that contradict each other on a day say nothing
    kept = np.array(has_side, dtype=bool)
    return _Part(np.array(places, dtype="int64")[kept], np.array(weights)[kept], len(members))


def _row(sample: Sample, line: _Line, span: int, drawn: Array) -> Row:
    import numpy as np

    values, returns = sample.values(span), sample.returns[span]
    parts = [(part, ~np.isnan(values[part.places])) for part in line.parts]
    held = [(part.weights * values[part.places])[there] for part, there in parts]
    plain = [(part.weights * returns[part.places])[there] for part, there in parts]
    days = [sample.day_of[part.places][there] for part, there in parts]
    n = sum(map(len, held))
    is_empty = any(not len(one) for one in held)
    draws = [means_by_day(one, day, drawn) for one, day in zip(held, days, strict=True)]
    low, high = interval(_less(draws)) if not is_empty else (np.nan, np.nan)
    group = line.group
    sign = 0 if group.measure == "spread" else group.sign
    moved = held[0][held[0] != 0] if sign else held[0][:0]
    n_hits = int((moved * sign > 0).sum())
    hit_low, hit_high = wilson(n_hits, len(moved))
    return Row(
        by=group.by,
        group=group.name,
        measure=group.measure,
        stories=line.stories,
        window=sample.spans[span],
        n=0 if is_empty else n,
        n_days=len(np.unique(np.concatenate(days))),
        n_records=sum(part.n_records for part in line.parts),
        mean_return=_less([_mean(one) for one in plain]),
        mean=_less([_mean(one) for one in held]),
        median=_less([float(np.median(one)) if len(one) else np.nan for one in held]),
        low=low,
        high=high,
        is_abnormal=sample.is_abnormal,
        n_hits=n_hits if len(moved) else None,
        hit_rate=n_hits / len(moved) if len(moved) else None,
        hit_low=hit_low if len(moved) else None,
        hit_high=hit_high if len(moved) else None,
        p=None,
        q=None,
    )


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _less(sides: Sequence[Any]) -> Any:  # Any: numbers or arrays of them
    return sides[0] if len(sides) == 1 else sides[0] - sides[1]


def _tested(
    sample: Sample, lines: Sequence[_Line], rows: Sequence[Row], span: int, options: Options
) -> list[float | None]:
    """The placebo's p for each line over a window; None for a check, for too few, and without dates to compare with."""
    import numpy as np

    own = [rows[n * len(sample.spans) + span] for n in range(len(lines))]
    parts = [
        (n, part)
        for n, line in enumerate(lines)
        if own[n].is_enough and not own[n].is_check and all(_is_enough(part) for part in line.parts)
        for part in line.parts
    ]
    found: list[float | None] = [None] * len(lines)
    if not parts:
        return found
    values = sample.values(span)
    weights = np.zeros((len(parts), len(values)), dtype="float32")
    for row, (_, part) in enumerate(parts):
        weights[row, part.places] = part.weights
    weights[:, np.isnan(values)] = 0
    tickers = {one.ticker for one in sample.observed}
    over = {ticker: sample.over_sessions(ticker, sample.spans[span]) for ticker in tickers}
    entered: dict[str, list[int]] = defaultdict(list)
    for one in sample.observed:
        entered[one.ticker].append(one.place)
    still = {ticker: quiet(entered[ticker], len(over[ticker])) for ticker in tickers}
    means, covered = placebo_means(
        sample.observed, weights, over, still, draws=options.placebos, seed=options.seed
    )
    usual = {ticker: _mean(over[ticker][~np.isnan(over[ticker])]) for ticker in tickers}
    expected = np.array([usual[one.ticker] for one in sample.observed])
    sides: dict[int, list[tuple[float, float, Array]]] = defaultdict(list)
    for row, (n, _) in enumerate(parts):
        here = weights[row] != 0
        compared = here & covered
        if compared.sum() >= max(_COVERED * here.sum(), ENOUGH):
            weight = weights[row][compared]
            sides[n].append(
                (_mean(weight * values[compared]), _mean(weight * expected[compared]), means[row])
            )
    for n, both in sides.items():
        if len(both) == len(lines[n].parts):
            observed, usually, draws = (_less(side) for side in zip(*both, strict=True))
            found[n] = p_value(observed, usually, draws)
    return found


def _is_enough(part: _Part) -> bool:
    return len(part.places) >= ENOUGH


# ---------------------------------------------------------------- the picture


def paths(sample: Sample, found: Sequence[Group], options: Options) -> tuple[Path, ...]:
    """The mean way after each label, of the observations whose prices reach over all of the picture."""
    import numpy as np

    positions = [k for k in range(FROM, TO + 1) if k]
    tickers = {one.ticker for one in sample.observed}
    ways = {
        ticker: np.stack(
            [sample.over_sessions(ticker, (min(k, 0), max(k, 0))) * (1 if k > 0 else -1) for k in positions],
            axis=1,
        )
        for ticker in tickers
    }
    drawn = day_draws(len(sample.days), draws=options.draws, seed=options.seed)
    made = []
    for group in found:
        if group.measure != "plain":
            continue
        places = sorted({sample.at[n] for n in group.members})
        way = np.array([ways[sample.observed[at].ticker][sample.observed[at].place] for at in places])
        there = ~np.isnan(way).any(axis=1)
        if not there.any():
            continue
        days = sample.day_of[places][there]
        points = [(0, 0.0, 0.0, 0.0)]
        for column, k in enumerate(positions):
            values = way[there, column]
            points.append((k, float(values.mean()), *interval(means_by_day(values, days, drawn))))
        made.append(Path(group.name, group.sign, int(there.sum()), tuple(sorted(points))))
    return tuple(made)
