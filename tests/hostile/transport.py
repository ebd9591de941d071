"""Routes of the faults that lie in HTTP itself: 1 to 5, 7, 8, 18, 20."""

from __future__ import annotations

import asyncio
import base64
import gzip
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from .feeds import good, items, page, rss, today
from .wire import Exchange, Handler, Routes, head

routes = Routes()
SECRET = "the-canary-sings"  # what must never be found in a database
AHEAD = '"ahead"'  # the ETag of every broken answer: whoever asks with it has forgotten what it lost
MB = 1 << 20


def key_of(ex: Exchange) -> str:
    """A name of its own for each feed, so that no two share a title or a guid."""
    return f"{ex.path.strip('/').replace('/', '-').replace('.', '-')}-{ex.place.split(':')[0].rpartition('.')[2].strip('[]')}"


def document(ex: Exchange) -> bytes:
    return good(key_of(ex), ex.base)


# ---------------------------------------------------------------- well-behaved, to stand beside the others


@routes("/good", 0, "a feed without fault")
@routes("/good/", 0, "more feeds without fault")
async def served_well(ex: Exchange) -> None:
    if ex.headers.get("if-none-match") == '"good"':
        await ex.answer(304, headers=[("ETag", '"good"')])
    else:
        await ex.answer(200, document(ex), [("ETag", '"good"')])


@routes("/page/", 0, "the pages of articles")
async def served_page(ex: Exchange) -> None:
    _, _, key, word = ex.path.split("/", 3)
    await ex.answer(200, page(key, word), media_type="text/html; charset=utf-8")


@routes("/short/", 0, "a feed whose entries say less than a paragraph")
async def served_short(ex: Exchange) -> None:
    body = rss(items(key_of(ex), ex.base, text="Counted.", base_time=today()))
    await ex.answer(200, body.encode(), [("ETag", '"good"')])


@routes("/later/", 0, "well at first, with the fault named behind it from the second visit on")
async def served_later(ex: Exchange) -> None:
    if ex.headers.get("if-none-match") == AHEAD:
        ex.server.notes.setdefault("ahead", []).append(ex.path)
    if ex.n == 1:
        await ex.answer(
            200, document(ex), [("ETag", '"good"'), ("Last-Modified", "Sat, 02 May 2026 10:00:00 GMT")]
        )
    else:
        await _inner(ex, "/later")(ex)


@routes("/once/", 0, "with the fault named behind it at first, well from the second visit on")
async def served_after(ex: Exchange) -> None:
    if ex.headers.get("if-none-match") == AHEAD:
        ex.server.notes.setdefault("ahead", []).append(ex.path)
        await ex.answer(304, headers=[("ETag", AHEAD)])
    elif ex.n == 1:
        await _inner(ex, "/once")(ex)
    else:
        await ex.answer(200, document(ex), [("ETag", AHEAD)])


def _inner(ex: Exchange, prefix: str) -> Handler:
    found = ex.server.routes.find(ex.path.removeprefix(prefix))
    assert found is not None, ex.path
    return found.handler


# ---------------------------------------------------------------- 1: slow


@routes("/1/silent", 1, "takes the request and says nothing")
async def silent(ex: Exchange) -> None:
    await asyncio.sleep(600)


@routes("/1/drip-headers", 1, "a byte of a header every 0.2 s")
async def drip_headers(ex: Exchange) -> None:
    await ex.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 5000, seconds=0.2)


@routes("/1/drip-body", 1, "a byte of the body every 0.2 s")
async def drip_body(ex: Exchange) -> None:
    await ex.raw(
        head(200, [("Content-Type", "application/rss+xml"), ("Content-Length", "5000"), ("ETag", AHEAD)])
    )
    await ex.drip(document(ex), seconds=0.2)


@routes("/1/drip-chunks", 1, "a chunk of one byte every 0.2 s")
async def drip_chunks(ex: Exchange) -> None:
    await ex.raw(head(200, [("Transfer-Encoding", "chunked"), ("ETag", AHEAD)]))
    for byte in document(ex):
        await ex.raw(b"1\r\n" + bytes([byte]) + b"\r\n")
        await asyncio.sleep(0.2)


