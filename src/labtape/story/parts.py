"""Whether a story that has grown tells two events: a decision from its members' likenesses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from labtape.story.terms import Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from labtape.story.threads import Member

#: A story is looked at when it has so many articles, for each article alone tells too little.
LOOKED_AT: Final = frozenset((4, 6, 8, 12, 16, 24, 32, 48, 64))
#: Two parts whose articles are on average less alike than this tell two events (tests/story/test_sets.py).
APART: Final = 0.03
#: A part of fewer articles is an odd one, not a story.
LEAST: Final = 2
_ROUNDED: Final = 1e-6


def parts(members: Sequence[Member]) -> tuple[Member, ...]:
    """The members that should leave for a story of their own: the younger of two parts; none where all tell one event.

    The parts are the last two of average linkage. Articles of different languages share few words, so parts that differ in
    language stay together.
    """
    if len(members) not in LOOKED_AT:
        return ()
    alike = _alike(members)
    if alike.min() > APART + _ROUNDED:  # so are the parts, whichever they are
        return ()
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(1.0 - alike, checks=False), "average")
    if 1.0 - tree[-1, 2] >= APART:
        return ()
    label = fcluster(tree, 2, "maxclust")
    first = tuple(m for m, part in zip(members, label, strict=True) if part == label[0])
    other = tuple(m for m, part in zip(members, label, strict=True) if part != label[0])
    if min(len(first), len(other)) < LEAST or _language(first) != _language(other):
        return ()
    return other


def _language(members: Sequence[Member]) -> str:
    return Counter(member.language for member in members).most_common(1)[0][0]


def _alike(members: Sequence[Member]) -> NDArray[np.float64]:
    import numpy as np

    vectors = [member.words for member in members]
    stack = Stack(vectors)
    spread = np.zeros(1 + int(stack.numbers.max(initial=0)))
    rows = np.zeros((len(members), len(members)))
    for row, vector in zip(rows, vectors, strict=True):
        spread[vector.numbers] = vector.weights
        row[:] = stack.products(spread)
        spread[vector.numbers] = 0.0
    alike: NDArray[np.float64] = np.clip(np.round((rows + rows.T) / 2, 6), 0.0, 1.0)
    np.fill_diagonal(alike, 1.0)
    return alike
