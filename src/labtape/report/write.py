"""Records to files: JSON Lines, CSV and Parquet, as they come, and whole or not at all.

A file appears under its name only when the last record is in it; what was there before stays until then.
"""

from __future__ import annotations

import csv
import errno
import gzip
import io
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from labtape.exceptions import SettingsError
from labtape.plain import iso
from labtape.report.arrow import arrow_schema
from labtape.report.columns import Column, columns, labels_of, utf8
from labtape.report.record import dumps, record_from_dict, record_json
from labtape.types import Record

if TYPE_CHECKING:
    from zstandard import ZstdCompressor

FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jsonl.gz": "jsonl.gz",
    ".ndjson.gz": "jsonl.gz",
    ".jsonl.zst": "jsonl.zst",
    ".ndjson.zst": "jsonl.zst",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
# Rows per Parquet row group: about 30 MB of records with their findings. Larger groups read no faster below
# a million rows and raise the memory a writer needs.
_ROW_GROUP = 4096
# What a disk says that takes no more; any other error in the block is not about the file.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# A cell of a feed's words that starts so is run as a formula by spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Writes(Protocol):
    def write(self, data: bytes, /) -> int: ...


def write_records(records: Iterable[Record], path: Path | None, *, format: str | None = None) -> int:
    """Write records as they come and return how many; the file is whole or it is not there.

    The format is that of the name (.jsonl, .jsonl.gz, .jsonl.zst, .csv, .parquet) unless given. Without a path, JSON Lines
    go to standard output. Memory does not grow with the number of records.
    Raises `SettingsError` for a name of no known format or a place that cannot be written.
    """
    if path is None:
        return _write_out(_lines_of(records))
    chosen = format_of(path, format)
    with replacing(path) as file:
        if chosen.startswith("jsonl"):
            return _write_packed(_lines_of(records), file, chosen)
        return _write_csv(records, file) if chosen == "csv" else _write_parquet(records, file)


def write_kept(lines: Iterable[bytes], path: Path | None, *, inside: Path | None = None) -> int:
    """Write records that were kept as lines of JSON, as `write_records` writes the records themselves; the same bytes.

    Until it is whole the file lies beside its place, or `inside` another folder of the same disk.
    """
    if path is None:
        return _write_out(lines)
    chosen = format_of(path)
    with replacing(path, inside=inside) as file:
        if chosen.startswith("jsonl"):
            return _write_packed(lines, file, chosen)
        records = (record_from_dict(json.loads(line)) for line in lines)
        return _write_csv(records, file) if chosen == "csv" else _write_parquet(records, file)


def write_text(path: Path, text: str) -> None:
    """Write a rendered digest or table as UTF-8, whole or not at all."""
    write_bytes(path, text.encode("utf-8", "replace"))


def write_bytes(path: Path, body: bytes) -> None:
    """Write a picture or a page, whole or not at all."""
    with replacing(path) as file:
        file.write(body)


def check_format(path: Path) -> None:
    """Raise `SettingsError` for a name of no known format, before there is anything to write."""
    format_of(path)


def format_of(path: Path, given: str | None = None) -> str:
    """The format of a file's name, unless one is given; raises `SettingsError` for one that is not known."""
    known = sorted(set(FORMATS.values()))
    if given is not None:
        if given not in known:
            raise SettingsError(f"no format {given!r}; have: {', '.join(known)}")
        return given
    name = path.name.casefold()
    for suffix, format_ in sorted(FORMATS.items(), key=lambda item: -len(item[0])):
        if name.endswith(suffix):
            return format_
    raise SettingsError(f"{path}: no format has this ending; have: {', '.join(FORMATS)}")


def check_places(read: Iterable[Path], written: Mapping[str, Path | None]) -> None:
    """Raise `SettingsError` where writing would destroy what is read, or could not be done; to be asked before any work.

    `written` is what will be written by the option that names it. None of these may be a file of `read` (also by a link), the file of
    another option, a folder, or lie in a folder that is not there.
    """
    sources = set()
    for path in read:
        with suppress(OSError, RuntimeError):  # what cannot be read is not overwritten
            sources.add(path.resolve())
    taken: dict[Path, str] = {}
    for option, place in written.items():
        if place is not None:
            _check_place(option, place, sources, taken)


def _check_place(option: str, path: Path, sources: Collection[Path], taken: dict[Path, str]) -> None:
    try:
        target = path.resolve()
        if target in sources:
            raise SettingsError(f"{path}: is read and would be overwritten; give {option} another name")
        if target in taken:
            raise SettingsError(f"{path}: {taken[target]} writes there as well; give {option} another name")
        if target.exists() and not target.is_file():
            raise SettingsError(f"{path}: {_kind(target)}; give {option} the name of a file")
        if not target.parent.is_dir():
            raise SettingsError(
                f"{path}: {path.parent} is no folder; give {option} a place in one that exists"
            )
        if not os.access(target.parent, os.W_OK):
            raise SettingsError(f"{path}: {path.parent} cannot be written to; give {option} another place")
        taken[target] = option
    except (OSError, RuntimeError) as e:
        raise SettingsError(f"{path}: cannot be written there ({_why(e)}); give {option} another name") from e


