"""How each claim stands among the others: told by whom, withdrawn, disputed, outdated, or another series.

What a row is called by, where several hold, is the first of

    superseded        restated: all its sources gave another figure for the same time later
    contradicted      another origin gives, for the same key, holder and time, a figure that does not meet it
    superseded        a later figure, about a later time, for the same key and holder
    not_comparable    a reader could take it for the main series of its holder, and its key is another
    corroborated      independent origins say the same
    single            one origin says so

All that hold are kept, in this order. Rows are set against each other only inside a group of equal key, holder and kind
(measured or not); the groups are sorted, and no pass looks at all pairs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from labtape.ledger.rows import Finding, ShareRow, Standing
from labtape.ledger.series import not_comparable
from labtape.ledger.times import SAME_TIME, day_number, is_dated, is_same_time
from labtape.ledger.words import claim_words

Pair = tuple[ShareRow, ShareRow]


def with_standings(rows: Sequence[ShareRow]) -> tuple[ShareRow, ...]:
    """The rows, in their order, each with all that holds of it among the others."""
    restated = dict(_restatements(rows))
    holding = [row for row in rows if row.id not in restated]
    found: dict[str, list[Finding]] = defaultdict(list)
    for row_id, later in restated.items():
        found[row_id].append(_restated(later))
    for row, against in _contradictions(holding):
        found[row.id].append(_contradicted(against))
    for row, later in _supersessions(holding):
        found[row.id].append(_superseded(later))
    for row, main, differ in _other_series(rows):
        found[row.id].append(Finding("not_comparable", differ, (main.id,), claim_words(main)))
    return tuple(
        replace(row, standing=_standing(row, found[row.id], restated.get(row.id))) if row.id in found else row
        for row in rows
    )


def _standing(row: ShareRow, findings: list[Finding], restated: ShareRow | None) -> Standing:
    """The findings come in the order of precedence; that of the row's own sightings is the last."""
    return Standing(
        findings[0].status,
        row.standing.n_origins,
        (*findings, row.standing.findings[-1]),
        restated.id if restated else None,
    )


def disputes(rows: Iterable[ShareRow]) -> tuple[Pair, ...]:
    """The rows that contradict each other, each pair once, of those that are given."""
    by_id = {row.id: row for row in rows}
    found: dict[frozenset[str], Pair] = {}
    for row in by_id.values():
        for finding in row.standing.findings:
            if finding.status == "contradicted":
                for other in finding.against:
                    if other in by_id:
                        found.setdefault(frozenset((row.id, other)), (row, by_id[other]))
    return tuple(found.values())


def is_apart(left: ShareRow, right: ShareRow) -> bool:
    """Whether the intervals of two figures do not meet."""
    return left.high < right.low or right.high < left.low


# ---------------------------------------------------------------- in words


def _restated(later: ShareRow) -> Finding:
    says = f"the same source gives {later.figure} for the same time{_told(later)}"
    return Finding("superseded", (says,), (later.id,), claim_words(later))


def _contradicted(against: Sequence[ShareRow]) -> Finding:
    says = tuple(f"another origin gives {row.figure} for the same time{_told(row)}" for row in against)
    return Finding("contradicted", says, tuple(row.id for row in against), claim_words(against[0]))


def _superseded(later: ShareRow) -> Finding:
    says = f"later figure: {later.figure}{_told(later)}"
    return Finding("superseded", (says,), (later.id,), claim_words(later))


def _told(row: ShareRow) -> str:
    """`, for May 2026 (Router Weekly, 2026-06-02)`."""
    period = f", for {row.period}" if row.period else ""
    parts = (row.first.publisher, row.first.at.date().isoformat() if row.first.at else None)
    told = ", ".join(part for part in parts if part)
    return period + (f" ({told})" if told else "")


# ---------------------------------------------------------------- restated


def _restatements(rows: Iterable[ShareRow]) -> Iterator[tuple[str, ShareRow]]:
    """Each row that every one of its origins replaced, with the row that one of them gives for the same time now."""
    groups: dict[tuple[object, ...], list[ShareRow]] = defaultdict(list)
    for row in rows:
        if is_dated(row) and _kind(row) != "opinion":
            groups[(*_line(row), row.period_start, row.period_end)].append(row)
    for group in groups.values():
        if len(group) > 1:
            yield from _restated_in(group)


