from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from labtape.exceptions import SettingsError
from labtape.report import record_from_dict, to_frame, write_records, write_text
from labtape.types import Record

from .samples import records

RECORDS = records()


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_json_lines_are_read_back_equal(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert write_records(RECORDS, path) == len(RECORDS)
    body = gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes()
    assert tuple(record_from_dict(json.loads(line)) for line in body.splitlines()) == RECORDS


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.parquet"])
def test_the_same_records_make_the_same_bytes(tmp_path: Path, name: str) -> None:
    write_records(RECORDS, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    write_records(RECORDS, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


def test_csv_has_flat_columns_and_json_for_findings(tmp_path: Path) -> None:
    write_records(RECORDS, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [r.id for r in RECORDS]
    assert rows[0]["p_neutral"] == "0.63"
    assert rows[0]["relevant"] == "true"
    assert rows[0]["published_at"] == "2026-06-02T09:30:00Z"
    assert json.loads(rows[0]["labs"]) == ["lab:alibaba-qwen", "lab:alibaba", "lab:deepseek"]
    assert json.loads(rows[0]["shares"])[0]["population"] == "top 10 models"
    assert rows[1]["main_event"] == "adoption_share"


@pytest.mark.parametrize("title", ['=HYPERLINK("https://x.example")', "+1 for AI", "-5% for Nvidia", "@all"])
def test_a_title_that_a_spreadsheet_would_run_is_marked_as_text_in_csv_only(
    tmp_path: Path, title: str
) -> None:
    record = replace(RECORDS[0], title=title)
    write_records([record], tmp_path / "out.csv")
    write_records([record], tmp_path / "out.parquet")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["title"] == f"'{title}"
    assert pq.read_table(tmp_path / "out.parquet").column("title")[0].as_py() == title


def test_parquet_keeps_types_and_lists(tmp_path: Path) -> None:
    write_records(RECORDS, tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert str(table.schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("labs").type).startswith("list<")
    row = table.slice(0, 1).to_pylist()[0]
    assert row["labs"] == ["lab:alibaba-qwen", "lab:alibaba", "lab:deepseek"]
    assert row["p_bullish"] == 0.21
    assert json.loads(row["verdict"])["label"] == "Neutral"


def test_parquet_and_frame_have_the_same_columns_and_values(tmp_path: Path) -> None:
    write_records(RECORDS, tmp_path / "out.parquet")
    read = pd.read_parquet(tmp_path / "out.parquet")
    made = to_frame(RECORDS)
    assert list(read.columns) == list(made.columns)
    for name in ("id", "score", "state", "published_at", "n_shares", "geo_relevant", "verdict"):
        assert read[name].tolist() == made[name].tolist()


def test_no_records_make_the_columns_all_the_same(tmp_path: Path) -> None:
    for name in ("out.csv", "out.parquet", "out.jsonl"):
        assert write_records((), tmp_path / name) == 0
    assert pq.read_table(tmp_path / "out.parquet").column_names == list(to_frame(()).columns)
    assert to_frame(()).dtypes.equals(to_frame(RECORDS).dtypes)
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_a_record_without_a_date_or_publisher_is_written(tmp_path: Path) -> None:
    bare = replace(RECORDS[0], published_at=None, publisher=None, url=None)
    write_records([bare], tmp_path / "out.parquet")
    row = pq.read_table(tmp_path / "out.parquet").to_pylist()[0]
    assert (row["published_at"], row["publisher"], row["url"]) == (None, None, None)
    assert to_frame([bare])["published_at"].isna().all()


def test_half_of_a_surrogate_pair_does_not_stop_a_table(tmp_path: Path) -> None:
    broken = replace(RECORDS[0], title="half \ud800 pair")
    for name in ("out.csv", "out.parquet", "out.jsonl"):
        assert write_records([broken], tmp_path / name) == 1


def test_another_label_set_has_its_own_probability_columns() -> None:
    record = replace(RECORDS[0], verdict=replace(RECORDS[0].verdict, p={"Very Bullish": 0.7, "Neutral": 0.3}))
    assert "p_very_bullish" in to_frame([record]).columns
    assert "p_bullish" in to_frame([record], labels=("Bullish", "Neutral", "Bearish")).columns


def test_records_are_written_as_they_come(tmp_path: Path) -> None:
    live: list[int] = []

    def one_by_one() -> Iterator[Record]:
        for n in range(5000):
            live.append(n)
            yield RECORDS[-1]

    assert write_records(one_by_one(), tmp_path / "out.parquet") == 5000
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups == 2


def test_a_file_stays_as_it_was_when_the_records_fail(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old\n")

    def failing() -> Iterator[Record]:
        yield RECORDS[0]
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError):
        write_records(failing(), path)
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.json"])
def test_an_unknown_ending_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"no format has this ending; have: \.jsonl, .*\.parquet"):
        write_records(RECORDS, tmp_path / name)


def test_a_format_may_be_named(tmp_path: Path) -> None:
    write_records(RECORDS, tmp_path / "out.data", format="csv")
    assert (tmp_path / "out.data").read_text(encoding="utf-8").startswith("id,title,")
    with pytest.raises(
        SettingsError, match=r"no format 'xml'; have: csv, jsonl, jsonl\.gz, jsonl\.zst, parquet"
    ):
        write_records(RECORDS, tmp_path / "out.data", format="xml")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"missing/out\.csv: cannot be written there"):
        write_records(RECORDS, tmp_path / "missing" / "out.csv")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(SettingsError, match=r"out\.csv: is a folder; give the name of a file"):
        write_records(RECORDS, tmp_path / "out.csv")


def test_without_a_path_json_lines_go_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert write_records(RECORDS[:2], None) == 2
    assert len(capfdbinary.readouterr().out.splitlines()) == 2


def test_text_is_written_whole(tmp_path: Path) -> None:
    write_text(tmp_path / "a.md", "三 stories\n")
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "三 stories\n"


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")
    write_text(tmp_path / "link.md", "new")
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text("utf-8") == "new"


def test_a_disk_that_takes_no_more_is_named_and_leaves_what_was_there(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="needs limits on the size of files, as Unix has them")
    (tmp_path / "out.md").write_text("old")
    code = (
        "import resource; from pathlib import Path; from labtape.report import write_text\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_text(Path('out.md'), 'x' * 100_000)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert "SettingsError: out.md: cannot be written there (File too large)" in done.stderr
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out.md", "old")]
