"""Stories issued anew because an article in them was corrected or taken back: decided on values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from labtape.types import Story, StoryChange

_OURS = ("revised", "retracted")


def reissued(
    stories: Iterable[Story],
    *,
    known: Mapping[str, Story],
    revised: Collection[str] = (),
    gone: Collection[str] = (),
    at: datetime,
) -> tuple[Story, ...]:
    """The stories as they are to be kept: without articles that are gone, with what befell the others in their history.

    `known` are the versions before, by id: what their histories say of corrections is carried on. `revised` are articles that
    were in a story already and have other words now. An unchanged story comes back equal, so that no new version is kept.

    >>> at = datetime(2026, 6, 3)
    >>> (story,) = reissued([Story("s", ("a", "b"), at, at, (("a",), ("b",)))], known={}, gone={"b"}, at=at)
    >>> story.article_ids, story.origins, story.history[0].kind
    (('a',), (('a',),), 'retracted')
    """
    return tuple(_reissued(story, known.get(story.id), revised, gone, at) for story in stories)


def _reissued(
    story: Story, before: Story | None, revised: Collection[str], gone: Collection[str], at: datetime
) -> Story:
    carried = [c for c in before.history if c.kind in _OURS and c not in story.history] if before else []
    left = tuple(id_ for id_ in story.article_ids if id_ in gone)
    changed = tuple(id_ for id_ in story.article_ids if id_ in revised and id_ not in gone)
    said = {id_ for c in (*story.history, *carried) if c.kind == "retracted" for id_ in c.article_ids}
    new = [StoryChange("revised", at, "", changed)] if changed else []
    if fresh := tuple(id_ for id_ in left if id_ not in said):
        new.append(StoryChange("retracted", at, "", fresh))
    if not carried and not new and not left:
        return story
    origins = (tuple(id_ for id_ in origin if id_ not in gone) for origin in story.origins)
    return replace(
        story,
        article_ids=tuple(id_ for id_ in story.article_ids if id_ not in gone),
        origins=tuple(filter(None, origins)),
        history=tuple(sorted((*story.history, *carried), key=lambda change: change.at)) + tuple(new),
    )
