"""What a parser that was taken over, or has gone mad, might do: served by the workers of tests/read/test_sandbox.py."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from labtape.exceptions import ReadError
from labtape.types import Arrival, Article, Document

FUNCTIONS = {"document": f"{__name__}:document", "page": f"{__name__}:document"}


class Foreign:
    """A class that no answer may hold."""

    def __reduce__(self):
        return os.system, ("touch /tmp/labtape-should-not-be",)


def document(body: bytes, **options: object) -> object:
    kind, _, rest = body.partition(b" ")
    return ACTS[kind.decode()](rest)


def fine(rest: bytes) -> Document:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    return Document((Arrival(Article(id="a1", title=rest.decode() or "fine", text="", first_seen_at=at)),))


def allocate(_: bytes) -> None:
    held = []
    while True:
        held.append(bytearray(2**22))


def allocate_in_c(_: bytes) -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while pointer := libc.malloc(ctypes.c_size_t(2**24)):
        ctypes.memset(pointer, 1, 2**24)
    os.abort()


def spin(_: bytes) -> None:
    while True:
        pass


def sleep(_: bytes) -> None:
    while True:
        time.sleep(60)


def sleep_deaf(_: bytes) -> None:
    """Sleep with every signal blocked that can be: only −9 and the parent's patience help."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    sleep(b"")


def leave(_: bytes) -> None:
    os._exit(3)


def crash(_: bytes) -> None:
    ctypes.string_at(0)


def say(_: bytes) -> Document:
    print("garbage " * 1000, flush=True)
    print("garbage " * 100_000, file=sys.stderr, flush=True)
    os.write(1, b"A" * 100_000)
    return fine(b"")


def pipes() -> list[int]:
    return [n for n in range(3, 60) if Path(f"/proc/self/fd/{n}").exists() and _is_writable_pipe(n)]


def _is_writable_pipe(n: int) -> bool:
    try:
        return str(Path(f"/proc/self/fd/{n}").readlink()).startswith("pipe:") and os.write(n, b"") == 0
    except OSError:
        return False


def write(rest: bytes) -> None:
    for n in pipes():
        os.write(n, rest)
    sleep(b"")


def flood(_: bytes) -> None:
    (n,) = pipes()
    os.write(n, b"A\x01\xff\xff\xff")  # an answer of 33 MB
    while True:
        os.write(n, b"x" * 65536)


def flood_beyond(_: bytes) -> None:
    (n,) = pipes()
    os.write(n, b"A\xff\xff\xff\xff")
    while True:
        os.write(n, b"x" * 65536)


def answer_and_chatter(_: bytes) -> Document:
    """Leave words in the pipe behind the answer, for whoever asks next."""
    import threading

    (n,) = pipes()
    try:
        threading.Timer(0.2, lambda: os.write(n, b"E\0\0\0\0")).start()
    except RuntimeError:  # no thread is to be had, which is as good
        raise ReadError("no threads", kind="other") from None
    return fine(b"")


def foreign(_: bytes) -> Foreign:
    return Foreign()


def wrong_type(_: bytes) -> Article:
    return Article(id="a1", title="", text="")


def wrong_field(_: bytes) -> Document:
    return Document((Arrival(Article(id="a1", title=b"bytes", text="")),))  # type: ignore[arg-type]


def too_much(_: bytes) -> Document:
    return fine(b"x" * (40 * 2**20))


def raise_ours(_: bytes) -> None:
    raise ReadError("is a page", kind="html", feeds=("https://a.example/feed",))


def raise_other(_: bytes) -> None:
    raise KeyError("title")


def recurse(_: bytes) -> object:
    return recurse(b"")


def connect(_: bytes) -> None:
    import socket

    socket.create_connection(("127.0.0.1", 9), timeout=1)


def write_file(rest: bytes) -> None:
    with Path(rest.decode()).open("wb") as file:
        file.write(b"x" * 100)


def start(_: bytes) -> None:
    import subprocess

    subprocess.run([sys.executable, "-c", ""], check=True)


def hold(_: bytes) -> Document:
    """Grow for good."""
    _HELD.append(bytearray(os.urandom(1024) * 1024 * 150))
    return fine(b"")


def whoami(_: bytes) -> Document:
    return fine(f"{os.getpid()} {os.getpgid(0)} {os.nice(0)} {sorted(os.environ)}".encode())


_HELD: list[bytearray] = []
ACTS = {name: one for name, one in list(globals().items()) if callable(one)}
