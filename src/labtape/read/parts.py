"""Big tables cut into parts that other machines can read by themselves: which rows of which file?

    s3://news/2026/*.parquet ─tables_at→ files ─parts_of→ TablePart(path, begin, end, first) ─read_part→ articles

The parts of a file in their order hold its rows in their order, each once, and a failure names the row of the file.
Files are named by a path or by an address that fsspec knows (`s3://`, `gs://`, `abfs://`, `file://`). Packed files
cannot be entered in the middle and are one part.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO, Final, Literal, cast

from labtape.exceptions import ReadError, SettingsError
from labtape.read.articles import has_columns
from labtape.read.files import MAX_LINE, read_table, table_charset
from labtape.read.found import Failure
from labtape.read.packed import PACKED
from labtape.types import Article

Kind = Literal["jsonl", "csv", "parquet"]
#: About 500 articles: seconds of work, so that a lost part is soon done again.
PART_BYTES = 2 * 1024 * 1024
PART_ROWS = 512
_MOST_OF_A_GROUP = 32  # parts of one row group: each begins to read at the group's beginning
_KINDS: Final[dict[str, Kind]] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_NUMBER = re.compile(r"(?P<before>:|, row )(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class TablePart:
    """Rows of one file. `begin` and `end` are bytes, of a Parquet file rows; an `end` of 0 is that of the file.

    `first` are the lines (of a Parquet file: rows) before it; `charset` is that of a CSV file's beginning.
    """

    path: str
    kind: Kind
    begin: int = 0
    end: int = 0
    first: int = 0
    charset: str = ""

    @property
    def place(self) -> str:
        """Where it is, in words."""
        what = "rows" if self.kind == "parquet" else "bytes"
        return f"{self.path}, {what} {self.begin} to {self.end}" if self.end else self.path


def tables_at(names: Iterable[str]) -> tuple[str, ...]:
    """The files behind paths, addresses, patterns (`*`, `**`, `?`) and folders, in order; those of a pattern or folder by name.

    Raises `SettingsError` where there is none, where a file is no table, and for an address of an unknown kind.
    """
    return tuple(path for name in names for path in _tables(name))


def _tables(name: str) -> list[str]:
    if name == "-" or name.startswith(("http://", "https://")):
        raise SettingsError(f"{name}: workers read tables in files and object stores; save it first")
    fs, path = file_system(name)
    if any(sign in path for sign in "*?["):
        found = sorted(fs.glob(path))
    elif fs.isdir(path):
        found = sorted(fs.find(path))
        found = [file for file in found if not _is_hidden(file.removeprefix(path))]
        found = [file for file in found if _kind(file)]
    elif fs.isfile(path):
        found = [path]
    elif fs.exists(path):
        raise SettingsError(
            f"{name}: is no regular file; workers read tables in files and object stores; save it first"
        )
    else:
        raise SettingsError(f"{name}: there is no such file, folder or pattern")
    if not found:
        raise SettingsError(
            f"{name}: no tables there; workers read {' '.join(_KINDS)}, the first four also with .gz or .zst"
        )
    for file in found:
        if not _kind(file):
            raise SettingsError(
                f"{file}: is no table; workers read {' '.join(_KINDS)}, the first four also with .gz or .zst. Score it without --dask"
            )
    return [_named(fs, file, name) for file in found]


def _named(fs: Any, path: str, given: str) -> str:  # Any: fsspec has no types
    return str(fs.unstrip_protocol(path)) if "://" in given else path


def _is_hidden(inside: str) -> bool:
    return any(part.startswith((".", "_")) for part in PurePath(inside).parts)


def file_system(name: str) -> tuple[Any, str]:  # Any: fsspec has no types
    """The file system behind a path or an address, and the path inside. Raises `SettingsError` where what reads it is not installed."""
    import fsspec

    try:
        fs, path = fsspec.core.url_to_fs(name)
    except ImportError as e:
        raise SettingsError(f"{name}: {e} (here and on the workers)") from e
    except ValueError as e:
        known = "a path, s3://, gs://, abfs://, file://"
        raise SettingsError(f"{name}: no such kind of address ({e}); would be {known}") from e
    return fs, str(path)


def _kind(path: str) -> Kind | None:
    name = path.lower()
    if name.endswith(PACKED):
        kind = _KINDS.get(PurePath(name.rpartition(".")[0]).suffix)
        return None if kind == "parquet" else kind
    return _KINDS.get(PurePath(name).suffix)


# ---------------------------------------------------------------- cutting


def parts_of(
    path: str, *, n_bytes: int = PART_BYTES, n_rows: int = PART_ROWS
) -> tuple[TablePart, ...] | Failure:
    """The parts of one table, read through once (of a Parquet file only the footer); what cannot be opened is a `Failure`."""
    kind = _kind(path)
    if kind is None:
        return Failure(path, f"is no table; would be {' '.join(_KINDS)}")
    if path.lower().endswith(PACKED):
        return (TablePart(path, kind),)
    fs, inside = file_system(path)
    try:
        with fs.open(inside, "rb") as stream:
            whole = TablePart(path, kind)
            if kind == "parquet":
                return tuple(_row_ranges(stream, whole, n_rows))
            return tuple(_line_ranges(stream, whole, n_bytes))
    except OSError as e:
        return Failure(path, f"cannot be opened: {e.strerror or e}")


def _row_ranges(stream: BinaryIO, whole: TablePart, n_rows: int) -> Iterator[TablePart]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError):
        yield whole  # whoever reads it says what is wrong
        return
    footer = table.metadata
    if not has_columns(tuple(table.schema_arrow.names)):
        yield whole
        return
    at = 0
    for group in range(footer.num_row_groups):
        n = footer.row_group(group).num_rows
        size = max(n_rows, -(-n // _MOST_OF_A_GROUP))
        for begin in range(0, n, size):
            end = min(begin + size, n)
            yield replace(whole, begin=at + begin, end=at + end, first=at + begin)
        at += n
    if not at:
        yield whole


def _line_ranges(stream: BinaryIO, whole: TablePart, n_bytes: int) -> Iterator[TablePart]:
    if whole.kind == "jsonl":
        cuts = _lines(stream)
    else:
        head = stream.read(8192)
        stream.seek(0)
        charset = table_charset(head)
        if charset == "utf-16":  # a byte of a line's end may be half of another sign
            yield whole
            return
        if not has_columns(_names(stream, charset)):  # to be said once, not by every part
            yield whole
            return
        whole = replace(whole, charset=charset)
        cuts = _records(stream, charset)
    begin, first, at, n = 0, 0, 0, 0
    for at, n in cuts:
        if at - begin >= n_bytes:
            yield replace(whole, begin=begin, end=at, first=first)
            begin, first = at, n
    if at > begin:
        yield replace(whole, begin=begin, end=at, first=first)
    elif not begin:
        yield whole


def _lines(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where each line ends, and the lines up to there."""
    at = n = 0
    while line := stream.readline(MAX_LINE):
        at += len(line)
        n += line.endswith(b"\n")
        yield at, n


