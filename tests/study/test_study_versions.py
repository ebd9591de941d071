"""Which versions of an article are studied, in which period, and that export goes by the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
from studied import about, closes, noise

from labtape.exceptions import SettingsError
from labtape.export import long
from labtape.study import Options, study

MONDAY = datetime(2024, 3, 4, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
QUICK = {"draws": 20, "placebos": 20, "by": ("verdict",), "windows": (1,)}


@pytest.fixture(scope="module")
def prices():
    return closes(NASDAQ_A=noise(1), NASDAQ_B=noise(2))


def version(day, label, revision=1, *, id_="a", ticker="NASDAQ:A", relevant=True, **changes):
    made = about(ticker, MONDAY + day * DAY, label, id_=id_, **changes)
    return replace(made, revision=revision, relevance=replace(made.relevance, relevant=relevant))


def trades(made):
    return [
        (one.trade.article_id, one.trade.label, (one.trade.available_at - MONDAY) / DAY)
        for one in made.outcomes
    ]


def test_a_later_verdict_is_news_when_it_was_known_and_the_first_one_stays(prices):
    made = study([version(0, "Bullish"), version(2, "Bearish", 2)], prices, options=Options(**QUICK))
    assert trades(made) == [("a", "Bullish", 0), ("a", "Bearish", 2)]
    assert [one.trade.entry for one in made.outcomes] == ["2024-03-04", "2024-03-06"]


def test_a_version_that_says_the_same_again_is_no_news_and_is_counted(prices):
    again = [version(0, "Bullish"), version(40, "Bullish", 1), version(50, "Bullish", 2)]
    made = study(again, prices, options=Options(**QUICK))
    assert trades(made) == [("a", "Bullish", 0)]
    assert (made.counts.n_again, made.counts.n_trades, made.counts.n_late) == (2, 1, 0)
    assert any(
        "2 trades of later versions that say what the article had said before" in note for note in made.notes
    )


def test_what_was_not_said_in_between_is_news_when_it_is_said_again(prices):
    told = [version(0, "Bullish"), version(1, "Bullish", 2, relevant=False), version(2, "Bullish", 3)]
    assert trades(study(told, prices, options=Options(**QUICK))) == [("a", "Bullish", 0), ("a", "Bullish", 2)]


def test_a_retraction_undoes_nothing_that_was_traded_and_ends_what_comes_after(prices):
    told = [version(0, "Bullish"), version(3, "Bearish", 2), version(0, "Bearish", id_="b")]
    made = study(told, prices, options=Options(**QUICK), retracted={"a": MONDAY + 2 * DAY})
    assert trades(made) == [("a", "Bullish", 0), ("b", "Bearish", 0)]


def test_the_order_of_versions_in_a_file_is_of_no_account(prices):
    told = [version(0, "Bullish"), version(2, "Bearish", 2), version(4, "Bearish", 3)]
    expected = study(told, prices, options=Options(**QUICK))
    assert study([*told[::-1], told[0]], prices, options=Options(**QUICK)).outcomes == expected.outcomes


HISTORY = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 30),
        st.sampled_from(["Bullish", "Neutral", "Bearish"]),
        st.sampled_from(["NASDAQ:A", "NASDAQ:B"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)
GONE = st.dictionaries(st.sampled_from("abc"), st.integers(0, 30), max_size=2)


def drawn(rows, gone):
    made = [
        version(day, label, n + 1, id_=id_, ticker=ticker, relevant=relevant)
        for n, (id_, day, label, ticker, relevant) in enumerate(rows)
    ]
    return made, {id_: MONDAY + day * DAY for id_, day in gone.items()}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=HISTORY, gone=GONE)
def test_export_has_a_row_a_version_and_the_study_those_that_say_something_new(prices, rows, gone):
    """The difference between the two: export says what held at each time, the study when something new was said."""
    made, retracted = drawn(rows, gone)
    frame = long(made, retracted=retracted).reset_index()
    new = frame[frame["said_at"] == frame["available_at"]]
    found = study(made, prices, options=Options(**QUICK), retracted=retracted).outcomes
    keys = {(o.trade.article_id, o.trade.ticker, o.trade.available_at, o.trade.label) for o in found}
    assert keys == set(zip(new["record"], new["asset"], new["available_at"], new["label"], strict=True))
    assert set(zip(frame["record"], frame["asset"], frame["said_at"], frame["label"], strict=True)) == keys


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=HISTORY, gone=GONE, cut=st.integers(0, 30))
def test_what_comes_later_changes_no_trade(prices, rows, gone, cut):
    made, retracted = drawn(rows, gone)
    at = MONDAY + cut * DAY
    whole = study(made, prices, options=Options(until=at, **QUICK), retracted=retracted)
    then = study(
        [record for record in made if record.available_at <= at],
        prices,
        options=Options(**QUICK),
        retracted={id_: when for id_, when in retracted.items() if when <= at},
    )
    assert sorted(trades(whole)) == sorted(trades(then))


# ---------------------------------------------------------------- the period


def test_both_ends_of_the_period_are_included_to_the_microsecond(prices):
    told = [version(day, "Bullish", id_=f"a{day}") for day in range(5)]
    tick = timedelta(microseconds=1)
    first, last = MONDAY + DAY, MONDAY + 3 * DAY
    made = study(told, prices, options=Options(since=first, until=last, **QUICK))
    assert [id_ for id_, *_ in trades(made)] == ["a1", "a2", "a3"]
    assert made.counts.n_records == 3
    assert (
        made.notes[0]
        == "Period: what became available from 2024-03-05T15:00:00Z to 2024-03-07T15:00:00Z, ends included."
    )
    made = study(told, prices, options=Options(since=first + tick, until=last - tick, **QUICK))
    assert [id_ for id_, *_ in trades(made)] == ["a2"]


def test_the_period_goes_by_when_it_was_available_and_not_by_when_it_was_published(prices):
    told = [version(10, "Bullish", published=MONDAY)]
    assert study(told, prices, options=Options(until=MONDAY + DAY, **QUICK)).outcomes == ()
    assert trades(study(told, prices, options=Options(since=MONDAY + DAY, **QUICK))) == [("a", "Bullish", 10)]


def test_what_followed_is_measured_beyond_the_end_of_the_period(prices):
    made = study([version(0, "Bullish")], prices, options=Options(until=MONDAY, **QUICK))
    assert np.isfinite(made.outcomes[0].returns[-1])


def test_what_was_said_before_the_period_is_no_news_in_it_and_the_first_of_a_story_stays_the_first(prices):
    told = [
        version(0, "Bullish", story="s"),
        version(5, "Bullish", 2, story="s"),
        version(6, "Bearish", id_="b", story="s"),
    ]
    made = study(told, prices, options=Options(since=MONDAY + DAY, **QUICK))
    assert [(one.trade.article_id, one.is_first) for one in made.outcomes] == [("b", False)]
    assert made.counts.n_again == 1


def test_an_archive_that_was_scored_at_one_time_is_said_to_be_one_fact(prices):
    told = [version(0, "Bullish", id_=f"{ticker}", ticker=ticker) for ticker in ("NASDAQ:A", "NASDAQ:B")]
    made = study(told, prices, options=Options(**QUICK))
    assert made.notes[0].startswith("All entries fall on 1 day, so this is one fact.")
    told.append(version(1, "Bullish"))
    assert "All entries" not in " ".join(study(told, prices, options=Options(**QUICK)).notes)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"since": datetime(2024, 3, 1)}, "since: 2024-03-01 00:00:00 is no time with a zone"),  # noqa: DTZ001  # the point
        ({"until": MONDAY.date()}, "until: 2024-03-04 is no time with a zone"),
        (
            {"since": MONDAY, "until": MONDAY - DAY},
            "since: 2024-03-04T15:00:00Z is after until, 2024-03-03T15:00:00Z",
        ),
    ],
)
def test_what_makes_no_period_is_said(period, words):
    with pytest.raises(SettingsError, match=words):
        Options(**period)
