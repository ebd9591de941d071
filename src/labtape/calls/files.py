"""The ledger of calls as a folder: a file of calls for each day, and `chain.jsonl` with the seals.

    calls/chain.jsonl  2026-06-01.jsonl  2026-06-02.jsonl  2026-06-02.2.jsonl …

The files of the days are written first, then the chain with their seals, each whole or not at all: what a crash leaves between the
two are files that no seal names yet, and the next sealing writes them again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from labtape.calls.chain import due, hash_of
from labtape.calls.nouns import CALL, SEAL, Call, Day, Seal, Sealed
from labtape.exceptions import ReadError, SettingsError
from labtape.plain import from_plain, to_plain
from labtape.report.record import dumps
from labtape.report.write import replacing

try:
    import fcntl
except ImportError:  # no such locks on this system: do not seal twice at once there
    fcntl = None  # type: ignore[assignment]  # where there is none

CHAIN: Final = "chain.jsonl"
DAY_FILE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:\.\d{1,9})?\.jsonl")


def seal(
    folder: Path, calls: Iterable[Call], *, now: datetime, through: str | None = None
) -> tuple[Seal, ...]:
    """Seal the days that are over and not sealed yet, in a folder that is made where it is missing; the seals that were added.

    Sealing again adds nothing, and a folder is made only for a seal that goes into it. `through` is the last day (docs/calls.md). Raises `ReadError` where the chain or a day's file
    cannot be read, `SettingsError` where nothing can be written, a file would be replaced that holds calls which no seal names
    and which are not made any more (the chain was lost), or `through` is to come.
    """
    made = tuple(_checked(calls))
    if not folder.exists() and not due(made, (), frozenset(), now=now, through=through):
        return ()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise SettingsError(f"{folder}: cannot be made ({e.strerror}); give a folder for the calls") from e
    with _alone(folder):
        seals = read_seals(folder) if (folder / CHAIN).exists() else ()
        if seals and seals[-1].hash != hash_of(seals[-1]):
            raise ReadError(
                f"{folder / CHAIN} line {len(seals)}: the seal is not what was sealed; run verify"
            )
        sealed = frozenset(kept.call.key for kept in read_sealed(folder, seals))
        days = due(made, seals, sealed, now=now, through=through)
        for day in days:
            if day.seal.file:
                _check_loses_nothing(folder / day.seal.file, day.lines)
        for day in days:
            if day.seal.file:
                _write(folder / day.seal.file, day.lines)
        if days:
            _settle(folder)
            _write(folder / CHAIN, (dumps(to_plain(one)) for one in (*seals, *(day.seal for day in days))))
            _settle(folder)
    return tuple(day.seal for day in days)


def _checked(calls: Iterable[Call]) -> Iterator[Call]:
    for n, call in enumerate(calls):
        if not isinstance(call, Call):
            raise SettingsError(
                f"calls: item {n} is {type(call).__name__}, and no call; give calls_in(records)"
            )
        yield call


def _check_loses_nothing(path: Path, lines: Iterable[str]) -> None:
    """A file that no seal names is a crash's, and holds what is written again; or the chain was lost, and it is the last trace of its calls."""
    if not path.exists():
        return
    ours = {call.key for line in lines if (call := _call_of(line))}
    for n, line in enumerate(lines_of(path, what="day"), 1):
        call = _call_of(line)
        if call and call.key not in ours:
            raise SettingsError(
                f"{path} line {n}: a call that no seal names and no record makes would be lost; "
                f"put back the {CHAIN} it belongs to, or move the file away"
            )


def _call_of(line: str) -> Call | None:
    """The call of a line; None for a torn one, which holds none."""
    try:
        made: Call = _noun(Call, CALL, _parsed(line, "").get("call"), "")
    except ReadError:
        return None
    return made


def read_seals(folder: Path) -> tuple[Seal, ...]:
    """The seals of a folder as they stand there, unchecked, oldest first.

    Raises `ReadError` with the line that is none, or where there is no chain.
    """
    path = folder / CHAIN
    return tuple(
        _noun(Seal, SEAL, line, f"{path} line {n}") for n, line in enumerate(lines_of(path, what="chain"), 1)
    )


def read_sealed(folder: Path, seals: Iterable[Seal]) -> Iterator[Sealed]:
    """The calls of some seals, unchecked, in their order. Raises `ReadError` with the line that is none."""
    for one in seals:
        if one.file is None:
            continue
        path = folder / one.file
        for n, line in enumerate(lines_of(path, what="day"), 1):
            place = f"{path} line {n}"
            told = _parsed(line, place).get("call")
            yield Sealed(
                _noun(Call, CALL, told, place), one, bool(isinstance(told, dict) and told.get("late"))
            )


def lines_of(path: Path, *, what: str) -> list[str]:
    """The lines of a file; a last one without its end counts. Raises `ReadError`."""
    try:
        body = path.read_bytes()
    except OSError as e:
        hint = "`labtape calls seal` makes one" if what == "chain" else "a seal names it"
        raise ReadError(f"{path}: cannot be read ({e.strerror}); {hint}") from e
    text = body.decode(
        "utf-8", "surrogateescape"
    )  # a byte that is no UTF-8 is kept, and fits no line of ours
    return text.removesuffix("\n").split("\n") if text else []


def strays(folder: Path, seals: Iterable[Seal]) -> tuple[str, ...]:
    """Files of days that no seal names, by name."""
    named = {one.file for one in seals}
    return tuple(
        sorted(p.name for p in folder.iterdir() if DAY_FILE.fullmatch(p.name) and p.name not in named)
    )


def _noun(kind: Any, schema: str, line: object, place: str) -> Any:  # Any: Call or Seal, as the kind says
    value = _parsed(line, place) if isinstance(line, str) else line
    if not isinstance(value, dict) or value.get("schema") != schema:
        raise ReadError(f"{place}: no {schema}; a line of the ledger of calls has one")
    return from_plain(kind, value, place=f"{place} $")


def _parsed(line: str, place: str) -> dict[str, Any]:  # Any: JSON has no tighter type
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as e:
        raise ReadError(f"{place}: no JSON") from e
    if not isinstance(value, dict):
        raise ReadError(f"{place}: no JSON object")
    return value


def _write(path: Path, lines: Iterable[str]) -> None:
    with replacing(path) as file:
        file.writelines(f"{line}\n".encode() for line in lines)


def _settle(folder: Path) -> None:
    """Have the names in a folder outlive a loss of power as well, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time: two that seal at once would write one chain over the other."""
    if fcntl is None:
        yield
        return
    try:
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as e:
        raise SettingsError(f"{folder}: cannot be written there ({e.strerror})") from e
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def read_day(folder: Path, one: Seal) -> Day:
    """A seal with the lines of its file as they stand there."""
    return Day(one, tuple(lines_of(folder / one.file, what="day")) if one.file else ())
