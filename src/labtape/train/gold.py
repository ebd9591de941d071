"""Annotated articles from disk: with their texts inside, or as labels that are joined to texts kept elsewhere.

Labels of other people's texts are stored by item id and the sha-256 of `title + "\\n\\n" + text`, so that offsets
are known to fit and no publisher's sentence lies in the project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from labtape.exceptions import ReadError

NEEDED = {"id"}

# Articles are annotated as of this moment where they carry no date, so that training does not depend on the day.
AS_OF: Final = datetime(2026, 10, 10, tzinfo=UTC)
# The sides of a split (labtape corpus split): the test, and what gold-dev or the held-out articles tell as well.
TEST: Final = "test"
APART: Final = "apart"


@dataclass(frozen=True, slots=True)
class Gold:
    """Annotated articles, and how many labels found no text (or another one than they were made on)."""

    rows: tuple[dict[str, Any], ...]  # Any: annotations as docs/annotation.md has them
    n_missing: int = 0
    n_changed: int = 0


def read_gold(path: Path, texts: Path | None = None) -> Gold:
    """Read an annotated JSONL, or every one of a folder; rows without a text are joined to `texts`, a JSONL (or a folder of
    them) with id, title and text.

    A label whose text is missing or has changed is counted and left out. Raises `ReadError` with the line.
    """
    kept: list[dict[str, Any]] = []
    n_missing = n_changed = 0
    known: dict[str, dict[str, dict[str, Any]]] = {}  # id, then digest: the same item was met with two texts
    for _, text in rows_with_places(texts) if texts else ():
        known.setdefault(str(text.get("id")), {})[digest_of(text)] = text
    for place, row in rows_with_places(path):
        if not row.keys() >= NEEDED:
            lacking = ", ".join(sorted(NEEDED - row.keys()))
            raise ReadError(
                f"{place}: no annotated article, lacks {lacking}; docs/annotation.md has the form"
            )
        if "text" in row:
            kept.append(row)
        elif not texts:
            raise ReadError(f"{place}: labels without a text; name the file that has it with --texts")
        elif row["id"] not in known:
            n_missing += 1
        elif row.get("sha256") not in known[row["id"]]:
            n_changed += 1
        else:
            kept.append(joined(row, known[row["id"]][row["sha256"]]))
    return Gold(tuple(kept), n_missing, n_changed)


def joined(row: Mapping[str, Any], text: Mapping[str, Any]) -> dict[str, Any]:
    """Labels with their text, each span with the words it covers.

    >>> joined({"id": "1", "labs": [{"start": 0, "end": 4, "lab": "moonshot"}]}, {"title": "Kimi", "text": ""})["labs"]
    [{'start': 0, 'end': 4, 'lab': 'moonshot', 'surface': 'Kimi'}]
    """
    full = full_of(text)
    spans = {
        key: [span | {"surface": full[span["start"] : span["end"]]} for span in row.get(key, ())]
        for key in ("labs", "decoys", "shares", "other_percents")
    }
    return {**text, **row, **spans}


def full_of(row: Mapping[str, Any]) -> str:
    """What offsets count in: title, an empty line, text."""
    return f"{row.get('title') or ''}\n\n{row.get('text') or ''}"


def digest_of(row: Mapping[str, Any]) -> str:
    """The sha-256 of title and text, in hexadecimal."""
    return sha256(full_of(row).encode()).hexdigest()


def jsonl_files(path: Path) -> tuple[Path, ...]:
    """The file, or every JSONL of a folder and the folders in it, by name; raises `ReadError` where there is none."""
    files = (path,) if path.is_file() else tuple(sorted(path.rglob("*.jsonl")))
    if not files:
        what = "a folder without a JSONL" if path.is_dir() else "no such file"
        raise ReadError(f"{path}: {what}; give a JSONL, one article a line, or a folder of them")
    return files


def rows_with_places(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a JSONL (or of a folder's) with `file:line`; raises `ReadError` for a line that is none."""
    for file in jsonl_files(path):
        yield from _lines(file)


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with path.open("rb") as lines:
            for n, line in enumerate(lines, 1):
                yield f"{path}:{n}", _object(line, f"{path}:{n}")
    except OSError as e:
        raise ReadError(f"{path}: cannot be read: {e.strerror}") from e


def _object(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
        if isinstance(row, dict):
            full_of(row).encode()  # a lone surrogate has no UTF-8 and so no digest
    except json.JSONDecodeError as e:
        raise ReadError(f"{place}: not JSON: {e.msg}; one article a line") from e
    except UnicodeError as e:
        raise ReadError(f"{place}: not UTF-8 ({e}); JSONL is UTF-8") from e
    except (ValueError, RecursionError) as e:
        raise ReadError(f"{place}: not JSON that can be read: {e}") from e
    if not isinstance(row, dict):
        raise ReadError(f"{place}: not an object; one article a line")
    return row
