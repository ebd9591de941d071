"""Where an article stands now: a record says where it was placed, and stories merge and split afterwards.

    record.story.id ──merged into──▸ … ──split off with it──▸ … ──▸ the story that holds the article

Records stay as they were written. Who tells of several of them goes by these functions, or a merged story is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtape.types import Record, Story

#: Finds the latest versions of stories by their ids, merged ones as well; unknown ids are left out.
FindStories = Callable[[Collection[str]], "Mapping[str, Story]"]


def homes(stories: Iterable[Story]) -> dict[str, str]:
    """For each article of these stories the id of the one that holds it.

    >>> from datetime import datetime
    >>> from labtape.types import Story
    >>> at = datetime(2026, 6, 3)
    >>> homes([Story("s1", ("a", "b"), at, at), Story("s2", (), at, at, merged_into="s1")])
    {'a': 's1', 'b': 's1'}
    """
    return {article_id: story.id for story in stories for article_id in story.article_ids}


def standing(record: Record, home: Mapping[str, str]) -> Record:
    """The record with the id of the story that holds its article now; what else its placement says is as it was made."""
    id_ = home.get(record.id, record.story.id)
    return record if id_ == record.story.id else replace(record, story=replace(record.story, id=id_))


def current(placed: Mapping[str, str], find: FindStories) -> dict[str, str]:
    """For each article the id of the story it stands in now, from the id of the one it was placed in.

    Merges and splits are followed, all articles at once, so that `find` is asked once a step and costs what is asked for. An article
    that was retracted stands where it stood last; one whose story nobody knows, where it was placed.

    >>> from datetime import datetime
    >>> from labtape.types import Story
    >>> at = datetime(2026, 6, 3)
    >>> kept = {"s1": Story("s1", ("a", "b"), at, at), "s2": Story("s2", (), at, at, merged_into="s1")}
    >>> current({"a": "s1", "b": "s2", "c": "s9"}, lambda ids: {i: kept[i] for i in ids if i in kept})
    {'a': 's1', 'b': 's1', 'c': 's9'}
    """
    known: dict[str, Story] = {}
    ways: dict[str, list[str]] = {article_id: [] for article_id in placed}
    going = dict(placed)
    while going:
        if unknown := {id_ for id_ in going.values() if id_ not in known}:
            known |= find(unknown)
        onward: dict[str, str] = {}
        for article_id, id_ in going.items():
            way = ways[article_id]
            way.append(id_)
            if id_ in known and (step := _step(known[id_], article_id, way)):
                onward[article_id] = step
        going = onward
    return {article_id: _end(article_id, way, known) for article_id, way in ways.items()}


def _holds(story: Story, article_id: str) -> bool:
    """Whether the article is in the story, or was until it was taken back."""
    taken_back = (c.article_ids for c in story.history if c.kind == "retracted")
    return article_id in story.article_ids or any(article_id in ids for ids in taken_back)


def _step(story: Story, article_id: str, way: Collection[str]) -> str | None:
    """The story to look in next; None where this one holds the article, or leads nowhere new."""
    if _holds(story, article_id):
        return None
    left = (
        change.other
        for change in reversed(story.history)
        if change.kind in ("split", "joined") and article_id in change.article_ids
    )
    return next((id_ for id_ in (*left, story.merged_into) if id_ and id_ not in way), None)


def _end(article_id: str, way: Collection[str], known: Mapping[str, Story]) -> str:
    """Of the stories on a way: the one that holds the article, else the first that goes on, else where the way began."""
    told = [known[id_] for id_ in way if id_ in known]
    holding = (story.id for story in told if _holds(story, article_id))
    going_on = (story.id for story in told if story.merged_into is None)
    return next(iter((*holding, *going_on, *way)))
