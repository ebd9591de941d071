"""The commands that go out for news, against a server on loopback."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
import typer

from labtape.cli.stopping import stopped_by_signals
from labtape.store import other_crawler

TEXT = "Moonshot AI says that its new model answers questions about long documents. " * 8


def rss(*titles):
    hour_ago = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    items = "".join(
        f"<item><title>{title}</title><link>http://127.0.0.1/{n}</link><guid>{n}</guid>"
        f"<pubDate>{hour_ago}</pubDate><description>{TEXT}</description></item>"
        for n, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()


class Site(ThreadingHTTPServer):
    """Serves what is in `pages`, anything else is a 404; remembers paths and when they were asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.pages = {}
        self.asked = []

    @property
    def place(self):
        return f"127.0.0.1:{self.server_port}"

    def url(self, path):
        return f"http://{self.place}{path}"

    def opml(self, file, *paths):
        outlines = "".join(f'<outline type="rss" xmlUrl="{self.url(path)}"/>' for path in paths)
        file.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', "utf-8")
        return file


class Answering(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.asked.append((self.path, time.monotonic()))
        body = self.server.pages.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")


@pytest.fixture
def site():
    with Site() as site:
        Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield site
        site.shutdown()


def test_a_dry_run_says_when_each_feed_would_be_asked_and_fetches_and_keeps_nothing(labtape, site, tmp_path):
    feeds = site.opml(tmp_path / "feeds.opml", "/a", "/b", "/c")
    answer = labtape("crawl", "--dry-run", "--feeds", feeds)
    assert answer.code == 0
    assert [line.count(site.place) for line in answer.out.splitlines()] == [0, 1, 1, 1]
    assert "3 feeds on 1 host: 3 at once, 0 later, 0 never" in answer.err
    rows = json.loads(labtape("crawl", "--dry-run", "--json", "--feeds", feeds).out)["visits"]
    times = [datetime.fromisoformat(row["at"]) for row in rows]
    assert [round((at - times[0]).total_seconds()) for at in times] == [0, 1, 2]
    assert site.asked == []
    assert labtape("feeds", "list", "--json").out.strip() == "[]"
    assert [file.name for file in tmp_path.iterdir()] == ["feeds.opml"]


def test_a_dry_run_and_whoever_looks_leave_a_database_as_it_is(labtape, site, tmp_path):
    feeds = site.opml(tmp_path / "feeds.opml", "/a", "/b")
    labtape("feeds", "import", feeds)
    before = (tmp_path / "labtape.db").read_bytes()
    more = site.opml(tmp_path / "more.opml", "/c")
    site.pages["/"] = rss("Kimi K3 is out")
    for words in (
        ["crawl", "--dry-run"], ["crawl", "--dry-run", "--feeds", more], ["feeds", "list"], ["feeds", "health"],
        ["feeds", "export"], ["digest"], ["shares"], ["db"], ["db", "check"], ["feeds", "discover", site.url("/"), "--allow-private", site.place],
    ):  # fmt: skip
        assert labtape(*words).code in (0, 1), words
    assert (tmp_path / "labtape.db").read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["feeds.opml", "labtape.db", "more.opml"]


@pytest.mark.parametrize("words", [["crawl"], ["run"], ["watch", "--for", "1s", "--no-score"]])
def test_a_second_crawler_is_told_of_the_first_and_goes_on(labtape, words):
    with other_crawler("sqlite:///labtape.db"):
        answer = labtape("--bundle", "rules", *words)
    assert answer.code == 0
    first = answer.err.splitlines()[0]
    assert re.fullmatch(
        r"labtape: sqlite:///labtape\.db: process \d+ on \S+ crawls with it already; both go on, and ask every server twice",
        first,
    )
    assert "crawls with it already" not in labtape("--bundle", "rules", *words).err
    with other_crawler("sqlite:///labtape.db"):
        assert "crawls with it already" not in labtape("crawl", "--dry-run").err


def test_a_channel_that_cannot_work_is_told_before_anything_is_asked(labtape, site, tmp_path):
    feeds = site.opml(tmp_path / "feeds.opml", "/a")
    (tmp_path / "labtape.toml").write_text('[deliver.file]\npth = "digest.html"\n', "utf-8")
    for command in ("run", "crawl", "watch"):
        answer = labtape(command, "--feeds", feeds, "--allow-private", site.place)
        assert (answer.code, answer.err.count("\n")) == (2, 1)
        assert "labtape.toml: [deliver.file]: no option 'pth'; have: path" in answer.err
    assert site.asked == []
    assert not (tmp_path / "labtape.db").exists()


def test_a_private_host_is_asked_only_where_it_is_named(labtape, site, tmp_path):
    site.pages["/a"] = rss("Kimi K3 is out")
    feeds = site.opml(tmp_path / "feeds.opml", "/a")
    refused = labtape("crawl", "--feeds", feeds)
    assert (refused.code, site.asked) == (1, [])
    assert "allow_private" in refused.err
    assert labtape("crawl", "--allow-private", site.place).code == 0
    assert [path for path, _ in site.asked] == ["/a"]


def test_a_crawl_now_asks_again_one_of_what_is_due_does_not(labtape, site, tmp_path):
    site.pages["/a"] = rss("Kimi K3 is out")
    feeds = site.opml(tmp_path / "feeds.opml", "/a")
    options = ("--allow-private", site.place)
    assert "1 article new or changed" in labtape("crawl", *options, "--feeds", feeds).err
    due = labtape("crawl", *options, "--due", "--json")
    assert json.loads(due.out)["skipped"] == [{"feed": site.url("/a"), "why": "not due"}]
    assert "1 feed unchanged" in labtape("crawl", *options).err
    assert len(site.asked) == 2


def test_health_tells_the_well_from_the_failing_and_ends_with_1_for_these(labtape, site, tmp_path):
    site.pages |= {"/a": rss("Kimi K3 is out"), "/b": b"<html><body>Hello</body></html>"}
    feeds = site.opml(tmp_path / "feeds.opml", "/a", "/b", "/c")
    labtape("crawl", "--allow-private", site.place, "--feeds", feeds)
    answer = labtape("feeds", "health", "--json")
    rows = {row["url"].rpartition("/")[2]: row for row in json.loads(answer.out)}
    assert answer.code == 1
    assert {name: row["word"] for name, row in rows.items()} == {"a": "ok", "b": "failing", "c": "failing"}
    assert [rows[name]["last_error_kind"] for name in "abc"] == [None, "read_html", "http"]
    shown = labtape("feeds", "health")
    assert "404" in shown.out
    assert "3 feeds: 2 failing, 1 ok" in shown.err


def test_a_page_gives_away_its_feeds(labtape, site):
    site.pages |= {
        "/": b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>',
        "/feed.xml": rss("Kimi K3 is out", "Qwen rises"),
    }
    answer = labtape("feeds", "discover", site.url("/"), "--add", "--allow-private", site.place)
    assert answer.out.split()[0] == site.url("/feed.xml")
    assert "2 entries" in answer.out
    assert [f["url"] for f in json.loads(labtape("feeds", "list", "--json").out)] == [site.url("/feed.xml")]


def test_a_site_without_feeds_is_said_to_have_none(labtape, site):
    site.pages["/blog"] = b"<html><body>Hello</body></html>"
    answer = labtape("feeds", "discover", site.url("/blog"), "--allow-private", site.place)
    assert (answer.code, answer.out) == (1, "")
    assert "advertises no feed" in answer.err


def test_a_suspended_feed_is_taken_up_again(labtape, site, tmp_path):
    feeds = site.opml(tmp_path / "feeds.opml", "/a")
    (tmp_path / "labtape.toml").write_text("[fetch]\ndelay = 0\n", "utf-8")
    for _ in range(10):
        labtape("crawl", "--allow-private", site.place, "--feeds", feeds)
    assert "1 suspended" in labtape("crawl", "--allow-private", site.place).err
    site.pages["/a"] = rss("Kimi K3 is out")
    assert labtape("feeds", "resume", site.url("/a")).code == 0
    assert "1 article new or changed" in labtape("crawl", "--allow-private", site.place).err
    assert labtape("feeds", "resume", "https://unknown.example/").code == 2


def test_what_the_options_cannot_mean_is_one_line(labtape):
    for words, message in [
        (("watch", "--for", "soon"), "'soon' is no length of time"),
        (("crawl", "--allow-private", "127.0.0.1"), "127.0.0.1"),
        (("feeds", "add", "https://a.example/", "--pages", "sometimes"), "none of short, always, never"),
    ]:
        answer = labtape(*words)
        assert answer.code == 2
        assert message in answer.err
        assert answer.err.count("\n") == 1


def watching(site, tmp_path, *options):
    command = [sys.executable, "-m", "labtape", "watch", "--allow-private", site.place, *options]
    return subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_watch_visits_scores_serves_metrics_and_ends_cleanly_on_sigterm(labtape, site, tmp_path):
    site.pages["/a"] = rss("Kimi K3 is out")
    feeds = site.opml(tmp_path / "feeds.opml", "/a", "/gone")
    with watching(site, tmp_path, "--feeds", str(feeds), "--metrics-port", "0") as process:
        first = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/metrics", first)[0]
        lines = [process.stdout.readline() for _ in range(3)]
        deadline = time.monotonic() + 20
        while 'labtape_feeds{health="ok"} 1.0' not in (metrics := read(address)):
            assert time.monotonic() < deadline, metrics
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    assert any("1 new of 1" in line for line in lines)
    assert any("Kimi K3 is out" in line for line in lines)
    assert 'labtape_polls_total{error="http",kind="feed",status="failed"} 1.0' in metrics
    words = {row["url"][-1]: row["word"] for row in json.loads(labtape("feeds", "health", "--json").out)}
    assert words == {"a": "ok", "e": "failing"}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_is_interrupted_says_so_and_goes_on_the_next_time(labtape, site, tmp_path, number):
    site.pages |= {f"/{n}": rss(f"Story {n}") for n in range(30)}
    feeds = site.opml(tmp_path / "feeds.opml", *site.pages)
    command = [sys.executable, "-m", "labtape", "crawl", "--allow-private", site.place, "--feeds", str(feeds)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while len(site.asked) < 3:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(timeout=5) == 128 + number
        assert process.stderr.read() == "labtape: interrupted; what was fetched so far is kept\n"
    (tmp_path / "labtape.toml").write_text("[fetch]\ndelay = 0\n", "utf-8")
    again = labtape("crawl", "--due", "--allow-private", site.place)
    assert again.code == 0
    assert 20 < int(re.match(r"(\d+) feeds", again.err)[1]) <= 29


def read(address):
    with urllib.request.urlopen(address, timeout=5) as answer:
        return answer.read().decode()


def test_a_page_that_fails_is_named_once_and_the_counts_say_why_it_did(labtape, site, tmp_path):
    site.pages["/a"] = (
        rss("Kimi K3 is out")
        .replace(TEXT.encode(), b"Out.")
        .replace(b"http://127.0.0.1/0", site.url("/gone").encode())
    )
    feeds = site.opml(tmp_path / "feeds.opml", "/a")
    answer = labtape("crawl", "--allow-private", site.place, "--feeds", feeds)
    assert answer.code == 0
    assert (
        "1 feed: 1 article new or changed, 0 feeds unchanged, 0 failed; 0 of 1 page read (1 http)"
        in answer.err
    )
    site.pages["/robots.txt"] = b"User-agent: *\nDisallow: /gone\n"
    command = ("watch", "--allow-private", site.place, "--for", "2s", "--no-score", "--verbose")
    watched = labtape("--database", "sqlite:///other.db", *command, "--feeds", feeds)
    assert watched.code == 0
    assert watched.out.count(site.url("/gone")) == 1
    assert (
        "stopped after 1 visit: 1 new article, 0 revised, 0 texts of 0 pages, 1 refused by robots.txt"
        in watched.err
    )


def test_the_first_signal_asks_a_watch_to_stop_and_the_second_ends_it_with_one_line(capfd):
    stop = Event()
    with pytest.raises(typer.Exit) as ended, stopped_by_signals(stop):
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(1)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
    assert ended.value.exit_code == 130
    asked, at_once = capfd.readouterr().err.splitlines()
    assert asked == "stopping; Ctrl-C again ends at once"
    assert at_once.startswith("labtape: ended at once")
