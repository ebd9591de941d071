"""A run on a cluster whose driver is killed goes on: the same bytes, and only what was missing is done."""

import json
import signal
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("distributed", reason="labtape[dask] is not installed")

from at_work import Finished, n_at_work, n_finished
from processes import cluster, until
from test_cluster import command, row, score

from labtape.batch import connected

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets that Dask leaves to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

N_ROWS, IN_A_PART = 60, 3
N_PARTS = N_ROWS // IN_A_PART + 1  # and a table with nothing but a row that cannot be read


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "a.jsonl").write_text("{broken\n")
    pd.DataFrame([row(n) for n in range(N_ROWS)]).to_parquet(folder / "b.parquet", row_group_size=IN_A_PART)
    return folder


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("cluster"), workers=1, threads=2) as made:
        yield made.address


def kept_in(out: Path) -> list[Path]:
    job = out.with_name(f"{out.name}.labtape-job")
    return sorted([*job.glob("*/[0-9]*.part"), *out.glob("part-*.parquet")])


def kill_in_the_middle(made, worker, tables, out, *options) -> list[Path]:
    """Kill the driver once it has kept some parts; the worker is held still, so that none comes after that."""
    run = subprocess.Popen(
        command(tables, "-o", out, "--dask", made.address, *options), stderr=subprocess.DEVNULL
    )
    until(lambda: len(kept_in(out)) >= 3, "three parts are kept", run, worker)
    worker.send_signal(signal.SIGSTOP)
    run.send_signal(signal.SIGKILL)
    run.wait()
    worker.send_signal(signal.SIGCONT)
    with connected(made.address, timeout=90) as client:
        until(lambda: not any(client.run(n_at_work).values()), "the worker has come to rest", worker)
    return kept_in(out)


@pytest.mark.parametrize("name", ["out.jsonl", "out"])
def test_a_driver_that_is_killed_costs_what_was_not_kept(tables, tmp_path, name):
    out, is_folder = tmp_path / name, name == "out"
    one = tmp_path / ("one.parquet" if is_folder else "one.jsonl")
    score(tables, "-o", one, *(["--no-stories"] if is_folder else []))
    with cluster(tmp_path / "cluster", workers=0) as made:
        worker = made.worker()
        with connected(made.address, timeout=90) as client:
            client.wait_for_workers(1, timeout=90)
            kept = kill_in_the_middle(made, worker, tables, out)
            assert 3 <= len(kept) < N_PARTS
            before = {path: path.stat().st_mtime_ns for path in kept}
            other = score(tables, "-o", out, "--dask", made.address, "--any-topic")
            client.register_plugin(Finished())
            code, told = score(tables, "-o", out, "--dask", made.address)
            n_scored, n_written = (
                client.run_on_scheduler(n_finished, work) for work in ("judge_part", "write_part")
            )
    assert other[0] == 2
    assert (
        "was begun differently (any-topic: true, was false); run it as it was begun, or --restart" in other[1]
    )
    assert code == 1
    assert "--restart begins anew" in told
    assert "60 records" in told
    assert "1 failure" in told
    if is_folder:
        assert f"goes on with {len(kept)} parts kept in {out}, begun 2026-06-10T00:00:00Z" in told
        assert {path: path.stat().st_mtime_ns for path in kept} == before
        assert n_written == N_PARTS  # a kept one only says what it holds
        parts = sorted(out.glob("part-*.parquet"))
        assert pa.concat_tables([pq.read_table(part) for part in parts]).equals(pq.read_table(one))
        success = json.loads((out / "_SUCCESS.json").read_text())
        assert (success["records"], len(success["failures"])) == (60, 1)
        assert {path.name for path in out.iterdir()} - {path.name for path in parts} == {
            "_SUCCESS.json",
            "_labtape.json",
        }
    else:
        assert n_scored == N_PARTS - len(kept)
        assert out.read_bytes() == one.read_bytes()
        errors = [path.with_name(f"{path.name}.errors.jsonl").read_bytes() for path in (out, one)]
        assert errors[0] == errors[1]
        report = json.loads(out.with_name("out.jsonl.report.json").read_text())
        assert (report["n_resumed"], report["n_kept"]) == (1, 1 + IN_A_PART * (len(kept) - 1))
        assert not out.with_name("out.jsonl.labtape-job").exists()


def test_a_finished_folder_is_done_anew_where_that_is_asked_for(running, tables, tmp_path):
    out = tmp_path / "out"
    assert score(tables, "-o", out, "--dask", running)[0] == 1
    (out / "mine.txt").write_text("mine")
    code, told = score(tables / "b.parquet", "-o", out, "--dask", running, "--restart")
    assert (code, told.splitlines()[0]) == (
        2,
        f"labtape: {out}: is there and not an empty folder; give another name for the parts",
    )
    (out / "mine.txt").unlink()
    assert score(tables / "b.parquet", "-o", out, "--dask", running, "--restart")[0] == 0
    assert json.loads((out / "_SUCCESS.json").read_text())["failures"] == []


def test_one_file_has_the_stories_and_the_report_of_one_process(running, tables, tmp_path):
    for name, options in (("one", []), ("many", ["--dask", running])):
        given = ["--story-list", tmp_path / f"{name}.stories", "--report", tmp_path / f"{name}.json"]
        assert score(tables, "-o", tmp_path / f"{name}.jsonl", *given, *options)[0] == 1
    assert (tmp_path / "one.stories").read_bytes() == (tmp_path / "many.stories").read_bytes()
    one, many = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "many"))
    for same in (
        "n_records",
        "n_failures",
        "labels",
        "sources",
        "n_sources",
        "merged",
        "inputs",
        "scored_at",
    ):
        assert one[same] == many[same], same
    assert many["spent"]["cpu_seconds"] > 0


def test_a_folder_is_read_without_the_parts_in_it(running, tables, tmp_path):
    for path in tables.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert "60 records" in score(tmp_path, "-o", tmp_path / "out", "--dask", running)[1]
    _, told = score(tmp_path, "-o", tmp_path / "again.jsonl", "--dask", running)
    assert "60 records" in told
    assert (
        "passed over 20 files that labtape wrote: part-00001.parquet, part-00002.parquet, part-00003.parquet and 17 more"
        in told
    )
    assert "60 records" in score(tmp_path, "-o", tmp_path / "alone.jsonl")[1]


def test_to_standard_output_nothing_is_kept(running, tables):
    done = subprocess.run(
        command(tables, "-o", "-", "--dask", running), capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [f"a{n}" for n in range(N_ROWS)]
    assert done.stderr.splitlines()[-1] == "60 records, 1 failure"
