"""What an address asks for: parameters of strangers, made fit or left out. A page never fails for a wrong one."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite

from labtape.foreign import clean

LONGEST = 200  # characters of a parameter that are read


def words(value: str | None) -> str:
    """The parameter on one line, cut; empty where there is none.

    >>> words("  two \\n words "), words(None)
    ('two words', '')
    """
    return clean((value or "")[:LONGEST])


def number(value: str | None, *, least: float, most: float) -> float | None:
    """The number if it is one within its bounds, else None.

    >>> number("0.5", least=0, most=1), number("nan", least=0, most=1), number("7", least=0, most=1)
    (0.5, None, None)
    """
    try:
        found = float((value or "")[:LONGEST])
    except ValueError:
        return None
    return found if isfinite(found) and least <= found <= most else None


def one_of(value: str | None, known: tuple[str, ...]) -> str:
    """The parameter if it is one of the known ones, else empty."""
    return value if value in known else ""


def moment_of(value: str | None) -> datetime | None:
    """The time if it is an ISO one, in UTC where it names no zone; else None.

    >>> moment_of("2026-06-01"), moment_of("soon")
    (datetime.datetime(2026, 6, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        found = datetime.fromisoformat((value or "")[:LONGEST])
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)
