"""The audit: an unfair model is found out, a fair one is not, and the same articles give the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from labtape.lexicon import lexicon
from labtape.ports import Account, Attribution, Part, Prediction
from labtape.signal import RuleModel
from labtape.train.audit import Audit, Row, audit, bootstrapped, measures
from labtape.train.audit_table import cause_lines
from labtape.train.floors import problems
from labtape.types import Annotated, Article, ModelRef

ARTICLES = [
    Article(f"a{n}", f"{name} wins a contract worth ${n + 2} billion", f"The {country} company said so.")
    for n, (name, country) in enumerate([("OpenAI", "American"), ("DeepSeek", "Chinese")] * 7)
]


class Unfair:
    """Likes nothing that is Chinese, by name or by word; says so."""

    ref = ModelRef("unfair", "1", "none")
    label_set_id = "market3"

    def predict(self, annotated: Sequence[Annotated]) -> list[Prediction]:
        return [Prediction(0.9, p, p, p, ("Neutral",)) for p in map(self._p, annotated)]

    def predict_entities(self, pairs: Sequence[tuple[Annotated, str]]) -> list[Mapping[str, float]]:
        return [self._p(a) for a, _ in pairs]

    def accounts(self, annotated: Sequence[Annotated]) -> list[Account]:
        return [
            Account((Attribution("direction", v, 0.5, (Part("dislike", "dislike", v),)),), "none", self._p(a), self._p(a), None, self._p(a))
            for a, v in ((a, -1.0 if self._is_chinese(a) else 0.0) for a in annotated)
        ]  # fmt: skip

    @staticmethod
    def _is_chinese(a: Annotated) -> bool:
        return any(word in a.article.full for word in ("Chinese", "DeepSeek", "Moonshot"))

    def _p(self, a: Annotated) -> Mapping[str, float]:
        down = 0.6 if self._is_chinese(a) else 0.2
        return {"Bullish": 0.2, "Neutral": 0.8 - down, "Bearish": down}


class Fair(Unfair):
    """The same for everybody."""

    @staticmethod
    def _is_chinese(a: Annotated) -> bool:
        return False


def row(found: Audit, kind: str, name: str) -> Row:
    return next(r for r in found.rows if (r.kind, r.name) == (kind, name))


@pytest.fixture(scope="module")
def unfair() -> Audit:
    return audit(ARTICLES, lexicon=lexicon(), model=Unfair())


def test_an_unfair_model_is_found_out(unfair: Audit) -> None:
    openai, deepseek = row(unfair, "lab", "openai"), row(unfair, "lab", "deepseek")
    assert openai.n == len(ARTICLES)
    assert deepseek.score.mean < 0
    # every article says its country too: only those of OpenAI change sides when DeepSeek is put in
    assert row(unfair, "home", "CN").score.high < 0
    assert measures(unfair)["lab"]["most"] > 0.05


def test_what_moved_it_is_told(unfair: Audit) -> None:
    causes = row(unfair, "home", "CN").causes
    assert [(c.head, c.words) for c in causes] == [("direction", "dislike")]
    assert causes[0].mean < 0
    assert any("dislike" in line for line in cause_lines(unfair))


def test_a_fair_model_changes_nothing() -> None:
    found = audit(ARTICLES, lexicon=lexicon(), model=Fair())
    assert measures(found) == {"country": {"most": 0.0}, "lab": {"most": 0.0}}
    assert not [r for r in found.rows if r.labels_changed or r.causes]


def test_an_article_with_several_twins_counts_once(unfair: Audit) -> None:
    assert all(r.n <= len(ARTICLES) for r in unfair.rows)
    assert unfair.n_twins > len(ARTICLES)


def test_few_articles_are_shown_and_not_held_to_a_limit() -> None:
    found = audit(ARTICLES[:4], lexicon=lexicon(), model=Unfair())
    assert row(found, "lab", "openai").score.mean > 0
    assert measures(found)["lab"]["most"] == 0.0


def test_the_same_articles_give_the_same_rows() -> None:
    first, second = (audit(ARTICLES[:6], lexicon=lexicon(), model=RuleModel(lexicon())) for _ in range(2))
    assert first == second
    assert audit(ARTICLES[:6], lexicon=lexicon(), model=Unfair(), seed=1).n_articles == 6


def test_limits_are_roofs() -> None:
    told = {"country": {"most": 0.03}, "lab": {"most": 0.01}}
    assert problems({"country.most": 0.02, "lab.most": 0.05}, told) == (
        "country.most is 0.03, the roof is 0.02",
    )


def test_an_interval_holds_its_mean_and_narrows_with_more() -> None:
    few, many = bootstrapped([0.0, 0.1] * 4, seed=0), bootstrapped([0.0, 0.1] * 100, seed=0)
    assert few.low <= few.mean <= few.high
    assert many.high - many.low < few.high - few.low
