"""What was written is read back: records from JSON Lines and from tables."""

from __future__ import annotations

import csv
import gzip

import pytest

from labtape.exceptions import ReadError, SettingsError
from labtape.report import record_json, write_records
from labtape.report.reading import read_records

from .samples import records


@pytest.mark.parametrize("name", ["r.jsonl", "r.ndjson", "r.jsonl.gz", "r.jsonl.zst", "r.csv", "r.parquet"])
def test_what_was_written_is_read_back_equal(tmp_path, name):
    made = records()
    write_records(made, tmp_path / name)
    assert tuple(read_records(tmp_path / name)) == made


def test_lines_of_a_later_engine_and_empty_ones_are_read(tmp_path):
    file = tmp_path / "r.jsonl"
    line = record_json(records()[0])
    file.write_text(f'\n{line[:-1]},"mood":3}}\n\n', "utf-8")
    assert tuple(read_records(file)) == records()[:1]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("r.jsonl", b'{"schema":"labtape.record/1"}\n', r"r\.jsonl: line 1: \$\.id"),
        ("r.jsonl", b"[1]\n", r"r\.jsonl: line 1: "),
        ("r.jsonl", b"not json\n", r"r\.jsonl: line 1: no JSON: 'not json"),
        ("r.jsonl", b"\xff\xfe\n", r"r\.jsonl: cannot be read \(.*utf-8"),
        ("r.jsonl.gz", b"plain\n", r"r\.jsonl\.gz: line 1: no JSON: 'plain"),
        ("r.jsonl.gz", gzip.compress(b"x" * 9999)[:-9], r"r\.jsonl\.gz: cannot be read \("),
        ("r.jsonl.zst", b"\x28\xb5\x2f\xfd\x04", r"r\.jsonl\.zst: cannot be read \(broken Zstandard"),
        ("r.parquet", b"plain\n", r"r\.parquet: no Parquet file"),
        ("r.csv", b"id,title\n1,x\n", r"r\.csv: row 1: no column available_at, verdict, story_id"),
        ("r.csv", b"\xff,\n\xff,\n", r"r\.csv: no CSV in UTF-8"),
    ],
)
def test_what_cannot_be_read_says_where(tmp_path, name, body, words):
    (tmp_path / name).write_bytes(body)
    with pytest.raises(ReadError, match=words):
        tuple(read_records(tmp_path / name))


def test_a_wrong_cell_names_its_row_and_field(tmp_path):
    file = tmp_path / "r.csv"
    write_records(records()[:2], file)
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    rows[1]["novelty"] = "much"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(ReadError, match=r"row 2: \$\.story\.novelty: expected a number, got 'much'"):
        tuple(read_records(file))


def test_other_endings_and_files_that_are_not_there_are_said(tmp_path):
    with pytest.raises(SettingsError, match="no format has this ending"):
        tuple(read_records(tmp_path / "r.txt"))
    with pytest.raises(ReadError, match="no such file"):
        tuple(read_records(tmp_path / "r.jsonl"))