def _names(stream: BinaryIO, charset: str) -> tuple[str, ...]:
    """The columns of a CSV file."""
    header = _header(stream, charset)[0].lstrip("\ufeff")
    stream.seek(0)
    try:
        return tuple(next(csv.reader(io.StringIO(header), delimiter=max(",;\t", key=header.count)), ()))
    except csv.Error:  # whoever reads it says what is wrong
        return ()


def _records(stream: BinaryIO, charset: str) -> Iterator[tuple[int, int]]:
    """Where each record of a CSV file ends: a line's end inside quotation marks is none."""
    at = 0

    def lines() -> Iterator[str]:
        nonlocal at
        while line := stream.readline():
            at += len(line)
            yield line.decode(charset, "replace").replace("\0", " ")

    csv.field_size_limit(MAX_LINE)
    header = stream.readline().decode(charset, "replace")
    stream.seek(0)
    rows = csv.reader(lines(), delimiter=max(",;\t", key=header.count))
    while True:
        try:
            if next(rows, None) is None:
                return
        except csv.Error:  # whoever reads it says what is wrong
            rest = stream.read()
            yield at + len(rest), rows.line_num
            return
        yield at, rows.line_num


# ---------------------------------------------------------------- reading


def read_part(part: TablePart, *, now: datetime) -> Iterator[Article | Failure]:
    """Yield the articles of a part as `read_articles` yields them of the whole file; failures name the file's rows."""
    fs, inside = file_system(part.path)
    try:
        with fs.open(inside, "rb") as stream:
            taken, n_before = _taken(stream, part)
            for found in read_table(taken, kind=part.kind, place=part.path, now=now):
                yield _shifted(found, part, n_before) if isinstance(found, Failure) else found
    except ReadError as e:
        yield Failure(part.place, str(e), part.path)
    except OSError as e:
        yield Failure(part.place, f"cannot be read: {e.strerror or e}", part.path)


