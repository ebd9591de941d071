"""`shares verify` as a user calls it: news in a database, rankings in a file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from counted import rankings_body, rows
from labtape.cli import main
from labtape.cli.main import settings_for_all
from labtape.cli.verify import verify
from labtape.exceptions import LabtapeError

NEWS = (
    ("1", "Wed, 01 Apr 2026", "Chinese models took 61% of all tokens on OpenRouter in March 2026."),
    ("2", "Thu, 02 Apr 2026", "DeepSeek V3.1 took 14.2% of tokens on OpenRouter in March 2026."),
    ("3", "Fri, 03 Apr 2026", "DeepSeek handled 18% of requests on OpenRouter in March 2026."),
    ("4", "Sat, 04 Apr 2026", "Qwen took 18% of downloads on Hugging Face in March 2026."),
)
SHARES = typer.Typer()
SHARES.command("verify")(verify)
SHARES.callback()(lambda: None)
APP = typer.Typer()
APP.callback()(settings_for_all)
APP.add_typer(SHARES, name="shares")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a database of four articles and the rankings of March 2026."""
    made = tmp_path_factory.mktemp("verify")
    items = "".join(
        f"<item><title>Notes on the router, part {n}</title><link>https://news.example/{n}</link><guid>{n}</guid>"
        f"<pubDate>{day} 09:00:00 GMT</pubDate><description>{text}</description></item>"
        for n, day, text in NEWS
    )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Wire</title>{items}</channel></rss>'
    (made / "news.xml").write_text(feed, "utf-8")
    (made / "rankings.json").write_bytes(rankings_body(date(2026, 3, 1), date(2026, 4, 3)))
    with pytest.raises(SystemExit) as stopped:
        main(["--database", f"sqlite:///{made}/labtape.db", "run", "--feeds", str(made / "news.xml")])
    assert not stopped.value.code
    return made


@pytest.fixture
def call(folder, monkeypatch):
    monkeypatch.chdir(folder)

    def of(*arguments):
        return CliRunner().invoke(
            APP, ["--database", f"sqlite:///{folder}/labtape.db", "shares", "verify", *map(str, arguments)]
        )

    return of


def test_every_claim_of_the_platform_is_set_against_the_counter(call):
    answer = call("--rankings", "rankings.json")
    assert answer.exit_code == 0
    words = " ".join(answer.output.split())
    assert "3 claims: 1 confirmed, 1 off, 0 not settled, 1 outside" in words
    assert "“DeepSeek V3.1 took" in words
    assert "Hugging Face" not in words
    assert answer.output.splitlines()[-1] == "Source: OpenRouter (openrouter.ai/rankings), as of 2026-04-03"


def test_a_program_reads_the_same_with_the_citation(call):
    found = json.loads(call("--rankings", "rankings.json", "--json").output)
    assert found["citation"] == "Source: OpenRouter (openrouter.ai/rankings), as of 2026-04-03"
    told = {
        v["claim"]["share"]["text"] + v["claim"]["share"]["metric"]: v["verdict"]
        for v in found["verifications"]
    }
    assert told == {"61%tokens": "off", "14.2%tokens": "confirmed", "18%requests": "outside"}
    off = next(v for v in found["verifications"] if v["verdict"] == "off")
    assert off["claim"]["quote"] == NEWS[0][2]
    assert off["hint"].startswith("61% is right of the top 10 models")


def test_since_and_until_choose_the_articles(call):
    found = json.loads(
        call("--rankings", "rankings.json", "--since", "2026-04-02", "--until", "2026-04-02", "--json").output
    )
    assert [v["claim"]["share"]["text"] for v in found["verifications"]] == ["14.2%"]


def test_json_lines_are_read_as_well(call):
    text = "\n".join(json.dumps(row) for row in rows(date(2026, 3, 1), date(2026, 3, 31)))
    Path("lines.jsonl").write_text(text, "utf-8")
    assert "1 confirmed, 1 off" in call("--rankings", "lines.jsonl").output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--rankings", "gone.json"], "gone.json: cannot be read: No such file or directory"),
        (["--rankings", "."], ".: cannot be read: Is a directory"),
        (["--rankings", "news.xml"], "news.xml: broken JSON at line 1"),
        (
            ["--rankings", "rankings.json", "--since", "2026-05-01", "--until", "2026-04-01"],
            "is after --until",
        ),
        (["--rankings", "rankings.json", "--since", "yesterday"], "'yesterday' is no time"),
    ],
)
def test_wrong_use_is_told_on_one_line(call, arguments, told):
    answer = call(*arguments)
    assert isinstance(answer.exception, LabtapeError)  # `labtape` prints it and ends with 2
    assert told in str(answer.exception)
    assert "\n" not in str(answer.exception)


def test_the_file_must_be_named(call):
    answer = call()
    assert answer.exit_code == 2
    assert "--rankings" in answer.output
