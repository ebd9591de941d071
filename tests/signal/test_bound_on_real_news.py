"""The rationale over real articles: nothing is said that the evidence does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bound import unbound

from labtape.annotate import annotate_many
from labtape.demo import NOW as DEMO_NOW
from labtape.demo import feeds_folder
from labtape.lexicon import lexicon
from labtape.ports import Model
from labtape.read import read_articles
from labtape.signal import RuleModel, judge, load_model
from labtape.types import Article

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def articles_of(path: Path, n: int) -> list[Article]:
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line][:n]
    return [Article(r["id"], r["title"], r["text"]) for r in rows]


def complaints(articles: Iterable[Article], model: Model) -> list[str]:
    annotated = list(annotate_many(articles, lexicon()))
    signals = judge(annotated, model=model, lexicon=lexicon(), now=NOW)
    return [
        f"{a.article.id}: {problem}"
        for a, s in zip(annotated, signals, strict=True)
        for problem in unbound(s.verdict, a, lexicon())
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["gold-dev/gold_dev.jsonl", "gold-dev/gold_dev_asia_wire.jsonl", "pool/pool.jsonl"]
)
def test_no_sentence_names_what_its_evidence_does_not_hold(shared: Path, name: str) -> None:
    assert complaints(articles_of(shared / name, 300), load_model()) == []


def test_no_sentence_over_the_demo_names_what_its_evidence_does_not_hold() -> None:
    found = [a for a in read_articles(feeds_folder(), now=DEMO_NOW) if isinstance(a, Article)]
    assert len(found) > 50
    assert complaints(found, RuleModel(lexicon())) == []
