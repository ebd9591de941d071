"""The row of steps: one article, a stream, the same answer each time."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from labtape.annotate import annotate, annotate_many
from labtape.lexicon import lexicon
from labtape.types import Annotated, Article

LEXICON = lexicon()

ARTICLE = Article(
    id="a1",
    title="Chinese models take 61% of tokens on OpenRouter",
    text=(
        "Qwen and DeepSeek led the top 10 models on OpenRouter, which took about 61% of tokens in the week. "
        "“Developers follow the price,” said Alex Atallah, the head of OpenRouter. "
        "Washington may tighten export controls on Nvidia chips."
    ),
    published_at=datetime(2026, 6, 1, 9, 30, tzinfo=UTC),
)


def test_an_article_is_read_by_every_step():
    annotated = annotate(ARTICLE, LEXICON)
    assert annotated.language == "en"
    assert {"model:qwen", "lab:deepseek", "platform:openrouter"} <= {m.entity for m in annotated.mentions}
    assert 61.0 in {share.value for share in annotated.shares}
    assert annotated.quotations[0].speaker == "Alex Atallah"
    assert annotated.events
    assert annotated.summary


def test_a_stream_gives_the_same_as_one_by_one_and_holds_nothing_back():
    served = []

    def articles() -> Iterator[Article]:
        for number in range(3):
            served.append(number)
            yield ARTICLE

    stream = annotate_many(articles(), LEXICON)
    assert next(stream) == annotate(ARTICLE, LEXICON)
    assert served == [0]
    assert len(list(stream)) == 2


def test_what_is_annotated_can_be_sent_to_another_process():
    annotated = annotate(ARTICLE, LEXICON)
    assert pickle.loads(pickle.dumps(annotated)) == annotated


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=400))
def test_any_text_is_annotated_with_spans_that_lie_in_it(title: str, text: str):
    annotated = annotate(Article("x", title, text), LEXICON)
    assert isinstance(annotated, Annotated)
    full = annotated.article.full
    for found in (
        *annotated.mentions,
        *annotated.unlinked,
        *annotated.shares,
        *annotated.percentages,
        *annotated.quotations,
    ):
        assert full[found.start : found.end] == found.text
    for span in (
        *annotated.sentences,
        *annotated.summary,
        *annotated.events,
        *annotated.geopolitics.evidence,
    ):
        assert 0 <= span.start <= span.end <= len(full)


def test_an_empty_article_is_annotated():
    annotated = annotate(Article("x", "", ""), LEXICON)
    assert annotated.language == "und"
    assert annotated.mentions == annotated.shares == annotated.summary == ()
