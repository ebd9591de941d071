"""What a crawl and a cycle brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from labtape.exceptions import StoreError
from labtape.ports import FeedState, Poll, Store
from labtape.types import Article, Record


class KeptArticles(Sequence[Article]):
    """Articles by their ids, read from the store when they are asked for: a crawl may bring more than fits into memory."""

    def __init__(self, store: Store, ids: Sequence[str]) -> None:
        self.store = store
        self.ids = tuple(ids)

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> Article: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Article, ...]: ...

    def __getitem__(self, at: int | slice) -> Article | tuple[Article, ...]:
        if isinstance(at, slice):
            return tuple(map(self._article, self.ids[at]))
        return self._article(self.ids[at])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # what it holds is read anew each time

    def __repr__(self) -> str:
        return f"KeptArticles({self.ids!r})"

    def _article(self, article_id: str) -> Article:
        article = self.store.article(article_id)
        if article is None:
            raise StoreError(f"article '{article_id}' is not in the store any more")
        return article


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl brought: polls in the feeds' order, pages as they came, the articles that are new or changed.

    The articles are read from the store, in their latest revision, when they are looked at. `skipped` are the feeds that were not visited: not due, asked to wait by their server, suspended or gone.
    """

    polls: tuple[Poll, ...]
    articles: Sequence[Article]
    pages: tuple[Poll, ...] = ()
    skipped: tuple[FeedState, ...] = ()

    @property
    def failed(self) -> tuple[Poll, ...]:
        """The visits that did not succeed, each with its error."""
        return tuple(poll for poll in self.polls if poll.status == "failed")


@dataclass(frozen=True, slots=True)
class Cycle:
    """What a run did: the crawl, and the records made of what was new."""

    crawled: Crawled
    records: tuple[Record, ...]
