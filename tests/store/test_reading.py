"""Reading where nothing can be written: a read-only mount, somebody else's folder. Real mounts, real users."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contracts.made import FEED, article, poll, record, visit
from labtape.exceptions import StoreError
from labtape.ports import FeedState
from labtape.store import open_store
from labtape.store.engine import SCHEMA, VERSION_TABLE
from labtape.types import Feed
from store.test_opening import as_another_user

TESTS = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "real" / "tape.db"
    path.parent.mkdir()
    fill(path)
    return path


def fill(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(body_hash="kept"), [article("kept")], FeedState(FEED, n_visits=1))])
        store.add_records([record("kept")])


def kept_in(path: Path) -> list[str]:
    with closing(open_store(f"sqlite:///{path}", write=False)) as store:
        return [one.id for one in store.articles()]


def files_of(path: Path) -> dict[str, tuple[int, int]]:
    return {p.name: (p.stat().st_size, p.stat().st_mtime_ns) for p in path.parent.iterdir()}


# ---------------------------------------------------------------- where one could write


def test_who_only_reads_leaves_no_trace(path: Path) -> None:
    before = files_of(path)
    assert kept_in(path) == ["kept"]
    assert files_of(path) == before


def test_who_only_reads_cannot_write(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}", write=False)) as store:
        with pytest.raises(
            StoreError, match=r"tape\.db: cannot be written to; make the file and its folder"
        ) as e:
            store.add_feed(Feed("https://more.example/"))
        assert str(e.value).count("tape.db") == 1
        assert store.feeds() == (Feed(FEED),)


def test_who_only_reads_may_copy_and_still_cannot_write(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}", write=False)) as store:
        store.backup(path.with_name("copy.db"))
        for write in (lambda: store.add_feed(Feed("https://more.example/")), store.vacuum):
            with pytest.raises(StoreError, match="cannot be written to"):
                write()
    assert kept_in(path.with_name("copy.db")) == ["kept"]


def test_who_only_reads_makes_nothing(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'new.db'}", write=False)) as store:
        assert store.feeds() == ()
    (tmp_path / "empty.db").touch()
    with closing(open_store(f"sqlite:///{tmp_path / 'empty.db'}", write=False)) as store:
        assert store.feeds() == ()
    assert files_of(tmp_path / "x") == files_of(tmp_path / "empty.db")
    assert [(p.name, p.stat().st_size) for p in tmp_path.iterdir()] == [("empty.db", 0)]
    with pytest.raises(StoreError, match="there is no such database"):
        open_store(f"sqlite:///{tmp_path / 'new.db'}", write=False, create=False)


def test_who_only_reads_sees_what_a_writer_has_just_written(path: Path) -> None:
    with (
        closing(open_store(f"sqlite:///{path}", write=False)) as reader,
        closing(open_store(f"sqlite:///{path}")) as writer,
    ):
        assert len(reader.feeds()) == 1
        writer.add_feed(Feed("https://more.example/"))
        assert len(reader.feeds()) == 2


def test_a_schema_that_is_behind_is_not_migrated_by_reading(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"UPDATE {VERSION_TABLE} SET version_num = '1'")
        raw.commit()
    with pytest.raises(
        StoreError, match=rf"tape\.db: has schema 1, this labtape reads {SCHEMA}; `labtape db migrate`"
    ):
        open_store(f"sqlite:///{path}", write=False)


@pytest.mark.parametrize("content", [b"title,text\nKimi gains,A text.\n" * 99, b"x"])
def test_a_file_of_another_kind_is_told_as_when_writing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tape.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"tape\.db: is not an SQLite database"):
        open_store(f"sqlite:///{tmp_path / 'tape.db'}", write=False)


# ---------------------------------------------------------------- a read-only mount


def on_a_read_only_mount(folder: Path, code: str) -> str:
    """Run Python where `view`, beside the folder, shows it read-only. The mount is this process's alone and ends with it."""
    unshare = shutil.which("unshare")
    view = folder.parent / "view"
    view.mkdir(exist_ok=True)
    mount = f"mount --bind '{folder}' '{view}' && mount -o remount,bind,ro '{view}'"
    private = [str(unshare), "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    may = (
        unshare
        and not subprocess.run([*private, "sh", "-c", mount], capture_output=True, check=False).returncode
    )
    if not may:
        pytest.skip("needs to be allowed a read-only bind mount (unshare, mount)")
    script = f"{mount} && exec '{sys.executable}' -c \"$CODE\" '{view}/tape.db' '{folder}/tape.db'"
    done = subprocess.run(
        [*private, "sh", "-c", script], env={**os.environ, "CODE": f"{SETUP}{code}"}, cwd=TESTS,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


SETUP = """
import sys
from contextlib import closing
from labtape.cli import main
from labtape.exceptions import StoreError
from labtape.store import open_store
from labtape.types import Feed
view, real = sys.argv[1:]
def command(*words):
    try:
        main(["--database", f"sqlite:///{view}", "--bundle", "rules", *words])
    except SystemExit as e:
        print("exit of", *words, e.code or 0, flush=True)
"""
READ = """
sys.stderr = sys.stdout
for words in ("feeds list", "feeds export", "db", "db check", "db prune --dry-run", "digest", "shares", "explain kept", "crawl --dry-run", f"db backup {real}.copy", "feeds health"):
    command(*words.split())
print("END")
for words in ("feeds add https://more.example/", "crawl", "run", "watch --for 1s", "db vacuum", "db migrate", "db prune"):
    command(*words.split())
"""


def test_on_a_read_only_mount_all_that_reads_goes_on_and_all_that_writes_says_why_not(path: Path) -> None:
    before = files_of(path)
    looked, written = on_a_read_only_mount(path.parent, READ).split("END\n")
    ends = [line for line in looked.splitlines() if line.startswith("exit of")]
    assert [end[-1] for end in ends][-1:] == ["1"]  # health: the feed is not well
    assert {end[-1] for end in ends[:-1]} == {"0"}, looked
    assert len(ends) == 11
    copy = path.with_name("tape.db.copy")
    assert kept_in(copy) == ["kept"]
    copy.unlink()
    refused = written.splitlines()
    assert len(refused) == 14, written
    for said, end in zip(refused[::2], refused[1::2], strict=True):
        assert end.endswith(" 2"), written
        assert said.startswith("labtape: /")
        assert "tape.db: cannot be written to; make it and its folder writable" in said
        assert said.count("tape.db") == 1
    assert files_of(path) == before


def test_a_crawler_may_go_on_while_its_database_is_read_through_a_read_only_mount(path: Path) -> None:
    said = on_a_read_only_mount(
        path.parent,
        """
with closing(open_store(f"sqlite:///{view}", write=False)) as reader:
    print(len(reader.feeds()))
    with closing(open_store(f"sqlite:///{real}")) as writer:
        writer.add_feed(Feed("https://more.example/"))
        print(len(reader.feeds()))
        writer.add_feed(Feed("https://third.example/"))
        print(len(reader.feeds()))
    print(len(reader.feeds()))
""",
    )
    assert said.split() == ["1", "2", "3", "3"]


def test_what_was_read_while_it_changed_is_an_error_and_the_next_try_is_none(path: Path) -> None:
    said = on_a_read_only_mount(
        path.parent,
        """
with closing(open_store(f"sqlite:///{view}", write=False)) as reader:
    articles = reader.articles()
    print(next(articles).id)
    with closing(open_store(f"sqlite:///{real}")) as writer:
        writer.add_feed(Feed("https://more.example/"))
    try:
        print(list(articles))
    except StoreError as e:
        print(str(e).partition(": ")[2])
    print(len(reader.feeds()))
""",
    )
    assert said.splitlines() == ["kept", "another process wrote to it while it was read; try again", "2"]


LEFT = """
import os, sys
from labtape.store import open_store
from labtape.types import Feed
store = open_store(f"sqlite:///{sys.argv[1]}")
store.add_feed(Feed("https://more.example/"))
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_crawler_left_in_its_log_is_read_or_asked_for_never_left_out(path: Path) -> None:
    subprocess.run([sys.executable, "-c", LEFT, str(path)], check=False)
    assert path.with_name("tape.db-wal").stat().st_size > 0
    count = 'print(len(open_store(f"sqlite:///{view}", write=False).feeds()))'
    assert on_a_read_only_mount(path.parent, count) == "2\n"
    path.with_name("tape.db-shm").unlink()  # as in a copy
    tried = f"try:\n    {count}\nexcept StoreError as e:\n    print(str(e).partition(': ')[2])"
    assert on_a_read_only_mount(path.parent, tried) == (
        "cannot be read here: the log beside it holds what is not in the file yet; "
        "copy it with its -wal to a folder that can be written to\n"
    )
    assert kept_in(path) == ["kept"]  # where the log can be opened again, it is


def test_a_copy_of_an_older_kind_is_read_on_a_read_only_mount(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    assert (
        on_a_read_only_mount(path.parent, "print(open_store(view, write=False).feeds()[0].url)")
        == f"{FEED}\n"
    )


# ---------------------------------------------------------------- somebody else's


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A database in a folder that others may look into, and not more."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        fill(Path(folder) / "tape.db")
        yield Path(folder) / "tape.db"


def test_the_database_of_another_user_is_read(theirs: Path) -> None:
    def read() -> None:
        raise StoreError(", ".join(kept_in(theirs)))

    assert as_another_user(read) == "StoreError: kept"
    with closing(open_store(f"sqlite:///{theirs}")) as writer:
        assert writer.feeds()
        assert as_another_user(read) == "StoreError: kept"


def test_the_database_of_another_user_that_may_not_be_read_is_named_once(theirs: Path) -> None:
    theirs.chmod(0o600)
    said = as_another_user(lambda: open_store(f"sqlite:///{theirs}", write=False))
    assert said == f"StoreError: {theirs}: cannot be read; make it readable, or give another path"


def test_a_folder_that_may_not_be_written_to_is_told_from_its_file(theirs: Path) -> None:
    theirs.chmod(0o666)
    said = as_another_user(lambda: open_store(f"sqlite:///{theirs}"))
    assert said == (
        f"StoreError: {theirs}: its folder cannot be written to, where SQLite keeps its log; make it writable, or give another path"
    )
