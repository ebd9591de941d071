"""`labtape db`, as a user calls it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.made import FEED, article, poll, record, visit
from labtape.cli import main
from labtape.store import open_store
from labtape.store.engine import SCHEMA
from labtape.types import Feed

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Call = Callable[..., Answer]


@pytest.fixture
def labtape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LABTAPE_")]:
        monkeypatch.delenv(name)

    def call(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as stopped:
            main(["--database", "sqlite:///tape.db", "db", *arguments])
        printed = capsys.readouterr()
        return Answer(int(stopped.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """A database with an old poll, an old article that is scored, and a new one of each."""
    path = tmp_path / "tape.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.add_feed(Feed(FEED))
        old, new = NOW - timedelta(days=100), NOW
        store.save_visits([visit(poll(at=old), [article("old")]), visit(poll(at=new), [article("new")])])
        store.add_records([record("old"), record("new")])
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE articles SET first_seen_at = '2020-01-01T00:00:00.000000Z'")
        raw.commit()
    return path


def test_alone_it_says_what_is_in_it(labtape: Call, tape: Path) -> None:
    said = labtape().out
    assert said.startswith(f"sqlite:///tape.db: schema {SCHEMA}, ")
    assert (
        " 1 feed, 2 fetches, 2 articles, 2 revisions, 2 sightings, 2 records, 0 stories, 0 retractions, robots.txt or pace of 0 hosts"
        in said
    )
    counts = json.loads(labtape("--json").out)
    assert (counts["schema"], counts["articles"]) == (SCHEMA, 2)


@pytest.mark.parametrize("command", [(), ("check",), ("vacuum",), ("prune",), ("backup", "copy.db")])
def test_a_database_that_is_not_there_is_not_made(
    labtape: Call, tmp_path: Path, command: tuple[str, ...]
) -> None:
    answer = labtape(*command)
    assert answer.code == 2
    assert answer.err.startswith("labtape: tape.db: there is no such database; ")
    assert list(tmp_path.iterdir()) == []


def test_check_of_what_is_well_exits_0(labtape: Call, tape: Path) -> None:
    assert labtape("check") == Answer(0, "all is well\n", "")
    assert labtape("check", "--json") == Answer(0, "[]\n", "")


def test_check_exits_1_with_a_line_for_each_problem(labtape: Call, tape: Path) -> None:
    with closing(sqlite3.connect(tape)) as raw:
        raw.execute(
            "DELETE FROM revisions WHERE article = (SELECT article FROM articles WHERE article_id = 'old')"
        )
        raw.commit()
    answer = labtape("check")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "sightings: 1 row without their row in revisions",
        "articles: 1 without the revision they name as the latest: 'old'",
    ]
    assert json.loads(labtape("check", "--json").out) == answer.out.splitlines()


def test_backup_writes_a_database_and_never_over_one(labtape: Call, tape: Path, tmp_path: Path) -> None:
    assert labtape("backup", "copy.db").out.startswith("copy.db: ")
    with closing(open_store(f"sqlite:///{tmp_path / 'copy.db'}")) as copy:
        assert copy.article("new") is not None
    again = labtape("backup", "copy.db")
    assert (again.code, again.err) == (
        2,
        "labtape: copy.db: is there already; give a name that is not, or remove it\n",
    )


def test_migrate_brings_an_older_schema_up_to_date(labtape: Call, tape: Path) -> None:
    assert labtape("migrate") == Answer(0, f"sqlite:///tape.db: schema {SCHEMA}\n", "")


def test_vacuum_says_what_it_gave_back(labtape: Call, tape: Path) -> None:
    assert " before, " in labtape("vacuum").out


def test_prune_goes_by_the_settings_and_keeps_articles_unless_asked(labtape: Call, tape: Path) -> None:
    assert labtape("prune", "--dry-run").out == "1 poll and 0 articles would be forgotten\n"
    assert labtape("prune").out == "1 poll and 0 articles forgotten\n"
    assert labtape("prune", "--articles", "30d").out == "0 polls and 1 article forgotten\n"
    assert labtape("check").code == 0


def test_prune_with_0_forgets_nothing(labtape: Call, tape: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert labtape("prune", "--polls", "0d", "--articles", "0d").out == "0 polls and 0 articles forgotten\n"
    monkeypatch.setenv("LABTAPE_STORE_KEEP_POLLS_DAYS", "0")
    monkeypatch.setenv("LABTAPE_STORE_KEEP_ARTICLES_DAYS", "50")
    assert labtape("prune").out == "0 polls and 1 article forgotten\n"


def test_prune_names_a_time_it_cannot_read(labtape: Call, tape: Path) -> None:
    answer = labtape("prune", "--polls", "soon")
    assert answer.code == 2
    assert "'soon' is no time" in answer.err


@pytest.mark.parametrize("command", ["", "check", "migrate", "vacuum", "backup", "prune"])
def test_every_command_has_help(labtape: Call, command: str) -> None:
    answer = labtape(*filter(None, [command]), "--help")
    assert answer.code == 0
    assert answer.out.startswith("Usage: labtape db")


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; import labtape.cli.db; print({'sqlalchemy', 'rich.table', 'labtape.desk'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_store_in_memory_cannot_be_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--database", "memory:", "db", "backup", str(tmp_path / "copy.db")])
    assert stopped.value.code == 2
    assert "a store in memory cannot be copied to a file" in capsys.readouterr().err
