"""Articles out of a web archive (WARC): the pages and feeds among its responses, one record at a time.

    record ──response, resource──▸ body ──page──▸ Article
                                        ──feed──▸ Articles of its entries

A page is what it was when it was captured: its address is `WARC-Target-URI`, it was first seen at `WARC-Date`, and dates
after that had not come. What is no news (requests, images, scripts, redirects, errors of servers) is passed over. A record
that cannot be read is a `Failure` with its offset, and the next one is read; where the file itself is broken, reading ends.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from labtape.exceptions import ReadError
from labtape.read.articles import article_from_row, has_words, to_article
from labtape.read.charset import decode, unpacked
from labtape.read.dates import read_date
from labtape.read.feeds import read_feed
from labtape.read.found import Failure, Found
from labtape.read.jsonfeed import is_json_feed
from labtape.read.pages import read_page
from labtape.read.sniff import sniff

MAX_RECORD = 64 * 1024 * 1024
# Headers of one record, its own and those of HTTP, with what is read ahead.
_MAX_HEADERS = 1024 * 1024
_STEP = 64 * 1024
_TEXTS = ("html", "xml", "rss", "atom", "feed+json", "application/json")
_EXTRA = "is a WARC; `pip install 'labtape[archives]'` to read it"


def is_warc(head: bytes) -> bool:
    """Tell whether a file that begins so is a WARC.

    >>> is_warc(b"WARC/1.1\\r\\n"), is_warc(b"<html>")
    (True, False)
    """
    return head.startswith(b"WARC/")


def read_warc(stream: BinaryIO, place: str, now: datetime) -> Found:
    """Yield the articles of an unpacked WARC; what cannot be read comes as a `Failure` in its place.

    Raises `ReadError` where the extra `archives` is not installed.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError as e:
        raise ReadError(f"{place}: {_EXTRA}") from e

    source = _Source(stream)
    records = ArchiveIterator(source)
    begin = 0
    while True:
        source.left = _MAX_HEADERS
        try:
            record = next(records, None)
            if record is None:
                return
            begin = records.offset
            source.left = None
            yield from _read_record(record, begin, place, now)
            _drain(record)
        except _warc_errors() as e:
            why = f"broken WARC: {_line(e)}; would read records of WARC/1.0 or 1.1"
            yield Failure(_at(place, begin), why, offset=begin)
            return


def _read_record(record: Any, offset: int, place: str, now: datetime) -> Found:  # Any: warcio has no types
    if not _is_document(record):
        return
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    here = _at(place, offset, url)
    captured = read_date(record.rec_headers.get_header("WARC-Date"), now=now).at or now
    try:
        body = record.content_stream().read(MAX_RECORD + 1)
        if len(body) > MAX_RECORD:
            raise ReadError(f"{here}: larger than {MAX_RECORD // 2**20} MiB; would read smaller records")
        if record.raw_stream.limit > 0 and not record.raw_stream.read(1):
            raise ReadError(f"{here}: ends in the middle; would read {record.length} bytes")
        for item in _articles(body, url, here, captured, _charset(record)):
            yield item if not isinstance(item, Failure) else _placed(item, offset)
    except ReadError as e:
        yield Failure(here, str(e).removeprefix(f"{here}: "), offset=offset)


def _articles(body: bytes, url: str, here: str, captured: datetime, charset: str | None) -> Found:
    text = decode(unpacked(body), charset=charset)
    kind = sniff(text)
    if kind == "html":
        page = read_page(body, url=url, now=captured, charset=charset)
        yield article_from_row({**asdict(page), "url": url}, place=here, now=captured)
    elif kind == "feed" or (kind == "json" and _is_json_feed(text)):
        for number, entry in enumerate(read_feed(body, url=url, charset=charset, now=captured), start=1):
            article = to_article(entry, now=captured)
            if has_words(article):
                yield article
            else:
                yield Failure(f"{here}, entry {number}", "has neither title nor text")


def _is_json_feed(text: str) -> bool:
    import json

    try:
        return is_json_feed(json.loads(text))
    except (ValueError, RecursionError):
        return False


def _is_document(record: Any) -> bool:  # Any: as above
    """Whether a record may hold a page or a feed: an answer that was one, of a type that may be."""
    if record.rec_type not in ("response", "resource"):
        return False
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    if headers is None:
        return False
    if record.rec_type == "response" and not str(headers.get_statuscode() or "").startswith("2"):
        return False
    media = (headers.get_header("Content-Type") or "html").lower()
    return any(name in media for name in _TEXTS)


def _charset(record: Any) -> str | None:  # Any: as above
    headers = record.http_headers or record.rec_headers
    media = headers.get_header("Content-Type") or ""
    _, found, name = media.lower().partition("charset=")
    return name.split(";")[0].strip(" \"'") if found else None


def _drain(record: Any) -> None:  # Any: as above
    while record.raw_stream.read(_STEP):
        pass


def _placed(failure: Failure, offset: int) -> Failure:
    return Failure(failure.place, failure.error, offset=offset)


def _at(place: str, offset: int, url: str = "") -> str:
    return f"{place}, byte {offset} ({url})" if url else f"{place}, byte {offset}"


def _line(error: BaseException) -> str:
    """What a library says, on one line of bounded length."""
    return " ".join(str(error).split())[:120] or type(error).__name__


def _warc_errors() -> tuple[type[Exception], ...]:
    import zlib

    from warcio.bufferedreaders import ChunkedDataException
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    return (
        ArchiveLoadFailed, ChunkedDataException, StatusAndHeadersParserException, OSError, ValueError, zlib.error,
        AttributeError,  # a record without the headers that every record has
    )  # fmt: skip


class _Source:
    """The bytes warcio reads, with two things it does not look after: an end in the middle of packed data is an error, and headers end.

    `left` are the bytes that may be read yet; None for any number.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0
        self.left: int | None = None

    def read(self, size: int) -> bytes:
        try:
            found = self._stream.read(size)
        except ReadError as e:  # what it is packed in is broken; one failure is enough
            raise OSError(str(e)) from e
        self._at += len(found)
        if self.left is not None:
            self.left -= len(found)
            if self.left < 0:
                raise OSError(f"headers of more than {_MAX_HEADERS // 2**20} MiB")
        return found

    def tell(self) -> int:
        return self._at
