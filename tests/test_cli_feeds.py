"""The list of feeds, as a user fills and reads it."""

import gzip
import json
import os
import threading

import pytest

from labtape.cli.rows import Heading, Row, lines_of

FEED = '<rss version="2.0"><channel><title>Wire</title><item><title>Kimi K3 is out</title></item></channel></rss>'


def opml(*addresses, end="</body></opml>"):
    rows = "".join(f'<outline type="rss" text="Wire {n}" xmlUrl="{a}"/>\n' for n, a in enumerate(addresses))
    return f'<opml version="2.0"><body>\n{rows}{end}'


def urls(labtape):
    return [row["url"] for row in json.loads(labtape("feeds", "list", "--json").out)]


@pytest.mark.parametrize(
    "name", ["notes.md", "table.csv", "page.html", "empty.xml", "other.json", "page.xml"]
)
@pytest.mark.parametrize("words", [("feeds", "import"), ("crawl", "--feeds"), ("feeds", "add")], ids=" ".join)
def test_what_is_neither_a_list_nor_a_feed_is_refused_in_one_line(labtape, tmp_path, name, words):
    written = {
        "notes.md": 'A list is `<opml><outline xmlUrl="https://a.example/"/></opml>`.\n', "empty.xml": "", "table.csv": "title,url\na,https://a.example/rss\n",
        "page.html": "<!doctype html><html></html>", "page.xml": "<!doctype html><html></html>", "other.json": '{"a": 1}',
    }  # fmt: skip
    (tmp_path / name).write_text(written[name], "utf-8")
    answer = labtape(*words, name)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert name in answer.err
    assert urls(labtape) == []


@pytest.mark.parametrize("name", ["list", "list.xml", "list.opml", "list.opml.gz", "list.txt"])
def test_a_list_is_known_by_its_content_whatever_its_name(labtape, tmp_path, name):
    body = opml("https://a.example/rss").encode()
    (tmp_path / name).write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    answer = labtape("feeds", "import", name)
    assert (answer.code, answer.out) == (0, f"{name}: 1 added, 0 there already\n")
    assert urls(labtape) == ["https://a.example/rss"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_list_may_come_from_a_pipe_and_a_feed_may_not(labtape, tmp_path):
    for body, code in ((opml("https://a.example/rss"), 0), (FEED, 2)):
        os.mkfifo(tmp_path / "pipe")
        writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(body, "utf-8"))
        writer.start()
        assert labtape("feeds", "import", "pipe").code == code
        writer.join()
        (tmp_path / "pipe").unlink()


def test_a_folder_gives_its_feeds_and_those_of_its_lists_with_all_below(labtape, tmp_path):
    (tmp_path / "all" / "more").mkdir(parents=True)
    (tmp_path / "all" / "a.opml").write_text(opml("https://a.example/rss", "https://b.example/rss"), "utf-8")
    (tmp_path / "all" / "more" / "b.opml").write_text(opml("https://b.example/rss"), "utf-8")
    (tmp_path / "all" / "more" / "wire.xml").write_text(FEED, "utf-8")
    (tmp_path / "all" / "package.json").write_text("{}", "utf-8")
    answer = labtape("feeds", "import", "all")
    assert answer.code == 1
    assert answer.out == "all: 3 added, 0 there already, 1 listed again, 1 left out\n"
    assert "all: left out: package.json: is neither an OPML list nor a feed" in answer.err


def test_what_a_list_names_and_no_feed_can_be_is_counted_and_named(labtape, tmp_path):
    (tmp_path / "secret.xml").write_text(FEED, "utf-8")
    (tmp_path / "lists" / "below").mkdir(parents=True)
    (tmp_path / "lists" / "below" / "wire.xml").write_text(FEED, "utf-8")
    (tmp_path / "lists" / "link.xml").symlink_to(tmp_path / "secret.xml")
    left_out = [
        "ftp://me:pw@c.example/rss", "c.example/rss", "file:///etc/passwd", "../secret.xml", "link.xml", "http:///rss", "%2e%2e/secret.xml",
        (tmp_path / "secret.xml").as_uri(),
    ]  # fmt: skip
    (tmp_path / "lists" / "a.opml").write_text(opml("below/wire.xml", *left_out), "utf-8")
    answer = labtape("feeds", "import", "lists/a.opml")
    assert answer.code == 1
    assert answer.out == f"lists/a.opml: 1 added, 0 there already, {len(left_out)} left out\n"
    assert urls(labtape) == [(tmp_path / "lists" / "below" / "wire.xml").as_uri()]
    assert "ftp://c.example/rss" in answer.err
    assert "pw" not in answer.err
    assert "did you mean https://c.example/rss?" in answer.err


