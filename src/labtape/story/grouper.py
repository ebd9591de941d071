"""Articles in, stories out, one at a time: the only thing in this room that keeps a state."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from labtape.story import likeness
from labtape.story.copies import COPY, overlap
from labtape.story.furniture import Furniture
from labtape.story.index import Index
from labtape.story.meanings import products as kinships
from labtape.story.parts import LOOKED_AT, are_twins, parts
from labtape.story.prepared import begin, read
from labtape.story.terms import Stack, Terms, sparse
from labtape.story.threads import Member, Thread, keys_of
from labtape.types import Placement, Story, StoryChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labtape.story.index import Key
    from labtape.story.prepared import Prepared
    from labtape.story.slots import Slots
    from labtape.story.terms import Weights
    from labtape.types import Annotated, Article

WINDOW = timedelta(hours=72)
DAY = timedelta(hours=24)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The words under which a story is looked up: they bound the cost of an article however many lie in the window.
KEYS = 25
#: Of the stories found by words, how many are compared by their centre (those with the most of them), and how many article by article.
SHARED = 24
NEAR = 6
#: A story of so many articles or fewer may still be split, so it lets none go.
SMALL = max(LOOKED_AT)
#: Articles of a story, the latest ones, that a new one is compared with singly.
MEMBERS = 20


class Grouper:
    """Puts each article into its story as it comes; the same articles in the same order give the same stories.

    Late articles join the story of their time. Stories that turn out to be one are merged, and one that turns out to be two is
    split: the id that was there first stays, and both say so in their history. What is older than twice the window behind
    the newest article is closed: it takes no more articles and only its `Story` is kept, until `take_closed` hands it over.
    Of a story that goes on for longer, the oldest articles are compared with no more, though they stay in it.
    With `most`, the stories that have been quiet longest are closed once more articles than that are remembered, and so is one that has
    more by itself: the bound of memory for an archive without dates, or with a flood in one window.
    """

    def __init__(self, window: timedelta = WINDOW, *, most: int | None = None) -> None:
        self._window = window
        self._most = most
        self._threads: dict[int, Thread] = {}
        self._by_id: dict[str, Thread] = {}
        self._index = Index()
        self._furniture = Furniture()
        self._terms = Terms()
        self._placed: dict[str, tuple[Thread, Placement]] = {}
        self._closed: list[Story] = []
        self._order: deque[int] = deque()
        self._newest: datetime | None = None
        self._number = 0
        self._settled: dict[str, Placement] = {}
        self._seeded: set[str] = set()

    def add(self, annotated: Annotated, prepared: Prepared | None = None) -> Placement:
        """Place one article. One that was placed before (a revision, a second sighting) keeps its place.

        `prepared` is what `prepare(annotated)` gave, perhaps in another process; without it that is done here.
        """
        article = annotated.article
        known = self._placed.get(article.id)
        if known:
            thread, placement = known
            return replace(placement, id=thread.id)
        if article.id in self._settled:
            return self._settled[article.id]
        member, heaviest = self._member(annotated, prepared or begin(annotated))
        with self._terms.spread(member.words) as spread:
            likely = self._likely(member, heaviest, spread)
        thread = likely[0] if likely else self._new(story_id(article.id))
        earlier = thread.n_within(DAY, member.at)
        self._take(thread, member)
        thread = self._merged(thread, likely[1:], member.at)
        self._split(thread, member.at)
        thread = self._placed[article.id][0]
        placement = Placement(
            id=thread.id,
            novelty=round(0.75**earlier, 4),
            n_articles=thread.n_articles,
            n_origins=len(thread.origins),
        )
        self._placed[article.id] = (thread, placement)
        self._evict()
        return placement

    def seed(self, annotated: Annotated, story: Story) -> None:
        """Put an article into the story where it is known to belong, as when a store is opened again."""
        if annotated.article.id in self._placed:
            return
        thread = self._by_id.get(story.id)
        if thread is None:
            thread = self._new(story.id)
            thread.history.extend(story.history)
        member, _ = self._member(annotated, begin(annotated))
        earlier = thread.n_within(DAY, member.at)
        self._take(thread, member, novelty=round(0.75**earlier, 4))
        self._seeded.add(member.article_id)

    def stories(self) -> tuple[Story, ...]:
        """Every story not yet handed over by `take_closed`, by first article and id; those that went into others as well."""
        live = (thread.story() for thread in self._threads.values())
        return tuple(sorted((*self._closed, *live), key=lambda story: (story.first_at, story.id)))

    def take_closed(self) -> tuple[Story, ...]:
        """Hand over the stories that can take no more articles and forget them: for endless streams."""
        closed, self._closed = self._closed, []
        return tuple(sorted(closed, key=lambda story: (story.first_at, story.id)))

    # ------------------------------------------------------------ finding the story

    def _likely(self, member: Member, heaviest: Mapping[Key, float], spread: Weights) -> list[Thread]:
        """The stories that the article may belong to, the likeliest first."""
        needed = likeness.needed(len(member.words.numbers))
        near = self._near(member, heaviest, spread)
        latest = [other for candidate in near for other in candidate.thread.members[-MEMBERS:]]
        in_words = Stack([other.words for other in latest]).products(spread).tolist()
        in_meaning = kinships(member.meaning, [other.meaning for other in latest])
        alike = iter(map(likeness.joint, in_words, in_meaning))
        scored = (
            (_likeness(member, candidate, tuple(islice(alike, candidate.n_compared))), candidate.thread)
            for candidate in near
        )
        found = [(score, thread) for score, thread in scored if score >= needed]
        return [thread for _, thread in sorted(found, key=lambda pair: (-pair[0], pair[1].number))]

    def _near(self, member: Member, heaviest: Mapping[Key, float], spread: Weights) -> list[_Candidate]:
        """The stories worth comparing article by article: nearest by their centre, and those of the same lab and figure."""
        by_word = self._most_shared(heaviest, member.at, SHARED)
        by_slot = self._most_shared(dict.fromkeys(member.slot_keys, 1.0), member.at, NEAR)
        found = [self._threads[number] for number in sorted({*by_word, *by_slot})]
        centred = self._centred(member, found, spread)
        words = set(by_word)
        nearest = sorted(
            (c for c in centred if c.thread.number in words), key=lambda c: (-c.centred, c.thread.number)
        )
        chosen = {*by_slot, *(c.thread.number for c in nearest[:NEAR])}
        return [c for c in centred if c.thread.number in chosen]

    def _most_shared(self, keys: Mapping[Key, float], at: datetime, n: int) -> list[int]:
        """The `n` stories of the time that are found under the most and heaviest keys, the latest first among equals."""
        near = (
            number for number in self._index.most_shared(keys) if self._is_near(self._threads[number], at)
        )
        return list(islice(near, n))

    def _is_near(self, thread: Thread, at: datetime) -> bool:
        return thread.first_at - self._window <= at <= thread.last_at + self._window

    def _centred(self, member: Member, threads: Sequence[Thread], spread: Weights) -> list[_Candidate]:
        """Each story with the article's likeness to its centre."""
        in_words = (
            Stack([thread.centre for thread in threads if thread.centre is not None])
            .products(spread)
            .tolist()
        )
        in_meaning = kinships(member.meaning, [thread.meaning for thread in threads])
        depth = float(member.meaning @ member.meaning) if member.meaning is not None else 0.0
        return [
            _Candidate(thread, thread.centred(word, meant, depth))
            for thread, word, meant in zip(threads, in_words, in_meaning, strict=True)
        ]

    # ------------------------------------------------------------ merging and splitting

    def _merged(self, thread: Thread, others: Sequence[Thread], at: datetime) -> Thread:
        """The story after those that an article joins it with have gone into it, or it into an older one."""
        for other in others:
            if not likeness.is_one(thread.alike(other)) or are_twins(thread, other):
                continue
            old, young = sorted((thread, other), key=lambda t: t.number)
            ids = young.ids
            old.absorb(young)
            old.history.append(StoryChange("merged", at, young.id, ids))
            self._index.forget(keys_of(young.members), young.number)
            self._index.add(keys_of(young.members), old.number)
            for id_ in ids:
                self._placed[id_] = (old, self._placed[id_][1])
            young.history.append(StoryChange("joined", at, old.id, ids))
            young.merged_into = old.id
            young.retake(())
            thread = old
        return thread

    def _split(self, thread: Thread, at: datetime) -> None:
        """Give the part of a story that tells something else a story of its own."""
        leaving = () if thread.gone else parts(thread.members, thread.origins)
        if not leaving:
            return
        ids = {member.article_id for member in leaving}
        staying = [member for member in thread.members if member.article_id not in ids]
        id_ = split_id(thread.id, thread.history, [member.article_id for member in leaving])
        other = self._by_id.get(id_) or self._new(id_)
        other.merged_into = None
        self._index.forget(keys_of(leaving) - keys_of(staying), thread.number)
        self._index.add(keys_of(leaving), other.number)
        thread.retake(staying)
        other.retake(leaving)
        gone = tuple(member.article_id for member in leaving)
        thread.history.append(StoryChange("split", at, other.id, gone))
        other.history.append(StoryChange("split", at, thread.id, gone))
        for member in leaving:
            self._placed[member.article_id] = (other, self._placed[member.article_id][1])

    # ------------------------------------------------------------ keeping the state

    def _member(self, annotated: Annotated, prepared: Prepared) -> tuple[Member, Mapping[Key, float]]:
        """An article as its story keeps it, and its heaviest words with their weights."""
        article = annotated.article
        text = self._furniture.without(prepared.head, prepared.outlet)
        reading = prepared.reading if text == prepared.head.text else None
        if reading is None:
            reading = read(article.title, text)
        numbers = self._terms.count(reading.counts)
        is_name = [word in reading.names for word in reading.counts]
        weights = self._terms.weigh(numbers, tuple(reading.counts.values()), is_name)
        heaviest = _heaviest(tuple(reading.counts), numbers, weights)
        member = Member(
            article_id=article.id,
            at=self._time(article),
            is_timed=article.published_precision != "day",
            words=sparse(numbers, weights),
            meaning=self._terms.meaning(numbers, weights),
            word_keys=tuple(heaviest),
            slot_keys=_slot_keys(prepared.slots),
            slots=prepared.slots,
            language=annotated.language,
            outlet=prepared.outlet,
            credits=prepared.credits,
            text=reading.signature,
        )
        return member, heaviest

    def _time(self, article: Article) -> datetime:
        """When it was published, else first seen, else the newest time met so far."""
        at = article.published_at or article.first_seen_at or self._newest or EPOCH
        self._newest = max(self._newest or at, at)
        return at

    def _new(self, story_id: str) -> Thread:
        self._number += 1
        thread = Thread(story_id, self._number, EPOCH, EPOCH)
        self._threads[thread.number] = thread
        self._by_id[story_id] = thread
        self._order.append(thread.number)
        return thread

    def _take(self, thread: Thread, member: Member, *, novelty: float = 1.0) -> None:
        thread.take(member)
        self._index.add((*member.word_keys, *member.slot_keys), thread.number)
        here = Placement(thread.id, novelty, thread.n_articles, len(thread.origins))
        self._placed[member.article_id] = (thread, here)

    def _evict(self) -> None:
        """Close the oldest stories once they lie two windows behind the newest article, and let go what lies there of longer ones."""
        if self._newest is None:
            return
        horizon = self._newest - 2 * self._window
        for _ in range(2):
            if not self._order:
                return
            thread = self._threads[self._order.popleft()]
            if thread.last_at < horizon or (self._most is not None and thread.n_articles > self._most):
                self._close(thread)
                continue
            self._order.append(thread.number)
            n_old = bisect_left(thread.times, horizon)
            if n_old >= max(SMALL, len(thread.members) // 4):
                self._let_go(thread, n_old)
        if self._most is not None and self._terms.n_articles > self._most:
            self._close_quiet(self._most - self._most // 10)

    def _close_quiet(self, n_left: int) -> None:
        """Close the stories whose last article is oldest until `n_left` articles are remembered: a tenth at once, for it sorts.

        A story that has more than half of them lets its older ones go first.
        """
        by_rest = sorted(self._threads.values(), key=lambda thread: (thread.last_at, thread.number))
        for thread in by_rest:
            if len(thread.members) > n_left // 2:
                self._let_go(thread, len(thread.members) - n_left // 4)
        for thread in by_rest:
            if self._terms.n_articles <= n_left:
                break
            self._close(thread)
        self._order = deque(number for number in self._order if number in self._threads)

    def _close(self, thread: Thread) -> None:
        self._closed.append(thread.story())
        del self._threads[thread.number], self._by_id[thread.id]
        self._index.forget(keys_of(thread.members), thread.number)
        for member in thread.members:
            self._terms.forget(member.words)
        for id_ in thread.ids:
            _, placement = self._placed.pop(id_)
            if id_ in self._seeded:  # a revision of it may still come in this run
                self._settled[id_] = replace(placement, id=thread.id)

    def _let_go(self, thread: Thread, n: int) -> None:
        """Forget the words of the oldest articles of a story, as if they were in a closed one; they keep their place in it."""
        oldest = sorted(thread.members, key=lambda member: member.at)[:n]
        thread.let_go(oldest)
        self._index.forget(keys_of(oldest) - keys_of(thread.members), thread.number)
        for member in oldest:
            self._terms.forget(member.words)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A story that an article may belong to, with the likeness of its centre."""

    thread: Thread
    centred: float

    @property
    def n_compared(self) -> int:
        return min(MEMBERS, len(self.thread.members))


def _likeness(member: Member, candidate: _Candidate, alike: Sequence[float]) -> float:
    """The likeness of an article with a story, from those with its latest articles."""
    latest = candidate.thread.members[-MEMBERS:]
    nearest = max(alike)
    relative = latest[alike.index(nearest)]
    if relative.language != member.language:
        relative = max(latest, key=lambda other: len(other.slots.figures & member.slots.figures))
    hours = abs((member.at - relative.at).total_seconds()) / 3600
    score = likeness.blend(candidate.centred, nearest) + likeness.adjustment(
        member.slots,
        relative.slots,
        hours=hours,
        same_language=relative.language == member.language,
        is_timed=member.is_timed and relative.is_timed,
        same_outlet=member.outlet is not None and member.outlet == relative.outlet,
        same_text=overlap(member.text, relative.text) >= COPY,
    )
    return round(score, 6)  # the last digits of sums differ from machine to machine


def story_id(article_id: str) -> str:
    """The id of the story that an article founds: it never changes afterwards."""
    return "s" + sha256(article_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _heaviest(words: Sequence[str], numbers: Sequence[int], weights: Weights) -> dict[Key, float]:
    """The numbers of the heaviest words with their weights, heaviest first; equal weights in alphabetical order."""
    order = sorted(zip((-weights).tolist(), words, numbers, strict=True))
    return {number: -weight for weight, _, number in order[:KEYS]}


def split_id(story: str, history: Sequence[StoryChange], leaving: Sequence[str]) -> str:
    """The id under which articles leave a story: that of the story they came in with, where it went into this one, else a new one.

    A new one is made of the story, its first article that leaves, and how often the story had changed before: so nobody has it yet,
    however long ago closed, and it is the same when the same is done again.

    >>> at = datetime(2026, 6, 3, tzinfo=UTC)
    >>> merged = StoryChange("merged", at, story_id("b"), ("b", "c"))
    >>> split_id("s1", [merged], ["b", "c"]) == story_id("b")
    True
    >>> gone = StoryChange("split", at, story_id("b"), ("b", "c"))
    >>> split_id("s1", [merged, gone], ["b", "c"]) in (story_id("b"), split_id("s1", [merged], ["c"]))
    False
    """
    latest = {change.other: change.kind for change in history if change.kind in ("merged", "split")}
    founded = (story_id(article_id) for article_id in leaving)
    back = next((id_ for id_ in founded if latest.get(id_) == "merged"), None)
    if back is not None:
        return back
    parts = (text.encode("utf-8", "surrogatepass") for text in (story, leaving[0], str(len(history))))
    return "s" + sha256(b"\xff".join((b"", *parts))).hexdigest()[:16]  # no text of an id begins so


def _slot_keys(slots: Slots) -> tuple[str, ...]:
    """A lab with a figure finds the same event in other words and in other languages."""
    return tuple(f"{lab}|{figure}" for lab in sorted(slots.labs) for figure in sorted(slots.figures))[:24]
