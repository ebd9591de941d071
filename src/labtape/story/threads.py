"""A story in the making, and an article as its story keeps it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labtape.story.likeness import joint
from labtape.story.meanings import products
from labtape.story.origins import Origin, origin_of
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
    """The articles of one story, in the order they came, and their sum."""

    id: str
    number: int
    first_at: datetime
    last_at: datetime
    members: list[Member] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)  # of the members, ascending
    centre: Sparse | None = None
    length: float = 0.0
    meaning: Meaning | None = None
    depth: float = 0.0  # the square of the meaning's length
    origins: list[Origin] = field(default_factory=list)
    history: list[StoryChange] = field(default_factory=list)
    merged_into: str | None = None

    def take(self, member: Member) -> None:
        self.first_at = min(self.first_at, member.at) if self.members else member.at
        self.last_at = max(self.last_at, member.at) if self.members else member.at
        self.members.append(member)
        insort(self.times, member.at)
        self.centre = member.words if self.centre is None else self.centre.plus(member.words)
        self.length = self.centre.length
        if member.meaning is not None:
            self.meaning = member.meaning if self.meaning is None else self.meaning + member.meaning
            self.depth = float(self.meaning @ self.meaning)
        origin = origin_of(self.origins, member.outlet, member.credits, member.text)
        if origin is None:
            origin = Origin()
            self.origins.append(origin)
        own = frozenset((member.outlet,)) if member.outlet else frozenset()
        origin.take(member.article_id, member.credits | own, member.text)

    def retake(self, members: Iterable[Member]) -> None:
        """Begin again with these members only."""
        self.members, self.times, self.origins = [], [], []
        self.centre, self.meaning, self.depth = None, None, 0.0
        for member in members:
            self.take(member)

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
        ordered = sorted(self.members, key=lambda m: (m.at, m.article_id))
        rank = {member.article_id: k for k, member in enumerate(ordered)}
        origins = (tuple(sorted(o.article_ids, key=rank.__getitem__)) for o in self.origins)
        return Story(
            id=self.id,
            article_ids=tuple(member.article_id for member in ordered),
            first_at=self.first_at,
            last_at=self.last_at,
            origins=tuple(sorted(origins, key=lambda ids: rank[ids[0]])),
            history=tuple(self.history),
            merged_into=self.merged_into,
        )


def keys_of(members: Sequence[Member]) -> set[Key]:
    """Everything under which a story of these members is found."""
    keys: set[Key] = set()
    for member in members:
        keys.update(member.word_keys, member.slot_keys)
    return keys
