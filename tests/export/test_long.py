"""The long frame: which rows a record gives, and from when until when they hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
import pandas as pd

from labtape.exceptions import SettingsError
from labtape.export import aggregate, as_qlib, as_zipline, factor, long, name_of, wide
from labtape.export.assets import views
from labtape.report import to_frame
from labtape.types import EntityVerdict, Exposure

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def entity(name, score, relevance, *exposure):
    return EntityVerdict(name, "Bullish", {}, score, relevance, tuple(Exposure(*e) for e in exposure))


def test_a_record_speaks_of_its_target_and_of_the_listings_of_its_entities(told):
    record = told(
        "a", MONDAY, 0.5, 0.8,
        entity_verdicts=(
            entity("company:nvidia", 0.9, 1.0, ("NASDAQ:NVDA", "listing", 1), ("NYSE:TSM", "supplier", 1)),
            entity("company:alibaba", -0.4, 0.5, ("NYSE:BABA", "listing", 1), ("HKEX:9988", "listing", 1), ("NASDAQ:X", "rival", -1)),
        ),
    )  # fmt: skip
    assert [(v.ticker, v.source, v.score, v.relevance) for v in views(record)] == [
        ("NASDAQ:NVDA", "target", 0.5, 0.8),
        ("NYSE:BABA", "entity", -0.4, 0.4),
        ("HKEX:9988", "entity", -0.4, 0.4),
    ]
    more = [(v.ticker, v.score, v.relevance) for v in views(record, exposures=True) if v.source == "exposure"]
    assert more == [("NYSE:TSM", 0.9, 0.4), ("NASDAQ:X", 0.4, 0.2)]


def test_a_record_out_of_scope_gives_no_row(told, template):
    out = replace(told("a", MONDAY), relevance=replace(template.relevance, relevant=False))
    assert long([out]).empty
    assert list(long([]).columns) == list(long([told("a", MONDAY)]).columns)
    assert dict(long([]).dtypes) == dict(long([told("a", MONDAY)]).dtypes)


@pytest.mark.parametrize(
    ("hour", "session"), [(15, "2026-03-02"), (20, "2026-03-02"), (21, "2026-03-03"), (23, "2026-03-03")]
)
def test_a_row_belongs_to_the_first_session_that_closes_after_it_was_available(told, hour, session):
    frame = long([told("a", MONDAY.replace(hour=hour))])  # New York closes at 21:00 UTC
    assert frame["session"].iloc[0] == pd.Timestamp(session)
    assert frame.index.names == ["available_at", "asset"]


def test_when_it_was_published_does_not_matter(told):
    early = told("a", MONDAY, published_at=MONDAY - timedelta(days=300))
    frame = long([early])
    assert frame["session"].iloc[0] == pd.Timestamp("2026-03-02")
    assert frame.index[0][0] == MONDAY


def test_time_to_trade_is_added_and_cannot_be_below_zero(told):
    at = MONDAY.replace(hour=20, minute=55)
    assert long([told("a", at)], lag=timedelta(minutes=10))["session"].iloc[0] == pd.Timestamp("2026-03-03")
    with pytest.raises(SettingsError, match="below zero"):
        long([told("a", at)], lag=timedelta(minutes=-1))


def test_a_later_revision_ends_the_earlier_row_when_it_becomes_available(told):
    first = told("a", MONDAY, 0.5)
    later = told("a", MONDAY + timedelta(days=2), -0.5, revision=2)
    frame = long([later, first])
    assert list(frame["score"]) == [0.5, -0.5]
    assert frame["superseded_at"].iloc[0] == later.available_at
    assert frame["until_session"].iloc[0] == pd.Timestamp("2026-03-04")
    assert pd.isna(frame["superseded_at"].iloc[1])


def test_a_revision_that_is_not_relevant_any_more_ends_the_row_as_well(told, template):
    later = told("a", MONDAY + timedelta(days=2), revision=2)
    later = replace(later, relevance=replace(template.relevance, relevant=False))
    frame = long([told("a", MONDAY), later])
    assert list(frame["revision"]) == [1]
    assert frame["superseded_at"].iloc[0] == later.available_at


def test_a_retraction_ends_the_row_and_what_comes_after_it_never_held(told):
    gone = MONDAY + timedelta(days=1)
    later = told("a", MONDAY + timedelta(days=2), revision=2)
    frame = long([told("a", MONDAY), later, told("b", MONDAY)], retracted={"a": gone})
    assert list(frame["record"]) == ["a", "b"]
    assert frame["superseded_at"].iloc[0] == gone


def test_tickers_can_be_chosen(told):
    records = [told("a", MONDAY), told("b", MONDAY, target="ticker:NASDAQ:AMD")]
    assert set(long(records, tickers=["nasdaq:amd"]).index.get_level_values("asset")) == {"NASDAQ:AMD"}


@pytest.mark.parametrize(
    ("ticker", "names", "expected"),
    [
        ("KRX:660", "yahoo", "660.KS"),
        ("KRX:000660", "yahoo", "000660.KS"),
        ("TWSE:2330", "yahoo", "2330.TW"),
        ("SZSE:000001", "qlib", "SZ000001"),
        ("SZSE:000001", "yahoo", "000001.SZ"),
        ("NASDAQ:NVDA", "code", "NVDA"),
    ],
)
def test_names_of_other_libraries(ticker, names, expected):
    assert name_of(ticker, names) == expected


def test_an_exchange_without_a_yahoo_name_says_so():
    with pytest.raises(SettingsError, match="MARS:X: no Yahoo name for exchange MARS"):
        name_of("MARS:X", "yahoo")


def test_a_data_frame_of_records_gives_what_the_records_give(told):
    records = [told("a", MONDAY), told("a", MONDAY + timedelta(days=2), -0.5, revision=2), told("b", MONDAY)]
    pd.testing.assert_frame_equal(long(to_frame(records)), long(records))


def test_what_long_did_not_make_is_not_aggregated(told):
    records = [told("a", MONDAY)]
    for given in (records, to_frame(records), aggregate(long(records))):
        with pytest.raises(
            SettingsError, match=r"aggregate takes the frame that labtape\.export\.long\(records\)"
        ):
            aggregate(given)
    for taker in (factor, wide, as_qlib, as_zipline):
        for given in (records, to_frame(records), long(records)):
            with pytest.raises(
                SettingsError, match=r"takes the frame that labtape\.export\.aggregate\(long\(rec"
            ):
                taker(given)
