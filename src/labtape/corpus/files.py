"""Files that the corpus writes: whole or not at all, and publishers' texts never inside the project."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from labtape.corpus.check import POOL
from labtape.exceptions import SettingsError
from labtape.report.write import replacing


def must_be_outside(out: Path) -> None:
    """Raise `SettingsError` for a place in a project that has a corpus: publishers' texts stay outside it."""
    for folder in (out.resolve(), *out.resolve().parents):
        if (folder / "corpora" / POOL).is_dir():
            raise SettingsError(
                f"{out}: lies in {folder}; publishers' texts stay outside the project, name another place"
            )


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:  # Any: JSON
    """Write a JSONL whole or not at all; raises `SettingsError` for a place that cannot be written."""
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; raises `SettingsError` for a place that cannot be written."""
    with replacing(path) as file:
        file.write(text.encode())
