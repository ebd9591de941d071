"""`labtape study` as a user calls it, on the invented news and prices of the benchmark."""

import io
import json
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
import labtape as package
from labtape.report import write_records

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Records of 300 stories, prices they move by 3 %, and prices they do not move."""
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import study_flow

        records = study_flow.invented_records(300, seed=4)
        write_records(records, folder / "records.jsonl")
        for name, effect in (("planted", 0.03), ("nothing", 0.0)):
            made = study_flow.invented_prices(records, effect=effect, seed=4)
            made.closes.round(4).to_csv(folder / f"{name}.csv")
    sys.modules.pop("study_flow")
    return folder


@pytest.mark.slow
def test_a_planted_effect_is_found_and_none_is_not(labtape, world):
    found = {}
    for name in ("planted", "nothing"):
        answer = labtape(
            "study", world / f"{name}.csv", "--records", world / "records.jsonl", "--benchmark", "INDEX:ALL", "--windows", "5,20", "--json"
        )  # fmt: skip
        assert answer.code == 0
        plain = json.loads(answer.out)
        found[name] = {
            r["group"] for r in plain["rows"] if r["q"] is not None and r["q"] < 0.05 and r["end"] == 5
        }
    assert {"Bullish", "Bearish", "up less down", "in its direction"} <= found["planted"]
    assert found["nothing"] == set()


@pytest.mark.slow
def test_the_table_says_how_many_and_what_it_is_held_against(labtape, world):
    answer = labtape(
        "study", world / "planted.csv", "--records", world / "records.jsonl", "--windows", "5", "--by", "verdict", "--by", "confidence",
        "--since", "2022-01-01", "--picture", "way.svg", "-o", "rows.parquet", "--events", "events.csv",
    )  # fmt: skip
    assert answer.code == 0
    assert answer.out == ""  # written instead
    rows, events = pd.read_parquet("rows.parquet"), pd.read_csv("events.csv")
    assert set(rows["by"]) == {"verdict", "confidence"}
    assert (pd.to_datetime(events["available_at"]) >= datetime(2022, 1, 1, tzinfo=UTC)).all()
    assert Path("way.svg").read_text("utf-8").startswith("<svg")
    shown = labtape(
        "study",
        world / "planted.csv",
        "--records",
        world / "records.jsonl",
        "--windows",
        "5",
        "--by",
        "verdict",
    ).out
    head, *lines = [line for line in shown.splitlines() if line.strip()]
    assert "observations on" in head
    bullish = next(line for line in lines if line.startswith("  Bullish"))
    (row,) = rows[(rows["group"] == "Bullish") & (rows["end"] == 0) & (rows["stories"] == "all")].to_dict(
        "records"
    )
    assert bullish.split()[1] == "−5…0"
    assert row["n"] > 50
    assert "CAR: market model over 120 sessions" in shown
    assert "tests made, so" in shown


@pytest.mark.slow
def test_a_small_study_says_that_n_is_too_small(labtape, world):
    answer = labtape(
        "study",
        world / "planted.csv",
        "--records",
        world / "records.jsonl",
        "--since",
        "2024-07-15",
        "--by",
        "verdict",
    )
    assert "n < 30" in answer.out
    assert "n too small to say anything" in answer.out


def test_a_study_without_records_says_so(labtape):
    Path("p.csv").write_text("date,ticker,close\n2026-06-01,NASDAQ:NVDA,100\n2026-06-02,NASDAQ:NVDA,101\n")
    answer = labtape("--database", "memory:", "study", "p.csv")
    assert (answer.code, answer.out) == (0, "")
    assert "no relevant record in memory: is about a ticker with prices after it in p.csv" in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv"], "none.csv: no such file"),
        (["p.csv", "--windows", "a"], "--windows a: give numbers of sessions"),
        (["p.csv", "--windows", "0"], "from 1 to 250"),
        (["p.csv", "--benchmark", "INDEX:X"], "benchmark INDEX:X: no such ticker"),
        (["p.csv", "--benchmark", "A:B", "--benchmark", "A:C"], "all exchanges has one already: A:B"),
        (["p.csv", "--entry", "open"], "no opens"),
        (["p.csv", "--lag", "soon"], "'soon' is no length of time"),
        (["p.csv", "--until", "soon"], "'soon' is no time"),
        (
            ["p.csv", "--since", "2026-06-02", "--until", "2026-06-01"],
            "--since 2026-06-02 is after --until 2026-06-01",
        ),
        (["p.csv", "-o", "x.txt"], "x.txt: a study has no such form"),
        (["p.csv", "--picture", "x.gif"], "no chart has this ending"),
        (["p.csv", "--records", "r.txt"], "no format has this ending"),
        (["p.csv", "--records", "r.jsonl"], "r.jsonl: no such file"),
    ],
)
def test_what_is_wrong_is_one_line(labtape, arguments, words):
    Path("p.csv").write_text("date,ticker,close\n2026-06-01,NASDAQ:NVDA,100\n2026-06-02,NASDAQ:NVDA,40\n")
    Path("labtape.toml").write_text('database = "memory:"\n')
    answer = labtape("study", *arguments)
    assert answer.code == 2
    assert words in answer.err.splitlines()[-1]


def test_what_looks_like_a_split_is_said(labtape):
    Path("p.csv").write_text("date,ticker,close\n2026-06-01,NASDAQ:NVDA,100\n2026-06-02,NASDAQ:NVDA,40\n")
    answer = labtape("--database", "memory:", "study", "p.csv")
    assert "p.csv: NASDAQ:NVDA 2026-06-02 (-60%): a split?" in answer.err


def test_prices_and_records_are_not_overwritten(labtape, tmp_path):
    (tmp_path / "prices.csv").write_text("date,ticker,close\n2026-06-01,NASDAQ:NVDA,1\n", "utf-8")
    (tmp_path / "records.csv").write_text("", "utf-8")
    for option in ("-o", "--events"):
        for name in ("prices.csv", "records.csv"):
            answer = labtape("study", "prices.csv", "--records", "records.csv", option, name)
            assert (answer.code, f"{name}: is read and would be overwritten" in answer.err) == (2, True)
    answer = labtape("study", "prices.csv", "--records", "records.csv", "-o", "a.csv", "--events", "a.csv")
    assert (answer.code, "a.csv: --out writes there as well" in answer.err) == (2, True)


def test_a_password_of_the_database_is_not_said(labtape, tmp_path, monkeypatch):
    def none_kept(*_):
        return nullcontext((iter(()), {}))

    monkeypatch.setattr("labtape.cli.studying.every_record", none_kept)  # no server is asked
    (tmp_path / "prices.csv").write_text("date,ticker,close\n2026-06-01,NASDAQ:NVDA,1\n", "utf-8")
    database = "postgresql+psycopg://desk:hidden-word@db.example/news"
    answer = labtape("--database", database, "study", "prices.csv")
    assert "no relevant record in postgresql+psycopg://desk:***@db.example/news" in answer.err
    assert "hidden-word" not in answer.err + answer.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["study", "p.csv", "--market", "INDEX:X"],
        ["study", "p.csv", "--delay", "15m"],
        ["export", "--asset", "NASDAQ:NVDA"],
        ["calls", "score", "p.csv", "--market", "INDEX:X"],
    ],
)
def test_one_thing_has_one_name_in_all_commands(labtape, arguments):
    """--benchmark, --lag, --ticker and --calls, everywhere; another name is not known."""
    answer = labtape(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert f"No such option: {arguments[-2]}" in answer.err


def test_where_calls_lie_is_the_same_option_of_each_command(labtape):
    for name in ("seal", "verify", "list"):
        answer = labtape("calls", name, "elsewhere")
        assert (answer.code, "unexpected extra argument" in answer.err.lower()) == (2, True)
        assert "--calls" in labtape("calls", name, "--help").out


def test_a_day_that_ends_the_period_is_in_it_as_a_whole(labtape, tmp_path):
    """Three records: the last second of the 2nd in UTC, the first of the 3rd, and one of the 1st that was scored again on the 3rd."""
    days = pd.bdate_range("2026-02-23", "2026-03-13")
    (tmp_path / "p.csv").write_text(
        "date,ticker,close\n"
        + "".join(f"{day:%Y-%m-%d},NASDAQ:NVDA,{100 + n}\n" for n, day in enumerate(days))
    )
    first = package.label("Nvidia shares fell 6%.", title="Nvidia shares fall 6%", bundle="rules", now=datetime(2026, 3, 1, tzinfo=UTC))  # fmt: skip
    made = [
        replace(first, id=id_, available_at=at, scored_at=at)
        for id_, at in (
            ("early", datetime(2026, 3, 1, tzinfo=UTC)),
            ("last", datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=UTC)),
            ("next", datetime(2026, 3, 3, tzinfo=UTC)),
            ("early", datetime(2026, 3, 3, tzinfo=UTC)),
        )
    ]
    write_records(made, tmp_path / "r.jsonl")

    def studied(*period):
        answer = labtape("study", "p.csv", "--records", "r.jsonl", "--events", "e.json", *period)
        assert answer.code == 0
        return [one["article_id"] for one in json.loads((tmp_path / "e.json").read_text("utf-8"))]

    assert studied() == ["early", "last", "next"]
    assert studied("--until", "2026-03-02") == ["early", "last"]
    assert studied("--since", "2026-03-02", "--until", "2026-03-02") == ["last"]
    assert studied("--until", "2026-03-02T23:59:59Z") == ["early"]
    assert studied("--since", "2026-03-03") == ["next"]
    assert studied("--since", "2026-03-03T00:00Z", "--until", "2026-03-03T00:00Z") == ["next"]
    assert studied("--ticker", "nasdaq:nvda") == ["early", "last", "next"]
    answer = labtape("study", "p.csv", "--records", "r.jsonl", "--ticker", "NASDAQ:NVDAA")
    assert answer.code == 2
    assert "no prices of NASDAQ:NVDAA; give tickers of the table, as NASDAQ:NVDA" in answer.err


def test_a_desk_s_article_that_was_retracted_is_studied_as_it_was_told(labtape, tmp_path):
    feed = tmp_path / "feed.json"
    items = [
        {"id": "1", "title": "Nvidia shares fall 6%", "content_text": "Nvidia shares fell 6% on Monday."}
    ]
    feed.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": items}))
    assert labtape("--bundle", "rules", "run", "--feeds", feed).code == 0
    days = pd.bdate_range(datetime.now(UTC).date() - timedelta(days=9), periods=15)
    (tmp_path / "p.csv").write_text(
        "date,ticker,close\n"
        + "".join(f"{day:%Y-%m-%d},NASDAQ:NVDA,{100 + n}\n" for n, day in enumerate(days))
    )
    for _ in range(2):
        counts = json.loads(labtape("study", "p.csv", "--json").out)["counts"]
        assert (counts["n_relevant"], counts["n_trades"]) == (1, 1)
        (record,) = pd.read_csv(io.StringIO(labtape("export", "--as", "long").out))["record"]
        labtape("retract", record, "--why", "made up")
