"""What scoring remembers of the time before: the stories, put into a grouper again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labtape.ports import Store
from labtape.types import Annotated, Article, Record, Story

if TYPE_CHECKING:
    from labtape.story import Grouper


def remembering(stories: Sequence[Story], store: Store) -> Grouper:
    """A grouper that remembers these stories whole, by the records and articles of the store."""
    from labtape.story import Grouper

    grouper = Grouper()
    told = store.told(article_id for story in stories for article_id in story.article_ids)
    for story in stories:
        for article, record in (told[id_] for id_ in story.article_ids if id_ in told):
            grouper.seed(annotated_of(record, article), story.id)
    return grouper


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
