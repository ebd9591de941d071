"""What the words of an article mean together: "turns off" and "removes" lie near each other though they share no letter.

A table gives each of some thousand English words a direction; the direction of an article is the sum over its words, weighed as in its
tf-idf vector. Chinese words have none: such an article is compared by its words alone.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Meaning = NDArray[np.float32]

#: The share of an article's weight that must lie on known words; below it says too little.
KNOWN: Final = 0.35


@cache
def _table() -> tuple[Mapping[str, int], NDArray[np.int8], float]:
    import numpy as np

    with (files("labtape.story") / "data" / "meanings.npz").open("rb") as file, np.load(file) as kept:
        words = bytes(kept["words"]).decode("utf-8").split("\n")
        return {word: row for row, word in enumerate(words)}, kept["directions"], float(kept["scale"])


def row_of(word: str) -> int:
    """The row of the table that a word has; -1 for a word that it does not know."""
    return _table()[0].get(word, -1)


def meaning(rows: NDArray[np.int32], weights: NDArray[np.float64]) -> Meaning | None:
    """The direction of an article of words with these rows and weights, as a unit vector; None where too few of them are known."""
    import numpy as np

    _, directions, scale = _table()
    known = rows >= 0
    heavy = weights[known].astype(np.float32)
    if not len(heavy) or float(heavy @ heavy) < KNOWN * float(weights @ weights):
        return None
    total = (heavy * np.float32(scale)) @ directions[rows[known]].astype(np.float32)
    length = float(total @ total) ** 0.5
    return None if not length else (total / np.float32(length)).astype(np.float32)


def products(one: Meaning | None, others: Sequence[Meaning | None]) -> list[float | None]:
    """The products of a direction with each of several; None where one of the two is missing."""
    import numpy as np

    found: list[float | None] = [None] * len(others)
    places = [k for k, other in enumerate(others) if other is not None]
    if one is None or not places:
        return found
    rows = np.concatenate([other for other in others if other is not None]).reshape(len(places), -1)
    # Not by the library of linear algebra, which spreads so small a product over threads and waits for them.
    for k, value in zip(places, np.einsum("ij,j->i", rows, one).tolist(), strict=True):
        found[k] = value
    return found
