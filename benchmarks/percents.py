"""Shares and kinds of percentages on the labelled articles that have any (corpora/labels/pool), by side of the split.

python benchmarks/percents.py ../shared/pool
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from labtape.batch import Tools, score
from labtape.read import article_from_row
from labtape.report import record_to_dict
from labtape.train import evaluate, read_gold

LABELS = Path(__file__).parents[1] / "corpora" / "labels" / "pool"
NOW = datetime(2026, 10, 10, tzinfo=UTC)
# What these labels do not say; none of it enters the two measures printed.
UNSAID = {
    "relevant": False,
    "labs": [],
    "decoys": [],
    "events": [],
    "sentiment": "Neutral",
    "confidence": "low",
}


def main() -> None:
    found = [
        row
        for row in read_gold(LABELS, Path(sys.argv[1])).rows
        if row.get("shares") or row.get("other_percents")
    ]
    rows = [{**UNSAID, **row} for row in found]
    print(
        f"{'side':6}{'articles':>9}{'shares':>8}{'p':>7}{'r':>7}{'f1':>7}{'others':>8}{'found':>7}{'kind':>7}"
    )
    for side in ("train", "dev", "test"):
        gold = [row for row in rows if row["split"] == side]
        articles = [article_from_row(row, place=row["id"], now=NOW) for row in gold]
        records = [record_to_dict(r) for r in score(articles, tools=Tools(bundle="rules"), now=NOW)]
        measured = evaluate(gold, records)
        shares, kinds = measured["shares"], measured["percent_kinds"]
        n = sum(len(row["shares"]) for row in gold), sum(len(row["other_percents"]) for row in gold)
        print(
            f"{side:6}{len(gold):9}{n[0]:8}{shares['p']:7.2f}{shares['r']:7.2f}{shares['f1']:7.2f}"
            f"{n[1]:8}{kinds['found']:7.2f}{kinds['kind']:7.2f}"
        )


if __name__ == "__main__":
    main()
