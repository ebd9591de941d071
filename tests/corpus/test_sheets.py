"""What a reader gets to see, and where a name stands."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled import TEXTS, write
from labtape.corpus import sheets, take
from labtape.corpus.numbers import find_numbers
from labtape.corpus.sheets import occurrences
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon
from labtape.train.gold import rows_with_places


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("61% or 61 per cent, 61pct, ６１％", ["61%", "61 per cent", "61pct", "６１％"]),
        ("a range of 5-10% or 65 to 80 percent", ["5-10%", "65", "80 percent"]),
        ("one in four, nine out of the top 10, one person in six", ["one in four", "nine out of the top 10", "one person in six"]),
        ("a third, two-thirds and half", ["a third", "two-thirds", "half"]),
        ("in the third quarter of 2026, for the fifth time", []),
        ("$3 billion in 2024 and 5 in 2019", []),
        ("市场的六成，两成以上，百分之三十，三分之二，3个百分点，过半", ["六成", "两成以上", "百分之三十", "三分之二", "3个百分点", "过半"]),
        ("半导体", []),
        ("25 basis points or 25bps", ["25 basis points", "25bps"]),
    ],
)  # fmt: skip
def test_every_number_that_may_be_a_part_is_marked(text, numbers):
    found = [text[a:b] for a, b in find_numbers(text)]
    assert [n for n in numbers if n not in found] == []
    assert len(found) == len(numbers)


@given(st.text())
def test_numbers_lie_in_the_text_and_do_not_overlap(text):
    spans = find_numbers(text)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "surfaces", "found"),
    [
        ("Gemini 3 Pro beats Gemini.", {"Gemini", "Gemini 3 Pro"}, ["Gemini 3 Pro", "Gemini"]),
        ("Metadata is no Meta", {"Meta"}, ["Meta"]),
        ("Nvidia's and Nvidia-backed, ex-Nvidia", {"Nvidia"}, ["Nvidia"] * 3),
        ("a Siri-like, ChatGPT-style thing", {"Siri", "ChatGPT"}, []),
        ("阿里巴巴的千问和GPT模型", {"千问", "阿里巴巴", "GPT"}, ["阿里巴巴", "千问", "GPT"]),
        ("GPT-5 and GPT-5.6", {"GPT-5", "GPT-5.6"}, ["GPT-5", "GPT-5.6"]),
    ],
)
def test_a_name_counts_where_it_stands_as_a_word_and_the_longer_one_wins(text, surfaces, found):
    assert [text[a:b] for a, b in occurrences(text, surfaces)] == found


def test_a_sheet_shows_the_text_with_its_numbers_and_names_and_no_label(tmp_path):
    made = sheets(write(tmp_path / "texts.jsonl", TEXTS), ["t1"], lexicon())
    assert made.startswith("=== t1 | 2026-05-04 | wire.example\nQwen takes ⟦1|61%⟧ of tokens\n")
    assert "--- names: Qwen; Alibaba; Gemini" in made
    assert "alibaba-qwen" not in made


def test_a_sheet_of_an_unknown_article_is_refused(tmp_path):
    with pytest.raises(ReadError, match="no text with id t7"):
        sheets(write(tmp_path / "texts.jsonl", TEXTS), ["t1", "t7"], lexicon())


def test_answers_become_a_file_of_labels(tmp_path):
    answers = (
        "=== t1\nV irr | market_move\nW No AI here.\nG -\nN alibaba-qwen: Qwen; Alibaba\nD Gemini = exchange\n"
        "E alibaba-qwen subject Neutral low\n1 S 61 exact current | Qwen | alibaba-qwen | tokens | all | -\n2 x\n"
        "3 price_change 4.5 exact up\n=== t2\nV irr | other\n"
    )
    found = take(answers, write(tmp_path / "texts.jsonl", TEXTS), tmp_path / "labels.jsonl", lexicon())
    (row,) = [row for _, row in rows_with_places(tmp_path / "labels.jsonl")]
    assert row["id"] == "t1"
    assert len(row["sha256"]) == 64
    assert found.n == 1
    assert [p.what for p in found.problems] == ["t2: no G line", "t2: no W line"]
