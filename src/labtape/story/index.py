"""Which stories have a word or a figure in common with an article: the latest ones, so that the cost of an article is bounded.

A word is looked up by its number, a figure of a lab by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Key = int | str

#: How many stories, the latest ones, are looked at for one word.
LATEST: Final = 60


class Index:
    """Key -> numbers of stories, the latest last."""

    def __init__(self) -> None:
        self._numbers: dict[Key, list[int]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, keys: Iterable[Key], number: int) -> None:
        for key in keys:
            numbers = self._numbers.setdefault(key, [])
            if number in numbers[-LATEST:]:
                continue
            if number in numbers:  # a list has a number once, or it could not be forgotten
                numbers.remove(number)
            numbers.append(number)
            if len(numbers) > 2 * LATEST:
                del numbers[:LATEST]

    def most_shared(self, keys: Mapping[Key, float]) -> Iterator[int]:
        """The stories under some keys: those with the greatest sum of weights first, the latest first among equals."""
        import numpy as np

        numbers: list[int] = []
        lengths: list[int] = []
        for key in keys:
            found = self._numbers.get(key, ())
            latest = found if len(found) <= LATEST else found[-LATEST:]
            numbers.extend(latest)
            lengths.append(len(latest))
        if not numbers:
            return
        heavy = np.repeat(np.array(tuple(keys.values())), lengths)
        stories, where = np.unique(np.array(numbers), return_inverse=True)
        sums = np.bincount(where, heavy)
        yield from stories[np.lexsort((-stories, -sums))].tolist()

    def forget(self, keys: Iterable[Key], number: int) -> None:
        for key in keys:
            numbers = self._numbers.get(key)
            if numbers is None:
                continue
            if number in numbers:
                numbers.remove(number)
            if not numbers:
                del self._numbers[key]
