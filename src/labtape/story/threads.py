"""A story in the making, and an article as its story keeps it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labtape.story.likeness import joint
from labtape.story.meanings import products
from labtape.story.origins import Origins
from labtape.story.terms import total
from labtape.types import Story, StoryChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from labtape.story.copies import Signature
    from labtape.story.index import Key
    from labtape.story.meanings import Meaning
    from labtape.story.slots import Slots
    from labtape.story.terms import Sparse


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An article with what it is compared by. `is_timed`: its time is known to better than a day."""

    article_id: str
    at: datetime
    is_timed: bool
    words: Sparse
    meaning: Meaning | None
    word_keys: tuple[Key, ...]
    slot_keys: tuple[str, ...]
    slots: Slots
    language: str
    outlet: str | None
    credits: frozenset[str]
    text: Signature


@dataclass(slots=True, eq=False)
class Thread:
    """The articles of one story, in the order they came, and their sum.

    A long story lets its oldest articles go: they stay in it, but nothing is compared with them any more.
    """

    id: str
    number: int
    first_at: datetime
    last_at: datetime
    members: list[Member] = field(default_factory=list)
    gone: list[tuple[datetime, str]] = field(default_factory=list)  # time and id of those let go
    times: list[datetime] = field(default_factory=list)  # of the members, ascending
    centre: Sparse | None = None
    length: float = 0.0
    meaning: Meaning | None = None
    depth: float = 0.0  # the square of the meaning's length
    origins: Origins = field(default_factory=Origins)
    history: list[StoryChange] = field(default_factory=list)
    merged_into: str | None = None

    @property
    def n_articles(self) -> int:
        return len(self.members) + len(self.gone)

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all its articles."""
        return (*(id_ for _, id_ in self.gone), *(member.article_id for member in self.members))

    def take(self, member: Member) -> None:
        """Add an article."""
        self.first_at = min(self.first_at, member.at) if self.n_articles else member.at
        self.members.append(member)
        insort(self.times, member.at)
        self.centre = member.words if self.centre is None else self.centre.plus(member.words)
        self.meaning = _sum(self.meaning, member.meaning)
        self.origins.count(member.article_id, member.outlet, member.credits, member.text)
        self._measure()

    def retake(self, members: Iterable[Member]) -> None:
        """Begin again with these articles only."""
        self.gone, self.origins = [], Origins()
        self._keep(list(members))
        self.first_at = self.times[0] if self.times else self.first_at
        for member in self.members:
            self.origins.count(member.article_id, member.outlet, member.credits, member.text)

    def let_go(self, members: Sequence[Member]) -> None:
        """Compare nothing with these articles any more."""
        going = {member.article_id for member in members}
        self.gone.extend((member.at, member.article_id) for member in members)
        self._keep([member for member in self.members if member.article_id not in going])

    def absorb(self, other: Thread) -> None:
        """Take all that another story has."""
        larger, smaller = (self, other) if self.n_articles >= other.n_articles else (other, self)
        larger.origins.join(smaller.origins)
        self.origins = larger.origins
        self.first_at = min(self.first_at, other.first_at)
        self.members = sorted(
            (*self.members, *other.members), key=lambda member: (member.at, member.article_id)
        )
        self.gone += other.gone
        self.times = sorted((*self.times, *other.times))
        if other.centre is not None:
            self.centre = other.centre if self.centre is None else self.centre.plus(other.centre)
        self.meaning = _sum(self.meaning, other.meaning)
        self._measure()

    def _keep(self, members: list[Member]) -> None:
        self.members = members
        self.times = sorted(member.at for member in members)
        self.centre = total([member.words for member in members])
        self.meaning = None
        for member in members:
            self.meaning = _sum(self.meaning, member.meaning)
        self._measure()

    def _measure(self) -> None:
        """What follows from times, centre and meaning."""
        self.last_at = self.times[-1] if self.times else self.last_at
        self.length = self.centre.length if self.centre is not None else 0.0
        self.depth = float(self.meaning @ self.meaning) if self.meaning is not None else 0.0

    def n_within(self, span: timedelta, at: datetime) -> int:
        """How many of its articles came so long before a time, or at it."""
        return bisect_right(self.times, at) - bisect_left(self.times, at - span)

    def centred(self, product: float, kinship: float | None, depth: float) -> float:
        """The likeness of a member with the story's centre, from their products; `depth` is the square of the length of its meaning."""
        both = (depth * self.depth) ** 0.5
        return joint(
            product / self.length if self.length else 0.0,
            None if kinship is None else kinship / both if both else 0.0,
        )

    def alike(self, other: Thread) -> float:
        """The likeness of the centres of two stories."""
        if self.centre is None or other.centre is None or not other.length:
            return 0.0
        (kinship,) = products(self.meaning, (other.meaning,))
        return self.centred(self.centre.product(other.centre) / other.length, kinship, other.depth)

    def story(self) -> Story:
        ordered = sorted((*self.gone, *((member.at, member.article_id) for member in self.members)))
        rank = {id_: k for k, (_, id_) in enumerate(ordered)}
        origins = (tuple(sorted(o.article_ids, key=rank.__getitem__)) for o in self.origins)
        return Story(
            id=self.id,
            article_ids=tuple(id_ for _, id_ in ordered),
            first_at=self.first_at,
            last_at=self.last_at,
            origins=tuple(sorted(origins, key=lambda ids: rank[ids[0]])),
            history=tuple(self.history),
            merged_into=self.merged_into,
        )


def _sum(one: Meaning | None, other: Meaning | None) -> Meaning | None:
    return other if one is None else one if other is None else one + other


def keys_of(members: Sequence[Member]) -> set[Key]:
    """Everything under which a story of these members is found."""
    keys: set[Key] = set()
    for member in members:
        keys.update(member.word_keys, member.slot_keys)
    return keys