def _taken(stream: BinaryIO, part: TablePart) -> tuple[BinaryIO, int]:
    """A stream that holds the part and no more, and the lines of the file before its first one."""
    if not part.end:
        return stream if part.kind == "parquet" else _with_peek(stream), 0
    if part.kind == "parquet":
        return _rows(stream, part), part.first
    stream.seek(part.begin)
    body = stream.read(part.end - part.begin)
    if part.kind == "jsonl":
        return _buffered(body), part.first
    # As UTF-8 in any case: what a part begins with does not tell what the file is written in.
    header, n_lines = ("", 0) if not part.begin else _header(stream, part.charset)
    words = header + body.decode(part.charset, "replace")
    return _buffered(words.encode("utf-8", "replace")), part.first - n_lines


def _header(stream: BinaryIO, charset: str) -> tuple[str, int]:
    """The first record of a CSV file, which every part must know, and how many lines it takes."""
    stream.seek(0)
    end, n = next(_records(stream, charset), (0, 0))
    stream.seek(0)
    return stream.read(end).decode(charset, "replace"), n


def _buffered(body: bytes) -> BinaryIO:
    return _with_peek(io.BytesIO(body))


def _with_peek(stream: BinaryIO) -> BinaryIO:
    """The same bytes from a stream that can look ahead, which those of object stores cannot."""
    return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", stream), 8192))


def _rows(stream: BinaryIO, part: TablePart) -> BinaryIO:
    """The rows of a part as a Parquet file of their own, so that one reader reads them all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(stream)
        group, before = _group_of(table.metadata, part.begin)
        schema, rows = table.schema_arrow, []
        at = before
        for batch in table.iter_batches(batch_size=1024, row_groups=[group]):
            begin, end = max(part.begin - at, 0), min(part.end - at, batch.num_rows)
            if begin < end:
                rows.append(batch.slice(begin, end - begin))
            at += batch.num_rows
            if at >= part.end:
                break
    except (pa.ArrowException, OSError) as e:
        raise ReadError(f"broken Parquet data: {(str(e).splitlines() or [''])[0][:80]}") from e
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_batches(rows, schema=schema), sink, compression="none")
    sink.seek(0)
    return sink


def _group_of(footer: Any, row: int) -> tuple[int, int]:  # Any: pyarrow has no types
    """The row group that holds a row, and the rows before that group."""
    before = 0
    for group in range(footer.num_row_groups):
        n = footer.row_group(group).num_rows
        if row < before + n:
            return group, before
        before += n
    raise ReadError(f"row {row}: the file has {before} now; it was longer when it was cut")


def _shifted(failure: Failure, part: TablePart, n_before: int) -> Failure:
    """The same failure with the number that the row has in the file."""
    failure = replace(
        failure, source=part.path, line=None if failure.line is None else failure.line + n_before
    )
    inside = failure.place.removeprefix(part.path)
    found = _NUMBER.fullmatch(inside)
    if not found:
        return failure
    return replace(failure, place=f"{part.path}{found['before']}{int(found['number']) + n_before}")
