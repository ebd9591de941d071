"""How calls are chained, and which days are to be sealed.

    seal 1  ──hash──▶  link of call 1 ──▶ link of call 2 ──▶ … ──last──▶  seal 2  ──hash──▶  …

A link is the digest of the link before it and of its call; the first link of a day starts at the hash of the seal before.
So every call and every seal stands on all that came before, and the hash of the last seal, the head, on everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from labtape.calls.nouns import Call, Day, Seal
from labtape.exceptions import SettingsError
from labtape.plain import iso, to_plain
from labtape.report.record import dumps
from labtape.version import __version__

#: What the first seal stands on: nothing.
GENESIS: Final = "sha256:" + "0" * 64
Key = tuple[str, int, datetime, str]


def link(previous: str, call: str) -> str:
    """The link of a call, given as canonical JSON, after the link or the seal before it."""
    return _sha256(f"call\n{previous}\n{call}")


def line_of(call: Call, *, late: bool, previous: str) -> tuple[str, str]:
    """A line of a day's file without its end, and its link."""
    told = json.loads(
        dumps({**to_plain(call), "late": late})
    )  # two halves of a surrogate pair are one character
    made = link(previous, dumps(told))
    return dumps({"call": told, "link": made}), made


def hash_of(seal: Seal) -> str:
    """The digest of a seal: of all its fields but `hash` itself."""
    plain = to_plain(seal)
    del plain["hash"]
    return _sha256("seal\n" + dumps(plain))


def due(
    calls: Iterable[Call],
    seals: Sequence[Seal],
    sealed: AbstractSet[Key],
    *,
    now: datetime,
    through: str | None = None,
) -> tuple[Day, ...]:
    """The seals that are to be made now, oldest first: one for each day that is over, from the day of the first call on.

    A day without calls gets one as well, so that none can be slipped in later. Calls of days that are closed go into the
    next seal, marked as late. `through` is the last day to seal, yesterday by default; today may be sealed early, and again
    when there is more of it. Times are UTC.

    Raises `SettingsError` for a day that is to come, or a clock that is behind the last seal.
    """
    today = f"{now:%Y-%m-%d}"
    last = through or _after(today, -1)
    if last > today:
        raise SettingsError(f"--through {last}: that day has not begun (today is {today} in UTC)")
    if seals and now < seals[-1].sealed_at:
        raise SettingsError(
            f"the clock says {iso(now)}, which is before the last seal ({iso(seals[-1].sealed_at)}); set it right"
        )
    fresh = {call.key: call for call in calls if call.key not in sealed and call.scored_at <= now}
    waiting: dict[str, list[Call]] = {}
    for call in fresh.values():
        waiting.setdefault(call.day, []).append(call)
    chain, days = list(seals), list[Day]()
    for day in _days(min(waiting, default=None), seals, last):
        known = [d for d in waiting if d <= day]  # of earlier days: late
        early = day == today
        if early and not known:
            continue
        ours = sorted((call for d in known for call in waiting.pop(d)), key=lambda call: call.key)
        days.append(_sealed(day, ours, chain, early=early, now=now))
        chain.append(days[-1].seal)
    return tuple(days)


def _days(first_call: str | None, seals: Sequence[Seal], last: str) -> list[str]:
    """The days to seal: from the one after the last closed, or from that of the first call on."""
    if seals:
        first = seals[-1].day if seals[-1].early else _after(seals[-1].day, 1)
    elif first_call:
        first = first_call
    else:
        return []
    return [_after(first, n) for n in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)]


def _sealed(day: str, calls: Sequence[Call], seals: Sequence[Seal], *, early: bool, now: datetime) -> Day:
    previous = seals[-1].hash if seals else GENESIS
    lines: list[str] = []
    last = previous
    for call in calls:
        line, last = line_of(call, late=call.day < day, previous=last)
        lines.append(line)
    same_day = takewhile(lambda seal: seal.day == day, reversed(seals))
    part = 1 + sum(seal.file is not None for seal in same_day)
    seal = Seal(
        n=len(seals) + 1,
        day=day,
        file=file_of(day, part) if lines else None,
        count=len(lines),
        late=sum(call.day < day for call in calls),
        early=early,
        last=last,
        previous=previous,
        sealed_at=now.astimezone(UTC),
        engine=__version__,
        hash="",
    )
    return Day(replace(seal, hash=hash_of(seal)), tuple(lines))


def file_of(day: str, part: int) -> str:
    """The name of a day's file; a day that was sealed early has further parts.

    >>> file_of("2026-06-01", 1), file_of("2026-06-01", 2)
    ('2026-06-01.jsonl', '2026-06-01.2.jsonl')
    """
    return f"{day}.jsonl" if part == 1 else f"{day}.{part}.jsonl"


def canonical(line: str) -> Any:  # Any: JSON has no tighter type
    """The value of a line that is JSON as we write it; None for any other line."""
    try:
        value = json.loads(line)
        return value if isinstance(value, dict) and dumps(value) == line else None
    except (ValueError, RecursionError):
        return None


def _after(day: str, n: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=n)).isoformat()


def _sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
