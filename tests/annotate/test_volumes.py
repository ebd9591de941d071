"""Whose an amount is, when and where, and which place it gives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labtape.annotate import annotate
from labtape.annotate.volumes import MOST
from labtape.lexicon import lexicon
from labtape.types import Article, Volume


def _volumes(text: str) -> tuple[Volume, ...]:
    article = Article("x", "A title", text, published_at=datetime(2026, 6, 1, tzinfo=UTC))
    return annotate(article, lexicon()).volumes


def test_an_amount_has_a_holder_a_place_and_a_time() -> None:
    (volume,) = _volumes(
        "Chinese models processed 4.12 trillion tokens on OpenRouter in the week of February 9-15, 2026."
    )
    assert (volume.value, volume.unit, volume.per) == (4.12e12, "tokens", "week")
    assert volume.subject == "Chinese models"
    assert volume.subject_entities == ("country:CN",)
    assert volume.platform == "platform:openrouter"
    assert volume.period is not None
    assert volume.period.start is not None


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("OpenAI ranked seventh with 1.5T tokens, while Mistral was fourth with 1.12T.", [7, 4]),
        ("#4 Mistral: 1.12T tokens", [4]),
        ("DeepSeek, in third place, had 6.5 trillion tokens.", [3]),
        ("The largest, Qwen, ran 8 trillion tokens.", [1]),
        ("阿里以每周2.4万亿词元位居第二。", [2]),
        ("In the third quarter it ran 8 trillion tokens.", [None]),
        ("Qwen was first to say so, and two weeks later others ran 8 trillion tokens.", [None]),
    ],
)
def test_a_place_goes_with_the_amount_it_is_tied_to(text: str, ranks: list[int | None]) -> None:
    assert [volume.rank for volume in _volumes(text)] == ranks


def test_each_amount_of_a_list_has_its_own_holder() -> None:
    text = "DeepSeek ran 14.37 trillion tokens, Qwen 5.59 trillion and Llama 3.96 trillion."
    assert [volume.subject_labs for volume in _volumes(text)] == [
        ("lab:deepseek",), ("lab:alibaba-qwen",), ("lab:meta-ai",)
    ]  # fmt: skip


def test_what_is_compared_with_is_the_baseline() -> None:
    first, second = _volumes("Tokens at Qwen grew from 4 trillion to 40 trillion a week.")
    assert (first.role, second.role) == ("baseline", "current")


def test_a_table_of_data_is_read_so_far_and_no_further() -> None:
    assert len(_volumes("Kimi ran 1T tokens. " * (MOST + 5))) == MOST


def test_a_text_without_the_words_has_none() -> None:
    assert _volumes("Revenue was $4.12 trillion, up 4T from 2 billion.") == ()
