"""Threads that come when there is work and go when there is none."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

Work = Callable[[], None]


class Workers:
    """Does what it is given, in at most `most` daemon threads; an idle one ends after `linger` seconds.

    Not an executor of the standard library: that one waits for its threads when the program ends, and a resolver that
    hangs would hold it. The work must not raise.
    """

    def __init__(self, name: str, *, most: int, linger: float = 5.0) -> None:
        self.name = name
        self.most = most
        self.linger = linger
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._n_threads = 0
        self._n_free = 0  # threads that wait, less the work that waits for them

    @property
    def n_threads(self) -> int:
        return self._n_threads

    def give(self, work: Work) -> None:
        """Have it done by a thread that waits, else by a new one, else by the next that is free."""
        with self._lock:
            if self._n_free <= 0 and self._n_threads < self.most and self._has_started(work):
                return
            self._n_free -= 1
        self._queue.put(work)

    def _has_started(self, work: Work) -> bool:
        """Start a thread with it, unless the machine has no more of them; then others must do."""
        try:
            threading.Thread(target=self._run, args=(work,), name=self.name, daemon=True).start()
        except RuntimeError:
            if not self._n_threads:
                raise
            return False
        self._n_threads += 1
        return True

    def _run(self, work: Work) -> None:
        while True:
            work()
            del work  # what it holds is not kept while waiting
            with self._lock:
                self._n_free += 1
            found = self._next()
            if found is None:
                return
            work = found

    def _next(self) -> Work | None:
        while True:
            try:
                return self._queue.get(timeout=self.linger)
            except queue.Empty:
                with self._lock:
                    if self._n_free > 0:
                        self._n_free -= 1
                        self._n_threads -= 1
                        return None
