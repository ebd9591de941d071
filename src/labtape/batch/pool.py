"""Work on many things by processes, in order, with a bounded number of things on their way.

    tasks ──one by one──▸ [ at most 2 × jobs on their way ] ──in order──▸ results

joblib's processes (loky), without `joblib.Parallel`: its generator starts the next task when one ends, whether or not
somebody took the result, so a slow reader's memory would grow with the input. Here a task is drawn only when a result has been
taken.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar

from labtape.exceptions import BatchError, SettingsError

A = TypeVar("A")
T = TypeVar("T")

# Tasks on their way for each process: the one in work and the next, so that no process waits for the parent.
_AHEAD = 2
# Seconds after which a process without work ends by itself.
_IDLE = 60
# Seconds between two looks whether the parent is still there. A parent that was killed closes nothing that its processes wait for:
# they hold both ends of the pipe that they answer through, and would wait for ever.
_LOOK = 1.0
# Processes for each processor, more of which are taken for a slip: all begin at once, and each holds a model.
_MOST_EACH = 8
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process has used since it began: CPU seconds, and at most how many bytes of memory at once (0: unknown)."""

    pid: int
    cpu_seconds: float
    peak_bytes: int


def usage() -> Usage:
    """What this process has used."""
    return Usage(os.getpid(), time.process_time(), _peak_bytes())


def _peak_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def mapped(
    work: Callable[[A], T],
    tasks: Iterable[A],
    jobs: int,
    *,
    on_usage: Callable[[Usage], object] | None = None,
) -> Iterator[T]:
    """Yield the work on each task, in order: in this process, or on that many others.

    Never more than 2 × `jobs` tasks are drawn ahead of what was yielded. `on_usage` hears, with each result, what the
    process that made it has used. Raises `SettingsError` for many more processes than processors, and `BatchError` where a process
    died; what a task raises comes as it is.
    """
    if jobs == 1:
        yield from map(work, tasks)
        return
    n_processors = os.cpu_count() or 1
    if jobs > _MOST_EACH * n_processors:
        raise SettingsError(
            f"jobs: {jobs} processes, but the processors here are {n_processors}; give at most {_MOST_EACH * n_processors}"
        )
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    threads = str(max(1, n_processors // jobs))
    pool = ProcessPoolExecutor(
        jobs, timeout=_IDLE, env=dict.fromkeys(_ONE_THREAD, threads), initializer=_belong_to, initargs=(os.getpid(),)
    )  # fmt: skip
    under_way: deque[Any] = deque()  # Any: loky's futures have no types
    is_done = False
    try:
        for task in tasks:
            under_way.append(pool.submit(_measured, work, task))
            if len(under_way) >= _AHEAD * jobs:
                yield _taken(under_way.popleft().result(), on_usage)
        while under_way:
            yield _taken(under_way.popleft().result(), on_usage)
        is_done = True
    except BrokenProcessPool as e:
        raise BatchError(
            "a worker process died (killed, or no memory was left); give fewer --jobs or make memory free"
        ) from e
    finally:
        pool.shutdown(wait=True, kill_workers=not is_done)


def _belong_to(parent: int) -> None:
    """What a process does first. Ctrl-C goes to all processes of a terminal; the parent ends the others, and none outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:  # on Windows it always is: there, processes end when they are idle
        time.sleep(_LOOK)
    os._exit(1)


def _measured(work: Callable[[A], T], task: A) -> tuple[T, Usage]:
    return work(task), usage()


def _taken(answer: tuple[T, Usage], on_usage: Callable[[Usage], object] | None) -> T:
    result, used = answer
    if on_usage is not None:
        on_usage(used)
    return result
