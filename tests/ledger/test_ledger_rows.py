"""One row per distinct claim, whoever makes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labtape.types import Article, Period, Span

from .claimed import JUNE, MAY, rows, share, told


def test_who_says_so_is_no_part_of_a_claim() -> None:
    (row,) = rows(
        told("a", "Router Weekly", share(attributed_to="OpenRouter")),
        told("b", "Daily Ledger", share(attributed_to="a consultancy named Birch"), day=1),
    )
    assert [s.publisher for s in row.sightings] == ["Router Weekly", "Daily Ledger"]
    assert row.sources == ("OpenRouter", "a consultancy named Birch")
    assert row.attributed_to == "OpenRouter"


@pytest.mark.parametrize(
    "other",
    [
        {"comparability_key": "another key"},
        {"subject_entities": ("country:US",)},
        {"value": 62.0},
        {"low": 59.0, "high": 63.0, "bound": "about"},
        {"bound": "over"},
        {"role": "baseline"},
        {"period": MAY},
    ],
)
def test_another_key_holder_figure_role_or_period_is_another_claim(other: dict[str, object]) -> None:
    assert len(rows(told("a", "A", share()), told("b", "B", share(**other), day=1))) == 2


def test_a_holder_is_its_labs_else_its_entities_else_its_words_in_one_form() -> None:
    lab = share(subject_labs=("lab:deepseek",), subject="DeepSeek")
    words = [
        share(subject=name, subject_entities=()) for name in ("Chinese AI models", "models made in China")
    ]
    found = rows(told("a", "A", lab), told("b", "B", words[0]), told("c", "C", words[1], day=1))
    assert sorted(row.holder for row in found) == [("china model",), ("lab:deepseek",)]
    assert sorted(len(row.sightings) for row in found) == [1, 2]


def test_periods_are_one_when_their_days_are() -> None:
    named = [share(period=replace(MAY, text=text)) for text in ("May", "last month")]
    (row,) = rows(told("a", "A", named[0]), told("b", "B", named[1], day=1))
    assert row.period == "May"


def test_a_period_without_days_is_told_apart_by_its_words() -> None:
    vague = [share(period=Period(text)) for text in ("lately", "Lately ", "of late")]
    assert len(rows(*(told(name, name, one) for name, one in zip("abc", vague, strict=True)))) == 2


def test_an_undated_figure_is_another_claim_after_a_long_silence() -> None:
    near = rows(told("a", "A", share()), told("b", "B", share(), day=25), told("c", "C", share(), day=50))
    assert [len(row.sightings) for row in near] == [3]
    far = rows(told("a", "A", share()), told("b", "B", share(), day=31))
    assert [len(row.sightings) for row in far] == [1, 1]
    assert far[0].id != far[1].id


def test_a_dated_figure_stays_one_claim_however_late_it_is_told() -> None:
    (row,) = rows(told("a", "A", share(period=JUNE)), told("b", "B", share(period=JUNE), day=400))
    assert len(row.sightings) == 2


def test_an_article_that_says_it_twice_is_one_sighting() -> None:
    (row,) = rows(told("a", "A", share(), share(start=50, end=53)))
    assert len(row.sightings) == 1


def test_sightings_are_oldest_first_in_any_order_of_records() -> None:
    records = [told("a", "A", share()), told("b", "B", share(), day=1), told("c", "C", share(), day=2)]
    assert rows(*records) == rows(*reversed(records))
    assert [s.article_id for s in rows(*reversed(records))[0].sightings] == ["a", "b", "c"]


def test_a_sighting_carries_the_sentence_in_its_words_and_its_place() -> None:
    article = Article("a", "Title a", "Some say so. Chinese models\nhold 61%\u202e of them. Or not.")
    start = article.full.index("Chinese")
    claim = share(sentence=Span(start, article.full.index(" Or")))
    record = told("a", "A", claim, content_hash=article.content_hash)
    (row,) = rows(record, articles={"a": article})
    assert row.first.quote == row.quote == "Chinese models hold 61% of them."
    assert row.first.span == claim.sentence


def test_words_that_have_changed_since_are_not_quoted() -> None:
    article = Article("a", "Title a", "Other words.")
    (row,) = rows(told("a", "A", share()), articles={"a": article})
    assert row.quote is None


def test_what_one_article_calls_measured_is_measured() -> None:
    (row,) = rows(told("a", "A", share(modality="opinion")), told("b", "B", share(), day=1))
    assert row.modality == "measured"


def test_the_hops_of_a_row_are_those_of_the_telling_nearest_to_who_counted() -> None:
    (row,) = rows(told("a", "A", share(hop_count=2)), told("b", "B", share(hop_count=1), day=1))
    assert row.hop_count == 1
    (bare,) = rows(told("a", "A", share()))
    assert bare.hop_count is None


def test_now_dates_a_claim_no_better_than_its_article_does() -> None:
    now = Period("now", "2026-05-01", "2026-05-01")
    (row,) = rows(told("a", "A", share(period=now)), told("b", "B", share(), day=1))
    assert (row.period_start, row.period_end) == (None, None)
