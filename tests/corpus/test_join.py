import json

import pytest

from labelled import TEXTS, labels, write, write_corpus
from labtape.corpus import join
from labtape.exceptions import ReadError, SettingsError
from labtape.lexicon import lexicon


def rows(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_labels_come_with_their_texts_and_our_own_articles_beside_them(tmp_path):
    corpora, texts = write_corpus(tmp_path)
    made = join(corpora, texts, tmp_path / "out", lexicon())
    assert made.files == {"train": 2, "dev": 0, "test": 1, "apart": 0, "holdout": 0}
    train = rows(tmp_path / "out" / "train.jsonl")
    assert [(r["id"], r["source"]) for r in train] == [("t1", "pool"), ("a1", "articles")]
    assert train[0]["text"] == TEXTS[0]["text"]
    assert train[0]["shares"][0]["surface"] == "61%"


def test_a_missing_and_a_changed_text_are_counted_and_left_out(tmp_path):
    corpora, _ = write_corpus(tmp_path)
    texts = write(tmp_path / "texts" / "new.jsonl", [TEXTS[0] | {"text": "Corrected."}])
    made = join(corpora, texts, tmp_path / "out", lexicon())
    assert (made.n_missing, made.n_changed) == (1, 1)
    assert sum(made.files.values()) == 1


@pytest.mark.parametrize("place", ["project", "project/corpora", "project/deep/er", "project/../project/x"])
def test_a_folder_inside_the_project_is_refused(tmp_path, place):
    corpora, texts = write_corpus(tmp_path)
    with pytest.raises(SettingsError, match="texts stay outside the project"):
        join(corpora, texts, tmp_path / place, lexicon())


def test_a_link_into_the_project_is_refused_as_well(tmp_path):
    corpora, texts = write_corpus(tmp_path)
    (tmp_path / "link").symlink_to(corpora / "labels")
    with pytest.raises(SettingsError, match="texts stay outside the project"):
        join(corpora, texts, tmp_path / "link" / "out", lexicon())


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    corpora, texts = write_corpus(tmp_path)
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(SettingsError, match="cannot be written"):
        join(corpora, texts, tmp_path / "file", lexicon())


def test_labels_that_are_wrong_are_named_and_nothing_is_joined(tmp_path):
    rows = labels()
    rows[0]["labs"] = [{"start": "0", "lab": "alibaba-qwen"}]
    corpora, texts = write_corpus(tmp_path, rows)
    with pytest.raises(ReadError, match=r"2026\.jsonl:1: t1: .*docs/annotation.md has the form"):
        join(corpora, texts, tmp_path / "out", lexicon())
    assert not (tmp_path / "out").exists()
