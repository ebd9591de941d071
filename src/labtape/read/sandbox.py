"""Hostile bytes are read in another process, which may be lost; this is the side that stays.

    thread ──document──> Sandbox ──a free worker──> process (limits of its own, `sandbox_worker`)
                            <──Document | ReadError──

Design notes
------------
**Not a fork, not multiprocessing.** A crawler has threads, and a forked copy of one may hold their locks for ever. A fresh
`python -I -S` starts in a tenth of a second, sees no environment but what it needs, and knows nothing to steal.

**Two clocks and a half.** The parent waits on the pipes with a deadline and kills (−9). The worker's processor time is
limited by the system, renewed for each document. And the worker sets itself an alarm one second behind the
parent's deadline, so that one whose parent was killed in the middle ends by itself; between documents it sees its
standard input end. PR_SET_PDEATHSIG was not taken: it strikes when the *thread* that started the worker ends.

**Signals.** The worker leads a session of its own and ignores SIGINT and SIGTERM: Ctrl-C reaches the parent alone, which
decides whether the document under way is finished.

**What comes back is data.** Answers are bounded in size, unpickled by names on a list, and compared with the declared
types (`sandbox_answers`).

**Who is to blame.** A document that ends the worker is a `ReadError` of kind "limit" which names the limit; a worker found
dead before it got the document is replaced in silence; one that cannot be started at all is a `LabtapeError`, because
no feed is at fault.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from queue import LifoQueue
from types import TracebackType
from typing import IO, TypeVar

from labtape.exceptions import LabtapeError, ReadError
from labtape.read.pages import Page
from labtape.read.sandbox_answers import error_from, loads
from labtape.read.sandbox_worker import ANSWER, REQUEST, Limits
from labtape.types import Document, Feed

T = TypeVar("T")

_LIMITS = Limits()
_START_SECONDS = 60.0  # a machine that swaps still starts Python in that
_CHUNK = 2**18  # what a pipe holds, where the system lets us: most feeds
_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1])['path']; "
    "from labtape.read.sandbox_worker import main; main(sys.argv[1])"
)
_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL")


class Sandbox:
    """Reads feeds and pages in worker processes. Any number of threads may use it; the workers start when needed.

    >>> from datetime import UTC
    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> page = "<article>" + "".join(f"<p>Kimi K{n} is out, and whoever keeps to its licence may have the weights.</p>" for n in range(3, 9))
    >>> with Sandbox() as sandbox:
    ...     sandbox.page(page.encode(), url="https://news.example/1", now=now).text[:15]
    'Kimi K3 is out,'
    """

    def __init__(
        self,
        processes: int = 1,
        *,
        limits: Limits = _LIMITS,
        functions: str = "labtape.read.sandbox_worker",
    ) -> None:
        """`functions` names the module whose table of functions the workers serve."""
        self._limits = limits
        self._functions = functions
        self._lock = threading.Lock()
        self._closing = threading.Lock()
        self._closed = False
        self._slots = tuple(_Slot() for _ in range(processes))
        self._free: LifoQueue[_Slot] = LifoQueue()
        for slot in self._slots:
            self._free.put(slot)

    def document(
        self,
        body: bytes,
        *,
        feed: Feed,
        url: str,
        media_type: str | None = None,
        charset: str | None = None,
        now: datetime,
        by_title: bool = False,
    ) -> Document:
        """Read a feed document, as `read_document` does. Raises `ReadError`, kind "limit" when the worker was lost."""
        options = {
            "feed": feed, "url": url, "media_type": media_type, "charset": charset, "now": now, "by_title": by_title,
        }  # fmt: skip
        return self._ask("document", body, options, url, Document)

    def page(self, body: bytes, *, url: str, charset: str | None = None, now: datetime) -> Page:
        """Read an article's page, as `read_page` does. Raises `ReadError`, kind "limit" when the worker was lost."""
        return self._ask("page", body, {"url": url, "charset": charset, "now": now}, url, Page)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The limits this platform does not hold, as the workers say; empty before the first document."""
        return max((worker.lacking for worker in self._workers()), key=len, default=())

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that run."""
        return tuple(worker.pid for worker in self._workers())

    @property
    def n_replaced(self) -> int:
        """How many workers were given up so far: lost, or grown old."""
        return sum(slot.n_dropped for slot in self._slots)

    def close(self) -> None:
        """End the workers. A document under way is a `ReadError` to the thread that waits for it."""
        with self._lock:
            self._closed = True
        for worker in self._workers():
            worker.kill()
        with self._closing:
            for _ in self._slots:  # wait until no thread holds one
                self._free.get()
            for slot in self._slots:
                slot.drop()
                self._free.put(slot)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, name: str, body: bytes, options: dict[str, object], url: str, expected: type[T]) -> T:
        request = pickle.dumps((name, options), protocol=5)
        slot = self._free.get()
        try:
            tag, payload = self._ready(slot).exchange(request, body)
            answer = _understood(tag, payload, url, expected, self._limits)
            if tag.islower():
                slot.drop()
        except _Lost as e:
            slot.drop()
            why = "the sandbox was closed" if self._closed else str(e)
            raise ReadError(f"{url}: {why}; the document is left out", kind="limit") from e
        except BaseException:  # as Ctrl-C, between question and answer
            slot.drop()
            raise
        finally:
            self._free.put(slot)
        if isinstance(answer, ReadError):
            raise answer
        return answer

    def _ready(self, slot: _Slot) -> _Worker:
        with self._lock:
            if self._closed:
                raise LabtapeError("the sandbox is closed; open another to read with")
            if slot.worker and not slot.worker.is_idle:
                slot.drop()
            if slot.worker is None:
                slot.worker = _Worker(self._limits, self._functions)
            worker = slot.worker
        worker.wait_until_ready()
        return worker

    def _workers(self) -> tuple[_Worker, ...]:
        return tuple(worker for worker in [slot.worker for slot in self._slots] if worker)


