"""A connection to one host, kept from one request to the next for as long as it lasts."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import h2.exceptions
import h11
import httpcore2

from labtape.exceptions import FetchError
from labtape.fetch.coding import decode
from labtape.fetch.deadline import Deadline
from labtape.fetch.http1 import Headers, Http1, Http1Answer
from labtape.fetch.memory import Body
from labtape.fetch.network import GuardedBackend, Stream
from labtape.fetch.urls import Address

MAX_HEADERS = (
    500  # real feeds send 10 to 40; the HTTP library's own limit depends on how the bytes happen to arrive
)
MAX_DRAINED = 64 * 1024  # bytes of a body nobody wants that are read to keep the connection
MAX_PIECES = 50_000  # of a body; 10 MiB in pieces of 200 bytes
_DRAIN_SECONDS = 1.0
_BROKEN = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    h11.ProtocolError,
    httpcore2.ConnectionNotAvailable,  # HTTP/2: the server says goodbye
    h2.exceptions.H2Error,
    ValueError,  # HTTP/2: a status or a length that is no number
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered to one request: the body, decoded, only where the status is 200."""

    status: int
    headers: Headers
    body: bytes
    n_bytes: int

    def header(self, name: bytes) -> str:
        """Give a header as it was sent, the parts of one that came several times joined; empty where there is none."""
        return ", ".join(value.decode("latin-1") for key, value in self.headers if key.lower() == name)

    def first(self, name: bytes) -> str:
        """Give a header that may come once only."""
        for key, value in self.headers:
            if key.lower() == name:
                return value.decode("latin-1")
        return ""


class HungUp(Exception):
    """The kept connection was dead, and nothing was answered: the same request over a new one is no second try."""


_Connection = Http1 | httpcore2.HTTP2Connection
_Head = Http1Answer | httpcore2.Response  # of an answer whose body is not read yet


