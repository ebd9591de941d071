"""The learned score of ambiguous names: the words around them, not the name, and the table that ships."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.annotate.linking import DECIDED_BY_SCORE, is_scored, settled_scene
from labtape.annotate.linking_features import Context, context_of, features_of, scene_features
from labtape.annotate.linking_score import linking_weights, read_linking_weights
from labtape.annotate.mentions import find_candidates, find_mentions
from labtape.lexicon import lexicon
from labtape.text import sentences
from labtape.train.matching import Groups

LEXICON = lexicon()
NAMES = Path(__file__).parents[2] / "corpora" / "names"
PASSAGES = [
    json.loads(line)
    for file in sorted(NAMES.glob("*.jsonl"))
    for line in file.read_text("utf-8").splitlines()
]
WORDS = st.lists(
    st.sampled_from(["model", "prompted", "0", "<lab>", "模", "型", "the", "'", "s"]), max_size=12
).map(tuple)


def context(text: str, name: str) -> Context:
    full = f"\n\n{text}"
    candidates = find_candidates(full, LEXICON)
    scene, _ = settled_scene(full, 0, sentences(full), candidates)
    return context_of(scene, next(k for k, c in enumerate(candidates) if c.text == name))


def test_the_name_itself_is_not_among_its_features():
    one = context("Developers prompted Titan all night long.", "Titan")
    other = context("Developers prompted Wan all night long.", "Wan")
    assert one == other
    assert features_of(one, ())["l0:prompted"] == 1.0


def test_other_names_are_the_class_they_belong_to():
    assert context("OpenAI and Titan met Nvidia in Paris.", "Titan").left == ("and", "<lab>")


@given(WORDS, WORDS)
def test_the_fast_sum_is_the_sum_over_the_features(left: tuple[str, ...], right: tuple[str, ...]):
    table = linking_weights()
    around, scene = Context(left, right, "c_c"), ("s:list", "s:kind:model")
    slow = table.intercept + sum(
        table.weights.get(name, 0.0) * value for name, value in features_of(around, scene).items()
    )
    assert table.logit(around, scene) == pytest.approx(slow)


def test_a_table_is_read_back_equal():
    table = linking_weights()
    assert read_linking_weights(table.as_json()) == table


def test_every_scene_feature_of_the_passages_is_known_to_the_table():
    met: Counter[str] = Counter()
    for passage in PASSAGES[::40]:
        full = f"\n\n{passage['text']}"
        candidates = find_candidates(full, LEXICON)
        scene, rulings = settled_scene(full, 0, sentences(full), candidates)
        for place, ruling in enumerate(rulings):
            if ruling.name.entity and ruling.name.ambiguity == "high":
                met.update(scene_features(scene, place, ruling))
    assert {name for name, n in met.items() if n > 20} <= linking_weights().weights.keys()


# ---------------------------------------------------------------- the set of passages


def test_the_set_has_forty_names_and_25_passages_of_both_senses_each():
    senses = Counter((row["name"], row["sense"]) for row in PASSAGES)
    names = {row["name"] for row in PASSAGES}
    assert len(names) >= 40
    assert all(senses[name, "ours"] >= 12 and senses[name, "other"] >= 12 for name in names)
    assert sum(not name.isascii() for name in names) >= 20


def test_ids_and_texts_of_the_set_are_unique_and_offsets_hold():
    assert len({row["id"] for row in PASSAGES}) == len({row["text"] for row in PASSAGES}) == len(PASSAGES)
    assert all(row["text"][row["start"] : row["end"]] == row["name"] for row in PASSAGES)
    known = {alias.entity for alias in LEXICON.aliases}
    assert all(row["entity"] in known for row in PASSAGES if row["sense"] == "ours")


def test_the_blind_second_reading_of_a_sample_agrees_with_the_writers():
    lines = NAMES.with_name("names_blind.jsonl").read_text("utf-8").splitlines()
    senses = {row["id"]: row["sense"] for row in PASSAGES}
    blind = [json.loads(line) for line in lines]
    assert len(blind) >= 400
    assert sum(senses[row["id"]] == row["sense"] for row in blind) / len(blind) >= 0.97


def test_a_likeness_is_never_left_to_the_score():
    full = "\n\nDevelopers prompted an Opus-class model of tokens and benchmarks."
    candidates = find_candidates(full, LEXICON)
    _, rulings = settled_scene(full, 0, [], candidates)
    assert [r.reason for r in rulings] == ["adjective"]
    assert not any(is_scored(r) for r in rulings)


def test_nine_in_ten_passages_are_told_right_by_the_whole_linker():
    """In sample for the score: what it is on names it has not seen is measured by `--leave-one-out`."""
    groups = Groups.of(LEXICON)
    ours = {row["name"]: groups.group(row["lab"]) for row in PASSAGES if row["sense"] == "ours"}
    right = 0
    for row in PASSAGES:
        full, start, end = f"\n\n{row['text']}", row["start"] + 2, row["end"] + 2
        linked, _ = find_mentions(full, 0, sentences(full), LEXICON)
        here = [m for m in linked if m.start < end and start < m.end]
        is_ours = any(groups.group(m.lab or m.entity) == ours[row["name"]] for m in here)
        right += is_ours == (row["sense"] == "ours")
    assert right / len(PASSAGES) >= 0.88


def test_what_the_score_links_carries_its_probability_and_what_it_drops_its_reason():
    linked, _ = find_mentions("\n\nDevelopers prompted Titan for images.", 0, [], LEXICON)
    assert all(m.confidence >= linking_weights().link_at for m in linked if m.rule == DECIDED_BY_SCORE)