def _understood(tag: bytes, payload: bytes, url: str, expected: type[T], limits: Limits) -> T | ReadError:
    try:
        match tag.upper():
            case b"A":
                return loads(payload, expected)
            case b"E":
                return error_from(payload)
            case b"M":
                size = f"{limits.memory / 2**20:g} MiB"
                return ReadError(
                    f"{url}: needs more than {size} of memory to read; it is left out", kind="limit"
                )
    except ValueError as e:
        raise _Lost(f"the reading process answered with {e}") from e
    raise _Lost("the reading process answered with something else")


class _Slot:
    """Room for one worker."""

    def __init__(self) -> None:
        self.worker: _Worker | None = None
        self.n_dropped = 0

    def drop(self) -> None:
        worker, self.worker = self.worker, None
        if worker:
            self.n_dropped += 1
            worker.end()


class _Lost(Exception):
    """The worker cannot be used any more; the message says why."""


class _Worker:
    """One process and the pipes to it."""

    def __init__(self, limits: Limits, functions: str) -> None:
        self._limits = limits
        self.lacking: tuple[str, ...] = ()
        self._is_ready = False
        argument = json.dumps({"path": _search_path(), "functions": functions, "limits": asdict(limits)})
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _BOOT, argument],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={**environment, "TZ": "UTC"}, cwd=Path(sys.executable).anchor, start_new_session=True,
                bufsize=0,
            )  # fmt: skip
        except OSError as e:
            raise LabtapeError(f"cannot start a process to read with, {sys.executable}: {e}") from e
        for pipe in (self._process.stdin, self._process.stdout):
            os.set_blocking(_descriptor(pipe), False)
            _widen(_descriptor(pipe))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_idle(self) -> bool:
        """Tell whether the process lives, and has said nothing that nobody asked."""
        if self._process.poll() is not None:
            return False
        if not self._is_ready:
            return True
        poll = select.poll()
        poll.register(_descriptor(self._process.stdout), select.POLLIN)
        return not poll.poll(0)

    def wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            tag, payload = self._talk(b"", time.monotonic() + _START_SECONDS)
        except _Lost as e:
            self.kill()
            said = b"" if self._process.stderr is None else self._process.stderr.read(4000)
            last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise LabtapeError(f"cannot start a process to read with: {last or e}") from e
        if self._process.stderr:
            self._process.stderr.close()
        self.lacking = tuple(json.loads(payload)) if tag == b"R" else ()
        self._is_ready = True

    def exchange(self, request: bytes, body: bytes) -> tuple[bytes, bytes]:
        """Send one document and wait for the answer, as long as the limit allows. Raises `_Lost`."""
        header = REQUEST.pack(len(request), len(body))
        return self._talk(header + request, time.monotonic() + self._limits.seconds, body)

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Kill the process, wait for it, close the pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _talk(self, head: bytes, deadline: float, body: bytes = b"") -> tuple[bytes, bytes]:
        """Write, and read one answer, at the same time: a process that does not listen may talk."""
        source, sink = _descriptor(self._process.stdout), _descriptor(self._process.stdin)
        parts = (head + body,) if len(body) < _CHUNK else (body, head)  # one write for an ordinary feed
        rest = [memoryview(part) for part in parts if part]
        heard, wanted = bytearray(), ANSWER.size
        poll = select.poll()
        poll.register(source, select.POLLIN)
        if rest:
            poll.register(sink, select.POLLOUT)
        while len(heard) < wanted:
            left = deadline - time.monotonic()
            if left <= 0:
                raise _Lost(f"reading took longer than {self._limits.seconds:g} s")
            for descriptor, _ in poll.poll(left * 1000):
                if descriptor == sink:
                    if not _write(sink, rest):
                        poll.unregister(sink)
                    continue
                chunk = os.read(source, _CHUNK)
                if not chunk:
                    raise _Lost(self._last_words())
                heard += chunk
                if wanted == ANSWER.size <= len(heard):
                    wanted += self._announced(heard)
        if len(heard) > wanted:
            raise _Lost("the reading process answered with more than one answer")
        return bytes(heard[:1]), bytes(memoryview(heard)[ANSWER.size :])

    def _announced(self, header: bytearray) -> int:
        size: int = ANSWER.unpack_from(header)[1]
        if size > self._limits.answer:
            raise _Lost(f"the answer is larger than {self._limits.answer / 2**20:g} MiB")
        return size

    def _last_words(self) -> str:
        """Say how the process ended. It closed its pipe, so it has, or will not live on."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "the reading process closed its pipe"
        if code >= 0:
            return f"the reading process ended itself with code {code}"
        if -code == getattr(signal, "SIGXCPU", 0):
            return f"reading took more than {self._limits.cpu_seconds} s of processor time"
        if -code == getattr(signal, "SIGALRM", 0):
            return f"reading took longer than {self._limits.seconds:g} s"
        return f"the reading process was ended by {signal.Signals(-code).name}"


def _write(sink: int, rest: list[memoryview]) -> bool:
    """Write what the pipe takes of the last part; tell whether something is left."""
    try:
        written = os.write(sink, rest[-1][:_CHUNK])
    except BlockingIOError:
        return True
    except BrokenPipeError:  # the other pipe says why
        return False
    rest[-1] = rest[-1][written:]
    if not rest[-1]:
        rest.pop()
    return bool(rest)


def _widen(pipe: int) -> None:
    """Have a pipe hold a feed, where the system lets us: each time it is full or empty costs two switches."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _CHUNK)


def _descriptor(pipe: IO[bytes] | None) -> int:
    assert pipe is not None  # noqa: S101 - Popen was asked for it
    return pipe.fileno()


def _search_path() -> list[str]:
    """Where the worker finds modules: where this process does, but never the current folder by its empty name; whole, for it lives elsewhere."""
    package = str(Path(__file__).parents[2])
    return list(dict.fromkeys([package, *(str(Path(path).absolute()) for path in sys.path if path)]))
