"""Which share claims do not hold up."""

from __future__ import annotations

import pytest

from labtape.annotate.claim_checks import check_claims
from labtape.annotate.comparability import basis, differences
from labtape.annotate.shares import find_shares
from labtape.lexicon import lexicon
from labtape.text.sentences import sentences
from labtape.types import Share


def _shares(text: str) -> tuple[Share, ...]:
    full = f"Title\n\n{text}"
    shares, _ = find_shares(full, sentences(full), (), lexicon(), None, language="en")
    return check_claims(full, None, shares, ())[0]


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Alpha holds 60% of the phone market and Beta holds 55% of the phone market.", "share_sum_over_100"),
        ("Its share of the market rose from 50% in 2024 to 30% in 2025.", "direction_word_mismatch"),
        ("Its share of the market fell to 40% from 25% in May.", "direction_word_mismatch"),
        ("Its share of the market rose from 20% to 30%.", "period_unstated"),
    ],
)
def test_an_article_can_contradict_itself(text: str, check: str) -> None:
    assert check in [c.name for share in _shares(text) for c in share.checks]


@pytest.mark.parametrize(
    "text",
    [
        "Alpha holds 60% of the phone market and Beta holds 35% of the phone market.",
        "Its share of the market rose from 20% in 2024 to 30% in 2025.",
        "Alpha holds 60% of the phone market. Beta holds 70% of the tablet market.",
    ],
)
def test_clean_claims_are_silent(text: str) -> None:
    assert [c.name for share in _shares(text) for c in share.checks] == []


def test_a_check_points_at_both_figures() -> None:
    shares = _shares("Its share of the market rose from 50% in 2024 to 30% in 2025.")
    (check,) = [c for share in shares for c in share.checks if c.name == "direction_word_mismatch"]
    assert len(check.evidence) == 2


def test_two_bases_say_why_they_cannot_be_compared() -> None:
    a = basis(
        metric="token consumption",
        group="Chinese providers",
        labs=(),
        population="top 10 models",
        platform=None,
        statistic="snapshot",
    )
    b = basis(
        metric="tokens consumed",
        group="Chinese open-weight models",
        labs=(),
        population=None,
        platform=None,
        statistic="peak",
    )
    assert differences(a, b) == ("group", "population", "statistic")
