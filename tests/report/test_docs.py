from __future__ import annotations

import re
from pathlib import Path

import pytest

from labtape.report import record_schema
from labtape.report.columns import columns

PAGE = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_0-9]+)`", PAGE)) | set(re.findall(r"`([a-z_]+)…?`", PAGE))


def fields() -> list[str]:
    schema = record_schema()
    names = set(schema["properties"])
    for definition in schema["$defs"].values():
        names |= set(definition["properties"])
    return sorted(names)


@pytest.mark.parametrize("name", fields())
def test_the_page_names_every_field_of_the_record(name: str) -> None:
    assert name in NAMED or re.search(rf"^## .*\b{name}\b", PAGE, re.M)


@pytest.mark.parametrize("name", [column.name for column in columns()])
def test_the_page_names_every_column(name: str) -> None:
    assert name in NAMED
