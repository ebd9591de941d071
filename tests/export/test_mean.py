"""The aggregate: the formula by hand, and that nothing of the future is in it."""

from datetime import UTC, date, datetime, timedelta

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtape.exceptions import SettingsError
from labtape.export import aggregate, as_qlib, as_zipline, factor, long, wide
from labtape.export.mean import MAX_HALF_LIVES

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NVDA = "NASDAQ:NVDA"


def day(n, **clock):
    return MONDAY.replace(**clock) + timedelta(days=n)


def value(frame, session, asset=NVDA):
    return float(frame["value"].loc[(pd.Timestamp(session), asset)])


def test_the_formula_by_hand(told):
    """Two rows on Monday, one on Wednesday, a half-life of two sessions; what Wednesday's close says.

    Monday's are two sessions old: decay 1/2.
        above: 0.8 · 1.0 · 1 · 1/2  +  0.8 · 0.5 · 0.75 · 1/2  +  (-0.4) · 0.9 · 1 · 1  =  0.4 + 0.15 - 0.36  =  0.19
        below: 1.0 · 1/2            +  0.5 · 1/2               +  0.9                   =  1.65
    """
    records = [
        told("a", MONDAY, score=0.8, relevance=1.0, novelty=1.0),
        told("b", MONDAY, score=0.8, relevance=0.5, novelty=0.75),
        told("c", day(2), score=-0.4, relevance=0.9, novelty=1.0),
    ]
    frame = aggregate(long(records), half_life=2)
    assert value(frame, "2026-03-04") == pytest.approx(0.19 / 1.65)
    assert frame["weight"].loc[(pd.Timestamp("2026-03-04"), NVDA)] == pytest.approx(1.65)
    assert list(frame["n"]) == [2, 2, 3]
    assert value(frame, "2026-03-02") == pytest.approx((0.8 + 0.4 * 0.75) / 1.5)
    assert value(frame, "2026-03-03") == pytest.approx(value(frame, "2026-03-02"))


def test_by_time_the_age_is_in_days(told):
    records = [told("a", MONDAY, score=0.8), told("b", MONDAY + timedelta(hours=12), score=-0.2)]
    frame = aggregate(long(records), half_life=0.5, freq="6h")
    at = pd.Timestamp("2026-03-03T06:00Z")  # 15 and 3 hours later
    first, second = 0.5 ** (15 / 12), 0.5 ** (3 / 12)
    assert frame["value"].loc[(at, NVDA)] == pytest.approx((0.8 * first - 0.2 * second) / (first + second))
    assert np.isnan(frame["value"].loc[(pd.Timestamp("2026-03-02T12:00Z"), NVDA)])


def test_what_is_available_at_a_time_is_not_known_before_it(told):
    at = MONDAY.replace(hour=12)
    frame = aggregate(long([told("a", at)]), freq="6h", until=date(2026, 3, 2))["n"]
    assert list(frame) == [0, 1, 1]  # 12, 18, 24 o'clock
    assert value(aggregate(long([told("a", day(0, hour=21, minute=0))])), "2026-03-03") == 0.5


def test_news_that_is_too_old_counts_no_more_and_then_there_is_no_value(told):
    frame = aggregate(long([told("a", MONDAY)]), half_life=1, until=date(2026, 3, 13))
    assert MAX_HALF_LIVES == 6
    assert list(frame["value"].notna()) == [True] * 7 + [False] * 3
    assert factor(frame).index.get_level_values("date").max() == pd.Timestamp("2026-03-10")


def test_a_repeat_pulls_towards_zero(told):
    once = aggregate(long([told("a", MONDAY, 0.8)]))
    twice = aggregate(long([told("a", MONDAY, 0.8), told("b", MONDAY, 0.8, novelty=0.75)]))
    assert value(twice, "2026-03-02") == pytest.approx(0.875 * value(once, "2026-03-02"))


