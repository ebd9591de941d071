"""A table cut into parts is read as the whole of it."""

import csv
import gzip
import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from labtape.exceptions import SettingsError
from labtape.read import Failure, read_articles
from labtape.read.parts import TablePart, parts_of, read_part, tables_at

NOW = datetime(2026, 6, 10, tzinfo=UTC)
ROWS = [
    {
        "id": f"a{n}",
        "title": f"Item {n}: “prices” fell",
        "text": f'She said, "down\n{n}%".\n' + "words " * (n % 5),
    }
    for n in range(40)
]


def in_parts(path, **sizes):
    parts = parts_of(str(path), **sizes)
    assert not isinstance(parts, Failure), parts
    return parts, [found for part in parts for found in read_part(part, now=NOW)]


def write_csv(path, *, charset="utf-8", rows=ROWS):
    with path.open("w", newline="", encoding=charset) as file:
        writer = csv.DictWriter(file, ["id", "title", "text"])
        writer.writeheader()
        writer.writerows(rows)


def write_lines(path):
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    lines[7:7] = ["", "{broken", '{"title": 3}']
    path.write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize("n_bytes", [1, 100, 700, 10**6])
def test_lines_in_parts_are_the_lines_of_the_file(tmp_path, n_bytes):
    path = tmp_path / "news.jsonl"
    write_lines(path)
    parts, found = in_parts(path, n_bytes=n_bytes)
    assert found == list(read_articles(path, now=NOW))
    assert [f.place for f in found if isinstance(f, Failure)] == [f"{path}:9", f"{path}:10"]
    assert len(parts) == 1 or n_bytes < 10**6


@pytest.mark.parametrize("n_bytes", [1, 100, 700, 10**6])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252"])
def test_records_with_lines_in_them_are_never_cut(tmp_path, n_bytes, charset):
    path = tmp_path / "news.csv"
    write_csv(path, charset=charset, rows=[*ROWS[:9], {"id": "e", "title": "", "text": ""}, *ROWS[9:]])
    _, found = in_parts(path, n_bytes=n_bytes)
    assert found == list(read_articles(path, now=NOW))
    assert sum(isinstance(f, Failure) for f in found) == 1


def test_what_a_part_begins_with_does_not_change_how_the_file_is_read(tmp_path):
    path = tmp_path / "news.csv"
    plain = b"title,text\r\n" + b"Chips,a market\r\n" * 600
    path.write_bytes(plain + "Caf\xe9,prices fell\r\n".encode("cp1252") * 3)
    _, found = in_parts(path, n_bytes=4000)
    assert found == list(read_articles(path, now=NOW))


def test_a_stray_quotation_mark_changes_nothing(tmp_path):
    path = tmp_path / "news.csv"
    path.write_text('title;text\nA 5" screen;x\n"B";"y\nz"\nC;v\n', "utf-8")
    _, found = in_parts(path, n_bytes=1)
    assert found == list(read_articles(path, now=NOW))
    assert [a.title for a in found] == ['A 5" screen', "B", "C"]


@pytest.mark.parametrize("n_rows", [1, 3, 100])
def test_rows_of_parquet_in_parts_are_those_of_the_file(tmp_path, n_rows):
    path = tmp_path / "news.parquet"
    frame = pd.DataFrame(ROWS)
    frame.loc[11, ["title", "text"]] = None
    frame.to_parquet(path, row_group_size=16)
    parts, found = in_parts(path, n_rows=n_rows)
    assert found == list(read_articles(path, now=NOW))
    assert [f.place for f in found if isinstance(f, Failure)] == [f"{path}, row 12"]
    assert len(parts) >= 3


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.csv", "broken.parquet", "utf16.csv", "no-words.csv"])
def test_odd_tables_are_read_as_whole_ones_are(tmp_path, name):
    path = tmp_path / name
    body = {"utf16.csv": "title,text\nA,b\n".encode("utf-16"), "no-words.csv": b"x,y\n1,2\n"}.get(name, b"")
    path.write_bytes(b"PAR1" if name == "broken.parquet" else body)
    assert in_parts(path, n_bytes=1)[1] == list(read_articles(path, now=NOW))


def test_a_parquet_table_without_rows_has_no_articles(tmp_path):
    pd.DataFrame({"title": pd.Series([], dtype="str")}).to_parquet(tmp_path / "none.parquet")
    assert in_parts(tmp_path / "none.parquet")[1] == []


def test_a_packed_table_is_one_part(tmp_path):
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROWS[0]).encode()))
    parts, found = in_parts(path, n_bytes=1)
    assert parts == (TablePart(str(path), "jsonl"),)
    assert found == list(read_articles(path, now=NOW))


def test_a_file_that_is_gone_is_a_failure(tmp_path):
    assert isinstance(parts_of(str(tmp_path / "gone.csv")), Failure)
    (found,) = read_part(TablePart(str(tmp_path / "gone.csv"), "csv"), now=NOW)
    assert found.error.startswith("cannot be read: No such file")


def test_folders_and_patterns_are_read_in_the_order_of_names(tmp_path):
    for name in ("b.jsonl", "a.csv", "deep/c.parquet", ".hidden.csv", "_SUCCESS.json", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    wanted = tuple(str(tmp_path / name) for name in ("a.csv", "b.jsonl", "deep/c.parquet"))
    assert tables_at([str(tmp_path)]) == wanted
    assert tables_at([f"{tmp_path}/*.jsonl", f"{tmp_path}/**/*.parquet"]) == wanted[1:]


def test_addresses_of_files_are_read(tmp_path):
    write_lines(tmp_path / "news.jsonl")
    (table,) = tables_at([(tmp_path / "news.jsonl").as_uri()])
    found = in_parts(table)[1]
    assert sum(not isinstance(f, Failure) for f in found) == len(ROWS)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.csv", "there is no such file, folder or pattern"),
        ("gone*.csv", r"no tables there; workers read \.jsonl"),
        ("https://news.example/feed.xml", "save it first"),
        ("-", "workers read tables in files"),
        ("nowhere://x/y.csv", "no such kind of address"),
    ],
)
def test_what_cannot_be_a_table_is_refused_with_what_would_be_right(tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=message):
        tables_at([name])


def test_an_address_whose_reader_is_not_installed_says_which(tmp_path):
    pytest.importorskip("fsspec")
    try:
        import s3fs  # noqa: F401
    except ImportError:
        with pytest.raises(SettingsError, match=r"s3://news/\*\.parquet: Install s3fs"):
            tables_at(["s3://news/*.parquet"])
    else:
        pytest.skip("s3fs is installed here")


def test_a_file_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "feed.xml").write_text("<rss/>")
    with pytest.raises(SettingsError, match=r"feed\.xml: is no table; .* Score it without --dask"):
        tables_at([str(tmp_path / "feed.xml")])
