"""A server of made feeds, in a process of its own, under as many loopback addresses as there are hosts.

    http://127.1.1.1:PORT/feed/0   http://127.1.1.2:PORT/feed/1 …    quick; ETag and Last-Modified, 304 when they hold
    http://127.0.1.1:PORT/drip/0   http://127.0.1.2:PORT/drip/1 …    200, then a byte every half second
    http://127.1.1.1:PORT/told                                       what was answered since the last time asked

Every address of 127.0.0.0/8 is there on Linux; elsewhere the others than 127.0.0.1 must be made first.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from crawl_feeds import Made, make_feed

DRIP = 0.5  # seconds between two bytes
_MODIFIED = "Fri, 20 Nov 2026 08:00:00 GMT"


def host_of(i: int, *, slow: bool = False) -> str:
    """The loopback address of host number i. Slow ones sort first, for whoever goes by the address."""
    return f"127.{int(not slow)}.{1 + i // 250}.{1 + i % 250}"


@dataclass(slots=True)
class Server:
    """The serving process, seen from outside. Use it in a `with`."""

    n_feeds: int
    n_slow: int = 0
    is_packed: bool = False
    port: int = 0
    n_entries: tuple[int, ...] = ()  # written into each feed
    faults: tuple[str | None, ...] = ()
    n_bytes: int = 0
    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, __file__, str(self.n_feeds), str(self.n_slow), str(int(self.is_packed))]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())  # type: ignore[union-attr]  # it is a pipe
        self.port, self.n_bytes = told["port"], told["n_bytes"]
        self.n_entries, self.faults = tuple(told["n_entries"]), tuple(told["faults"])
        return self

    def __exit__(self, *exc: object) -> None:
        assert self.process is not None
        self.process.communicate()  # its standard input ends, and with it the server

    def feeds(self) -> list[str]:
        return [f"http://{host_of(i)}:{self.port}/feed/{i}" for i in range(self.n_feeds)]

    def slow(self, *, one_host: bool = False) -> list[str]:
        hosts = [host_of(0 if one_host else i, slow=True) for i in range(self.n_slow)]
        return [f"http://{host}:{self.port}/drip/{i}" for i, host in enumerate(hosts)]

    def told(self) -> dict[str, int]:
        """How many answers of each status went out since this was last asked."""
        with urllib.request.urlopen(f"http://{host_of(0)}:{self.port}/told") as answer:
            return dict(json.load(answer))


# ---------------------------------------------------------------- inside the process


class _Connection(asyncio.Protocol):
    """One connection: GET only, kept open, requests may come in pieces."""

    def __init__(self, feeds: list[Made], packed: list[bytes], told: Counter[str]) -> None:
        self.feeds, self.packed, self.told = feeds, packed, told
        self.pending = b""
        self.drip: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.drip:
            self.drip.cancel()

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            request, _, self.pending = self.pending.partition(b"\r\n\r\n")
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        first, *lines = request.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        kind, _, number = first.split()[1].strip("/").partition("/")
        if kind == "told":
            self._send("200 OK", "application/json", json.dumps(self.told).encode())
            self.told.clear()
        elif kind == "feed":
            self._feed(int(number), headers)
        elif kind == "drip":
            self.told["slow"] += 1
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n")
            self._drip()
        else:
            self.told["404"] += 1
            self._send("404 Not Found", "text/plain", b"nothing here")
        if headers.get("connection", "").lower() == "close" and kind != "drip":
            self.transport.close()

    def _feed(self, i: int, headers: dict[str, str]) -> None:
        tags = f'ETag: "feed-{i}"\r\nLast-Modified: {_MODIFIED}\r\n'
        if headers.get("if-none-match") == f'"feed-{i}"':
            self.told["304"] += 1
            self.transport.write(f"HTTP/1.1 304 Not Modified\r\n{tags}\r\n".encode())
            return
        self.told["200"] += 1
        feed = self.feeds[i]
        if self.packed and "gzip" in headers.get("accept-encoding", ""):
            self._send("200 OK", feed.media_type, self.packed[i], tags + "Content-Encoding: gzip\r\n")
        else:
            self._send("200 OK", feed.media_type, feed.body, tags)

    def _send(self, status: str, media_type: str, body: bytes, more: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        self.transport.write(head.encode() + body)

    def _drip(self) -> None:
        self.transport.write(b" ")
        self.drip = asyncio.get_running_loop().call_later(DRIP, self._drip)


async def _serve(n_feeds: int, n_slow: int, is_packed: bool) -> None:
    newest = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    feeds = [make_feed(i, newest=newest) for i in range(n_feeds)]
    packed = [gzip.compress(feed.body, 6) for feed in feeds] if is_packed else []
    told: Counter[str] = Counter()
    hosts = [host_of(i) for i in range(n_feeds)] + [host_of(i, slow=True) for i in range(n_slow)]
    first = socket.create_server((hosts[0], 0))
    port = first.getsockname()[1]
    loop = asyncio.get_running_loop()
    for listening in [first, *(socket.create_server((host, port), backlog=100) for host in hosts[1:])]:
        await loop.create_server(lambda: _Connection(feeds, packed, told), sock=listening)
    ready = {
        "port": port,
        "n_entries": [feed.n_entries for feed in feeds],
        "faults": [feed.fault for feed in feeds],
        "n_bytes": sum(len(feed.body) for feed in feeds),
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "1"))
