"""Twins: what changes, and above all what does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.train.counterfactuals import (
    Twin,
    country_twin,
    denied_headline,
    doubled,
    lab_twins,
    negated,
    pairs,
    sides,
)
from labtape.train.edits import Edit, edited
from labtape.types import Annotated, Article


def read(title: str, text: str = "") -> Annotated:
    return annotate(Article("a", title, text), lexicon())


def told_of(name: str, title: str, text: str = "") -> Article:
    return next(t.article for t in lab_twins(read(title, text), lexicon()) if t.instead == name)


def swapped(title: str, text: str = "") -> Article:
    twin = country_twin(read(title, text))
    assert twin
    return twin.article


LABS = [
    ("amd", "Nvidia’s sales rise", "AMD’s sales rise"),
    ("amd", "A Nvidia chip is late", "An AMD chip is late"),
    ("anthropic", "OpenAI raises ChatGPT prices", "Anthropic raises Claude prices"),
    ("deepseek", "An OpenAI model and Sam Altman", "A DeepSeek model and Liang Wenfeng"),
    ("amd", "英伟达营收增长62%", "超威半导体营收增长62%"),
    ("microsoft", "Google and its rivals", "Microsoft and its rivals"),
    ("alibaba", "Google says its Gemini stumbled", "Alibaba says its Qwen stumbled"),
]


@pytest.mark.parametrize(("name", "title", "changed"), LABS)
def test_a_lab_gives_its_place_to_its_pair(name: str, title: str, changed: str) -> None:
    assert told_of(name, title).title == changed


def test_title_and_text_are_changed_and_all_else_is_kept() -> None:
    twin = told_of("amd", "Nvidia falls", "Shares of Nvidia fell. Oracle rose 4%.")
    assert twin == Article("a", "AMD falls", "Shares of AMD fell. Oracle rose 4%.")


def test_an_article_that_names_both_has_no_twin_for_their_pair() -> None:
    twins = lab_twins(read("Nvidia and AMD sign a deal"), lexicon())
    assert not [t for t in twins if {t.told, t.instead} == {"nvidia", "amd"}]


def test_only_whole_names_change() -> None:
    assert told_of("anthropic", "OpenAI and the OpenAIish crowd").title.endswith("OpenAIish crowd")


def test_pairs_are_of_one_kind_and_of_one_listing() -> None:
    for a, b in pairs():
        first, second = (lexicon().labs[side.labs[0]] for side in (a, b))
        assert first.kind == second.kind
        assert bool(lexicon().tickers(first.id)) == bool(lexicon().tickers(second.id))
    for side in sides().values():
        assert all(lab in lexicon().labs for lab in side.labs)


COUNTRIES = [
    ("US tightens chip rules", "China tightens chip rules"),
    ("US labs lose ground", "Chinese labs lose ground"),
    ("China’s labs gain ground", "America’s labs gain ground"),
    ("Chips made in the United States.", "Chips made in China."),
    ("An American lab opens", "A Chinese lab opens"),
    ("A Chinese lab opens", "An American lab opens"),
    ("Sales in China fell", "Sales in the US fell"),
    ("Beijing answers", "Washington answers"),
    ("美国收紧对华出口", "中国收紧对美出口"),
]


@pytest.mark.parametrize(("title", "changed"), COUNTRIES)
def test_the_us_and_china_change_places(title: str, changed: str) -> None:
    assert swapped(title).title == changed


@pytest.mark.parametrize(
    "title",
    [
        "Bank of America is quiet",
        "China Mobile is quiet",
        "It cost US$40",
        "A business as usual",
        "Campus news",
    ],
)
def test_other_names_that_hold_the_words_stay(title: str) -> None:
    assert country_twin(read(title)) is None


def test_organisations_stay_who_they_are() -> None:
    assert swapped("Chinese lab DeepSeek cuts prices").title == "American lab DeepSeek cuts prices"


def test_a_text_that_names_both_countries_is_a_kind_of_its_own() -> None:
    twin = country_twin(read("US bans chips for China"))
    assert twin
    assert (twin.kind, twin.article.title) == ("places", "China bans chips for the US")


DENIED = [
    ("Nvidia beats estimates", "Nvidia does not beat estimates"),
    ("AMD shares fell 6% on Monday", "AMD shares did not fall 6% on Monday"),
    ("AMD shares fall 6% on weak guidance", "AMD shares do not fall 6% on weak guidance"),
    ("Oracle wins cloud contract", "Oracle does not win cloud contract"),
    ("Is Nvidia too dear?", None),
    ("Nvidia does not cut prices", None),
    ("Nvidia may win a contract", None),
    ("Meta wins a case and Google loses one", None),
    ("Price cuts for everybody", None),
    ("How Nvidia Wins Every Single Contract", None),
    ("", None),
]


@pytest.mark.parametrize(("title", "changed"), DENIED)
def test_a_headline_is_denied_only_where_its_verb_is_plain(title: str, changed: str | None) -> None:
    assert denied_headline(title) == changed


def test_a_denial_is_of_the_headline_alone() -> None:
    twin = negated(read("Nvidia beats estimates", "Revenue rose."))
    assert twin
    assert (twin.original.text, twin.article.text) == ("", "")


DOUBLED = [
    ("Acme wins $1.25 billion deal", "Acme wins $2.50 billion deal"),
    ("Acme rises 8.3% on $1,200 chips", "Acme rises 16.6% on $2,400 chips"),
    ("Acme shares fell 7 percent in 2026", "Acme shares fell 14 percent in 2026"),
]


@pytest.mark.parametrize(("title", "changed"), DOUBLED)
def test_figures_are_doubled_as_they_are_written(title: str, changed: str) -> None:
    twin = doubled(read(title))
    assert twin
    assert twin.article.title == changed


@pytest.mark.parametrize("title", ["Acme holds 38% of the HBM market", "Revenue rose 80%", "GPT-5 of 2026"])
def test_shares_and_what_would_pass_a_hundred_stay(title: str) -> None:
    assert doubled(read(title)) is None


def test_edits_that_overlap_or_cross_the_title_leave_the_words_alone() -> None:
    article = Article("a", "One two", "three four")
    assert edited(article, [Edit(0, 3, "1"), Edit(2, 7, "x")]).title == "Onx"
    assert edited(article, [Edit(4, 12, "x")]) == article
    assert edited(article, [Edit(9, 14, "3"), Edit(0, 3, "1")]) == Article("a", "1 two", "3 four")


WORDS = st.lists(
    st.sampled_from(
        [
            "Nvidia",
            "OpenAI’s",
            "US",
            "the US",
            "China's",
            "Chinese",
            "$4",
            "6%",
            "a",
            "英伟达",
            "美国",
            ",",
            ".",
        ]
    ),
    max_size=20,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_twins_exist_for_any_text_and_are_always_the_same(title: str, text: str) -> None:
    def all_of(annotated: Annotated) -> list[Twin | None]:
        made = [country_twin(annotated), negated(annotated), doubled(annotated)]
        return [*lab_twins(annotated, lexicon()), *made]

    annotated = read(title, text)
    assert all_of(annotated) == all_of(annotated)
    for twin in all_of(annotated):
        if twin and twin.kind != "negation":
            assert twin.article.id == "a"
            assert twin.article.text.count("\n") == text.count("\n")
