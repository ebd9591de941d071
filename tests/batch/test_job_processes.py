"""The real command, killed, stopped and robbed of its workers; it goes on, and the bytes come out the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "killpg"), reason="no groups of processes here"),
    pytest.mark.timeout(600),
]

N = 450
TITLES = (
    "Nvidia shares fall 6% as the US tightens chip exports",
    "DeepSeek halves API prices",
    "Qwen took about 18% of tokens on OpenRouter in May",
    "智谱发布GLM-6并开源",
)


@pytest.fixture(scope="module")
def news(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    lines = []
    for k in range(N):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=5 * k)
        text = f"{TITLES[k % 4]}, people who know of it said. This is item {k // 9}."
        row = {
            "id": f"a{k}",
            "title": f"{TITLES[k % 4]}: {k // 9}",
            "text": text,
            "published_at": at.isoformat(),
        }
        lines.append(json.dumps({"id": "bad"} if k % 97 == 96 else row, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def whole(news, tmp_path_factory) -> bytes:
    out = tmp_path_factory.mktemp("whole") / "out.jsonl"
    assert ended(start(news, out, jobs=1)) == 1
    return out.read_bytes()


def start(news: Path, out: Path, *, jobs: int) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-m", "labtape", "--bundle", "rules", "score", news.name, "-o", str(out), "--jobs", str(jobs),
        "--now", "2026-06-10T00:00Z",
    ]  # fmt: skip
    return subprocess.Popen(
        command,
        cwd=news.parent,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears_ctrl_c,
    )


def hears_ctrl_c() -> None:
    """What a shell starts in the background is deaf to Ctrl-C, and so is what that starts: these tests, perhaps."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(run: subprocess.Popen[str]) -> int:
    run.errors_said = run.communicate()[1]
    return run.returncode


def wait_for_parts(run: subprocess.Popen[str], out: Path, n: int) -> bool:
    """Whether so many parts are there before the run ends."""
    folder = out.with_name(f"{out.name}.labtape-job")
    while run.poll() is None:
        if len(list(folder.glob("*/[0-9]*.part"))) >= n:
            return True
        time.sleep(0.005)
    return False


@pytest.mark.parametrize("jobs", [2, 3])
def test_any_number_of_processes_gives_the_bytes_of_one(news, whole, tmp_path, jobs):
    run = start(news, tmp_path / "out.jsonl", jobs=jobs)
    assert ended(run) == 1
    assert (tmp_path / "out.jsonl").read_bytes() == whole


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_tree_of_processes_killed_again_and_again_gives_every_record_once(news, whole, tmp_path, jobs):
    out, random, n_kept, n_killed = tmp_path / "out.jsonl", Random(jobs), 0, 0
    while True:
        run = start(news, out, jobs=jobs)
        n_kept += random.randint(1, 3)
        if not wait_for_parts(run, out, n_kept):
            break
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        run.stderr.close()
        n_killed += 1
        assert not out.exists()
    assert ended(run) == 1, run.errors_said
    assert n_killed >= 2
    assert "goes on behind" in run.errors_said
    assert out.read_bytes() == whole
    report = json.loads(out.with_name("out.jsonl.report.json").read_text("utf-8"))
    assert report["n_resumed"] == n_killed
    assert report["n_records"] + report["n_failures"] == N
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["out.jsonl", "out.jsonl.errors.jsonl", "out.jsonl.report.json"]


def test_a_worker_that_dies_is_an_error_and_the_run_can_go_on(news, whole, tmp_path):
    out = tmp_path / "out.jsonl"
    run = start(news, out, jobs=2)
    assert wait_for_parts(run, out, 2)
    for pid in workers_of(run.pid):
        os.kill(pid, signal.SIGKILL)
    assert ended(run) == 2, run.errors_said
    assert "a worker process died" in run.errors_said
    assert "the same command goes on" in run.errors_said
    assert "Traceback" not in run.errors_said
    assert ended(start(news, out, jobs=2)) == 1
    assert out.read_bytes() == whole


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_says_what_is_kept_and_the_run_can_go_on(news, whole, tmp_path, jobs):
    out = tmp_path / "out.jsonl"
    run = start(news, out, jobs=jobs)
    assert wait_for_parts(run, out, 2)
    os.killpg(run.pid, signal.SIGINT)
    assert ended(run) == 130, run.errors_said
    assert "stopped; what is finished is kept in out.jsonl.labtape-job" in run.errors_said
    assert "Traceback" not in run.errors_said
    assert ended(start(news, out, jobs=jobs)) == 1
    assert out.read_bytes() == whole


def workers_of(pid: int) -> list[int]:
    """The processes below one that run Python's workers (not the one that tracks their resources)."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            words = (place / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"popen_loky" in words:
            found.append(int(place.name))
    return found
