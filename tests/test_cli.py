"""Every command as a user calls it, in this process."""

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from labtape.signal import find_bundle
from labtape.store import open_store

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Test Wire</title>
<item><title>DeepSeek halves its prices</title><link>https://news.example/1</link><guid>1</guid>
<pubDate>{published}</pubDate>
<description>DeepSeek cut API prices by 50% on Tuesday. Chinese models held about 61% of tokens among the top 10 models on
OpenRouter in May, the platform said.</description></item></channel></rss>"""


@pytest.fixture
def feed(tmp_path):
    file = tmp_path / "wire.xml"
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    file.write_text(RSS.format(published=format_datetime(an_hour_ago)), "utf-8")
    return file


def test_a_run_ends_in_a_digest_and_a_second_one_finds_nothing_new(labtape, feed):
    first = labtape("run", "--feeds", feed)
    assert first.code == 0
    assert "DeepSeek halves its prices" in first.out
    assert "1 feed: 1 article new or changed" in first.err
    second = labtape("run")
    assert "1 feed: 0 articles new or changed, 1 feed unchanged, 0 failed" in second.err


def test_what_was_run_can_be_shown_in_every_form(labtape, feed):
    labtape("run", "--feeds", feed)
    for form in ("markdown", "html", "rss"):
        assert "DeepSeek halves its prices" in labtape("digest", "--format", form).out
    digest = labtape("digest", "--format", "json").out
    assert "DeepSeek halves its prices" in digest
    assert json.loads(digest)
    claims = labtape("shares", "--csv").out
    assert "61" in claims
    assert "top 10 models" in claims
    assert labtape("shares", "--platform", "OpenRouter", "--csv").out == claims
    assert "61" not in labtape("shares", "--platform", "Steam", "--csv").out


def test_explain_shows_a_record_by_its_id(labtape, feed):
    labtape("run", "--feeds", feed)
    labtape("score", feed, "-o", "out.jsonl")
    record = json.loads(Path("out.jsonl").read_text("utf-8"))
    answer = labtape("explain", record["id"])
    assert answer.code == 0
    assert "DeepSeek" in answer.out
    assert "all parts add up to" in answer.out
    told = json.loads(labtape("explain", record["id"], "--json").out)
    assert told["id"] == record["id"]
    for head in told["account"]["heads"]:
        assert abs(sum(part["value"] for part in head["parts"]) - head["log_odds"]) < 1e-6


def test_explain_does_not_say_what_moved_a_record_of_another_model(labtape, feed):
    labtape("run", "--feeds", feed)
    record_id = re.search(r"labtape explain (\w+)", labtape("digest").out)[1]
    answer = labtape("--bundle", "rules", "explain", record_id)
    assert answer.code == 0
    assert "all parts add up to" not in answer.out
    assert "what moved it is not shown: scored by market3" in answer.err
    assert json.loads(labtape("--bundle", "rules", "explain", record_id, "--json").out)["account"] is None


def test_label_says_what_moved_the_probabilities(labtape):
    answer = labtape("label", "--why", "Nvidia shares fell 6% on weak guidance.")
    assert answer.code == 0
    assert answer.out.count("all parts add up to") == 3
    told = json.loads(labtape("label", "--why", "--json", "Nvidia shares fell 6% on weak guidance.").out)
    assert told["account"]["p"] == pytest.approx(told["verdict"]["p"], abs=5e-4)
    assert labtape("label", "--why", "--html", "Nvidia fell.").code == 2


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.csv", "out.parquet"])
def test_score_writes_every_format(labtape, feed, name):
    answer = labtape("score", feed, "-o", name)
    assert answer.code == 0
    assert f"1 record in {name}, 0 failures" in answer.err
    assert Path(name).stat().st_size > 0


def test_score_to_stdout_is_jsonl_and_the_same_bytes_again(labtape, feed):
    arguments = ("score", feed, "-o", "-", "--now", "2026-06-04T00:00Z")
    once, again = labtape(*arguments).out, labtape(*arguments).out
    assert json.loads(once)["shares"][0]["value"] == 61.0
    assert once == again


def test_a_bad_row_is_reported_and_the_rest_is_done(labtape, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        '{"title": "Nvidia falls 5%"}\n{"url": "https://x.example"}\n{"title": "Kimi K3 is out"}\n', "utf-8"
    )
    answer = labtape("score", rows, "-o", "out.jsonl")
    assert answer.code == 1
    assert len(Path("out.jsonl").read_text("utf-8").splitlines()) == 2
    assert "rows.jsonl" in answer.err
    assert "2" in answer.err


def test_label_explains_a_text_on_the_screen(labtape):
    answer = labtape(
        "label", "Qwen took about 18% of tokens on OpenRouter in May 2026.", "--title", "Qwen gains"
    )
    assert answer.code == 0
    assert "about 18%" in answer.out
    assert "Qwen" in answer.out


def test_label_reads_a_file_and_prints_json_on_request(labtape, tmp_path):
    (tmp_path / "a.txt").write_text(
        "Nvidia shares fall 6%\n\nNvidia fell 6% after the US tightened exports.", "utf-8"
    )
    record = json.loads(labtape("label", "a.txt", "--json").out)
    assert record["title"] == "Nvidia shares fall 6%"
    assert record["mentions"][0]["text"] == "Nvidia"


def test_feeds_can_be_added_listed_exported_imported_and_removed(labtape, feed):
    assert "added" in labtape("feeds", "add", feed).out
    assert "already there" in labtape("feeds", "add", feed).out
    assert json.loads(labtape("feeds", "list", "--json").out)[0]["url"] == feed.as_uri()
    labtape("feeds", "export", "-o", "list.opml")
    assert "removed" in labtape("feeds", "remove", feed).out
    assert "1 added" in labtape("feeds", "import", "list.opml").out


def test_the_lexicon_is_clean(labtape):
    answer = labtape("lexicon", "check")
    assert answer.code == 0, answer.err
    assert "no problems" in answer.out


def test_the_lexicon_of_the_settings_is_checked(labtape, tmp_path):
    bad_inputs(tmp_path)
    for arguments in (["lexicon", "check", "lex"], ["--lexicon", "lex", "lexicon", "check"]):
        answer = labtape(*arguments)
        assert answer.code == 1
        assert "x.toml: name: missing" in answer.err


def test_the_bundles_are_listed_verified_and_shown(labtape):
    listed = labtape("models", "list").out
    assert all(f"{name}\t" in listed for name in ("market3", "market3-fast"))
    verified = labtape("models", "verify", "market3-fast").out
    assert "all files match their digests (card.md, reliability.svg, weights.joblib)" in verified
    assert "encoder.onnx, events.json, geopolitics.json" in labtape("models", "verify", "market3").out
    shown = labtape("models", "show", "market3").out
    assert "market3" in shown
    assert "reliability.svg" in shown.splitlines()[-1]


@pytest.mark.parametrize("name", ["card.md", "reliability.svg", "weights.joblib"])
def test_a_bundle_with_a_changed_file_is_neither_shown_nor_verified(labtape, tmp_path, name):
    folder = Path(shutil.copytree(find_bundle("market3"), tmp_path / "own"))
    with (folder / name).open("ab") as file:
        file.write(b" ")
    for command in ("show", "verify"):
        answer = labtape("models", command, folder)
        assert (answer.code, answer.out) == (2, "")
        assert f"{name}: digest is" in answer.err


def test_evaluate_prints_verdicts_beside_plain_methods(labtape, tmp_path):
    rows = [
        {"id": str(k), "title": title, "text": "The AI chip business decided it.", "relevant": True, "sentiment": truth,
         "confidence": "high", "events": [], "labs": [], "decoys": [], "shares": [], "other_percents": []}
        for k, (title, truth) in enumerate([("Nvidia soars on record profit", "Bullish"), ("Nvidia sinks", "Bearish")])
    ]  # fmt: skip
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    columns = json.loads(labtape("evaluate", "own.jsonl", "--json").out)["measures"]["verdicts"]
    assert list(columns) == ["labtape", "TF-IDF", "always Neutral", "VADER"]
    assert columns["always Neutral"]["acc"] == {"value": 0.0, "low": 0.0, "high": 0.0, "n": 2}
    assert {"acc", "macro_f1", "ece", "acc_top_25", "conformal_size"} <= set(columns["labtape"])
    assert {"acc", "macro_f1", "ece", "acc_top_25"} <= set(columns["TF-IDF"])
    shown = labtape("evaluate", "own.jsonl", "--errors", "0").out
    assert "surest 25 % right" in shown
    assert "fitted on this very file" not in shown


def newer_database(folder: Path) -> str:
    file = folder / "newer.db"
    open_store(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as db:
        db.execute("update labtape_schema set version_num = '9999'")
    db.close()
    return f"sqlite:///{file}"


def bad_inputs(folder: Path):
    """(what is wrong, arguments, words the message must hold)"""
    (folder / "empty").mkdir()
    (folder / "page.xml").write_text(
        "<!doctype html><html><head><title>x</title></head><body>hi</body></html>", "utf-8"
    )
    (folder / "broken.toml").write_text("database = ", "utf-8")
    (folder / "nothing.csv").write_text("colour,size\nred,3\n", "utf-8")
    (folder / "lex").mkdir()
    (folder / "lex" / "labs").mkdir()
    (folder / "lex" / "labs" / "x.toml").write_text('id = "x"\ncolour = "red"\n', "utf-8")
    return [
        ("a missing file", ["label", "gone.txt"], ["gone.txt", "no such file"]),
        ("a missing feed file", ["run", "--feeds", "gone.opml"], ["gone.opml", "no such file"]),
        ("a directory without feeds", ["run", "--feeds", "empty"], ["empty", "no feeds"]),
        ("a time that is none", ["digest", "--since", "soon"], ["'soon'", "36h"]),
        ("a time before all time", ["digest", "--since", "9999999999w"], ["'9999999999w'", "36h"]),
        ("an empty text", ["label", ""], ["neither title nor text"]),
        ("missing annotations", ["evaluate", "gone.jsonl"], ["gone.jsonl", "no such file"]),
        (
            "missing training data",
            ["train", "--data", "gone", "--gold", "gone.jsonl"],
            ["gone", "no such folder"],
        ),
        ("a broken settings file", ["--config", "broken.toml", "digest"], ["broken.toml", "TOML"]),
        ("an unknown bundle", ["--bundle", "market9", "label", "Nvidia fell."], ["market9", "market3"]),
        ("an unknown database", ["--database", "mongodb://x", "digest"], ["mongodb", "sqlite:///"]),
        ("a newer database", ["--database", newer_database(folder), "digest"], ["9999", "schema"]),
        ("an unknown article", ["explain", "a0"], ["a0"]),
        ("an unknown lab", ["labs", "show", "nolab"], ["nolab"]),
        ("a wrong lexicon", ["--lexicon", "lex", "label", "Nvidia fell."], ["x.toml", "name: missing"]),
        ("an unknown output format", ["score", "page.xml", "-o", "out.xls"], ["out.xls", ".parquet"]),
        (
            "a feed to remove that is not there",
            ["feeds", "remove", "https://x.example/rss"],
            ["no such feed"],
        ),
        ("listening to the world without a token", ["serve", "--host", "0.0.0.0"], ["LABTAPE_TOKEN"]),
    ]


CASES = [
    "a missing file", "a missing feed file", "a directory without feeds", "a time that is none", "a time before all time",
    "an empty text", "missing annotations", "missing training data", "a broken settings file",
    "an unknown bundle", "an unknown database", "a newer database", "an unknown article", "an unknown lab", "a wrong lexicon",
    "an unknown output format", "a feed to remove that is not there", "listening to the world without a token",
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_wrong_use_is_one_line_that_names_the_thing_and_what_is_right(labtape, tmp_path, case):
    found = {name: (arguments, words) for name, arguments, words in bad_inputs(tmp_path)}
    arguments, words = found[case]
    answer = labtape(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("labtape: ")
    assert answer.err.count("\n") == 1
    for word in words:
        assert word in answer.err


def test_what_is_kept_is_shown_without_a_model(labtape, feed):
    labtape("--bundle", "rules", "run", "--feeds", feed)
    for command in (["digest", "--format", "markdown"], ["shares", "--csv"]):
        assert "61" in labtape("--bundle", "no-such-bundle", *command).out


def test_a_feed_that_fails_is_named_once(labtape, tmp_path):
    page = tmp_path / "page.xml"
    page.write_text("<rss><channel>", "utf-8")
    answer = labtape("--bundle", "rules", "crawl", "--feeds", page)
    assert answer.code == 1
    assert answer.err.count("page.xml") == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", ["empty"]),
        ("page.xml", ["HTML"]),
        ("nothing.csv", ["title"]),
    ],
)
def test_score_lists_an_input_that_cannot_be_read_and_exits_1(labtape, tmp_path, name, words):
    bad_inputs(tmp_path)
    answer = labtape("score", name, "-o", "out.jsonl")
    assert answer.code == 1
    assert name in answer.err
    for word in words:
        assert word in answer.err


def test_score_refuses_inputs_none_of_which_is_there(labtape, tmp_path):
    (tmp_path / "out.jsonl").write_text("of yesterday", "utf-8")
    answer = labtape("score", "gone.xml", "-o", "out.jsonl")
    assert (answer.code, answer.err) == (
        2, "labtape: gone.xml: there is no such file or folder\n",
    )  # fmt: skip
    assert (tmp_path / "out.jsonl").read_text("utf-8") == "of yesterday"
    (tmp_path / "news.jsonl").write_text('{"title": "Qwen is out"}\n', "utf-8")
    answer = labtape("score", "gone.xml", "news.jsonl", "-o", "out.jsonl")
    assert (answer.code, "gone.xml: there is no such file" in answer.err) == (1, True)


def test_the_demo_ends_in_a_digest_on_the_screen_and_a_page(labtape, tmp_path):
    answer = labtape("demo", "--out", "digest.html")
    assert answer.code == 0
    assert "61%" in answer.out
    page = Path("digest.html").read_text("utf-8")
    assert page.startswith(("<!doctype html>", "<!DOCTYPE html>"))
    assert "<script" not in page


def test_the_command_is_installed(tmp_path):
    done = subprocess.run(
        [Path(sys.executable).parent / "labtape", "--version"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert re.fullmatch(r"labtape \d+\.\d+\.\d+\n", done.stdout)


def test_a_long_text_is_no_path(labtape):
    text = (
        "Moonshot AI cut the price of Kimi K2 on Monday and said that demand had doubled since the spring. "
        * 5
    )
    assert labtape("label", text).code == 0


def test_a_list_of_feeds_may_name_them_from_where_it_lies(labtape, feed, tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "mine.opml").write_text(
        '<opml><body><outline text="Wire" xmlUrl="wire.xml"/></body></opml>', "utf-8"
    )
    feed.rename(tmp_path / "lists" / "wire.xml")
    assert "1 added" in labtape("--database", "sqlite:///x.db", "feeds", "import", "lists/mine.opml").out
    answer = labtape("score", "lists/mine.opml", "-o", "out.jsonl")
    assert (answer.code, answer.err) == (0, "1 record in out.jsonl, 0 failures\n")


def test_a_list_without_feeds_is_said_once(labtape, tmp_path):
    (tmp_path / "none.opml").write_text("<opml><body><outline text='a'/></body></opml>", "utf-8")
    answer = labtape("feeds", "import", "none.opml")
    assert (answer.code, answer.err.count("none.opml")) == (2, 1)
    (tmp_path / "empty.opml").write_text("", "utf-8")
    answer = labtape("score", "empty.opml", "-o", "out.jsonl")
    assert (answer.code, answer.err.count("empty.opml")) == (1, 1)


def test_score_does_not_write_over_what_it_reads(labtape, tmp_path):
    (tmp_path / "news.jsonl").write_text('{"title": "Qwen is out"}\n', "utf-8")
    answer = labtape("score", "news.jsonl", "-o", "news.jsonl")
    assert (answer.code, answer.err) == (
        2,
        "labtape: news.jsonl: is read and would be overwritten; give --out another name\n",
    )
    assert (tmp_path / "news.jsonl").read_text("utf-8") == '{"title": "Qwen is out"}\n'


def test_score_of_what_is_read_once_overwrites_none_of_it(labtape, tmp_path):
    (tmp_path / "news.jsonl").write_text('{"title": "Qwen is out"}\n', "utf-8")
    for output in (
        ("./news.jsonl",),
        ("out.jsonl", "--report", "news.jsonl"),
        ("-", "--report", "news.jsonl"),
    ):
        answer = labtape("score", "feeds.opml", "news.jsonl", "-o", *output)
        assert (answer.code, "is read and would be overwritten" in answer.err) == (2, True)
        assert (tmp_path / "news.jsonl").read_text("utf-8") == '{"title": "Qwen is out"}\n'


def test_score_is_a_filter_between_pipes(labtape, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"title": "Qwen is out"}\n')))
    answer = labtape("--bundle", "rules", "score", "-", "-o", "-")
    assert (answer.code, json.loads(answer.out)["title"]) == (0, "Qwen is out")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["out.jsonl", "--jobs", "2"], "--jobs: not with --dask, whose cluster has its workers"),
        (
            ["out/", "--report", "r.json", "--story-list", "s.jsonl"],
            "--report, --story-list: not with a folder of parts",
        ),
        (["-", "--restart"], "--restart: not with -o -"),
    ],
)
def test_dask_refuses_the_options_it_would_pass_over(labtape, tmp_path, options, words):
    answer = labtape("score", "news.jsonl", "--dask", "1", "-o", *options)
    assert answer.code == 2
    assert answer.err.startswith(f"labtape: {words}")


def test_times_before_the_calendar_are_refused_in_one_line(labtape):
    for since in ("0001-01-01T00:00+05:00", "99999999999d"):
        answer = labtape("--database", "memory:", "digest", "--since", since)
        assert (answer.code, answer.err.count("\n")) == (2, 1)


def test_export_into_a_folder_that_is_missing_is_one_line(labtape):
    answer = labtape("--database", "memory:", "feeds", "export", "-o", "missing/x.opml")
    assert (answer.code, answer.err.count("\n")) == (2, 1)


def test_a_terminal_that_is_not_utf_8_gets_escapes(tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", "from labtape.cli import main; main()", "--bundle", "rules", "label", "Nvidia falls 5%"],
        cwd=tmp_path, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u25" in done.stdout


def test_a_digest_that_ends_before_it_begins_is_wrong_use(labtape):
    answer = labtape("--database", "memory:", "digest", "--since", "3d", "--until", "5d")
    assert (answer.code, answer.err) == (
        2,
        "labtape: --since 3d is after --until 5d; give the earlier time first\n",
    )


def test_explain_takes_an_address_and_the_digest_shows_the_id(labtape, feed):
    run = labtape("run", "--feeds", feed)
    explained = labtape("explain", "https://news.example/1")
    assert explained.code == 0
    assert "DeepSeek halves its prices" in explained.out
    article_id = re.search(r"labtape explain (\w+)", run.out)[1]
    assert labtape("explain", article_id).out == explained.out


def test_a_run_over_older_feeds_says_where_their_articles_are(labtape, tmp_path):
    (tmp_path / "old.xml").write_text(RSS.format(published="Tue, 02 Jun 2026 08:00:00 GMT"), "utf-8")
    assert "labtape digest --since 2026-06-02" in labtape("run", "--feeds", "old.xml").err


def test_the_ending_of_a_file_chooses_the_form_of_the_digest(labtape, feed):
    labtape("run", "--feeds", feed)
    assert labtape("digest", "-o", "d.html").code == 0
    assert Path("d.html").read_text("utf-8").lower().startswith("<!doctype html>")
    wrong = labtape("digest", "-o", "d.docx")
    assert wrong.code == 2
    assert ".html" in wrong.err


@pytest.mark.parametrize(
    "address", ["", "http://", "nowhere.xml", "file:///no/such/feed.xml", "file://[/", "x" * 5000, "http://["]
)
def test_a_feed_that_cannot_be_one_is_not_added(labtape, address):
    answer = labtape("feeds", "add", address)
    assert answer.code == 2
    assert "neither an http(s) address nor a file" in answer.err


def test_label_tells_an_address_that_cannot_be_fetched(labtape):
    answer = labtape("label", "http://127.0.0.1:9/article.html")
    assert answer.code == 2
    assert "http://127.0.0.1:9/article.html" in answer.err


def test_score_says_what_it_goes_on_with_and_what_differs(labtape, feed, tmp_path):
    from labtape.batch import Options, Tools, score_files

    rows = "".join(json.dumps({"title": f"Kimi K{k} is out"}) + "\n" for k in range(70))
    (tmp_path / "rows.jsonl").write_text(rows, "utf-8")

    def stop(progress):
        raise InterruptedError

    at = datetime(2026, 6, 4, tzinfo=UTC)
    with pytest.raises(InterruptedError):
        score_files(
            [Path("rows.jsonl")], Path("out.jsonl"), options=Options(Tools("rules")), clock=lambda: at, on_progress=stop
        )  # fmt: skip
    other = labtape("--bundle", "rules", "score", "rows.jsonl", "-o", "out.jsonl", "--no-stories")
    assert (other.code, other.err.count("\n")) == (2, 1)
    assert "stories: false, was true" in other.err
    answer = labtape("--bundle", "rules", "score", "rows.jsonl", "-o", "out.jsonl")
    assert answer.code == 0
    assert "goes on behind 64 items kept in out.jsonl.labtape-job, begun 2026-06-04T00:00:00Z" in answer.err
    assert answer.err.endswith("70 records in out.jsonl, 0 failures\n")


def test_score_of_what_is_read_once_has_its_errors_and_its_report_too(labtape, feed, tmp_path):
    (tmp_path / "mine.opml").write_text(
        f'<opml><body><outline xmlUrl="{feed.as_uri()}"/><outline xmlUrl="{feed.as_uri()}-gone"/></body></opml>',
        "utf-8",
    )
    answer = labtape("score", "mine.opml", "-o", "out.jsonl", "--report", "run.json")
    assert answer.code == 1
    assert "1 record in out.jsonl, 1 failure" in answer.err
    assert json.loads(Path("run.json").read_text("utf-8"))["n_failures"] == 1
    assert "-gone" in Path("out.jsonl.errors.jsonl").read_text("utf-8")
    assert labtape("score", "mine.opml", "-o", "-", "--story-list", "s.jsonl").code == 2


def test_many_failures_are_said_in_part_and_listed_whole(labtape, tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"id": 1}\n' * 30, "utf-8")
    answer = labtape("--bundle", "rules", "score", "rows.jsonl", "-o", "out.jsonl")
    assert answer.err.count("neither title nor text") == 20
    assert "and 10 more, in out.jsonl.errors.jsonl" in answer.err
    assert len(Path("out.jsonl.errors.jsonl").read_text("utf-8").splitlines()) == 30


def test_score_of_standard_input_beside_a_folder_reads_no_outputs_either(labtape, tmp_path, monkeypatch):
    (tmp_path / "news.jsonl").write_text('{"title": "Kimi K3 is out"}\n')
    for n in (1, 2):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"title": "GLM-5 is out"}\n')))
        answer = labtape("--bundle", "rules", "score", "-", ".", "-o", f"out{n}.jsonl")
    assert answer.code == 0
    assert "passed over 2 files that labtape wrote: out1.jsonl, out1.jsonl.report.json" in answer.err
    assert len((tmp_path / "out2.jsonl").read_text("utf-8").splitlines()) == 2
