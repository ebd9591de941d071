"""Which stories have a word or a figure in common with an article: the latest ones, so that the cost of an article is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: How many stories, the latest ones, are looked at for one word.
LATEST: Final = 60


class Index:
    """Key -> numbers of stories, the latest last."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, keys: Iterable[str], number: int) -> None:
        for key in keys:
            numbers = self._numbers.setdefault(key, [])
            if number in numbers[-LATEST:]:
                continue
            if number in numbers:  # a list has a number once, or it could not be forgotten
                numbers.remove(number)
            numbers.append(number)
            if len(numbers) > 2 * LATEST:
                del numbers[:LATEST]

    def latest(self, key: str) -> Iterator[int]:
        """The numbers under a key, the latest first."""
        return iter(self._numbers.get(key, ())[: -LATEST - 1 : -1])

    def forget(self, keys: Iterable[str], number: int) -> None:
        for key in keys:
            numbers = self._numbers.get(key)
            if numbers is None:
                continue
            if number in numbers:
                numbers.remove(number)
            if not numbers:
                del self._numbers[key]
