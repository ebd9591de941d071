"""Words as small numbers, so that the vectors of a hundred thousand articles fit into memory and are compared quickly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]
    Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse vector: the numbers of its words, ascending, and their weights."""

    numbers: Numbers
    weights: Weights

    @property
    def length(self) -> float:
        return float((self.weights @ self.weights) ** 0.5)

    def product(self, other: Sparse) -> float:
        """The sum of products over the words of both."""
        import numpy as np

        _, mine, theirs = np.intersect1d(self.numbers, other.numbers, assume_unique=True, return_indices=True)
        return float(self.weights[mine] @ other.weights[theirs])

    def plus(self, other: Sparse) -> Sparse:
        """The sum of two vectors."""
        import numpy as np

        numbers = np.concatenate((self.numbers, other.numbers))
        found, where = np.unique(numbers, return_inverse=True)
        weights = np.concatenate((self.weights, other.weights))
        return Sparse(found, np.bincount(where, weights, len(found)).astype(np.float64))


class Terms:
    """The words of the articles in the window: a number for each, and how many articles have it.

    A word that no article has any more is forgotten, and its number is given to another.
    """

    def __init__(self) -> None:
        import numpy as np

        self.n_articles = 0
        self.seen: Counter[str] = Counter()
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []
        self._free: list[int] = []
        self._spread: Weights = np.zeros(1 << 12)

    def count(self, words: Mapping[str, int]) -> None:
        """One more article, with these words."""
        self.n_articles += 1
        for word in words:
            self.seen[word] += 1

    def sparse(self, vector: Mapping[str, float]) -> Sparse:
        """A vector of counted words by their numbers."""
        import numpy as np

        numbers = np.fromiter(map(self._number, vector), np.int32, len(vector))
        order = np.argsort(numbers)
        weights = np.fromiter(vector.values(), np.float64, len(vector))
        return Sparse(numbers[order], weights[order])

    def forget(self, vector: Sparse) -> None:
        """One article less: that of this vector."""
        self.n_articles -= 1
        for number in vector.numbers.tolist():
            word = self._words[number]
            self.seen[word] -= 1
            if self.seen[word] <= 0:
                del self.seen[word], self._numbers[word]
                self._free.append(number)

    @contextmanager
    def spread(self, vector: Sparse) -> Iterator[Weights]:
        """The vector with a place for every number, so that its product with another is one line."""
        import numpy as np

        if len(self._spread) < len(self._words):
            self._spread = np.zeros(2 * len(self._words))
        self._spread[vector.numbers] = vector.weights
        yield self._spread
        self._spread[vector.numbers] = 0.0

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            if self._free:
                number = self._free.pop()
                self._words[number] = word
            else:
                number = len(self._words)
                self._words.append(word)
            self._numbers[word] = number
        return number


def product(spread: Weights, vector: Sparse) -> float:
    """The sum of products of a vector that is spread out with another."""
    return float(spread[vector.numbers] @ vector.weights)
