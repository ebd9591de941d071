"""Shares as the counter gives them, against sums made by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from counted import CHINESE, PEAK, UNKNOWN, rankings_body, tokens_on
from labtape.ledger.counter import ALL, Holder, Population, models_named, reading, shares_by, unknown_authors
from labtape.ledger.makers import counted_days, name_parts
from labtape.ledger.rankings import RankedDay, read_rankings
from labtape.lexicon import lexicon

CHINA = Holder("country", frozenset({"CN"}))
FIRST, LAST = date(2025, 7, 28), date(2025, 8, 17)


@pytest.fixture(scope="module")
def days():
    return counted_days(read_rankings(rankings_body(FIRST, LAST), name="r.json").days, lexicon())


def chinese_percent(first, n_days, *, also=()):
    total = {"sum": 0, "whole": 0}
    for n in range(n_days):
        tokens = tokens_on(first + timedelta(days=n))
        total["whole"] += sum(tokens.values())
        total["sum"] += sum(tokens[m] for m in (*CHINESE, *also))
    return 100 * total["sum"] / total["whole"]


def test_a_share_of_a_window_is_counted_without_and_with_what_cannot_be_assigned(days):
    found = reading(days, CHINA)
    assert found.low == pytest.approx(chinese_percent(FIRST, 21))
    assert found.high == pytest.approx(chinese_percent(FIRST, 21, also=(*UNKNOWN, "other")))
    assert (found.counting, found.unit, found.days) == ("total", None, days)


def test_the_top_models_are_those_of_the_window_and_have_no_other(days):
    found = reading(days, CHINA, Population(top=10))
    ranked = {}
    for n in range(21):
        for model, tokens in tokens_on(FIRST + timedelta(days=n)).items():
            ranked[model] = ranked.get(model, 0) + tokens
    del ranked["other"]
    top = sorted(ranked, key=lambda m: (-ranked[m], m))[:10]
    expected = 100 * sum(ranked[m] for m in top if m in CHINESE) / sum(ranked[m] for m in top)
    assert found.low == found.high == pytest.approx(expected)


def test_a_mean_is_that_of_the_weeks_shares(days):
    weeks = [chinese_percent(FIRST + timedelta(days=7 * n), 7) for n in range(3)]
    found = reading(days, CHINA, counting="mean")
    assert found.low == pytest.approx(sum(weeks) / 3)
    assert (found.unit, found.n) == ("week", 3)


def test_a_peak_is_the_highest_week_with_its_days(days):
    found = reading(days, CHINA, counting="peak")
    assert found.low == pytest.approx(chinese_percent(PEAK, 7))
    assert (found.days[0].day, found.days[-1].day) == (PEAK, PEAK + timedelta(days=6))


def test_by_days_a_peak_is_a_day_and_so_it_is_without_a_whole_week(days):
    assert len(reading(days, CHINA, counting="peak", unit="day").days) == 1
    found = reading(days[1:6], CHINA, counting="peak", unit="week")
    assert (found.unit, found.n) == ("day", 5)


def test_a_population_of_countries_leaves_all_others_out(days):
    found = reading(days[:1], CHINA, Population(countries=("CN", "US")))
    assert found.low == found.high == pytest.approx(100 * sum(
        tokens_on(FIRST)[m] for m in CHINESE) / sum(
        n for m, n in tokens_on(FIRST).items() if m not in UNKNOWN and m != "other" and not m.startswith("mistralai")
    ))  # fmt: skip


def test_nothing_to_divide_is_no_reading(days):
    assert reading((), CHINA) is None
    empty = counted_days([RankedDay(FIRST, (("openai/gpt-5", 0),), 0)], lexicon())
    assert reading(empty, CHINA) is None


def test_an_owner_has_the_models_of_its_labs(days):
    alibaba = reading(days, Holder("lab", frozenset({"alibaba"})))
    assert alibaba.low == reading(days, Holder("lab", frozenset({"alibaba-qwen"}))).low > 0


def test_open_weights_are_an_interval_where_the_lexicon_cannot_tell(days):
    opened = reading(days, Holder("country", frozenset({"CN"}), open_weights=True))
    closed = reading(days, Holder("country", frozenset({"CN"}), open_weights=False))
    whole = reading(days, CHINA)
    assert closed.low < opened.low < whole.low
    assert opened.high == pytest.approx(whole.high)  # no Chinese model in it is known to be closed


@pytest.mark.parametrize(
    ("name", "labs", "models"),
    [
        ("Claude Sonnet 4.5", {"anthropic"}, {"anthropic/claude-4.5-sonnet-20250929"}),
        ("Claude Sonnet 4", {"anthropic"}, {"anthropic/claude-4-sonnet-20250522"}),
        ("DeepSeek V3.1", {"deepseek"}, {"deepseek/deepseek-chat-v3.1"}),
        ("DeepSeek V3", {"deepseek"}, set()),
        ("DeepSeek R1", {"deepseek"}, {"deepseek/deepseek-r1-0528:free"}),
        ("GPT-5", {"openai"}, {"openai/gpt-5"}),
        ("GPT-4.1", {"openai"}, set()),
        ("Grok Code Fast 1", {"xai"}, {"x-ai/grok-code-fast-1"}),
        ("Grok Code Fast 1", {"openai"}, set()),
    ],
)
def test_a_versioned_name_means_that_version_alone(days, name, labs, models):
    assert models_named(days, labs, name_parts(name)) == models


def test_a_model_below_the_ranked_ones_has_no_more_than_the_last_of_them():
    ranked = tuple((f"openai/gpt-4o-2024-01-{10 + n}", 100 - n) for n in range(50))
    held = Holder("model", models=frozenset({"openai/gpt-5"}))
    (day,) = counted_days([RankedDay(FIRST, ranked, 1000)], lexicon())
    found = reading([day], held)
    assert (found.low, found.high) == (0, pytest.approx(100 * 51 / (sum(n for _, n in ranked) + 1000)))


@pytest.mark.parametrize("by", ["model", "family", "lab", "country", "author"])
def test_shares_of_everybody_add_up_to_all(days, by):
    found = dict(shares_by(days, by))
    assert sum(found.values()) == pytest.approx(100)
    assert "other" in found
    assert "other" not in dict(shares_by(days, by, Population(top=50)))


def test_shares_by_country_agree_with_a_countrys_reading(days):
    found = dict(shares_by(days, "country"))
    assert found["CN"] == pytest.approx(reading(days, CHINA, ALL).low)
    assert found["unknown"] == pytest.approx(sum(dict(shares_by(days, "model"))[m] for m in UNKNOWN))


def test_unknown_authors_are_named(days):
    assert {name for name, _ in unknown_authors(days)} == {"tngtech", "openrouter"}
