"""Articles in, stories out, one at a time: the only thing in this room that keeps a state."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING

from labtape.story import likeness
from labtape.story.copies import signature
from labtape.story.furniture import Furniture
from labtape.story.origins import Origin, find_credits, origin_of, outlet_of
from labtape.story.slots import Slots, find_slots
from labtape.story.vectors import Vector, dot, names, norm, rarest, weigh, words
from labtape.types import Placement, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labtape.types import Annotated, Article

WINDOW = timedelta(hours=72)
DAY = timedelta(hours=24)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The words under which a story is looked up, and how many of the latest stories are looked at for one word: they
#: bound the cost of an article however many lie in the window.
KEYS = 25
LATEST = 60
#: Of those, how many are compared by their centre (those with the most of its words), and how many article by article.
SHARED = 24
NEAR = 6
#: Articles of a story that a new one is compared with singly.
MEMBERS = 20


@dataclass(frozen=True, slots=True)
class _Member:
    article_id: str
    at: datetime
    vector: Vector
    counts: tuple[str, ...]
    slots: Slots
    language: str


@dataclass(slots=True)
class _Thread:
    """A story in the making."""

    id: str
    number: int
    members: list[_Member] = field(default_factory=list)
    centre: Vector = field(default_factory=dict)
    length: float = 0.0
    origins: list[Origin] = field(default_factory=list)
    first_at: datetime = EPOCH
    last_at: datetime = EPOCH

    def take(self, member: _Member) -> None:
        self.first_at = min(self.first_at, member.at) if self.members else member.at
        self.last_at = max(self.last_at, member.at) if self.members else member.at
        self.members.append(member)
        for word, weight in member.vector.items():
            self.centre[word] = self.centre.get(word, 0.0) + weight
        self.length = norm(self.centre)

    def cosine(self, vector: Vector) -> float:
        """The likeness of a unit vector with the story's centre."""
        return dot(vector, self.centre) / self.length if self.length else 0.0

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
        )


