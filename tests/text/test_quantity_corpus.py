"""The sentences of corpora/quantities.jsonl: their form, and what of them is read right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labtape.text.hedges import AFTER, BEFORE, Hedge, hedge_after, hedge_before
from labtape.text.quantities import find_quantities

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    lines = (ROOT / "corpora" / "quantities.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_label_stands_where_it_says(rows: list[dict[str, Any]]) -> None:
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows) >= 300
    for row in rows:
        end = 0
        for label in row["quantities"]:
            assert row["text"][label["start"] : label["end"]] == label["text"]
            assert label["start"] >= end
            assert ("value_high" in label) == (label["bound"] == "range")
            end = label["end"]


def test_values_bounds_and_directions_are_read(rows: list[dict[str, Any]]) -> None:
    labels = found = right = said = 0
    for row in rows:
        quantities = find_quantities(row["text"])
        said += len(quantities)
        for label in row["quantities"]:
            labels += 1
            hit = next(
                (
                    q
                    for q in quantities
                    if q.start < label["end"]
                    and label["start"] < q.end
                    and abs(q.value - label["value"]) < 0.02
                    and (q.high if q.bound == "range" else q.value)
                    == pytest.approx(label.get("value_high", q.value), abs=0.02)
                ),
                None,
            )
            found += hit is not None
            right += hit is not None and (hit.bound, hit.direction) == (label["bound"], label["direction"])
    assert 2 * found / (labels + said) >= 0.985
    assert 2 * right / (labels + said) >= 0.97


def _documented() -> list[list[str]]:
    text = (ROOT / "docs" / "text.md").read_text(encoding="utf-8")
    table = text.split("| bound | leaves |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_documented_table_of_hedges_is_the_one_in_force() -> None:
    shown: set[Hedge] = set()
    for bound, shape, words, reason in _documented():
        for example in words.split(", "):
            read = hedge_after(example[1:]) if example.startswith("…") else hedge_before(example + " ")
            assert read is not None, example
            assert (read[0].bound, read[0].shape, read[0].reason) == (bound, shape, reason), example
            shown.add(read[0])
    assert shown == {*BEFORE, *AFTER}


def test_every_hedge_has_a_reason() -> None:
    assert all(hedge.reason for hedge in (*BEFORE, *AFTER))
