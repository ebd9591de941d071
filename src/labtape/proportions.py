"""How far a share of a number of cases can be trusted: Wilson's interval."""

from __future__ import annotations

from math import sqrt
from typing import Final

_Z: Final = 1.959964  # the normal's 97.5 % point


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of `n` (Wilson 1927); 0 and 1 for none.

    >>> [round(x, 3) for x in wilson(60, 100)]
    [0.502, 0.691]
    """
    if not n:
        return 0.0, 1.0
    p, z2 = hits / n, _Z * _Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
