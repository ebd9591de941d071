"""What a run has finished, in a folder beside its output: whole parts, and what they are parts of.

    out.jsonl.labtape-job/
      manifest.json       what is being scored, with what, since when
      lock                held by the process that works on it
      000/000000.part     64 items each: records, failures, articles and closed stories, as lines of JSON in gzip
      000/000001.part     …

A part is written beside its place, synced, and renamed; so it is whole or it is not there, and a power cut or `kill -9` costs at
most the items of no part. What follows the last part of an unbroken row is made again. Articles are kept where stories
are grouped: the grouper is rebuilt by adding them again, which gives the very same ids.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from gzip import BadGzipFile, GzipFile
from itertools import count, islice
from pathlib import Path
from typing import Any, BinaryIO

from labtape.exceptions import BatchError, ReadError, SettingsError
from labtape.plain import from_plain, to_plain
from labtape.read.found import Failure
from labtape.report.record import dumps
from labtape.report.write import replacing, sync_folder, without_links, write_bytes
from labtape.types import Article, ModelRef, Story

try:
    import fcntl
except ImportError:  # no such locks on this system: two runs at once are not noticed
    fcntl = None  # type: ignore[assignment]  # where there is none

MANIFEST, LOCK = "manifest.json", "lock"
_SCHEMA = "labtape.job/1"
_IN_FOLDER = 1000  # parts; folders of more are slow on some disks
_LEVEL = 1  # of gzip: a fifth of the size for a hundredth of the time of scoring


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that was named to be scored: how many files and bytes it is; `stamp` is of their names, sizes and times of change."""

    name: str
    n_files: int
    n_bytes: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a job scores and with what; two runs of equal ones give equal bytes."""

    version: str
    now: str
    inputs: tuple[Input, ...]
    any_topic: bool
    stories: bool
    model: ModelRef
    kb: str
    chunk: int
    on_cluster: bool = False
    n_starts: int = 1


@dataclass(frozen=True, slots=True)
class Spent:
    """What a job has cost up to some moment, over all its starts."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many articles and failures a source gave."""

    articles: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk that is finished: `records` are lines of JSON without their ends; `n_items` were read for it, good and bad."""

    n_items: int
    records: tuple[bytes, ...]
    failures: tuple[Failure, ...] = ()
    articles: tuple[Article, ...] = ()
    stories: tuple[Story, ...] = ()
    sources: Mapping[str, Tally] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)
    spent: Spent = Spent()
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class _Head:
    """The first line of a part: how many lines of each kind follow, and what was counted; `n_done` items are in it and those before."""

    n_done: int
    is_last: bool
    n_items: int
    n_records: int
    n_failures: int
    n_articles: int
    n_stories: int
    sources: Mapping[str, Tally]
    labels: Mapping[str, int]
    spent: Spent


class Job:
    """The folder of one job, held by one process; `n_items` articles and failures lie in its `n_parts` parts."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.n_parts = next(n for n in count() if not _path(folder, n).exists())
        self.n_items = _head(_path(folder, self.n_parts - 1)).n_done if self.n_parts else 0

    @property
    def last(self) -> Part | None:
        """The last part kept; where it `is_last`, nothing is missing."""
        return self.part(self.n_parts - 1) if self.n_parts else None

    def add(self, part: Part) -> None:
        """Keep a part: once this returns, it is on the disk."""
        path = _path(self.folder, self.n_parts)
        if not path.parent.exists():
            _make(path.parent)
            sync_folder(self.folder)
        with replacing(path) as file, GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
            for line in _lines(part, self.n_items + part.n_items):
                packed.write(line + b"\n")
        self.n_parts += 1
        self.n_items += part.n_items

    def parts(self) -> Iterator[Part]:
        """The parts kept, in order. Raises `BatchError` for one that is spoiled."""
        return (self.part(n) for n in range(self.n_parts))

    def part(self, number: int) -> Part:
        """One part. Raises `BatchError` where it is spoiled."""
        return _read(_path(self.folder, number))

    def end(self) -> None:
        """Take the folder away, at one stroke: what is left of it after a crash is no job."""
        gone = self.folder.with_name(f"{self.folder.name}.done")
        shutil.rmtree(gone, ignore_errors=True)
        self.folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number // _IN_FOLDER:03}" / f"{number:06}.part"


