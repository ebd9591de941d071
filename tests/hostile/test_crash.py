"""Faults 17 and 19: killed at any moment, no disk, locked, a clock that jumps, told to stop."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from labtape.ports import Poll, Visit
from labtape.store import open_store
from labtape.types import Validators

from .churn import Tide, edited, grown, name, withdrawn
from .feeds import titles
from .runs import Tape, children, ended, living
from .stations import Station, kinds, serving
from .wire import Server

pytestmark = pytest.mark.slow

KILLS = 52
SEED = 17
FEEDS = tuple(
    (f"/churn/{kind}/{host}", host)
    for host, kind in enumerate(("grow", "short", "edit", "withdraw", "grow", "short", "grow", "edit", "short", "withdraw", "grow", "moves"), 1)
)  # fmt: skip


@pytest.fixture
def churning() -> Iterator[Server]:
    """A server on twelve hosts whose feeds change every two seconds."""
    with serving(12) as server:
        Tide(server, 2.0)
        yield server


def shown(url: str, etag: str | None) -> list[tuple[str, str]]:
    """Titles, and a word that the text must hold, of all that a feed showed in the version of this ETag."""
    if etag is None:
        return []
    parts = urlsplit(url)
    _, _, kind, host = parts.path.split("/")
    kind = "grow" if kind == "moves" else kind
    base, version = f"http://{parts.netloc}", int(etag.strip('"v'))
    key = f"churn-{kind}-{host}-{parts.hostname.rpartition('.')[2]}"
    if kind == "edit":
        return [
            (i.title, f"for the {name(version)} time" if "Corrected" in i.text else "")
            for i in edited(key, base, version)
        ]
    entries = (
        withdrawn(key, base, version)
        if kind == "withdraw"
        else grown(key, base, version, short=kind == "short")
    )
    return [(item.title, "") for item in entries]


def faults(tape: Tape) -> list[str]:
    """What is wrong with a database: broken, twice, or with validators ahead of the entries they stand for."""
    if not tape.file.exists():
        return []
    found = [line for line in tape.integrity() if line != "ok"]
    etags, articles = tape.kept()
    found += [f"id twice: {i}" for i, n in Counter(a.id for a in articles).items() if n > 1]
    found += [f"title twice: {t}" for t, n in Counter(a.title for a in articles).items() if n > 1]
    texts = {a.title: a.text for a in articles}
    for url, etag in etags.items():
        entries = shown(url, etag)
        found += [f"{url} {etag}: lost {t!r}" for t, _ in entries if t not in texts]
        found += [f"{url} {etag}: old text of {t!r}" for t, word in entries if word not in texts.get(t, word)]
    return found


@pytest.mark.fault(17)
def test_the_check_sees_what_it_is_there_for(churning: Server, tmp_path: Path) -> None:
    """Validators that are ahead of the entries, and an entry that is there twice, are found."""
    tape = Tape(tmp_path, churning, pages="never")
    assert tape.run("crawl", "--feeds", str(tape.write_list(FEEDS[:2]))).returncode == 0
    assert faults(tape) == []
    store = open_store(tape.url)
    state, other = store.feed_states()
    ahead = replace(state, validators=Validators(etag='"v99"'))
    store.save_states([ahead])
    assert any(line.startswith(state.url) and "lost" in line for line in faults(tape))
    store.save_states([state])
    arrival = store.sightings(other.url)[0]
    again = replace(
        arrival, article=replace(arrival.article, id="another", text="Other words."), keys=("another",)
    )
    now = datetime.now(UTC)
    store.save_visits([Visit(Poll(other.url, now, "new"), replace(other, last_visit_at=now), (again,))])
    store.close()
    assert any("twice" in line for line in faults(tape))


@pytest.mark.fault(17)
@pytest.mark.timeout(300)
def test_killed_at_fifty_random_moments_nothing_is_lost_and_nothing_is_twice(
    churning: Server, tmp_path: Path
) -> None:
    """Moments are drawn over all that a run does: after a while, or after so many requests and a moment more."""
    tape = Tape(tmp_path, churning)
    opml = tape.write_list(FEEDS)
    draw = random.Random(SEED)
    killed, seen, moments = 0, set(), Counter()
    usual = 2.0  # seconds a whole run takes, learned
    while killed < KILLS:
        began, n_before = time.monotonic(), len(churning.log)
        process = tape.start("crawl", "--feeds", str(opml))
        moment = draw.choice(
            ("start", "start", "feeds", "feeds", "feeds", "pages", "pages", "any", "any", "end")
        )
        if moment == "start":
            time.sleep(draw.uniform(0.0, 0.7))
        elif moment == "any":
            time.sleep(draw.uniform(0.3, usual))
        else:
            n = {"feeds": draw.randint(1, 13), "pages": draw.randint(13, 40), "end": 10_000}[moment]
            while (
                process.poll() is None
                and len(churning.log) - n_before < n
                and time.monotonic() - began < usual
            ):
                time.sleep(0.002)
            time.sleep(draw.uniform(0.0, 0.15))
        seen |= children(process.pid)
        if process.poll() is None:
            process.kill()
            killed += 1
            moments[moment] += 1
        else:
            usual = max(0.5, 0.9 * (time.monotonic() - began))
            assert process.returncode in (0, 1), process.stderr.read().decode()[-2000:]
        process.communicate()
        assert faults(tape) == [], f"after kill {killed} ({moment})"
    assert all(moments[m] >= 3 for m in ("start", "feeds", "any")), moments

    final = churning.notes["tide"].hold()
    done = tape.run("crawl", "--feeds", str(opml), "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    assert faults(tape) == []
    etags, articles = tape.kept()
    assert {u: e for u, e in etags.items() if e != f'"v{final}"'} == {}
    counted = Counter(a.title for a in articles)
    assert [t for url, etag in etags.items() for t, _ in shown(url, etag) if counted[t] != 1] == []
    assert any("full_text" in a.flags for a in articles), "no page was ever kept"
    check = tape.run("db", "check")
    assert check.returncode == 0, check.stdout + check.stderr
    assert ended(seen, seconds=12.0), f"left over: {living(seen)}"


# ---------------------------------------------------------------- 19


SLOW = (("/1/drip-body", 11), ("/1/silent", 12), ("/1/drip-headers", 10))


@pytest.mark.fault(19)
@pytest.mark.parametrize("command", ["crawl", "watch", "run"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_in_the_middle_it_ends_soon_and_goes_on_later(
    command: str, number: signal.Signals, churning: Server, tmp_path: Path
) -> None:
    """Stopped while three hosts drip and others are being kept: what is ready is kept, nothing hangs, the rest comes next."""
    tape = Tape(tmp_path, churning, deadline=20.0)
    opml = tape.write_list((*FEEDS[:9], *SLOW))
    process = tape.start(command, "--feeds", str(opml))
    until = time.monotonic() + 20
    while time.monotonic() < until and (
        sum(len(churning.hits(p)) for p, _ in SLOW) < 3 or not tape.has_articles()
    ):
        time.sleep(0.05)
    assert process.poll() is None, "ended before it was told to"
    workers = children(process.pid)
    began = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    took = time.monotonic() - began
    text = err.decode()
    assert took < 10.0, f"took {took:.1f} s to stop"  # a model that is being loaded for scoring is waited for
    assert "Traceback" not in text, text[-2000:]
    assert process.returncode == (0 if command == "watch" else 128 + number), text[-500:]
    assert ended(workers, seconds=3.0), f"left over: {living(workers)}"
    assert faults(tape) == []
    _, articles = tape.kept()
    assert articles, "what was ready was not kept"

    churning.notes["tide"].hold()
    again = Tape(tmp_path, churning, deadline=1.0)
    done = again.run("crawl")
    assert done.returncode == 1, done.stderr  # the three slow ones
    assert faults(again) == []
    etags, articles = again.kept()
    counted = Counter(a.title for a in articles)
    wanted = [t for url, etag in etags.items() if "/churn/" in url for t, _ in shown(url, etag)]
    assert len(wanted) > 30
    assert [t for t in wanted if counted[t] != 1] == []


@pytest.mark.fault(19)
def test_a_watch_goes_on_where_it_was_stopped(churning: Server, tmp_path: Path) -> None:
    """A second watch does not ask again for what is not due."""
    tape = Tape(tmp_path, churning)
    opml = tape.write_list(FEEDS[:9])
    first = tape.run("watch", "--feeds", str(opml), "--for", "3s", "--no-score")
    assert first.returncode == 0, first.stderr
    n = len([h for h in churning.log if h.path.startswith("/churn/")])
    assert n >= 9
    second = tape.run("watch", "--for", "2s", "--no-score")
    assert second.returncode == 0, second.stderr
    asked = [h.path for h in churning.log if h.path.startswith("/churn/")][n:]
    assert asked == []


# ---------------------------------------------------------------- 17: disk, locks, clock


def assert_told(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line says what is wrong, and where; no traceback."""
    assert done.returncode == 2, (done.returncode, done.stderr[-2000:])
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    last = done.stderr.strip().splitlines()[-1]
    assert "tape.db" in last, last
    assert any(word in last.lower() for word in words), last


