"""What was kept by an earlier schema is there in this one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

import labtape.store
from labtape.exceptions import StoreError
from labtape.ports import FeedState, Poll, Store, Visit, Wanted
from labtape.store import open_store
from labtape.store.engine import SCHEMA, VERSION_TABLE, postgres_engine, sqlite_engine, writing
from labtape.store.tables import timestamp
from labtape.store.terms import terms_of
from labtape.types import Arrival, Article, Feed, Validators
from postgres import Server

NUMBERS = count()
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
FEED, OTHER = "https://feeds.example/ai.xml", "https://wire.example/rss"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tape.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database(f"from_schema_1_{next(NUMBERS)}")


def engine_of(url: str) -> Engine:
    return (
        sqlite_engine(Path(url.removeprefix("sqlite:///")))
        if url.startswith("sqlite")
        else postgres_engine(url)
    )


def at(hour: int) -> datetime:
    return NOW.replace(hour=hour)


def make_schema_1(url: str) -> None:
    """A database as labtape 0.2 made it: two feeds, five polls, two articles, one of them changed."""
    engine = engine_of(url)
    scripts = ScriptDirectory(Path(labtape.store.__file__).parent / "migrations")
    with writing(engine) as connection:
        options = {
            "version_table": VERSION_TABLE,
            "script": scripts,
            "fn": lambda revision, _: scripts._upgrade_revs("1", revision),
        }
        context = MigrationContext.configure(connection, opts=options)
        with Operations.context(context):
            context.run_migrations()

        def insert(table: str, **values: Any) -> None:
            stored = {
                name: timestamp(value, connection.dialect.name) if isinstance(value, datetime) else value
                for name, value in values.items()
            }
            names, marks = ", ".join(stored), ", ".join(f":{name}" for name in stored)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), stored)

        insert("feeds", url=FEED, title="AI", publisher="Wire", language="en", category="c")
        insert("feeds", url=OTHER)
        insert("polls", feed_url=FEED, at=at(1), status="new", etag="1", body_hash="aa", n_entries=2)
        insert(
            "polls",
            feed_url=FEED,
            at=at(2),
            status="unchanged",
            etag="2",
            last_modified="m",
            body_hash="bb",
            n_entries=0,
        )
        insert(
            "polls",
            feed_url=FEED,
            at=at(3),
            status="failed",
            n_entries=0,
            error="no answer",
            error_kind="timeout",
        )
        common = {"published_precision": "second", "first_seen_at": at(1)}
        first = Article("a", "Kimi gains", "One.", published_at=at(0), **common)
        second = Article("a", "Kimi gains", "Two.", published_at=at(1), revision=2, **common)
        other = Article("b", "\ue000 is odd", "Text.", url="https://x.example/", first_seen_at=at(1))
        for a in (first, second, other):
            insert(
                "articles", article_id=a.id, revision=a.revision, title=a.title.replace("\ue000", "\ue000e000"),
                text=a.text, url=a.url, published_at=a.published_at, published_precision=a.published_precision,
                first_seen_at=a.first_seen_at, content_hash=a.content_hash, order_at=a.order_at,
            )  # fmt: skip
        insert("sightings", article_id="a", feed_url=FEED, revision=2, first_at=at(1), last_at=at(2))
        insert("sightings", article_id="b", feed_url=FEED, revision=1, first_at=at(1), last_at=at(1))
    engine.dispose()


def test_feeds_and_polls_come_along_and_a_feed_goes_on_with_what_its_last_good_poll_said(url: str) -> None:
    make_schema_1(url)
    with closing(open_store(url)) as store:
        assert store.feeds() == (Feed(FEED, "AI", "Wire", "en", "c"), Feed(OTHER))
        assert store.polls(FEED)[1] == Poll(FEED, at(2), "unchanged", Validators("2", "m"), "bb")
        assert len(store.polls(FEED)) == 3
        known = FeedState(
            FEED, validators=Validators("2", "m"), body_hash="bb", n_visits=3, first_visit_at=at(1), last_visit_at=at(3),
            last_success_at=at(2), last_new_at=at(1), last_error="no answer", last_error_kind="timeout",
            last_error_at=at(3), n_entries=2,
        )  # fmt: skip
        assert store.feed_states() == (known, FeedState(OTHER))
        assert store.check() == ()


def test_articles_come_along_with_every_revision_and_are_known_again(url: str) -> None:
    make_schema_1(url)
    with closing(open_store(url)) as store:
        assert [(a.id, a.revision, a.text) for a in store.articles()] == [
            ("b", 1, "Text."),
            ("a", 2, "Two."),
        ][::-1]
        assert store.inventory()["revisions"] == 3
        odd = store.article("b")
        assert odd == Article("b", "\ue000 is odd", "Text.", url="https://x.example/", first_seen_at=at(1))
        assert store.unscored() == tuple(store.articles())
        again = [Arrival(Article("a", "Kimi gains", "Two.")), Arrival(Article("a2", "Kimi gains", "Two."))]
        assert [
            a.id for a in store.save_visits([Visit(Poll(FEED, at(4), "new"), arrivals=tuple(again))])
        ] == ["a2"]
        back = Arrival(Article("a", "Kimi gains", "One."))
        (kept,) = store.save_visits([Visit(Poll(FEED, at(5), "new"), arrivals=(back,))])
        assert (kept.revision, kept.first_seen_at) == (3, at(1))


def test_a_migration_that_fails_leaves_schema_1_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "tape.db"
    make_schema_1(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE hosts (mine TEXT)")
    with pytest.raises(StoreError, match="hosts already exists"):
        open_store(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TABLE hosts")
        assert raw.execute("SELECT count(*) FROM polls").fetchone() == (3,)
        assert raw.execute("SELECT count(*) FROM articles").fetchone() == (3,)
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert len(store.polls(FEED)) == 3


# ---------------------------------------------------------------- from schema 2


@pytest.fixture
def schema_2(tmp_path: Path) -> str:
    """A file as labtape 0.4 wrote it: three articles scored in two runs, one corrected in between; a feed never visited."""
    path = tmp_path / "two.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((Path(__file__).parents[1] / "data" / "schema_2.sql").read_text("utf-8"))
    return f"sqlite:///{path}"


SEEN = datetime(2026, 6, 3, 12, 0, 7, tzinfo=UTC)


def test_a_file_of_schema_2_keeps_all_it_held(schema_2: str) -> None:
    path = schema_2.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as raw:
        bodies = [row[0] for row in raw.execute("SELECT body FROM records ORDER BY seq")]
        stories = [row[0] for row in raw.execute("SELECT body FROM stories ORDER BY seq")]
    with closing(open_store(schema_2)) as store:
        assert store.check() == ()
        assert (store.inventory()["schema"], len(list(store.records())), len(store.stories())) == (
            SCHEMA,
            3,
            3,
        )
        assert store.retractions() == store.epochs() == store.runs() == ()
        assert store.knowledge() == {}
    with closing(sqlite3.connect(path)) as raw:
        assert [row[0] for row in raw.execute("SELECT body FROM records ORDER BY seq")] == bodies
        assert [row[0] for row in raw.execute("SELECT body FROM stories ORDER BY seq")] == stories


def test_what_schema_2_kept_is_found_as_what_is_kept_now(schema_2: str, tmp_path: Path) -> None:
    def listed(store: Store) -> dict[str, list[tuple[str, int]]]:
        found = store.listed(Wanted(), limit=9)
        terms = {term for one in found for term in terms_of(json.loads(one.body))}
        assert len(terms) > 20
        asked = {term: Wanted(terms=(term,)) for term in sorted(terms)} | {"sure": Wanted(min_confidence=0.5)}
        return {
            name: [(one.article_id, len(one.body)) for one in store.listed(wanted, limit=9)]
            for name, wanted in asked.items()
        }

    fresh = open_store(f"sqlite:///{tmp_path / 'fresh.db'}")
    with closing(open_store(schema_2)) as store, closing(fresh):
        fresh.add_records(store.records())
        assert listed(store) == listed(fresh)


def test_what_schema_2_kept_has_the_best_known_time(schema_2: str) -> None:
    with closing(open_store(schema_2)) as store:
        assert [r.revision for r in store.records(as_of=SEEN)] == [1, 1]
        assert sorted(r.revision for r in store.records()) == [1, 1, 2]
        assert list(store.records(as_of=SEEN.replace(second=6))) == []
        assert [a.revision for a in store.articles(as_of=SEEN)] == [1, 1]
        times = {story.id: story.last_at for story in store.stories()}
        for id_, last_at in times.items():
            assert id_ in {story.id for story in store.stories(as_of=last_at)}
            assert id_ not in {story.id for story in store.stories(as_of=last_at.replace(year=2025))}
        wire, unvisited = Feed("https://wire.example/rss", publisher="Wire"), "https://unvisited.example/rss"
        assert store.feeds(as_of=SEEN.replace(second=0)) == ()
        assert store.feeds(as_of=SEEN) == (Feed(unvisited, "Never visited"), wire)
        assert store.feeds() == store.feeds(as_of=SEEN)


def test_what_schema_1_kept_has_the_best_known_time_on_every_engine(url: str) -> None:
    make_schema_1(url)
    with closing(open_store(url)) as store:
        assert store.feeds(as_of=at(1)) == store.feeds() == (Feed(FEED, "AI", "Wire", "en", "c"), Feed(OTHER))
        assert [(a.id, a.revision) for a in store.articles(as_of=at(1))] == [("a", 2), ("b", 1)]
        assert store.retract("a", at=at(5), why="wrong")
        assert [a.id for a in store.articles()] == ["b"]
