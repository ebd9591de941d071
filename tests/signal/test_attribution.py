"""What moved a probability: parts that add up to the very number the model used, and p that follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtape.annotate import annotate, annotate_many
from labtape.demo import NOW, feeds_folder
from labtape.lexicon import lexicon
from labtape.ports import Account, Attribution, Explaining, Model, Prediction
from labtape.read import Failure, read_articles
from labtape.signal import RuleModel, accounts, judge, load_model
from labtape.signal.attribution import MOST_WORDS, input_words, strongest_terms
from labtape.signal.bundle import verify
from labtape.signal.calibration import calibrated, read_calibration
from labtape.signal.inputs import names
from labtape.signal.mathematics import sigmoid, softmax
from labtape.types import Annotated, Article, ModelRef

VOCABULARY = (
    "Nvidia", "shares", "fall", "6%", "after", "OpenAI", "signs", "a", "$40", "billion", "contract", "with", "Oracle",
    "DeepSeek", "does", "not", "cut", "prices", ";", "Washington", "tightens", "export", "controls", "on", "chips", ".",
    "英伟达", "营收", "同比", "增长", "62%", "超出预期", "智谱", "股价", "大跌",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40).map(" ".join)

opened = cache(load_model)


@pytest.fixture(scope="module", params=["rules", "market3"])
def model(request: pytest.FixtureRequest) -> Model:
    return opened(request.param)


@pytest.fixture(scope="module")
def demo() -> list[Annotated]:
    found = [a for f in sorted(feeds_folder().iterdir()) for a in read_articles(f, now=NOW)]
    return list(annotate_many([a for a in found if not isinstance(a, Failure)][:60], lexicon()))


def explained(model: Model, annotated: Sequence[Annotated]) -> list[Account]:
    made = accounts(model, annotated)
    assert made is not None
    return made


def by_head(account: Account) -> dict[str, Attribution]:
    return {head.head: head for head in account.heads}


def assert_adds_up(account: Account) -> None:
    for head in account.heads:
        assert math.isclose(math.fsum(p.value for p in head.parts), head.log_odds, abs_tol=1e-6)
        sizes = [abs(part.value) for part in head.parts]
        assert sizes == sorted(sizes, reverse=True)
        assert len({part.name for part in head.parts}) == len(head.parts)


def p_by_hand(account: Account) -> dict[str, float]:
    """p from the log-odds alone, by the formulas of docs/signal.md."""
    z = {head.head: head.log_odds for head in account.heads}
    if "up" in z:
        return softmax({"Bullish": z["up"], "Neutral": z["neutral"], "Bearish": z["down"]})
    r, m, d = (sigmoid(z[name]) for name in ("relevance", "material", "direction"))
    raw = {"Bullish": m * d, "Neutral": 1 - m, "Bearish": m * (1 - d)}
    assert account.raw == pytest.approx(raw, abs=1e-9)
    shipped = read_calibration(verify("market3").settings, "market3")
    inside = calibrated(raw, shipped)
    assert (account.calibration, dict(account.as_news)) == (shipped.method, pytest.approx(inside, abs=1e-9))
    outside = inside if account.elsewhere is None else account.elsewhere
    return {label: r * inside[label] + (1 - r) * outside[label] for label in inside}


def test_the_parts_add_up_and_give_p_for_every_demo_article(model: Model, demo: list[Annotated]) -> None:
    predictions = model.predict(demo)
    for account, prediction in zip(explained(model, demo), predictions, strict=True):
        assert_adds_up(account)
        assert account.p == prediction.p
        assert by_head(account)["relevance"].p == pytest.approx(prediction.relevance, abs=1e-12)
        assert p_by_hand(account) == pytest.approx(dict(prediction.p), abs=1e-9)


def test_the_record_of_a_relevant_article_holds_the_p_of_its_account(
    model: Model, demo: list[Annotated]
) -> None:
    signals = judge(demo, model=model, lexicon=lexicon(), now=NOW)
    told = [(s, a) for s, a in zip(signals, explained(model, demo), strict=True) if s.relevance.relevant]
    assert len(told) > 20
    for signal, account in told:
        assert dict(signal.verdict.p) == pytest.approx(p_by_hand(account), abs=5e-4)


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS)
def test_the_parts_add_up_for_any_text(title: str, text: str) -> None:
    annotated = annotate(Article("a", title, text), lexicon())
    for name in ("rules", "market3"):
        model = opened(name)
        account = explained(model, [annotated])[0]
        assert_adds_up(account)
        assert account.p == model.predict([annotated])[0].p


def test_a_reported_fall_is_what_moves_the_direction_down(model: Model) -> None:
    annotated = annotate(Article("a", "Nvidia shares fall 6% after weak guidance", ""), lexicon())
    heads = by_head(explained(model, [annotated])[0])
    if "direction" in heads:
        assert heads["direction"].parts[0].name == "rules.direction"
        assert heads["direction"].parts[0].value < 0
    else:
        assert heads["down"].parts[0].name == "reaction_down"


def test_words_get_parts_of_their_own_and_the_rest_is_one(demo: list[Annotated]) -> None:
    for account in explained(opened("market3"), demo[:20]):
        for head in account.heads:
            words = [part.name for part in head.parts if part.name.startswith("word.")]
            assert len(words) <= MOST_WORDS + 1


def test_the_strongest_terms_are_kept_and_nothing_is_lost() -> None:
    terms = {f"word.lead:w{n}": (-1) ** n * n / 10 for n in range(40)}
    kept = strongest_terms(terms)
    assert "word.lead:w39" in kept
    assert "word.lead:w1" not in kept
    assert sum(kept.values()) == pytest.approx(sum(terms.values()))


def test_every_input_has_words_of_its_own() -> None:
    told = [input_words(name) for name in names()]
    assert len(set(told)) == len(told)
    assert not [words for words in told if "_" in words or "." in words]


def test_an_input_that_nobody_named_yet_is_read_out() -> None:
    assert input_words("encoder.relevance") == "encoder: relevance"


class Plain:
    """A user's model: what the port asks for and no more."""

    ref = ModelRef("plain", "1", "none")
    label_set_id = "market3"

    def predict(self, annotated: Sequence[Annotated]) -> list[Prediction]:
        p = {"Bullish": 0.2, "Neutral": 0.5, "Bearish": 0.3}
        return [Prediction(0.9, p, p, p, ("Neutral",)) for _ in annotated]

    def predict_entities(self, pairs: Sequence[Any]) -> list[Any]:
        return [{"Bullish": 0.2, "Neutral": 0.5, "Bearish": 0.3} for _ in pairs]


def test_a_model_that_cannot_say_is_a_model_all_the_same() -> None:
    annotated = annotate(Article("a", "Nvidia shares fall 6%", ""), lexicon())
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert judge([annotated], model=Plain(), lexicon=lexicon(), now=now)[0].verdict.label == "Neutral"
    assert accounts(Plain(), [annotated]) is None
    assert isinstance(RuleModel(lexicon()), Explaining)
