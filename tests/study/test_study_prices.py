import gzip

import pandas as pd
import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")

from labtape.exceptions import ReadError
from labtape.study import off_session, read_price_file, read_prices, split_like


def written(tmp_path, text, name="p.csv"):
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


def test_rows_in_any_order_become_a_column_a_ticker_in_the_order_of_days(tmp_path):
    text = "date,ticker,close\n2026-06-02,NASDAQ:NVDA,110\n2026-06-01,NASDAQ:NVDA,100\n2026-06-02,HKEX:0981,20.5\n"
    closes = read_prices(written(tmp_path, text))
    assert [f"{day:%Y-%m-%d}" for day in closes.index] == ["2026-06-01", "2026-06-02"]
    assert list(closes["NASDAQ:NVDA"]) == [100, 110]
    assert closes["HKEX:0981"].isna().tolist() == [True, False]  # codes keep their zeros


def test_a_column_a_ticker_is_read_as_well(tmp_path):
    text = "Date,NASDAQ:NVDA,NASDAQ:AMD,market\n2026-06-01,100,,5000\n\n2026-06-02,110,50,5010\n"
    closes = read_prices(written(tmp_path, text))
    assert list(closes.columns) == ["NASDAQ:NVDA", "NASDAQ:AMD", "market"]
    assert closes["NASDAQ:AMD"].isna().tolist() == [True, False]


def test_opens_are_read_where_there_are_some(tmp_path):
    text = "date,ticker,open,close\n2026-06-01,NYSE:TSM,99,100\n2026-06-02,NYSE:TSM,,101\n"
    prices = read_price_file(written(tmp_path, text))
    assert prices.opens["NYSE:TSM"].tolist()[0] == 99
    assert prices.opens["NYSE:TSM"].isna().tolist() == [False, True]
    assert read_price_file(written(tmp_path, "date,ticker,close\n2026-06-01,NYSE:TSM,99\n")).opens is None


@pytest.mark.parametrize(
    "day",
    ["2026-06-01", " 2026-06-01 ", "2026-06-01 00:00:00", "2026-06-01T00:00:00Z", "2026-06-01 00:00:00-04:00", "2026-06-01T00:00:00.000+09:00"],
)  # fmt: skip
def test_a_date_is_a_day_or_its_midnight_in_whatever_zone(tmp_path, day):
    closes = read_prices(written(tmp_path, f"date,ticker,close\n{day},X:Y,3\n"))
    assert f"{closes.index[0]:%Y-%m-%d}" == "2026-06-01"


def test_parquet_and_packed_csv_are_read_the_same(tmp_path):
    rows = {"date": ["2026-06-01", "2026-06-02"], "ticker": ["NYSE:TSM"] * 2, "close": [10.0, 11.0]}
    pd.DataFrame(rows).to_parquet(tmp_path / "texts.parquet")
    zoned = pd.to_datetime(pd.Series(rows["date"])).dt.tz_localize("America/New_York")
    pd.DataFrame(rows | {"date": zoned}).to_parquet(tmp_path / "times.parquet")
    wide = pd.DataFrame({"NYSE:TSM": [10.0, 11.0]}, index=pd.DatetimeIndex(rows["date"], name="date"))
    wide.to_parquet(tmp_path / "wide.parquet")
    csv = "date,ticker,close\n2026-06-01,NYSE:TSM,10\n2026-06-02,NYSE:TSM,11\n"
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(csv.encode()))
    first, *others = (
        read_prices(tmp_path / n) for n in ("p.csv.gz", "texts.parquet", "times.parquet", "wide.parquet")
    )
    for other in others:
        pd.testing.assert_frame_equal(first, other, check_freq=False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,close\n2026-06-01,3\n", "no column ticker; have: date, close"),
        ("date,ticker,price\n2026-06-01,X:Y,3\n", "no column close"),
        ("date,ticker,close\n2026-06-01,X:Y,3\nyesterday,X:Y,3\n", "line 3, column date: 'yesterday'; dates are 2026-06-01"),
        ("date,ticker,close\n\n2026-02-30,X:Y,3\n", "line 3, column date: '2026-02-30'"),
        ("date,ticker,close\n2026-06-01T20:00:00Z,X:Y,3\n", "without a time of day"),
        ("date,ticker,close\n2026-06-01,X:Y,3\n2026-06-01,X:Y,4\n", "line 3, column ticker: 'X:Y 2026-06-01'; stands above already"),
        ("date,ticker,close\n2026-06-01,X:Y,0\n", "line 2, column close: '0'; prices are numbers above 0"),
        ("date,ticker,close\n2026-06-01,X:Y,-1\n", "line 2, column close"),
        ('date,ticker,close\n2026-06-01,X:Y,"1,234.5"\n', "line 2, column close: '1,234.5'"),
        ("date,ticker,close\n2026-06-01,X:Y,inf\n", "line 2, column close: 'inf'"),
        ("date,ticker,close,open\n2026-06-01,X:Y,1,x\n", "line 2, column open: 'x'"),
        ("date,ticker,close\n2026-06-01,,3\n", "line 2, column ticker: ''"),
        ("date,ticker,close\n2026-06-01,NVDA,3\n", "no ticker is written EXCHANGE:CODE"),
        ("date,ticker,close\n", "no ticker is written EXCHANGE:CODE, as NASDAQ:NVDA; have: no rows"),
        ("date,X:Y\n2026-06-01,3\n2026-06-01,4\n", "line 3, column date: '2026-06-01'; each day stands once"),
        ("date,X:Y\n2026-06-01,n/a\n", "line 2, column X:Y: 'n/a'"),
    ],
)  # fmt: skip
def test_prices_that_cannot_be_read_say_where_and_why(tmp_path, text, words):
    with pytest.raises(ReadError) as caught:
        read_prices(written(tmp_path, text))
    assert words in str(caught.value)
    assert "p.csv" in str(caught.value)


@pytest.mark.parametrize("name", ["closes.csv", "closes.parquet", "closes.csv.gz"])
@pytest.mark.parametrize("body", [b"", b"\x9c\xff\x00\xfe,\x81"])
def test_a_file_that_is_no_table_is_one_line(tmp_path, body, name):
    file = tmp_path / name
    file.write_bytes(body)
    with pytest.raises(ReadError, match=rf"{name}: no (CSV in UTF-8|Parquet file)"):
        read_prices(file)
    with pytest.raises(ReadError, match="no such file"):
        read_prices(tmp_path / "other.csv")


def test_what_looks_like_a_split_is_reported(tmp_path):
    text = "date,ticker,close\n2024-06-07,NASDAQ:NVDA,1208\n2024-06-10,NASDAQ:NVDA,121\n2024-06-11,NASDAQ:NVDA,115\n"
    assert split_like(read_prices(written(tmp_path, text))) == ("NASDAQ:NVDA 2024-06-10 (-90%)",)


def test_closes_on_days_without_a_session_are_reported(tmp_path):
    days = ("2026-06-05", "2026-06-06", "2026-06-07", "2026-06-08")  # a weekend
    text = "date,NASDAQ:NVDA,crypto:BTC,INDEX:SPX\n" + "".join(f"{day},1,1,1\n" for day in days)
    assert off_session(read_prices(written(tmp_path, text))) == ("NASDAQ:NVDA 2 (first 2026-06-06)",)
