"""What earlier articles say against a claim: each finding has the other side's words, and the first teller is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from labtape.batch import Tools, score
from labtape.ledger.checks import Place, denominator_dropped, ledger_checks
from labtape.types import Article, Check, Placement, Record

NOW = datetime(2027, 1, 1, tzinfo=UTC)
TOP = "Chinese models had 61% of tokens among the top 10 models on OpenRouter."
ALL = "Chinese models had about 61% of tokens on OpenRouter."


def _records(*texts: str, days: int = 1, stories: bool = True) -> tuple[Record, ...]:
    """One record a text, `days` apart; all of one story, or each of its own."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    articles = [
        Article(
            f"a{n}", "A title", text, publisher=f"Paper {n}", published_at=start + timedelta(days=n * days)
        )
        for n, text in enumerate(texts)
    ]
    scored = score(articles, tools=Tools(bundle="rules"), now=NOW)
    return tuple(replace(r, story=Placement("s" if stories else r.id)) for r in scored)


def _names(found: Mapping[Place, tuple[Check, ...]]) -> list[tuple[str, str]]:
    return [(place[0], check.name) for place, checks in found.items() for check in checks]


def test_a_retelling_without_its_whole_is_named_with_the_words_of_its_origin() -> None:
    records = _records(TOP, ALL)
    found = ledger_checks(records, quote=lambda record, span: f"{record.id}: {span.start}")
    assert _names(found) == [("a1", "denominator_dropped")]
    ((check,),) = found.values()
    assert check.other is not None
    assert (check.other.article_id, check.other.publisher) == ("a0", "Paper 0")
    assert check.other.text.startswith("a0: ")
    assert "top 10 models" in check.detail


def test_without_the_article_the_claim_is_put_in_our_words() -> None:
    ((check,),) = ledger_checks(_records(TOP, ALL)).values()
    assert check.other is not None
    assert "61%" in check.other.text
    assert "top 10 models" in check.other.text


def test_what_is_told_before_its_origin_is_not_held_against_it() -> None:
    assert ledger_checks(_records(ALL, TOP)) == {}


def test_the_order_in_which_records_come_is_nothing() -> None:
    records = _records(TOP, ALL, "Qwen had 12% of tokens on OpenRouter.")
    assert ledger_checks(records[::-1]) == ledger_checks(records)


def test_of_several_revisions_the_last_counts() -> None:
    first, second = _records(TOP, ALL)
    mended = replace(second, shares=(), revision=2)
    assert ledger_checks((first, second, mended)) == {}


def test_a_narrower_metric_is_a_denominator_too() -> None:
    (origin,) = _records("Roleplay was 52% of open-weight tokens on OpenRouter.")[0].shares
    (retold,) = _records("Roleplay was 52% of tokens on OpenRouter.")[0].shares
    check = denominator_dropped(retold, [origin])
    assert check is not None
    assert "open-weight" in check.detail
    assert denominator_dropped(origin, [retold]) is None


@pytest.mark.parametrize(
    "other",
    [
        "Chinese models had 47% of tokens on OpenRouter.",
        "Chinese makers had 61% of smartphone shipments.",
        "Chinese models had 61% of tokens among the top 10 models on OpenRouter.",
    ],
)
def test_another_figure_another_thing_or_the_whole_itself_is_no_finding(other: str) -> None:
    assert ledger_checks(_records(TOP, other, stories=False)) == {}


def test_the_first_teller_of_a_scale_is_believed() -> None:
    study = "The study of OpenRouter covers {} trillion tokens."
    found = ledger_checks(_records(study.format(100), study.format("1,000"), study.format(100)))
    assert _names(found) == [("a1", "unit_scale")]


def test_an_old_figure_is_stale_once_a_newer_one_is_known() -> None:
    old, new = "Qwen has 12% of tokens on OpenRouter.", "Qwen has 31% of tokens on OpenRouter."
    assert _names(ledger_checks(_records(old, new, old, days=120))) == [("a2", "stale_figure")]
    assert ledger_checks(_records(old, new, old, days=20)) == {}
    assert ledger_checks(_records(old, old, old, days=120)) == {}


def test_figures_joined_on_the_way_are_taken_apart_again() -> None:
    origin = "Chinese open-weight models had 13% of tokens on OpenRouter."
    joined = "The share of Chinese models in tokens on OpenRouter rose from 13% in 2025 to 61% in 2026."
    found = ledger_checks(_records(origin, TOP, joined))
    assert ("a2", "delta_across_keys") in _names(found)


def test_two_figures_that_only_differ_are_left_to_the_reader() -> None:
    one, other = "Qwen has 12% of tokens on OpenRouter.", "Qwen has 31% of tokens on OpenRouter."
    assert ledger_checks(_records(one, other)) == {}
