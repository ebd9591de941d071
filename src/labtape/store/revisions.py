"""Whether an article that came in is new, changed, or seen before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from labtape.types import Article, Feed

_DETAILS = tuple(field.name for field in fields(Feed) if field.name != "url")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an article: the digest of each revision, and which one this feed showed last."""

    digests: Mapping[int, str]
    first_seen_at: datetime | None
    shown: int | None = None


def revision_of(digest: str, known: Known | None) -> int:
    """The number of the revision with this content: a known one, or the next where it is none of them.

    A feed that goes on showing what it showed last has not changed, whatever other feeds show meanwhile;
    a feed that goes back to an older text has.

    >>> known = Known({1: "a", 2: "b"}, None)
    >>> [revision_of(digest, known) for digest in "abc"]
    [1, 2, 3]
    >>> revision_of("a", replace(known, shown=1)), revision_of("a", replace(known, shown=2))
    (1, 3)
    """
    if known is None:
        return 1
    latest = max(known.digests)
    if known.digests[latest] == digest:
        return latest
    if known.shown is not None:
        return known.shown if known.digests[known.shown] == digest else latest + 1
    return max((n for n, d in known.digests.items() if d == digest), default=latest + 1)


def as_kept(article: Article, known: Known | None, *, revision: int, at: datetime) -> Article:
    """The article with its number, and first seen when its first revision was (`at` where nobody knows)."""
    first_seen_at = known.first_seen_at if known else article.first_seen_at
    return replace(article, revision=revision, first_seen_at=first_seen_at or at)


def distinct(articles: Iterable[Article]) -> tuple[Article, ...]:
    """The articles by id: of those that come twice in one poll the first, as feeds put the newest first."""
    first: dict[str, Article] = {}
    for article in articles:
        first.setdefault(article.id, article)
    return tuple(first.values())


def article_time(article: Article) -> datetime:
    """The time an article is ordered by: published, else first seen (`as_kept` sees that one is known)."""
    return article.order_at or _EARLIEST


def merged_feed(known: Feed | None, feed: Feed) -> Feed:
    """A feed that is added again: what is said of it now goes before what was said then.

    >>> merged_feed(Feed("file:a", title="A", language="en"), Feed("file:a", title="B"))
    Feed(url='file:a', title='B', publisher=None, language='en', category=None)
    """
    if known is None:
        return feed
    said = {name: getattr(feed, name) or getattr(known, name) for name in _DETAILS}
    return replace(known, **said)
