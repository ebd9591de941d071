"""labtape export: records to frames that other libraries load."""

import io
import json
from datetime import UTC, datetime

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
import pandas as pd

import labtape as package
from labtape.report import record_json, write_records


@pytest.fixture
def records(tmp_path):
    rows = [
        package.label("Nvidia shares fell 6%.", title="Nvidia shares fall 6%", bundle="rules", now=datetime(2026, 3, 2, 15, tzinfo=UTC)),
        package.label("AMD shares jumped 8%.", title="AMD shares jump 8%", bundle="rules", now=datetime(2026, 3, 3, 22, tzinfo=UTC)),
    ]  # fmt: skip
    file = tmp_path / "records.jsonl"
    file.write_text("".join(record_json(row) + "\n" for row in rows), "utf-8")
    return file


def test_a_factor_to_parquet_is_read_back_with_its_index(labtape, records, tmp_path):
    answer = labtape("export", "--records", records, "-o", "f.parquet")
    assert (answer.code, answer.err) == (0, "f.parquet: 4 rows\n")
    series = pd.read_parquet(tmp_path / "f.parquet")["labtape"]
    assert series.index.names == ["date", "asset"]
    assert list(series.index.get_level_values("asset").unique()) == ["NASDAQ:NVDA", "NASDAQ:AMD"]
    assert series.loc[(pd.Timestamp("2026-03-02"), "NASDAQ:NVDA")] < 0 < series.iloc[-2]


@pytest.mark.parametrize(
    ("shape", "head"),
    [
        ("long", "available_at,asset,session,until_session,said_session,score,"),
        ("aggregate", "date,asset,value,weight,n"),
        ("factor", "date,asset,labtape"),
        ("wide", "date,NASDAQ:AMD,NASDAQ:NVDA"),
        ("vectorbt", "date,NASDAQ:AMD,NASDAQ:NVDA"),
        ("qlib", "datetime,instrument,score"),
        ("zipline", "date,AMD,NVDA"),
    ],
)
def test_every_shape_goes_to_stdout_as_csv(labtape, records, shape, head):
    answer = labtape("export", "--records", records, "--as", shape)
    assert answer.code == 0
    assert answer.out.startswith(head)


def test_days_tickers_and_half_life_are_chosen(labtape, records):
    answer = labtape(
        "export", "--records", records, "--ticker", "NASDAQ:NVDA", "--since", "2026-03-03", "--until", "2026-03-05", "--as", "wide"
    )  # fmt: skip
    frame = pd.read_csv(io.StringIO(answer.out), index_col="date")
    assert (list(frame.index), list(frame.columns)) == (
        ["2026-03-03", "2026-03-04", "2026-03-05"],
        ["NASDAQ:NVDA"],
    )
    short = labtape("export", "--records", records, "--half-life", "0.1", "--until", "2026-03-05").out
    assert "2026-03-03,NASDAQ:NVDA" not in short


def test_the_desk_is_exported_with_every_version_and_retractions(labtape, tmp_path):
    feed = tmp_path / "feed.json"

    def shown(text):
        items = [{"id": "1", "title": "Nvidia shares fall 6%", "content_text": text}]
        feed.write_text(
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": items})
        )
        labtape("--bundle", "rules", "run", "--feeds", feed)

    shown("Nvidia shares fell 6% on Monday after a weak outlook.")
    first = pd.read_csv(io.StringIO(labtape("export", "--as", "long").out))
    assert (len(first), first["superseded_at"].isna().all()) == (1, True)
    labtape("retract", first["record"].iloc[0], "--why", "made up")
    again = pd.read_csv(io.StringIO(labtape("export", "--as", "long").out))
    assert again["superseded_at"].notna().all()


def test_rows_without_any_value_are_said(labtape, records):
    answer = labtape("export", "--records", records, "--as", "wide", "--half-life", "1", "--since", "2026-03-30", "--until", "2026-04-01")  # fmt: skip
    assert answer.out.splitlines()[1:] == ["2026-03-30,,", "2026-03-31,,", "2026-04-01,,"]
    assert "every value is empty" in answer.err


def test_no_rows_is_an_empty_frame_and_a_word(labtape):
    answer = labtape("export")
    assert answer.out == "date,asset,labtape\n"
    assert "the frame is empty" in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "f.xls"], "f.xls: no format has this ending; have: .parquet, .pq, .csv"),
        (["--since", "2026-03-05", "--until", "2026-03-01"], "is after --until"),
        (["--since", "monday"], "--since: 'monday' is no time"),
        (["--half-life", "0"], "a half-life of 0 is none"),
        (["--freq", "often"], "'often' is no fixed frequency"),
        (["--tz", "Mars"], "there is no time zone 'Mars'"),
        (["--lag", "later"], "'later' is no length of time"),
        (["--as", "zipline", "--freq", "D"], "zipline takes sessions"),
    ],
)
def test_wrong_use_is_one_line(labtape, records, arguments, words):
    answer = labtape("export", "--records", records, *arguments)
    assert answer.code == 2
    assert words in answer.err
    assert answer.err.count("\n") == 1


def test_records_are_not_overwritten_by_their_export(labtape, tmp_path):
    record = package.label("Nvidia shares fell 6%.", bundle="rules", now=datetime(2026, 3, 2, 15, tzinfo=UTC))
    write_records([record], tmp_path / "records.csv")
    before = (tmp_path / "records.csv").read_bytes()
    answer = labtape("export", "--records", "records.csv", "-o", "./records.csv")
    assert (answer.code, answer.err) == (
        2,
        "labtape: records.csv: is read and would be overwritten; give --out another name\n",
    )
    assert (tmp_path / "records.csv").read_bytes() == before
