"""Amounts of tokens and requests: which there are, how much, in what time; and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.text.amounts import find_amounts


@pytest.mark.parametrize(
    ("text", "values", "per"),
    [
        ("The router handled 4.12 trillion tokens a week.", [4.12e12], "week"),
        ("It ran about 18T tokens weekly.", [1.8e13], "week"),
        ("The study covers 1,000 trillion tokens.", [1e15], None),
        ("A quadrillion tokens a month went through it.", [1e15], "month"),
        ("Token volume reached 25tn.", [2.5e13], None),
        ("Weekly token use hit 25 trillion.", [2.5e13], "week"),
        ("the 100-trillion-token study", [1e14], None),
        ("It takes 3 billion API requests per day.", [3e9], "day"),
        ("between 4 and 5 trillion tokens a week", [4e12], "week"),
        ("from 5 trillion to 25 trillion tokens a week", [5e12, 2.5e13], "week"),
        ("OpenAI had 1.5T tokens, Mistral 1.12T and xAI 1.11T.", [1.5e12, 1.12e12, 1.11e12], None),
        ("OpenAI stood at 1.5T, while Mistral (1.12T tokens) trailed.", [1.5e12, 1.12e12], None),
        ("周调用量达4.12万亿Token", [4.12e12], "week"),
        ("日均词元使用量突破5590亿", [5.59e11], "day"),
        ("全年处理四万亿词元", [4e12], None),
    ],
)
def test_an_amount_is_read_in_single_units(text: str, values: list[float], per: str | None) -> None:
    found = find_amounts(text)
    assert [amount.quantity.value for amount in found] == pytest.approx(values)
    assert found[-1].per == per


@pytest.mark.parametrize(
    "text",
    [
        "It costs $3 per 1 million tokens.",
        "A 1 million-token context window is standard.",
        "It was trained on 15 trillion tokens.",
        "A model with 1T parameters and cheap tokens.",
        "The protocol burned 10 billion tokens of its supply.",
        "The firm is worth $1.5T and sells tokens.",
        "Tokens are cheap. Llama 3.1-8B is fast.",
        "A million input tokens is about 750,000 words.",
    ],
)
def test_prices_windows_training_data_and_coins_are_no_amounts_of_use(text: str) -> None:
    assert find_amounts(text) == ()


@pytest.mark.parametrize(
    ("text", "low", "high", "bound"),
    [
        ("over 100 trillion tokens", 1e14, 2e14, "over"),
        ("about 100 trillion tokens", 9.5e13, 1.05e14, "about"),
        ("超过120万亿词元", 1.2e14, 2.4e14, "over"),
    ],
)
def test_hedges_leave_an_interval(text: str, low: float, high: float, bound: str) -> None:
    (amount,) = find_amounts(text)
    assert (amount.quantity.low, amount.quantity.high) == pytest.approx((low, high))
    assert amount.quantity.bound == bound


@given(st.text(alphabet="0123456789.,-–TBMtrilonkes aweupr万亿词元四$%()", max_size=120))
def test_every_amount_lies_in_the_text_and_in_its_interval(text: str) -> None:
    end = 0
    for amount in find_amounts(text + " tokens"):
        q = amount.quantity
        assert (text + " tokens")[q.start : q.end] == q.text
        assert q.low <= q.value <= q.high
        assert q.start >= end
        end = q.end
