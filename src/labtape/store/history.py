"""Which of what was kept counted at a time: decided here, for every store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from labtape.ports import Knowledge, KnowledgeKind
from labtape.types import Feed

Change = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class FeedChange:
    """What was said of a feed at a time, whole."""

    at: datetime
    change: Change
    feed: Feed


def feeds_by(changes: Iterable[FeedChange]) -> tuple[Feed, ...]:
    """The feeds there are after these changes, in the order they were added.

    >>> at = datetime(2026, 6, 1)
    >>> steps = [("added", Feed("file:a")), ("added", Feed("file:b")), ("changed", Feed("file:a", "A")), ("removed", Feed("file:b"))]
    >>> feeds_by(FeedChange(at, change, feed) for change, feed in steps)
    (Feed(url='file:a', title='A', publisher=None, language=None, category=None, pages=None),)
    """
    there: dict[str, Feed] = {}
    for change in changes:
        if change.change == "removed":
            there.pop(change.feed.url, None)
        else:
            there[change.feed.url] = change.feed
    return tuple(there.values())


def is_new_epoch(one: Knowledge, latest: Mapping[KnowledgeKind, str]) -> bool:
    """Whether something else of its kind was in use so far; `latest` are digests by kind."""
    return latest.get(one.kind) != one.digest