def test_an_address_in_another_spelling_is_the_same_feed_and_has_no_password(labtape, tmp_path):
    spelled = ["HTTPS://C.example/rss", "https://c.example:443/rss", "https://me:secret@c.example/rss#top"]
    (tmp_path / "a.opml").write_text(opml(*spelled), "utf-8")
    answer = labtape("feeds", "import", "a.opml")
    assert (answer.code, answer.out) == (0, "a.opml: 1 added, 0 there already, 2 listed again\n")
    assert "without user and password" in answer.err
    assert "secret" not in answer.err
    for address in spelled:
        assert "already there" in labtape("feeds", "add", address).out
    assert urls(labtape) == ["https://c.example/rss"]


def test_a_list_that_ends_in_the_middle_gives_what_stands_before(labtape, tmp_path):
    cut = opml(
        "https://a.example/rss", "https://b.example/rss", end='<outline type="rss" xmlUrl="https://c.exa'
    )
    (tmp_path / "a.opml").write_text(cut, "utf-8")
    answer = labtape("feeds", "import", "a.opml")
    assert (answer.code, answer.out) == (1, "a.opml: 2 added, 0 there already\n")
    assert "ends in the middle" in answer.err


@pytest.mark.parametrize("words", [("feeds", "import"), ("crawl", "--dry-run", "--feeds")], ids=" ".join)
def test_one_bad_source_stops_no_other_and_ends_with_1_all_bad_ones_with_2(labtape, tmp_path, words):
    (tmp_path / "a.opml").write_text(opml("https://a.example/rss"), "utf-8")
    option = [words[-1]] if words[-1].startswith("-") else []
    some = labtape(*words, "gone.opml", *option, "a.opml")
    assert (some.code, some.err.count("gone.opml")) == (1, 1)
    assert "a.opml" in some.out or "https://a.example/rss" in some.out
    none = labtape(*words, "gone.opml", *option, "lost.opml")
    assert (none.code, none.out, none.err.count("no such file")) == (2, "", 2)


def test_a_feed_that_is_added_again_says_what_changed(labtape):
    labtape("feeds", "add", "https://a.example/rss", "--title", "Wire")
    again = labtape("feeds", "add", "https://a.example/rss", "--pages", "always", "--title", "The Wire")
    assert "already there; title is now The Wire (was Wire)" in again.out
    assert "pages is now always (was as in the settings)" in again.out
    assert labtape("feeds", "add", "https://a.example/rss").out == "https://a.example/rss: already there\n"
    shown = labtape("feeds", "list").out
    assert "always" in shown
    assert "The Wire" in shown


@pytest.mark.parametrize("command", ["add", "discover"])
def test_an_address_without_its_scheme_is_asked_about(labtape, command):
    answer = labtape("feeds", command, "example.com/feed")
    assert answer.code == 2
    assert "did you mean https://example.com/feed?" in answer.err


def test_a_feed_that_is_active_is_not_taken_up_again(labtape):
    labtape("feeds", "add", "https://a.example/rss")
    answer = labtape("feeds", "resume", "HTTPS://A.example/rss")
    assert (answer.code, answer.out) == (0, "HTTPS://A.example/rss: is active already\n")
    for unknown in ("http://[", "wire", "https://b.example/rss"):
        assert labtape("feeds", "resume", unknown).code == 2


@pytest.mark.parametrize("length", ["0s", "0.0h", "1x", "90", "-1h"])
def test_a_watch_is_given_a_length_of_time(labtape, length):
    answer = labtape("watch", f"--for={length}")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "90s, 10m, 1.5h, 7d, 2w" in answer.err


def test_a_prune_says_which_ages_it_takes(labtape):
    labtape("feeds", "add", "https://a.example/rss")
    answer = labtape("db", "prune", "--polls", "90")
    assert answer.code == 2
    assert "--polls" in answer.err
    assert "90d" in answer.err


# ---------------------------------------------------------------- rows

LONG = "https://www.the-daily-harbour.example/sections/technology/artificial-intelligence/feed/rss.xml"
ROWS = [
    Row(("failing", "never", "11-22 00:10"), LONG, "failed 3 times in a row (http); there never was a good answer: answered 404"),
    Row(("ok", "23:10", "11-22 01:16"), "https://a.example/rss"),
]  # fmt: skip
HEADING = Heading(("health", "success", "next"))


def text_of(width):
    return [line.text for line in lines_of(HEADING, ROWS, width=width)]


@pytest.mark.parametrize("width", [50, 80, 120, 200])
def test_a_terminal_shows_words_times_and_reasons_whole_and_no_line_is_too_long(width):
    lines = text_of(width)
    assert max(map(len, lines)) <= width
    whole = " ".join(" ".join(lines).split())
    assert "failing never 11-22 00:10" in whole
    assert "there never was a good answer: answered 404" in whole
    assert any("daily-harbour" in line and "rss.xml" in line for line in lines)


def test_a_pipe_gets_a_line_a_feed_with_nothing_cut_and_no_blanks_at_the_end():
    lines = text_of(None)
    assert len(lines) == 3
    assert LONG in lines[1]
    assert lines[1].endswith(ROWS[0].below)
    assert all(line == line.rstrip() for line in lines)
