"""What scoring remembers of the time before, and how stories are kept after it, or after an article is taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from labtape.desk.reissue import corrected, reissued
from labtape.exceptions import ReadError, StoreError
from labtape.plain import iso
from labtape.ports import Store
from labtape.types import Annotated, Article, Record, Story

if TYPE_CHECKING:
    from labtape.story import Grouper


def earliest(fresh: Sequence[Article], store: Store, now: datetime) -> datetime:
    """The earliest time at which these articles stand, or stood before they were revised."""
    before = (store.record(article.id) for article in fresh if article.revision > 1)
    times = (*(article.order_at or now for article in fresh), *(r.order_at for r in before if r))
    return min(times)


def remembering(stories: Sequence[Story], store: Store) -> Grouper:
    """A grouper that remembers these stories whole, by the records and articles of the store."""
    from labtape.story import Grouper

    grouper = Grouper()
    told = store.told(article_id for story in stories for article_id in story.article_ids)
    for story in stories:
        for article, record in (told[id_] for id_ in story.article_ids if id_ in told):
            grouper.seed(annotated_of(record, article), story)
    return grouper


def save_stories(
    store: Store, stories: Sequence[Story], records: Sequence[Record], *, known: Sequence[Story], at: datetime
) -> None:
    """Keep the stories, with what the records of revisions change in them, and without what was retracted meanwhile.

    `known` are the stories before the scoring began: only what stood in one of them can be told to have changed.
    """
    told = {article_id for story in known for article_id in story.article_ids}
    revised = {record.id for record in records if record.revision > 1 and record.id in told}
    gone = {retraction.article_id for retraction in store.retractions()}
    before = store.stories_by_id(story.id for story in stories)
    closed = store.stories_by_id({story.id for story in known} - {story.id for story in stories})
    whole = with_untold(stories, known, placed=set(store.told(told)), gone=gone, closed=closed.values())
    times = _times(store, corrected(whole, known=before, revised=revised, gone=gone), records)
    store.save_stories(reissued(whole, known=before, revised=revised, gone=gone, times=times, at=at), at=at)


def _times(store: Store, stories: Iterable[Story], records: Iterable[Record] = ()) -> dict[str, datetime]:
    """The times of the articles of these stories by their records, by those given first."""
    times = {record.id: record.order_at for record in records}
    for id_ in {id_ for story in stories for id_ in story.article_ids} - times.keys():
        if record := store.record(id_):
            times[id_] = record.order_at
    return times


def with_untold(
    stories: Sequence[Story],
    known: Sequence[Story],
    *,
    placed: Collection[str],
    gone: Collection[str],
    closed: Iterable[Story] = (),
) -> tuple[Story, ...]:
    """The stories with the articles that stood in them before and whose words are forgotten, so that nobody could place them again.

    `closed` are those known ones, as they are now, that are not among the stories any more: where they went into others is known by it.

    >>> at = datetime(2026, 6, 3)
    >>> old, new = Story("s", ("a", "b"), at, at, (("a", "b"),)), Story("s", ("b", "c"), at, at, (("b",), ("c",)))
    >>> (story,) = with_untold([new], [old], placed={"b"}, gone=())
    >>> story.article_ids, story.origins
    (('a', 'b', 'c'), (('a',), ('b',), ('c',)))
    """
    heirs = {story.id: story.merged_into for story in (*closed, *stories) if story.merged_into}
    elsewhere = {*placed, *gone, *(id_ for story in stories for id_ in story.article_ids)}
    left: dict[str, list[Story]] = {}
    for story in known:
        if any(id_ not in elsewhere for id_ in story.article_ids):
            id_ = story.id
            while id_ in heirs:
                id_ = heirs[id_]
            left.setdefault(id_, []).append(story)
    return tuple(_with(story, left.get(story.id, ()), elsewhere) for story in stories)


def _with(story: Story, before: Sequence[Story], elsewhere: Collection[str]) -> Story:
    for one in before:
        untold = [id_ for id_ in one.article_ids if id_ not in elsewhere]
        parts = (tuple(id_ for id_ in origin if id_ in untold) for origin in one.origins)
        story = replace(
            story,
            article_ids=(*untold, *story.article_ids),
            origins=(*filter(None, parts), *story.origins),
            first_at=min(one.first_at, story.first_at) if untold else story.first_at,
            last_at=max(one.last_at, story.last_at) if untold else story.last_at,
        )
    return story


def retract(store: Store, article_id: str, *, at: datetime, why: str) -> None:
    """Take an article back and issue its stories anew. Raises `ReadError` or `StoreError` where that cannot be."""
    if not store.retract(article_id, at=at, why=why):
        before = next((r for r in store.retractions() if r.article_id == article_id), None)
        if before is None:
            raise ReadError(f"no article '{article_id}' to take back; digests show ids and addresses")
        raise StoreError(f"article '{article_id}' was taken back at {iso(before.at)} already: {before.why}")
    stories = [story for story in store.stories() if article_id in story.article_ids]
    known = {story.id: story for story in stories}
    times = _times(store, stories)
    store.save_stories(reissued(stories, known=known, gone={article_id}, times=times, at=at), at=at)


def annotated_of(record: Record, article: Article) -> Annotated:
    """The findings of a record as the stations knew them, for placing new articles beside old ones."""
    return Annotated(
        article=article,
        language=record.language,
        mentions=record.mentions,
        unlinked=record.unlinked,
        shares=record.shares,
        percentages=record.percentages,
        volumes=record.volumes,
        events=record.events,
        geopolitics=record.geopolitics,
        summary=record.summary,
    )
