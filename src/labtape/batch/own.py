"""Did a run of labtape write this file? Told by what is in it, so that a folder that holds outputs is not read as news.

records        JSON Lines that begin with our schema; CSV and Parquet with the columns of our tables
beside them    run reports, lists of failures, lists of stories, the manifest of a job that was stopped
on a cluster   part files, and what lies beside them in their folder
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import BinaryIO, Final, cast

from labtape.exceptions import ReadError
from labtape.read.found import Failure
from labtape.read.packed import HEAD, opened

# Only these are asked: no run writes pages, feeds or archives.
_KINDS: Final = (".jsonl", ".ndjson", ".json", ".csv", ".parquet", ".pq", ".txt", ".gz", ".zst")
# What begins so is ours: anything that names its schema first, or a line of `--story-list`.
_BEGIN: Final = re.compile(rb'\s*\{\s*"schema"\s*:\s*"labtape\.\w+/\d|\{"id":"[^"]{1,200}","article_ids":\[')
# Columns of our tables that no table of news has all of.
_COLUMNS: Final = frozenset(
    {"id", "title", "input_hash", "content_hash", "engine", "kb", "model_digest", "story_id"}
)
_FAILURE: Final = frozenset(field.name for field in fields(Failure))


def is_own(path: Path) -> bool:
    """Whether a run of labtape wrote this file; what cannot be read is not ours."""
    if path.suffix.lower() not in _KINDS:
        return False
    try:
        with path.open("rb") as stream:
            plain = cast("io.BufferedReader", opened(stream))
            head = plain.peek(HEAD)
            if not head:
                return _is_empty_output(path)
            return _has_our_columns(stream) if head.startswith(b"PAR1") else _begins_as_ours(head)
    except (OSError, ReadError):
        return False


def _begins_as_ours(head: bytes) -> bool:
    if _BEGIN.match(head):
        return True
    first = head.split(b"\n", 1)[0]
    if not first.startswith(b"{"):
        return _names_our_columns(first)
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and frozenset(found) == _FAILURE


def _names_our_columns(line: bytes) -> bool:
    if not line.startswith(b"id,"):
        return False
    header = io.StringIO(line.decode("utf-8", "replace"))
    return frozenset(next(csv.reader(header), ())) >= _COLUMNS


def _has_our_columns(stream: BinaryIO) -> bool:
    from labtape.report.arrow import columns_in

    stream.seek(0)
    return frozenset(columns_in(stream)) >= _COLUMNS


def _is_empty_output(path: Path) -> bool:
    """Whether a file without a byte is what a run without records wrote: its report lies beside it."""
    report = path.with_name(f"{path.name}.report.json")
    return report.is_file() and is_own(report)