def test_a_revision_replaces_what_it_revises_from_its_own_session_on(told):
    records = [told("a", MONDAY, 0.8), told("a", day(2), -0.8, revision=2)]
    frame = aggregate(long(records), until=date(2026, 3, 5))
    assert list(frame["value"]) == pytest.approx([0.8, 0.8, -0.8, -0.8])
    assert list(frame["n"]) == [1, 1, 1, 1]


def test_a_version_that_says_the_same_again_does_not_make_old_news_young(told):
    """Scored again two sessions later with the same label: its new score counts from then on, at the old age."""
    records = [told("a", MONDAY, 0.8), told("a", day(2), 0.6, revision=1)]
    frame = aggregate(long(records), half_life=2, until=date(2026, 3, 5))
    assert list(frame["value"]) == pytest.approx([0.8, 0.8, 0.6, 0.6])
    assert list(frame["weight"]) == pytest.approx([0.5 ** (age / 2) for age in range(4)])
    turned = aggregate(
        long([records[0], told("a", day(2), -0.6, revision=2)]), half_life=2, until=date(2026, 3, 5)
    )
    assert list(turned["weight"]) == pytest.approx([1, 0.5**0.5, 1, 0.5**0.5])
    by_time = aggregate(long(records), half_life=2, freq="D")
    assert by_time["weight"].iloc[-1] == pytest.approx(0.5 ** (57 / 24 / 2))  # 5 March, 0 o'clock: 57 hours


def test_an_archive_that_is_scored_again_does_not_come_back_as_news(told):
    records = [told("a", MONDAY, 0.8), told("a", day(20), 0.7, revision=1), told("b", day(20), -0.2)]
    frame = aggregate(long(records), half_life=2)
    assert (value(frame, "2026-03-23"), frame["n"].iloc[-1]) == (
        pytest.approx(-0.2),
        1,
    )  # 15 sessions are over 6 half-lives


def test_a_revision_within_a_session_leaves_one_row_in_it(told):
    records = [told("a", MONDAY, 0.8), told("a", day(0, hour=18), -0.8, revision=2)]
    frame = aggregate(long(records))
    assert (value(frame, "2026-03-02"), frame["n"].iloc[0]) == (pytest.approx(-0.8), 1)


def test_a_retraction_takes_the_row_out_from_then_on(told):
    frame = aggregate(long([told("a", MONDAY)], retracted={"a": day(1)}), until=date(2026, 3, 4))
    assert list(frame["n"]) == [1, 0, 0]


def test_sessions_are_those_of_each_exchange(told):
    friday = datetime(
        2026, 4, 2, 1, 0, tzinfo=UTC
    )  # Good Friday follows: New York and Hong Kong are closed, Tokyo is not
    records = [told("a", friday), told("b", friday, target="ticker:TSE:9984")]
    frame = aggregate(long(records), until=date(2026, 4, 7))
    dates = {
        a: list(s.index.get_level_values("date").strftime("%d"))
        for a, s in frame["value"].groupby(level="asset")
    }
    assert dates == {"NASDAQ:NVDA": ["02", "06", "07"], "TSE:9984": ["02", "03", "06", "07"]}


def test_since_cuts_the_output_not_what_is_known(told):
    whole = aggregate(long([told("a", MONDAY)]), until=date(2026, 3, 6))
    part = aggregate(long([told("a", MONDAY)]), since=date(2026, 3, 5), until=date(2026, 3, 6))
    pd.testing.assert_frame_equal(part, whole.iloc[3:])


@pytest.mark.parametrize("until", [date(2026, 1, 1), date(2026, 3, 1)])
def test_before_anything_is_known_there_is_nothing(told, until):
    assert aggregate(long([told("a", MONDAY)]), until=until).empty
    assert factor(aggregate(long([]))).empty
    assert aggregate(long([]), freq="D").empty


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"half_life": 0}, "above 0, in sessions"),
        ({"half_life": float("nan")}, "above 0"),
        ({"freq": "often"}, "no fixed frequency"),
    ],
)
def test_wrong_options_say_what_is_right(told, options, words):
    with pytest.raises(SettingsError, match=words):
        aggregate(long([told("a", MONDAY)]), **options)


