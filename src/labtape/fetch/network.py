"""The wire: connects only where it may, and no operation outlives the request's deadline.

This sits below httpcore2's connections (their network backend), the only place that sees the numeric address of every
connection and every single read, however slowly the other side drips.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2

from labtape.addresses import is_public
from labtape.exceptions import FetchError
from labtape.fetch.deadline import Deadline
from labtape.fetch.names import Resolve, resolve, resolved

_PATIENCE = 4.0  # seconds for an address that does not answer, while there is another one to try
_UNNOTICED = 0.05  # seconds a request may outlive its deadline
_MOST_HEAD = 256 * 1024  # bytes before the body; also interim answers, of which there may be any number
_FRAMING = 512 * 1024  # what wraps a body, and what is read ahead: chunk sizes, frames, pings without end


class GuardedBackend(httpcore2.NetworkBackend):
    """Resolves, checks what it resolved, and connects to exactly that.

    `deadline` is that of the request under way; `begin` sets it for the next one. `n_read` are the bytes that came for it.
    """

    def __init__(
        self,
        deadline: Deadline,
        allowed: frozenset[tuple[str, int]],
        resolve: Resolve = resolve,
    ) -> None:
        self.deadline = deadline
        self.n_read = 0
        self._most = _MOST_HEAD
        self._allowed = allowed
        self._resolve = resolve
        self.socket: socket.socket | None = None

    def begin(self, deadline: Deadline) -> None:
        """Make ready for a request: what comes now is the head of its answer."""
        self.deadline = deadline
        self.n_read = 0
        self._most = _MOST_HEAD

    def expect_body(self) -> None:
        """The head is read. What wraps a body may come now, and as much of it as is said to have been passed on."""
        self._most = self.n_read + _FRAMING

    def passed_on(self, n_bytes: int) -> None:
        self._most += n_bytes

    def cut(self) -> None:
        """End what is under way; may be called by another thread."""
        self.deadline.cut()
        sock = self.socket
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it was not connected any more

    def count(self, n_bytes: int) -> None:
        """Note what came. Raises `FetchError` when it is more than any answer may weigh."""
        self.n_read += n_bytes
        if self.n_read > self._most:
            raise FetchError(f"sends more than {self._most:,} bytes where it should end", kind="size")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> Stream:
        addresses = self._addresses(host, port)
        for n_others, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            left = self.deadline.left()
            wait = min(left / (n_others + 1), _PATIENCE) if n_others else left
            try:
                return Stream(self._connected(address, port, wait), self, wait)
            except OSError as e:
                if not n_others:
                    raise self._refused(e) from e
        raise FetchError(f"{host} has no address", kind="dns")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        raise FetchError("connects to no local sockets", kind="forbidden_address")

    def _connected(self, address: str, port: int, wait: float) -> socket.socket:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        self.socket = sock
        try:
            sock.settimeout(wait)
            sock.connect((address, port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            sock.close()
            raise
        return sock

    def _refused(self, error: OSError) -> FetchError:
        if isinstance(error, TimeoutError):
            return self.deadline.missed()
        return FetchError(f"the connection failed ({error})", kind="connect")

    def _addresses(self, host: str, port: int) -> list[str]:
        found = resolved(host, port, deadline=self.deadline, resolve=self._resolve)
        if (host.lower(), port) in self._allowed:
            return found
        public = [address for address in found if is_public(address)]
        if found and not public:
            raise FetchError(
                f"{host}:{port} is {found[0]}, no public address; would connect when allow_private names {host}:{port}",
                kind="forbidden_address",
            )
        return public


class Stream(httpcore2.NetworkStream):
    """A connection whose every wait ends at the deadline of the request under way."""

    def __init__(self, sock: socket.socket, backend: GuardedBackend, timeout: float) -> None:
        self._socket = sock
        self._backend = backend
        self._timeout = timeout  # the socket's own, a little more than what is left at most

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._hurry()
        try:
            data = self._socket.recv(max_bytes)
        except TimeoutError as e:
            raise self._backend.deadline.missed() from e
        except OSError as e:
            raise httpcore2.ReadError(str(e)) from e
        self._backend.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        self._hurry()
        try:
            self._socket.sendall(buffer)
        except TimeoutError as e:
            raise self._backend.deadline.missed() from e
        except OSError as e:
            raise httpcore2.WriteError(str(e)) from e

    def close(self) -> None:
        self._socket.close()

    def _hurry(self) -> None:
        """Have the next operation end at the deadline; not set anew for a change nobody would notice, each costs a call."""
        left = self._backend.deadline.left()
        if not left <= self._timeout <= left + _UNNOTICED:
            self._socket.settimeout(left)
            self._timeout = left

    @property
    def is_http2(self) -> bool:
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.selected_alpn_protocol() == "h2"

    def waiting(self) -> bytes:
        """Give a little of what has come and nobody has read, without waiting for it."""
        if isinstance(self._socket, ssl.SSLSocket):
            return b"?" if self._socket.pending() else b""
        self._socket.settimeout(0)
        self._timeout = 0.0
        try:
            return self._socket.recv(64, socket.MSG_PEEK)
        except OSError:
            return b""

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        try:
            self._hurry()
            secure = ssl_context.wrap_socket(
                self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            self._socket = self._backend.socket = secure
            secure.do_handshake()
        except TimeoutError as e:
            self.close()
            raise self._backend.deadline.missed() from e
        except (ssl.SSLError, ssl.CertificateError, ValueError) as e:
            self.close()
            raise FetchError(f"no trusted connection to {server_hostname} ({e})", kind="tls") from e
        except OSError as e:
            self.close()
            raise FetchError(f"the connection failed ({e})", kind="connect") from e
        return self

    def is_readable(self) -> bool:
        """Tell whether the other side has sent something, or hung up, without waiting."""
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        return _is_readable(self._socket)

    def get_extra_info(self, info: str) -> Any:  # httpcore2's signature
        if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket):
            return self._socket
        if info == "is_readable":
            return self.is_readable()
        return None


def _is_readable(sock: socket.socket) -> bool:
    if sock.fileno() < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock], [], [], 0)[0])
