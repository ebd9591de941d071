"""What the tests let workers do; they find it by name, as they would find a user's own module."""

from __future__ import annotations

import os
import signal
from collections import Counter

from dask.utils import key_split
from distributed import SchedulerPlugin

from labtape.batch import Tools, core, opened
from labtape.batch.cluster import told_where


def tenth(n):
    return 10 / n


def deadly(n):
    if n == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def open_bundle(folder):
    return told_where(opened, Tools(folder))


def times_loaded():
    return core._opened.cache_info().misses


class Finished(SchedulerPlugin):
    """Counts what a scheduler's workers have done, by the name of the function."""

    name = "finished"

    def __init__(self):
        self.n = Counter()

    def transition(self, key, start, finish, *args, **kwargs):
        if finish == "memory":
            self.n[key_split(key)] += 1


def n_finished(work, dask_scheduler):
    return dask_scheduler.plugins["finished"].n[work]


def n_at_work(dask_worker):
    """The threads of a worker that are busy, also with what nobody waits for any more."""
    return len(dask_worker.active_threads)
