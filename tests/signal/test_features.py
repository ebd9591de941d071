from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.signal.features import FEATURES, headline, row, see
from labtape.types import Article


def test_the_row_is_in_the_order_asked_for() -> None:
    seen = see(annotate(Article("a", "Nvidia shares fell 7%", ""), lexicon()), lexicon())
    assert tuple(seen.values) == FEATURES
    assert row(seen, ("reaction_down", "reaction_up")) == (1.0, 0.0)


def test_a_text_without_title_is_read_by_its_lead() -> None:
    seen = see(annotate(Article("a", "", "Shares rose. Much more."), lexicon()), lexicon())
    assert headline(seen.views).startswith("Shares rose.")


def test_a_rule_about_products_counts_only_beside_a_listed_company() -> None:
    def up(title: str) -> float:
        return see(annotate(Article("a", title, ""), lexicon()), lexicon()).values["up_title"]

    assert up("Google's Gemini users doubled in a year") > up("OpenAI's ChatGPT users doubled in a year")


@settings(max_examples=50)
@given(st.text(max_size=80), st.text(max_size=400))
def test_features_exist_for_any_text(title: str, text: str) -> None:
    seen = see(annotate(Article("a", title, text), lexicon()), lexicon())
    assert all(isinstance(value, float) for value in seen.values.values())


def test_the_opening_begins_behind_a_headline_that_the_page_repeats() -> None:
    text = "Posted at noon by a writer. Acme buys chips Acme said on Monday that it buys chips."
    seen = see(annotate(Article("a", "Acme buys chips", text), lexicon()), lexicon())
    assert seen.views.lead == "Acme said on Monday that it buys chips."


def test_names_are_replaced_by_their_kind_and_nothing_else_is() -> None:
    text = "Nvidia fell 6%. Sam Altman of OpenAI praised Claude Opus."
    seen = see(annotate(Article("a", "Nvidia shares fall as OpenAI waits", text), lexicon()), lexicon())
    assert seen.unnamed.title == "anorganisation shares fall as anorganisation waits"
    assert seen.unnamed.lead == "anorganisation fell 6%. aperson of anorganisation praised amodel."
    assert seen.views.lead == text


@settings(max_examples=50)
@given(st.text("eq \n", max_size=80), st.text("eq \n", max_size=400))  # "abab" is a model
def test_without_a_name_both_views_are_the_same(title: str, text: str) -> None:
    seen = see(annotate(Article("a", title, text), lexicon()), lexicon())
    assert seen.unnamed == seen.views


def test_the_same_news_of_another_lab_reads_the_same_without_names() -> None:
    one, other = (
        see(annotate(Article("a", f"{lab} raises $2 billion", f"{lab} said so."), lexicon()), lexicon())
        for lab in ("Mistral AI", "Anthropic")
    )
    assert one.unnamed == other.unnamed
