"""The ledger as a file: the same columns in every form."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from labtape.exceptions import SettingsError
from labtape.ledger import share_rows
from labtape.plain import iso
from labtape.report import shares_csv, shares_json, write_shares
from labtape.report.shares import COLUMNS

from .samples import lexicon, records

ROWS = share_rows(records(), lexicon=lexicon())
NAMES = [column.name for column in COLUMNS]


def test_every_form_has_the_same_columns_in_the_same_order(tmp_path: Path) -> None:
    write_shares(ROWS, tmp_path / "a.parquet")
    assert pq.read_schema(tmp_path / "a.parquet").names == NAMES
    assert next(csv.reader(io.StringIO(shares_csv(ROWS)))) == NAMES
    assert [list(row) for row in json.loads(shares_json(ROWS))] == [NAMES] * len(ROWS)


def test_parquet_is_read_back_equal_to_the_json(tmp_path: Path) -> None:
    write_shares(ROWS, tmp_path / "a.parquet")
    read = pq.read_table(tmp_path / "a.parquet").to_pylist()
    for row in read:
        row["sightings"] = json.loads(row["sightings"])
        for name in ("first_at", "first_available_at"):
            row[name] = row[name] and iso(row[name])
    assert read == json.loads(shares_json(ROWS))


def test_an_empty_ledger_has_its_columns(tmp_path: Path) -> None:
    write_shares((), tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0
    assert pq.read_schema(tmp_path / "a.parquet").names == NAMES
    assert json.loads(shares_json(())) == []


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.PARQUET"])
def test_the_ending_says_the_form(tmp_path: Path, name: str) -> None:
    write_shares(ROWS, tmp_path / name)
    assert (tmp_path / name).stat().st_size > 100


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"a\.xlsx: the ledger has no such form; have: \.csv, \.parquet, \.json"
    ):
        write_shares(ROWS, tmp_path / "a.xlsx")


def test_a_half_of_a_surrogate_pair_does_no_harm(tmp_path: Path) -> None:
    odd = (replace(ROWS[0], subject="odd \ud800 words", checks=("\udfff",)),)
    for name in ("a.csv", "a.json", "a.parquet"):
        write_shares(odd, tmp_path / name)
