"""Whether an article that came in is new, changed, or seen before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from labtape.types import Article, Feed

FULL_TEXT = "full_text"
_DETAILS = tuple(field.name for field in fields(Feed) if field.name != "url")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an article, and what this feed showed of it last.

    `digests` are the content hashes of all revisions, `flags` those of the latest; `shown` is what the feed showed (a
    content hash), `sighted` the revision this amounted to; both None where it never did.
    """

    digests: Mapping[int, str]
    first_seen_at: datetime
    flags: tuple[str, ...] = ()
    shown: str | None = None
    sighted: int | None = None

    @property
    def latest(self) -> int:
        return max(self.digests)


def revision_of(digest: str, known: Known | None, *, shown: str | None = None, is_full: bool = False) -> int:
    """The number of the revision with this content: a known one, or the next where it is none of them.

    A feed that goes on showing what it showed last has not changed, whatever other feeds show meanwhile, or its
    page; a feed that goes back to an older text has. The text of a page (`shown` is another digest then) that is not the
    latest is new. An excerpt by one more feed does not replace the text of the page.

    >>> known = Known({1: "a", 2: "b"}, _EARLIEST)
    >>> [revision_of(digest, known) for digest in "abc"]
    [1, 2, 3]
    >>> [revision_of("a", replace(known, shown=shown, sighted=2)) for shown in "ab"]
    [2, 3]
    >>> revision_of("page", known, shown="b"), revision_of("c", replace(known, flags=("full_text",)))
    (3, 2)
    """
    if known is None:
        return 1
    latest, shown = known.latest, shown or digest
    if known.digests[latest] == digest:
        return latest
    if shown != digest:
        return latest + 1
    if known.shown is not None and known.sighted is not None:
        return known.sighted if known.shown == shown else latest + 1
    if FULL_TEXT in known.flags and not is_full:
        return latest
    return max((n for n, d in known.digests.items() if d == digest), default=latest + 1)


def as_kept(article: Article, known: Known | None, *, revision: int, at: datetime) -> Article:
    """The article with its number, and first seen when its first revision was (`at` where nobody knows)."""
    if known is None and article.first_seen_at and article.revision == revision:
        return article
    first_seen_at = known.first_seen_at if known else article.first_seen_at
    return replace(article, revision=revision, first_seen_at=first_seen_at or at)


def article_time(article: Article) -> datetime:
    """The time an article is ordered by: published, else first seen (`as_kept` sees that one is known)."""
    return article.order_at or _EARLIEST


def merged_feed(known: Feed | None, feed: Feed) -> Feed:
    """A feed that is added again: what is said of it now goes before what was said then.

    >>> merged_feed(Feed("file:a", title="A", language="en"), Feed("file:a", title="B"))
    Feed(url='file:a', title='B', publisher=None, language='en', category=None, pages=None)
    """
    if known is None:
        return feed
    said = {name: getattr(feed, name) or getattr(known, name) for name in _DETAILS}
    return replace(known, **said)
