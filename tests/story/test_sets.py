"""Stories against two public sets of clustered news, where they are at hand: floors of BCubed F1."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.read import article_from_row
from labtape.story import Grouper
from labtape.types import Annotated, Article

pytestmark = pytest.mark.slow
CORPORA = Path(__file__).resolve().parents[2] / "corpora" / "stories"
SAME = ("copy", "event")
START = datetime(2026, 1, 1, tzinfo=UTC)
# Behind the last article of the pool.
READ = datetime(2026, 12, 1, tzinfo=UTC)


def bcubed(gold: list[str], found: list[str]) -> float:
    """The F1 of BCubed precision and recall."""
    both, ours, theirs = Counter(zip(gold, found, strict=True)), Counter(found), Counter(gold)
    pairs = list(zip(gold, found, strict=True))
    precision = sum(both[pair] / ours[pair[1]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / theirs[pair[0]] for pair in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall)


def grouped(rows: list[tuple[float, str, str, str]], window: float) -> float:
    grouper, found = Grouper(window=timedelta(hours=window)), []
    for k, (hours, title, text, _) in enumerate(rows):
        at = START + timedelta(hours=hours)
        found.append(grouper.add(Annotated(Article(str(k), title, text, published_at=at), "en")).id)
    return bcubed([row[3] for row in rows], found)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(("split", "floor"), [("train", 0.83), ("dev", 0.81)])
def test_ecb_plus_stays_above_its_floor(shared: Path, split: str, floor: float):
    rows = [
        (0.0, row["first_sentence"], row["text"], row["event"])
        for row in read(shared / "stories" / "ecbplus_train_dev.csv")
        if row["split"] == split
    ]
    random.Random(1).shuffle(rows)
    assert grouped(rows, 72) >= floor


def test_uci_headlines_stay_above_their_floor(shared: Path):
    found = [row for row in read(shared / "stories" / "uci_news_stories.csv") if row["category"] in "bt"]
    first = min(float(row["ts"]) for row in found)
    rows = sorted(((float(row["ts"]) - first) / 3.6e6, row["text"], "", row["story"]) for row in found)
    assert grouped(rows, 12) >= 0.75


def test_pairs_read_from_the_pool_stay_above_their_floor(shared: Path):
    """corpora/stories: 340 pairs, each decided by reading; `copy` and `event` are one story, `related` and `no` are not."""
    pool = (
        json.loads(line)
        for line in (shared / "pool" / "pool.jsonl").read_text("utf-8").split("\n")
        if line  # not splitlines: other line ends stand inside the texts
    )
    dated = {
        r["id"]: r for r in pool if r.get("title") and len(r.get("published") or "") >= len("2026-01-01")
    }
    grouper, story, lexicon_ = Grouper(), {}, lexicon()
    for row in sorted(dated.values(), key=lambda r: (r["published"], r["id"])):
        article = article_from_row(row, place=row["id"], now=READ)
        story[row["id"]] = grouper.add(annotate(article, lexicon_)).id
    pairs = [json.loads(line) for line in (CORPORA / "pairs.jsonl").read_text("utf-8").splitlines()]
    told = [(p["relation"] in SAME, story[p["first"]] == story[p["second"]]) for p in pairs]
    both = sum(truth and found for truth, found in told)
    assert 2 * both / (sum(t for t, _ in told) + sum(f for _, f in told)) >= 0.80


def test_the_second_reader_saw_the_same_stories():
    first, second = (
        {
            (p["first"], p["second"]): p["relation"]
            for p in map(json.loads, (CORPORA / name).read_text("utf-8").splitlines())
        }
        for name in ("pairs.jsonl", "pairs_blind.jsonl")
    )
    assert len(first) == 340
    assert len(second) == 57
    assert all((first[pair] in SAME) == (relation in SAME) for pair, relation in second.items())
