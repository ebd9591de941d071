"""A real server on loopback that behaves in every way the web does."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from .servers import FEED, Scripted


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.hits[path] += 1
        self.server.headers_seen[path] = dict(self.headers.items())
        with contextlib.suppress(ConnectionError):
            ROUTES.get(path, not_found)(self)

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def not_found(to: Handler) -> None:
    to.answer(404, b"no")


def ok(to: Handler) -> None:
    to.answer(200, FEED, Content_Type="Application/RSS+XML; charset='UTF-8'")


def etag(to: Handler) -> None:
    if to.headers.get("If-None-Match") == 'W/"one"':
        to.answer(304, b"", ETag='W/"one"', Last_Modified="Sat, 13 Jun 2026 16:37:21 GMT")
    else:
        to.answer(200, FEED, ETag='W/"one"')


def modified(to: Handler) -> None:
    day = "Sat, 13 Jun 2026 16:37:21 GMT"
    to.answer(304 if to.headers.get("If-Modified-Since") == day else 200, Last_Modified=day)


def unasked(to: Handler) -> None:
    to.answer(304)


def drip_body(to: Handler) -> None:
    to.send_response(200)
    to.send_header("Content-Length", "1000")
    to.end_headers()
    for _ in range(200):
        to.wfile.write(b".")
        to.wfile.flush()
        time.sleep(0.05)


def drip_headers(to: Handler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 200:
        to.wfile.write(bytes([byte]))
        to.wfile.flush()
        time.sleep(0.05)


def silent(to: Handler) -> None:
    time.sleep(4)


def endless(to: Handler) -> None:
    to.send_response(200)
    to.end_headers()
    while True:
        to.wfile.write(b"x" * 65536)


def bomb(to: Handler) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(1024 * 1024)
    body = b"".join(packer.compress(zeros) for _ in range(60)) + packer.flush()
    to.answer(200, body, Content_Encoding="gzip")


def zipped(to: Handler) -> None:
    to.answer(200, gzip.compress(FEED), Content_Encoding="gzip")


def zipped_in_two(to: Handler) -> None:
    to.answer(200, gzip.compress(FEED[:10]) + gzip.compress(FEED[10:]), Content_Encoding="x-gzip")


def zipped_unsaid(to: Handler) -> None:
    to.answer(200, gzip.compress(FEED))


def said_but_not_zipped(to: Handler) -> None:
    to.answer(200, FEED, Content_Encoding="gzip")


def zipped_cut(to: Handler) -> None:
    to.answer(200, gzip.compress(bytes(range(256)) * 40)[:-30], Content_Encoding="gzip")


def deflated(to: Handler) -> None:
    to.answer(200, zlib.compress(FEED), Content_Encoding="deflate")


def deflated_raw(to: Handler) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    to.answer(200, packer.compress(FEED) + packer.flush(), Content_Encoding="deflate")


def thrice(to: Handler) -> None:
    to.answer(200, gzip.compress(gzip.compress(gzip.compress(FEED))), Content_Encoding="gzip, gzip, gzip")


def exotic(to: Handler) -> None:
    to.answer(200, b"?", Content_Encoding="br")


def says_too_large(to: Handler) -> None:
    to.answer(200, b"x", Content_Length=str(10**12))


def cut(to: Handler) -> None:
    to.answer(200, FEED, Content_Length=str(len(FEED) + 100))


def garbage(to: Handler) -> None:
    to.wfile.write(b"\x00\x01\x02 this is no answer\r\n\r\n")


def many_headers(to: Handler) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n")


def too_many_headers(to: Handler) -> None:
    """More than are read, and few enough that the HTTP library takes them."""
    to.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 600 + b"\r\n")


def gone(to: Handler) -> None:
    to.answer(410)


def broken_once(to: Handler) -> None:
    if to.server.hits["/broken-once"] == 1:
        to.answer(502)
    else:
        ok(to)


def broken(to: Handler) -> None:
    to.answer(500)


def busy(to: Handler) -> None:
    to.answer(503, Retry_After="60")


def slow_and_broken(to: Handler) -> None:
    time.sleep(0.7)
    to.answer(502)


def loop(to: Handler) -> None:
    to.answer(302, Location="/loop")


def hop(to: Handler) -> None:
    left = int(to.path.partition("?")[2])
    to.answer(301, Location=f"/hop?{left - 1}" if left > 1 else "/ok")


def sent(location: str) -> Callable[[Handler], None]:
    return lambda to: to.answer(302, Location=location)


def moved(to: Handler) -> None:
    """`/moved?301,308` goes through hops with these statuses and ends at /ok."""
    now, _, later = to.path.partition("?")[2].partition(",")
    to.answer(int(now), Location=f"/moved?{later}" if later else "/ok")


def fresh(to: Handler) -> None:
    to.answer(200, FEED, Cache_Control="public, max-age=900", Retry_After="120")


def too_many(to: Handler) -> None:
    to.answer(429, b"slow down", Retry_After="Wed, 01 Jul 2026 12:30:00 GMT")


def rotating(to: Handler) -> None:
    to.answer(200, FEED, ETag=f'"{to.server.hits["/rotating"]}"')


def odd_etag(to: Handler) -> None:
    to.send_response(304 if to.headers.get("If-None-Match") else 200)
    to.wfile.write(b"")
    to.send_header("ETag", "W/\"caf\xe9 'x' <y>\"")
    to.send_header("Content-Length", "0")
    to.end_headers()


def short_length(to: Handler) -> None:
    to.answer(200, FEED, Content_Length=str(len(FEED) - 20))


def large_header(to: Handler) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 2_000_000 + b"\r\n\r\n")


def cookies(to: Handler) -> None:
    to.wfile.write(
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"Set-Cookie: c%d=1\r\n" % n for n in range(5_000)) + b"\r\n"
    )


def some_cookies(to: Handler) -> None:
    to.send_response(200)
    for n in range(50):
        to.send_header("Set-Cookie", f"c{n}=1")
    to.end_headers()
    to.wfile.write(FEED)


def reset(to: Handler) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")
    to.wfile.flush()
    to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    to.connection.close()


def stream(coding: str) -> Callable[[Handler], None]:
    def endless_in_a_coding(to: Handler) -> None:
        to.send_response(200)
        to.send_header("Content-Encoding", coding)
        to.end_headers()
        while True:
            to.wfile.write(b"x" * 65536)

    return endless_in_a_coding


def bomb_unsaid(to: Handler) -> None:
    to.answer(200, gzip.compress(bytes(40 * 1024 * 1024)))


def crumbs(to: Handler) -> None:
    """A body in chunks of one byte."""
    to.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        to.wfile.write(b"1\r\nx\r\n" * 1000)


def interim(to: Handler) -> None:
    """Says that it will answer, for ever."""
    while True:
        to.wfile.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)


def old(to: Handler) -> None:
    to.wfile.write(b"HTTP/1.0 200 OK\nContent-Type: text/xml\n\n" + FEED)


def sent_to_canary(to: Handler) -> None:
    to.answer(302, Location=to.server.canary)


ROUTES: dict[str, Callable[[Handler], None]] = {
    "/ok": ok, "/etag": etag, "/modified": modified, "/unasked": unasked, "/drip": drip_body, "/headers": drip_headers,
    "/silent": silent, "/endless": endless, "/bomb": bomb, "/zipped": zipped, "/zipped-in-two": zipped_in_two,
    "/zipped-unsaid": zipped_unsaid, "/not-zipped": said_but_not_zipped, "/zipped-cut": zipped_cut,
    "/deflated": deflated, "/deflated-raw": deflated_raw, "/thrice": thrice, "/exotic": exotic,
    "/too-large": says_too_large, "/cut": cut, "/garbage": garbage, "/many-headers": many_headers, "/too-many-headers": too_many_headers, "/gone": gone,
    "/broken": broken, "/broken-once": broken_once, "/busy": busy, "/slow-broken": slow_and_broken, "/loop": loop,
    "/hop": hop, "/to-file": sent("file:///etc/hostname"), "/to-nowhere": sent("http://"), "/to-canary": sent_to_canary,
    "/moved": moved, "/fresh": fresh, "/too-many": too_many, "/rotating": rotating, "/odd-etag": odd_etag,
    "/short-length": short_length, "/large-header": large_header, "/cookies": cookies, "/some-cookies": some_cookies,
    "/reset": reset, "/br": stream("br"), "/zstd": stream("zstd"), "/gzip-gzip": stream("gzip, gzip"),
    "/bomb-unsaid": bomb_unsaid, "/interim": interim, "/crumbs": crumbs, "/old": old,
    "/to-metadata": sent("http://169.254.169.254/latest/"),
}  # fmt: skip


class Server(ThreadingHTTPServer):
    daemon_threads = True
    canary = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hits: Counter[str] = Counter()
        self.headers_seen: dict[str, dict[str, str]] = {}

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def handle_error(self, *args: object) -> None:
        """A client that hangs up is what many of these tests are about."""


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def canary() -> Iterator[Server]:
    """A second server that nobody may reach."""
    with serving() as running:
        yield running


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    with contextlib.ExitStack() as servers:

        def start(talk: Callable[[socket.socket, int], None], **options: object) -> Scripted:
            server = Scripted(talk, **options)
            servers.callback(server.close)
            return server

        yield start
