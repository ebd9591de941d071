"""What is found in real pages: the words of the article, and its date. Needs the material beside the project."""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

BENCHMARK = Path(__file__).parents[2] / "shared" / "articles" / "article-extraction-benchmark"
DAYS = (
    Path(__file__).parents[1] / "tests" / "data" / "page_dates.json"
)  # read by hand: tests/read/test_pages.py
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def text(report: Any, arguments: argparse.Namespace) -> None:  # Any: crawl.Report, which imports us
    """F1 of four-word shingles, as the article extraction benchmark counts: means over the pages, then the F1.

    A date is right within a day of what a reader of the page says; where there is none to be read, none is right.
    """
    from labtape.exceptions import ReadError
    from labtape.read import Page, read_page

    if not BENCHMARK.is_dir():
        report.say("skipped: ../shared is absent")
        return
    truth = json.loads((BENCHMARK / "ground-truth.json").read_text())
    days = json.loads(DAYS.read_text())
    bodies = {
        name: gzip.decompress((BENCHMARK / "html" / f"{name}.html.gz").read_bytes()) for name in sorted(truth)
    }
    read_page(next(iter(bodies.values())), url="http://a.example/", now=NOW)  # loads what it needs
    started, rows, n_right = time.process_time(), [], 0
    for name, body in bodies.items():
        try:
            page = read_page(body, url=truth[name]["url"], now=NOW)
        except ReadError:
            page = Page(
                title="",
                text="",
                published_at=None,
                published_precision="none",
                publisher=None,
                language=None,
            )
        rows.append(_counted(page.text, truth[name]["articleBody"]))
        n_right += _is_right(page.published_at, days[name])
    spent = time.process_time() - started
    hit, extra, missed = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    precision, recall = hit / (hit + extra), hit / (hit + missed)
    report.say(
        f"{len(rows)} pages: precision {precision:.3f}, recall {recall:.3f}, "
        f"F1 {2 * precision * recall / (precision + recall):.3f} (goal: .960); "
        f"date within a day, or rightly none: {n_right / len(rows):.3f} (goal: .98); "
        f"{spent / len(rows) * 1000:.0f} ms of CPU a page"
    )


def _is_right(at: datetime | None, day: str | None) -> bool:
    if at is None or day is None:
        return at is None and day is None
    return abs((at.date() - date.fromisoformat(day)).days) <= 1


def _counted(found: str, true: str) -> tuple[float, float, float]:
    """Shingles found and true, found only, true only, as shares of all of a page."""
    ours, theirs = _shingles(found), _shingles(true)
    common = (ours & theirs).total()
    size = ours.total() + theirs.total() - common or 1
    return common / size, (ours.total() - common) / size, (theirs.total() - common) / size


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))
