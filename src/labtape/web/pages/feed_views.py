"""How feeds are, in lines: those that need somebody first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from labtape.foreign import clean
from labtape.plain import iso

if TYPE_CHECKING:
    from labtape.crawl.health import FeedHealth


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed as its line shows it; the times are distances from now, and stamps."""

    name: str
    address: str
    word: str
    is_well: bool
    why: str
    visited: str
    visited_at: str
    news: str
    due: str


def feed_lines(feeds: Iterable[FeedHealth], now: datetime) -> tuple[FeedLine, ...]:
    """The feeds in lines; what is not well comes first, in the order given."""
    return tuple(_line(one, now) for one in sorted(feeds, key=lambda one: one.is_well))


def _line(one: FeedHealth, now: datetime) -> FeedLine:
    visited, new, due = one.last_visit_at, one.last_new_at, one.next_due_at
    return FeedLine(
        name=clean(one.title or one.publisher or place_of(one.url)),
        address=clean(one.address or one.url),
        word=one.word,
        is_well=one.is_well,
        why=clean(one.why),
        visited=f"{apart(now - visited)} ago" if visited else "never",
        visited_at=iso(visited) if visited else "",
        news=f"{apart(now - new)} ago" if new else "never",
        due="not any more" if due is None else f"in {apart(due - now)}" if due > now else "now",
    )


def place_of(url: str) -> str:
    """What to call a feed that says no name: its host, or the file.

    >>> place_of("https://news.example/feed.xml"), place_of("file:///srv/a/feed.xml")
    ('news.example', 'feed.xml')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.hostname or parts.path.rpartition("/")[2] or url


def apart(span: timedelta) -> str:
    """A span in its largest unit.

    >>> apart(timedelta(seconds=50)), apart(timedelta(minutes=90)), apart(timedelta(days=3))
    ('50 s', '1 h', '3 d')
    """
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
