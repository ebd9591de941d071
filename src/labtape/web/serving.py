"""Serving: one process, or several that share a port, each with a desk of its own that only reads."""

from __future__ import annotations

import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import FrameType

from fastapi import FastAPI

from labtape.desk import Desk
from labtape.exceptions import SettingsError
from labtape.settings import Settings
from labtape.web.app import create_app

# Seconds that requests have to end when the server is told to; streams end at once.
GRACE = 5


@dataclass(frozen=True, slots=True)
class Served:
    """What makes the application in whatever process it is called: it goes there as it is."""

    settings: Settings
    token: str | None = None
    hosts: tuple[str, ...] = ()

    def __call__(self) -> FastAPI:
        """The application over a desk of its own, which is closed when the application ends."""
        desk = Desk.open(settings=self.settings, write=False)
        app = create_app(desk, token=self.token, hosts=self.hosts)
        ours = app.router.lifespan_context

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            with desk:
                async with ours(app):
                    _tell_of_the_end(app)
                    yield

        app.router.lifespan_context = lifespan
        return app


def serve(served: Served, *, host: str, port: int, workers: int = 1) -> None:
    """Serve until a signal says to end."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        served,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )
    if workers > 1 and hasattr(socket, "SO_REUSEPORT"):
        shared = SharedPort(host, port)
        Multiprocess(config, sockets=[shared]).run()  # type: ignore[list-item]  # a socket once it is there
    elif workers > 1:
        Multiprocess(config, sockets=[config.bind_socket()]).run()
    else:
        uvicorn.Server(config).run()


class SharedPort:
    """A port that is ours, of which every process gets a listening socket of its own when this is sent there.

    So the kernel deals connections out. Of one socket for all, the process that wakes first takes every connection that waits, and the
    others have nothing to do.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self._held = _bound(host, port)  # does not listen, so that nothing comes here
        self.port: int = self._held.getsockname()[1]

    def __reduce__(self) -> tuple[Callable[[str, int], socket.socket], tuple[str, int]]:
        return _bound, (self.host, self.port)

    def close(self) -> None:
        self._held.close()


def _bound(host: str, port: int) -> socket.socket:
    """A socket at an address others may share. Raises `SettingsError` where it cannot be had."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError as e:
        raise SettingsError(f"--host {host} --port {port}: {e.strerror or e}; choose another one") from e
    return bound


def _tell_of_the_end(app: FastAPI, signals: Sequence[int] = (signal.SIGINT, signal.SIGTERM)) -> None:
    """Let streams know of a signal: uvicorn waits for them to end before it tells the application anything."""
    for number in signals:
        before = signal.getsignal(number)

        def end(sig: int, frame: FrameType | None, before: object = before) -> None:
            app.state.closing.set()
            if callable(before):
                before(sig, frame)

        signal.signal(number, end)
