"""What was known at a time, and what does not hold any more, as a user asks for it."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'
ITEM = "<item><title>{title}</title><link>https://wire.example/{n}</link><guid>{n}</guid><pubDate>{at}</pubDate><description>{text}</description></item>"
SHARE = "Chinese models held about {share} of tokens among the top 10 models on OpenRouter in May 2026."
CHIPS = "Nvidia fell 5% as the US tightened chip exports."


@pytest.fixture
def tape(labtape, tmp_path):
    """A database of two runs, with a corrected article between them; gives a moment after each run."""
    at = format_datetime(datetime.now(UTC) - timedelta(hours=9))
    file = tmp_path / "wire.xml"

    def told(share):
        rows = [
            (f"Chinese models take {share} of OpenRouter's top ten", SHARE.format(share=share)),
            ("Nvidia falls", CHIPS),
        ]
        items = [ITEM.format(title=title, n=n, at=at, text=text) for n, (title, text) in enumerate(rows, 1)]
        file.write_text(RSS.format(items="".join(items)), "utf-8")
        assert labtape("--bundle", "rules", "run", "--feeds", file).code == 0
        digest = json.loads(labtape("digest", "--format", "json").out)
        return digest["made_at"], digest

    return told("61%"), told("57%")


def replayed(labtape, at, *arguments):
    return labtape("--bundle", "rules", "replay", "--as-of", at, *arguments)


@pytest.mark.parametrize("command", ["replay", "retract", "corrections"])
def test_every_command_explains_itself(labtape, command):
    answer = labtape(command, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: labtape {command} ")


def test_a_replay_is_the_digest_as_it_was_printed(labtape, tape):
    for at, digest in tape:
        answer = replayed(labtape, at, "--form", "json")
        assert (answer.code, answer.err) == (0, "")
        assert json.loads(answer.out) == digest
    (_, first), (_, second) = tape
    assert first != second


def test_a_replay_comes_in_every_form(labtape, tape):
    for form, begins in (("markdown", "# AI tape"), ("html", "<!doctype html>"), ("terminal", "labtape")):
        answer = replayed(labtape, tape[0][0], "--form", form)
        assert answer.out.strip().startswith(begins)
        assert "61%" in answer.out
        assert "57%" not in answer.out


def test_a_replay_and_its_records_may_be_written_to_files(labtape, tape, tmp_path):
    answer = replayed(labtape, tape[0][0], "-o", "then.md", "--records", "then.jsonl")
    assert (answer.code, answer.out, answer.err) == (0, "", "2 records in then.jsonl\n")
    assert "61%" in (tmp_path / "then.md").read_text("utf-8")
    records = [json.loads(line) for line in (tmp_path / "then.jsonl").read_text("utf-8").splitlines()]
    assert [record["revision"] for record in records] == [1, 1]


def test_scoring_again_gives_the_same_bytes(labtape, tape):
    answer = replayed(labtape, tape[1][0], "--rescore")
    assert (answer.code, answer.err) == (0, "3 records scored again: 3 the same bytes, 0 not\n")


def test_scoring_again_names_the_record_that_was_tampered_with(labtape, tape, tmp_path):
    with closing(sqlite3.connect(tmp_path / "labtape.db")) as raw:
        raw.execute("UPDATE records SET body = json_set(body, '$.verdict.confidence', 0.987) WHERE seq = 1")
        raw.commit()
    answer = replayed(labtape, tape[1][0], "--rescore")
    assert answer.code == 1
    assert re.search(r"labtape: record of 'a\w+' \(revision 1, \S+Z\): differs in verdict\n", answer.err)
    assert answer.err.endswith("3 records scored again: 2 the same bytes, 1 not\n")


def test_scoring_again_with_another_model_says_which_one_is_needed(labtape, tape):
    answer = labtape("--bundle", "market3-fast", "replay", "--as-of", tape[1][0], "--rescore")
    assert answer.code == 1
    assert "cannot be scored again: model: rules " in answer.err
    assert "is needed, here is market3-fast " in answer.err
    assert answer.err.endswith("0 records scored again: 0 the same bytes, 0 not, 3 not scored again\n")


def test_a_date_is_the_end_of_its_day_and_of_today_it_is_now(labtape, tape):
    today = json.loads(replayed(labtape, f"{datetime.now(UTC):%Y-%m-%d}", "--form", "json").out)
    assert today["counts"] == tape[1][1]["counts"]
    answer = replayed(labtape, f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}")
    assert answer.code == 2
    assert re.search(r"nothing was known at \S+T23:59:59.999999Z; the first record is of ", answer.err)


def test_a_time_that_cannot_be_shown_is_said_on_one_line(labtape, tape):
    for arguments, said in (
        (["--as-of", "2099-01-01"], "2099-01-01T23:59:59.999999Z has not come yet, it is 20"),
        (
            ["--as-of", "2001-01-01T10:00"],
            "nothing was known at 2001-01-01T10:00:00Z; the first record is of 20",
        ),
        (["--as-of", "yesterday"], "'yesterday' is no time; write 2026-06-01"),
        (["--as-of", "0s", "--since", "2099-01-01"], "--since 2099-01-01 is after --as-of 0s"),
    ):
        answer = labtape("replay", *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert said in answer.err
        assert answer.err.count("\n") == 1


def test_without_a_database_or_without_records_it_says_so_and_makes_none(labtape, tmp_path):
    answer = labtape("replay", "--as-of", "1h")
    assert (answer.code, "there is no such database" in answer.err) == (2, True)
    assert list(tmp_path.iterdir()) == []
    assert labtape("feeds", "add", "https://wire.example/rss").code == 0
    answer = labtape("replay", "--as-of", "0s")
    assert (answer.code, "there are no records in it; `labtape run` makes some" in answer.err) == (2, True)


# ---------------------------------------------------------------- corrections


def test_corrections_are_listed_with_what_they_were(labtape, tape):
    told = labtape("corrections").out.splitlines()
    assert "Chinese models take 57% of OpenRouter's top ten  (revision 1 → 2)" in told[0]
    assert any(line.startswith("  claim Chinese models: about 61%") for line in told)
    (found,) = json.loads(labtape("corrections", "--json").out)
    assert (found["kind"], found["revisions"]) == ("revised", [1, 2])
    assert labtape("corrections", "--since", tape[1][0]).out == "nothing was corrected\n"


def test_an_article_is_taken_back_by_its_address(labtape, tape):
    answer = labtape("retract", "https://wire.example/2", "--why", "a hoax")
    assert answer.code == 0
    assert "Nvidia falls  (retracted: a hoax)" in answer.out
    told = labtape("digest").out
    assert "Nvidia falls  retracted: a hoax" in told
    assert told.count("Nvidia falls") == 1  # no story any more
    assert "Nvidia falls" in replayed(labtape, tape[1][0]).out
    again = labtape("retract", "https://wire.example/2", "--why", "again")
    assert (again.code, "was taken back at" in again.err) == (2, True)
    assert labtape("retract", "nobody", "--why", "x").err == (
        "labtape: no article 'nobody' to take back; digests show ids and addresses\n"
    )
    assert "--why is empty" in labtape("retract", "nobody", "--why", " ").err


def test_words_that_would_drive_a_terminal_are_shown_as_text(labtape, tape):
    labtape("retract", "https://wire.example/2", "--why", "a\x1b[31mhoax\nlabtape: all is well")
    out = labtape("corrections").out
    assert "\x1b" not in out
    assert "\nlabtape: all is well" not in out
