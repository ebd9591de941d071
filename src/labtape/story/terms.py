"""Words as small numbers, so that the vectors of a hundred thousand articles fit into memory and are compared quickly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.story.meanings import meaning, row_of
from labtape.story.tokens import rarity, unseen_rarity
from labtape.story.vectors import weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from labtape.story.meanings import Meaning

    Numbers = NDArray[np.int32]
    Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse vector: the numbers of its words, ascending, and their weights."""

    numbers: Numbers
    weights: Weights

    @property
    def length(self) -> float:
        import numpy as np

        # Not by the library of linear algebra: it would spread a long one over threads and wait for them.
        return float(np.einsum("i,i->", self.weights, self.weights) ** 0.5)

    def product(self, other: Sparse) -> float:
        """The sum of products over the words of both."""
        import numpy as np

        _, mine, theirs = np.intersect1d(self.numbers, other.numbers, assume_unique=True, return_indices=True)
        return float(self.weights[mine] @ other.weights[theirs])

    def plus(self, other: Sparse) -> Sparse:
        """The sum of two vectors."""
        import numpy as np

        if not len(self.numbers):
            return other
        at = np.searchsorted(self.numbers, other.numbers)
        is_mine = self.numbers[np.minimum(at, len(self.numbers) - 1)] == other.numbers
        heavy = self.weights.copy()
        heavy[at[is_mine]] += other.weights[is_mine]
        new = ~is_mine
        return Sparse(
            np.insert(self.numbers, at[new], other.numbers[new]),
            np.insert(heavy, at[new], other.weights[new]),
        )


class Terms:
    """The words of the articles in the window: a number for each, and beside it how many articles have it and what the tables say of it.

    A word that no article has any more is forgotten, and its number is given to another.
    """

    def __init__(self) -> None:
        import numpy as np

        self.n_articles = 0
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []
        self._free: list[int] = []
        self._seen = np.zeros(0, np.int32)
        self._rarity = np.zeros(0)
        self._rows = np.zeros(0, np.int32)
        self._spread: Weights = np.zeros(0)

    def __len__(self) -> int:
        return len(self._numbers)

    def count(self, words: Iterable[str]) -> list[int]:
        """One more article, with these words, each once: their numbers."""
        self.n_articles += 1
        known = self._numbers
        found = [number if (number := known.get(word)) is not None else self._new(word) for word in words]
        self._seen[found] += 1
        return found

    def weigh(self, numbers: Sequence[int], counts: Sequence[int], boosted: Sequence[bool]) -> Weights:
        """The weights of an article's words, which were counted: together of length 1."""
        return weights(counts, boosted, self._rarity[numbers], self._seen[numbers], self.n_articles)

    def meaning(self, numbers: Sequence[int], heavy: Weights) -> Meaning | None:
        """What words of these weights mean together."""
        return meaning(self._rows[numbers], heavy)

    def word(self, number: int) -> str:
        return self._words[number]

    def forget(self, vector: Sparse) -> None:
        """One article less: that of this vector."""
        self.n_articles -= 1
        self._seen[vector.numbers] -= 1
        for number in vector.numbers[self._seen[vector.numbers] <= 0].tolist():
            del self._numbers[self._words[number]]
            self._free.append(number)

    @contextmanager
    def spread(self, vector: Sparse) -> Iterator[Weights]:
        """The vector with a place for every number, so that its product with another is one line."""
        self._spread[vector.numbers] = vector.weights
        yield self._spread
        self._spread[vector.numbers] = 0.0

    def _new(self, word: str) -> int:
        if self._free:
            number = self._free.pop()
            self._words[number] = word
        else:
            number = len(self._words)
            self._words.append(word)
            if number == len(self._seen):
                self._grow(max(1 << 12, 2 * number))
        self._numbers[word] = number
        self._rarity[number] = rarity().get(word, unseen_rarity())
        self._rows[number] = row_of(word)
        return number

    def _grow(self, size: int) -> None:
        import numpy as np

        more = size - len(self._seen)
        self._seen, self._rarity, self._rows, self._spread = (
            np.concatenate((old, np.zeros(more, old.dtype)))
            for old in (self._seen, self._rarity, self._rows, self._spread)
        )


def sparse(numbers: Sequence[int], heavy: Weights) -> Sparse:
    """The vector of these words and weights."""
    import numpy as np

    found = np.array(numbers, np.int32)
    order = np.argsort(found)
    return Sparse(found[order], heavy[order])


def total(vectors: Sequence[Sparse]) -> Sparse | None:
    """The sum of several vectors, added in their order; None for none."""
    import numpy as np

    if len(vectors) < 2:
        return vectors[0] if vectors else None
    numbers, place = np.unique(np.concatenate([vector.numbers for vector in vectors]), return_inverse=True)
    heavy = np.bincount(place, np.concatenate([vector.weights for vector in vectors]))
    return Sparse(numbers, heavy.astype(np.float64, copy=False))


class Stack:
    """Several vectors behind one another, so that their products with another take a few calls."""

    def __init__(self, vectors: Sequence[Sparse]) -> None:
        import numpy as np

        lengths = np.array([len(vector.numbers) for vector in vectors], np.intp)
        self._filled = np.flatnonzero(lengths)
        self._starts = (np.cumsum(lengths) - lengths)[self._filled]
        self._n = len(vectors)
        self.numbers = (
            np.concatenate([vector.numbers for vector in vectors]) if vectors else np.zeros(0, np.int32)
        )
        self.weights = np.concatenate([vector.weights for vector in vectors]) if vectors else np.zeros(0)

    def products(self, spread: Weights) -> Weights:
        """The sums of products of a vector that is spread out with each of these."""
        import numpy as np

        sums = np.zeros(self._n)
        if len(self._filled):
            sums[self._filled] = np.add.reduceat(spread.take(self.numbers) * self.weights, self._starts)
        return sums