@routes("/1/stops", 1, "half a body, then nothing more")
async def stops(ex: Exchange) -> None:
    body = document(ex)
    await ex.raw(head(200, [("Content-Length", str(len(body))), ("ETag", AHEAD)]) + body[: len(body) // 2])
    await asyncio.sleep(600)


@routes("/1/drip-redirects", 1, "redirects, each after 0.9 s")
async def drip_redirects(ex: Exchange) -> None:
    await asyncio.sleep(0.9)
    await ex.answer(302, headers=[("Location", f"/1/drip-redirects?{ex.query}1")])


@routes("/1/continues", 1, "100 Continue without end")
async def continues(ex: Exchange) -> None:
    while True:
        await ex.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        await asyncio.sleep(0.02)


# ---------------------------------------------------------------- 2: too much


@cache
def gzip_bomb(megabytes: int = 600) -> bytes:
    """Many megabytes of spaces as gzip: one block deflated once, joined to itself."""
    block = b" " * MB
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(megabytes):
        crc = zlib.crc32(block, crc)
    end = crc.to_bytes(4, "little") + (megabytes * MB & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + packed * megabytes + b"\x03\x00" + end


@cache
def deflate_bomb() -> bytes:
    packer = zlib.compressobj(1)
    return b"".join([packer.compress(b" " * MB) for _ in range(200)]) + packer.flush()


def brotli_bomb() -> bytes:
    """600 MB of spaces as brotli (made once with the `brotli` package at quality 11, window 24)."""
    return zlib.decompress(
        base64.b64decode(
            "eNo7//9//Y/eKStfB39qODH1fIxZ0OnkTgcuxyPGvlX/5f/9/39Yn1GgnZVh1/f/f/7/b49nUuDrZih5///n///8+1kcZMQYXtz7//n/f/k6zgYLHYYLe/8////f/o8QQ2EEw4Lq/+dBxqsyPNrA4PD93/z///9/8GY4ksjY8O6vPZDzcDpDx2Emhru/67FaxD1qEY0s8udicIBY9KHmPzsAxrMhLQ=="
        )
    )


def zstd_bomb(megabytes: int = 600) -> bytes:
    """Many megabytes of spaces as Zstandard: blocks of 128 KiB that say "this byte, so often" (RFC 8878, RLE)."""
    size = 128 * 1024
    blocks = megabytes * MB // size
    frame = b"\x28\xb5\x2f\xfd" + b"\x00\x38"  # no content size, a window of 128 KiB
    block = (size << 3 | 1 << 1).to_bytes(3, "little") + b" "
    last = (size << 3 | 1 << 1 | 1).to_bytes(3, "little") + b" "
    return frame + block * (blocks - 1) + last


def packed(coding: str, body: Callable[[], bytes]) -> Handler:
    async def handler(ex: Exchange) -> None:
        await ex.answer(200, body(), [("Content-Encoding", coding), ("ETag", AHEAD)])

    return handler


def _thrice() -> bytes:
    return gzip.compress(gzip.compress(gzip_bomb()))


def _members() -> bytes:
    """Nine megabytes of gzip files with nothing in them, joined."""
    return gzip.compress(b"", mtime=0) * (9 * MB // 20)


for _path, _name, _coding, _body in (
    ("/2/gzip-bomb", "600 MB of spaces as gzip", "gzip", gzip_bomb),
    ("/2/deflate-bomb", "200 MB of spaces as deflate", "deflate", deflate_bomb),
    ("/2/br-bomb", "600 MB of spaces as brotli", "br", brotli_bomb),
    ("/2/zstd-bomb", "600 MB of spaces as Zstandard", "zstd", zstd_bomb),
    ("/2/thrice", "gzip of gzip of a gzip bomb, as said", "gzip, gzip, gzip", _thrice),
    ("/2/thrice-unsaid", "gzip of gzip of a gzip bomb, said to be one gzip", "gzip", _thrice),
    ("/2/mixed", "gzip of gzip of a bomb, said to be three different codings", "br, deflate, gzip", _thrice),
    ("/2/empty-members", "half a million empty gzip files in a row", "gzip", _members),
):
    routes(_path, 2, _name)(packed(_coding, _body))


@routes("/2/endless", 2, "a body without end")
async def endless(ex: Exchange) -> None:
    await ex.raw(head(200, [("Content-Type", "application/rss+xml"), ("ETag", AHEAD)]))
    while True:
        await ex.raw(b"<item><title>more</title></item>\n" * 2000)


@routes("/2/endless-chunks", 2, "chunks without end")
async def endless_chunks(ex: Exchange) -> None:
    await ex.raw(head(200, [("Transfer-Encoding", "chunked"), ("ETag", AHEAD)]))
    while True:
        await ex.raw(b"10000\r\n" + b" " * 65536 + b"\r\n")


@routes("/2/endless-extension", 2, "a chunk whose extension has no end")
async def endless_extension(ex: Exchange) -> None:
    await ex.raw(head(200, [("Transfer-Encoding", "chunked"), ("ETag", AHEAD)]) + b"5;name=")
    while True:
        await ex.raw(b"x" * 65536)


@routes("/2/endless-trailers", 2, "trailers without end")
async def endless_trailers(ex: Exchange) -> None:
    await ex.raw(head(200, [("Transfer-Encoding", "chunked"), ("ETag", AHEAD)]) + b"0\r\n")
    while True:
        await ex.raw(b"X-More: and more\r\n" * 1000)


@routes("/2/endless-redirect-body", 2, "a redirect with a body without end")
async def endless_redirect_body(ex: Exchange) -> None:
    await ex.raw(head(302, [("Location", "/2/endless")]))
    while True:
        await ex.raw(b" " * 65536)


@routes("/2/endless-404", 2, "404 with a body without end")
async def endless_404(ex: Exchange) -> None:
    await ex.raw(head(404, []))
    while True:
        await ex.raw(b" " * 65536)


@routes("/2/says-large", 2, "says it is a terabyte")
async def says_large(ex: Exchange) -> None:
    await ex.raw(head(200, [("Content-Length", str(10**12)), ("ETag", AHEAD)]) + b" " * 1000)


# ---------------------------------------------------------------- 3: broken


def broken(headers: list[tuple[str, str]], cut: Callable[[bytes], bytes]) -> Handler:
    """A 200 with these headers (`{n}` is the true length) and what `cut` leaves of a good feed."""

    async def handler(ex: Exchange) -> None:
        body = document(ex)
        named = [(name, value.replace("{n}", str(len(body)))) for name, value in headers]
        await ex.raw(head(200, [*named, ("ETag", AHEAD), ("Connection", "close")]) + cut(body))

    return handler


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _chunked(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n"


for _path, _name, _headers, _cut in (
    ("/3/truncated", "half of what Content-Length says", [("Content-Length", "{n}")], _half),
    ("/3/truncated-gzip", "half of a gzip file, its Content-Length right", [("Content-Encoding", "gzip")],
     lambda body: _half(gzip.compress(body))),
    ("/3/truncated-chunks", "no last chunk", [("Transfer-Encoding", "chunked")], lambda b: _chunked(_half(b))),
    ("/3/truncated-unsaid", "half a document, without a length", [], _half),
    ("/3/wrong-chunks", "a chunk size that is no number", [("Transfer-Encoding", "chunked")],
     lambda b: b"zz\r\n" + b + b"\r\n0\r\n\r\n"),
    ("/3/short-length", "Content-Length says half of what there is", [("Content-Length", "1500")], bytes),
    ("/3/long-length", "Content-Length says more than there is", [("Content-Length", "9{n}")], bytes),
    ("/3/negative-length", "Content-Length below zero", [("Content-Length", "-1")], bytes),
    ("/3/two-lengths", "two Content-Lengths that differ", [("Content-Length", "{n}"), ("Content-Length", "10")], bytes),
    ("/3/header-2mb", "one header of 2 MB", [("X-Large", "x" * 2 * MB), ("Content-Length", "{n}")], bytes),
    ("/3/headers-20000", "20,000 headers", [*[("X-Many", "y")] * 20_000, ("Content-Length", "{n}")], bytes),
    ("/3/headers-600", "600 headers", [*[("X-Many", "y")] * 600, ("Content-Length", "{n}")], bytes),
):  # fmt: skip
    routes(_path, 3, _name)(broken(_headers, _cut))


@routes("/3/reset", 3, "the connection is reset at once")
async def reset(ex: Exchange) -> None:
    ex.reset()


@routes("/3/reset-headers", 3, "the connection is reset among the headers")
async def reset_headers(ex: Exchange) -> None:
    await ex.raw(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await asyncio.sleep(0.05)
    ex.reset()


@routes("/3/reset-body", 3, "the connection is reset in the body")
async def reset_body(ex: Exchange) -> None:
    body = document(ex)
    await ex.raw(head(200, [("Content-Length", str(len(body))), ("ETag", AHEAD)]) + _half(body))
    await asyncio.sleep(0.05)
    ex.reset()


@routes("/3/closed", 3, "the connection is closed without an answer")
async def closed(ex: Exchange) -> None:
    return


@routes("/3/garbage", 3, "bytes that are no HTTP")
async def garbage(ex: Exchange) -> None:
    await ex.raw(bytes(range(256)) * 8 + b"\r\n\r\n")


@routes("/3/other-protocol", 3, "the greeting of a mail server")
async def other_protocol(ex: Exchange) -> None:
    await ex.raw(b"220 mail.example ESMTP ready\r\n")


@routes("/3/header-nul", 3, "control characters in a header")
async def header_nul(ex: Exchange) -> None:
    await ex.raw(
        b"HTTP/1.1 200 OK\r\nX-Odd: a\x00b\x01c\r\nContent-Length: 0\r\nETag: " + AHEAD.encode() + b"\r\n\r\n"
    )


# ---------------------------------------------------------------- 4: not what it says

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def coded(
    name: str | None, change: Callable[[bytes], bytes], media_type: str = "application/rss+xml"
) -> Handler:
    async def handler(ex: Exchange) -> None:
        headers = [("Content-Encoding", name)] if name else []
        await ex.answer(200, change(document(ex)), [*headers, ("ETag", AHEAD)], media_type=media_type)

    return handler


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


for _path, _name, _handler in (
    ("/4/gzip-unsaid", "gzip without Content-Encoding", coded(None, gzip.compress)),
    ("/4/gzip-as-type", "gzip with the media type of gzip", coded(None, gzip.compress, "application/x-gzip")),
    ("/4/gzip-said", "says gzip and is plain", coded("gzip", bytes)),
    (
        "/4/gzip-twice",
        "says gzip and is gzip of gzip",
        coded("gzip", lambda b: gzip.compress(gzip.compress(b))),
    ),
    ("/4/gzip-but-deflate", "says gzip and is deflate", coded("gzip", zlib.compress)),
    ("/4/deflate", "deflate in its zlib wrapping", coded("deflate", zlib.compress)),
    ("/4/deflate-raw", "deflate without wrapping", coded("deflate", _raw_deflate)),
    ("/4/deflate-said", "says deflate and is plain", coded("deflate", bytes)),
    ("/4/br-said", "says br and is plain", coded("br", bytes)),
    ("/4/utf-8", "says its coding is utf-8", coded("utf-8", bytes)),
    ("/4/unknown", "a coding nobody knows", coded("x-rot13", bytes)),
    (
        "/4/rubbish-after",
        "gzip with rubbish after its end",
        coded("gzip", lambda b: gzip.compress(b) + b"\0" * 40),
    ),
    ("/4/png", "a picture, said to be a feed", coded(None, lambda _: PNG)),
    ("/4/png-honest", "a picture, said to be one", coded(None, lambda _: PNG, "image/png")),
    (
        "/4/pdf",
        "a PDF, said to be a feed",
        coded(None, lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>>"),
    ),
    ("/4/wrong-type", "a feed, said to be a program", coded(None, bytes, "application/octet-stream")),
):
    routes(_path, 4, _name)(_handler)


# ---------------------------------------------------------------- 5: redirects


def to(status: int, location: str | None) -> Handler:
    """A redirect; `{canary}` is the place of the server that nobody may reach."""

    async def handler(ex: Exchange) -> None:
        where = (
            location.replace("{canary}", str(ex.server.notes.get("canary", "127.0.0.1:9")))
            if location is not None
            else None
        )
        await ex.answer(status, headers=[] if where is None else [("Location", where)])

    return handler


for _path, _name, _status, _location in (
    ("/5/loop", "to itself", 302, "/5/loop"),
    ("/5/there", "to one that leads back", 301, "/5/back"),
    ("/5/back", "to one that leads back", 301, "/5/there"),
    ("/5/file", "to file:", 302, "file:///etc/passwd"),
    ("/5/file-short", "to file: without slashes", 302, "file:/etc/passwd"),
    ("/5/ftp", "to ftp:", 302, "ftp://{canary}/feed"),
    ("/5/gopher", "to gopher:", 302, "gopher://{canary}/1feed"),
    ("/5/data", "to data:", 302, "data:application/rss+xml,<rss version='2.0'><channel><item><title>x</title></item></channel></rss>"),
    ("/5/javascript", "to javascript:", 302, "javascript:alert(1)"),
    ("/5/canary", "to a private port", 302, "http://{canary}/secret"),
    ("/5/canary-301", "to a private port for good", 301, "http://{canary}/secret"),
    ("/5/canary-relative", "to a private port, without a scheme", 307, "//{canary}/secret"),
    ("/5/canary-user", "to a private port behind a name", 302, "http://desk.example@{canary}/secret"),
    ("/5/canary-backslash", "to a private port, with backslashes", 302, "http:\\\\{canary}\\secret"),
    ("/5/nowhere", "without Location", 302, None),
    ("/5/empty", "with an empty Location", 302, ""),
    ("/5/half", "to half an address", 302, "http://"),
    ("/5/odd", "to an address of control characters", 302, "http://\x01\x02/"),
    ("/5/300", "300 with a Location", 300, "/good/multiple"),
    ("/5/moved", "moved for good, 301", 301, "/good/moved"),
    ("/5/moved-308", "moved for good, 308", 308, "/good/moved-308"),
    ("/5/found", "elsewhere for now, 302", 302, "/good/found"),
    ("/5/mixed", "for good, then for now", 301, "/5/found"),
):  # fmt: skip
    routes(_path, 5, _name)(to(_status, _location))


@routes("/5/hops/", 5, "as many redirects as the address says")
async def hops(ex: Exchange) -> None:
    left = int(ex.path.rpartition("/")[2])
    await ex.answer(301, headers=[("Location", f"/5/hops/{left - 1}" if left > 1 else "/good/after-hops")])


@routes("/5/to", 5, "to the address in the query")
async def to_query(ex: Exchange) -> None:
    await ex.answer(302, headers=[("Location", ex.query)])


# ---------------------------------------------------------------- 7: states


def status(code: int, headers: Callable[[], list[tuple[str, str]]] = list) -> Handler:
    async def handler(ex: Exchange) -> None:
        await ex.answer(code, b"" if code == 304 else b"no", headers(), media_type="text/plain")

    return handler


def http_date(seconds: float) -> str:
    return f"{datetime.now(UTC) + timedelta(seconds=seconds):%a, %d %b %Y %H:%M:%S} GMT"


for _path, _name, _handler in (
    ("/7/404", "404", status(404)),
    ("/7/410", "410", status(410)),
    (
        "/7/429-seconds",
        "429, Retry-After two hours in seconds",
        status(429, lambda: [("Retry-After", "7200")]),
    ),
    (
        "/7/429-date",
        "429, Retry-After two hours as a date",
        status(429, lambda: [("Retry-After", http_date(7200))]),
    ),
    (
        "/7/429-years",
        "429, Retry-After ten years",
        status(429, lambda: [("Retry-After", str(3600 * 24 * 3650))]),
    ),
    ("/7/429-odd", "429, Retry-After a word", status(429, lambda: [("Retry-After", "soon")])),
    ("/7/429", "429 without Retry-After", status(429)),
    ("/7/503", "503, Retry-After six hours", status(503, lambda: [("Retry-After", "21600")])),
    ("/7/503-bare", "503 without Retry-After", status(503)),
    ("/7/500", "500", status(500)),
    ("/7/204", "204", status(204)),
    ("/7/401", "401", status(401, lambda: [("WWW-Authenticate", "Basic")])),
    ("/7/304", "304 unasked", status(304, lambda: [("ETag", AHEAD)])),
):
    routes(_path, 7, _name)(_handler)


@routes("/7/max-age", 7, "a feed that asks for an hour with Cache-Control")
async def max_age(ex: Exchange) -> None:
    await ex.answer(200, document(ex), [("Cache-Control", "public, max-age=86399")])


# ---------------------------------------------------------------- 8: validators


def validated(name: str, value: str) -> Handler:
    """A feed with one validator, which is taken for granted only to the letter."""
    asked = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[name]

    async def handler(ex: Exchange) -> None:
        if ex.headers.get(asked) == value.encode("utf-8").decode("latin-1"):
            await ex.answer(304, headers=[(name, value)])
        else:
            await ex.answer(200, document(ex), [(name, value)])

    return handler


for _path, _name, _header, _value in (
    ("/8/etag", "a strong ETag", "ETag", '"one"'),
    ("/8/weak", "a weak ETag", "ETag", 'W/"one"'),
    ("/8/bare", "an ETag without quotes", "ETag", "one"),
    ("/8/suffix", "an ETag with a suffix of the coding", "ETag", '"one--gzip"'),
    ("/8/long", "an ETag of 2,000 characters", "ETag", '"' + "o" * 2000 + '"'),
    ("/8/modified", "a Last-Modified", "Last-Modified", "Sat, 02 May 2026 10:00:00 GMT"),
    ("/8/modified-odd", "a Last-Modified in no known form", "Last-Modified", "02.05.2026 12:00 MESZ"),
):
    routes(_path, 8, _name)(validated(_header, _value))


@routes("/8/rotating", 8, "another ETag each time, the same document")
async def rotating(ex: Exchange) -> None:
    await ex.answer(200, document(ex), [("ETag", f'"{ex.n}"')])


@routes("/8/refreshed", 8, "a 304 that gives the next ETag")
async def refreshed(ex: Exchange) -> None:
    if ex.n > 1 and ex.headers.get("if-none-match") == f'"{ex.n - 1}"':
        await ex.answer(304, headers=[("ETag", f'"{ex.n}"')])
    else:
        await ex.answer(200, document(ex), [("ETag", f'"{ex.n}"')])


@routes("/8/always-304", 8, "304 for ever, although the feed has gone on")
async def always_304(ex: Exchange) -> None:
    if "if-none-match" in ex.headers:
        await ex.answer(304)
    else:
        key = key_of(ex)
        fresh = items(key, ex.base, 5) if ex.n == 1 else items(key, ex.base)
        await ex.answer(200, rss(fresh).encode(), [("ETag", '"stuck"')])


# ---------------------------------------------------------------- 18, 20: slow hosts, old HTTP, cookies, robots


@routes("/slow/", 18, "answers after a while")
async def slow(ex: Exchange) -> None:
    await asyncio.sleep(float(ex.server.notes.get("slow", 1.0)))
    await ex.answer(200, document(ex), [("ETag", '"good"')])


@routes("/20/http-1.0", 20, "HTTP/1.0, the end of the connection ends the body")
async def old_http(ex: Exchange) -> None:
    await ex.raw(head(200, [("Content-Type", "application/rss+xml")], version="1.0") + document(ex))


@routes("/20/http-1.0-redirect", 20, "HTTP/1.0, a redirect")
async def old_redirect(ex: Exchange) -> None:
    await ex.raw(head(302, [("Location", "/20/http-1.0")], version="1.0"))


@routes("/20/http-0.9", 20, "HTTP/0.9: a body and nothing else")
async def oldest_http(ex: Exchange) -> None:
    await ex.raw(document(ex))


@routes("/20/http-9.9", 20, "a version of HTTP that does not exist")
async def future_http(ex: Exchange) -> None:
    await ex.raw(head(200, [("Content-Type", "application/rss+xml")], version="9.9") + document(ex))


@routes("/20/cookies", 20, "300 cookies")
async def cookies(ex: Exchange) -> None:
    flood = [("Set-Cookie", f"c{i}={'x' * 40}; Path=/; Max-Age=999999") for i in range(300)]
    await ex.answer(200, document(ex), flood)


@routes("/20/cookie-flood", 20, "20,000 cookies")
async def cookie_flood(ex: Exchange) -> None:
    await ex.answer(200, document(ex), [("Set-Cookie", f"c{i}=x") for i in range(20_000)])


@routes("/robots.txt", 20, "robots.txt as notes['robots'] says for each host: (status, body) or a handler")
async def robots(ex: Exchange) -> None:
    answers = ex.server.notes.get("robots", {})
    answer = answers.get(ex.hit.host, (404, b""))
    if callable(answer):
        await answer(ex)
    else:
        await ex.answer(*answer, media_type="text/plain")
