"""Stories against two public sets of clustered news, where they are at hand: floors of BCubed F1."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labtape.story import Grouper
from labtape.types import Annotated, Article

pytestmark = pytest.mark.slow
START = datetime(2026, 1, 1, tzinfo=UTC)


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
