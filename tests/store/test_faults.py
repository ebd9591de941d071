"""Fault 17 of CRAWLING.md: kill −9, a full disk, a locked or read-only database. Real files, real processes."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from contracts.made import FEED, arrival, article, page_of, poll, visit
from labtape.exceptions import StoreError
from labtape.ports import FeedState
from labtape.store import open_store
from labtape.store.sql import SqlStore
from labtape.types import Feed

TESTS = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open_sqlite(path, busy=0.3)) as store:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(body_hash="kept"), [article("kept")], FeedState(FEED, n_visits=1))])
        yield store


def is_as_before(store: SqlStore) -> bool:
    whole = [p.body_hash for p in store.polls(FEED)] == ["kept"] and store.feed_states() == (
        FeedState(FEED, n_visits=1),
    )
    return whole and [a.id for a in store.articles()] == ["kept"] and store.check() == ()


BIG = visit(
    poll(body_hash="big"), [article(str(n), text="x" * 9000) for n in range(400)], FeedState(FEED, n_visits=2)
)


def with_pragma(store: SqlStore, pragma: str) -> None:
    store._engine.dispose()
    event.listen(store._engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))


# ---------------------------------------------------------------- a full disk

FULL = """
import os, resource, sys
from contracts.made import FEED
from store.test_faults import BIG, is_as_before
from labtape.exceptions import StoreError
from labtape.store.sql import SqlStore
from pathlib import Path
path = Path(sys.argv[1])
store = SqlStore.open_sqlite(path)
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + int(sys.argv[2]), unlimited[1]))
try:
    store.save_visits([BIG])
except StoreError as e:
    print(e)
    assert is_as_before(store)
resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
assert len(store.save_visits([BIG])) == 400
assert store.check() == ()
print([p.body_hash for p in store.polls(FEED)], store.feed_states()[0].n_visits)
"""


@pytest.mark.parametrize("room", [0, 40_000, 1_000_000])
def test_a_file_that_may_not_grow_keeps_what_it_had_and_goes_on_when_it_may(
    store: SqlStore, path: Path, room: int
) -> None:
    """As on a full disk: the write fails in the middle of the transaction."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(room)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, after = done.stdout.splitlines()
    assert said == f"{path}: disk I/O error; is the disk full or gone? Nothing of this step was kept"
    assert after == "['kept', 'big'] 2"


def test_a_full_database_says_so_and_keeps_what_it_had(store: SqlStore, path: Path) -> None:
    with_pragma(store, "max_page_count = 40")
    with pytest.raises(
        StoreError, match=r"tape\.db: database or disk is full; make room, nothing of this step was kept$"
    ):
        store.save_visits([BIG])
    assert is_as_before(store)


def test_of_a_list_of_feeds_a_full_database_keeps_none(store: SqlStore, path: Path) -> None:
    with_pragma(store, "max_page_count = 40")
    many = [Feed(f"https://feeds.example/{n}.xml", "A title. " * 200) for n in range(500)]
    with pytest.raises(StoreError, match=r"make room, nothing of this step was kept$"):
        store.add_feeds(many)
    assert is_as_before(store)
    assert store.feeds() == (Feed(FEED),)


# ---------------------------------------------------------------- locked and read-only

HOLDER = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def lock_of_another_process(path: Path) -> Iterator[None]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        assert holder.stdin is not None
        holder.stdin.close()


def test_a_locked_database_is_waited_for_and_then_named(store: SqlStore, path: Path) -> None:
    with lock_of_another_process(path):
        began = time.monotonic()
        with pytest.raises(
            StoreError, match=r"tape\.db: another process writes to it and did not finish within 0\.3 s; try"
        ):
            store.save_visits([BIG])
        assert time.monotonic() - began >= 0.3
        assert is_as_before(store)  # readers do not wait
    assert len(store.save_visits([BIG])) == 400


def test_a_database_that_turned_read_only_is_named_and_can_be_read(store: SqlStore) -> None:
    with_pragma(store, "query_only = ON")
    with pytest.raises(
        StoreError, match=r"tape\.db: cannot be written to; make the file and its folder writable$"
    ):
        store.save_visits([BIG])
    assert is_as_before(store)


# ---------------------------------------------------------------- kill −9

WRITER = """
import sys
from contracts.made import FEED, arrival, poll, visit
from labtape.ports import FeedState
from labtape.store import open_store
store = open_store(sys.argv[1])
n = store.feed_states()[0].n_visits
print("begun", flush=True)
while True:
    n += 1
    came = [arrival(f"{n} {m}", f"url|{n} {m}", text=f"{n} {m} " * 300) for m in range(9)]
    store.save_visits([visit(poll(body_hash=str(n)), came, FeedState(FEED, body_hash=str(n), n_visits=n))])
"""


