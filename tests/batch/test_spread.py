"""Which tables a cluster is given, and which files of a folder are labtape's own."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from labtape.batch import Options, Tools, score_files
from labtape.batch.spread import find_tables
from labtape.batch.tables import Job, Numbered, write_part
from labtape.exceptions import SettingsError
from labtape.read import Failure
from labtape.read.parts import TablePart

fsspec = pytest.importorskip("fsspec", reason="labtape[dask] is not installed")
NOW = datetime(2026, 6, 10, tzinfo=UTC)
LINE = b'{"title": "Kimi K3 is out"}\n'


def test_a_folder_and_a_pattern_are_taken_without_outputs_and_a_file_as_it_is_named(tmp_path):
    (tmp_path / "news.jsonl").write_bytes(LINE)
    out = tmp_path / "scored.jsonl"
    score_files([tmp_path / "news.jsonl"], out, options=Options(Tools("rules")), now=NOW, clock=lambda: NOW)
    for name in (str(tmp_path), f"{tmp_path}/*.jsonl"):
        found = find_tables([name])
        assert found.paths == (str(tmp_path / "news.jsonl"),)
        assert found.passed_over == (str(out),)
        assert [(one.name, one.n_files, one.n_bytes) for one in found.inputs] == [(name, 1, len(LINE))]
    assert find_tables([str(out)]).paths == (str(out),)
    assert find_tables([str(tmp_path)], without={out}).passed_over == ()
    (tmp_path / "news.jsonl").unlink()
    with pytest.raises(
        SettingsError, match="holds nothing but what labtape wrote; would read tables of news"
    ):
        find_tables([str(tmp_path)])


def test_a_table_that_is_written_to_has_another_stamp(tmp_path):
    (tmp_path / "news.jsonl").write_bytes(LINE)
    before = find_tables([str(tmp_path)])
    assert find_tables([str(tmp_path)]) == before
    (tmp_path / "news.jsonl").write_bytes(LINE.replace(b"K3", b"K4"))
    assert find_tables([str(tmp_path)]).inputs[0].stamp != before.inputs[0].stamp


@pytest.fixture
def store():
    fs = fsspec.filesystem("memory")
    yield fs
    fs.rm("/labtape-test", recursive=True)


def test_in_an_object_store_a_folder_of_parts_is_known_by_what_lies_beside_them(store):
    store.pipe_file("/labtape-test/news.jsonl", LINE)
    store.pipe_file("/labtape-test/scored/part-00000.parquet", b"PAR1")
    store.pipe_file("/labtape-test/scored/_labtape.json", b"{}")
    found = find_tables(["memory://labtape-test"])
    assert found.paths == ("memory:///labtape-test/news.jsonl",)
    assert found.passed_over == ("memory:///labtape-test/scored/part-00000.parquet",)


def test_a_part_that_is_there_is_not_scored_again_and_says_the_same(store):
    """Also one without records, and one whose note came and whose file did not."""
    store.pipe_file("/labtape-test/news.jsonl", LINE + b"{broken\n")
    job, folder = Job(Tools("rules"), NOW), "memory://labtape-test/scored"
    given = [
        TablePart("memory://labtape-test/news.jsonl", "jsonl"),
        Failure("gone.jsonl", "cannot be opened"),
        TablePart("memory://labtape-test/none.jsonl", "jsonl"),
    ]
    first = [write_part(Numbered(n, item), job=job, folder=folder) for n, item in enumerate(given)]
    assert [(done.n_records, len(done.failures)) for done in first] == [(1, 1), (0, 1), (0, 1)]
    names = sorted(path.rpartition("/")[2] for path in store.ls("/labtape-test/scored", detail=False))
    assert names == ["_part-00000.json", "_part-00001.json", "_part-00002.json", "part-00000.parquet"]
    store.rm("/labtape-test/news.jsonl")
    assert [
        write_part(Numbered(n, item, True), job=job, folder=folder) for n, item in enumerate(given)
    ] == first
    store.rm("/labtape-test/scored/part-00000.parquet")
    (again,) = write_part(Numbered(0, given[0], True), job=job, folder=folder).failures
    assert "cannot be read" in again.error
    assert json.loads(store.cat_file("/labtape-test/scored/_part-00000.json"))["schema"] == "labtape.folder/1"