ROWS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(0, 240),
        st.floats(-1, 1),
        st.floats(0.1, 1),
        st.sampled_from([1.0, 0.75]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS, cut=st.integers(1, 9), freq=st.sampled_from(["session", "12h"]))
def test_nothing_that_comes_later_changes_an_earlier_value(told, rows, cut, freq):
    """What is computed from the records of that day alone is what the whole history gives for it."""
    records = [
        told(f"r{a}", MONDAY + timedelta(hours=h), s, r, n, revision=i + 1)
        for i, (a, h, s, r, n) in enumerate(rows)
    ]
    until = (MONDAY + timedelta(days=cut)).date()
    end = datetime(
        until.year, until.month, until.day, 21, tzinfo=UTC
    )  # before the close there, or after it for the times
    known = [r for r in records if r.available_at < end]
    whole = aggregate(long(records), freq=freq, until=until)
    then = aggregate(long(known), freq=freq, until=until)
    by = pd.Timestamp(end) if freq != "session" else pd.Timestamp(until)
    whole, then = (f[f.index.get_level_values("date") <= by] for f in (whole, then))
    pd.testing.assert_frame_equal(whole[whole["n"] > 0], then[then["n"] > 0])
    assert whole["value"].dropna().between(-1, 1).all()


# ---------------------------------------------------------------- the shapes


@pytest.fixture
def two(told):
    records = [told("a", MONDAY, 0.5), told("b", day(1), -0.5, target="ticker:SSE:688256")]
    return aggregate(long(records), until=date(2026, 3, 5))


def test_the_factor_is_a_series_by_date_and_asset(two):
    series = factor(two)
    assert (series.name, series.index.names) == ("labtape", ["date", "asset"])
    assert series.index.get_level_values("date").tz is None
    assert str(factor(two, tz="UTC").index.get_level_values("date").tz) == "UTC"
    assert series.index.is_monotonic_increasing


def test_the_wide_frame_has_no_zero_where_nothing_is_known(two):
    frame = wide(two)
    assert list(frame.columns) == ["NASDAQ:NVDA", "SSE:688256"]
    assert np.isnan(frame.loc["2026-03-02", "SSE:688256"])
    assert frame.loc["2026-03-05"].notna().all()


def test_qlib_gets_its_names_of_levels_and_instruments(two):
    frame = as_qlib(two)
    assert frame.index.names == ["datetime", "instrument"]
    assert list(frame.columns) == ["score"]
    assert set(frame.index.get_level_values("instrument")) == {"NVDA", "SH688256"}


def test_zipline_gets_a_value_in_the_session_after_it_was_known(told):
    frame = as_zipline(
        aggregate(long([told("a", MONDAY, 0.5)]), until=date(2026, 3, 6)), sids={NVDA: 7, "NYSE:X": 8}
    )
    assert list(frame.columns) == [7]
    assert frame.columns.dtype == "int64"
    assert list(frame.index.strftime("%m-%d")) == ["03-03", "03-04", "03-05", "03-06", "03-09"]
    assert frame.index.tz is None


def test_zipline_takes_no_times_that_are_no_sessions(told):
    with pytest.raises(SettingsError, match="zipline takes sessions"):
        as_zipline(aggregate(long([told("a", MONDAY)]), freq="D"))


def test_two_assets_of_one_name_are_refused(told):
    records = [told("a", MONDAY, target="ticker:HKEX:700"), told("b", MONDAY, target="ticker:TSE:700")]
    with pytest.raises(SettingsError, match="HKEX:700 and TSE:700 are both 700"):
        wide(aggregate(long(records)), names="code")
