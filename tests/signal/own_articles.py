"""Articles that tests give to users' own models, annotated with the shipped lexicon."""

from __future__ import annotations

from datetime import UTC, datetime

from labtape.annotate import annotate_many
from labtape.lexicon import lexicon
from labtape.types import Annotated, Article

NOW = datetime(2026, 6, 10, tzinfo=UTC)
GAINS, FALLS = "Nvidia gains as orders for AI chips grow", "AMD falls as orders for AI chips shrink"
QUIET = "Anthropic opens an office in Tokyo for its AI researchers"
TITLES = (GAINS, FALLS, QUIET)


def article(title: str, text: str = "", id_: str = "") -> Article:
    return Article(id=id_ or title, title=title, text=text, published_at=NOW, published_precision="day")


def annotated(*articles: Article) -> list[Annotated]:
    return list(annotate_many(articles, lexicon()))
