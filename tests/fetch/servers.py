"""Servers that a test writes by hand: what is said on a connection is a function."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from threading import Thread

import h2.config
import h2.connection
import h2.events
import h2.exceptions

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


class Scripted:
    """A server that hands each connection, with its number, to a function of the test."""

    def __init__(
        self,
        talk: Callable[[socket.socket, int], None],
        *,
        host: str = "127.0.0.1",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.talk = talk
        self.context = context
        self.n_connections = 0
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family)
        self.port = self.listener.getsockname()[1]
        self.place = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.n_connections += 1
                Thread(target=self._talk, args=(connection, self.n_connections), daemon=True).start()

    def _talk(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, h2.exceptions.ProtocolError), contextlib.closing(connection):
            if self.context is None:
                self.talk(connection, number)
            else:
                with self.context.wrap_socket(connection, server_side=True) as secure:
                    self.talk(secure, number)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def read_request(connection: socket.socket) -> bytes:
    """Give the head of the next request; empty when there is none any more."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(4096)
        if not piece:
            return b""
        head += piece
    return head


def answer(body: bytes = FEED, *, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


Respond = Callable[[h2.connection.H2Connection, int, dict[str, str]], None]


def speak_http2(respond: Respond) -> Callable[[socket.socket, int], None]:
    """Give a talk in HTTP/2 that answers each request by a function of connection, stream and headers."""

    def talk(connection: socket.socket, number: int) -> None:
        state = _greeted(connection)
        while data := connection.recv(65536):
            _respond(state, data, respond)
            connection.sendall(state.data_to_send())

    return talk


def speak_once(connection: socket.socket, respond: Respond) -> None:
    """Answer the first request of a connection in HTTP/2."""
    state, n_asked = _greeted(connection), 0
    while not n_asked and (data := connection.recv(65536)):
        n_asked = _respond(state, data, respond)
        connection.sendall(state.data_to_send())


def _greeted(connection: socket.socket) -> h2.connection.H2Connection:
    state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    state.initiate_connection()
    connection.sendall(state.data_to_send())
    return state


def _respond(state: h2.connection.H2Connection, data: bytes, respond: Respond) -> int:
    asked = [event for event in state.receive_data(data) if isinstance(event, h2.events.RequestReceived)]
    for event in asked:
        respond(state, event.stream_id, dict(event.headers))
    return len(asked)
