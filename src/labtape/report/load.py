"""Records from a file of JSON Lines, as `labtape score -o` writes them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from labtape.exceptions import ReadError
from labtape.report.record import record_from_dict
from labtape.types import Record


def read_records(path: Path) -> Iterator[Record]:
    """The records of a .jsonl or .jsonl.gz file, one after the other, in constant memory.

    Raises `ReadError` with the line that is no record, or where the file cannot be read.
    """
    for n, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            plain = json.loads(line)
        except (ValueError, RecursionError) as e:
            raise ReadError(
                f"{path} line {n}: no JSON; give records as `labtape score -o FILE.jsonl` writes them"
            ) from e
        if not isinstance(plain, dict):
            raise ReadError(
                f"{path} line {n}: no JSON object; give records as `labtape score -o FILE.jsonl` writes them"
            )
        try:
            yield record_from_dict(plain)
        except ReadError as e:
            raise ReadError(f"{path} line {n}: {e}") from e


def _lines(path: Path) -> Iterator[bytes]:
    with ExitStack() as closing:
        try:
            file: Iterable[bytes] = closing.enter_context(path.open("rb"))
        except OSError as e:
            raise ReadError(
                f"{path}: cannot be read ({e.strerror}); give a file of records, JSON Lines"
            ) from e
        if path.suffix == ".gz":
            file = closing.enter_context(gzip.open(path))
        try:
            yield from file
        except (OSError, EOFError, zlib.error) as e:
            raise ReadError(f"{path}: cannot be read ({e}); give a file of records, JSON Lines") from e