def folder_of(out: Path) -> Path:
    """Where the job of an output is kept: beside it, on the same disk."""
    target = without_links(out)
    return target.with_name(f"{target.name}.labtape-job")


@contextmanager
def opened_job(
    folder: Path, manifest: Manifest, *, restart: bool = False, same_now: bool = True
) -> Iterator[Job]:
    """The job of a folder: the one begun there where its manifest fits, else a new one; nobody else works on it meanwhile.

    A folder without a part holds nothing to go on with, whatever its manifest says; a job that ends without one leaves nothing.
    Without `same_now`, a job that was begun keeps its own. Raises `BatchError` where something differs (which is said), or another
    process is at it; `SettingsError` where nothing can be written.
    """
    with _held(folder):
        if restart or not _path(folder, 0).exists():
            _emptied(folder)
        begun = _manifest_of(folder)
        given = replace(manifest, now=begun.now) if begun and not same_now else manifest
        if begun is not None and (other := differences(begun, given)):
            raise BatchError(
                f"{folder.name}: was begun differently ({'; '.join(other)}); run it as it was begun, or --restart"
            )
        chosen = given if begun is None else replace(begun, n_starts=begun.n_starts + 1)
        write_bytes(folder / MANIFEST, manifest_text(chosen).encode())
        job = Job(folder, chosen)
        try:
            yield job
        finally:
            if not job.n_parts and folder.exists():
                shutil.rmtree(folder, ignore_errors=True)


def manifest_text(manifest: Manifest) -> str:
    """A manifest as it is kept; its schema comes first, by which it is known for one."""
    return dumps({"schema": _SCHEMA, **to_plain(manifest)})


def manifest_from(text: str | bytes, place: object) -> Manifest:
    """The manifest that was kept at a place. Raises `BatchError` where it cannot be read."""
    try:
        return from_plain(Manifest, json.loads(text))
    except (ValueError, ReadError) as e:
        raise BatchError(f"{place}: cannot be read ({e}); --restart to begin anew") from e


def differences(begun: Manifest, given: Manifest) -> tuple[str, ...]:
    """What keeps a job from going on, in words; empty where it may.

    >>> one = Manifest("1", "", (Input("a.jsonl", 1, 10, ""),), False, True, ModelRef("rules", "1", ""), "k", 64)
    >>> differences(one, replace(one, stories=False, inputs=(Input("a.jsonl", 1, 12, ""),)))
    ('a.jsonl has 12 bytes, had 10', 'stories: false, was true')
    """
    found = list(_changed(begun.inputs, given.inputs))
    names = {
        "version": "labtape",
        "now": "--now",
        "any_topic": "any-topic",
        "kb": "lexicon",
        "on_cluster": "--dask",
    }
    for name in ("version", "now", "any_topic", "stories", "model", "kb", "chunk", "on_cluster"):
        was, is_now = getattr(begun, name), getattr(given, name)
        if was != is_now:
            found.append(f"{names.get(name, name)}: {_shown(is_now)}, was {_shown(was)}")
    return tuple(found)


def _changed(begun: tuple[Input, ...], given: tuple[Input, ...]) -> Iterator[str]:
    names, old = [one.name for one in given], [one.name for one in begun]
    if names != old:
        yield f"inputs: {', '.join(names)[:200]}, were {', '.join(old)[:200]}"
        return
    for was, one in zip(begun, given, strict=True):
        if was.n_files != one.n_files:
            yield f"{one.name} has {one.n_files} files, had {was.n_files}"
        elif was.n_bytes != one.n_bytes:
            yield f"{one.name} has {one.n_bytes} bytes, had {was.n_bytes}"
        elif was.stamp != one.stamp:
            yield f"{one.name} was written to"


