"""The rationale over real articles: nothing is said that the evidence does not hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bound import unbound

from labtape.annotate import annotate_many
from labtape.lexicon import lexicon
from labtape.signal import judge, load_model
from labtape.types import Article

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def complaints(path: Path, n: int) -> list[str]:
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line][:n]
    annotated = list(annotate_many((Article(r["id"], r["title"], r["text"]) for r in rows), lexicon()))
    signals = judge(annotated, model=load_model(), lexicon=lexicon(), now=NOW)
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
    assert complaints(shared / name, 300) == []
