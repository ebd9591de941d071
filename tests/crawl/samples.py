"""Feeds, answers and documents in a few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labtape.types import Arrival, Article, Document, Feed, Fetched, Validators

NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)  # a Wednesday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URL = "https://wire.example/feed"
FEED = Feed(URL)
LONG = "The laboratory published the weights of its new model and the prices at which it is served. " * 8


def arrival(name="1", text=LONG, *, published_at=NOW - HOUR, first_seen_at=NOW, url=None, flags=()):
    return Arrival(
        Article(
            id=name,
            title=f"Title {name}",
            text=text,
            url=url if url is not None else f"https://wire.example/{name}",
            published_at=published_at,
            published_precision="second" if published_at else "none",
            first_seen_at=first_seen_at,
            flags=flags,
        ),
        keys=(f"key:{name}",),
    )


def document(*arrivals, **facts):
    return Document(tuple(arrivals), **facts)


def answer(body=b"<rss/>", status=200, *, etag=None, modified=None, url=URL, **facts):
    return Fetched(
        url=url,
        final_url=url,
        status=status,
        body=body if status == 200 else b"",
        fetched_at=NOW,
        validators=Validators(etag, modified),
        **facts,
    )
