"""The other side of the sandbox: a process that reads hostile bytes under limits, one document after the other.

It is started by `labtape.read.sandbox`, which hands it one JSON argument. Requests come on its standard input and
answers leave on what was its standard output; what a parser prints goes nowhere.

    request   length of the options, length of the body, options (pickled by the parent), body
    answer    tag, length of what follows, what follows
              R ready: JSON     A answer: pickled     E a ReadError of ours: JSON     M out of memory

A tag in lower case says that the worker ends now: it has read its share of documents, or has grown too much.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import signal
import struct
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from labtape.exceptions import ReadError
from labtape.read.sandbox_answers import dumps

# What a worker can be asked for; each is imported when it is first needed, so that a worker that only reads feeds
# does not carry what pages need. Another module of this shape can be chosen (the tests of the sandbox do).
FUNCTIONS: Mapping[str, str] = {
    "document": "labtape.read.documents:read_document",
    "page": "labtape.read.pages:read_page",
}

REQUEST = struct.Struct(">II")
ANSWER = struct.Struct(">cI")
_MESSAGE = 1000  # characters of an error message
# Limits of the system beside memory and processor time, under the names they are missed by. Files are open one at a time,
# when a module is imported; none is written, and no process started.
_FEW_OF = {
    "CORE": ("core files", 0),
    "FSIZE": ("written files", 0),
    "NOFILE": ("open files", 64),
    "NPROC": ("processes", 0),
}
_NICE = 5
# What Python code in here may not do, whatever it was talked into; C code is held by the limits only.
_FORBIDDEN = (
    "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
    "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "urllib.Request",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost, and when a worker is replaced.

    `seconds` is wall clock, `cpu_seconds` processor time. `memory` is address space in bytes, which Linux holds: a worker
    has 35 MiB of it with feeds only and 100 with pages; the largest feed we know (13 MB, 100,000 items) takes it to 200.
    `resident` is the memory a worker may go on holding after a document: it holds 33 MiB after hundreds of feeds and 85
    after hundreds of pages, so one that holds more has been swollen by a document, and is replaced. So crawler and worker
    together stay far below 300 MB, but for the moment that an outsized document takes. `answer` is in bytes as well.
    """

    seconds: float = 8.0
    cpu_seconds: int = 7
    memory: int = 512 * 2**20
    answer: int = 32 * 2**20
    documents: int = 2000
    resident: int = 128 * 2**20


def main(argument: str) -> None:
    """Serve until standard input ends."""
    given = json.loads(argument)
    limits = Limits(**given["limits"])
    requests, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    lacking = _restrain(limits)
    functions: Mapping[str, str] = import_module(given["functions"]).FUNCTIONS
    gc.set_threshold(
        100_000
    )  # a document of 100,000 items is read in a fifth less time; one document is soon gone
    _send(answers, b"R", json.dumps(lacking).encode())
    os.dup2(nowhere, 2)
    _serve(requests, answers, functions, limits)


def _serve(requests: BinaryIO, answers: int, functions: Mapping[str, str], limits: Limits) -> None:
    for left in range(limits.documents - 1, -1, -1):
        try:
            answer = _answer_next(requests, functions, limits)
        except MemoryError:
            answer = b"m", b""
        if answer is None:
            return
        _stop_the_clocks()
        tag, payload = answer
        is_last = not left or tag == b"m" or _resident() > limits.resident
        _send(answers, tag.lower() if is_last else tag, payload)
        if is_last:
            return


def _answer_next(
    requests: BinaryIO, functions: Mapping[str, str], limits: Limits
) -> tuple[bytes, bytes] | None:
    request = _next_request(requests)
    if request is None:
        return None
    _start_the_clocks(limits)
    name, options, body = request
    module, _, function = functions[name].partition(":")
    return _answer(getattr(import_module(module), function), body, options, limits)


def _next_request(requests: BinaryIO) -> tuple[str, dict[str, object], bytes] | None:
    header = requests.read(REQUEST.size)
    if len(header) < REQUEST.size:
        return None
    n_options, n_body = REQUEST.unpack(header)
    name, options = pickle.loads(requests.read(n_options))  # noqa: S301 - from the parent, which we trust
    return name, options, requests.read(n_body)


def _answer(
    function: Callable[..., object], body: bytes, options: dict[str, object], limits: Limits
) -> tuple[bytes, bytes]:
    url = options.get("url")
    try:
        payload = dumps(function(body, **options))
    except ReadError as e:
        return _error(str(e), e.kind, e.feeds)
    except MemoryError:
        raise
    except Exception as e:  # a fault of a parser, or of ours, must not cost the worker
        return _error(f"{url}: cannot be read: {type(e).__name__}: {e}", "broken")
    if len(payload) > limits.answer:
        wanted = f"{limits.answer / 2**20:g} MiB"
        return _error(f"{url}: holds more than {wanted} of words; that much is kept of a document", "limit")
    return b"A", payload


def _error(message: str, kind: str, feeds: tuple[str, ...] = ()) -> tuple[bytes, bytes]:
    line = " ".join(message.split())[:_MESSAGE]
    return b"E", json.dumps([line, kind, [str(feed)[:_MESSAGE] for feed in feeds[:20]]]).encode()


def _send(answers: int, tag: bytes, payload: bytes) -> None:
    rest = memoryview(ANSWER.pack(tag, len(payload)) + payload)
    try:
        while rest:
            rest = rest[os.write(answers, rest) :]
    except BrokenPipeError:  # nobody is left to answer
        os._exit(0)


# ---------------------------------------------------------------- limits


def _restrain(limits: Limits) -> list[str]:
    """Take rights away from this process for good; give the names of the limits this platform does not hold."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the parent decides; without it, standard input ends
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    sys.addaudithook(_refuse)
    wanted = {"AS": ("memory", limits.memory), **_FEW_OF}
    lacking = [name for rlimit, (name, most) in wanted.items() if not _holds(f"RLIMIT_{rlimit}", most)]
    if sys.platform == "darwin" and "memory" not in lacking:
        lacking.append("memory")  # macOS takes the limit and does not hold it
    return lacking if _holds("RLIMIT_CPU", None) else [*lacking, "processor time"]


def _holds(rlimit: str, most: int | None) -> bool:
    """Set a limit of the system, soft and hard, and tell whether that could be done; None only asks."""
    try:
        import resource

        which = getattr(resource, rlimit)
        hard = resource.getrlimit(which)[1]
        if most is not None:
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(which, (least, least))
    except (ImportError, AttributeError, OSError, ValueError):
        return False
    return True


def _refuse(event: str, _: object) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} is not for a parser")


def _start_the_clocks(limits: Limits) -> None:
    """Renew the processor time, and set an alarm that ends this process when the parent is not there to do it."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        used = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used + limits.cpu_seconds + 1, resource.RLIM_INFINITY))
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + 1)


def _stop_the_clocks() -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _resident() -> int:
    """The memory of this process that is in use, in bytes: now where the system tells, else the most there ever was."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
