"""A file, a folder or a stream of any kind we know: which articles does it hold?

What cannot be read comes back as a `Failure` beside the articles; the rest is done. Tables are read a row or a batch
at a time and never held whole; documents (feeds, pages, texts) are held, up to `MAX_DOCUMENT`, and so is each record of a
WARC.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any, BinaryIO, Literal, cast

from labtape.exceptions import ReadError
from labtape.read.articles import (
    COLUMNS,
    article_from_row,
    check_columns,
    has_columns,
    has_words,
    primary_language,
    to_article,
)
from labtape.read.charset import decode, unpacked
from labtape.read.feeds import read_feed
from labtape.read.found import Failure, Found
from labtape.read.identity import article_id
from labtape.read.jsonfeed import is_json_feed
from labtape.read.markup import clean_line
from labtape.read.opml import read_opml
from labtape.read.packed import HEAD, PACKED, opened
from labtape.read.pages import read_page
from labtape.read.sniff import sniff
from labtape.read.warc import is_warc, read_warc
from labtape.types import Article

MAX_DOCUMENT = 64 * 1024 * 1024
MAX_LINE = 16 * 1024 * 1024  # one row of a table
_BATCH = 1024  # rows of a Parquet file held at once

_FEEDS = (".xml", ".rss", ".atom", ".rdf", ".json")
_TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
_TEXTS = (".txt", ".md", ".html", ".htm")
_ARCHIVES = (".warc",)
_READABLE = (*_FEEDS, *_TABLES, *_TEXTS, *_ARCHIVES, ".opml")
_NOT_NEWS = re.compile(r"(?:readme|licen[cs]e|changelog|notice|copying|contributing)\b.*", re.IGNORECASE)


def read_articles(
    path: Path,
    *,
    now: datetime,
    columns: Mapping[str, str] | None = None,
    on_open: Callable[[BinaryIO], object] | None = None,
) -> Found:
    """Yield the articles of a file, or of every readable file below a folder in the order of their names.

    Feeds (RSS, RDF, Atom, JSON Feed), JSON Lines, CSV, Parquet, WARC, HTML pages and texts (the first line is the title);
    all but Parquet also packed, `.gz` or `.zst`. `columns` names the columns of tables to use, as `{"text": "paragraph"}`;
    `SettingsError` is raised for one that a table has not. In a folder, hidden files and README, LICENSE and their like are
    passed over. `on_open` gets each file as it is opened: its `tell` says how far it has been read.
    """
    try:
        is_folder = S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as e:
        yield Failure(str(path), _not_there(e), str(path))
        return
    if is_folder:
        yield from _folder(path, now, columns or {}, on_open)
    else:
        yield from _file(path, now, columns or {}, on_open)


def lies_at(path: Path) -> Literal["file", "folder", "pipe", "nothing"]:
    """What lies at a path; a pipe is whatever can be read but once, as a terminal is. Where one may not look there is nothing.

    >>> lies_at(Path(__file__).parent), lies_at(Path("no such file")), lies_at(Path("x" * 9999))
    ('folder', 'nothing', 'nothing')
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "nothing"
    return "folder" if S_ISDIR(mode) else "file" if S_ISREG(mode) else "pipe"


