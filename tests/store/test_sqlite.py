from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from contracts.made import FEED, NOW, article, poll, record, visit
from contracts.store import StoreContract
from labtape.exceptions import StoreError
from labtape.ports import Store
from labtape.store import open_store
from labtape.store.sql import SqlStore
from labtape.types import Feed, Story


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.db"


def opened(path: Path) -> Store:
    return open_store(f"sqlite:///{path}")


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, path: Path) -> Iterator[Store]:
        store = opened(path)
        yield store
        store.close()


def test_what_was_kept_is_there_when_opened_again(path: Path) -> None:
    with closing(opened(path)) as store:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")])
    with closing(opened(path)) as store:
        assert store.feeds() == (Feed(FEED),)
        assert store.article("a") == article("a")
        assert store.record("a") == record("a")


def test_the_file_is_in_wal_mode_and_every_commit_reaches_the_disk(path: Path) -> None:
    with closing(SqlStore.open_sqlite(path)) as store, store._engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert found == ["wal", 2, 1, 30000]


def test_what_fails_inside_the_transaction_leaves_nothing(path: Path) -> None:
    """The last statement of a poll fails: the poll and the articles before it are not there either."""
    with closing(opened(path)) as store:
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(
                "CREATE TRIGGER full BEFORE INSERT ON sightings BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        with pytest.raises(StoreError, match=r"tape\.db: disk full$"):
            store.save_visits([visit(poll(), [article("a")])])
        assert store.polls(FEED) == ()
        assert store.article("a") is None


def test_a_reader_in_the_middle_does_not_stop_a_writer_and_sees_what_was(path: Path) -> None:
    with closing(opened(path)) as store, closing(opened(path)) as other:
        store.add_records([record("a", published=1), record("b", published=2)])
        reader = store.records()
        next(reader)
        other.add_records([record("c", published=3)])
        assert [r.id for r in reader] == ["b"]


@pytest.mark.parametrize(
    ("ask", "steps"),
    [
        (
            lambda store: store.unscored(),
            ["SCAN articles USING INDEX ix_articles_order", "SEARCH revisions USING", "SEARCH records USING"],
        ),
        (
            lambda store: list(store.articles(since=NOW)),
            ["SEARCH articles USING INDEX ix_articles_order", "SEARCH revisions USING"],
        ),
        (
            lambda store: list(store.records(since=NOW)),
            ["SEARCH records USING INDEX ix_records_listed", "SEARCH later USING"],
        ),
        (
            lambda store: store.told(["a"]),
            [
                "SEARCH records USING INDEX ix_records_",
                "SEARCH articles USING INDEX",
                "SEARCH revisions USING",
            ],
        ),
    ],
    ids=["unscored", "articles", "records", "told"],
)
def test_what_is_asked_of_many_articles_goes_by_an_index(
    path: Path, ask: Callable[[Store], object], steps: list[str]
) -> None:
    """No table is read from end to end, and nothing is sorted that an index has in order."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def listen(_connection, _cursor, statement, values, *_) -> None:
        asked.append((statement, values))

    with closing(SqlStore.open_sqlite(path)) as store:
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")])
        event.listen(store._engine, "before_cursor_execute", listen)
        ask(store)
        event.remove(store._engine, "before_cursor_execute", listen)
        with store._engine.connect() as connection:
            plan = [
                row[3]
                for statement, values in asked
                if statement.startswith("SELECT")
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
    assert [step for step in steps if not any(found.startswith(step) for found in plan)] == [], plan
    tables = ("articles", "revisions", "records", "later")
    assert not [
        found for found in plan if found in {f"SCAN {name}" for name in tables} or "TEMP B-TREE" in found
    ]


WRITER = """
import sys
from contracts.made import article, poll, visit
from labtape.store import open_store
name, url = sys.argv[1:]
for n in range(20):
    store = open_store(url) if n % 10 == 0 else store
    store.save_visits([visit(poll(f"file:{name}"), [article(f"{name}-{n}"), article("both", text=f"{name} {n}")])])
"""


def test_two_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    url = f"sqlite:///{path}"
    arguments = [sys.executable, "-c", WRITER]
    tests = Path(__file__).parents[1]
    writers = [subprocess.Popen([*arguments, name, url], cwd=tests) for name in ("left", "right")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with closing(opened(path)) as store:
        assert len(list(store.articles())) == 41
        assert [len(store.polls(f"file:{name}")) for name in ("left", "right")] == [20, 20]
        both = store.article("both")
        assert both is not None
        assert both.revision == 40


KILLED = """
import os, sys
from contracts.made import article, poll, visit
from labtape.store import open_store
store = open_store(sys.argv[1])
store.save_visits([visit(poll(), [article("kept")])])
from labtape.store import sql
from labtape.store.engine import writing
with writing(store._engine) as connection:
    sql.sql_articles.save_visits(connection, [visit(poll("file:lost"), [article("lost")])])
    os._exit(9)
"""


def test_a_process_killed_in_the_middle_leaves_what_it_had_finished(path: Path) -> None:
    command = [sys.executable, "-c", KILLED, f"sqlite:///{path}"]
    assert subprocess.run(command, cwd=Path(__file__).parents[1], check=False).returncode == 9
    with closing(opened(path)) as store:
        assert store.article("kept") is not None
        assert store.polls("file:lost") == ()


def test_every_version_of_a_story_stays_in_its_history(path: Path) -> None:
    with closing(opened(path)) as store:
        for ids in (("a",), ("a", "b"), ("a", "b")):
            store.save_stories([Story("s", ids, NOW, NOW)])
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM stories").fetchone() == (2,)


def test_a_sighting_says_which_feed_showed_which_revision_from_when_to_when(path: Path) -> None:
    with closing(opened(path)) as store:
        store.save_visits([visit(poll(), [article("a")])])
        store.save_visits([visit(poll(at=NOW.replace(hour=13)), [article("a", text="Corrected.")])])
    with closing(sqlite3.connect(path)) as raw:
        found = raw.execute(
            "SELECT feed_url, article_id, s.revision, first_at, last_at, shown, position "
            "FROM sightings s JOIN articles USING (article)"
        )
        assert found.fetchall() == [
            (
                FEED,
                "a",
                2,
                "2026-06-03T12:00:00.000000Z",
                "2026-06-03T13:00:00.000000Z",
                article("a", text="Corrected.").content_hash,
                0,
            )
        ]


def test_a_record_that_was_tampered_with_is_an_error_that_names_it(path: Path) -> None:
    with closing(opened(path)) as store:
        store.add_records([record("a")])
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("UPDATE records SET body = json_set(body, '$.title', 7)")
            raw.commit()
        with pytest.raises(StoreError, match=r"record of article 'a' cannot be read: \$\.title"):
            store.record("a")


def test_many_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    code = "import sys, time; from labtape.store import open_store; time.sleep(max(0, float(sys.argv[2]) - time.time())); open_store(sys.argv[1]).close()"
    at = str(time.time() + 2)
    openers = [
        subprocess.Popen([sys.executable, "-c", code, f"sqlite:///{tmp_path / 'new.db'}", at])
        for _ in range(4)
    ]
    assert [opener.wait(60) for opener in openers] == [0, 0, 0, 0]