def complete(tape: Tape, server: Server) -> None:
    """One more run, undisturbed, has everything once."""
    server.notes["tide"].hold()
    done = tape.run("crawl", "--feeds", str(tape.write_list(FEEDS)))
    assert done.returncode == 0, done.stderr[-2000:]
    assert faults(tape) == []
    etags, articles = tape.kept()
    counted = Counter(a.title for a in articles)
    wanted = [t for url, etag in etags.items() for t, _ in shown(url, etag)]
    assert len(wanted) > 40
    assert [t for t in wanted if counted[t] != 1] == []
    assert tape.run("db", "check").returncode == 0


LIMITED = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.mark.fault(17)
@pytest.mark.parametrize("room", [0, 60_000])
def test_no_file_may_grow_any_more(room: int, churning: Server, tmp_path: Path) -> None:
    """The limit on the size of files stands for a full disk, with so many bytes left."""
    tape = Tape(tmp_path, churning, pages="never")
    tape.write_list(FEEDS[:1])
    assert tape.run("crawl", "--feeds", str(tmp_path / "feeds.opml")).returncode == 0
    opml = tape.write_list(FEEDS)
    before = (sys.executable, "-c", LIMITED, str(room + 1))
    done = tape.run("crawl", "--feeds", str(opml), before=before)
    assert_told(done, "full", "disk", "large", "i/o", "space")
    assert faults(tape) == []
    complete(tape, churning)


