"""docs/crawl.md names every word, class and metric there is."""

import re
from pathlib import Path
from typing import get_args

import pytest

from labtape.crawl import ERROR_KINDS, schedule
from labtape.crawl.health import Word
from labtape.crawl.metrics import Snapshot, families

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "crawl.md").read_text("utf-8")


def test_every_error_class_is_in_the_docs_and_no_other():
    section = PAGE.split("## Error classes")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", section))
    assert named == set(ERROR_KINDS)


def test_every_word_of_health_is_in_the_docs_in_their_order():
    section = PAGE.split("## How a feed is")[1].split("\n## ")[0]
    assert re.findall(r"^\| ([a-z ]+?) \|", section, re.M)[1:] == list(get_args(Word))


def test_every_metric_is_in_the_docs():
    pytest.importorskip("prometheus_client", reason="the metrics extra is not installed")
    from datetime import UTC, datetime

    snapshot = Snapshot(last_success_at=datetime(2026, 6, 3, tzinfo=UTC))
    for family in families(snapshot):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert f"`{name}`" in PAGE, name


def test_the_numbers_of_the_docs_are_those_of_the_schedule():
    assert schedule.Pace() == schedule.Pace(per_entry=8, shortest=5 * 60, longest=24 * 3600)
    assert (schedule.MISSING, schedule.MOVED, schedule.JITTER, schedule.UNCONDITIONAL) == (10, 3, 0.1, 0.01)
    assert schedule.LONGEST_WAIT.days == 31
