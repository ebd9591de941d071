"""The commands story and stories."""

import json
from datetime import UTC, datetime, timedelta

import pytest

ITEMS = (
    ("1", "DeepSeek cuts API prices by half", "DeepSeek cut the price of its API by half on Monday, it told customers.", 3),
    ("2", "DeepSeek halves API prices", "DeepSeek told customers on Monday that the price of its API falls by half.", 2),
    ("3", "Kimi K3 is out with open weights", "Moonshot AI released Kimi K3 with open weights and a longer context.", 1),
)  # fmt: skip


@pytest.fixture
def run(labtape, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    now = datetime.now(UTC)
    for name, some in (("one", ITEMS[:1] + ITEMS[2:]), ("two", ITEMS[1:2])):
        body = "".join(
            f"<item><title>{title}</title><link>https://{name}.example/{guid}</link><guid>{guid}</guid>"
            f"<pubDate>{now - timedelta(hours=ago):%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{text}</description></item>"
            for guid, title, text, ago in some
        )
        (tmp_path / f"{name}.xml").write_text(
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Paper {name}</title>{body}</channel></rss>',
            "utf-8",
        )

    def command(*words):
        return labtape("--database", f"sqlite:///{tmp_path / 'tape.db'}", "--bundle", "rules", *words)

    for name in ("one", "two"):
        assert command("feeds", "add", tmp_path / f"{name}.xml").code == 0
    assert command("run").code == 0
    return command


def listed(run):
    return [json.loads(line) for line in run("stories", "--json").out.splitlines()]


def test_stories_are_listed_for_people_and_machines(run):
    answer = run("stories")
    code, out = answer.code, answer.out
    assert code == 0
    assert "Kimi K3 is out with open weights" in out
    assert {record["schema"] for record in listed(run)} == {"labtape.story/1"}
    assert all(record["id"] in out for record in listed(run))


def test_one_story_is_shown_with_all_its_parts(run):
    record = next(r for r in listed(run) if len(r["article_ids"]) == 2)
    answer = run("story", record["id"])
    code, out = answer.code, answer.out
    assert code == 0
    shown = " ".join(out.split())
    for words in (
        "2 independent sources",
        "Phase",
        "IN BRIEF",
        "WHO HAS IT FROM WHOM",
        "SCORES",
        "the whole story is new",
    ):
        assert words in shown


def test_json_is_the_record_of_the_story(run):
    record = listed(run)[0]
    told = json.loads(run("story", record["article_ids"][0], "--json").out)
    assert told["id"] == record["id"]
    assert told["changes"] is not None


def test_an_unknown_id_is_one_line_with_near_ids_and_exit_2(run):
    known = listed(run)[0]["id"]
    answer = run("story", known[:-1])
    code, out, err = answer.code, answer.out, answer.err
    assert (code, out) == (2, "")
    assert known in err
    assert len(err.splitlines()) == 1


def test_a_time_without_stories_says_so(run):
    assert "No stories in this time." in run("stories", "--since", "1s").out
