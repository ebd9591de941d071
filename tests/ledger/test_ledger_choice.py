"""What is known at a time, and which rows are asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labtape.exceptions import LexiconError, SettingsError
from labtape.ledger import chosen, series
from report.samples import lexicon

from .claimed import MAY, START, rows, share, told

ROWS = rows(
    told("a", "A", share(61.0, platform="platform:openrouter")),
    told("b", "B", share(14.0, subject="DeepSeek", subject_labs=("lab:deepseek",), comparability_key="d"), day=1),
    told("c", "C", share(80.0, subject="Nvidia", subject_labs=("company:nvidia",), subject_entities=(), metric="revenue", comparability_key="n"), day=2),
    told("d", "D", share(20.0, subject="Small vendors", subject_entities=(), metric="weekly tokens", comparability_key="s"), day=3),
)  # fmt: skip


def values(**asked: object) -> set[float]:
    return {row.value for row in chosen(ROWS, lexicon=lexicon(), **asked)}


def test_nothing_asked_gives_all() -> None:
    assert chosen(ROWS, lexicon=lexicon()) == ROWS


@pytest.mark.parametrize("holder", ["DeepSeek", "deepseek", "lab:deepseek"])
def test_a_holder_is_found_by_name_and_id(holder: str) -> None:
    assert values(holder="Small vendors") == {20.0}
    assert 14.0 in values(holder=holder)
    assert 80.0 not in values(holder=holder)


def test_a_metric_is_found_by_other_words_for_it() -> None:
    assert values(metric="token consumption") == {61.0, 14.0}
    assert values(metric="revenue") == {80.0}
    assert values(metric="weekly tokens") == {20.0}


def test_platform_status_and_time_choose() -> None:
    assert values(platform="OpenRouter") == {61.0}
    assert values(status="single") == {61.0, 14.0, 80.0, 20.0}
    assert values(since=START + timedelta(days=2)) == {80.0, 20.0}
    assert values(until=START + timedelta(days=1)) == {61.0, 14.0}


def test_a_claim_is_kept_whole_when_one_of_its_articles_is_in_the_time() -> None:
    both = rows(told("a", "A", share()), told("b", "B", share(), day=5))
    (row,) = chosen(both, lexicon=lexicon(), since=START + timedelta(days=4))
    assert len(row.sightings) == 2


def test_unknown_words_are_refused_with_what_would_be_right() -> None:
    with pytest.raises(SettingsError, match="no status 'sure'; have: single, corroborated"):
        values(status="sure")
    with pytest.raises(LexiconError, match="no holder 'Deepsek' is known or in the ledger"):
        values(holder="Deepsek")


def test_only_equal_keys_make_a_series() -> None:
    assert sorted(len(group.rows) for group in series(ROWS)) == [1, 1, 1, 1]
    more = rows(told("a", "A", share(61.0)), told("b", "B", share(64.0, period=MAY), day=1))
    (group,) = series(more)
    assert [row.value for row in group.rows] == [64.0, 61.0]  # by the time they are about
