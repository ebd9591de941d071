"""A number out of a hundred as found, before the words around it are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["percent", "point", "basis_point", "fraction", "amount"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A number found, before its hedge and direction are read. `hedge_at` is where hedges end."""

    start: int
    end: int
    value: float
    unit: Unit
    high: float | None = None
    hedge_at: int | None = None