def _not_there(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return "there is no such file or folder"
    return f"cannot be opened: {error.strerror}"


def read_articles_stream(
    stream: BinaryIO, *, name: str, now: datetime, columns: Mapping[str, str] | None = None
) -> Found:
    """Yield the articles of a stream of unknown kind, such as standard input; `name` stands for it in messages."""
    buffered = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", stream), HEAD))
    try:
        for item in _guarded(_streamed(buffered, name, now, columns or {}), name):
            yield replace(item, source=name) if isinstance(item, Failure) else item
    finally:
        cast("io.BufferedReader", buffered).detach()  # the stream is closed by who opened it


def _streamed(stream: BinaryIO, name: str, now: datetime, columns: Mapping[str, str]) -> Found:
    yield from _sniffed(opened(stream), name, now, columns)


def read_table(
    stream: BinaryIO, *, kind: Literal["jsonl", "csv", "parquet"], place: str, now: datetime
) -> Found:
    """Yield the articles of a table of a known kind; JSON Lines and CSV may be packed."""
    if kind == "parquet":
        yield from _parquet(stream, place, now, {})
    else:
        yield from _guarded(_unpacked_table(stream, kind, place, now), place)


def _unpacked_table(stream: BinaryIO, kind: Literal["jsonl", "csv"], place: str, now: datetime) -> Found:
    read = _lines if kind == "jsonl" else _csv
    yield from read(opened(stream, place), place, now, {})


# ---------------------------------------------------------------- which reader


def _folder(
    folder: Path, now: datetime, columns: Mapping[str, str], on_open: Callable[[BinaryIO], object] | None
) -> Found:
    readable = readable_files(folder)
    if not readable:
        have = ", ".join(path.name for path in _files(folder)[:8]) or "nothing"
        why = f"no feeds or tables under it; have: {have}; would read: {' '.join(_READABLE)}"
        yield Failure(str(folder), why, str(folder))
    for path in readable:
        yield from _file(path, now, columns, on_open)


def readable_files(folder: Path) -> tuple[Path, ...]:
    """The files below a folder that `read_articles` reads, in its order."""
    return tuple(
        path for path in _files(folder) if _suffix(path) in _READABLE and not _NOT_NEWS.fullmatch(path.name)
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path, folder))


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _suffix(path: Path) -> str:
    """Give the suffix that tells the kind: that before `.gz` or `.zst` when there is one."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_packed = len(suffixes) > 1 and suffixes[-1] in PACKED
    return suffixes[-2] if is_packed else (suffixes or [""])[-1]


def _file(
    path: Path, now: datetime, columns: Mapping[str, str], on_open: Callable[[BinaryIO], object] | None
) -> Found:
    place = str(path)
    for item in _of_file(path, place, now, columns, on_open):
        yield replace(item, source=place) if isinstance(item, Failure) else item


def _of_file(
    path: Path,
    place: str,
    now: datetime,
    columns: Mapping[str, str],
    on_open: Callable[[BinaryIO], object] | None,
) -> Found:
    if not path.is_file():
        yield Failure(place, "is no regular file")
        return
    try:
        stream = path.open("rb")
    except OSError as e:
        yield Failure(place, f"cannot be opened: {e.strerror}")
        return
    with stream:
        if on_open is not None:
            on_open(stream)
        yield from _guarded(_by_suffix(stream, _suffix(path), place, now, columns), place)


def _by_suffix(stream: BinaryIO, suffix: str, place: str, now: datetime, columns: Mapping[str, str]) -> Found:
    if suffix == ".parquet":
        yield from _parquet(stream, place, now, columns)
        return
    unpacked = opened(stream, place)
    if suffix in (".jsonl", ".ndjson"):
        yield from _lines(unpacked, place, now, columns)
    elif suffix in (".csv", ".tsv"):
        yield from _csv(unpacked, place, now, columns)
    elif suffix in (".txt", ".md"):
        yield from _document(unpacked, place, lambda body: _text(body, place, now))
    else:
        yield from _sniffed(unpacked, place, now, columns)


def _sniffed(stream: BinaryIO, place: str, now: datetime, columns: Mapping[str, str]) -> Found:
    head = cast("io.BufferedReader", stream).peek(HEAD)[:HEAD]
    if head.startswith(b"PAR1"):
        return _parquet(io.BytesIO(_whole(stream, place)), place, now, columns)
    if is_warc(head):
        return read_warc(stream, place, now)
    if _is_json_lines(head):
        return _lines(stream, place, now, columns)
    if _is_csv(head):
        return _csv(stream, place, now, columns)
    return _document(stream, place, lambda body: _any(body, place, now, columns))


def _is_json_lines(head: bytes) -> bool:
    """Tell whether the first line is a JSON object on its own, and no JSON Feed."""
    first = head.lstrip().split(b"\n", 1)[0]
    if not first.startswith(b"{"):
        return False
    try:
        return not is_json_feed(json.loads(first))
    except (ValueError, RecursionError):
        return False


def _is_csv(head: bytes) -> bool:
    first = head.lstrip().split(b"\n", 1)[0].decode("utf-8", "replace")
    names = re.split(r"[,;\t]", first.strip().lstrip("\ufeff"))
    return len(names) > 1 and has_columns(tuple(name.strip('"') for name in names))


def _guarded(found: Found, place: str) -> Found:
    """Yield what a reader finds; what stops it becomes the last failure."""
    try:
        yield from found
    except ReadError as e:
        yield _failure(place, e)
    except OSError as e:
        yield Failure(place, f"cannot be read: {e.strerror or e}")


def _failure(place: str, error: ReadError) -> Failure:
    return Failure(place, str(error).removeprefix(f"{place}: "))


# ---------------------------------------------------------------- documents


def _document(stream: BinaryIO, place: str, read: Callable[[bytes], Iterable[Article | Failure]]) -> Found:
    yield from read(_whole(stream, place))


def _whole(stream: BinaryIO, place: str) -> bytes:
    body = stream.read(MAX_DOCUMENT + 1)
    if len(body) > MAX_DOCUMENT:
        raise ReadError(
            f"{place}: larger than {MAX_DOCUMENT // 2**20} MiB; would read large tables as JSON Lines"
        )
    return body


def _any(body: bytes, place: str, now: datetime, columns: Mapping[str, str]) -> Found:
    text = decode(unpacked(body))
    kind = sniff(text)
    if kind == "empty":
        raise ReadError(f"{place}: is empty")
    if kind == "json":
        yield from _json(text, body, place, now, columns)
    elif kind == "opml":
        feeds = len(read_opml(body, source=place))
        raise ReadError(
            f"{place}: is a list of {feeds} feeds, not articles; add it with `labtape feeds import`"
        )
    elif kind == "html" and Path(place).suffix.lower() not in _FEEDS:
        yield _page(body, place, now)
    elif kind == "other":
        yield from _text(body, place, now)
    else:
        yield from _feed(body, place, now)


def _feed(body: bytes, place: str, now: datetime) -> Found:
    for number, entry in enumerate(read_feed(body, url=place, now=now), start=1):
        article = to_article(entry, now=now)
        if has_words(article):
            yield article
        else:
            yield Failure(f"{place}, entry {number}", "has neither title nor text")


def _page(body: bytes, place: str, now: datetime) -> Article:
    page = read_page(body, url=place, now=now)
    return Article(
        id=article_id(guid=None, url=None, title=page.title, text=page.text, published_at=page.published_at),
        title=page.title,
        text=page.text,
        publisher=page.publisher,
        language=primary_language(page.language),
        published_at=page.published_at,
        published_precision=page.published_precision,
        first_seen_at=now,
    )


def _text(body: bytes, place: str, now: datetime) -> Found:
    if b"\0" in body[:HEAD] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError(f"{place}: is binary; would read text, HTML, a feed or a table")
    lines = decode(body).strip().split("\n")
    title = clean_line(lines[0].lstrip("#") if place.lower().endswith(".md") else lines[0])
    if not title:
        raise ReadError(f"{place}: is empty; would read a title on the first line and text below")
    text = "\n".join(lines[1:]).strip()
    yield Article(
        id=article_id(guid=None, url=None, title=title, text=text), title=title, text=text, first_seen_at=now
    )


def _json(text: str, body: bytes, place: str, now: datetime, columns: Mapping[str, str]) -> Found:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as e:
        raise ReadError(f"{place}: broken JSON at line {e.lineno}: {e.msg}") from e
    except RecursionError as e:
        raise ReadError(f"{place}: JSON nested too deeply") from e
    if is_json_feed(document):
        yield from _feed(body, place, now)
    else:
        rows = document if isinstance(document, list) else [document]
        for number, row in enumerate(rows, start=1):
            yield _row(row, f"{place}, item {number}", now, columns)


# ---------------------------------------------------------------- tables


def _row(row: object, place: str, now: datetime, columns: Mapping[str, str]) -> Article | Failure:
    if not isinstance(row, Mapping):
        return Failure(
            place, f'is {json.dumps(row)[:30]}, not an object; would read {{"title": …, "text": …}}'
        )
    try:
        return article_from_row(row, place=place, now=now, columns=columns)
    except ReadError as e:
        return _failure(place, e)


def _at_line(number: int, item: Article | Failure) -> Article | Failure:
    return replace(item, line=number) if isinstance(item, Failure) else item


def _lines(stream: BinaryIO, path: str, now: datetime, columns: Mapping[str, str]) -> Found:
    number = 0
    while True:
        place = f"{path}:{number + 1}"
        try:
            line, is_long = _line(stream)
        except ReadError as e:  # what it is packed in is broken here
            if not number:
                raise
            yield Failure(place, str(e), line=number + 1)
            return
        if not line:
            break
        number += 1
        if is_long:
            yield Failure(
                place, f"longer than {MAX_LINE // 2**20} MiB; would read shorter lines", line=number
            )
            continue
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig", "replace").strip())
        except json.JSONDecodeError as e:
            why = f"broken JSON: {e.msg} at column {e.colno}; would read one object a line"
            yield Failure(place, why, line=number)
        except RecursionError:
            yield Failure(place, "broken JSON: nested too deeply; would read one object a line", line=number)
        else:
            yield _at_line(number, _row(row, place, now, columns))
    if not number:
        raise ReadError(f"{path}: is empty; would read one JSON object a line")


def _line(stream: BinaryIO) -> tuple[bytes, bool]:
    """The next line, and whether it is too long: then it is read to its end and only its beginning is held."""
    line = tail = stream.readline(MAX_LINE + 1)
    if len(line) <= MAX_LINE:
        return line, False
    while tail and not tail.endswith(b"\n"):
        tail = stream.readline(MAX_LINE)
    return line, True


def _csv(stream: BinaryIO, path: str, now: datetime, columns: Mapping[str, str]) -> Found:
    head = cast("io.BufferedReader", stream).peek(HEAD)[:HEAD]
    if not head.strip():
        raise ReadError(f"{path}: is empty; would read a header line with title, text, …")
    csv.field_size_limit(MAX_LINE)  # the module's own limit is smaller than many articles
    lines = io.TextIOWrapper(stream, encoding=table_charset(head), errors="replace", newline="")
    try:
        yield from _csv_rows(
            csv.DictReader(_without_nul(lines), delimiter=_delimiter(head)), path, now, columns
        )
    finally:
        lines.detach()  # the stream is closed by who opened it


def _csv_rows(rows: csv.DictReader[str], path: str, now: datetime, columns: Mapping[str, str]) -> Found:
    try:
        have = tuple(rows.fieldnames or ())
        check_columns(columns, have, path)
        if not has_columns(have) and not {"title", "text"} & set(columns):
            raise ReadError(f"{path}: {_no_columns(have)}")
        while (row := _csv_row(rows, path)) is not None:
            if isinstance(row, Failure):
                yield row
                return
            fields = {name: value for name, value in row.items() if isinstance(name, str)}
            yield _at_line(rows.line_num, _row(fields, f"{path}:{rows.line_num}", now, columns))
    except csv.Error as e:
        raise ReadError(f"{path}: broken CSV at line {rows.line_num}: {e}") from e


def _csv_row(
    rows: csv.DictReader[str], path: str
) -> dict[str | Any, str | Any] | Failure | None:  # Any: of typeshed
    try:
        return next(rows, None)
    except ReadError as e:  # what it is packed in is broken here
        line = rows.line_num + 1
        return Failure(f"{path}:{line}", str(e), line=line)


def _no_columns(have: tuple[str, ...]) -> str:
    return f"no column with titles or texts; have: {', '.join(have)[:200]}; would read title, text"


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", " ") for line in lines)


def table_charset(head: bytes) -> str:
    """The charset of a table that begins so."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the head may end inside a character
    except UnicodeDecodeError:
        return (
            "utf-16"
            if head.startswith((b"\xff\xfe", b"\xfe\xff"))
            else "gb18030"
            if _is_gb(head)
            else "cp1252"
        )
    return "utf-8-sig"


