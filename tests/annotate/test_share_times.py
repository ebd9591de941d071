"""When a share holds, who says so, and through how many hands the figure came."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labtape.annotate.claims import is_same_time
from labtape.annotate.mentions import find_mentions
from labtape.annotate.share_periods import PeriodWeights, period_weights
from labtape.annotate.shares import find_shares
from labtape.lexicon import lexicon
from labtape.text.sentences import sentences
from labtape.types import Share

AT = datetime(2026, 6, 20, tzinfo=UTC)


def shares_in(text: str, title: str = "A market in figures") -> tuple[Share, ...]:
    full, known = f"{title}\n\n{text}", lexicon()
    spans = sentences(full)
    mentions, _ = find_mentions(full, len(title), spans, known, AT)
    return find_shares(full, spans, mentions, known, AT, language="en")[0]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("In March, Oakline Cloud held 31% of the market. Bryce Cloud had 22% of it.", ["March", "March"]),
        ("Oakline Cloud accounted for 31% of sales in the December quarter.", ["the December quarter"]),
        (
            "Oakline Cloud accounted for 31% of sales in the three months to August.",
            ["the three months to August"],
        ),
    ],
)
def test_a_period_is_that_of_the_sentence_or_of_the_one_before(text, periods):
    assert [s.period and s.period.text.removeprefix("in ") for s in shares_in(text)] == periods


def test_the_period_of_a_quarter_named_by_its_last_month_has_its_days():
    (share,) = shares_in("Oakline Cloud accounted for 31% of sales in the December quarter.")
    assert share.period is not None
    assert (share.period.start, share.period.end) == ("2025-10-01", "2025-12-31")


@pytest.mark.parametrize(
    ("text", "who", "hops"),
    [
        ("Oakline Cloud holds 31% of the market, according to Harrow Metrics.", "Harrow Metrics", 1),
        (
            "Oakline Cloud holds 31% of the market, a ministry paper citing Harrow Metrics says.",
            "a ministry paper",
            2,
        ),
        (
            "Oakline Cloud holds 31% of the market, according to Harrow Metrics figures quoted by Bryce Bank.",
            "Harrow Metrics",
            2,
        ),
        ("Oakline said its cloud made up 31% of its revenue.", "Oakline", 0),
        ("Oakline Cloud holds 31% of the market.", None, None),
        ("We asked 400 firms. Oakline Cloud holds 31% of the market.", None, 0),
    ],
)
def test_hops_count_the_hands_a_figure_came_through(text, who, hops):
    (share,) = shares_in(text)
    assert (share.attributed_to, share.hop_count) == (who, hops)


def test_a_source_holds_for_the_figures_behind_it():
    first, second = shares_in(
        "Oakline Cloud holds 31% of the market, Harrow Metrics said. Bryce Cloud has 22% of the market."
    )
    assert (second.attributed_to, second.hop_count) == (first.attributed_to, 1) == ("Harrow Metrics", 1)


def test_a_firm_that_claims_a_share_of_a_market_is_no_source_for_it():
    (share,) = shares_in("By graphics card, Oakline claims 73% of the market.")
    assert share.attributed_to is None


def test_the_shipped_weights_are_read_and_unknown_features_weigh_nothing():
    assert period_weights().of({"never met": 1.0}) == 0.0
    assert PeriodWeights({"a": 1.5}).as_json() == '{\n"a": 1.5\n}\n'


def test_a_share_that_only_holds_now_has_the_articles_day_and_hands_it_to_no_other():
    now, other = shares_in("Oakline Cloud now holds 31% of the market. Bryce Cloud has 22% of the market.")
    assert now.period is not None and now.period.is_now
    assert (now.period.start, now.period.end) == ("2026-06-20", "2026-06-20")
    assert other.period is None
    assert is_same_time(now, other)
