"""HTTP/1.1 on one connection: h11 knows the rules, this carries its bytes.

httpcore2 has the same, for clients that trace, lock and pool; without that, an answer costs a fifth less. Two things
h11 need not see: our own head, which is checked here as a whole and not header by header; and the bytes of a body whose
length is stated, which are as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import h11
import httpcore2

from labtape.fetch.network import Stream

_READ = 64 * 1024
_MOST_HEAD = 100 * 1024  # bytes that may wait to make sense
_A_GET = h11.Request(
    method=b"GET", target=b"/", headers=[(b"Host", b"-")]
)  # all that h11 has to know of ours
_AN_END = h11.EndOfMessage()
_TARGET = re.compile(rb"[\x21-\x7e]+")

Headers = list[tuple[bytes, bytes]]


class Http1:
    """One request after the other; whatever breaks, or is not read to its end, ends the connection."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._begin()

    def _begin(self) -> None:
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._left: int | None = None  # bytes of a body of stated length that are still to come
        self._surplus = b""

    def ask(self, target: bytes, headers: Headers) -> Http1Answer:
        """Send a GET and read the head of its answer. Raises what h11 and the stream raise."""
        state = self._state
        head = _written(target, headers)
        state.send(_A_GET)
        state.send(_AN_END)
        with suppress(httpcore2.WriteError):  # some servers answer, and hang up, before they have read all
            self._stream.write(head)
        while True:
            event = self._next()
            if isinstance(event, h11.Response) or (
                isinstance(event, h11.InformationalResponse) and event.status_code == 101
            ):
                answer = Http1Answer(event.status_code, [*event.headers], self)
                self._left = _stated_length(answer)
                return answer

    def pieces(self) -> Iterator[bytes]:
        """Give the body as it comes."""
        if self._left is not None:
            yield from self._pieces_of_stated_length(self._left)
            return
        while isinstance(event := self._next(), h11.Data):
            yield bytes(event.data)

    def _pieces_of_stated_length(self, length: int) -> Iterator[bytes]:
        left, data = length, self._state.trailing_data[0]
        while True:
            self._surplus = data[left:]
            piece = data[:left] if self._surplus else data
            left -= len(piece)
            self._left = left
            if piece:
                yield piece
            if not left:
                return
            data = self._stream.read(min(left, _READ))
            if not data:
                raise h11.RemoteProtocolError(
                    f"peer closed connection without sending complete message body (received {length - left} bytes, expected {length})"
                )

    def end(self) -> None:
        """The answer is read, or is not wanted any further: make ready for the next, if that can be."""
        if self._left == 0 and not self._surplus and self._state.our_state is h11.DONE:
            self._begin()
        elif self._state.our_state is h11.DONE and self._state.their_state is h11.DONE:
            self._state.start_next_cycle()
        else:
            self._stream.close()

    def is_available(self) -> bool:
        return self._state.our_state is h11.IDLE

    def has_expired(self) -> bool:
        """Tell whether the other side has hung up, or speaks unasked."""
        return self._stream.is_readable()

    @property
    def surplus(self) -> bytes:
        """Bytes that came after the end of an answer, unasked."""
        return self._state.trailing_data[0] if self._left is None else self._surplus

    def _next(self) -> h11.Event | type[h11.PAUSED]:
        state = self._state
        while True:
            event = state.next_event()
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]  # mypy does not narrow by identity
            data = self._stream.read(_READ)
            if not data and state.their_state is h11.SEND_RESPONSE:
                raise httpcore2.RemoteProtocolError("Server disconnected without sending a response.")
            state.receive_data(data)


def _written(target: bytes, headers: Headers) -> bytes:
    """Give the head of a request. Raises h11's error where something in it would begin a line of its own."""
    lines = [b"GET %b HTTP/1.1" % target, *[b"%b: %b" % header for header in headers], b"", b""]
    head = b"\r\n".join(lines)
    n_ends = len(lines) - 1
    if (
        not _TARGET.fullmatch(target)
        or head.count(b"\n") != n_ends
        or head.count(b"\r") != n_ends
        or b"\0" in head
    ):
        raise h11.LocalProtocolError("illegal characters in the request")
    return head


def _stated_length(answer: Http1Answer) -> int | None:
    """Give the length of a body that is sent as it is; h11 has checked what the header says."""
    if answer.status != 200:
        return None
    headers = dict(answer.headers)
    length = headers.get(b"content-length")
    return None if length is None or b"transfer-encoding" in headers else int(length)


@dataclass(slots=True)
class Http1Answer:
    """The head of an answer; names of headers are lower case. The rest can be read once."""

    status: int
    headers: Headers
    connection: Http1

    def iter_stream(self) -> Iterator[bytes]:
        return self.connection.pieces()

    def close(self) -> None:
        self.connection.end()
