"""What came into a story since some time, as since the last digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labtape.story_record.nouns import Changes, Moved
from labtape.story_record.sources import roots_of
from labtape.story_record.verdicts import story_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from labtape.lexicon.entries import Lexicon
    from labtape.story_record.nouns import Figure, Source, StoryVerdict
    from labtape.types import Record, Story, StoryChange


def changes(
    story: Story,
    records: Sequence[Record],
    forest: Sequence[Source],
    figures: Sequence[Figure],
    verdict: StoryVerdict,
    *,
    since: datetime,
    lexicon: Lexicon | None = None,
) -> Changes:
    """New articles, sources and figures after `since`, where the verdict's label went, and what stories came together or apart."""
    before = [record for record in records if record.order_at <= since]
    known = {record.id for record in before}
    roots = roots_of(forest)
    heard = {roots[id_] for id_ in known}
    return Changes(
        since=since,
        is_new=story.first_at > since,
        article_ids=tuple(record.id for record in records if record.id not in known),
        origins=tuple(
            dict.fromkeys(
                root for node in forest if node.at is not None and (root := roots[node.id]) not in heard
            )
        ),
        figures=tuple(f.id for f in figures if not known & set(f.article_ids)),
        moved=_moved(before, forest, verdict, lexicon) if before else None,
        merges=tuple(_words(change) for change in story.history if change.at > since),
    )


def _moved(
    before: Sequence[Record], forest: Sequence[Source], verdict: StoryVerdict, lexicon: Lexicon | None
) -> Moved | None:
    was = story_verdict(before, forest, lexicon=lexicon)
    if was.label == verdict.label:
        return None
    return Moved(was.label, was.score, verdict.label, verdict.score)


def _words(change: StoryChange) -> str:
    n = len(change.article_ids)
    articles = f"{n} article{'' if n == 1 else 's'}"
    if change.kind in ("revised", "retracted"):
        return f"{articles} {change.kind}"
    said = {"merged": "took in", "joined": "went into", "split": "split with"}[change.kind]
    return f"{said} {change.other} ({articles})" if n else f"{said} {change.other}"