def _shown(value: object) -> str:
    if isinstance(value, ModelRef):
        return f"{value.bundle} {value.version} ({value.digest})"
    return str(value).lower() if isinstance(value, bool) else str(value)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Make the folder of a job and be the only one at it; the lock ends with its process, however that ends."""
    _make(folder)
    if fcntl is None:
        yield
        return
    with _lock(folder) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_gone = not (folder / LOCK).exists()
        except BlockingIOError as e:
            raise _taken(folder) from e
        except OSError:  # a disk without locks
            is_gone = False
        if is_gone:  # another process ended the job since this one came
            raise _taken(folder)
        yield


def _lock(folder: Path) -> BinaryIO:
    try:
        return (folder / LOCK).open("ab")
    except FileNotFoundError as e:  # as above
        raise _taken(folder) from e
    except OSError as e:
        raise SettingsError(f"{folder}: cannot be written there ({e.strerror}); {_wanted(e)}") from e


def _taken(folder: Path) -> BatchError:
    return BatchError(f"{folder.name}: another process works on it; wait for it, or give --out another name")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as e:
        raise SettingsError(f"{folder}: cannot be made ({e.strerror}); {_wanted(e)}") from e


def _wanted(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "make room"
    return "give a folder that exists and can be written to"


def _emptied(folder: Path) -> None:
    (folder / MANIFEST).unlink(missing_ok=True)  # first: without it, parts are no job
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _manifest_of(folder: Path) -> Manifest | None:
    path = folder / MANIFEST
    if not path.exists():
        _emptied(folder)
        return None
    return manifest_from(path.read_bytes(), path)


def _lines(part: Part, n_done: int) -> Iterator[bytes]:
    head = _Head(
        n_done, part.is_last, part.n_items, len(part.records), len(part.failures), len(part.articles), len(part.stories),
        part.sources, part.labels, part.spent,
    )  # fmt: skip
    yield _line(head)
    yield from part.records
    yield from map(_line, (*part.failures, *part.articles, *part.stories))


def _line(noun: object) -> bytes:
    return dumps(to_plain(noun)).encode("utf-8")


def _head(path: Path) -> _Head:
    with _unspoiled(path) as packed:
        return from_plain(_Head, json.loads(packed.readline()))


def _read(path: Path) -> Part:
    with _unspoiled(path) as packed:
        head = from_plain(_Head, json.loads(packed.readline()))
        lines = [line.rstrip(b"\n") for line in packed]
        if len(lines) != head.n_records + head.n_failures + head.n_articles + head.n_stories:
            raise ReadError(f"{len(lines)} lines")
        rest = iter(lines)
        return Part(
            head.n_items,
            tuple(islice(rest, head.n_records)),
            tuple(_nouns(Failure, islice(rest, head.n_failures))),
            tuple(_nouns(Article, islice(rest, head.n_articles))),
            tuple(_nouns(Story, rest)),
            head.sources,
            head.labels,
            head.spent,
            head.is_last,
        )


@contextmanager
def _unspoiled(path: Path) -> Iterator[GzipFile]:
    """A part to be read; what cannot be is a `BatchError`."""
    try:
        with GzipFile(path, "rb") as packed:
            yield packed
    except (OSError, EOFError, BadGzipFile, zlib.error, ValueError, ReadError) as e:
        place = os.path.join(*path.parts[-3:])  # noqa: PTH118 - of the last parts
        raise BatchError(f"{place}: is spoiled ({e}); --restart to begin anew") from e


def _nouns(kind: type[Any], lines: Iterator[bytes]) -> Iterator[Any]:  # Any: what `kind` says
    return (from_plain(kind, json.loads(line)) for line in lines)
