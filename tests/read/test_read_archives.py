"""Web archives and Zstandard: whole ones, broken ones, and those made to hurt."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from labtape.read import Failure, read_articles
from labtape.types import Article

warcio = pytest.importorskip("warcio", reason="the extra archives is not installed")
zstandard = pytest.importorskip("zstandard", reason="the extra archives is not installed")

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
CAPTURED = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)
WORDS = (
    "The maker of chips said on Monday that demand for its newest parts had doubled since the spring. " * 4
)
PAGE = (
    "<html><head><title>Chips are sought</title><meta property='article:published_time' content='{date}'></head>"
    f"<body><article><h1>Chips are sought</h1><p>{WORDS}</p><p>{WORDS}</p></article></body></html>"
)
FEED = (
    "<rss version='2.0'><channel><title>Wire</title><item><title>Qwen is out</title><guid>g1</guid></item>"
    "<item><title>Kimi is cheaper</title><guid>g2</guid></item></channel></rss>"
)


def record(
    url,
    body,
    *,
    kind="response",
    media="text/html; charset=utf-8",
    status="200 OK",
    date="2026-06-03T09:30:00Z",
):
    payload = body.encode()
    if kind == "response":
        payload = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n".encode() + payload
        media = "application/http; msgtype=response"
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Type: {media}\r\n"
        f"WARC-Record-ID: <urn:uuid:8f2c>\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload + b"\r\n\r\n"


def archive(*records, gzipped=False) -> bytes:
    made = [record("", "software: test", kind="warcinfo", media="application/warc-fields")]
    made += [record(url, text, **options) for url, text, options in records]
    return b"".join(map(gzip.compress, made) if gzipped else made)


def page(date="2026-06-02T08:00:00Z") -> str:
    return PAGE.format(date=date)


def found(path):
    return list(read_articles(path, now=NOW))


RECORDS = (
    ("https://chips.example/a?utm_source=x", page(), {}),
    ("https://chips.example/logo.png", "not a page", {"media": "image/png"}),
    ("https://chips.example/gone", page(), {"status": "404 Not Found"}),
    ("https://wire.example/feed", FEED, {"media": "application/rss+xml"}),
    ("https://chips.example/kept", page(), {"kind": "resource"}),
)


@pytest.mark.parametrize("form", ["plain", "records", "whole", "zst"])
def test_pages_and_feeds_of_an_archive_are_articles(tmp_path, form):
    body = archive(*RECORDS, gzipped=form == "records")
    name = {"plain": "a.warc", "zst": "a.warc.zst"}.get(form, "a.warc.gz")
    packed = {"whole": gzip.compress, "zst": zstandard.ZstdCompressor().compress}.get(form, bytes)
    (tmp_path / name).write_bytes(packed(body))
    articles = found(tmp_path / name)
    assert [a.title for a in articles] == [
        "Chips are sought",
        "Qwen is out",
        "Kimi is cheaper",
        "Chips are sought",
    ]
    assert articles[0].url == "https://chips.example/a?utm_source=x"
    assert articles[0].canonical_url == "https://chips.example/a"
    assert {a.first_seen_at for a in articles} == {CAPTURED}
    assert articles[0].published_at == datetime(2026, 6, 2, 8, tzinfo=UTC)


def test_a_date_after_the_capture_had_not_come(tmp_path):
    (tmp_path / "a.warc").write_bytes(archive(("https://chips.example/a", page("2026-06-20T08:00:00Z"), {})))
    (article,) = found(tmp_path / "a.warc")
    assert article.published_at is None


def test_a_record_that_cannot_be_read_costs_only_itself(tmp_path):
    empty = "<html><body></body></html>"
    (tmp_path / "a.warc").write_bytes(
        archive(("https://a.example/", empty, {}), ("https://b.example/", page(), {}))
    )
    failure, article = found(tmp_path / "a.warc")
    assert isinstance(failure, Failure)
    assert failure.source == str(tmp_path / "a.warc")
    assert (tmp_path / "a.warc").read_bytes()[failure.offset :].startswith(b"WARC/1")
    assert "https://a.example/" in failure.place
    assert isinstance(article, Article)


def test_an_archive_that_ends_in_the_middle_says_where(tmp_path):
    whole = archive(*(("https://a.example/" + str(k), page(), {}) for k in range(3)))
    (tmp_path / "a.warc").write_bytes(whole[: len(whole) - 700])
    *articles, last = found(tmp_path / "a.warc")
    assert [type(a) for a in articles] == [Article, Article]
    assert isinstance(last, Failure)
    assert "ends in the middle" in last.error
    assert whole[last.offset :].startswith(b"WARC/1")


def test_a_packed_archive_that_ends_in_the_middle_is_a_failure(tmp_path):
    whole = gzip.compress(archive(*(("https://a.example/" + str(k), page(), {}) for k in range(3))))
    (tmp_path / "a.warc.gz").write_bytes(whole[:-20])
    assert isinstance(found(tmp_path / "a.warc.gz")[-1], Failure)


def test_headers_without_end_are_not_read_on(tmp_path):
    (tmp_path / "a.warc").write_bytes(b"WARC/1.0\r\nX: " + b"x" * 3_000_000)
    (failure,) = found(tmp_path / "a.warc")
    assert "headers of more than 1 MiB" in failure.error


@pytest.mark.parametrize(
    "body", [b"WARC/1.0\r\n\r\n\r\n", b"WARC/1.0\r\nContent-Length: x\r\n\r\n", b"WARC/", b"WARC/9\n\n"]
)
def test_what_only_begins_like_an_archive_raises_nothing(tmp_path, body):
    (tmp_path / "a.warc").write_bytes(body)
    assert not any(isinstance(item, Article) for item in found(tmp_path / "a.warc"))


# ---------------------------------------------------------------- Zstandard


def rows(n: int) -> bytes:
    return "".join(json.dumps({"id": str(k), "title": f"Chips {k}"}) + "\n" for k in range(n)).encode()


def test_frames_in_a_row_are_one_file(tmp_path):
    pack = zstandard.ZstdCompressor().compress
    (tmp_path / "a.jsonl.zst").write_bytes(pack(rows(3)) + pack(b'{"id": "z", "title": "Last"}\n'))
    assert [a.id for a in found(tmp_path / "a.jsonl.zst")] == ["0", "1", "2", "z"]


def test_a_frame_that_ends_in_the_middle_is_a_failure(tmp_path):
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(rows(50_000))[:-9])
    *_, last = found(tmp_path / "a.jsonl.zst")
    assert isinstance(last, Failure)
    assert last.error.startswith("broken Zstandard: ends in the middle, near byte ")


def test_spoiled_data_is_a_failure(tmp_path):
    body = bytearray(zstandard.ZstdCompressor().compress(rows(500)))
    body[20:30] = b"\xff" * 10
    (tmp_path / "a.jsonl.zst").write_bytes(bytes(body))
    assert "broken" in found(tmp_path / "a.jsonl.zst")[-1].error


def test_a_window_of_gigabytes_is_refused(tmp_path):
    large = zstandard.ZstdCompressionParameters(window_log=31)
    packer = zstandard.ZstdCompressor(compression_params=large).compressobj()
    (tmp_path / "a.jsonl.zst").write_bytes(packer.compress(rows(10)) + packer.flush())
    assert "broken Zstandard" in found(tmp_path / "a.jsonl.zst")[0].error


def test_a_bomb_is_not_unpacked(tmp_path):
    (tmp_path / "a.txt.zst").write_bytes(zstandard.ZstdCompressor().compress(bytes(200 * 2**20)))
    (failure,) = found(tmp_path / "a.txt.zst")
    assert "larger than 64 MiB" in failure.error


# ---------------------------------------------------------------- packed otherwise than the name says, or broken


@pytest.mark.parametrize("name", ["a.jsonl.zst", "a.jsonl.gz", "a.csv.gz", "a.warc.zst", "a.xml.gz", "a.gz"])
@pytest.mark.parametrize("body", [rows(3), bytes(range(256)) * 40, b"PAR1 and more"])
def test_a_name_of_a_packed_file_over_other_bytes_is_one_failure(tmp_path, name, body):
    (tmp_path / name).write_bytes(body)
    (failure,) = found(tmp_path / name)
    ending = name.rpartition(".")[2]
    assert failure.place == str(tmp_path / name)
    assert failure.error.startswith(
        f"is neither gzip nor Zstandard, though its name ends in .{ending}; would"
    )


@pytest.mark.parametrize(
    ("name", "other"), [("a.jsonl.gz", "zst"), ("a.jsonl.zst", "gz"), ("a.jsonl", "zst")]
)
def test_what_is_packed_is_read_by_its_bytes_not_by_its_name(tmp_path, name, other):
    pack = {"gz": gzip.compress, "zst": zstandard.ZstdCompressor().compress}[other]
    (tmp_path / name).write_bytes(pack(rows(3)))
    assert [a.id for a in found(tmp_path / name)] == ["0", "1", "2"]


def mixed(n: int) -> bytes:
    """Rows that do not pack to nothing, so that a cut falls among them."""
    import hashlib

    words = (hashlib.sha256(str(k).encode()).hexdigest() for k in range(n))
    return "".join(json.dumps({"id": str(k), "title": w}) + "\n" for k, w in enumerate(words)).encode()


@pytest.mark.parametrize("share", [0.3, 0.9, 1.0])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_gzip_that_ends_in_the_middle_keeps_every_whole_row_before(tmp_path, kind, share):
    import zlib

    body = mixed(5000)
    if kind == "csv":
        body = b"id,title\n" + b"".join(b"%d,word %d\n" % (k, k * k) for k in range(50_000))
    packed = gzip.compress(body)
    cut = packed[: int((len(packed) - 9) * share)]
    (tmp_path / f"a.{kind}.gz").write_bytes(cut)
    whole = zlib.decompressobj(31).decompress(cut).count(b"\n")
    *articles, last = found(tmp_path / f"a.{kind}.gz")
    assert len(articles) == whole - (kind == "csv")
    assert (last.place, last.line) == (f"{tmp_path}/a.{kind}.gz:{whole + 1}", whole + 1)
    assert f"broken gzip: ends in the middle, near byte {len(cut)} as it is packed" in last.error


def test_zstandard_that_ends_in_the_middle_keeps_every_whole_row_of_the_blocks_before(tmp_path):
    packed = zstandard.ZstdCompressor().compress(mixed(5000))
    cut = packed[: len(packed) // 2]
    (tmp_path / "a.jsonl.zst").write_bytes(cut)
    whole = zstandard.ZstdDecompressor().decompressobj().decompress(cut).count(b"\n")
    *articles, last = found(tmp_path / "a.jsonl.zst")
    assert len(articles) == whole > 500
    assert last.line == whole + 1
    assert "broken Zstandard: ends in the middle, near byte" in last.error


def test_what_follows_a_whole_gzip_costs_nothing_before_it(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(rows(3)) + b"\0" * 5000 + gzip.compress(rows(2)))
    assert [a.id for a in found(tmp_path / "a.jsonl.gz")] == ["0", "1", "2", "0", "1"]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(rows(3)) + b"and words")
    *articles, last = found(tmp_path / "a.jsonl.gz")
    assert [a.id for a in articles] == ["0", "1", "2"]
    assert last.error.startswith("broken gzip:")


def test_frames_that_are_passed_over_are_no_data(tmp_path):
    passed = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"words"
    pack = zstandard.ZstdCompressor().compress
    (tmp_path / "a.jsonl.zst").write_bytes(passed + pack(rows(2)) + passed + pack(rows(1)))
    assert [a.id for a in found(tmp_path / "a.jsonl.zst")] == ["0", "1", "0"]
