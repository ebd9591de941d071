"""Stories that turn out to be one, or two, after their articles were placed: kept as the story room would have it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from labtape.ports import Store
from labtape.types import StoryChange


def merge(store: Store, old: str, young: str, *, at: datetime) -> None:
    """The story `young` goes into `old`."""
    kept = store.stories_by_id([old, young])
    order = {record.id: (record.order_at, record.id) for record in store.records()}
    one, other = kept[old], kept[young]
    ids = other.article_ids
    took = replace(
        one,
        article_ids=tuple(sorted((*one.article_ids, *ids), key=order.__getitem__)),
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
        origins=(*one.origins, *other.origins),
        history=(*one.history, StoryChange("merged", at, young, ids)),
    )
    joined = StoryChange("joined", at, old, ids)
    went = replace(other, article_ids=(), origins=(), merged_into=old, history=(*other.history, joined))
    store.save_stories([took, went], at=at)


def split(store: Store, story: str, *leaving: str, into: str, at: datetime) -> None:
    """The articles `leaving` leave a story for one of their own."""
    kept = store.stories_by_id([story])[story]
    times = {record.id: record.order_at for record in store.records()}

    def part(ids: tuple[str, ...]) -> dict[str, object]:
        return {
            "article_ids": ids,
            "first_at": min(times[id_] for id_ in ids),
            "last_at": max(times[id_] for id_ in ids),
            "origins": tuple((id_,) for id_ in ids),
        }

    staying = tuple(id_ for id_ in kept.article_ids if id_ not in leaving)
    change = StoryChange("split", at, into, leaving)
    stays = replace(kept, **part(staying), history=(*kept.history, change))
    leaves = replace(kept, id=into, **part(leaving), history=(replace(change, other=story),))
    store.save_stories([stays, leaves], at=at)
