"""Claims as articles make them, read by the real finders and set against made-up rankings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from counted import CHINESE, LAST, UNKNOWN, claims, rankings_body, rows, tokens_on
from labtape.ledger.makers import counted_days
from labtape.ledger.questions import distinct
from labtape.ledger.rankings import RankedDay, read_rankings
from labtape.ledger.verify import audit, verify
from labtape.lexicon import lexicon


@pytest.fixture(scope="module")
def rankings():
    return read_rankings(rankings_body(), name="r.json")


@pytest.fixture(scope="module")
def days(rankings):
    return counted_days(rankings.days, lexicon())


@pytest.fixture(scope="module")
def check(days):
    def of(text, **given):
        (claim,) = claims(text, **given)
        return verify(claim, days, lexicon())

    return of


def part(wanted, day, *, of=None):
    tokens = tokens_on(day)
    of = set(tokens) if of is None else set(of)
    return 100 * sum(n for m, n in tokens.items() if m in wanted and m in of) / sum(tokens[m] for m in of)


def test_a_claim_that_holds_is_confirmed(check):
    found = check("Chinese models took 45% of all tokens on OpenRouter in April 2026.")
    assert found.verdict == "confirmed"
    assert found.low == pytest.approx(part(CHINESE, date(2026, 4, 1)), abs=0.01)
    assert found.high == pytest.approx(part({*CHINESE, *UNKNOWN, "other"}, date(2026, 4, 1)), abs=0.01)
    assert "45.2% of all tokens, from 2026-04-01 to 2026-04-30; up to 57.2%" in found.why
    assert (found.difference, found.hint) == (None, None)


def test_a_claim_that_states_the_top_ten_is_set_against_the_top_ten(check):
    found = check(
        "Chinese models accounted for 61% of the tokens of the top 10 models on OpenRouter in the week of Feb. 23, 2026."
    )
    assert (found.verdict, found.population) == ("confirmed", "the top 10 models")
    assert found.low == found.high


def test_a_claim_that_is_off_says_by_how_much(check):
    found = check("DeepSeek V3.1 took 18% of tokens on OpenRouter in March 2026.")
    assert (found.verdict, found.low, found.difference, found.least) == ("off", 14.2, -3.8, -3.8)
    assert found.counted == ("deepseek/deepseek-chat-v3.1",)


def test_a_difference_says_what_remains_when_all_that_is_unassigned_is_the_holders(check):
    found = check("Chinese models took 61% of all tokens on OpenRouter in March 2026.")
    assert (found.verdict, found.difference, found.least) == ("off", -15.8, -3.8)


def test_the_rounding_of_the_last_digit_is_tolerated_and_no_more(check):
    said = "DeepSeek V3.1 took {}% of tokens on OpenRouter in March 2026."
    verdicts = {n: check(said.format(n)).verdict for n in ("14", "14.2", "14.3", "13.7", "15")}
    assert verdicts == {"14": "confirmed", "14.2": "confirmed", "14.3": "off", "13.7": "off", "15": "off"}


@pytest.mark.parametrize(
    ("words", "verdict"),
    [("over 14%", "confirmed"), ("over 20%", "off"), ("under 10%", "off"), ("about 14%", "confirmed")],
)
def test_a_bound_is_taken_as_worded(check, words, verdict):
    assert check(f"DeepSeek V3.1 took {words} of tokens on OpenRouter in March 2026.").verdict == verdict


def test_an_upper_bound_must_hold_with_all_that_is_unassigned(check):
    assert check("Mistral took under 5% of tokens on OpenRouter in March 2026.").verdict == "open"


def test_between_the_counted_and_the_possible_a_claim_is_not_settled(check):
    found = check("Half of all tokens on OpenRouter went to Chinese models in March 2026.")
    assert found.verdict == "open"
    assert "leaves the claim possible" in found.why


def test_a_dropped_denominator_is_named(check):
    found = check("Chinese models took 61% of all tokens on OpenRouter in March 2026.")
    assert found.hint == "61% is right of the top 10 models (61%); of all tokens it is 45.2%"


def test_a_denominator_is_named_the_other_way_round_too(check):
    found = check("Chinese models held 45% of the tokens of the top 20 models on OpenRouter in March 2026.")
    assert found.hint == "45% is right of all tokens (45.2%); of the top 20 models it is 55.7%"


def test_the_two_rivals_alone_are_a_denominator_as_well(check, days):
    alone = part(
        CHINESE, date(2026, 3, 1), of={r.model for r in days[-1].rows if r.maker.country in ("CN", "US")}
    )
    found = check(f"Chinese models took {alone:.1f}% of all tokens on OpenRouter in March 2026.")
    assert "is right of the tokens of CN and US models alone" in found.hint


def test_no_denominator_is_named_where_none_fits(check):
    assert check("Chinese models took 71% of all tokens on OpenRouter in March 2026.").hint is None


def test_an_undated_claim_is_tried_on_the_week_before_its_article(check):
    found = check("Chinese models now account for 45% of all tokens on OpenRouter.")
    assert found.verdict == "confirmed"
    assert "no period stated, tried the 7 days before the article" in found.why
    assert (found.tried[0].start, found.tried[0].end) == ("2026-04-24", "2026-04-30")


def test_an_undated_claim_that_no_window_gives_is_outside_and_keeps_its_hint(check):
    found = check("Chinese models now account for 61% of all tokens on OpenRouter.")
    assert (found.verdict, found.difference) == ("outside", None)
    assert "45.2% in the 7 days before the article (2026-04-24 to 2026-04-30)" in found.why
    assert "the 30 days before the article" in found.why
    assert found.hint.startswith("61% is right of the top 10 models")


def test_a_claim_without_any_date_says_so(check):
    found = check("Chinese models now account for 45% of all tokens on OpenRouter.", published=None)
    assert (found.verdict, found.why) == ("outside", "no period stated, and the article has no date")


def test_a_period_that_the_file_does_not_have_is_outside(check):
    found = check("Chinese models took 1% of all tokens on OpenRouter in April 2024.")
    assert found.verdict == "outside"
    assert "2024-04-01 to 2024-04-30 is outside the file; the file has 2025-01-01 to 2026-04-30" in found.why


def test_a_period_that_is_covered_in_part_is_not_judged(check):
    found = check(
        "Chinese models took 9% of all tokens on OpenRouter in the week of April 27, 2026.",
        published=datetime(2026, 5, 20, tzinfo=UTC),
    )
    assert "only partly covered: 3 of its days are missing" in found.why


def test_a_period_that_runs_on_ends_before_the_article(check):
    found = check(
        "Chinese models took 45% of all tokens on OpenRouter in 2026.",
        published=datetime(2026, 4, 1, tzinfo=UTC),
    )
    assert found.verdict == "confirmed"
    assert (found.tried[0].start, found.tried[0].end) == ("2026-01-01", "2026-03-31")


def test_a_mean_over_a_year_is_that_of_its_whole_weeks(check):
    weeks = [date(2025, 1, 6) + timedelta(days=7 * n) for n in range(51)]
    mean = sum(part(CHINESE, monday) for monday in weeks) / 51
    found = check(f"Chinese models averaged {mean:.1f}% of weekly tokens on OpenRouter in 2025.")
    assert found.verdict == "confirmed"
    assert "mean of 51 weeks from 2025-01-06 to 2025-12-28" in found.why
    assert check("Chinese models averaged 34% of weekly tokens on OpenRouter in 2025.").verdict == "off"


def test_a_peak_is_the_highest_week(check):
    peak = part({"x-ai/grok-code-fast-1"}, date(2025, 6, 2))
    found = check(f"Grok Code Fast 1 peaked at {peak:.0f}% of weekly tokens on OpenRouter in 2025.")
    assert found.claim.share.statistic == "peak"
    assert (found.verdict, found.low) == ("confirmed", pytest.approx(peak, abs=0.01))
    assert "highest of 51 weeks" in found.why


@pytest.mark.parametrize("what", ["requests", "spending", "programming tokens"])
def test_another_metric_than_tokens_is_outside(check, what):
    found = check(f"DeepSeek handled 18% of {what} on OpenRouter in March 2026.")
    assert found.verdict == "outside"
    assert what.split()[0] in found.why


def test_usage_is_taken_as_tokens_and_said_so(check):
    found = check("DeepSeek handled 14.8% of usage on OpenRouter in March 2026.")
    assert found.verdict == "confirmed"
    assert "taken as tokens" in found.why


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Chinese models made up 52% of the tokens of the top 100 models on OpenRouter in March 2026.", "top 100 models; the counter names the top 50"),
        ("Chinese models will take 70% of OpenRouter tokens by 2027, an analyst forecasts.", "a forecast"),
        ("Roo Code accounted for 12% of all tokens on OpenRouter in March 2026.", "no model, lab or country"),
        ("Grok 4 Fast accounted for 12% of all tokens on OpenRouter in March 2026.", "never among the ranked models"),
        ("Cohere accounted for 12% of all tokens on OpenRouter in March 2026.", "never among the ranked models"),
        ("Small Chinese models accounted for 12% of all tokens on OpenRouter in March 2026.", "a group the counter cannot tell apart (small)"),
    ],
)  # fmt: skip
def test_what_the_counter_cannot_judge_is_outside_with_its_reason(check, text, told):
    found = check(text)
    assert found.verdict == "outside"
    assert told in found.why


@pytest.mark.parametrize(
    "who",
    [
        "DeepSeek and Qwen together", "Chinese models such as Qwen and DeepSeek", "Claude Sonnet 4.5 and Claude Opus 4.1",
        "Chinese labs including DeepSeek, Alibaba and Moonshot",
    ],
)  # fmt: skip
def test_several_holders_together_are_not_taken_for_one(check, who):
    found = check(f"{who} took 45% of tokens on OpenRouter in March 2026.")
    assert found.verdict == "outside"
    assert "several together" in found.why


@pytest.mark.parametrize(
    ("who", "figure"),
    [
        ("Models from DeepSeek", "14.8"), ("China's DeepSeek", "14.8"), ("Google's Gemini models", "4.6"), ("Google", "4.6"),
        ("Tencent", "0.6"), ("Qwen", "10.7"), ("Alibaba's Qwen3 Coder", "9.5"), ("Models from China", "45"),
        ("Chinese AI labs", "45"), ("Claude Sonnet 4", "1"), ("Kimi K2", "5.5"),
    ],
)  # fmt: skip
def test_a_holder_is_known_by_any_of_its_names(check, who, figure):
    assert check(f"{who} took {figure}% of tokens on OpenRouter in March 2026.").verdict == "confirmed"


def test_open_models_of_all_makers_are_a_group_as_well(check):
    found = check("Open-weight models took 38% of tokens on OpenRouter in March 2026.")
    assert found.low < 38 < found.high


def test_a_region_without_labs_of_its_own_is_outside(check):
    assert "never among" in check("European models took 1.4% of tokens on OpenRouter in March 2026.").why


def test_open_weights_are_told_apart_as_far_as_the_lexicon_knows(check):
    found = check("Chinese open-weight models captured 40% of tokens on OpenRouter in March 2026.")
    assert found.verdict == "open"  # GLM, Qwen3-Max and others are open in part
    assert found.low < 40 < found.high


def test_unknown_authors_are_counted_for_no_country(days):
    (claim,) = claims("US models took 41.4% of tokens on OpenRouter in March 2026.")
    known = verify(claim, days, lexicon())
    assert known.verdict == "confirmed"
    assert known.high - known.low == pytest.approx(12, abs=0.01)  # two authors and `other`


def test_a_file_that_lacks_the_rest_is_no_whole(rankings):
    cut = tuple(replace(day, other=None) for day in rankings.days[-60:])
    (claim,) = claims("Chinese models took 45% of all tokens on OpenRouter in April 2026.")
    found = verify(claim, counted_days(cut, lexicon()), lexicon())
    assert (found.verdict, found.low) == ("outside", None)
    assert "no row `other` on 30 days from 2026-04-01" in found.why


def test_a_day_without_a_rest_and_with_fewer_models_is_whole():
    few = counted_days(
        [
            RankedDay(date(2026, 4, 1) + timedelta(days=n), (("openai/gpt-5", 3), ("z-ai/glm-4.6", 1)))
            for n in range(30)
        ],
        lexicon(),
    )
    (claim,) = claims("Chinese models took 25% of all tokens on OpenRouter in April 2026.")
    assert verify(claim, few, lexicon()).verdict == "confirmed"
    (top,) = claims("Chinese models took 25% of the tokens of the top 10 models on OpenRouter in April 2026.")
    assert "fewer than 10 models" in verify(top, few, lexicon()).why


def test_a_claim_that_two_articles_make_is_one_with_both_counted():
    text = "DeepSeek V3.1 took 18% of tokens on OpenRouter in March 2026."
    found = distinct([*claims(text, n=2), *claims(text, n=1)])
    assert [(c.article_id, c.n_articles) for c in found] == [("a1", 2)]


def test_undated_claims_of_two_days_stay_two():
    text = "Chinese models now account for 61% of all tokens on OpenRouter."
    later = datetime(2026, 5, 9, tzinfo=UTC)
    assert [c.article_id for c in distinct([*claims(text), *claims(text, n=2, published=later)])] == [
        "a2",
        "a1",
    ]


def test_claims_on_other_platforms_are_left_out():
    assert claims("Qwen took 18% of downloads on Hugging Face in March 2026.") == ()


def test_an_audit_counts_verdicts_and_what_could_not_be_assigned(rankings):
    found = audit(
        (
            *claims("Chinese models took 45% of all tokens on OpenRouter in April 2026."),
            *claims("DeepSeek V3.1 took 18% of tokens on OpenRouter in March 2026."),
        ),
        rankings,
        lexicon(),
    )
    assert [found.n(verdict) for verdict in ("confirmed", "off", "open", "outside")] == [1, 1, 0, 0]
    assert found.citation == f"Source: OpenRouter (openrouter.ai/rankings), as of {LAST}"
    whole = sum(int(row["total_tokens"]) for row in rows())
    mine = sum(int(row["total_tokens"]) for row in rows() if row["model_permaslug"] in UNKNOWN)
    assert found.unassigned == pytest.approx(100 * mine / whole, abs=0.01)
    assert [author.name for author in found.authors] == ["openrouter", "tngtech"]
