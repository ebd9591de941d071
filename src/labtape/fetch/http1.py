"""HTTP/1.1 on one connection: h11 knows the rules, this carries its bytes.

httpcore2 has the same, for clients that trace, lock and pool; without that, an answer costs a fifth less.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import h11
import httpcore2

from labtape.fetch.network import Stream

_READ = 64 * 1024
_MOST_HEAD = 100 * 1024  # bytes that may wait to make sense

Headers = list[tuple[bytes, bytes]]


class Http1:
    """One request after the other; whatever breaks, or is not read to its end, ends the connection."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)

    def ask(self, target: bytes, headers: Headers) -> Http1Answer:
        """Send a GET and read the head of its answer. Raises what h11 and the stream raise."""
        state = self._state
        head = state.send(h11.Request(method=b"GET", target=target, headers=headers))
        state.send(h11.EndOfMessage())
        with suppress(httpcore2.WriteError):  # some servers answer, and hang up, before they have read all
            self._stream.write(head)
        while True:
            event = self._next()
            if isinstance(event, h11.Response) or (
                isinstance(event, h11.InformationalResponse) and event.status_code == 101
            ):
                return Http1Answer(event.status_code, [*event.headers], self)

    def pieces(self) -> Iterator[bytes]:
        """Give the body as it comes."""
        while isinstance(event := self._next(), h11.Data):
            yield bytes(event.data)

    def end(self) -> None:
        """The answer is read, or is not wanted any further: make ready for the next, if that can be."""
        if self._state.our_state is h11.DONE and self._state.their_state is h11.DONE:
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
        return self._state.trailing_data[0]

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
