from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
from labtape.study import first_session, phase
from labtape.study.sessions import CALENDARS, calendar_of, sessions

NY, HK, TOKYO, LONDON = (
    ZoneInfo(n) for n in ("America/New_York", "Asia/Hong_Kong", "Asia/Tokyo", "Europe/London")
)
SECOND = timedelta(seconds=1)


def at(zone, year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("when", "exchange", "phase_of", "session"),
    [
        (at(NY, 2026, 6, 5, 0, 0), "NASDAQ", "pre", "2026-06-05"),  # a Friday
        (at(NY, 2026, 6, 5, 9, 30) - SECOND, "NASDAQ", "pre", "2026-06-05"),
        (at(NY, 2026, 6, 5, 9, 30), "NASDAQ", "regular", "2026-06-05"),
        (at(NY, 2026, 6, 5, 16, 0) - SECOND, "NASDAQ", "regular", "2026-06-05"),
        (at(NY, 2026, 6, 5, 16, 0), "NASDAQ", "post", "2026-06-08"),  # at the close it is too late
        (at(NY, 2026, 6, 6, 12, 0), "NYSE", "closed", "2026-06-08"),  # Saturday
        (at(NY, 2026, 6, 19, 12, 0), "NYSE", "closed", "2026-06-22"),  # Juneteenth
        (at(NY, 2025, 11, 27, 12, 0), "NYSE", "closed", "2025-11-28"),  # Thanksgiving
        (at(NY, 2025, 11, 28, 13, 0) - SECOND, "NYSE", "regular", "2025-11-28"),  # half a day
        (at(NY, 2025, 11, 28, 13, 0), "NYSE", "post", "2025-12-01"),
        (at(NY, 2025, 11, 28, 15, 0), "NYSE", "post", "2025-12-01"),
        (datetime(2026, 3, 6, 20, 30, tzinfo=UTC), "NASDAQ", "regular", "2026-03-06"),  # New York is five hours behind UTC
        (datetime(2026, 3, 9, 20, 30, tzinfo=UTC), "NASDAQ", "post", "2026-03-10"),  # and four, from 8 March on
        (datetime(2026, 3, 9, 13, 45, tzinfo=UTC), "NASDAQ", "regular", "2026-03-09"),
        (datetime(2026, 3, 30, 15, 45, tzinfo=UTC), "LSE", "post", "2026-03-31"),  # London's summer begins on 29 March
        (datetime(2026, 3, 27, 15, 45, tzinfo=UTC), "LSE", "regular", "2026-03-27"),
        (at(HK, 2026, 6, 5, 11, 59), "HKEX", "regular", "2026-06-05"),
        (at(HK, 2026, 6, 5, 12, 0), "HKEX", "break", "2026-06-05"),
        (at(HK, 2026, 6, 5, 12, 59), "HKEX", "break", "2026-06-05"),
        (at(HK, 2026, 6, 5, 13, 0), "HKEX", "regular", "2026-06-05"),
        (at(HK, 2026, 6, 5, 16, 0), "HKEX", "post", "2026-06-08"),
        (at(HK, 2026, 2, 16, 12, 30), "HKEX", "post", "2026-02-20"),  # half a day before the new year, and its holidays
        (at(TOKYO, 2026, 6, 5, 11, 45), "TSE", "break", "2026-06-05"),
        (at(TOKYO, 2026, 6, 5, 15, 10), "TSE", "regular", "2026-06-05"),  # since November 2024 it closes at 15:30
        (at(TOKYO, 2024, 6, 5, 15, 10), "TSE", "post", "2024-06-06"),
        (at(NY, 2026, 6, 5, 3, 0), "TSE", "post", "2026-06-08"),  # 16:00 in Tokyo
        (at(NY, 2026, 6, 4, 20, 30), "TSE", "regular", "2026-06-05"),  # it is tomorrow there
        (datetime(2026, 6, 6, 23, 59, 59, tzinfo=UTC), "crypto", "regular", "2026-06-06"),  # a Saturday
        (datetime(2026, 6, 7, tzinfo=UTC), "crypto", "regular", "2026-06-07"),
    ],
)  # fmt: skip
def test_an_item_counts_from_the_first_session_that_closes_after_it(when, exchange, phase_of, session):
    assert (phase(when, exchange), first_session(when, exchange)) == (phase_of, session)


@pytest.mark.parametrize(
    ("when", "session"),
    [
        (at(NY, 2026, 6, 5, 9, 30) - SECOND, "2026-06-05"),
        (at(NY, 2026, 6, 5, 9, 30), "2026-06-08"),
        (at(NY, 2026, 6, 5, 12, 0), "2026-06-08"),
        (at(NY, 2026, 6, 6, 12, 0), "2026-06-08"),
    ],
)
def test_an_entry_at_the_open_is_the_first_open_after_the_item(when, session):
    assert first_session(when, "NASDAQ", entry="open") == session


def test_parts_of_a_second_count():
    almost = at(NY, 2026, 6, 5, 16, 0) - timedelta(microseconds=1)
    assert first_session(almost, "NYSE") == "2026-06-05"


def test_an_exchange_without_a_calendar_has_no_session():
    moment = datetime(2026, 6, 5, tzinfo=UTC)
    assert first_session(moment, "MARS") is None
    assert phase(moment, "INDEX") is None


def test_where_a_calendar_does_not_reach_there_is_no_session():
    assert first_session(datetime(1987, 10, 19, 12, tzinfo=UTC), "NYSE") is None
    assert first_session(datetime(2090, 1, 4, 12, tzinfo=UTC), "NYSE") is None
    assert first_session(datetime(2001, 9, 12, 12, tzinfo=UTC), "NYSE") == "2001-09-17"


def test_every_exchange_of_the_lexicon_with_equities_has_a_calendar():
    from labtape.lexicon import load_lexicon

    listed = {asset.ticker.partition(":")[0] for asset in load_lexicon().assets}
    assert {code for code in listed if calendar_of(code) is None} == {"INDEX"}


_QUICK = ("24/7", "XHKG", "XNAS", "XTKS")


@pytest.mark.parametrize(
    "name",
    [*_QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in sorted({*CALENDARS.values()} - {*_QUICK}))],
)
def test_sessions_are_in_order_and_do_not_overlap(name):
    known = sessions(name)
    assert list(known.days) == sorted(set(known.days))
    assert (known.opens < known.closes).all()
    assert (known.closes[:-1] <= known.opens[1:]).all()
