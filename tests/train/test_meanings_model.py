"""The table of meanings: directions that make summed words come near whole sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labtape.exceptions import SettingsError
from labtape.story.tokens import tokens
from labtape.train import meanings_model as model

SENTENCES = ["alpha beta", "alpha gamma", "beta gamma", "alpha beta gamma", "gamma delta", "delta alpha"] * 20


def test_words_are_moved_so_that_their_sums_come_nearer_to_what_is_said_of_sentences(monkeypatch):
    monkeypatch.setattr(model, "WIDTH", 3)
    vocabulary = ["alpha", "beta", "gamma", "delta"]
    draw = np.random.default_rng(0)
    true, alone = draw.normal(size=(4, 8)), draw.normal(size=(4, 8)).astype(np.float32)
    rows = {word: row for row, word in enumerate(vocabulary)}
    read = np.array([sum(true[rows[w]] for w in tokens(s)) for s in SENTENCES], np.float32)
    fitted = model.fit(vocabulary, alone, SENTENCES, read)
    centred = read - read.mean(0)
    wanted = centred @ np.linalg.svd(centred, full_matrices=False)[2][:3].T
    summed = np.array([sum(fitted[rows[w]] for w in tokens(s)) for s in SENTENCES])
    apart = [np.corrcoef(summed[:, k], wanted[:, k])[0, 1] for k in range(3)]
    assert min(apart) > 0.8


def test_a_table_is_read_as_it_was_written(tmp_path: Path):
    directions = np.array([[1.0, -2.0], [0.5, 0.0]], np.float32)
    model.write(tmp_path / "t.npz", ["one", "two"], directions)
    with np.load(tmp_path / "t.npz") as kept:
        assert bytes(kept["words"]).decode().split("\n") == ["one", "two"]
        assert kept["directions"] * kept["scale"] == pytest.approx(directions, abs=0.01)


def test_the_commonest_form_stands_for_a_word_and_rare_words_and_numbers_are_left_out():
    forms = model.frequent(["models models model 2026 2026 2026 2026 2026"] * 2 + ["seldom"])
    assert forms == {"model": "models"}


def test_missing_articles_are_named(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"pool\.jsonl"):
        model.texts(tmp_path)
