"""What a worker of a cluster does with one part of a table: it reads, scores, and hands back or writes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING, Final

from labtape.batch.cluster import told_where
from labtape.batch.core import CHUNK, Judged, Tools, judged_chunk, score
from labtape.plain import from_plain, to_plain
from labtape.read import Failure
from labtape.read.parts import TablePart, file_system, read_part
from labtape.types import Article, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What lies beside part files begins with this name, by which it is known not to be news.
FOLDER_SCHEMA: Final = "labtape.folder/1"
#: A part of a table, or what is said of a table that could not be cut.
Cut = TablePart | Failure


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for every part of a run."""

    tools: Tools
    now: datetime
    any_topic: bool = False
    is_prepared: bool = False


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """A part annotated, judged and perhaps prepared, for who groups and writes; `failures` are the rows that could not be read."""

    articles: Judged
    failures: tuple[Failure, ...]
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Numbered:
    """A part by its number among all; `may_be_done` where something of it lies in the folder already."""

    number: int
    item: Cut
    may_be_done: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A part that is in its file: how many records, and the rows that could not be read."""

    n_records: int
    failures: tuple[Failure, ...]


def judge_part(part: Cut, *, job: Job) -> JudgedPart:
    """A part's articles with their signals, in order; stories need all parts and are not made here."""
    began = thread_time()
    articles, failures = _sorted_out(_found(part, job.now))
    judged: Judged = []
    for begin in range(0, len(articles), CHUNK):
        judged += told_where(
            judged_chunk, articles[begin : begin + CHUNK], job.tools, job.now, job.any_topic, job.is_prepared
        )
    return JudgedPart(judged, failures, thread_time() - began)


def write_part(numbered: Numbered, *, job: Job, folder: str) -> Written:
    """Score a part into `part-00000.parquet` of a folder, whole or not at all; what is there already is not scored again.

    Beside it, and before it, goes a note where there is more to say of the part than its records: failures, or that it has none.
    """
    number = numbered.number
    if numbered.may_be_done and (kept := _kept_part(number, folder)):
        return kept
    articles, failures = _sorted_out(_found(numbered.item, job.now))
    records: list[Record] = told_where(_records, articles, job)
    if failures or not records:
        note = {
            "schema": FOLDER_SCHEMA,
            "records": len(records),
            "failures": [to_plain(f) for f in failures],
        }
        put_text(json.dumps(note, ensure_ascii=True) + "\n", folder, note_name(number))
    if records:
        put_part(records, folder, part_name(number))
    return Written(len(records), failures)


def part_name(number: int) -> str:
    """The file of a part.

    >>> part_name(7), note_name(7)
    ('part-00007.parquet', '_part-00007.json')
    """
    return f"part-{number:05}.parquet"


def note_name(number: int) -> str:
    """The note beside a part, while its run lasts."""
    return f"_part-{number:05}.json"


def _kept_part(number: int, folder: str) -> Written | None:
    """What a part of an earlier start holds; None where it is not whole: a note without the records that it counts."""
    from labtape.report.arrow import rows_in

    fs, inside = file_system(folder)
    note, part = (f"{inside.rstrip('/')}/{name}" for name in (note_name(number), part_name(number)))
    told = json.loads(fs.cat_file(note)) if fs.exists(note) else {"records": None, "failures": []}
    failures = tuple(from_plain(Failure, failure) for failure in told["failures"])
    if fs.exists(part):
        with fs.open(part, "rb") as stream:
            return Written(rows_in(stream), failures)
    return Written(0, failures) if told["records"] == 0 else None


def _found(part: Cut, now: datetime) -> Iterable[Article | Failure]:
    return (part,) if isinstance(part, Failure) else read_part(part, now=now)


def _records(articles: Sequence[Article], job: Job) -> list[Record]:
    return list(score(articles, tools=job.tools, now=job.now, any_topic=job.any_topic))


def _sorted_out(found: Iterable[Article | Failure]) -> tuple[list[Article], tuple[Failure, ...]]:
    articles: list[Article] = []
    failures: list[Failure] = []
    for one in found:
        if isinstance(one, Failure):
            failures.append(one)
        else:
            articles.append(one)
    return articles, tuple(failures)


# ---------------------------------------------------------------- folders of parts


def put_part(records: Iterable[Record], folder: str, name: str) -> None:
    """Write records into a file of a folder, here or in an object store."""
    from labtape.report import write_records

    fs, inside = file_system(folder)
    if "file" in fs.protocol:
        write_records(records, Path(inside) / name)
        return
    with tempfile.TemporaryDirectory() as here:
        path = Path(here) / name
        write_records(records, path)
        fs.put_file(str(path), f"{inside.rstrip('/')}/{name}")


def put_text(text: str, folder: str, name: str) -> None:
    """Write a small text into a folder, whole or not at all."""
    from labtape.report import write_text

    fs, inside = file_system(folder)
    if "file" in fs.protocol:
        write_text(Path(inside) / name, text)
        return
    with fs.open(f"{inside.rstrip('/')}/{name}", "wb") as file:
        file.write(text.encode("utf-8"))
