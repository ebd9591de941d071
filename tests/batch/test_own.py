"""A folder that holds outputs of labtape is read without them, whatever their names; a file that is named is read."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labtape.batch import Options, Tools, score_files
from labtape.batch.own import is_own
from labtape.batch.parts import folder_of

NOW = datetime(2026, 6, 10, tzinfo=UTC)


class Stopped(Exception):
    """What stands for a kill."""


def news(path: Path, *ids: str) -> Path:
    rows = [{"id": i, "title": f"DeepSeek halves API prices: {i}"} for i in ids]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n", "utf-8")
    return path


def run(folder: Path, out: Path, **options):
    return score_files(
        [folder], out, options=Options(Tools("rules"), chunk=1), now=NOW, clock=lambda: NOW, **options
    )


def ids(out: Path) -> list[str]:
    return [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.csv", "out.parquet"])
def test_what_an_earlier_run_wrote_under_any_name_is_passed_over(tmp_path, name):
    news(tmp_path / "news.jsonl", "a", "b")
    run(tmp_path, tmp_path / name, report=tmp_path / "told.json", story_list=tmp_path / "s.jsonl")
    renamed = {name: f"zz-{name}", f"{name}.errors.jsonl": "e.jsonl"}
    for old, new in renamed.items():
        (tmp_path / old).rename(tmp_path / new)
    again = run(tmp_path, tmp_path / "again.jsonl")
    assert ids(tmp_path / "again.jsonl") == ["a", "b"]
    assert again.n_failures == 1
    wanted = {*renamed.values(), "told.json", "s.jsonl"}
    assert {Path(path).name for path in again.passed_over} == wanted
    assert again.n_passed_over == 4


def test_a_run_that_is_killed_and_another_one_beside_it_read_the_same(tmp_path):
    news(tmp_path / "news.jsonl", "a", "b", "c")

    def stop(progress):
        shutil.copytree(folder_of(tmp_path / "one.jsonl"), tmp_path / "kept")
        raise Stopped

    with pytest.raises(Stopped):
        run(tmp_path, tmp_path / "one.jsonl", on_progress=stop)
    other = run(tmp_path, tmp_path / "two.jsonl")
    assert ids(tmp_path / "two.jsonl") == ["a", "b", "c"]
    assert [Path(path).name for path in other.passed_over] == ["manifest.json", "manifest.json"]
    one = run(tmp_path, tmp_path / "one.jsonl")
    assert one.n_kept == 1
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_folder_of_nothing_but_outputs_says_so_and_a_named_output_is_read(tmp_path):
    (tmp_path / "in").mkdir()
    folder = tmp_path / "out"
    folder.mkdir()
    run(news(tmp_path / "in" / "news.jsonl", "a"), folder / "first.jsonl")
    again = run(folder, tmp_path / "again.jsonl")
    assert (again.n_records, again.n_failures) == (0, 1)
    (failure,) = map(json.loads, (tmp_path / "again.jsonl.errors.jsonl").read_text("utf-8").splitlines())
    assert failure["error"].startswith("holds nothing but what labtape wrote (first.jsonl, first.jsonl.")
    run(tmp_path / "in", folder / "first.csv")
    named = run(folder / "first.csv", tmp_path / "named.jsonl")
    assert (named.n_records, named.passed_over) == (1, ())
    into_itself = run(folder, folder / "first.jsonl")
    assert (into_itself.n_records, into_itself.n_failures) == (0, 1)


def test_an_empty_output_is_known_by_its_report(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "news.jsonl").write_text("{}\n")
    run(tmp_path / "in", tmp_path / "in" / "none.jsonl")
    assert (tmp_path / "in" / "none.jsonl").read_bytes() == b""
    assert is_own(tmp_path / "in" / "none.jsonl")
    (tmp_path / "in" / "empty.jsonl").write_bytes(b"")
    assert not is_own(tmp_path / "in" / "empty.jsonl")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("out.jsonl", b'{"title": "A", "schema": "labtape.record/1"}\n'),
        ("out.jsonl.errors.jsonl", b'{"place": "Hanoi", "title": "A"}\n'),
        ("out.jsonl.report.json", b'{"title": "A", "text": "schema labtape.batch/1"}'),
        ("a.csv", b"id,title,engine\n1,A,x\n"),
        ("a.jsonl.gz", b"\x1f\x8b broken"),
        ("a.parquet", b"PAR1 broken"),
        ("a.json", b"[" * 5000),
        ("a.txt", b""),
    ],
)
def test_news_is_read_whatever_its_name(tmp_path, name, body):
    (tmp_path / name).write_bytes(body)
    assert not is_own(tmp_path / name)
