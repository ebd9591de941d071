"""A story in the making, and an article as its story keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labtape.story.origins import Origin, origin_of
from labtape.story.terms import product
from labtape.types import Story, StoryChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from labtape.story.copies import Signature
    from labtape.story.meanings import Meaning
    from labtape.story.slots import Slots
    from labtape.story.terms import Sparse, Weights


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An article with what it is compared by. `is_timed`: its time is known to better than a day."""

    article_id: str
    at: datetime
    is_timed: bool
    words: Sparse
    meaning: Meaning | None
    word_keys: tuple[str, ...]
    slot_keys: tuple[str, ...]
    slots: Slots
    language: str
    outlet: str | None
    credits: frozenset[str]
    text: Signature

    def weighed_keys(self) -> dict[str, float]:
        """The words it is looked up by, heaviest first, with their weights."""
        heaviest = sorted(self.words.weights.tolist(), reverse=True)[: len(self.word_keys)]
        return dict(zip(self.word_keys, heaviest, strict=True))


@dataclass(slots=True, eq=False)
class Thread:
    """The articles of one story, in the order they came, and their sum."""

    id: str
    number: int
    first_at: datetime
    last_at: datetime
    members: list[Member] = field(default_factory=list)
    centre: Sparse | None = None
    length: float = 0.0
    meaning: Meaning | None = None
    origins: list[Origin] = field(default_factory=list)
    history: list[StoryChange] = field(default_factory=list)
    merged_into: str | None = None

    def take(self, member: Member) -> None:
        self.first_at = min(self.first_at, member.at) if self.members else member.at
        self.last_at = max(self.last_at, member.at) if self.members else member.at
        self.members.append(member)
        self.centre = member.words if self.centre is None else self.centre.plus(member.words)
        self.length = self.centre.length
        self.meaning = _sum(self.meaning, member.meaning)
        origin = origin_of(self.origins, member.outlet, member.credits, member.text)
        if origin is None:
            origin = Origin()
            self.origins.append(origin)
        own = frozenset((member.outlet,)) if member.outlet else frozenset()
        origin.take(member.article_id, member.credits | own, member.text)

    def retake(self, members: Iterable[Member]) -> None:
        """Begin again with these members only."""
        self.members, self.centre, self.meaning, self.origins = [], None, None, []
        for member in members:
            self.take(member)

    def cosine(self, spread: Weights) -> float:
        """The likeness of a unit vector, spread out, with the story's centre."""
        return product(spread, self.centre) / self.length if self.centre is not None and self.length else 0.0

    def kinship(self, meaning: Meaning | None) -> float | None:
        """The likeness of a meaning with that of the story; None where one of them has none."""
        return None if meaning is None or self.meaning is None else _cosine(meaning, self.meaning)

    def alike(self, other: Thread) -> float:
        """The cosine of the centres of two stories."""
        if self.centre is None or other.centre is None or not self.length * other.length:
            return 0.0
        return self.centre.product(other.centre) / (self.length * other.length)

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


def _sum(a: Meaning | None, b: Meaning | None) -> Meaning | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _cosine(a: Meaning, b: Meaning) -> float:
    length = float((a @ a) * (b @ b)) ** 0.5
    return float(a @ b) / length if length else 0.0


def keys_of(members: Sequence[Member]) -> set[str]:
    """Everything under which a story of these members is found."""
    return {key for member in members for key in (*member.word_keys, *member.slot_keys)}
