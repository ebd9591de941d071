"""What a Python user gets for odd calls."""

from datetime import UTC, datetime

import pandas as pd
import pytest

import labtape
from labtape.exceptions import BundleError, ReadError

NOW = datetime(2026, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("odd", ["abc", ["a"], [None], [3], pd.DataFrame({"title": ["x"]})])
def test_what_is_no_article_is_named_with_its_place(odd):
    with pytest.raises(ReadError, match=r"article 0: (str|NoneType|int) is neither an Article nor a mapping"):
        list(labtape.label_many(odd, bundle="rules"))


def test_a_time_that_is_none_is_refused_where_it_is_given_by_hand():
    with pytest.raises(ReadError, match="published_at: 'soon' is no time; give ISO 8601"):
        labtape.label("Nvidia fell.", published_at="soon", bundle="rules")


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_an_empty_text_is_refused(words):
    with pytest.raises(ReadError, match="neither title nor text"):
        labtape.label(words, bundle="rules")


def test_an_unknown_bundle_is_refused_with_those_that_are_there():
    with pytest.raises(BundleError, match="market3"):
        labtape.label("Nvidia fell.", bundle="market9")


@pytest.mark.parametrize(
    "text", ["𝕏" * 500, "\x00\x07\u202e Nvidia \ud83d", "a" * 100_000, "%" * 300, "💹" * 50]
)
def test_any_text_gives_a_record(text):
    record = labtape.label(text, title="Odd", bundle="rules", now=NOW)
    assert record.title == "Odd"
    assert abs(sum(record.verdict.p.values()) - 1) < 0.001


def test_the_attributes_are_those_of_the_record():
    record = labtape.label(
        "DeepSeek cut its prices by 50%.", title="DeepSeek is cheaper", bundle="rules", now=NOW
    )
    assert record.verdict.p[record.verdict.label] == record.verdict.confidence
    assert record.mentions[0].entity == "lab:deepseek"
    assert record.scored_at == NOW
