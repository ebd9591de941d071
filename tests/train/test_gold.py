import json
from hashlib import sha256

import pytest

from labtape.exceptions import ReadError
from labtape.train import read_gold


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def label(article_id, full):
    return {
        "id": article_id,
        "sha256": sha256(full.encode()).hexdigest(),
        "relevant": True,
        "labs": [{"start": 0, "end": 4, "lab": "moonshot"}],
        "shares": [],
    }


def test_labels_are_joined_to_their_texts_and_get_their_words(tmp_path):
    gold = write(tmp_path / "labels.jsonl", label("1", "Kimi K3\n\nIt is out."))
    texts = write(tmp_path / "texts.jsonl", {"id": "1", "title": "Kimi K3", "text": "It is out."})
    found = read_gold(gold, texts)
    assert found.rows[0]["labs"][0]["surface"] == "Kimi"
    assert found.rows[0]["text"] == "It is out."


def test_a_missing_and_a_changed_text_are_counted_and_left_out(tmp_path):
    gold = write(tmp_path / "labels.jsonl", label("1", "Kimi K3\n\nIt is out."), label("2", "x\n\ny"))
    texts = write(tmp_path / "texts.jsonl", {"id": "1", "title": "Kimi K3", "text": "It is out!"})
    found = read_gold(gold, texts)
    assert (found.rows, found.n_missing, found.n_changed) == ((), 1, 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('{"relevant": true}', "lacks id"),
        ('{"id": "1", "relevant": true, "labs": [], "shares": []}', "--texts"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path, line, words):
    gold = tmp_path / "labels.jsonl"
    gold.write_text(
        '{"id": "0", "text": "", "relevant": false, "labs": [], "shares": []}\n' + line + "\n", "utf-8"
    )
    with pytest.raises(ReadError) as caught:
        read_gold(gold)
    assert "labels.jsonl:2" in str(caught.value)
    assert words in str(caught.value)


def test_the_same_item_with_two_texts_is_joined_to_the_one_it_was_read_with(tmp_path):
    gold = write(tmp_path / "labels.jsonl", label("1", "Kimi K3\n\nIt is out."))
    versions = [{"id": "1", "title": "Kimi K3", "text": text} for text in ("It is out.", "It is out!")]
    found = read_gold(gold, write(tmp_path / "texts.jsonl", *versions))
    assert [row["text"] for row in found.rows] == ["It is out."]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ReadError, match=r"gone.jsonl: no such file"):
        read_gold(tmp_path / "gone.jsonl")
