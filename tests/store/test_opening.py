from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import labtape.store
from labtape.exceptions import StoreError
from labtape.store import open_store
from labtape.store.engine import SCHEMA, VERSION_TABLE, writing
from labtape.store.sql import SqlStore
from labtape.store.tables import metadata
from labtape.types import Feed

MIGRATIONS = Path(labtape.store.__file__).parent / "migrations"


@pytest.mark.parametrize(
    "url",
    [
        "", "tape", "sqlite:", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://tape.db", "sqlite:///a.db?mode=ro",
        "mysql://user:secret@localhost/tape", "mongodb://localhost", "memory", "http://example.org/tape.db", "sqlite:///a\0b",
    ],
)  # fmt: skip
def test_a_wrong_url_is_told_what_would_be_right(url: str) -> None:
    with pytest.raises(StoreError, match="use memory:, sqlite:///PATH or postgresql") as error:
        open_store(url)
    assert "secret" not in str(error.value)


def test_a_relative_path_is_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("sqlite:///one.db", "two.db"):
        open_store(name).close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.db", "two.db"]


@pytest.mark.parametrize("name", ["100%.db", "a b.db", "标.db", "a#b.db", "%2e.db"])
def test_a_path_is_taken_as_it_is_written(tmp_path: Path, name: str) -> None:
    open_store(f"sqlite:///{tmp_path / name}").close()
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no folder .*/no; create it"):
        open_store(f"sqlite:///{tmp_path}/no/tape.db")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("content", [b"title,text\nKimi gains,A text.\n" * 99, b"\0" * 5000, b"x"])
def test_a_file_of_another_kind_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tape.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"tape\.db: is not an SQLite database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_truncated_database_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "tape.db"
    open_store(f"sqlite:///{path}").close()
    path.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(StoreError, match=r"tape\.db: "):
        open_store(f"sqlite:///{path}")


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "tape.db"
    path.touch()
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert store.add_feed(Feed("file:a"))


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "reader.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE feeds (url TEXT)")
    with pytest.raises(StoreError, match="has a table 'feeds' which labtape did not make"):
        open_store(f"sqlite:///{path}")


def test_a_database_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tape.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"UPDATE {VERSION_TABLE} SET version_num = '{SCHEMA + 1}'")
        raw.commit()
    expected = (
        rf"database .*tape\.db has schema {SCHEMA + 1}, this labtape knows up to {SCHEMA}; upgrade labtape"
    )
    with pytest.raises(StoreError, match=expected):
        open_store(f"sqlite:///{path}")


def test_a_database_of_an_unknown_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tape.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"UPDATE {VERSION_TABLE} SET version_num = 'abc'")
        raw.commit()
    with pytest.raises(StoreError, match="unknown schema 'abc'"):
        open_store(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_written_to_is_named() -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc, a folder that even root cannot write to")
    with pytest.raises(StoreError, match=r"/proc/tape\.db: "):
        open_store("sqlite:////proc/tape.db")


def test_a_read_only_database_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tape.db"
        open_store(f"sqlite:///{path}").close()
        Path(folder).chmod(0o755)
        path.chmod(0o444)
        said = as_another_user(lambda: open_store(f"sqlite:///{path}"))
    assert (
        said
        == f"StoreError: {path}: cannot be written to; make it and its folder writable, or give another path"
    )


def as_another_user(act: Callable[[], object]) -> str:
    """What it raises in a process of a user who may not write here: root may write to everything."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # on forking beside threads; the child uses none
        child = os.fork()
    if child == 0:
        said = "nothing raised"
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            act()
        except BaseException as e:
            said = f"{type(e).__name__}: {e}"
        finally:
            os.write(writer, said.encode())
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as file:
        return file.read()


def test_two_stores_on_one_file_in_one_process_keep_each_others_locks(tmp_path: Path) -> None:
    """Opening must not touch the file behind SQLite's back: closing it would drop all locks of this process."""
    path = tmp_path / "tape.db"
    with closing(SqlStore.open_sqlite(path)) as store, writing(store._engine):
        code = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0.1).execute('BEGIN IMMEDIATE')"
        open_store(f"sqlite:///{path}").close()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "database is locked" in done.stderr


def test_without_psycopg_the_extra_is_named() -> None:
    code = "import sys; sys.modules['psycopg'] = None\nfrom labtape.store import open_store\nopen_store('postgresql+psycopg://u:secret@h/d')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.endswith(
        "StoreError: postgresql+psycopg://u:***@h/d: needs psycopg; install it with: pip install 'labtape[postgres]'"
    )


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://u:\*\*\*@127\.0\.0\.1:1/d: ") as error:
        open_store("postgresql+psycopg://u:secret@127.0.0.1:1/d")
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_the_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    with closing(SqlStore.open_sqlite(tmp_path / "tape.db")) as store, store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_the_schema_number_is_that_of_the_last_migration() -> None:
    assert ScriptDirectory(MIGRATIONS).get_current_head() == str(SCHEMA)


def test_opening_what_is_up_to_date_does_not_load_the_migrations(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tape.db'}"
    open_store(url).close()
    code = f"import sys; from labtape.store import open_store; open_store({url!r}); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_room_is_light_to_import() -> None:
    code = "import sys; import labtape.store; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