def _is_gb(head: bytes) -> bool:
    """Tell whether bytes beyond ASCII come in pairs as Chinese text has them."""
    pairs = len(re.findall(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", head))
    return 2 * pairs >= 0.9 * sum(byte > 0x7F for byte in head)


def _delimiter(head: bytes) -> str:
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(",;\t", key=first.count)


def _parquet(stream: BinaryIO, path: str, now: datetime, columns: Mapping[str, str]) -> Found:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError) as e:
        yield Failure(path, f"is not a Parquet file ({str(e).splitlines()[0][:80]})")
        return
    have = tuple(table.schema_arrow.names)
    check_columns(columns, have, path)
    known = {name for names in COLUMNS.values() for name in names} | set(columns.values())
    wanted = [name for name in have if name.strip().lower() in known or name in known]
    if not has_columns(tuple(wanted)) and not {"title", "text"} & set(columns):
        yield Failure(path, _no_columns(have))
        return
    number = 0
    for rows in _batches(table, wanted, path):
        if isinstance(rows, Failure):
            yield rows
            return
        for row in rows:
            number += 1
            yield _row(row, f"{path}, row {number}", now, columns)


Rows = list[dict[str, object]]


def _batches(
    table: Any, wanted: list[str], path: str
) -> Iterator[Rows | Failure]:  # Any: pyarrow has no types
    import pyarrow as pa

    batches = table.iter_batches(batch_size=_BATCH, columns=wanted)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as e:
            yield Failure(path, f"broken Parquet data: {str(e).splitlines()[0][:80]}")
            return
        if batch is None:
            return
        yield batch.to_pylist()
