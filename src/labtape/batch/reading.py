"""Files to be scored: their articles with the file each is from, and how far reading has come."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from labtape.batch.own import is_own
from labtape.batch.parts import Input
from labtape.read import read_articles, readable_files
from labtape.read.files import lies_at
from labtape.read.found import Failure
from labtape.types import Article

#: An article or a failure, with the name of what it is from.
Sourced = tuple[str, Article | Failure]


class Reading:
    """Some files and folders, read once, in order.

    A folder's reading passes over `without`, and over what earlier runs of labtape wrote: these are `passed_over`. A file that is named
    is read, whatever it holds.
    """

    def __init__(self, paths: Sequence[Path], *, without: Collection[Path] = ()) -> None:
        self._folders = {path: _Folder.of(path, without) for path in paths if lies_at(path) == "folder"}
        self._paths = tuple(paths)
        self.passed_over = tuple(file for folder in self._folders.values() for file in folder.own)
        self.inputs = tuple(stamped(str(path), map(Stamped.of, self._files(path))) for path in self._paths)
        self.n_bytes = sum(one.n_bytes for one in self.inputs)
        self._stream: BinaryIO | None = None
        self._n_behind = 0

    @property
    def n_read(self) -> int:
        """Bytes of the files read so far, as they lie on the disk. Those of a Parquet file count once it is read."""
        stream = self._stream
        if stream is None or stream.closed or stream.name.endswith((".parquet", ".pq")):
            return self._n_behind
        return self._n_behind + stream.tell()

    def found(self, now: datetime) -> Iterator[Sourced]:
        """Yield what the files hold."""
        for path in self._paths:
            folder = self._folders.get(path)
            if folder is not None and not folder.files and (folder.without or folder.own):
                yield str(path), folder.failure(path)
                continue
            for file in self._files(path) or (path,):
                before = _stamp(file)
                for item in read_articles(file, now=now, on_open=self._open):
                    yield str(file), item
                self._stream = None
                after = _stamp(file)
                if before != after:
                    yield str(file), _changed(before, after, file)
                self._n_behind += after.n_bytes if after else 0

    def _files(self, path: Path) -> tuple[Path, ...]:
        if path in self._folders:
            return self._folders[path].files
        return (path,) if lies_at(path) == "file" else ()

    def _open(self, stream: BinaryIO) -> None:
        self._stream = stream


@dataclass(frozen=True, slots=True)
class _Folder:
    """The readable files of a folder: those that are read, those of `without`, and those of earlier runs."""

    files: tuple[Path, ...]
    without: tuple[Path, ...]
    own: tuple[Path, ...]

    @classmethod
    def of(cls, path: Path, without: Collection[Path]) -> _Folder:
        files, left, own = list[Path](), list[Path](), list[Path]()
        for file in readable_files(path):
            (left if file.resolve() in without else own if is_own(file) else files).append(file)
        return cls(tuple(files), tuple(left), tuple(own))

    def failure(self, path: Path) -> Failure:
        names = ", ".join(file.name for file in (*self.without, *self.own)[:8])
        why = f"holds nothing but what labtape wrote ({names}); would read feeds, tables, pages or archives of news"
        return Failure(str(path), why, str(path))


def _stamp(file: Path) -> Stamped | None:
    return Stamped.of(file) if lies_at(file) == "file" else None


def _changed(before: Stamped | None, after: Stamped | None, file: Path) -> Failure:
    had, has = (one.n_bytes if one else 0 for one in (before, after))
    why = f"was written to while it was read ({had} bytes at the beginning, {has} at the end); score it again when it is whole"
    return Failure(str(file), why, str(file))


@dataclass(frozen=True, slots=True)
class Stamped:
    """A file by name, size and time of change."""

    name: str
    n_bytes: int
    changed: object

    @classmethod
    def of(cls, path: Path) -> Stamped:
        """A file of this machine."""
        status = path.stat()
        return cls(str(path), status.st_size, status.st_mtime_ns)


def stamped(name: str, files: Iterable[Stamped]) -> Input:
    """What was named, with a digest that is another one when a file of it came, went or was written to."""
    digest, n_files, n_bytes = hashlib.sha256(), 0, 0
    for file in files:
        n_files += 1
        n_bytes += file.n_bytes
        line = f"{file.name}\0{file.n_bytes}\0{file.changed}\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return Input(name, n_files, n_bytes, digest.hexdigest()[:16])
