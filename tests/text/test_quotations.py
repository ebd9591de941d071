"""Who is quoted with which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.text import find_quotations, sentences

CASES = [
    ('"We sold every chip we made," said Lisa Su, AMD\'s chief.', "We sold every chip we made,", "Lisa Su"),
    ("“Prices will fall again,” Altman said on Monday.", "Prices will fall again,", "Altman"),
    ("“Prices will fall again,” he said.", "Prices will fall again,", "he"),
    (
        "Jensen Huang said: “Demand is off the charts this year.”",
        "Demand is off the charts this year.",
        "Jensen Huang",
    ),
    (
        "According to the company, “the outage was short and contained.”",
        "the outage was short and contained.",
        "the company",
    ),
    ("“我们的算力已经全部卖完了，”黄仁勋表示。", "我们的算力已经全部卖完了，", "黄仁勋"),
    ("梁文锋表示：“我们不会很快涨价，请放心。”", "我们不会很快涨价，请放心。", "梁文锋"),
    ("该公司称：「这项交易将在年底前完成。」", "这项交易将在年底前完成。", "该公司"),
    ("The sign read “closed until further notice” in red.", "closed until further notice", None),
]


@pytest.mark.parametrize(("text", "words", "speaker"), CASES)
def test_quoted_words_and_their_speaker(text: str, words: str, speaker: str | None):
    full = f"T\n\n{text}"
    (quotation,) = find_quotations(full, sentences(full))
    assert (quotation.text, quotation.speaker) == (words, speaker)
    assert full[quotation.start : quotation.end] == words


@pytest.mark.parametrize(
    "text", ["The “boom” goes on.", "A so-called “AI factory” opened.", "所谓“泡沫”并不存在。"]
)
def test_scare_quotes_are_no_quotations(text: str):
    full = f"T\n\n{text}"
    assert find_quotations(full, sentences(full)) == ()


@given(st.text(alphabet='ab “”"「」said .\n', max_size=200))
def test_quotations_lie_in_any_text(text: str):
    full = f"T\n\n{text}"
    for quotation in find_quotations(full, sentences(full)):
        assert full[quotation.start : quotation.end] == quotation.text
