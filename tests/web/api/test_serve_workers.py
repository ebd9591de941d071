"""`labtape serve` with two processes on loopback: answers, streams, ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest

from .desks import article, keep, opened

pytestmark = pytest.mark.slow


@pytest.fixture
def served(tmp_path):
    """A port with two workers behind it, the process, and the path of the database."""
    path = tmp_path / "tape.db"
    with opened(f"sqlite:///{path}") as desk:
        keep(desk, *map(article, range(4)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "labtape", "serve", "--port", str(port), "--workers", "2"]
    environment = os.environ | {"LABTAPE_DATABASE": f"sqlite:///{path}", "LABTAPE_BUNDLE": "rules"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                asked(port, "/api/v1/health")
                break
            except OSError:
                time.sleep(0.1)
        yield port, process, path
    finally:
        process.terminate()  # not killed: its workers would stay
        process.wait(30)


def asked(port, target, **headers):
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_workers_answer_the_same_stream_what_is_new_and_end_when_told(served):
    port, process, path = served
    bodies = {asked(port, "/api/v1/records") for _ in range(20)}
    assert len(bodies) == 1
    assert len(json.loads(bodies.pop()[1])["records"]) == 4
    assert asked(port, "/api/v1/records", Host="evil.example")[0] == 421
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as stream:
        stream.request("GET", "/api/v1/stream")
        answer = stream.getresponse()
        assert answer.readline().startswith(b"retry: ")
        with opened(f"sqlite:///{path}") as desk:
            keep(desk, article(9))
        answer.readline()
        assert answer.readline() == b"id: 5\n"
        assert answer.readline() == b"event: record\n"
        assert b'"id":"a09"' in answer.readline()
        process.send_signal(signal.SIGTERM)
        answer.read()  # the stream ends, and is not cut off
        assert process.wait(60) in (0, -signal.SIGTERM)
    with pytest.raises(OSError):
        asked(port, "/api/v1/health")


def test_the_benchmark_runs_and_finds_nothing_wrong(tmp_path):
    from pathlib import Path

    script = Path(__file__).parents[3] / "benchmarks" / "serve.py"
    done = subprocess.run(
        [sys.executable, str(script), "--quick"], capture_output=True, text=True, cwd=tmp_path, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("wrong 0  lost 0") == 2
