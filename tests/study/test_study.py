from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
import labtape
from labtape.exceptions import ReadError
from labtape.study import Outcome, outcomes, read_prices, summary
from labtape.study.core import first_session

# exchange_calendars 4.13 uses what pandas 4 will drop
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize(
    ("at", "exchange", "session"),
    [
        (datetime(2026, 6, 5, 15, 0, tzinfo=UTC), "NASDAQ", "2026-06-05"),  # Friday, open
        (datetime(2026, 6, 5, 20, 30, tzinfo=UTC), "NASDAQ", "2026-06-08"),  # Friday, after the close
        (datetime(2026, 6, 6, 12, 0, tzinfo=UTC), "NYSE", "2026-06-08"),  # Saturday
        (datetime(2026, 6, 19, 12, 0, tzinfo=UTC), "NYSE", "2026-06-22"),  # Juneteenth
        (datetime(2026, 6, 5, 9, 0, tzinfo=UTC), "HKEX", "2026-06-08"),  # Hong Kong has closed by then
    ],
)
def test_an_item_counts_from_the_first_session_that_closes_after_it_was_available(at, exchange, session):
    assert first_session(at, exchange) == session


def test_an_exchange_without_a_calendar_has_no_session():
    assert first_session(datetime(2026, 6, 5, tzinfo=UTC), "MARS") is None


def test_prices_come_as_a_frame_of_closes(tmp_path):
    file = tmp_path / "p.csv"
    file.write_text("date,ticker,close\n2026-06-02,NASDAQ:NVDA,110\n2026-06-01,NASDAQ:NVDA,100\n")
    assert list(read_prices(file)["NASDAQ:NVDA"]) == [100, 110]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,close\n2026-06-01,3\n", "no column ticker; have: date, close"),
        ("date,ticker,close\nyesterday,X,3\n", "dates are 2026-06-01"),
        ("date,ticker,close\n2026-06-01,X,3\n2026-06-01,X,4\n", "each ticker once a day"),
        ("date,ticker,close\n2026-06-01,X,0\n", "a close of 0 or less"),
    ],
)
def test_prices_that_cannot_be_read_say_why(tmp_path, text, words):
    file = tmp_path / "p.csv"
    file.write_text(text)
    with pytest.raises(ReadError) as caught:
        read_prices(file)
    assert words in str(caught.value)
    assert "p.csv" in str(caught.value)


@pytest.fixture
def fall():
    """A record about Nvidia, available on a Friday after the close of its exchange."""
    now = datetime(2026, 6, 5, 20, 30, tzinfo=UTC)
    record = labtape.label(
        "Nvidia shares fell 6% on Friday.", title="Nvidia shares fall 6%", bundle="rules", now=now
    )
    assert record.verdict.target == "ticker:NASDAQ:NVDA"
    return record


def prices(tmp_path, ticker="NASDAQ:NVDA"):
    closes = {"2026-06-05": 90, "2026-06-08": 100, "2026-06-09": 110, "2026-06-10": 99}
    file = tmp_path / "p.csv"
    file.write_text(
        "date,ticker,close\n" + "".join(f"{day},{ticker},{close}\n" for day, close in closes.items())
    )
    return read_prices(file)


def test_a_return_counts_from_the_first_close_after_the_record_and_only_as_far_as_prices_go(tmp_path, fall):
    found = outcomes([fall], prices(tmp_path), sessions=(1, 2, 5))
    assert [(o.entry, o.sessions, round(o.value, 4)) for o in found] == [
        ("2026-06-08", 1, 0.1),
        ("2026-06-08", 2, -0.01),
    ]
    assert {(o.article_id, o.ticker, o.label) for o in found} == {
        (fall.id, "NASDAQ:NVDA", fall.verdict.label)
    }


def test_a_record_without_prices_or_out_of_scope_has_no_outcome(tmp_path, fall):
    out_of_scope = replace(fall, relevance=replace(fall.relevance, relevant=False))
    assert outcomes([out_of_scope], prices(tmp_path)) == ()
    assert outcomes([fall], prices(tmp_path, ticker="NASDAQ:AMD")) == ()
    late = replace(fall, available_at=datetime(2026, 7, 1, tzinfo=UTC))
    assert outcomes([late], prices(tmp_path)) == ()


def outcome(label, value, n):
    day = date(2026, 1, 1) + timedelta(days=n)
    return Outcome(f"a{n}", "NASDAQ:NVDA", label, day.isoformat(), 1, value)


def test_a_planted_effect_is_found_and_a_small_sample_says_so():
    planted = [outcome("Bullish", 0.02 + 0.001 * (i % 3), i) for i in range(40)]
    few = [outcome("Bearish", -0.02, i) for i in range(3)]
    bearish, bullish = summary([*planted, *few])
    assert bullish.low > 0.019
    assert bullish.is_enough
    assert bearish.n == 3
    assert not bearish.is_enough


def test_the_interval_of_noise_holds_zero():
    noise = [outcome("Neutral", (-1) ** i * 0.03, i) for i in range(60)]
    (reading,) = summary(noise)
    assert reading.low < 0 < reading.high


@pytest.mark.parametrize("body", [b"", b"\x9c\xff\x00\xfe,\x81"])
def test_a_file_that_is_no_csv_is_one_line(tmp_path, body):
    file = tmp_path / "closes.csv"
    file.write_bytes(body)
    with pytest.raises(ReadError, match=r"closes\.csv: no CSV in UTF-8"):
        read_prices(file)
