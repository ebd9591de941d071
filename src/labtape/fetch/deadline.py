"""A moment by which all must be done."""

from __future__ import annotations

import math
import time

from labtape.exceptions import FetchError


class Deadline:
    """Counts down from `seconds`; every wait of a request gets only what is left of it.

    >>> Deadline(5).left() <= 5
    True
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Give the seconds left. Raises `FetchError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.missed()
        return left

    def allows(self, seconds: float) -> bool:
        """Tell whether there is something left after a pause."""
        return self._end - time.monotonic() > seconds

    def cut(self) -> None:
        """End it now; may be called by another thread."""
        self._end = -math.inf

    def missed(self) -> FetchError:
        """Give the error of a request that did not end in time."""
        if self._end == -math.inf:
            return FetchError("was cut off", kind="timeout")
        return FetchError(f"took longer than {self.seconds:g} s", kind="timeout")
