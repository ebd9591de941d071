"""Whether a story that has grown tells two events: a decision from its members' likenesses, and from the words that each event has alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from labtape.story.likeness import FULL
from labtape.story.terms import Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from labtape.story.origins import Origin
    from labtape.story.threads import Member, Thread

    Alike = NDArray[np.float64]
    Places = NDArray[np.intp]

#: A story is looked at when it has so many articles, for each article alone tells too little.
LOOKED_AT: Final = frozenset((4, 6, 8, 12, 16, 24, 32, 48, 64))
#: Two parts whose articles are on average less alike than this tell two events (tests/story/test_sets.py).
APART: Final = 0.03
#: A part of fewer articles is an odd one, not a story.
LEAST: Final = 2
_ROUNDED: Final = 1e-6

#: Two events of one kind (two fires, two contracts of one firm) share many words, so the story is looked at oftener …
TWINS_AT: Final = frozenset((8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 48, 64))
#: … and each part needs so many tellings (of several articles of one origin the first counts).
TELLINGS: Final = 4
#: Two parts are less alike than this share of what each is in itself …
TWINS: Final = 0.68
#: … and each has so many words that most of its tellings have, and hardly one of the other's: names, numbers, days.
MARKS: Final = 2
MOST: Final = 0.6
HARDLY: Final = 0.1
#: The tree of likenesses is cut into so many branches: the two largest may be two events, the others are odd ones.
CUTS: Final = (2, 3, 4)
#: How many tellings of a story, the latest ones, are compared with another story.
COMPARED: Final = 32


def parts(members: Sequence[Member], origins: Iterable[Origin]) -> tuple[Member, ...]:
    """The members that should leave for a story of their own: one of two parts; none where all tell one event.

    `origins` are those of the members. The parts come from average linkage: two that hardly share a word, or two events of one kind.
    """
    n = len(members)
    if n not in LOOKED_AT and n not in TWINS_AT:
        return ()
    told = _tellings(members, origins) if n in TWINS_AT else []
    firsts = [telling[0] for telling in told]
    is_read = len(told) >= 2 * TELLINGS and _can_be_read(firsts)
    if n not in LOOKED_AT:
        return _twins(told, _alike(firsts)) if is_read else ()
    alike = _alike(members)
    leaving = _strangers(members, alike)
    if leaving or not is_read:
        return leaving
    place = {member.article_id: k for k, member in enumerate(members)}
    at = [place[member.article_id] for member in firsts]
    return _twins(told, alike[at][:, at])


def are_twins(one: Thread, other: Thread) -> bool:
    """Whether two stories are two events of one kind, however alike their centres are."""
    mine, theirs = _latest_firsts(one), _latest_firsts(other)
    both = (*mine, *theirs)
    if min(len(mine), len(theirs)) < TELLINGS or not _can_be_read(both):
        return False
    import numpy as np

    return _tell_two(both, _alike(both), np.arange(len(mine)), np.arange(len(mine), len(both)))


def _strangers(members: Sequence[Member], alike: Alike) -> tuple[Member, ...]:
    """The younger of two parts that hardly share a word.

    Articles of different languages share few words, so parts that differ in language stay together.
    """
    if alike.min() > APART + _ROUNDED:  # so are the parts, whichever they are
        return ()
    from scipy.cluster.hierarchy import fcluster

    tree = _tree(alike)
    if 1.0 - tree[-1, 2] >= APART:
        return ()
    label = fcluster(tree, 2, "maxclust")
    first = tuple(m for m, part in zip(members, label, strict=True) if part == label[0])
    other = tuple(m for m, part in zip(members, label, strict=True) if part != label[0])
    if min(len(first), len(other)) < LEAST or _language(first) != _language(other):
        return ()
    return other


def _twins(told: Sequence[Sequence[Member]], alike: Alike) -> tuple[Member, ...]:
    """The part without the first telling where two parts tell two events of one kind; `alike` are the first articles of each telling."""
    import numpy as np
    from scipy.cluster.hierarchy import fcluster

    firsts = [telling[0] for telling in told]
    tree = _tree(alike)
    for n in CUTS:
        label = fcluster(tree, n, "maxclust")
        largest = np.argsort(-np.bincount(label), kind="stable")[:2]
        one, other = (np.flatnonzero(label == branch) for branch in largest)
        if _tell_two(firsts, alike, one, other):
            is_other = alike[:, other].mean(1) > alike[:, one].mean(1)
            is_other[one], is_other[other] = False, True
            leaving = (t for t, is_there in zip(told, is_other, strict=True) if is_there != is_other[0])
            return tuple(member for telling in leaving for member in telling)
    return ()


def _tell_two(firsts: Sequence[Member], alike: Alike, one: Places, other: Places) -> bool:
    """Whether the articles at some places tell another event of the same kind than those at others."""
    if min(len(one), len(other)) < TELLINGS:
        return False
    across = float(alike[one][:, other].mean())
    if across >= TWINS * min(_within(alike, one), _within(alike, other)) - _ROUNDED:
        return False
    mine, theirs = (Counter(w for k in p for w in firsts[k].words.numbers.tolist()) for p in (one, other))
    return (
        min(_marks(mine, len(one), theirs, len(other)), _marks(theirs, len(other), mine, len(one))) >= MARKS
    )


def _within(alike: Alike, places: Places) -> float:
    """How alike articles are to each other on average."""
    n = len(places)
    return float((alike[places][:, places].sum() - n) / (n * (n - 1)))


def _marks(mine: Counter[int], n_mine: int, theirs: Counter[int], n_theirs: int) -> int:
    """How many words most of the ones have, and hardly one of the others."""
    return sum(n >= MOST * n_mine and theirs[word] <= HARDLY * n_theirs for word, n in mine.items())


def _latest_firsts(thread: Thread) -> tuple[Member, ...]:
    """The first article of each of the latest tellings of a story, as far as it is still compared with."""
    wanted = {origin.article_ids[0] for origin in thread.origins.latest(COMPARED)}
    return tuple(member for member in thread.members if member.article_id in wanted)


def _tellings(members: Sequence[Member], origins: Iterable[Origin]) -> list[list[Member]]:
    """The members of each origin, by the first of them."""
    origin = {id_: number for number, o in enumerate(origins) for id_ in o.article_ids}
    told: dict[int, list[Member]] = {}
    for member in members:
        told.setdefault(origin[member.article_id], []).append(member)
    return list(told.values())


def _can_be_read(firsts: Sequence[Member]) -> bool:
    """Whether these are texts of one language: headlines alone have too few words to share."""
    n_words = sum(len(member.words.numbers) for member in firsts)
    return n_words >= FULL * len(firsts) and len({member.language for member in firsts}) == 1


def _tree(alike: Alike) -> Alike:
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    tree: Alike = linkage(squareform(1.0 - alike, checks=False), "average")
    return tree


def _language(members: Sequence[Member]) -> str:
    return Counter(member.language for member in members).most_common(1)[0][0]


def _alike(members: Sequence[Member]) -> Alike:
    import numpy as np

    vectors = [member.words for member in members]
    stack = Stack(vectors)
    spread = np.zeros(1 + int(stack.numbers.max(initial=0)))
    rows = np.zeros((len(members), len(members)))
    for row, vector in zip(rows, vectors, strict=True):
        spread[vector.numbers] = vector.weights
        row[:] = stack.products(spread)
        spread[vector.numbers] = 0.0
    alike: Alike = np.clip(np.round((rows + rows.T) / 2, 6), 0.0, 1.0)
    np.fill_diagonal(alike, 1.0)
    return alike
