"""What a worker of a cluster does with one part of a table: it reads, scores, and hands back or writes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.batch.cluster import told_where
from labtape.batch.core import CHUNK, Tools, annotate_and_judge, score
from labtape.exceptions import SettingsError
from labtape.read import Failure
from labtape.read.parts import TablePart, file_system, read_part
from labtape.types import Annotated, Article, Record, Signal

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for every part of a run."""

    tools: Tools
    now: datetime
    any_topic: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A part annotated and judged, for who groups and writes; `failures` are the rows that could not be read."""

    annotated: tuple[Annotated, ...]
    signals: tuple[Signal, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A part that is in its file: how many records, and the rows that could not be read."""

    n_records: int
    failures: tuple[Failure, ...]


def judge_part(part: TablePart, *, job: Job) -> Judged:
    """A part's articles with their signals, in order; stories need all parts and are not made here."""
    articles, failures = _sorted_out(read_part(part, now=job.now))
    annotated: list[Annotated] = []
    signals: list[Signal] = []
    for begin in range(0, len(articles), CHUNK):
        a, s = told_where(
            annotate_and_judge, articles[begin : begin + CHUNK], job.tools, job.now, job.any_topic
        )
        annotated += a
        signals += s
    return Judged(tuple(annotated), tuple(signals), failures)


def write_part(numbered: tuple[int, TablePart], *, job: Job, folder: str) -> Written:
    """Score a part into `part-00000.parquet` of a folder, whole or not at all; a part without records makes no file."""
    number, part = numbered
    articles, failures = _sorted_out(read_part(part, now=job.now))
    records: list[Record] = told_where(_records, articles, job)
    if records:
        put_part(records, folder, f"part-{number:05}.parquet")
    return Written(len(records), failures)


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

    if "://" not in folder:
        write_records(records, Path(folder) / name)
        return
    fs, inside = file_system(folder)
    with tempfile.TemporaryDirectory() as here:
        path = Path(here) / name
        write_records(records, path)
        fs.put_file(str(path), f"{inside.rstrip('/')}/{name}")


def new_folder(folder: str) -> str:
    """The folder, made where it is missing, with its whole path. Raises `SettingsError` where something is in it."""
    fs, inside = file_system(folder)
    try:
        if fs.exists(inside) and (not fs.isdir(inside) or fs.ls(inside, detail=False)):
            raise SettingsError(
                f"{folder}: is there and not an empty folder; give another name for the parts"
            )
        fs.makedirs(inside, exist_ok=True)
    except OSError as e:
        raise SettingsError(f"{folder}: cannot be made ({e.strerror or e}); give another place") from e
    return folder if "://" in folder else inside


def put_text(text: str, folder: str, name: str) -> None:
    """Write a small text into a folder."""
    fs, inside = file_system(folder)
    with fs.open(f"{inside.rstrip('/')}/{name}", "wb") as file:
        file.write(text.encode("utf-8"))
