"""One POST over the wire: to a public address or one that is allowed, within a time for all of it, no redirect followed.

The address is checked where it is connected, after the name was resolved, by the rules that feeds are fetched by
(`labtape.addresses`). There is no proxy: one would connect where nobody here can see. Of the answer only its head is read.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any

import httpcore2

from labtape.addresses import is_public
from labtape.exceptions import DeliveryError

Allowed = frozenset[tuple[str, int]]
_MOST_ADDRESSES = 4  # of one name that are tried


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver answered. `retry_after` is the header as it was sent."""

    status: int
    retry_after: str | None = None


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout: float, allowed: Allowed, place: str
) -> Reply:
    """Send the body; `timeout` is in seconds and for everything from the first connection on, but for resolving the name.

    Raises `DeliveryError`, which names the receiver by `place`.
    """
    backend = _Guarded(monotonic() + timeout, allowed)
    times = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
    try:
        with (
            httpcore2.ConnectionPool(_trust(), network_backend=backend) as pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": times}
            ) as response,
        ):
            after = _header(response.headers, b"retry-after")
            return Reply(response.status, after.decode("latin-1") if after else None)
    except httpcore2.TimeoutException as e:
        raise DeliveryError(f"webhook {place}: no answer in {timeout:g} s") from e
    except (
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.UnsupportedProtocol,
        ssl.SSLError,
        ValueError,
        TypeError,
    ) as e:
        said = " ".join(str(e).replace(url, place).split()) or type(e).__name__
        raise DeliveryError(f"webhook {place}: {said}") from e


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    return next((value for key, value in headers if key.lower() == name), None)


@cache
def _trust() -> ssl.SSLContext:
    """The certificates of this machine, loaded once."""
    return ssl.create_default_context()


class _Guarded(httpcore2.NetworkBackend):
    """Resolves, checks what it resolved, and connects to exactly that; ends at a moment of the monotonic clock."""

    def __init__(self, end: float, allowed: Allowed) -> None:
        self._end = end
        self._allowed = allowed
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._addresses(host, port)
        for n_others, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            try:
                share = _left(self._end) / (n_others + 1)
                return _Timed(self._plain.connect_tcp(address, port, share), self._end)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if not n_others:
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        raise httpcore2.ConnectError("connects to no local sockets")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as e:
            raise httpcore2.ConnectError(f"the name {host} does not resolve ({e})") from e
        addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))[:_MOST_ADDRESSES]
        if (host.lower(), port) in self._allowed:
            return addresses
        public = [address for address in addresses if is_public(address)]
        if addresses and not public:
            raise DeliveryError(
                f"{host}:{port} is {addresses[0]}, no public address; would connect when allow_private names {host}:{port}",
                lasting=True,
            )
        return public


class _Timed(httpcore2.NetworkStream):
    """A connection whose every wait ends at that moment, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, end: float) -> None:
        self._stream = stream
        self._end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._end))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Timed:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._end)), self._end)

    def get_extra_info(self, info: str) -> Any:  # Any: as httpcore2 has it
        return self._stream.get_extra_info(info)


def _left(end: float) -> float:
    """The seconds left until a moment of the monotonic clock. Raises httpcore2's own error where there are none."""
    seconds = end - monotonic()
    if seconds <= 0:
        raise httpcore2.ReadTimeout("out of time")
    return seconds
