from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bound import unbound

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.ports import Model
from labtape.signal import RuleModel, judge, load_model
from labtape.types import Annotated, Article, Signal

NOW = datetime(2026, 11, 1, tzinfo=UTC)

CASES = [
    (
        "Nvidia shares fall 6% after weak guidance",
        "The chipmaker cut its outlook for the quarter.",
        "Bearish",
        "directional",
    ),
    (
        "Oracle wins $40 billion cloud contract from OpenAI",
        "The five-year deal adds to its backlog.",
        "Bullish",
        "directional",
    ),
    (
        "AMD beats estimates as data center revenue doubles",
        "The chipmaker raised its full-year forecast.",
        "Bullish",
        "directional",
    ),
    (
        "Washington tightens export controls on Nvidia chips",
        "New licence requirements take effect on Friday.",
        "Bearish",
        "directional",
    ),
    (
        "Anthropic raises $12 billion at a $500 billion valuation",
        "Investors doubled what they paid in spring.",
        "Bullish",
        "directional",
    ),
    (
        "Mistral releases Mistral Large 4",
        "The model tops an open leaderboard for code.",
        "Neutral",
        "no_transmission",
    ),
    ("智谱股价大跌12%，大模型概念股下挫", "港股人工智能板块周一走低。", "Bearish", "directional"),
    ("英伟达营收同比增长62%，超出市场预期", "数据中心收入创历史新高。", "Bullish", "directional"),
]
SHIFT = (
    "Open models from Hangzhou take the lead on a routing platform",
    "Chinese providers now account for about 58% of tokens among the ten largest models on OpenRouter, against under 2% in early 2024. DeepSeek, Moonshot AI's Kimi and Zhipu AI's GLM led the list. Developers name price and open weights as reasons. OpenRouter counts tokens by each provider's own tokenizer.",
)


@pytest.fixture(scope="module", params=["rules", "market3"])
def model(request: pytest.FixtureRequest) -> Model:
    return load_model(request.param)


def read(title: str, text: str = "", **fields: Any) -> Annotated:
    return annotate(Article("a", title, text, **fields), lexicon())


def one(model: Model, title: str, text: str = "", *, any_topic: bool = False, **fields: Any) -> Signal:
    return judge([read(title, text, **fields)], model=model, lexicon=lexicon(), now=NOW, any_topic=any_topic)[
        0
    ]


@pytest.mark.parametrize(("title", "text", "label", "state"), CASES, ids=[c[0][:30] for c in CASES])
def test_house_rules_decide_plain_cases(model: Model, title: str, text: str, label: str, state: str) -> None:
    signal = one(model, title, text)
    assert signal.relevance.relevant
    assert (signal.verdict.label, signal.verdict.state) == (label, state)


def test_the_target_is_the_listed_company_of_the_headline() -> None:
    rules = RuleModel(lexicon())
    assert one(rules, CASES[1][0]).verdict.target == "ticker:NYSE:ORCL"
    assert one(rules, CASES[4][0]).verdict.target == "lab:anthropic"
    assert one(rules, "Memory chip prices rise as AI demand grows").verdict.target == "market:memory"


@pytest.mark.parametrize(
    ("day", "target", "listed"),
    [
        (datetime(2026, 5, 20, tzinfo=UTC), "lab:xai", set()),
        (datetime(2026, 7, 1, tzinfo=UTC), "ticker:NASDAQ:SPCX", {"NASDAQ:SPCX"}),
    ],
)
def test_an_owners_listing_counts_from_the_day_it_trades(
    day: datetime, target: str, listed: set[str]
) -> None:
    title, text = "xAI cuts the price of Grok 4.3", "Elon Musk's xAI sells Grok to firms; Grok got cheaper."
    signal = one(RuleModel(lexicon()), title, text, published_at=day, published_precision="day")
    (verdict,) = (v for v in signal.entity_verdicts if v.entity == "lab:xai")
    assert signal.verdict.target == target
    assert {e.ticker for e in verdict.exposure if e.via == "listing"} == listed
    assert ("NASDAQ:NVDA", "supplier", 1) in {(e.ticker, e.via, e.sign) for e in verdict.exposure}


def test_a_shift_of_use_between_private_labs_reaches_no_asset(model: Model) -> None:
    signal = one(model, *SHIFT)
    verdict = signal.verdict
    assert (verdict.label, verdict.state) == ("Neutral", "no_transmission")
    said = [s.text for s in verdict.rationale]
    for start in ("Short term:", "Long term:", "Similar historical pattern:"):
        assert any(text.startswith(start) for text in said)
    crypto = next(m for m in signal.markets if m.market == "crypto")
    assert (crypto.label, crypto.state, crypto.via) == ("Neutral", "no_transmission", ())


def test_the_platform_that_figures_come_from_gets_no_verdict(model: Model) -> None:
    assert "platform:openrouter" not in [e.entity for e in one(model, *SHIFT).entity_verdicts]


def test_what_is_not_about_ai_is_out_of_scope(model: Model) -> None:
    signal = one(model, "Ten soup recipes for cold evenings", "Leeks, beans and a good stock make dinner.")
    assert not signal.relevance.relevant
    assert (signal.verdict.target, signal.verdict.label, signal.verdict.state) == (
        "none",
        "Neutral",
        "out_of_scope",
    )
    assert signal.verdict.p["Neutral"] > 0.5


