"""Stories against two public sets of clustered news and our own pairs, where they are at hand: floors of F1 (corpora/floors.json)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labtape.train import read_story_sets
from labtape.train.floors import problems, read_floors, shipped_floors
from labtape.train.stories import story_measures
from labtape.train.story_methods import LABTAPE, by_labtape
from labtape.train.story_sets import SAME

pytestmark = pytest.mark.slow
CORPORA = Path(__file__).resolve().parents[2] / "corpora" / "stories"


def floors_of(name: str) -> dict[str, float]:
    floors = read_floors(shipped_floors())["stories"]
    own = {key: floor for key, floor in floors.items() if key.startswith(f"{name}.")}
    assert own, name
    return own


@pytest.mark.parametrize("name", ["ecb_train", "ecb_dev", "uci"])
def test_the_public_sets_stay_above_their_floors(shared: Path, name: str):
    story_set = next(s for s in read_story_sets(shared) if s.name == name)
    found, _ = by_labtape(story_set.articles, story_set.window)
    measures = {name: {"methods": {LABTAPE: story_measures(story_set.truth, found)}}}
    assert problems(floors_of(name), measures) == ()


def test_the_command_holds_every_floor_and_labtape_leads_on_pairs(shared: Path, labtape):
    """corpora/stories: 688 pairs, each decided by reading; `copy` and `event` are one story, `related` and `no` are not."""
    answer = labtape("evaluate", "stories", "--shared", shared, "--json")
    told = json.loads(answer.out)
    assert told["under_floor"] == []
    assert answer.code == 0
    pairs = told["measures"]["pairs"]
    assert (pairs["pairs"], pairs["lost"]) == (688, 0)
    f1 = {name: m["f1"]["value"] for name, m in pairs["methods"].items()}
    assert f1["own story"] == 0
    plain = [value for name, value in f1.items() if name not in ("labtape", "at first")]
    assert f1["labtape"] > max(plain) + 0.1


def test_the_second_reader_saw_the_same_stories():
    first, second = (
        {
            (p["first"], p["second"]): p["relation"]
            for p in map(json.loads, (CORPORA / name).read_text("utf-8").splitlines())
        }
        for name in ("pairs.jsonl", "pairs_blind.jsonl")
    )
    assert len(first) == 688
    assert len(second) == 117
    assert all((first[pair] in SAME) == (relation in SAME) for pair, relation in second.items())