class Session:
    """Asks one origin at a time, over HTTP/2 where the server offers it; a new connection when the origin changes.

    One thread asks; another may `cut`.
    """

    def __init__(
        self, backend: GuardedBackend, ssl_context: Callable[[], ssl.SSLContext], *, max_bytes: int
    ) -> None:
        self._backend = backend
        self._ssl_context = ssl_context
        self._max_bytes = max_bytes
        self._place: tuple[str, str, int] | None = None
        self._stream: Stream | None = None
        self._connection: _Connection | None = None
        self._unread: _Head | None = None  # an answer whose body nobody wanted

    def ask(self, address: Address, headers: Headers, deadline: Deadline, body: Body | None = None) -> Reply:
        """Send one GET and give the answer; what it brings lies in `body` where there is one, else in the reply.

        Raises `FetchError`, or `HungUp`; the connection is closed then.
        """
        is_done = False
        try:
            answer = self._answer(address, headers, deadline)
            if len(answer.headers) > MAX_HEADERS:
                raise FetchError(
                    f"sends {len(answer.headers):,} headers; would read {MAX_HEADERS}", kind="protocol"
                )
            reply = self._read(answer, deadline, body)
            is_done = True
        except _BROKEN as e:
            raise _ours(e) from e
        finally:
            if not is_done:
                self.close()
        return reply

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def cut(self) -> None:
        """End what is under way; may be called by another thread."""
        self._backend.cut()

    def close(self) -> None:
        stream, self._connection, self._stream, self._unread = self._stream, None, None, None
        if stream is not None:
            stream.close()

    def _answer(self, address: Address, headers: Headers, deadline: Deadline) -> _Head:
        kept = self._kept(address, deadline)
        self._backend.begin(deadline)
        if kept is None:
            return _head(self._opened(address), address, headers)
        try:
            return _head(kept, address, headers)
        except _BROKEN as e:
            if self._backend.n_read and isinstance(kept, Http1):
                raise
            raise HungUp from e

    def _kept(self, address: Address, deadline: Deadline) -> _Connection | None:
        """Give the connection of the last request, if it leads to the same place and has nothing left to say."""
        if self._connection is not None and self._place == (address.scheme, address.host, address.port):
            self._backend.begin(Deadline(min(deadline.left(), _DRAIN_SECONDS)))
            if self._is_drained() and self._connection.is_available() and not self._connection.has_expired():
                return self._connection
        self.close()
        return None

    def _is_drained(self) -> bool:
        """Read what nobody wanted of the last answer, such as the text of a 404, if that is little and quick."""
        answer, self._unread = self._unread, None
        if answer is None:
            return True
        size = 0
        try:
            for piece in answer.iter_stream():
                size += len(piece)
                if size > MAX_DRAINED:
                    return False
            has_surplus = isinstance(self._connection, Http1) and bool(self._connection.surplus)
            answer.close()
        except (FetchError, *_BROKEN):
            return False
        return not has_surplus

    def _opened(self, address: Address) -> _Connection:
        stream = self._backend.connect_tcp(address.host, address.port)
        self._stream = stream
        if address.scheme == "https":
            stream.start_tls(self._ssl_context(), address.host.rstrip("."))
        self._connection = (
            httpcore2.HTTP2Connection(_url(address).origin, stream) if stream.is_http2 else Http1(stream)
        )
        self._place = (address.scheme, address.host, address.port)
        return self._connection

    def _read(self, answer: _Head, deadline: Deadline, body: Body | None) -> Reply:
        """Give the reply. The body of what is no 200 stays unread, and is passed over if the connection is used again."""
        reply = Reply(answer.status, answer.headers, b"", self._backend.n_read)
        self._backend.expect_body()
        if answer.status != 200:
            self._unread = answer
            return reply
        stated = reply.first(b"content-length")
        if stated.isdecimal() and int(stated[:18]) > self._max_bytes:
            raise FetchError(
                f"says it is {int(stated[:18]):,} bytes; would read {self._max_bytes:,}", kind="size"
            )
        into = Body(self._max_bytes) if body is None else body
        decode(
            self._counted(answer),
            coding=reply.header(b"content-encoding"),
            limit=self._max_bytes,
            add=partial(into.add, deadline=deadline),
        )
        surplus = self._surplus()
        answer.close()
        if surplus:
            self.close()
        if surplus.strip() and stated and not reply.first(b"transfer-encoding"):
            raise FetchError(f"sends more than the {stated[:18]} bytes it announced", kind="protocol")
        return replace(reply, body=into.take() if body is None else b"", n_bytes=self._backend.n_read)

    def _counted(self, answer: _Head) -> Iterator[bytes]:
        """Pass pieces on, but not a flood of tiny ones: each costs as much work as a large one."""
        for n, piece in enumerate(answer.iter_stream()):
            if n >= MAX_PIECES:
                raise FetchError(f"comes in more than {MAX_PIECES:,} pieces", kind="size")
            self._backend.passed_on(len(piece))
            yield piece

    def _surplus(self) -> bytes:
        """Give what came after the end of the answer: the next one would be read from it."""
        if not isinstance(self._connection, Http1) or self._stream is None:
            return b""
        return self._connection.surplus or (self._stream.waiting() if self._stream.is_readable() else b"")


def _head(connection: _Connection, address: Address, headers: Headers) -> _Head:
    """Send a request and read the head of its answer."""
    if isinstance(connection, Http1):
        return connection.ask(address.target, headers)
    return connection.handle_request(httpcore2.Request("GET", _url(address), headers=headers))


def _url(address: Address) -> httpcore2.URL:
    return httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)


def _ours(error: Exception) -> FetchError:
    """Name what broke in our words: nobody outside knows httpcore2."""
    detail = (str(error) or type(error).__name__)[:200]
    if isinstance(error, httpcore2.NetworkError):
        return FetchError(f"the connection failed ({detail})", kind="connect")
    return FetchError(f"no proper HTTP ({detail})", kind="protocol")