def test_any_topic_judges_what_is_not_about_ai(model: Model) -> None:
    title = "Bakery chain cuts its forecast, shares fall 9%"
    assert one(model, title).verdict.state == "out_of_scope"
    assert one(model, title, any_topic=True).verdict.label == "Bearish"


def test_a_few_letters_are_insufficient(model: Model) -> None:
    assert one(model, "AI", "", any_topic=True).verdict.state == "insufficient"


def test_a_beat_with_falling_shares_is_neutral_and_mixed() -> None:
    text = "Nvidia beat analysts' estimates for the quarter. Its shares slipped 2% in late trading."
    verdict = one(RuleModel(lexicon()), "Nvidia reports quarterly results", text).verdict
    assert (verdict.label, verdict.state) == ("Neutral", "mixed")


def test_probabilities_are_rounded_and_sum_to_one(model: Model) -> None:
    for title, text, *_ in CASES:
        verdict = one(model, title, text).verdict
        for p in (verdict.p, *(h.p for h in verdict.horizons.values())):
            assert round(sum(p.values()), 10) == 1
        assert verdict.confidence == max(verdict.p.values())
        assert verdict.score == pytest.approx(verdict.p["Bullish"] - verdict.p["Bearish"], abs=1e-9)
        assert verdict.label in verdict.label_set


def test_no_analogue_is_of_the_articles_own_day_or_later(model: Model) -> None:
    title, text = (
        "DeepSeek shock: Nvidia shares fall 15% on cheap Chinese model",
        "Chip stocks sold off on Monday.",
    )
    for day in ("2025-01-27", "2025-06-01", "2026-10-01"):
        signal = one(model, title, text, published_at=datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        assert all(a.event[:10] < day for a in signal.verdict.analogues)
    assert any("2025-01-27" in a.event for a in signal.verdict.analogues)


def test_only_subjects_get_a_verdict_of_their_own(model: Model) -> None:
    a = read(*CASES[1][:2])
    signal = judge([a], model=model, lexicon=lexicon(), now=NOW)[0]
    subjects = {m.lab for m in a.mentions if m.role == "subject"}
    assert {e.entity for e in signal.entity_verdicts} <= subjects


def test_a_market_with_a_direction_shows_the_chain_to_it(model: Model) -> None:
    for title, text, *_ in CASES:
        for market in one(model, title, text).markets:
            if market.label != "Neutral":
                assert market.via
                assert market.via[-1] == f"market:{market.market}"


def test_every_market_of_the_lexicon_is_answered(model: Model) -> None:
    assert [m.market for m in one(model, *SHIFT).markets] == list(lexicon().markets)


def test_the_same_input_gives_the_same_signal(model: Model) -> None:
    assert one(model, *SHIFT) == one(model, *SHIFT)


def test_a_batch_answers_in_order_as_one_by_one(model: Model) -> None:
    articles = [read(title, text) for title, text, *_ in CASES]
    together = judge(articles, model=model, lexicon=lexicon(), now=NOW)
    assert [s.verdict.label for s in together] == [one(model, t, x).verdict.label for t, x, *_ in CASES]
    assert judge([], model=model, lexicon=lexicon(), now=NOW) == []


def test_a_label_set_of_five_is_served_by_the_rules() -> None:
    signal = one(RuleModel(lexicon(), label_set="market5"), *CASES[0][:2])
    assert signal.verdict.label in ("Bearish", "Very Bearish")
    assert round(sum(signal.verdict.p.values()), 10) == 1


def test_every_sentence_is_bound_to_its_evidence(model: Model) -> None:
    for title, text in [SHIFT, *((t, x) for t, x, *_ in CASES)]:
        a = read(title, text)
        verdict = judge([a], model=model, lexicon=lexicon(), now=NOW)[0].verdict
        assert unbound(verdict, a, lexicon()) == []


def test_notes_on_chinese_articles_are_in_english_outside_quotations(model: Model) -> None:
    verdict = one(model, *CASES[6][:2]).verdict
    for sentence in verdict.rationale:
        if sentence.support != "quoted":
            assert sentence.text.isascii()


def test_a_share_of_a_market_that_slips_is_no_fall_in_price(model: Model) -> None:
    for title in (
        "Nvidia's share of AI accelerators slips to 81%",
        "AMD's share of server chips rose to 8%",
        "英伟达在AI芯片市场的份额跌至81%",
    ):
        verdict = one(model, title).verdict
        assert all(d.type != "market_move" for d in verdict.drivers)
        assert "in price" not in verdict.takeaway.text


def test_the_size_of_a_price_move_is_never_a_share(model: Model) -> None:
    title = "Nvidia shares fall after its share of AI accelerators slips to 81%"
    assert "81%" not in one(model, title).verdict.takeaway.text


def test_a_higher_capital_spending_plan_is_capex_and_no_funding(model: Model) -> None:
    verdict = one(model, "TSMC raises capital spending plan to $60 billion").verdict
    assert verdict.drivers[0].type == "capex_compute"
    assert "funding" not in verdict.takeaway.text


def test_the_target_is_what_stands_before_the_setting(model: Model) -> None:
    assert one(model, "OpenAI's Norway plans shrink as Microsoft takes the capacity").verdict.target == (
        "lab:openai"
    )


def test_over_months_only_the_lasting_part_of_a_rule_counts(model: Model) -> None:
    horizons = one(model, *CASES[0][:2]).verdict.horizons
    assert horizons["long"].p["Bearish"] < horizons["short"].p["Bearish"]
