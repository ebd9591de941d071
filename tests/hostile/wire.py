"""A web server on loopback that lies where it is told to.

    Server(routes) ── one asyncio loop in a thread ── sockets on 127.0.0.1 … 127.0.0.120, or ::1, or TLS
        each connection: request read by hand ─> Hit in `server.log` ─> the route's handler ─> bytes as it likes

Handlers write to the socket themselves, so an answer may be cut, endless, slow or no HTTP at all.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import Self

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
           307: "Temporary Redirect", 308: "Permanent Redirect", 404: "Not Found", 410: "Gone",
           429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}  # fmt: skip


@dataclass(slots=True)
class Hit:
    """One request as it came: when (monotonic seconds), to which of our addresses, and what was answered."""

    at: float
    host: str
    path: str
    headers: Mapping[str, str]
    status: int | None = None
    done_at: float | None = None


@dataclass(slots=True)
class Exchange:
    """One request on its connection, and the ways to answer it. `n` counts the requests to this path of this host."""

    server: Server
    hit: Hit
    path: str
    query: str
    n: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    keep: bool = False

    @property
    def headers(self) -> Mapping[str, str]:
        return self.hit.headers

    @property
    def place(self) -> str:
        """`host:port` as this connection knows it."""
        name, port = self.writer.get_extra_info("sockname")[:2]
        return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"

    @property
    def base(self) -> str:
        return f"{'https' if self.server.tls else 'http'}://{self.place}"

    async def answer(
        self,
        status: int = 200,
        body: bytes = b"",
        headers: Iterable[tuple[str, str]] = (),
        *,
        media_type: str | None = "application/rss+xml",
    ) -> None:
        """A proper answer, after which the connection may be used again."""
        named = [(name, value) for name, value in headers if value is not None]
        if body and media_type and not any(name.lower() == "content-type" for name, _ in named):
            named.append(("Content-Type", media_type))
        if status not in (204, 304):
            named.append(("Content-Length", str(len(body))))
        self.keep = self.headers.get("connection", "").lower() != "close"
        if not self.keep:
            named.append(("Connection", "close"))
        await self.raw(head(status, named) + (b"" if status == 304 else body))
        self.hit.status = status

    async def raw(self, data: bytes) -> None:
        """These bytes and nothing else."""
        for start in range(0, len(data), 1 << 18):
            self.writer.write(data[start : start + (1 << 18)])
            await self.writer.drain()

    async def drip(self, data: bytes, *, seconds: float) -> None:
        """One byte at a time, `seconds` apart."""
        for byte in data:
            await self.raw(bytes([byte]))
            await asyncio.sleep(seconds)

    def reset(self) -> None:
        """Break the connection with RST, as a firewall does."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Handler = Callable[[Exchange], Awaitable[None]]


def head(status: int, headers: Iterable[tuple[str, str]], *, version: str = "1.1") -> bytes:
    """A status line and headers, to the empty line."""
    lines = [f"HTTP/{version} {status} {REASONS.get(status, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


@dataclass(slots=True)
class Route:
    """An address and what it does. A path that ends with / answers for all below it."""

    path: str
    fault: int
    name: str
    handler: Handler


class Routes:
    """A table of routes that handlers are entered into by decorator."""

    def __init__(self) -> None:
        self.table: dict[str, Route] = {}

    def __call__(self, path: str, fault: int, name: str) -> Callable[[Handler], Handler]:
        def enter(handler: Handler) -> Handler:
            self.table[path] = Route(path, fault, name, handler)
            return handler

        return enter

    def find(self, path: str) -> Route | None:
        parts = path.split("/")
        folders = ("/".join(parts[:n]) + "/" for n in range(len(parts) - 1, 0, -1))
        return next((self.table[p] for p in (path, *folders) if p in self.table), None)


@dataclass(slots=True)
class Server:
    """Serves routes from a thread of its own, on one port of several loopback addresses."""

    routes: Routes
    hosts: tuple[str, ...] = ("127.0.0.1",)
    tls: ssl.SSLContext | None = None
    port: int = 0
    log: list[Hit] = field(default_factory=list)
    notes: dict[str, object] = field(default_factory=dict)  # what handlers and tests tell each other
    mistakes: list[str] = field(
        default_factory=list
    )  # handlers that raised; a test asserts that there are none
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _thread: Thread | None = None
    _listeners: list[asyncio.Server] = field(default_factory=list)

    # ------------------------------------------------------------ what a test asks

    def place(self, host: int | str = 1) -> str:
        """`host:port` of the first or n-th host, as `allow_private` wants it."""
        name = self.hosts[host - 1] if isinstance(host, int) else host
        return f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"

    def places(self) -> tuple[str, ...]:
        return tuple(self.place(host) for host in self.hosts)

    def url(self, path: str, host: int | str = 1) -> str:
        return f"{'https' if self.tls else 'http'}://{self.place(host)}{path}"

    def hits(self, path: str | None = None, host: int | None = None) -> list[Hit]:
        """The requests so far: to one path, to one host, or all."""
        name = None if host is None else self.hosts[host - 1]
        return [h for h in list(self.log) if path in (None, h.path) and name in (None, h.host)]

    # ------------------------------------------------------------ life

    def start(self) -> Self:
        self._thread = Thread(target=self._loop.run_forever, daemon=True, name="hostile")
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)
        return self

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread:
            self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _listen(self) -> None:
        for host in self.hosts:
            listener = await asyncio.start_server(
                self._served, host, self.port, ssl=self.tls, limit=1 << 20, backlog=256
            )
            self._listeners.append(listener)
            self.port = listener.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        for listener in self._listeners:
            listener.close()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------ one connection

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # a client that hangs up is what many tests are about
        finally:
            writer.close()

    async def _handled(self, route: Route, exchange: Exchange) -> None:
        try:
            await route.handler(exchange)
        except OSError:
            raise
        except Exception as e:  # a mistake of ours must not look like a fault of the web
            self.mistakes.append(f"{exchange.path}: {e!r}")
            raise ConnectionError from e

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; tell whether the connection may take another."""
        request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = request.rstrip("\r\n").split("\r\n")
        target = line.split(" ")[1]
        path, _, query = target.partition("?")
        headers = {n.strip().lower(): v.strip() for n, _, v in (one.partition(":") for one in lines)}
        host = writer.get_extra_info("sockname")[0]
        hit = Hit(time.monotonic(), host, target, headers)
        self.log.append(hit)
        self._counts[host, target] += 1
        exchange = Exchange(self, hit, path, query, self._counts[host, target], reader, writer)
        route = self.routes.find(path)
        if route is None:
            await exchange.answer(404, b"no such page", media_type="text/plain")
        else:
            await self._handled(route, exchange)
        hit.done_at = time.monotonic()
        return exchange.keep
