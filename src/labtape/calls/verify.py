"""Whether a ledger of calls is what was sealed: the first place where it is not, by file, line and field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from labtape.calls.chain import GENESIS, Key, canonical, hash_of, link
from labtape.calls.core import calls_in
from labtape.calls.files import CHAIN, DAY_FILE, lines_of, read_day, strays
from labtape.calls.nouns import CALL, SEAL, Call, Day, Seal
from labtape.exceptions import ReadError
from labtape.plain import from_plain, iso, to_plain
from labtape.report.record import dumps
from labtape.types import Record


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place that is not what was sealed. `line` counts from 1; None for a whole file or folder."""

    file: str
    line: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.file}{f' line {self.line}' if self.line else ''}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and the first broken place, None where all holds.

    `head` is the hash of the last seal, `since_head` how many seals came after the published one, None where none was given.
    `n_compared` calls were compared with records, `n_waiting` calls of records wait for a seal.
    """

    n_seals: int
    n_calls: int
    n_late: int
    head: str | None
    since_head: int | None
    n_compared: int
    n_waiting: int
    broken: Broken | None


class _Break(Exception):
    def __init__(self, file: str, line: int | None, what: str) -> None:
        super().__init__(what)
        self.broken = Broken(file, line, what)


def verify(folder: Path, *, head: str | None = None, records: Iterable[Record] | None = None) -> Verified:
    """Check a ledger: the chain of seals, every call, and that `records` still say the same.

    `head` is the hash of a seal that was published: it must be in the chain. Without one a ledger that was made anew as a
    whole, or cut off at its end, looks right. Raises `ReadError` where there is no chain at all.
    """
    rows = lines_of(folder / CHAIN, what="chain")
    seals: list[Seal] = []
    known: dict[Key, tuple[Call, str, int]] = {}
    n_late = n_compared = n_waiting = 0
    broken = None
    try:
        _check_chain(rows, seals)
        for one in seals:
            _check_day(folder, one, known)
            n_late += one.late
        for name in strays(folder, seals):
            raise _Break(name, None, "no seal names this file")
        if head is not None and head not in [one.hash for one in seals]:
            raise _Break(CHAIN, None, f"the published head {head} is not in it: it was cut off or made anew")
        if records is not None:
            n_compared, n_waiting = _compare(records, known)
    except _Break as e:
        broken = e.broken
    since = next((len(seals) - one.n for one in seals if one.hash == head), None)
    return Verified(
        len(seals),
        len(known),
        n_late,
        seals[-1].hash if seals else None,
        since,
        n_compared,
        n_waiting,
        broken,
    )


# ---------------------------------------------------------------- the chain


def _check_chain(rows: Iterable[str], seals: list[Seal]) -> None:
    """Check each line against the one before, and add its seal to `seals`."""
    for n, row in enumerate(rows, 1):
        one = _read(Seal, SEAL, canonical(row), CHAIN, n)
        before = seals[-1] if seals else None
        what = _wrong(one, before, n)
        if what:
            raise _Break(CHAIN, n, what)
        seals.append(one)


def _wrong(one: Seal, before: Seal | None, n: int) -> str | None:
    """What is wrong with the seal that stands n-th, after another one."""
    if one.hash != hash_of(one):
        return f"a field was changed: the hash of the line is {hash_of(one)}, it says {one.hash}"
    if one.n != n:
        return f"it is seal {one.n}, seal {n} is expected: a line was put in, taken out or moved"
    if one.file is not None and not DAY_FILE.fullmatch(one.file):
        return f"file {one.file!r} is no day's file, as 2026-06-01.jsonl"
    if one.previous != (before.hash if before else GENESIS):
        return f"it follows {one.previous}, the seal before it is {before.hash if before else GENESIS}"
    if before and one.sealed_at < before.sealed_at:
        return f"sealed at {iso(one.sealed_at)}, before the seal above it ({iso(before.sealed_at)})"
    if before and (one.day < before.day or (one.day == before.day and not before.early)):
        return f"day {one.day} after the seal of {before.day}"
    return None


# ---------------------------------------------------------------- a day


def _check_day(folder: Path, one: Seal, known: dict[Key, tuple[Call, str, int]]) -> None:
    """Check the calls of a seal, and add them to `known`."""
    try:
        day = read_day(folder, one)
    except ReadError as e:
        raise _Break(one.file or CHAIN, None, f"{e}".partition(": ")[2]) from e
    before, n_late = one.previous, 0
    name = one.file or CHAIN
    keys: list[Key] = []
    for n, line in enumerate(day.lines, 1):
        value = canonical(line)
        call = _read(Call, CALL, value and value.get("call"), name, n)
        late = value["call"].get("late")
        what = _wrong_call(value, call, one, before)
        what = what or (f"after {keys[-1][0]}: out of order" if keys and call.key <= keys[-1] else None)
        if not what and call.key in known:
            what = f"the same call as {known[call.key][1]} line {known[call.key][2]}"
        if what:
            raise _Break(name, n, what)
        known[call.key] = (call, name, n)
        keys.append(call.key)
        before, n_late = value["link"], n_late + late
    _check_sums(day, before, n_late)


def _wrong_call(value: Any, call: Call, one: Seal, before: str) -> str | None:  # Any: a parsed line
    made = link(before, dumps(value["call"]))
    if value.get("link") != made:
        return f"call {call.record} or what stands before it was changed, put in, taken out or moved: its link is {value.get('link')}, {made} is expected"
    if call.day > one.day or value["call"].get("late") is not (call.day < one.day):
        return f"made on {call.day}, late: {value['call'].get('late')}, in the seal of {one.day}"
    if call.scored_at > one.sealed_at:
        return f"made at {iso(call.scored_at)}, after it was sealed ({iso(one.sealed_at)})"
    return None


def _check_sums(day: Day, last: str, n_late: int) -> None:
    one, n = day.seal, len(day.lines)
    name = one.file or CHAIN
    if n != one.count:
        where = f"ends after line {n}" if n < one.count else f"has {n} lines"
        raise _Break(name, min(n, one.count) + 1, f"the file {where}, its seal counts {one.count}")
    if last != one.last:
        raise _Break(
            name, n or None, f"the last link is {last}, seal {one.n} says {one.last}: the day was made anew"
        )
    if n_late != one.late:
        raise _Break(CHAIN, one.n, f"it counts {one.late} late calls, {name} has {n_late}")


def _read(kind: Any, schema: str, value: object, file: str, line: int) -> Any:  # Any: Call or Seal
    if not isinstance(value, dict) or value.get("schema") != schema:
        raise _Break(file, line, f"no line of ours: {schema} as compact JSON is expected")
    try:
        return from_plain(kind, value)
    except ReadError as e:
        raise _Break(file, line, str(e)) from e


# ---------------------------------------------------------------- the records


def _compare(records: Iterable[Record], known: dict[Key, tuple[Call, str, int]]) -> tuple[int, int]:
    """How many sealed calls the records make as well, and how many calls are not sealed; the first that differs breaks."""
    missing, n_waiting = dict(known), 0
    for call in calls_in(records):
        if call.key not in known:
            n_waiting += 1
            continue
        sealed, file, line = known[call.key]
        missing.pop(call.key, None)
        if differs := _difference(sealed, call):
            raise _Break(file, line, f"the record of {call.record} says another {differs}")
    for call, file, line in missing.values():
        raise _Break(file, line, f"no record makes this call any more ({call.record}, {iso(call.scored_at)})")
    return len(known), n_waiting


def _difference(sealed: Call, now: Call) -> str | None:
    """The first field in which two calls differ, with both values."""
    ours, theirs = (json.loads(dumps(to_plain(call))) for call in (sealed, now))
    for field in fields(Call):
        if ours[field.name] != theirs[field.name]:
            return f"{field.name}: {dumps(theirs[field.name])}, sealed is {dumps(ours[field.name])}"
    return None
