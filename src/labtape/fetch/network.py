"""The wire: connects only where it may, and no operation outlives the request's deadline.

This sits below httpx2's connection pool (its network backend), the only place that sees the numeric address of every
connection and every single read, however slowly the other side drips.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from labtape.exceptions import FetchError
from labtape.fetch.addresses import is_public

Resolve = Callable[[str, int], list[str]]


class Deadline:
    """A moment by which all must be done."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Give the seconds left. Raises `FetchError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchError(f"took longer than {self.seconds:g} s", kind="timeout")
        return left


def resolve(host: str, port: int) -> list[str]:
    """Give the numeric addresses of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardedBackend(httpcore2.NetworkBackend):
    """Resolves, checks what it resolved, and connects to exactly that."""

    def __init__(
        self, deadline: Deadline, allowed: frozenset[tuple[str, int]], resolve: Resolve = resolve
    ) -> None:
        self._deadline = deadline
        self._allowed = allowed
        self._resolve = resolve
        self._wire = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._addresses(host, port)
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            wait = self._deadline.left() / (
                left + 1
            )  # an address that does not answer leaves time for the others
            try:
                stream = self._wire.connect_tcp(address, port, wait, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if not left:
                    raise
            else:
                return _TimedStream(stream, self._deadline)
        raise FetchError(f"{host} has no address", kind="dns")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        raise FetchError("connects to no local sockets", kind="forbidden_address")

    def _addresses(self, host: str, port: int) -> list[str]:
        found = self._resolved(host, port)
        if (host.lower(), port) in self._allowed:
            return found
        public = [address for address in found if is_public(address)]
        if found and not public:
            raise FetchError(
                f"{host}:{port} is {found[0]}, no public address; would connect when allow_private names {host}:{port}",
                kind="forbidden_address",
            )
        return public

    def _resolved(self, host: str, port: int) -> list[str]:
        """Resolve in a thread of its own: the system's resolver knows no deadline."""
        answers: list[list[str] | OSError | UnicodeError] = []

        def ask() -> None:
            try:
                answers.append(self._resolve(host, port))
            except (OSError, UnicodeError) as e:
                answers.append(e)

        thread = threading.Thread(target=ask, name="labtape-resolve", daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        if not answers:
            raise FetchError(
                f"the name {host} was not resolved in {self._deadline.seconds:g} s", kind="timeout"
            )
        if isinstance(answers[0], Exception):
            raise FetchError(f"the name {host} does not resolve ({answers[0]})", kind="dns") from answers[0]
        return answers[0]


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose every wait ends at the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        except httpcore2.ConnectError as e:
            if isinstance(e.__cause__, ssl.SSLError):
                raise FetchError(f"no trusted connection to {server_hostname} ({e})", kind="tls") from e
            raise
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # httpcore2's signature
        return self._stream.get_extra_info(info)


class GuardedTransport(httpx2.BaseTransport):
    """httpx2's requests and answers over a `GuardedBackend`; no proxy, no environment, no cookies."""

    def __init__(self, backend: GuardedBackend, ssl_context: ssl.SSLContext) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context, network_backend=backend, max_connections=1, http1=True, http2=False
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer), request=request)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
