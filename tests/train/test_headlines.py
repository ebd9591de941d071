"""Labelled headlines from a CSV: read with the place of what is wrong, measured beside plain methods."""

import json

import pytest

from labtape.exceptions import ReadError
from labtape.train.headlines import Labelled, conflicting, headline_columns, read_headlines

HEADER = "text,label,entity\n"


def write(tmp_path, text):
    path = tmp_path / "set.csv"
    path.write_text(text, "utf-8")
    return path


def test_labels_of_the_public_sets_and_ours_are_read_and_mixed_ones_counted(tmp_path):
    path = write(
        tmp_path, "text,label\nAcme up,positive\nBeta flat,Neutral\nGamma down,BEARISH\nBoth,mixed\n"
    )
    found = read_headlines(path)
    assert [row.label for row in found.rows] == ["Bullish", "Neutral", "Bearish"]
    assert found.n_mixed == 1
    assert not found.has_names


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("text,sentiment\nAcme up,positive\n", "no column label"),
        ("text,label\nAcme up,positive\nBeta,good\n", "set.csv:3: label 'good'"),
        ("text,label\n", "no labelled headline"),
        (HEADER + "Acme up,positive,Acme\nBeta up,positive,\n", "two files"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, says):
    with pytest.raises(ReadError, match=says):
        read_headlines(write(tmp_path, text))


def test_bytes_that_are_no_text_are_named(tmp_path):
    path = tmp_path / "set.csv"
    path.write_bytes(b"text,label\n\xff\xfe,positive\n")
    with pytest.raises(ReadError, match="UTF-8"):
        read_headlines(path)


def test_names_of_one_headline_that_differ_are_found():
    rows = [
        Labelled("A up, B down", "Bullish", "A"),
        Labelled("A up, B down", "Bearish", "B"),
        Labelled("C up", "Bullish", "C"),
    ]
    assert conflicting(rows) == [0, 1]


def test_measures_stand_beside_always_neutral():
    rows = [Labelled("A up", "Bullish"), Labelled("B flat", "Neutral")]
    made = [
        {"Bullish": 0.8, "Neutral": 0.1, "Bearish": 0.1},
        {"Bullish": 0.5, "Neutral": 0.4, "Bearish": 0.1},
    ]
    columns = headline_columns(rows, made, None)
    assert columns["labtape"]["acc"]["value"] == 0.5
    assert columns["always Neutral"]["acc"]["value"] == 0.5
    assert columns["labtape"]["ece"]["value"] == pytest.approx((0.2 + 0.5) / 2)
    assert columns["TF-IDF"] is None


def test_the_command_measures_names_apart(tmp_path, labtape):
    text = HEADER + (
        '"Infosys jumps 6% on a record order, while Wipro slides",positive,Infosys\n'
        '"Infosys jumps 6% on a record order, while Wipro slides",negative,Wipro\n'
        "Gold ends flat in thin trade,neutral,Gold\n"
    )
    answer = json.loads(labtape("evaluate", write(tmp_path, text), "--json").out)
    assert answer["learned_from"] is False
    assert answer["measures"]["all"]["labtape"]["acc"]["n"] == 3
    assert answer["measures"]["conflicting"]["labtape"]["acc"]["n"] == 2


def test_an_option_for_articles_is_refused_for_headlines(tmp_path, labtape):
    path = write(tmp_path, "text,label\nAcme up,positive\n")
    answer = labtape("evaluate", path, "--records", tmp_path / "records.jsonl")
    assert answer.code == 2
    assert "set.csv: --texts, --floors, --records" in answer.err
