"""Work by processes: in order, no further ahead than asked, and its errors as they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from labtape.batch.pool import mapped
from labtape.exceptions import BatchError, ReadError, SettingsError


def squared(n: int) -> int:
    return n * n


def died(n: int) -> int:
    if n == 3:
        os._exit(9)
    return n


def broken(n: int) -> int:
    raise ReadError(f"row {n}: is odd")


def test_one_process_works_here_and_only_when_asked():
    drawn = []
    results = mapped(squared, (drawn.append(n) or n for n in range(9)), 1)
    assert (next(results), drawn) == (0, [0])


def test_many_more_processes_than_processors_are_a_slip(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with pytest.raises(
        SettingsError, match="jobs: 17 processes, but the processors here are 2; give at most 16"
    ):
        next(mapped(squared, range(9), 17))


@pytest.mark.slow
def test_results_come_in_order_and_tasks_are_drawn_as_they_are_taken():
    drawn, used = [], []
    results = mapped(squared, (drawn.append(n) or n for n in range(40)), 2, on_usage=used.append)
    for n, result in enumerate(results):
        assert result == n * n
        assert len(drawn) <= n + 4
    assert len(used) == 40
    assert os.getpid() not in {one.pid for one in used}


@pytest.mark.slow
def test_a_process_that_dies_is_an_error_of_ours():
    with pytest.raises(BatchError, match="a worker process died"):
        list(mapped(died, range(9), 2))


@pytest.mark.slow
def test_what_a_task_raises_comes_as_it_is():
    with pytest.raises(ReadError, match="row 0: is odd"):
        list(mapped(broken, range(9), 2))


def long_answer(n: int) -> bytes:
    """More than a pipe takes."""
    time.sleep(0.2)
    return bytes(1 << 20)


ENDLESS = """
from itertools import count
from labtape.batch.pool import mapped
from tests.batch.test_pool import long_answer
for _ in mapped(long_answer, count(), 2):
    print(flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_no_process_outlives_a_parent_that_was_killed():
    """It is stopped first, so that nobody reads what its processes answer: they wait where no end of a pipe would wake them."""
    place = Path(__file__).parents[2]
    command = [sys.executable, "-c", ENDLESS]
    with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, start_new_session=True) as parent:
        try:
            assert parent.stdout.readline()
            os.kill(parent.pid, signal.SIGSTOP)
            time.sleep(1)
            below = psutil.Process(parent.pid).children(recursive=True)
            assert len(below) >= 2
            parent.kill()
            assert psutil.wait_procs(below, timeout=20)[1] == []
        finally:
            os.killpg(parent.pid, signal.SIGKILL)
