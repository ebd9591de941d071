"""Which sentence is quoted, and how it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.signal.house import find_hits
from labtape.signal.quotes import LEAST_CUT, QUOTE_CHARS, best_hit, cut, piece, telling
from labtape.signal.target import find_target
from labtape.types import Annotated, Article, Span


def read(title: str, text: str) -> Annotated:
    return annotate(Article("a", title, text), lexicon())


def told(title: str, text: str, event: str) -> str:
    annotated = read(title, text)
    span = telling(annotated, event, find_target(annotated, lexicon()))
    assert span is not None
    return cut(annotated, span).text(annotated.article.full)


@pytest.mark.parametrize(
    "scrap",
    [
        "Image Credits: Pat Example / Getty Images for the launch of a model.",
        "Subscribe to our newsletter for every new model that Mistral releases.",
        "Read more: Mistral releases another model for phones.",
        "The model of Mistral at work in a kitchen in Paris | Image: Pat Example.",
    ],
)
def test_what_a_page_leaves_in_the_text_is_not_quoted(scrap: str) -> None:
    news = "Mistral released Mistral Large 4 on Monday at $3 per million tokens."
    assert told("A model from Paris", f"{scrap} {news}", "model_release") == f"“{news}”"


def test_the_sentence_that_names_the_target_is_quoted_before_a_question() -> None:
    text = "Who will use it? Mistral released Mistral Large 4 to its paying customers on Monday."
    quoted = told("Is another model worth the wait?", text, "model_release")
    assert quoted == "“Mistral released Mistral Large 4 to its paying customers on Monday.”"


@pytest.mark.parametrize(
    "front",
    ["PARIS, June 4 (Example Wire) - ", "PARIS, 4 June — ", "Paris (Example) – "],
)
def test_a_dateline_is_not_part_of_the_quotation(front: str) -> None:
    news = "Mistral signed a contract for a data centre near Lyon."
    annotated = read("Mistral builds", f"{front}{news}")
    first = next(s for s in annotated.sentences if "contract" in annotated.article.full[s.start : s.end])
    assert cut(annotated, first).text(annotated.article.full) == f"“{news}”"


def test_a_headline_that_runs_into_the_first_sentence_is_left_out() -> None:
    title, news = "Mistral builds near Lyon", "Several banks lend the money for it."
    article = Article("a", title, f"{title} {news}")
    start = len(title) + 2
    annotated = Annotated(article, "en", (Span(0, len(title)), Span(start, len(article.full))))
    assert article.full[piece(annotated, annotated.sentences[1]).start :] == news


def test_of_the_hits_of_a_rule_the_one_with_a_figure_speaks() -> None:
    annotated = read(
        "Oracle wins a cloud contract",
        "Oracle signed a cloud contract worth $40 billion with a lab in Toronto on Tuesday.",
    )
    hits = [h for h in find_hits(annotated) if h.rule.id == "contract-won"]
    assert len(hits) == 2
    assert best_hit(annotated, hits, find_target(annotated, lexicon())).place == "lead"


LONG = (
    "The company, which began as a seller of used servers and has moved its office three times since, said on Tuesday "
    "that it would spend the money on halls, cables and cooling, that it had hired a builder from Lyon, "
    "and that the lease for the first of the halls had been signed."
)


@pytest.mark.parametrize(("words", "ends"), [("began", (False, True)), ("lease", (True, False))])
def test_a_long_sentence_is_cut_around_its_cue_and_says_so(words: str, ends: tuple[bool, bool]) -> None:
    annotated = read("T", LONG)
    start = annotated.article.full.index(words)
    sentence = Span(3, 3 + len(LONG))
    quote = cut(annotated, sentence, Span(start, start + len(words)))
    assert quote.span.start <= start < start + len(words) <= quote.span.end
    assert (quote.cut_before, quote.cut_after) == ends
    assert LEAST_CUT <= quote.span.end - quote.span.start <= QUOTE_CHARS
    shown = quote.text(annotated.article.full)
    assert (shown.startswith("“…"), shown.endswith("…”")) == ends


@given(st.text(max_size=600), st.integers(0, 600), st.integers(0, 40))
def test_of_any_text_a_cut_lies_in_the_sentence_and_keeps_the_cue(text: str, start: int, size: int) -> None:
    article = Article("a", "", text)
    sentence = Span(0, len(article.full))
    around = Span(min(start, sentence.end), min(start + size, sentence.end))
    annotated = Annotated(article, "en", (sentence,))
    for given_around in (None, around):
        quote = cut(annotated, sentence, given_around)
        assert 0 <= quote.span.start <= quote.span.end <= sentence.end
        assert quote.span.end - quote.span.start <= QUOTE_CHARS
