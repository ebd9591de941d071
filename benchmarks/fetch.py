"""CPU of an unchanged answer (304) over loopback: one by one, and through the Crowd. The servers are a child process.

python benchmarks/fetch.py [--requests 1000] [--hosts 40]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator

from labtape.fetch import Crowd, Request, fetcher
from labtape.types import Fetched, Validators

ANSWER = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 0\r\n\r\n'
KNOWN = Validators(etag='"a"')


def serve(listeners: list[socket.socket], *, keeps: bool) -> None:
    """Answer 304 to everything, in one thread."""
    waiting = selectors.DefaultSelector()
    for listener in listeners:
        waiting.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            sock = key.fileobj
            if sock in listeners:
                waiting.register(sock.accept()[0], selectors.EVENT_READ)
                continue
            with contextlib.suppress(OSError):
                if sock.recv(4096):
                    sock.sendall(ANSWER)
                    if keeps:
                        continue
            waiting.unregister(sock)
            sock.close()


@contextlib.contextmanager
def servers(n_hosts: int, *, keeps: bool) -> Iterator[list[str]]:
    """Give the places, `host:port`, of as many servers."""
    listeners = [socket.create_server(("127.0.0.1", 0), backlog=512) for _ in range(n_hosts)]
    child = os.fork()
    if child == 0:
        serve(listeners, keeps=keeps)
    try:
        yield [f"127.0.0.1:{listener.getsockname()[1]}" for listener in listeners]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def one_by_one(places: list[str], n_requests: int) -> None:
    get = fetcher(allow_private=places)
    for n in range(n_requests):
        assert get.fetch(f"http://{places[n % len(places)]}/{n}", KNOWN).is_unchanged


def through_the_crowd(places: list[str], n_requests: int) -> None:
    with Crowd(fetcher(allow_private=places), delay=0) as crowd:
        for n in range(n_requests):
            crowd.submit(Request(f"http://{places[n % len(places)]}/{n}", KNOWN))
        while crowd.pending:
            answer = crowd.next(10)
            assert answer is not None
            assert isinstance(answer.result, Fetched), answer.result
            assert answer.result.is_unchanged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=40)
    options = parser.parse_args()
    rows = (
        ("fetch, a new connection each", one_by_one, 1, False),
        ("Crowd, one host, kept connection", through_the_crowd, 1, True),
        (f"Crowd, {options.hosts} hosts, kept connections", through_the_crowd, options.hosts, True),
        (f"Crowd, {options.hosts} hosts, a new connection each", through_the_crowd, options.hosts, False),
    )
    for name, run, n_hosts, keeps in rows:
        best = float("inf")
        for _ in range(3):
            with servers(n_hosts, keeps=keeps) as places:
                run(places, 20)  # imports, threads
                start = time.process_time()
                run(places, options.requests)
                best = min(best, time.process_time() - start)
        print(f"{name:45} {best / options.requests * 1000:.2f} ms CPU per 304")


if __name__ == "__main__":
    main()