def _restated_in(group: Sequence[ShareRow]) -> Iterator[tuple[str, ShareRow]]:
    latest: dict[str, ShareRow] = {}
    for row in group:
        for origin, at in _first_told(row).items():
            if origin not in latest or at > _first_told(latest[origin])[origin]:
                latest[origin] = row
    for row in group:
        told = _first_told(row)
        now = [
            latest[origin]
            for origin, at in told.items()
            if is_apart(row, latest[origin]) and _first_told(latest[origin])[origin] > at
        ]
        if len(now) == len(told):
            yield row.id, now[0]


def _first_told(row: ShareRow) -> dict[str, float]:
    """When each origin of a row was first heard with it."""
    told: dict[str, float] = {}
    for s in row.sightings:
        told.setdefault(s.origin, (s.at or s.available_at).timestamp())
    return told


# ---------------------------------------------------------------- contradicted


@dataclass(frozen=True, slots=True)
class _Extremes:
    """Of some rows those with the lowest highs and with the highest lows, of different origins each.

    Two of each are enough to find, for any row, one that lies apart from it and is of another origin, if there is one.
    """

    lowest: tuple[ShareRow, ...] = ()
    highest: tuple[ShareRow, ...] = ()

    def and_row(self, row: ShareRow) -> _Extremes:
        lowest, highest = self.lowest, self.highest
        if len(lowest) < 2 or row.high < lowest[-1].high:
            lowest = _two(sorted((*lowest, row), key=lambda r: (r.high, r.id)))
        if len(highest) < 2 or row.low > highest[-1].low:
            highest = _two(sorted((*highest, row), key=lambda r: (-r.low, r.id)))
        return _Extremes(lowest, highest)


def _two(rows: Sequence[ShareRow]) -> tuple[ShareRow, ...]:
    """The first, and the first after it that somebody else stands behind."""
    first = rows[0]
    return (first, *[row for row in rows[1:] if _is_of_others(first, row)][:1])


def _is_of_others(left: ShareRow, right: ShareRow) -> bool:
    return len({s.origin for row in (left, right) for s in row.sightings}) > 1


def _contradictions(rows: Iterable[ShareRow]) -> Iterator[tuple[ShareRow, tuple[ShareRow, ...]]]:
    """Each measured row with the rows that give, for its time, figures that do not meet its own."""
    groups: dict[tuple[object, ...], list[ShareRow]] = defaultdict(list)
    for row in rows:
        if _kind(row) == "measured":
            if is_dated(row):
                groups[(*_line(row), row.period_start, row.period_end)].append(row)
            elif row.role == "current" and row.first.at:
                groups[_line(row)].append(row)
    for group in groups.values():
        if len(group) > 1:
            around = _of_period(group) if is_dated(group[0]) else _of_days(group)
            for row, near in around:
                against = {
                    other.id: other
                    for extremes in near
                    for other in (*extremes.lowest, *extremes.highest)
                    if is_apart(row, other) and _is_of_others(row, other) and is_same_time(row, other)
                }
                if against:
                    yield row, tuple(against.values())


def _of_period(group: Sequence[ShareRow]) -> Iterator[tuple[ShareRow, tuple[_Extremes, ...]]]:
    all_of_them = _folded(group)[-1]
    return ((row, (all_of_them,)) for row in group)