def unshared(script: str, *arguments: str) -> tuple[str, ...]:
    """A shell with mounts of its own, gone with it; skips where that is not permitted."""
    user = () if os.geteuid() == 0 else ("--map-root-user",)
    start = ("unshare", *user, "--mount")
    try:
        allowed = subprocess.run(
            [*start, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
        )
    except OSError:
        pytest.skip("needs unshare")
    if allowed.returncode:
        pytest.skip("no mounts of one's own are permitted here")
    return (*start, "sh", "-c", script, "sh", *arguments)


@pytest.mark.fault(17)
def test_a_full_disk_is_told_and_loses_nothing(churning: Server, tmp_path: Path) -> None:
    """A file system of a megabyte; what is in it at the end is what counts."""
    tape = Tape(tmp_path / "disk", churning, pages="never")
    tape.folder.mkdir()
    opml = tape.write_list(FEEDS)
    opml.rename(tmp_path / "feeds.opml")
    kept = tmp_path / "kept"
    kept.mkdir()
    script = 'mount -t tmpfs -o size=600k none "$1" && cd "$1" && shift && kept="$1" && shift && "$@"; code=$?; cp -a . "$kept"; exit $code'
    before = unshared(script, str(tape.folder), str(kept))
    done = tape.run("crawl", "--feeds", str(tmp_path / "feeds.opml"), before=before)
    assert_told(done, "full", "disk", "i/o", "space")
    after = Tape(kept, churning, pages="never")
    assert faults(after) == []
    complete(after, churning)


@pytest.mark.fault(17)
def test_a_database_that_may_only_be_read_is_told_and_not_harmed(churning: Server, tmp_path: Path) -> None:
    tape = Tape(tmp_path / "disk", churning, pages="never")
    tape.folder.mkdir()
    opml = tape.write_list(FEEDS[:3])
    opml = opml.rename(tmp_path / "feeds.opml")
    assert tape.run("crawl", "--feeds", str(opml)).returncode == 0
    bytes_before = tape.file.read_bytes()
    before = unshared(
        'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && exec "$@"',
        str(tape.folder),
    )
    done = tape.run("crawl", before=before)
    assert_told(done, "read", "readonly", "writable")
    assert tape.file.read_bytes() == bytes_before
    complete(tape, churning)


@pytest.mark.fault(17)
def test_a_database_that_another_program_has_locked_is_waited_for(churning: Server, tmp_path: Path) -> None:
    tape = Tape(tmp_path, churning, pages="never")
    opml = tape.write_list(FEEDS)
    assert tape.run("crawl", "--feeds", str(opml)).returncode == 0
    time.sleep(2.1)  # the feeds have gone on
    locked, release = Event(), Event()

    def hold() -> None:
        with closing(sqlite3.connect(tape.file, timeout=30)) as db:
            db.execute("BEGIN IMMEDIATE")
            locked.set()
            release.wait(30)

    thread = Thread(target=hold, daemon=True)
    thread.start()
    locked.wait(10)
    process = tape.start("crawl")
    time.sleep(4.0)
    assert process.poll() is None, process.communicate()
    release.set()
    _, err = process.communicate(timeout=30)
    thread.join()
    assert process.returncode == 0, err.decode()[-2000:]
    assert faults(tape) == []
    complete(tape, churning)


@pytest.mark.fault(17)
def test_two_crawlers_on_one_database_lose_nothing(churning: Server, tmp_path: Path) -> None:
    tape = Tape(tmp_path, churning)
    opml = tape.write_list(FEEDS)
    both = [tape.start("crawl", "--feeds", str(opml)) for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()[-2000:]
    assert faults(tape) == []
    complete(tape, churning)


@pytest.mark.fault(17)
@pytest.mark.parametrize("jumps", [(3650, -3650), (-365, 365), (30, -60, 30), (0.5, -1, 0.5)])
def test_a_clock_that_jumps_loses_nothing_and_stops_nothing(jumps: tuple[float, ...], desk: Station) -> None:
    paths = ("/good/1", "/8/rotating", "/8/modified", "/13/one-guid", "/7/500", "/7/429-seconds")
    desk.crawl(paths)
    for days in jumps:
        desk.clock.advance(days=days)
        desk.crawl(paths)
    desk.clock.advance(minutes=90)
    kept = Counter(a.title for a in desk.desk.store.articles())
    expected = [t for path, n in (("/good/1", 10), ("/8/rotating", 10), ("/8/modified", 10), ("/13/one-guid", 5))
                for t in titles(f"{path.strip('/').replace('/', '-')}-{desk.host(path)}", n)]  # fmt: skip
    assert [t for t in expected if kept[t] != 1] == [], "lost or twice"
    assert len(kept) == len(expected)
    for path in paths:  # nobody waits for a time that was a mistake
        due = desk.state(path).due_at
        assert due is not None
        assert due - desk.clock() < timedelta(days=32), path
    desk.clock.advance(hours=26)
    visited = desk.desk.crawl(due_only=True).polls
    assert {p.feed_url for p in visited} >= {desk.url(p) for p in paths if p != "/7/429-seconds"}
    assert kinds(desk.crawl(["/good/1"]))["/good/1"].startswith(("unchanged", "new"))