def check_name(path: Path) -> None:
    """Raise `SettingsError` for a name that no disk takes."""
    try:
        path.exists()
    except OSError as e:
        raise SettingsError(f"{path}: cannot be written there ({e.strerror}); give --out another name") from e


def without_links(path: Path) -> Path:
    """The whole path, without links. Raises `SettingsError` for a link that leads to itself."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as e:
        raise SettingsError(f"{path}: cannot be written there ({_why(e)}); give another name") from e


def _why(error: OSError | RuntimeError) -> str:
    """What is wrong with a place; Python before 3.13 says of a link that leads to itself that the program is wrong."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else "a link that leads to itself"


@contextmanager
def replacing(path: Path, *, inside: Path | None = None) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when the block ends well, and leaves nothing when not.

    Where `path` is a link, what it leads to is replaced. Until then it lies beside it, or inside a folder of the same disk.
    Once the block has ended the file is on the disk, also if the power fails.
    """
    target = without_links(path)
    if target.exists() and not target.is_file():  # /dev/null is a name that can be replaced, by root
        raise SettingsError(f"{path}: {_kind(target)}; give the name of a file")
    part = (inside or target.parent) / f".{target.name}.{os.getpid()}.part"
    try:
        file = part.open("wb")
    except OSError as e:
        wanted = "make room" if e.errno in _FULL else "give a folder that exists and can be written to"
        raise SettingsError(f"{path}: cannot be written there ({e.strerror}); {wanted}") from e
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _rename(part, target, path)
        sync_folder(target.parent)
    except OSError as e:
        if e.errno not in _FULL:
            raise
        raise SettingsError(
            f"{path}: cannot be written there ({e.strerror}); make room or give another place"
        ) from e
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names of a folder; where a system cannot, nothing is done."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _kind(target: Path) -> str:
    return "is a folder" if target.is_dir() else "is a device or a pipe"


def _rename(part: Path, target: Path, path: Path) -> None:
    try:
        part.replace(target)
    except OSError as e:
        raise SettingsError(f"{path}: cannot be replaced ({e.strerror}); give the name of a file") from e


# ---------------------------------------------------------------- formats


def _lines_of(records: Iterable[Record]) -> Iterator[bytes]:
    return (record_json(record).encode("utf-8") for record in records)


def _write_packed(lines: Iterable[bytes], file: IO[bytes], format_: str) -> int:
    if format_ == "jsonl.gz":
        with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:  # no name, no time: same bytes
            return _write_lines(lines, packed)
    if format_ == "jsonl.zst":
        with _zstandard().stream_writer(file, closefd=False) as packed:
            return _write_lines(lines, packed)
    return _write_lines(lines, file)


def _zstandard() -> ZstdCompressor:
    try:
        from zstandard import ZstdCompressor
    except ImportError as e:
        raise SettingsError("to write .zst, `pip install 'labtape[archives]'`; .gz goes without") from e
    return ZstdCompressor()


def _write_out(lines: Iterable[bytes]) -> int:
    """Write lines to standard output; a pipe that nobody reads any more is the caller's to hear of."""
    if sys.stdout is None:
        raise SettingsError("standard output is closed; give --out a file")
    try:
        n = _write_lines(lines, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except OSError as e:
        if e.errno not in _FULL:
            raise
        with suppress(OSError):  # what could not be written would be tried again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SettingsError(
            f"standard output: cannot be written there ({e.strerror}); make room or give --out another place"
        ) from e
    return n


def _write_lines(lines: Iterable[bytes], file: _Writes) -> int:
    n = 0
    for line in lines:
        file.write(line + b"\n")
        n += 1
    return n


def _write_csv(records: Iterable[Record], file: IO[bytes]) -> int:
    chosen, rows = _with_columns(records)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in chosen])
    n = 0
    for record in rows:
        writer.writerow([_cell(column, record) for column in chosen])
        n += 1
    text.detach()  # the file is closed by whoever opened it
    return n


def _cell(column: Column, record: Record) -> str:
    value = column.get(record)
    if value is None:
        return ""
    if column.kind == "time":
        return iso(value)
    if column.kind == "boolean":
        return "true" if value else "false"
    if column.kind == "strings":
        return dumps(list(value))
    shown = utf8(str(value)) or ""
    return f"'{shown}" if column.kind == "string" and shown.startswith(_FORMULA) else shown


def _write_parquet(records: Iterable[Record], file: IO[bytes]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    chosen, rows = _with_columns(records)
    schema = arrow_schema(chosen)
    n = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := tuple(islice(rows, _ROW_GROUP)):
            n += len(group)
            arrays = [
                pa.array(_values(column, group), field.type)
                for column, field in zip(chosen, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return n


def _values(column: Column, records: Iterable[Record]) -> list[Any]:  # Any: the column's own type
    if column.kind in ("string", "json"):
        return [utf8(column.get(record)) for record in records]
    return [column.get(record) for record in records]


def _with_columns(records: Iterable[Record]) -> tuple[tuple[Column, ...], Iterator[Record]]:
    """The columns the first record asks for, and all the records with the first one back in front."""
    rows = iter(records)
    first = tuple(islice(rows, 1))
    return columns(labels_of(first[0] if first else None)), chain(first, rows)
