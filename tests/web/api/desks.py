"""A small desk with articles of our own, scored by the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labtape.desk import Desk
from labtape.ports import Poll, Visit
from labtape.settings import Settings
from labtape.types import Arrival, Article, Feed

FEED = "https://feeds.example/ai.xml"
NOW = datetime(2026, 6, 22, 7, tzinfo=UTC)
TITLES = (
    "DeepSeek cuts the price of its API by half",
    "Qwen took about 18% of tokens on OpenRouter in May",
    "Nvidia says demand for its chips exceeds supply",
    "Moonshot AI releases Kimi K3 with open weights",
    "OpenAI signs a five-year deal for data centres",
    "Anthropic raises prices of Claude for developers",
    "美国考虑限制向中国出口芯片",
    "A bakery in Lyon wins a prize for its bread",
    "Google's Gemini held 21% of API traffic in April",
    "Mistral opens an office in Singapore",
    "Export rules on chips to be eased, officials say",
    "Alibaba reports that Qwen doubled its users",
)


def article(n: int, *, title: str | None = None) -> Article:
    at = NOW - timedelta(hours=5 * n + 1)
    said = title or TITLES[n % len(TITLES)]
    return Article(
        id=f"a{n:02}",
        title=said,
        text=f"{said}. The company said so on Monday. Shares of rivals hardly moved after the announcement.",
        url=f"https://news.example/{n}",
        publisher="Example Wire",
        published_at=at,
        published_precision="second",
        first_seen_at=at,
    )


def keep(desk: Desk, *articles: Article, feed: str = FEED) -> None:
    """Articles come in and are scored."""
    desk.store.save_visits([Visit(Poll(feed, desk.clock(), "new"), None, tuple(map(Arrival, articles)))])
    assert list(desk.score_new())


def opened(url: str) -> Desk:
    desk = Desk.open(url, settings=Settings(bundle="rules"), clock=lambda: NOW)
    desk.store.add_feed(Feed(FEED), at=NOW)
    return desk
