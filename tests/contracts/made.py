"""What the contract of the stores is made of: articles, polls, visits, records in a few words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from labtape.ports import FeedState, Poll, Visit
from labtape.types import Arrival, Article, Record, Validators
from report.samples import records as sample_records

FEED = "https://feeds.example/ai.xml"
OTHER = "https://wire.example/rss"
NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAMPLE = sample_records()[0]
LONG = "The lab said on Monday that its new model answers twice as fast and costs half as much as the one before it."
QUITE_ANOTHER = "A court in Delaware heard both sides of the quarrel over licences and will rule before the end of autumn."
TOPICS = ("chips", "prices", "a lawsuit", "hiring", "benchmarks")
WHOLE_STATE = FeedState(
    FEED, "gone", OTHER, NOW, NOW + HOUR, 3600.5, Validators('W/"a"', "Mon, 01 Jun 2026 09:00:00 GMT"), "ff", 1, 2, 3,
    NOW - HOUR, "https://moved.example/", NOW, 4, NOW, NOW + HOUR, NOW, NOW, "no answer", "timeout", NOW, 5, 6, 7,
    True, 8, 1800, (0, 23), (5, 6),
)  # fmt: skip
# What news and broken encoders have put into titles.
ODD_TEXTS = [
    "", " ", "阿里巴巴的通义千问", "🐳 ships V4 🚀", "half \ud83d of a pair", "nul\0byte", "\ue000 and \ue0000000", "a\r\nb\u2028c", "'; DROP TABLE articles; --", "%s :name \\x00", "\uffff\U0010ffff",
]  # fmt: skip


def article(id_: str, *, hour: int | None = 9, title: str = "Kimi gains", text: str = "A text.") -> Article:
    published_at = None if hour is None else datetime(2026, 6, 1, tzinfo=UTC) + hour * HOUR
    return Article(
        id=id_,
        title=title,
        text=text,
        url=f"https://news.example/{id_}",
        publisher="Example Wire",
        language="en",
        published_at=published_at,
        published_precision="none" if hour is None else "second",
        first_seen_at=NOW,
    )


def poll(feed_url: str = FEED, *, at: datetime = NOW, status: str = "new", **given: object) -> Poll:
    return Poll(feed_url, at, status, **given)


def visit(poll: Poll, articles: Iterable[Article | Arrival] = (), state: FeedState | None = None) -> Visit:
    """A visit with what it brought; an article is an arrival without other names."""
    came = (one if isinstance(one, Arrival) else Arrival(one) for one in articles)
    return Visit(poll, state, tuple(came))


def arrival(id_: str, *keys: str, text: str | None = None, title: str = "Kimi gains") -> Arrival:
    return Arrival(article(id_, text=LONG if text is None else text, title=title), keys)


def page_of(id_: str, *, shown: str, at: datetime = NOW + HOUR) -> Visit:
    """A visit to the page of an article of which the feed shows less."""
    whole = replace(article(id_, text="The whole text."), flags=("full_text",))
    digest = article(id_, text=shown).content_hash
    return Visit(poll(kind="page", at=at), arrivals=(Arrival(whole, shown=digest),))


def names_of(fault: str, entry: int, *, visit: int) -> tuple[str, ...]:
    """The id and the keys that entry has at a visit, as the ladder of identity gives them."""
    guid, link, title = (
        f"guid|{entry}",
        f"url|https://news.example/{entry}",
        f"title|news.example|{TOPICS[entry]}|2026-06-01",
    )
    if fault == "no guid":
        return f"id of {link}", link, title
    if fault == "neither guid nor link":
        return f"id of {title}", title
    if fault == "one guid":
        return f"id of {link}", link, title
    if fault == "guids change":
        return f"id of {entry} at {visit}", f"{guid} at {visit}", link, title
    return f"id of {entry} at {visit}", f"{link}?visit={visit}", title


def record(id_: str, *, hour: int = 0, published: int | None = None, label: str = "Neutral") -> Record:
    """A record scored `hour` hours after NOW, of an article published `published` hours into June."""
    at = None if published is None else datetime(2026, 6, 1, tzinfo=UTC) + published * HOUR
    return replace(
        SAMPLE,
        id=id_,
        published_at=at,
        first_seen_at=None,
        scored_at=NOW + hour * HOUR,
        verdict=replace(SAMPLE.verdict, label=label),
    )