def _of_days(group: Sequence[ShareRow]) -> Iterator[tuple[ShareRow, tuple[_Extremes, ...]]]:
    """Each undated row with the extremes of all that was seen at about its time.

    Time is cut into blocks of that width: that is the row's own block, the end of the one before and the beginning of the next.
    """
    width = SAME_TIME.total_seconds()
    blocks: dict[int, list[ShareRow]] = defaultdict(list)
    for row in sorted(group, key=_seen):
        blocks[int(_seen(row) // width)].append(row)
    times = {n: [_seen(row) for row in block] for n, block in blocks.items()}
    heads = {n: _folded(block) for n, block in blocks.items()}
    tails = {n: _folded(block[::-1])[::-1] for n, block in blocks.items()}
    for n, block in blocks.items():
        for row in block:
            near = [heads[n][-1]]
            before = bisect_left(times.get(n - 1, ()), _seen(row) - width)
            if n - 1 in blocks and before < len(tails[n - 1]):
                near.append(tails[n - 1][before])
            after = bisect_right(times.get(n + 1, ()), _seen(row) + width)
            if after:
                near.append(heads[n + 1][after - 1])
            yield row, tuple(near)


def _folded(rows: Sequence[ShareRow]) -> list[_Extremes]:
    """The extremes of the first row, of the first two, and so on."""
    return list(accumulate(rows, lambda extremes, row: extremes.and_row(row), initial=_Extremes()))[1:]


def _seen(row: ShareRow) -> float:
    return row.first.at.timestamp() if row.first.at else 0.0


# ---------------------------------------------------------------- superseded by time


@dataclass(frozen=True, slots=True)
class _Later:
    """Rows by the day they are about, and for each place the extremes of what comes from there on."""

    rows: tuple[ShareRow, ...]
    days: tuple[float, ...]
    highest: tuple[ShareRow, ...]
    lowest: tuple[ShareRow, ...]

    def than(self, row: ShareRow, day: float, *, apart: bool) -> ShareRow | None:
        """A row about a later day; the last one, unless only an earlier one lies `apart`, where it must."""
        start = bisect_right(self.days, day)
        if start == len(self.rows):
            return None
        candidates = (self.rows[-1], self.highest[start], self.lowest[start])
        return next((other for other in candidates if not apart or is_apart(row, other)), None)


def _later(rows: Iterable[tuple[float, ShareRow]]) -> _Later:
    ordered = sorted(rows, key=lambda pair: (pair[0], pair[1].id))
    by_day = [row for _, row in ordered]
    highest = tuple(accumulate(by_day[::-1], _higher))[::-1]
    lowest = tuple(accumulate(by_day[::-1], _lower))[::-1]
    return _Later(tuple(by_day), tuple(day for day, _ in ordered), highest, lowest)


def _higher(left: ShareRow, right: ShareRow) -> ShareRow:
    return right if right.low > left.low else left


def _lower(left: ShareRow, right: ShareRow) -> ShareRow:
    return right if right.high < left.high else left


def _supersessions(rows: Iterable[ShareRow]) -> Iterator[Pair]:
    """Each measured row with a figure of its line about a later time.

    Of two dated claims the later one is another figure, whatever it says. An undated one may be the dated one once more, or
    the same undated one in other words: it is a later figure only if it does not meet the earlier one, and two
    undated ones lie a week apart. An undated baseline is earlier than what it is compared with.
    """
    groups: dict[tuple[object, ...], list[tuple[float, ShareRow]]] = defaultdict(list)
    for row in rows:
        day = day_number(row)
        if _kind(row) == "measured" and day is not None:
            groups[_line(row)].append((day, row))
    for group in groups.values():
        if len(group) == 1:
            continue
        dated = _later((day, row) for day, row in group if is_dated(row))
        undated = _later((day, row) for day, row in group if not is_dated(row) and row.role == "current")
        for day, row in group:
            is_earlier_by_word = row.role == "baseline" and not is_dated(row)
            wait = 0 if is_dated(row) or is_earlier_by_word else SAME_TIME.days
            later = dated.than(row, day, apart=not is_dated(row) and not is_earlier_by_word) or undated.than(
                row, day + wait, apart=not is_earlier_by_word
            )
            if later:
                yield row, later


# ---------------------------------------------------------------- another series


def _other_series(rows: Sequence[ShareRow]) -> Iterator[tuple[ShareRow, ShareRow, tuple[str, ...]]]:
    """Every row of a series that could be taken for its holder's main one, with a row of that and what differs."""
    taken = {
        (pair.right.holder, pair.right.comparability_key): (pair.left, pair.reasons)
        for pair in not_comparable(rows)
    }
    for row in rows:
        if (row.holder, row.comparability_key) in taken:
            main, differ = taken[row.holder, row.comparability_key]
            yield row, main, differ


def _line(row: ShareRow) -> tuple[object, ...]:
    """What rows have in common that may be set against each other."""
    return (row.comparability_key, row.holder, _kind(row))


def _kind(row: ShareRow) -> str:
    if row.role == "projected" or row.modality == "forecast":
        return "projected"
    return row.modality
