"""Two crawlers on one database: the second one is told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from labtape.store import other_crawler
from store.test_opening import as_another_user

HELD = """
import sys
from labtape.store import other_crawler
with other_crawler(sys.argv[1]) as other:
    print(other, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'tape.db'}"


def test_the_second_is_told_who_the_first_is(url: str, tmp_path: Path) -> None:
    with other_crawler(url) as first, other_crawler(url) as second, other_crawler(url) as third:
        assert first is None
        assert second == third == f"process {os.getpid()} on {socket.gethostname()}"
    with other_crawler(url) as again:
        assert again is None
    assert list(tmp_path.iterdir()) == []


def test_two_databases_have_a_crawler_each(url: str) -> None:
    with other_crawler(url) as one, other_crawler(url.replace("tape", "other")) as other:
        assert one is other is None


def test_a_crawler_that_was_killed_is_none(url: str) -> None:
    command = [sys.executable, "-c", HELD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "None\n"
        with other_crawler(url) as other:
            assert other == f"process {process.pid} on {socket.gethostname()}"
        process.kill()
        process.wait()
        with other_crawler(url) as other:
            assert other is None


def test_who_can_have_no_lock_is_told_of_nobody() -> None:
    def crawl() -> None:
        with other_crawler("sqlite:////proc/tape.db") as other:
            raise ValueError(other)

    assert as_another_user(crawl) == "ValueError: None"


def test_the_lock_of_a_file_is_not_one_on_the_database(url: str, tmp_path: Path) -> None:
    """To open and close the database here would drop the locks SQLite holds on it for this process."""
    with other_crawler(url):
        assert [p.name for p in tmp_path.iterdir()] == ["tape.db.crawl"]
