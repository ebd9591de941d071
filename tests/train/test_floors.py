from __future__ import annotations

import json
from pathlib import Path

import pytest

from labtape.exceptions import ReadError
from labtape.train import check_floors
from labtape.train.floors import raised, read_floors, shipped_floors

MEASURES = {"verdict": {"acc": 0.8, "ece": 0.05}, "missing": 0}


def test_a_measure_under_its_floor_is_named(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"gold": {"verdict.acc": 0.9, "verdict.ece": 0.04, "missing": 0}}), "utf-8")
    assert check_floors("gold", MEASURES, path) == (
        "verdict.acc is 0.8, the floor is 0.9",
        "verdict.ece is 0.05, the roof is 0.04",
    )


def test_a_file_without_floors_has_no_problems(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text("{}", "utf-8")
    assert check_floors("gold", MEASURES, path) == ()


def test_a_measure_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text('{"gold": {"verdict.depth": 0.5}}', "utf-8")
    assert check_floors("gold", MEASURES, path) == ("verdict.depth was not measured, the floor is 0.5",)


def test_floors_only_rise() -> None:
    assert raised({"verdict.acc": 0.9, "verdict.ece": 0.02}, MEASURES, slack=0.0) == {
        "verdict.acc": 0.9,
        "verdict.ece": 0.02,
    }


def test_a_floors_file_that_is_not_there_or_not_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"absent\.json: no such file"):
        check_floors("gold", MEASURES, tmp_path / "absent.json")
    broken = tmp_path / "broken.json"
    broken.write_text("[", "utf-8")
    with pytest.raises(ReadError, match=r"broken\.json: not JSON"):
        check_floors("gold", MEASURES, broken)


def test_the_shipped_floors_can_be_read() -> None:
    assert set(read_floors(shipped_floors())) >= {"gold_dev", "gold_dev_asia_wire"}
