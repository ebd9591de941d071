from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.types import TypeEngine

from contracts.made import FEED, NOW, article, poll, record, visit
from contracts.store import StoreContract
from labtape.exceptions import StoreError
from labtape.ports import Store
from labtape.store import open_store, other_crawler, sql_articles
from labtape.store.engine import SCHEMA, VERSION_TABLE, writing
from labtape.store.sql import SqlStore
from labtape.store.tables import metadata
from labtape.types import Feed
from postgres import Server

from .test_sqlite import WRITER

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
NUMBERS = count()


@pytest.fixture(scope="session")
def one_database(postgres: Server) -> str:
    """A database that tests empty: creating one takes ten times as long."""
    pytest.importorskip("psycopg", reason="needs labtape[postgres]")
    return postgres.new_database("contract")


@pytest.fixture
def url(postgres: Server) -> str:
    pytest.importorskip("psycopg", reason="needs labtape[postgres]")
    return postgres.new_database(f"tape{next(NUMBERS)}")


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self, one_database: str) -> Iterator[Store]:
        store = SqlStore.open_postgres(one_database)
        with store._engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
        yield store
        store.close()


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_shorter_schemes_mean_the_same(url: str, scheme: str) -> None:
    open_store(url.replace("postgresql+psycopg", scheme)).close()


def differs(context, _there, _wanted, there: TypeEngine, wanted: TypeEngine) -> bool:
    """The driver calls every text VARCHAR, which is another name of TEXT to PostgreSQL."""
    written = [context.dialect.type_compiler_instance.process(kind) for kind in (there, wanted)]
    return written[0] != written[1].replace("VARCHAR", "TEXT")


def test_the_migrations_make_the_tables_of_the_code(url: str) -> None:
    with closing(SqlStore.open_postgres(url)) as store, store._engine.connect() as connection:
        opts = {"version_table": VERSION_TABLE, "compare_type": differs}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_a_database_of_a_newer_schema_is_refused(url: str) -> None:
    open_store(url).close()
    execute(url, f"UPDATE {VERSION_TABLE} SET version_num = '{SCHEMA + 1}'")
    with pytest.raises(
        StoreError, match=f"has schema {SCHEMA + 1}, this labtape knows up to {SCHEMA}; upgrade"
    ):
        open_store(url)


def test_a_database_that_does_not_exist_is_named(postgres: Server) -> None:
    with pytest.raises(StoreError, match=r'/nowhere: .*database "nowhere" does not exist') as error:
        open_store(f"postgresql+psycopg://tape@127.0.0.1:{postgres.port}/nowhere")
    assert "\n" not in str(error.value)


def test_a_database_in_another_encoding_is_refused(postgres: Server) -> None:
    url = postgres.new_database("latin", encoding="LATIN1", locale="C")
    with pytest.raises(StoreError, match="is in LATIN1; create it with ENCODING 'UTF8'"):
        open_store(url)


def test_what_fails_inside_the_transaction_leaves_nothing(url: str) -> None:
    with closing(open_store(url)) as store:
        execute(url, "ALTER TABLE sightings ADD CONSTRAINT full_disk CHECK (feed_url = '')")
        with pytest.raises(StoreError, match="full_disk"):
            store.save_visits([visit(poll(), [article("a")])])
        assert store.polls(FEED) == ()
        assert store.article("a") is None


def test_two_processes_that_write_and_open_at_once_lose_nothing(url: str) -> None:
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", WRITER]
    writers = [subprocess.Popen([*command, name, url], cwd=tests) for name in ("left", "right")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with closing(open_store(url)) as store:
        assert len(list(store.articles())) == 41
        both = store.article("both")
        assert both is not None
        assert both.revision == 40


def test_times_are_times_that_other_programs_understand(url: str) -> None:
    with closing(open_store(url)) as store:
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")])
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT scored_at AT TIME ZONE 'UTC' FROM records")).scalar()
    engine.dispose()
    assert found == NOW.replace(tzinfo=None)


def test_a_copy_is_a_dump_that_can_be_restored(
    postgres: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{postgres.bin}:{os.environ['PATH']}")
    file = tmp_path / "tape.dump"
    with closing(open_store(url)) as store:
        store.save_visits([visit(poll(), [article("a")])])
        store.backup(file)
        with pytest.raises(StoreError, match="is there already"):
            store.backup(file)
    other = postgres.new_database(f"restored{next(NUMBERS)}")
    file.chmod(0o644)
    plain = other.replace("+psycopg", "")
    subprocess.run([postgres.bin / "pg_restore", "--exit-on-error", f"--dbname={plain}", file], check=True)
    with closing(open_store(other)) as restored:
        assert restored.article("a") == article("a")
        assert restored.check() == ()
    assert [p.name for p in tmp_path.iterdir()] == ["tape.dump"]


def test_without_pg_dump_the_error_says_what_to_run(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        closing(open_store(url)) as store,
        pytest.raises(StoreError, match="where it is, run: pg_dump --format=custom"),
    ):
        store.backup(tmp_path / "tape.dump")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_of_another_writer_is_waited_for(url: str) -> None:
    """Two processes and one advisory lock: the second writes when the first is done, and nothing is lost."""
    with closing(SqlStore.open_postgres(url)) as store, closing(SqlStore.open_postgres(url)) as other:
        done = []
        waiting = Thread(target=lambda: done.append(other.save_visits([visit(poll(), [article("b")])])))
        with writing(store._engine) as connection:
            waiting.start()
            waiting.join(0.2)
            assert done == []
            sql_articles.save_visits(connection, [visit(poll(), [article("a")])])
        waiting.join(20)
        assert len(done) == 1
        assert [a.id for a in store.articles()] == ["a", "b"]


def test_who_only_reads_makes_nothing_and_cannot_write(url: str) -> None:
    with closing(open_store(url, write=False)) as store:
        assert store.feeds() == ()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    with closing(open_store(url)) as writer, closing(open_store(url, write=False)) as reader:
        writer.add_feed(Feed(FEED))
        assert reader.feeds() == (Feed(FEED),)
        with pytest.raises(StoreError, match="read-only transaction"):
            reader.add_feed(Feed("https://more.example/"))
    execute(url, f"UPDATE {VERSION_TABLE} SET version_num = '1'")
    with pytest.raises(StoreError, match=rf"has schema 1, this labtape reads {SCHEMA}"):
        open_store(url, write=False)


def test_the_second_crawler_is_told_of_the_first(url: str) -> None:
    with other_crawler(url) as first, other_crawler(url) as second:
        assert (first, second) == (None, "another process")
    with other_crawler(url) as again:
        assert again is None
    with other_crawler("postgresql://nobody@127.0.0.1:1/tape") as nobody_knows:
        assert nobody_knows is None