class Grouper:
    """Puts each article into its story as it comes; the same articles in the same order give the same stories.

    Late articles join the story of their time. What is older than twice the window behind the newest article is
    closed: it takes no more articles and only its `Story` is kept, until `take_closed` hands it over.
    """

    def __init__(self, window: timedelta = WINDOW) -> None:
        self._window = window
        self._threads: dict[int, _Thread] = {}
        self._by_id: dict[str, _Thread] = {}
        self._index: dict[str, dict[int, None]] = {}
        self._furniture = Furniture()
        self._seen: Counter[str] = Counter()
        self._n_seen = 0
        self._placed: dict[str, tuple[_Thread, Placement]] = {}
        self._closed: list[Story] = []
        self._order: deque[int] = deque()
        self._newest: datetime | None = None
        self._number = 0

    def add(self, annotated: Annotated) -> Placement:
        """Place one article. One that was placed before (a revision, a second sighting) keeps its place."""
        article = annotated.article
        known = self._placed.get(article.id)
        if known:
            return known[1]
        at = self._time(article)
        member = self._member(annotated, at)
        thread = self._nearest(member) or self._new(story_id(article.id))
        earlier = sum(at - DAY <= other.at <= at for other in thread.members)
        self._take(thread, member, article)
        placement = Placement(
            id=thread.id,
            novelty=round(0.75**earlier, 4),
            n_articles=len(thread.members),
            n_origins=len(thread.origins),
        )
        self._placed[article.id] = (thread, placement)
        self._evict()
        return placement

    def seed(self, annotated: Annotated, story_id: str) -> None:
        """Put an article into a story where it is known to belong, as when a store is opened again."""
        if annotated.article.id in self._placed:
            return
        at = self._time(annotated.article)
        member = self._member(annotated, at)
        thread = self._by_id.get(story_id) or self._new(story_id)
        self._take(thread, member, annotated.article)
        self._placed[annotated.article.id] = (
            thread,
            Placement(story_id, 1.0, len(thread.members), len(thread.origins)),
        )
        self._evict()

    def stories(self) -> tuple[Story, ...]:
        """Every story not yet handed over by `take_closed`, by first article and id."""
        live = (thread.story() for thread in self._threads.values())
        return tuple(sorted((*self._closed, *live), key=lambda story: (story.first_at, story.id)))

    def take_closed(self) -> tuple[Story, ...]:
        """Hand over the stories that can take no more articles and forget them: for endless streams."""
        closed, self._closed = self._closed, []
        return tuple(sorted(closed, key=lambda story: (story.first_at, story.id)))

    # ------------------------------------------------------------ finding the story

    def _nearest(self, member: _Member) -> _Thread | None:
        best: tuple[float, int] | None = None
        for number in self._candidates(member):
            score = self._likeness(member, self._threads[number])
            if best is None or score > best[0]:
                best = (score, number)
        if best is None or best[0] < likeness.needed(len(member.vector)):
            return None
        return self._threads[best[1]]

    def _candidates(self, member: _Member) -> list[int]:
        """The stories worth comparing article by article: nearest by their centre, and those of the same lab and figure."""
        keys = rarest(member.vector, KEYS)
        by_word = self._most_shared({key: member.vector[key] for key in keys}, member.at, SHARED)
        near = sorted(by_word, key=lambda n: (-self._threads[n].cosine(member.vector), n))[:NEAR]
        by_slot = self._most_shared(dict.fromkeys(_slot_keys(member.slots), 1.0), member.at, NEAR)
        return sorted({*near, *by_slot})

    def _most_shared(self, keys: Mapping[str, float], at: datetime, n: int) -> list[int]:
        """The `n` stories found under the most and heaviest keys, the latest first among equals."""
        sums: dict[int, float] = {}
        for key, weight in keys.items():
            for number in islice(reversed(self._index.get(key, {})), LATEST):
                sums[number] = sums.get(number, 0.0) + weight
        near = (number for number in sums if self._is_near(self._threads[number], at))
        return nsmallest(n, near, key=lambda number: (-sums[number], -number))

    def _is_near(self, thread: _Thread, at: datetime) -> bool:
        return thread.first_at - self._window <= at <= thread.last_at + self._window

    def _likeness(self, member: _Member, thread: _Thread) -> float:
        centre = thread.cosine(member.vector)
        latest = thread.members[-MEMBERS:]
        nearest, relative = max(
            ((dot(member.vector, other.vector), other) for other in latest), key=lambda pair: pair[0]
        )
        if relative.language != member.language:
            relative = max(latest, key=lambda other: len(other.slots.figures & member.slots.figures))
        hours = abs((member.at - relative.at).total_seconds()) / 3600
        return likeness.blend(centre, nearest) + likeness.adjustment(
            member.slots, relative.slots, hours=hours, same_language=relative.language == member.language
        )

    # ------------------------------------------------------------ keeping the state

    def _member(self, annotated: Annotated, at: datetime) -> _Member:
        article = annotated.article
        text = self._furniture.without(article, outlet_of(article))
        counts = words(article.title, text)
        for word in counts:
            self._seen[word] += 1
        self._n_seen += 1
        vector = weigh(counts, names(text), seen=self._seen, n_seen=self._n_seen)
        return _Member(article.id, at, vector, tuple(counts), find_slots(annotated), annotated.language)

    def _time(self, article: Article) -> datetime:
        """When it was published, else first seen, else the newest time met so far."""
        at = article.published_at or article.first_seen_at or self._newest or EPOCH
        self._newest = max(self._newest or at, at)
        return at

    def _new(self, story_id: str) -> _Thread:
        self._number += 1
        thread = _Thread(story_id, self._number)
        self._threads[thread.number] = thread
        self._by_id[story_id] = thread
        self._order.append(thread.number)
        return thread

    def _take(self, thread: _Thread, member: _Member, article: Article) -> None:
        thread.take(member)
        for key in (*rarest(member.vector, KEYS), *_slot_keys(member.slots)):
            self._index.setdefault(key, {})[thread.number] = None
        self._credit(thread, article)

    def _credit(self, thread: _Thread, article: Article) -> None:
        outlet, credits, text = outlet_of(article), find_credits(article), signature(article)
        origin = origin_of(thread.origins, outlet, credits, text)
        if origin is None:
            origin = Origin()
            thread.origins.append(origin)
        origin.take(article.id, credits | ({outlet} if outlet else frozenset()), text)

    def _evict(self) -> None:
        """Close the oldest stories once they lie two windows behind the newest article."""
        if self._newest is None:
            return
        horizon = self._newest - 2 * self._window
        for _ in range(2):
            if not self._order:
                return
            thread = self._threads[self._order.popleft()]
            if thread.last_at < horizon:
                self._close(thread)
            else:
                self._order.append(thread.number)

    def _close(self, thread: _Thread) -> None:
        self._closed.append(thread.story())
        del self._threads[thread.number], self._by_id[thread.id]
        for member in thread.members:
            del self._placed[member.article_id]
            self._forget(thread.number, (*rarest(member.vector, KEYS), *_slot_keys(member.slots)))
            self._seen.subtract(member.counts)
            self._n_seen -= 1
        for word in {word for member in thread.members for word in member.counts}:
            if self._seen[word] <= 0:
                del self._seen[word]

    def _forget(self, number: int, keys: Iterable[str]) -> None:
        for key in keys:
            numbers = self._index.get(key)
            if numbers is not None:
                numbers.pop(number, None)
                if not numbers:
                    del self._index[key]


def story_id(article_id: str) -> str:
    """The id of the story that an article founds: it never changes afterwards."""
    return "s" + sha256(article_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _slot_keys(slots: Slots) -> tuple[str, ...]:
    """A lab with a figure finds the same event in other words and in other languages."""
    return tuple(f"{lab}|{figure}" for lab in sorted(slots.labs) for figure in sorted(slots.figures))[:24]
