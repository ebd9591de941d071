"""What the words of an article mean together: "turns off" and "removes" lie near each other though they share no letter.

A table gives each of some thousand English words a direction; the direction of an article is the sum over its words, weighed as in its
tf-idf vector. Chinese words have none: such an article is compared by its words alone.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def meaning(vector: Mapping[str, float]) -> Meaning | None:
    """The direction of an article of these words, as a unit vector; None where too few of them are known."""
    import numpy as np

    rows, directions, scale = _table()
    known = {word: rows[word] for word in vector if word in rows}
    weights = np.array([vector[word] for word in known], np.float32)
    if not known or float(weights @ weights) < KNOWN * sum(weight * weight for weight in vector.values()):
        return None
    total = (weights * scale) @ directions[list(known.values())].astype(np.float32)
    length = float(total @ total) ** 0.5
    return None if not length else (total / np.float32(length)).astype(np.float32)
