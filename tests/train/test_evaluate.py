from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from labtape.batch import score
from labtape.read import article_from_row
from labtape.report import record_to_dict
from labtape.train import evaluate
from labtape.train.evaluate import verdict_measures

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def gold_row(**fields: Any) -> dict[str, Any]:
    row = {
        "id": "1",
        "title": "Acme uses Qwen for 18% of calls",
        "text": "So it says.",
        "relevant": True,
        "labs": [{"start": 10, "end": 14, "lab": "alibaba-qwen"}],
        "decoys": [],
        "shares": [
            {
                "start": 19,
                "end": 22,
                "value": 18.0,
                "bound": "exact",
                "subject": "Qwen",
                "subject_labs": ["alibaba"],
                "metric": "calls",
                "scope": "Acme calls",
            }
        ],
        "other_percents": [],
        "events": ["adoption_share"],
        "sentiment": "Neutral",
        "confidence": "high",
    }
    return row | fields


def record(**fields: Any) -> dict[str, Any]:
    row = {
        "id": "1",
        "relevance": {"relevant": True, "p": 0.9},
        "mentions": [
            {
                "start": 10,
                "end": 14,
                "text": "Qwen",
                "entity": "model:qwen",
                "lab": "lab:alibaba-qwen",
                "role": "subject",
                "confidence": 0.9,
                "rule": "name",
            }
        ],
        "shares": [
            {
                "start": 19,
                "end": 22,
                "text": "18%",
                "value": 18.0,
                "bound": "exact",
                "role": "current",
                "subject": "Qwen",
                "subject_labs": ["lab:alibaba-qwen"],
                "metric": "calls",
                "scope": "Acme calls",
                "period": None,
            }
        ],
        "percentages": [],
        "events": [{"type": "adoption_share", "p": 0.9}],
        "verdict": {"label": "Neutral", "p": {"Bullish": 0.1, "Neutral": 0.8, "Bearish": 0.1}},
    }
    return row | fields


def test_a_record_that_says_what_the_annotation_says_is_perfect() -> None:
    measures = evaluate([gold_row()], [record()])
    assert measures["mentions"]["f1"] == measures["shares"]["f1"] == measures["events"]["f1"] == 1.0
    assert measures["verdict"]["acc"] == measures["share_fields"]["subject_labs"] == 1.0
    assert measures["offset_errors"] == measures["missing"] == 0


def test_an_article_without_record_is_missing_and_not_wrong() -> None:
    measures = evaluate([gold_row(), gold_row(id="2")], [record()])
    assert (measures["items"], measures["missing"]) == (1, 1)


def test_a_linked_decoy_is_a_false_mention() -> None:
    row = gold_row(labs=[], decoys=[{"start": 10, "end": 14}])
    measures = evaluate([row], [record()])
    assert measures["decoys_linked"] == "1/1"
    assert measures["decoys"] == {"all": 1, "linked": 1, "rate": 1.0}
    assert measures["mentions"]["fp"] == 1


def test_an_item_met_with_two_texts_is_measured_on_each_by_its_own_record() -> None:
    other = gold_row(title="Again: Acme uses Qwen", labs=[{"start": 17, "end": 21, "lab": "alibaba-qwen"}])
    moved = record(mentions=[record()["mentions"][0] | {"start": 17, "end": 21}], shares=[])
    measures = evaluate([gold_row(), other], [record(), moved])
    assert (measures["mentions"]["f1"], measures["offset_errors"]) == (1.0, 0)


def test_a_share_that_is_a_growth_is_counted_as_such() -> None:
    row = gold_row(shares=[], other_percents=[{"start": 19, "end": 22, "kind": "growth"}])
    assert evaluate([row], [record()])["shares"]["false_as"] == {"growth": 1}


def test_certainty_that_matches_the_hit_rate_has_no_calibration_error() -> None:
    p = {"Bullish": 0.0, "Neutral": 1.0, "Bearish": 0.0}
    assert verdict_measures([("Neutral", p)])["ece"] == 0.0
    assert verdict_measures([("Bearish", p)])["ece"] == 1.0


def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_gold", shared / "tools" / "score_gold.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the scorer beside the project leaves a file open
@pytest.mark.parametrize("name", ["gold_dev.jsonl", "gold_dev_asia_wire.jsonl"])
def test_the_measures_are_those_of_the_annotation_guides_scorer(shared: Path, name: str) -> None:
    lines = (shared / "gold-dev" / name).read_text("utf-8").strip().split("\n")
    gold = [json.loads(line) for line in lines]
    articles = [article_from_row(row, place=name, now=NOW) for row in gold]
    records = [record_to_dict(r) for r in score(articles, now=NOW)]
    theirs = scorer(shared).score(gold, {r["id"]: r for r in records})
    assert those_of(evaluate(gold, records), theirs) == theirs


def those_of(measures: Any, wanted: Any) -> Any:
    """The part of our measures that the scorer has as well."""
    if not isinstance(wanted, dict):
        return measures
    return {key: those_of(measures[key], value) for key, value in wanted.items()}
