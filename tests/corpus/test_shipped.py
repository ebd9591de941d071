"""The corpus that is in the project: nothing wrong with it, and as much of it as was asked for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from labtape.corpus import check, stats
from labtape.lexicon import lexicon
from labtape.train.gold import read_gold, rows_with_places

CORPORA = Path(__file__).resolve().parents[2] / "corpora"


@pytest.fixture(scope="module")
def counted():
    return {part.name: part for part in stats(CORPORA, lexicon()).parts}


def test_nothing_is_wrong_with_it():
    found = check(CORPORA, [], lexicon())
    assert found.problems == ()
    assert found.n_articles >= 600


def test_every_offset_and_value_fits_the_texts(shared):
    found = check(CORPORA, [shared / "pool", shared / "gold-dev"], lexicon())
    assert found.problems == ()
    assert found.n_missing == 0
    assert found.n_joined >= 6000


def test_every_pool_label_finds_its_text(shared):
    found = read_gold(CORPORA / "labels" / "pool", shared / "pool")
    assert (found.n_missing, found.n_changed) == (0, 0)


def test_our_reading_of_gold_dev_fits_its_texts(shared):
    found = read_gold(CORPORA / "labels" / "gold_blind.jsonl", shared / "gold-dev")
    assert (len(found.rows), found.n_missing, found.n_changed) == (175, 0, 0)


@pytest.mark.parametrize("name", ["gold_dev.jsonl", "gold_dev_asia_wire.jsonl"])
def test_our_reading_of_gold_dev_is_compared_by_the_command_of_the_docs(labtape, shared, name):
    answer = labtape(
        "corpus", "agreement", shared / "gold-dev" / name, CORPORA / "labels" / "gold_blind.jsonl"
    )
    assert (answer.code, answer.err) == (0, "")
    assert "sentiment (relevant)" in answer.out


def test_enough_is_labelled_for_each_purpose(counted):
    pool = counted["pool"]
    assert pool.read_for["verdict"] >= 3000
    assert pool.read_for["figures"] >= 900
    assert pool.read_for["names"] >= 800
    assert pool.found["articles with a subject"] >= 1200
    assert pool.draws["natural"] >= 900


def test_every_event_type_and_direction_is_there_often_enough(counted):
    events = Counter(counted["pool"].events) + Counter(counted["articles"].events)
    assert {name: n for name, n in events.items() if n < 80} == {}
    directions = Counter(counted["pool"].directions) + Counter(counted["articles"].directions)
    assert min(directions.values()) >= 600


def test_what_the_pool_lacks_was_written():
    rows = [row for _, row in rows_with_places(CORPORA / "articles")]
    fulls = [f"{row['title']} {row['text']}" for row in rows]
    assert len(rows) >= 600
    assert sum(row["language"] == "zh" for row in rows) >= 60
    assert len({row["genre"] for row in rows}) >= 6
    for words in ("OpenRouter", "Hugging Face", "LMArena", "did not fall below", "denied"):
        assert any(words in full for full in fulls), words
    looked_alike = {
        full[d["start"] : d["end"]]
        for row in rows
        for full in [f"{row['title']}\n\n{row['text']}"]
        for d in row["decoys"]
    }
    assert {"GLM", "minimax", "mistral", "Phi", "Gemini", "Claude"} <= looked_alike


def test_no_two_articles_of_ours_have_one_text():
    texts = Counter(row["text"] for _, row in rows_with_places(CORPORA / "articles"))
    assert [text[:60] for text, n in texts.items() if n > 1] == []


def test_a_second_reader_read_enough_without_seeing_the_first():
    second = [row for _, row in rows_with_places(CORPORA / "labels" / "second" / "blind.jsonl")]
    assert len(second) >= 200
    assert all("labs" in row and "shares" in row and "entities" in row for row in second)
