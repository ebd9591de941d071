"""The ledger as a user asks for it."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
ITEM = "<item><title>{title}</title><link>https://{host}/{n}</link><guid>{n}</guid><pubDate>{at}</pubDate><description>{text}</description></item>"
CLAIM = "Chinese models held {share} of tokens among the top 10 models on OpenRouter in {month}, {who} said."


@pytest.fixture
def shelf(tmp_path):
    """Two outlets: both tell OpenRouter's figure for May, one a consultancy's, one DeepSeek's part."""
    now = datetime.now(UTC)

    def feed(name, hours_ago, *texts):
        items = [
            ITEM.format(
                title=f"Token shares, part {n}",
                host=name,
                n=n,
                at=format_datetime(now - timedelta(hours=hours_ago)),
                text=text,
            )
            for n, text in enumerate(texts, 1)
        ]
        file = tmp_path / f"{name}.xml"
        file.write_text(RSS.format(name=name, items="".join(items)), "utf-8")
        return file

    told = CLAIM.format(share="about 61%", month="May 2026", who="OpenRouter")
    other = CLAIM.format(share="38%", month="May 2026", who="Birch Research")
    lab = "DeepSeek accounted for 14% of tokens on OpenRouter in May 2026."
    return feed("one.example", 8, told, lab), feed("two.example", 6, told, other)


@pytest.fixture
def ledger(labtape, shelf):
    for feed in shelf:
        assert labtape("--bundle", "rules", "run", "--feeds", feed).code == 0
    return lambda *arguments: labtape("shares", *arguments)


def rows_of(answer):
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_the_ledger_tells_statuses_with_their_reasons(ledger):
    told = " ".join(ledger().out.split())
    assert "3 share claims in 2 series: 1 single, 2 contradicted" in told
    assert "sightings" in told
    disputed = told.partition("⚠ Disputed:")[2]
    assert "another origin gives" in disputed
    assert "for the same time, for May 2026" in disputed


def test_json_has_sightings_with_the_sentence(ledger):
    row = next(row for row in rows_of(ledger("--json")) if row["value"] == 61.0)
    assert (row["status"], row["n_origins"], row["n_sightings"]) == ("contradicted", 1, 2)
    assert [s["publisher"] for s in row["sightings"]] == ["one.example", "two.example"]
    assert row["sightings"][0]["quote"].startswith("Chinese models held about 61% of tokens")


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        (["--status", "contradicted"], {61.0, 38.0}),
        (["--holder", "DeepSeek"], {14.0}),
        (["--holder", "lab:deepseek"], {14.0}),
        (["--holder", "CN"], {61.0, 38.0, 14.0}),
        (["--holder", "China"], {61.0, 38.0, 14.0}),
        (["--metric", "token usage"], {61.0, 38.0, 14.0}),
        (["--metric", "revenue"], set()),
        (["--platform", "OpenRouter"], {61.0, 38.0, 14.0}),
        (["--as-of", "2020-01-01"], set()),
        (["--since", "1m"], set()),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_options_choose_claims(ledger, asked, values):
    assert {row["value"] for row in rows_of(ledger(*asked, "--json"))} == values


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.parquet"])
def test_files_have_the_same_claims(ledger, name):
    answer = ledger("-o", name)
    assert (answer.code, answer.out) == (0, "")
    path = Path(name)
    if name.endswith("parquet"):
        found = pq.read_table(path).to_pylist()
    elif name.endswith("json"):
        found = json.loads(path.read_text("utf-8"))
    else:
        found = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert {float(row["value"]) for row in found} == {61.0, 38.0, 14.0}
    assert {row["comparability_key"] for row in found} == {
        row["comparability_key"] for row in rows_of(ledger("--json"))
    }


def test_a_chart_is_drawn_beside_the_table(ledger):
    answer = ledger("--chart", "shares.svg")
    assert answer.code == 0
    assert "61%" in answer.out
    assert "The words behind the numbers" in Path("shares.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--status", "sure"], "'sure' is not one of"),
        (["--holder", "Nobody At All"], "no holder 'Nobody At All' is known or in the ledger"),
        (["--as-of", "yesterday"], "'yesterday' is no time; write 2026-06-01"),
        (["--since", "1d", "--until", "2d"], "--since 1d is after --until 2d"),
        (["-o", "out.xlsx"], "out.xlsx: the ledger has no such form; have: .csv, .parquet, .json"),
        (["--chart", "out.pdf"], "out.pdf: no chart has this ending"),
        (["--csv", "--json"], "give one of the two"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_bad_value_is_said_to_be_one(ledger, asked, says):
    answer = ledger(*asked)
    assert answer.code == 2
    assert says in " ".join(answer.err.split())
    assert "Traceback" not in answer.err


def test_what_cannot_be_written_is_said_before_the_ledger_is_read(labtape):
    answer = labtape("--database", "sqlite:///absent/none.db", "shares", "-o", "out.xlsx")
    assert "no such form" in answer.err
