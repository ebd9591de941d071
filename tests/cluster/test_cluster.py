"""`labtape score --dask` and `score_dask` on a scheduler and workers that are processes of their own."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import redirect_stderr, suppress
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("distributed", reason="labtape[dask] is not installed")

from at_work import deadly, open_bundle, tenth, times_loaded
from processes import cluster, kill_while_it_works, until

import labtape
from labtape.batch import Tools, connected, score_dask, score_frame, score_parts, warm_up
from labtape.cli import main
from labtape.exceptions import BundleError, ClusterError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets that Dask leaves to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NOW = "2026-06-10T00:00:00Z"
AT = datetime(2026, 6, 10, tzinfo=UTC)
TITLES = [
    "Nvidia shares fall 6% as the US tightens chip exports",
    "DeepSeek halves API prices",
    "Qwen took about 18% of tokens on OpenRouter in May",
    "智谱发布GLM-6并开源",
]


def row(n):
    return {
        "id": f"a{n}",
        "title": f"{TITLES[n % 4]} ({n // 4})",
        "text": f"{TITLES[n % 4]}.\nThe market waits, said desk {n % 7}. " + "Volumes rose by 3%. " * (n % 5),
        "published_at": f"2026-06-{1 + n % 9:02}T10:00:00Z",
    }


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Tables of all kinds with rows that cannot be read among them, in a folder."""
    folder = tmp_path_factory.mktemp("tables")
    rows = [row(n) for n in range(60)]
    lines = [json.dumps(r, ensure_ascii=False) for r in rows[:20]]
    lines[5:5] = ["{broken", '{"title": 3}']
    (folder / "a.jsonl").write_text("\n".join(lines), "utf-8")
    with (folder / "b.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows[20:30], {"id": "none"}, *rows[30:40]])
    pd.DataFrame(rows[40:]).to_parquet(folder / "c.parquet", row_group_size=5)
    return folder


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2, threads=2) as made:
        with connected(made.address, timeout=90) as client:
            client.wait_for_workers(2, timeout=90)
        yield made


def command(*given):
    return [sys.executable, "-m", "labtape", "--bundle", "rules", "score", *map(str, given), "--now", NOW]


def score(*given):
    """The command in this process, which saves its start: exit code and what it says."""
    told = io.StringIO()
    with redirect_stderr(told), pytest.raises(SystemExit) as stopped:
        main(command(*given)[3:])
    return stopped.value.code or 0, told.getvalue()


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_one_file_has_the_bytes_of_one_process_stories_too(running, tables, tmp_path, name):
    one = score(tables, "-o", tmp_path / f"one-{name}")
    many = score(tables, "-o", tmp_path / name, "--dask", running.address)
    assert (tmp_path / name).read_bytes() == (tmp_path / f"one-{name}").read_bytes()
    assert many == (one[0], one[1].replace(f"one-{name}", name))
    assert "60 records" in many[1]
    assert "3 failures" in many[1]


def test_a_folder_holds_the_rows_in_order(running, tables, tmp_path):
    score(tables, "--no-stories", "-o", tmp_path / "one.parquet")
    many = score(tables, "-o", tmp_path / "out", "--dask", running.address)
    parts = sorted((tmp_path / "out").glob("part-*.parquet"))
    assert len(parts) == 6
    whole = pa.concat_tables([pq.read_table(part) for part in parts])
    assert whole.equals(pq.read_table(tmp_path / "one.parquet"))
    assert many[0] == 1
    assert "not grouped into stories" in many[1]
    told = json.loads((tmp_path / "out" / "_SUCCESS.json").read_text())
    assert told["records"] == 60
    assert [failure["place"].rpartition("/")[2] for failure in told["failures"]] == [
        "a.jsonl:6",
        "a.jsonl:7",
        "b.csv:22",
    ]
    again = score(tables, "-o", tmp_path / "out", "--dask", running.address)
    assert again[0] == 2
    assert "a run into it is finished; give another name for the parts, or --restart" in again[1]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "part-00000.parquet").write_bytes(b"mine")
    for options in ([], ["--restart"]):
        taken = score(tables, "-o", tmp_path / "mine", "--dask", running.address, *options)
        assert taken[0] == 2
        assert "is there and not an empty folder" in taken[1]
    assert (tmp_path / "mine" / "part-00000.parquet").read_bytes() == b"mine"


def test_a_dask_frame_is_scored_as_one_process_does(running):
    import dask.dataframe as dd

    frame = pd.DataFrame([*map(row, range(60)), {"title": None}]).set_index(pd.Index(range(61), name="n"))
    ddf = dd.from_pandas(frame, npartitions=7)
    with connected(running.address) as client:
        got = client.compute(score_dask(ddf, bundle="rules", now=AT)).result(timeout=120)
    pd.testing.assert_frame_equal(got, score_frame(frame, tools=Tools("rules"), now=AT))


def test_the_model_is_loaded_once_by_a_worker_of_several_threads(running):
    import dask.dataframe as dd

    frame = pd.DataFrame([row(n) for n in range(40)])
    with connected(running.address) as client:
        before = client.run(times_loaded)
        ddf = score_dask(dd.from_pandas(frame, npartitions=10), bundle="market3-fast", now=AT)
        client.compute(ddf).result(timeout=120)
        after = client.run(times_loaded)
    assert max(after[worker] - before[worker] for worker in after) == 1


def test_a_bundle_that_workers_do_not_have_is_named_with_the_worker(running, tmp_path):
    with connected(running.address) as client, pytest.raises(BundleError, match=r"nowhere.*\(on the worker "):
        list(score_parts(client, open_bundle, [str(tmp_path / "nowhere")]))


