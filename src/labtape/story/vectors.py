"""An article as a sparse vector of weighted words, and the cosine of two of them.

Title and the first sentences carry the event; the rest of a body is background that makes different stories of one
company alike, so it is left out.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from labtape.story.tokens import rarity, tokens, unseen_rarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Weights = NDArray[np.float64]

Vector = dict[str, float]

#: Characters of the body that are read. 400 to 1,000 score alike on ECB+ (tests/story/test_sets.py); shorter is faster.
LEAD = 600
#: A capitalised word after a lower-case one is a name: it says which event of its kind this is (ECB+ train +.01 to +.03).
_NAME = re.compile(r"(?<=[a-z,;’'”)] )[A-Z][A-Za-z0-9]+")
NAME_BOOST = 1.5
#: How much of a word's weight comes from the articles of the window, and how many articles are needed to say so.
LOCAL = 0.3
_LOCAL_PRIOR = 20


def words(title: str, text: str) -> Counter[str]:
    """How often each comparable word stands in title and lead; names count half as much again."""
    counts: Counter[str] = Counter(tokens(title))
    counts.update(tokens(text[:LEAD]))
    return counts


def names(text: str) -> frozenset[str]:
    """The comparable words that are names inside a sentence of the lead."""
    return frozenset(tokens(" ".join(_NAME.findall(text[:LEAD]))))


def weigh(
    counts: Mapping[str, int], boosted: frozenset[str], *, seen: Mapping[str, int], n_seen: int
) -> Vector:
    """The unit vector of an article: tf-idf, where `seen` counts the articles of the window with each word."""
    shipped, unseen = rarity(), unseen_rarity()
    local = math.log(n_seen + _LOCAL_PRIOR)
    vector: Vector = {}
    for word, count in counts.items():
        idf = (1 - LOCAL) * shipped.get(word, unseen) + LOCAL * (local - math.log(max(1, seen.get(word, 0))))
        weight = (1 + math.log(count)) * max(idf, 0.01)
        vector[word] = weight * NAME_BOOST if word in boosted else weight
    return unit(vector)


def weights(
    counts: Sequence[int], boosted: Sequence[bool], shipped: Weights, seen: NDArray[np.int32], n_seen: int
) -> Weights:
    """The same for words side by side: how often each stands here, whether it is a name, its shipped rarity, and the articles with it."""
    import numpy as np

    local = math.log(n_seen + _LOCAL_PRIOR) - np.log(np.maximum(seen, 1))
    idf = np.maximum((1 - LOCAL) * shipped + LOCAL * local, 0.01)
    found = (1 + np.log(np.array(counts, np.float64))) * idf
    found[np.array(boosted, np.bool_)] *= NAME_BOOST
    length = float((found @ found) ** 0.5)
    return found / length if length else found


def unit(vector: Vector) -> Vector:
    """The same direction with length 1; the empty vector stays empty."""
    length = norm(vector)
    return {word: weight / length for word, weight in vector.items()} if length else vector


def norm(vector: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in vector.values()))


def dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """The sum of products over the words of the shorter."""
    if len(a) > len(b):
        a, b = b, a
    out = 0.0
    for word, weight in a.items():
        if word in b:
            out += weight * b[word]
    return out


def rarest(vector: Mapping[str, float], n: int) -> tuple[str, ...]:
    """The `n` words with the greatest weight, heaviest first; equal weights in alphabetical order."""
    return tuple(sorted(vector, key=lambda word: (-vector[word], word))[:n])


def total(vectors: Iterable[Mapping[str, float]]) -> Vector:
    """The sum of vectors."""
    out: Vector = {}
    for vector in vectors:
        for word, weight in vector.items():
            out[word] = out.get(word, 0.0) + weight
    return out
