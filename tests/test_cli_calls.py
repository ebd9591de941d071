"""labtape calls: seal, verify, list, score."""

import json
from datetime import UTC, datetime, timedelta

import pytest

import labtape as package
from labtape.report import record_json

NEWS = [
    ("Nvidia shares fall 6%", "Nvidia shares fell 6% on Monday."),
    ("AMD shares jump 8% after record guidance", "AMD raised its guidance and its shares jumped 8%."),
]


@pytest.fixture
def records(tmp_path):
    """A file of six records of three days of March, two about listed makers each day."""
    rows = []
    for day in range(3):
        now = datetime(2026, 3, 2 + day, 22, tzinfo=UTC)
        for title, text in NEWS:
            rows.append(package.label(f"{text} Day {day}.", title=title, bundle="rules", now=now))
    file = tmp_path / "records.jsonl"
    file.write_text("".join(record_json(row) + "\n" for row in rows), "utf-8")
    return file


@pytest.fixture
def prices(tmp_path):
    """Two tickers that rise and fall by turns, from November to July."""
    rows, day, n = ["date,ticker,close"], datetime(2025, 11, 3, tzinfo=UTC), 0
    while day < datetime(2026, 7, 1, tzinfo=UTC):
        if day.weekday() < 5:
            rows += [f"{day:%Y-%m-%d},NASDAQ:{t},{100 + (n * 7919) % 11}" for t in ("NVDA", "AMD")]
            n += 1
        day += timedelta(days=1)
    file = tmp_path / "prices.csv"
    file.write_text("\n".join(rows) + "\n")
    return file


def test_seal_prints_days_and_the_head_to_publish_and_verify_finds_it(labtape, records):
    sealed = labtape("calls", "seal", "--records", records)
    assert sealed.code == 0
    assert "2026-03-02  2 calls\n2026-03-03  2 calls\n2026-03-04  2 calls\n" in sealed.out
    head = sealed.out.split("head ")[1].strip()
    again = labtape("calls", "seal", "--records", records)
    assert "nothing to seal" in again.out
    found = labtape("calls", "verify", "--head", head, "--records", records)
    assert found.code == 0
    assert "6 calls; all as sealed" in found.out
    assert "the published head is in the chain, 0 seals after it" in found.out


def test_a_changed_byte_is_exit_1_with_file_and_line(labtape, records, tmp_path):
    labtape("calls", "seal", "--records", records)
    day = tmp_path / "calls" / "2026-03-03.jsonl"
    day.write_text(day.read_text().replace('"late":false', '"late":true', 1))
    found = labtape("calls", "verify")
    assert found.code == 1
    assert found.err.startswith("calls/2026-03-03.jsonl line 1: ")
    assert labtape("calls", "score", "nothing.csv").code == 1


def test_the_desk_is_sealed_and_compared_with(labtape, tmp_path):
    feed = tmp_path / "feed.json"
    items = [{"id": "1", "title": NEWS[0][0], "content_text": NEWS[0][1], "url": "https://news.example/1"}]
    feed.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": items}))
    assert labtape("--bundle", "rules", "run", "--feeds", feed).code == 0
    sealed = labtape("calls", "seal", "--through", "today", "--json")
    assert [one["count"] for one in json.loads(sealed.out)["sealed"]] == [1]
    assert "the records of sqlite:///labtape.db say the same" in labtape("calls", "verify").out


def test_calls_of_today_wait_and_that_is_said(labtape, tmp_path):
    assert labtape("calls", "seal").out == "nothing to seal: no call was made\n"
    record = package.label(NEWS[0][1], title=NEWS[0][0], bundle="rules")
    (tmp_path / "r.jsonl").write_text(record_json(record) + "\n", "utf-8")
    said = labtape("calls", "seal", "--records", "r.jsonl").out
    assert said.endswith("; 1 call of today: --through today seals them now\n")
    assert not (tmp_path / "calls").exists()
    assert (
        "1 call  (the day is not over"
        in labtape("calls", "seal", "--records", "r.jsonl", "--through", "today").out
    )


def test_list_shows_what_was_said(labtape, records):
    labtape("calls", "seal", "--records", records)
    shown = labtape("calls", "list", "--ticker", "nasdaq:amd")
    assert shown.out.count("NASDAQ:AMD") == 3
    assert "NVDA" not in shown.out
    first = json.loads(labtape("calls", "list", "--json").out.splitlines()[0])
    assert first["schema"] == "labtape.call/1"
    assert "no such call is sealed" in labtape("calls", "list", "--since", "1d").err


def test_score_prints_table_reliability_and_failures(labtape, records, prices):
    pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
    labtape("calls", "seal", "--records", records)
    shown = labtape("calls", "score", prices)
    assert shown.code == 0
    for words in (
        "short 5  calls           6 ",
        "long 60  always Neutral  6 ",
        "  log loss  ",
        "not provably before: 12",
        "Wrong Bullish or Bearish calls:",
    ):
        assert words in shown.out
    rows = json.loads(labtape("calls", "score", prices, "--json").out)["rows"]
    assert {row["who"] for row in rows} == {"calls", "base rates", "always Neutral", "a third each"}
    assert all(row["n"] == 6 for row in rows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["seal", "--through", "yesterday"], "--through yesterday: no day; write 2026-06-01, or today"),
        (["seal", "--records", "none.jsonl"], "none.jsonl: no such file"),
        (["verify", "--head", "abc"], "--head abc: no hash"),
        (["verify", "--calls", "elsewhere"], "elsewhere/chain.jsonl: cannot be read"),
        (["score", "p.csv"], "calls/chain.jsonl: cannot be read"),
    ],
)
def test_wrong_use_is_one_line(labtape, arguments, words):
    answer = labtape("calls", *arguments)
    assert answer.code == 2
    assert words in answer.err
    assert answer.err.count("\n") == 1


def test_records_that_are_none_are_named_by_line(labtape, tmp_path):
    file = tmp_path / "r.jsonl"
    file.write_text('{"schema": "other"}\n')
    assert "r.jsonl: line 1: $.schema" in labtape("calls", "seal", "--records", file).err
    file.write_text("[1]\n")
    assert "r.jsonl: line 1: $: expected an object" in labtape("calls", "seal", "--records", file).err
    assert not (tmp_path / "calls").exists()  # nothing is left behind


def test_a_record_that_is_none_after_good_ones_leaves_nothing_behind(labtape, records, tmp_path):
    records.write_text(records.read_text("utf-8") + "{}\n", "utf-8")
    answer = labtape("calls", "seal", "--records", records)
    assert (answer.code, "line 7: $.schema" in answer.err) == (2, True)
    assert not (tmp_path / "calls").exists()