def test_a_worker_that_comes_later_warms_up_by_itself(running):
    with connected(running.address) as client:
        warm_up(client, Tools("rules"))
        late = running.worker()
        until(
            lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == 3, "a third worker is there", late
        )
        pids = client.run(os.getpid)
        (address,) = [where for where, pid in pids.items() if pid == late.pid]
        assert client.run(times_loaded, workers=[address])[address] == 1
        late.terminate()
        late.wait(30)
        until(lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == 2, "it has gone")


def test_a_failing_item_costs_itself(running):
    with connected(running.address) as client:
        done = list(score_parts(client, tenth, [5, 0, 2]))
    assert [d.value for d in done] == [2.0, None, 5.0]
    assert done[1].error == "ZeroDivisionError: division by zero"


# ---------------------------------------------------------------- what dies


@pytest.mark.parametrize("is_folder", [False, True], ids=["file", "folder"])
def test_a_worker_killed_in_the_middle_costs_no_row(tables, tmp_path, is_folder):
    out = tmp_path / ("out" if is_folder else "out.jsonl")
    one = tmp_path / ("one.parquet" if is_folder else "one.jsonl")
    score(tables, "-o", one, *(["--no-stories"] if is_folder else []))
    with cluster(tmp_path / "cluster", workers=2) as made:
        victim = made.worker()
        with connected(made.address, timeout=90) as client:
            client.wait_for_workers(3, timeout=90)
            run = subprocess.Popen(
                command(tables, "-o", out, "--dask", made.address), stderr=subprocess.PIPE, text=True
            )
            kill_while_it_works(client, victim, run)
            _, told = run.communicate(timeout=240)
    assert "60 records" in told
    assert "3 failures" in told
    if is_folder:
        parts = [pq.read_table(part) for part in sorted(out.glob("part-*.parquet"))]
        assert pa.concat_tables(parts).equals(pq.read_table(one))
        assert not [path.name for path in out.iterdir() if path.name.startswith(".")]
    else:
        assert out.read_bytes() == one.read_bytes()


def test_an_item_that_kills_its_workers_is_given_up_and_the_rest_is_done(tmp_path):
    with (
        cluster(
            tmp_path,
            workers=1,
            nanny=True,
            DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1",
            DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION="1.0",  # Dask blames all that waits in a dead worker
        ) as made,
        connected(made.address, timeout=90) as client,
    ):
        done = list(score_parts(client, deadly, [1, 13, 2]))
    assert [d.value for d in done] == [1, None, 2]
    assert done[1].error.startswith("given up: 2 workers died while they read it")


def test_a_scheduler_that_dies_ends_the_run_and_leaves_no_file(tables, tmp_path):
    with cluster(tmp_path / "cluster", workers=0) as made:
        worker = made.worker()
        with connected(made.address, timeout=90) as client:
            run = subprocess.Popen(
                command(tables, "-o", tmp_path / "out.jsonl", "--dask", made.address),
                stderr=subprocess.PIPE,
                text=True,
            )
            until(lambda: any(client.processing().values()), "the run has begun", run)
            worker.send_signal(signal.SIGSTOP)
            made.scheduler.kill()
        _, told = run.communicate(timeout=120)
    assert run.returncode == 2
    assert told.strip().endswith(
        "the scheduler is gone, and with it what was under way; start it and run again"
    )
    assert not (tmp_path / "out.jsonl").exists()


def test_workers_that_all_go_end_the_wait(tmp_path):
    with cluster(tmp_path, workers=0) as made:
        worker = made.worker()
        with connected(made.address, timeout=90) as client:
            found = score_parts(client, tenth, [5, 2], patience=3)
            assert next(found).value == 2.0
            worker.kill()
            worker.wait()
            with pytest.raises(ClusterError, match="no worker for 3 seconds"):
                list(score_parts(client, tenth, [5, 2], patience=3))


# ---------------------------------------------------------------- what is wrong from the beginning


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("127.0.0.1:8786", "is no address of a scheduler; would be tcp://HOST:8786, or a number"),
        ("tcp://127.0.0.1:9", "no Dask scheduler answers there"),
        ("smoke://127.0.0.1:9", "no Dask scheduler answers there"),
        ("0", "give a number above 0"),
    ],
)
def test_an_address_where_nobody_is_says_so(address, message):
    with pytest.raises(ClusterError, match=message), connected(address, timeout=2):
        pass


def test_a_scheduler_without_workers_says_so(tmp_path):
    message = "has no workers; start some with `dask worker"
    with (
        cluster(tmp_path, workers=0) as made,
        pytest.raises(ClusterError, match=message),
        connected(made.address, timeout=2),
    ):
        pass


def test_workers_of_another_version_are_refused(running, monkeypatch):
    with connected(running.address) as client:
        monkeypatch.setattr(labtape.batch.cluster, "__version__", "0.0.1")
        with pytest.raises(ClusterError, match=r"has labtape \S+, this is 0\.0\.1; install the same"):
            warm_up(client, Tools("rules"))


def test_a_number_starts_workers_of_this_machine(tables, tmp_path):
    given = command(tables / "c.parquet", "-o", tmp_path / "out.jsonl", "--dask", "1")
    with socket.socket() as taken:
        with suppress(
            OSError
        ):  # where Dask would listen for a browser, if it were asked; by somebody else is as good
            taken.bind(("127.0.0.1", 8787))
            taken.listen()
        done = subprocess.run(given, capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stderr) == (0, f"20 records in {tmp_path}/out.jsonl, 0 failures\n")
