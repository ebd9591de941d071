"""What is found in real pages: the words of the article, and its date. Needs the material beside the project."""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BENCHMARK = Path(__file__).parents[2] / "shared" / "articles" / "article-extraction-benchmark"


def text(report: Any, arguments: argparse.Namespace) -> None:  # Any: crawl.Report, which imports us
    """F1 of four-word shingles, as the article extraction benchmark counts: means over the pages, then the F1."""
    from labtape.exceptions import ReadError
    from labtape.read import read_page

    if not BENCHMARK.is_dir():
        report.say("skipped: ../shared is absent")
        return
    truth = json.loads((BENCHMARK / "ground-truth.json").read_text())
    bodies = {
        name: gzip.decompress((BENCHMARK / "html" / f"{name}.html.gz").read_bytes()) for name in sorted(truth)
    }
    read_page(
        next(iter(bodies.values())), url="http://a.example/", now=datetime.now(UTC)
    )  # loads what it needs
    started, rows = time.process_time(), []
    for name, body in bodies.items():
        try:
            found = read_page(body, url=truth[name]["url"], now=datetime.now(UTC)).text
        except ReadError:
            found = ""
        rows.append(_counted(found, truth[name]["articleBody"]))
    hit, extra, missed = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    precision, recall = hit / (hit + extra), hit / (hit + missed)
    report.say(
        f"{len(rows)} pages: precision {precision:.3f}, recall {recall:.3f}, F1 {2 * precision * recall / (precision + recall):.3f} "
        f"(goal: .960); {(time.process_time() - started) / len(rows) * 1000:.0f} ms of CPU a page"
    )


def _counted(found: str, true: str) -> tuple[float, float, float]:
    """Shingles found and true, found only, true only, as shares of all of a page."""
    ours, theirs = _shingles(found), _shingles(true)
    common = (ours & theirs).total()
    size = ours.total() + theirs.total() - common or 1
    return common / size, (ours.total() - common) / size, (theirs.total() - common) / size


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))
