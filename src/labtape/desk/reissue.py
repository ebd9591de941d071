"""Stories issued anew because an article in them was corrected or taken back: decided on values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from labtape.types import Story, StoryChange

_OURS = ("revised", "retracted")


def corrected(
    stories: Iterable[Story],
    *,
    known: Mapping[str, Story],
    revised: Collection[str] = (),
    gone: Collection[str] = (),
) -> tuple[Story, ...]:
    """Those of the stories in which an article was ever corrected or taken back: their times are to be told anew."""
    return tuple(
        story
        for story in stories
        if any(id_ in revised or id_ in gone for id_ in story.article_ids)
        or any(change.kind in _OURS for change in (*story.history, *_carried(story, known.get(story.id))))
    )


def reissued(
    stories: Iterable[Story],
    *,
    known: Mapping[str, Story],
    revised: Collection[str] = (),
    gone: Collection[str] = (),
    times: Mapping[str, datetime] = MappingProxyType({}),
    at: datetime,
) -> tuple[Story, ...]:
    """The stories as they are to be kept: without articles that are gone, with what befell the others in their history.

    `known` are the versions before, by id: what their histories say is carried on. `revised` are articles that were in a story
    already and have other words now. `times` are those of articles, from which the first and the last of a story that was
    corrected are told anew. An unchanged story comes back equal, so that no new version is kept.

    >>> at = datetime(2026, 6, 3)
    >>> (story,) = reissued([Story("s", ("a", "b"), at, at, (("a",), ("b",)))], known={}, gone={"b"}, at=at)
    >>> story.article_ids, story.origins, story.history[0].kind
    (('a',), (('a',),), 'retracted')
    """
    return tuple(_reissued(story, known.get(story.id), revised, gone, times, at) for story in stories)


def _carried(story: Story, before: Story | None) -> tuple[StoryChange, ...]:
    """What the history of the version before has beside that of the story, as when a story comes back in a later run."""
    return tuple(c for c in before.history if c not in story.history) if before else ()


def _reissued(
    story: Story,
    before: Story | None,
    revised: Collection[str],
    gone: Collection[str],
    times: Mapping[str, datetime],
    at: datetime,
) -> Story:
    carried = _carried(story, before)
    left = tuple(id_ for id_ in story.article_ids if id_ in gone)
    changed = tuple(id_ for id_ in story.article_ids if id_ in revised and id_ not in gone)
    said = {id_ for c in (*story.history, *carried) if c.kind == "retracted" for id_ in c.article_ids}
    new = [StoryChange("revised", at, "", changed)] if changed else []
    if fresh := tuple(id_ for id_ in left if id_ not in said):
        new.append(StoryChange("retracted", at, "", fresh))
    history = (*sorted((*story.history, *carried), key=lambda change: change.at), *new)
    if not left and not any(change.kind in _OURS for change in history):
        return replace(story, history=history) if carried else story
    ids = tuple(id_ for id_ in story.article_ids if id_ not in gone)
    told = [times[id_] for id_ in ids if id_ in times]
    is_whole = bool(ids) and len(told) == len(ids)
    origins = (tuple(id_ for id_ in origin if id_ not in gone) for origin in story.origins)
    return replace(
        story,
        article_ids=ids,
        first_at=min(told) if is_whole else story.first_at,
        last_at=max(told) if is_whole else story.last_at,
        origins=tuple(filter(None, origins)),
        history=history if carried or new else story.history,
    )
