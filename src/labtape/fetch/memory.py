"""Where bodies lie until somebody takes them, and what all of them may weigh together."""

from __future__ import annotations

import math
import mmap
import threading
from collections import deque
from io import BytesIO

from labtape.exceptions import FetchError
from labtape.fetch.deadline import Deadline

FREE = 32 * 1024  # bytes of every body that are not counted
SHARED = 16 * 1024 * 1024  # bytes that all bodies grow by together
TURNS = 2  # bodies that may grow to their limit when nothing of that is left
_STEP = 256 * 1024  # bytes that are given beyond what is needed, where there are as many
_HEAP = 384 * 1024  # bytes: a larger body lies in pages of its own; four feeds of five are smaller
_GLANCE = 0.25  # seconds between two looks whether the request still stands


class Body:
    """The bytes of an answer as they come, `most` at most. One thread at a time has to do with it.

    A large one lies in pages that go back to the system when it ends. What many threads allocate and free, the C library
    keeps for later instead, for each thread apart: several times what was ever in use.
    """

    __slots__ = ("_heap", "_memory", "_most", "_pages", "granted", "has_turn", "n_counted", "size")

    def __init__(self, most: int, memory: Memory | None = None) -> None:
        self.size = 0
        self.granted: float = math.inf if memory is None else FREE
        self.n_counted = 0
        self.has_turn = False
        self._memory = memory
        self._most = most
        self._heap: BytesIO | None = None
        self._pages: mmap.mmap | None = None

    def add(self, piece: bytes, deadline: Deadline) -> None:
        """Append, when there is memory for it. Raises `FetchError` when there is none before the deadline."""
        size = self.size + len(piece)
        if self._memory is not None and size > self.granted:
            self._memory.give(self, size, deadline)
        if self._pages is not None:
            self._pages.write(piece)
        elif size > _HEAP:
            self._pages = _pages(self._most)
            self._pages.write(self._heap.getbuffer() if self._heap is not None else b"")
            self._pages.write(piece)
            self._heap = None
        else:
            if self._heap is None:
                self._heap = BytesIO()
            self._heap.write(piece)
        self.size = size

    def end(self) -> None:
        """It is complete: what it was given beyond its size is for others."""
        if self._memory is not None and (self.n_counted or self.has_turn):
            self._memory.take_back(self, max(0, self.size - FREE))

    def take(self) -> bytes:
        """Give the bytes, and let go of them."""
        taken = b""
        if self._pages is not None:
            taken = self._pages[: self.size]
        elif self._heap is not None:
            taken = self._heap.getvalue()
        self.drop()
        return taken

    def drop(self) -> None:
        """Let go of all that came."""
        if self._pages is not None:
            self._pages.close()
        self._heap = self._pages = None
        self.size = 0
        self.end()


class Memory:
    """Lets bodies grow side by side while there is room, and when there is none, a few at a time, each to its end.

    Whoever has a turn asks for nothing any more, and comes to an end: by its deadline at the latest. So nobody waits for
    ever, although many may hold a part of what they need.
    """

    def __init__(self, *, shared: int = SHARED, turns: int = TURNS) -> None:
        self._lock = threading.Lock()
        self._left = shared
        self._turns = turns
        self._line: deque[_Wish] = deque()

    def give(self, body: Body, size: int, deadline: Deadline) -> None:
        """Let a body have `size` bytes, waiting until it may. Raises `FetchError` at the deadline."""
        wish = _Wish(body, size)
        with self._lock:
            if self._has_given(wish):
                return
            self._line.append(wish)
        try:
            while not wish.came.acquire(timeout=min(deadline.left(), _GLANCE)):
                continue
        except FetchError as e:
            with self._lock:
                if wish in self._line:
                    self._line.remove(wish)
            raise FetchError(f"{e}, waiting for other large bodies to end", kind=e.kind) from e

    def take_back(self, body: Body, size: int) -> None:
        """Take all back but `size` bytes, for those who wait longest."""
        with self._lock:
            if body.has_turn and size - body.n_counted <= self._left:
                body.has_turn = False
                self._turns += 1
            if not body.has_turn:
                self._left += body.n_counted - size
                body.n_counted = size
                body.granted = FREE + size
            while self._line and self._has_given(self._line[0]):
                self._line.popleft().came.release()

    def _has_given(self, wish: _Wish) -> bool:
        body = wish.body
        needed = wish.size - FREE - body.n_counted
        if needed <= self._left:
            more = min(needed + _STEP, self._left)
            self._left -= more
            body.n_counted += more
            body.granted = FREE + body.n_counted
        elif self._turns:
            self._turns -= 1
            body.has_turn = True
            body.granted = math.inf
        else:
            return False
        return True


class _Wish:
    """Somebody who waits in line; `came` is let go of when the wish is granted."""

    __slots__ = ("body", "came", "size")

    def __init__(self, body: Body, size: int) -> None:
        self.body = body
        self.size = size
        self.came = threading.Lock()
        self.came.acquire()


def _pages(size: int) -> mmap.mmap:
    """Pages of our own, which weigh nothing before they are written to."""
    pages = mmap.mmap(-1, size, access=mmap.ACCESS_COPY)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        pages.madvise(mmap.MADV_NOHUGEPAGE)  # else the first byte may weigh 2 MiB
    return pages
