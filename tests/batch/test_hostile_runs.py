"""Places and inputs that are made to hurt a run: no traceback, one line that says what would be right, and nothing lost."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from labtape.batch import Options, Tools, score_files
from labtape.batch.parts import folder_of
from labtape.cli import main
from labtape.exceptions import BatchError, SettingsError

NOW = datetime(2026, 6, 10, tzinfo=UTC)
LINE = '{"title": "Kimi K3 is out"}\n'


def run(source: Path, out: Path, **options):
    given = Options(Tools("rules"), chunk=1)
    return score_files([source], out, options=given, now=NOW, clock=lambda: NOW, **options)


def score(*given: object) -> tuple[int, str]:
    """The command: its exit code, and what it says."""
    told = io.StringIO()
    with redirect_stderr(told), pytest.raises(SystemExit) as stopped:
        main(["--bundle", "rules", "score", *map(str, given)])
    return int(stopped.value.code or 0), told.getvalue()


@pytest.fixture
def news(tmp_path) -> Path:
    path = tmp_path / "news.jsonl"
    path.write_text(LINE)
    return path


# ---------------------------------------------------------------- names


def test_a_link_that_leads_to_itself_is_named(news, tmp_path):
    loop, other = tmp_path / "loop.jsonl", tmp_path / "other.jsonl"
    loop.symlink_to(other)
    other.symlink_to(loop)
    code, told = score(news, "-o", loop)
    assert code == 2
    assert told.startswith(f"labtape: {loop}: cannot be written there (")
    assert told.count("\n") == 1
    for option in ("--report", "--story-list"):
        assert score(news, "-o", tmp_path / "out.jsonl", option, loop)[0] == 2
    code, told = score(loop, news, "-o", tmp_path / "out.jsonl")
    assert code == 1
    assert told.splitlines()[0].startswith(f"labtape: {loop}: cannot be opened: ")
    assert told.splitlines()[-1] == f"1 record in {tmp_path}/out.jsonl, 1 failure"


@pytest.mark.parametrize("length", [240, 300])
def test_a_name_that_no_disk_takes_is_said_before_anything_is_scored(news, tmp_path, length):
    long = tmp_path / ("a" * length + ".jsonl")
    with pytest.raises(
        SettingsError, match=r"cannot be written there \(File name too long\); give --out another name"
    ):
        run(news, long)
    assert list(tmp_path.iterdir()) == [news]


def test_an_input_with_a_name_that_no_disk_takes_costs_itself(news, tmp_path):
    code, told = score(tmp_path / ("a" * 300 + ".jsonl"), news, "-o", tmp_path / "out.jsonl")
    assert code == 1
    assert "cannot be opened: File name too long" in told
    assert "1 record in" in told


@pytest.mark.parametrize("given", [["", "-o", "out.jsonl"], ["news.jsonl", "-o", ""]])
def test_no_name_at_all_is_not_the_folder_one_is_in(tmp_path, monkeypatch, news, given):
    monkeypatch.chdir(tmp_path)
    code, told = score(*given)
    assert (code, told) == (
        2, "labtape: an INPUT or --out is empty; give each a name, or - for standard input and output\n",
    )  # fmt: skip


def test_names_with_ends_of_lines_are_said_on_one_line(tmp_path):
    (tmp_path / "a\nb\x1b[2J.jsonl").write_text(LINE + "{broken\n")
    code, told = score(tmp_path, "-o", tmp_path / "out\n.jsonl")
    assert code == 1
    assert told.splitlines()[0].startswith(f"labtape: {tmp_path}/a\\nb\\x1b[2J.jsonl:2: broken JSON")
    assert told.splitlines()[1] == f"1 record in {tmp_path}/out\\n.jsonl, 1 failure"
    (failure,) = map(json.loads, (tmp_path / "out\n.jsonl.errors.jsonl").read_text("utf-8").splitlines())
    assert failure["source"] == f"{tmp_path}/a\nb\x1b[2J.jsonl"
    assert score(tmp_path / "gone\n", "-o", tmp_path / "x.jsonl")[1].count("\n") == 1


# ---------------------------------------------------------------- what is read


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_with_a_name_is_read_once(tmp_path):
    pipe, out = tmp_path / "pipe", tmp_path / "out.jsonl"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(LINE + "{broken\n",))
    writer.start()
    code, told = score(pipe, "-o", out)
    writer.join(10)
    assert code == 1
    assert told.splitlines()[-1] == f"1 record in {out}, 1 failure"
    (failure,) = map(json.loads, (tmp_path / "out.jsonl.errors.jsonl").read_text("utf-8").splitlines())
    assert (failure["source"], failure["line"]) == (str(pipe), 2)
    assert not folder_of(out).exists()


def test_an_input_that_grows_while_it_is_read_is_told(news, tmp_path):
    news.write_text(LINE * 20)

    def grow(progress):
        if progress.n_scored == 1:
            with news.open("a") as file:
                file.write(LINE)

    report = run(news, tmp_path / "out.jsonl", on_progress=grow)
    assert (report.n_records, report.n_failures) == (21, 1)
    (failure,) = map(json.loads, (tmp_path / "out.jsonl.errors.jsonl").read_text("utf-8").splitlines())
    had, has = 20 * len(LINE), 21 * len(LINE)
    assert failure["error"] == (
        f"was written to while it was read ({had} bytes at the beginning, {has} at the end); score it again when it is whole"
    )


# ---------------------------------------------------------------- where is written


def test_a_folder_that_cannot_be_made_is_named(news, tmp_path):
    folder_of(tmp_path / "out.jsonl").write_text("a file where the folder would be")
    with pytest.raises(SettingsError, match=r"out\.jsonl\.labtape-job: cannot be made \(File exists\)"):
        run(news, tmp_path / "out.jsonl")


def test_a_place_that_takes_nothing_is_said_before_anything_is_scored(news, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o555)  # root may write there as well
    folder = next(
        (path for path in (mine, Path("/proc/sys"), Path("/sys")) if not os.access(path, os.W_OK)), None
    )
    if folder is None:
        pytest.skip("this user may write everywhere")
    for option in ("--out", "--report", "--story-list"):
        place = folder / "x.jsonl"
        code, told = score(news, "--out", tmp_path / "out.jsonl", option, place)
        assert (code, told) == (
            2,
            f"labtape: {place}: {folder} cannot be written to; give {option} another place\n",
        )
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_standard_output_that_is_full_or_closed_is_one_line(news):
    command = [sys.executable, "-m", "labtape", "--bundle", "rules", "score", str(news), "-o", "-"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stderr == (
        "labtape: standard output: cannot be written there (No space left on device); "
        "make room or give --out another place\n"
    )
    closed = ["sh", "-c", '"$@" >&-', "sh", *command]
    done = subprocess.run(closed, stderr=subprocess.PIPE, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (2, "labtape: standard output is closed; give --out a file\n")


def test_standard_input_that_is_closed_is_a_failure(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", None)
    code, _ = score("-", "-o", tmp_path / "out.jsonl")
    assert code == 1
    assert "is closed; would read" in (tmp_path / "out.jsonl.errors.jsonl").read_text("utf-8")


def test_runs_that_meet_on_one_output_are_refused_or_do_it_whole(news, tmp_path):
    pytest.importorskip("fcntl")
    out, met = tmp_path / "out.jsonl", list[str]()

    def again() -> int:
        n = 0
        for _ in range(12):
            try:
                n += run(news, out).n_records
            except BatchError as e:
                met.append(str(e))
        return n

    with ThreadPoolExecutor(3) as threads:
        done = [threads.submit(again) for _ in range(3)]
        n_done = sum(each.result() for each in done)
    assert n_done + len(met) == 36
    assert set(met) <= {
        "out.jsonl.labtape-job: another process works on it; wait for it, or give --out another name"
    }
    assert out.read_text("utf-8").count("\n") == 1
    assert not folder_of(out).exists()