@pytest.mark.parametrize("times", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_at_any_moment_nothing_is_half_there(path: Path, times: int) -> None:
    """Polls, articles, keys and the feed's state are of the same visit, whenever the writer dies."""
    chance = random.Random(17)
    with closing(SqlStore.open_sqlite(path)) as store:
        store.add_feed(Feed(FEED))
        for _ in range(times):
            command = [sys.executable, "-c", WRITER, f"sqlite:///{path}"]
            with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE) as writer:
                assert writer.stdout is not None
                writer.stdout.readline()
                time.sleep(chance.uniform(0.0, 0.15))
                writer.kill()
            state, polls = store.feed_states()[0], store.polls(FEED)
            assert [p.body_hash for p in polls] == [str(n + 1) for n in range(state.n_visits)]
            assert len(list(store.articles())) == 9 * state.n_visits
            assert [one.article.id for one in store.sightings(FEED)] == [
                f"{state.n_visits} {m}" for m in range(9) if state.n_visits
            ]
            assert store.check() == ()
        assert state.n_visits > times


# ---------------------------------------------------------------- check


def test_a_row_that_points_nowhere_is_a_line(store: SqlStore, path: Path) -> None:
    store.save_visits([visit(poll(), [arrival("a", "url|x"), arrival("b")]), page_of("a", shown="Short.")])
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            "DELETE FROM revisions WHERE article = (SELECT article FROM articles WHERE article_id = 'b')"
        )
        raw.execute("DELETE FROM articles WHERE article_id = 'kept'")
        raw.execute("UPDATE articles SET revision = 1 WHERE article_id = 'a'")
        raw.commit()
    assert store.check() == (
        "revisions: 1 row without their row in articles",
        "sightings: 1 row without their row in revisions",
        "articles: 1 without the revision they name as the latest: 'b'",
        "articles: 1 with a later revision than they name: 'a'",
    )


def test_a_broken_file_is_told_page_by_page(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.save_visits([BIG])
        store.vacuum()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 50_000)
    with closing(open_store(f"sqlite:///{path}")) as store:
        problems = store.check()
    assert problems
    assert all("\n" not in line for line in problems)


# ---------------------------------------------------------------- backup


def test_a_copy_is_whole_while_another_process_writes(path: Path, tmp_path: Path) -> None:
    with closing(SqlStore.open_sqlite(path)) as store:
        store.add_feed(Feed(FEED))
        command = [sys.executable, "-c", WRITER, f"sqlite:///{path}"]
        with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            for n in range(3):
                store.backup(tmp_path / f"copy{n}.db")
            writer.kill()
    for n in range(3):
        with closing(open_store(f"sqlite:///{tmp_path / f'copy{n}.db'}")) as copy:
            assert copy.check() == ()
            visits = copy.feed_states()[0].n_visits
            assert len(copy.polls(FEED)) == visits
            assert len(list(copy.articles())) == 9 * visits


def test_a_copy_goes_over_nothing_and_leaves_no_part_behind(store: SqlStore, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("precious")
    for wrong, said in ((there, "is there already"), (tmp_path / "no" / "copy.db", "there is no folder")):
        with pytest.raises(StoreError, match=said):
            store.backup(wrong)
    assert there.read_text() == "precious"
    store.backup(tmp_path / "copy.db")
    assert sorted(p.name for p in tmp_path.iterdir() if "tape" not in p.name) == ["copy.db", "there"]


def test_a_copy_that_finds_no_room_leaves_nothing(store: SqlStore, tmp_path: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path; from labtape.store.sql import SqlStore\n"
        "store = SqlStore.open_sqlite(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "store.backup(Path(sys.argv[2]))"
    )
    arguments = [str(tmp_path / "tape.db"), str(tmp_path / "copy.db")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert "labtape.exceptions.StoreError" in done.stderr.splitlines()[-1]
    assert [p.name for p in tmp_path.iterdir() if "copy" in p.name] == []


# ---------------------------------------------------------------- room


def test_the_room_of_what_was_forgotten_is_given_back(store: SqlStore, path: Path) -> None:
    store.save_visits([BIG])
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(
            "DELETE FROM sightings; DELETE FROM article_keys; DELETE FROM revisions; DELETE FROM articles;"
        )
    before = store.inventory()["bytes"]
    store.vacuum()
    assert store.inventory()["bytes"] < before / 4
    assert path.stat().st_size < before / 4
