from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
from studied import SAMPLE, about, entity

from labtape.exceptions import SettingsError
from labtape.lexicon.entries import LabelSet
from labtape.report import to_frame
from labtape.study import trades_from
from labtape.types import Event
from report.samples import lexicon

FRIDAY = datetime(2026, 6, 5, 21, 0, tzinfo=UTC)  # after the close of New York


def test_the_target_of_a_verdict_is_traded_in_the_next_session():
    (trade,) = trades_from(
        about(
            "NASDAQ:NVDA", FRIDAY, events=(Event("pricing", 0.4, 0, 1, "r"), Event("outage", 0.8, 0, 1, "r"))
        )
    )
    assert (trade.ticker, trade.origin, trade.label, trade.sign, trade.state) == (
        "NASDAQ:NVDA",
        "target",
        "Bullish",
        1,
        "directional",
    )
    assert (trade.phase, trade.entry, trade.available_at) == ("post", "2026-06-08", FRIDAY)
    assert trade.main_event == "outage"


def test_when_it_was_published_does_not_matter():
    early = about("NASDAQ:NVDA", FRIDAY, published=FRIDAY - timedelta(days=3))
    assert trades_from(early)[0].entry == "2026-06-08"


def test_a_lag_and_an_entry_at_the_open_come_later():
    at = datetime(2026, 6, 5, 19, 50, tzinfo=UTC)
    record = about("NASDAQ:NVDA", at)
    assert trades_from(record)[0].entry == "2026-06-05"
    assert trades_from(record, lag=timedelta(minutes=15))[0].entry == "2026-06-08"
    assert trades_from(record, entry="open")[0].entry == "2026-06-08"


def test_a_listed_entity_is_one_more_event_but_not_twice_the_target():
    record = about(
        "NASDAQ:NVDA",
        FRIDAY,
        entities=(
            entity("company:nvidia", "Bearish", ("NASDAQ:NVDA", "listing", 1)),
            entity("company:alibaba", "Bearish", ("NYSE:BABA", "listing", 1), ("HKEX:9988", "listing", 1)),
            entity("lab:openai", "Bullish", ("NASDAQ:MSFT", "holder", 1), ("NASDAQ:GOOGL", "rival", -1)),
        ),
    )
    assert [(t.ticker, t.origin, t.sign) for t in trades_from(record)] == [
        ("NASDAQ:NVDA", "target", 1),
        ("NYSE:BABA", "entity", -1),
    ]
    # of two listings the one with prices
    assert [t.ticker for t in trades_from(record, tickers={"hkex:9988"})] == ["HKEX:9988"]
    # a private lab has only what moves with it, when that is asked for; a rival moves against the verdict
    more = trades_from(record, exposures=True)
    assert [(t.ticker, t.origin, t.via, t.label, t.sign) for t in more[2:]] == [
        ("NASDAQ:MSFT", "exposure", "lab:openai holder", "Bullish", 1),
        ("NASDAQ:GOOGL", "exposure", "lab:openai rival", "Bullish", -1),
    ]


def test_the_target_is_found_through_the_entity_when_only_its_other_listing_has_prices():
    record = about(
        "NYSE:BABA",
        FRIDAY,
        entities=(
            entity("company:alibaba", "Bullish", ("NYSE:BABA", "listing", 1), ("HKEX:9988", "listing", 1)),
        ),
    )
    assert [(t.ticker, t.origin) for t in trades_from(record, tickers={"hkex:9988"})] == [
        ("HKEX:9988", "entity")
    ]


@pytest.mark.parametrize("target", ["market:ai", "lab:openai", "none"])
def test_what_is_not_listed_cannot_be_traded(target):
    assert trades_from(about(target, FRIDAY)) == ()


def test_a_record_out_of_scope_is_no_event():
    record = about("NASDAQ:NVDA", FRIDAY)
    assert trades_from(replace(record, relevance=replace(SAMPLE.relevance, relevant=False))) == ()


def test_an_index_has_no_sessions_here():
    (trade,) = trades_from(about("INDEX:SPX", FRIDAY))
    assert (trade.phase, trade.entry) == (None, None)


def test_label_sets_of_the_lexicon_say_which_way_a_label_points():
    own = replace(
        lexicon(), label_sets={"own": LabelSet("own", "1", ("Buy", "Hold"), {"Buy": 1, "Hold": 0}, "Hold")}
    )
    record = about("NASDAQ:NVDA", FRIDAY, "Buy")
    assert [trades_from(record, lexicon=known)[0].sign for known in (None, own)] == [0, 1]
    assert trades_from(about("NASDAQ:NVDA", FRIDAY, "Very Bearish"))[0].sign == -1


def test_what_is_no_record_is_said():
    with pytest.raises(SettingsError, match=r"DataFrame is no record; take each of .*records_of"):
        trades_from(to_frame([SAMPLE]))
