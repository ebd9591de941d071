"""What an article says against its own figures: each check fires on what is wrong, and on nothing near it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.types import Annotated, Article, Check

AT = datetime(2026, 6, 1, tzinfo=UTC)
WRONG = [
    ("OpenAI ranked seventh with 1.5T tokens. Mistral was fourth with 1.12T tokens.", "rank_value_mismatch"),
    ("In third place was Mistral with 20% of tokens, behind Qwen with 12%.", "rank_value_mismatch"),
    ("The largest, Qwen, has 20% of tokens. The second, DeepSeek, has 25% of tokens.", "rank_value_mismatch"),
    ("#2 DeepSeek: 3.1T tokens. #3 Qwen: 4.4T tokens.", "rank_value_mismatch"),
    ("1. MiniMax: 4.55T tokens\n2. Kimi: 4.02T\n3. GLM: 4.22T\n4. DeepSeek: 1.8T", "rank_value_mismatch"),
    ("字节跳动以每周3.1万亿词元位居第三,阿里以每周2.4万亿词元位居第二。", "rank_value_mismatch"),
    ("The study covers 1,000 trillion tokens. The 100-trillion-token study is long.", "unit_scale"),
    (
        "Qwen served 4 trillion tokens a week. Later we read that Qwen served 4 billion tokens a week.",
        "unit_scale",
    ),
    ("Qwen has 0.61% of tokens on OpenRouter. So Qwen has 61% of tokens on OpenRouter.", "unit_scale"),
    ("Qwen has 30% of tokens, DeepSeek 20% and Kimi 12%. Together the three hold 72%.", "total_mismatch"),
    (
        "Qwen has 30.1% of tokens, DeepSeek 20.2% and Kimi 9.3%. Together the three hold over 60%.",
        "total_mismatch",
    ),
    (
        "Kimi ran 4.2T tokens, or 21% of all tokens. The platform handled 25T tokens in total.",
        "total_mismatch",
    ),
    ("Kimi ran 7T tokens a week. In total the platform handled 5T tokens a week.", "part_exceeds_whole"),
    ("Qwen has 61% of tokens. DeepSeek has 45% of tokens.", "share_sum_over_100"),
    (
        "Apache and MIT licences account for 59% of Chinese models. Most carry non-commercial terms.",
        "share_sum_over_100",
    ),
    ("Chinese models now hold 61% of tokens in the week of Feb. 24, 2025.", "stale_figure"),
    (
        (
            "Programming was 50% of all tokens among all models on OpenRouter and roleplay 50% of tokens among open-weight "
            "models. Together the two make 100% of use."
        ),
        "delta_across_keys",
    ),
]
RIGHT = [
    "OpenAI ranked fourth with 1.5T tokens. Mistral was seventh with 1.12T tokens.",
    "1. MiniMax: 4.55T tokens\n2. Kimi: 4.32T\n3. GLM: 4.22T\n4. DeepSeek: 1.8T",
    "1. Qwen: 1.1T tokens\n2. Kimi: 4.3T\n3. GLM: 2.2T\n4. DeepSeek: 5.8T",
    "1. Qwen: 1.1T tokens\n2. Kimi: 4.3T",
    "Mistral is third in Europe with 34% of deployments. Aleph Alpha is fourth in Germany with 39%.",
    "In third place was Mistral with 12% of tokens, behind Qwen with 20%.",
    "OpenAI was seventh with about 1.5T tokens, Mistral fourth with some 1.45T tokens.",
    "Qwen served 4 trillion tokens a week in May 2026. In May 2025 Qwen served 0.4 trillion tokens a week.",
    "Qwen served 4 trillion tokens a week. DeepSeek served 40 trillion tokens a week.",
    "Tokens at Qwen grew from 4 trillion to 40 trillion a week.",
    "Qwen has 30% of tokens, DeepSeek 20% and Kimi 12%. Together the three hold 62%.",
    "Qwen has 30.4% of tokens, DeepSeek 20.4% and Kimi 12.4%. Together the three hold 63%.",
    "Qwen has 30% of tokens, DeepSeek 20% and Kimi 12%. Together the five largest hold 80%.",
    "Qwen has 30% of tokens and DeepSeek 20%. The rest together hold 50%.",
    "Kimi ran 5.25T tokens, or 21% of all tokens. The platform handled 25T tokens in total.",
    "Kimi ran 7T tokens a month. In total the platform handled 5T tokens a week.",
    "Chinese models have 61% of tokens. Qwen has 45% of tokens.",
    "ChatGPT is used by 71% of developers. Claude is used by 48% of developers.",
    "Falcon got 71% of the digits right. Phi got 78% of the digits right.",
    "In the week of Feb. 24, 2025, Chinese models held 61% of tokens.",
    "Chinese models now hold 61% of tokens in the week of May 18, 2026.",
    "Apache and MIT licences account for 59% of Chinese models. Most carry permissive terms.",
]


def _read(text: str, title: str = "A title") -> Annotated:
    return annotate(Article("x", title, text, published_at=AT), lexicon())


def _checks(annotated: Annotated) -> list[Check]:
    return [check for claim in (*annotated.shares, *annotated.volumes) for check in claim.checks]


@pytest.mark.parametrize(("text", "name"), WRONG)
def test_what_does_not_hold_up_is_named(text: str, name: str) -> None:
    assert name in {check.name for check in _checks(_read(text))}


@pytest.mark.parametrize("text", RIGHT)
def test_what_holds_up_is_left_in_peace(text: str) -> None:
    assert _checks(_read(text)) == []


@pytest.mark.parametrize(("text", "name"), WRONG)
def test_a_finding_shows_both_sides(text: str, name: str) -> None:
    annotated = _read(text)
    full = annotated.article.full
    for check in _checks(annotated):
        assert len(check.evidence) > 1
        assert list(check.evidence) == sorted(check.evidence)
        assert all(full[span.start : span.end].strip() for span in check.evidence)
        assert check.detail


def test_an_article_without_a_date_has_no_stale_figure() -> None:
    text = "Chinese models now hold 61% of tokens in the week of Feb. 24, 2025."
    annotated = annotate(Article("x", "A title", text), lexicon())
    assert _checks(annotated) == []
