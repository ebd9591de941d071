"""A real scheduler and real workers, each a process on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

SECONDS = 90  # that a process may take to begin, on a machine that does other things as well


class Cluster:
    """The processes of a cluster, each of them known by its number."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack, self._number = folder, stack, 0
        self.address = ""
        self.scheduler: subprocess.Popen

    def begin(self, **settings: str) -> None:
        file = self._folder / "scheduler.json"
        process = self._start(
            ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
             "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(file)], settings,
        )  # fmt: skip
        until(lambda: file.exists() and _address(file), "the scheduler writes its address", process)
        self.address, self.scheduler = _address(file), process

    def worker(self, *, threads: int = 1, nanny: bool = False, cwd: Path | None = None) -> subprocess.Popen:
        self._number += 1
        name = f"worker-{self._number}"
        command = [
            "distributed.cli.dask_worker", self.address, "--host", "127.0.0.1", "--nthreads", str(threads),
            "--no-dashboard", "--nanny" if nanny else "--no-nanny", "--death-timeout", "60", "--name", name,
            "--local-directory", str(self._folder / name),
        ]  # fmt: skip
        return self._start(command, {}, cwd=cwd)

    def _start(
        self, module: list[str], settings: dict[str, str], cwd: Path | None = None
    ) -> subprocess.Popen:
        log = self._stack.enter_context((self._folder / f"{module[0]}-{self._number}.log").open("wb"))
        path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        known = {**os.environ, "PYTHONPATH": path, **settings}
        process = subprocess.Popen(
            [sys.executable, "-m", *module], stdout=log, stderr=log, cwd=cwd, env=known
        )
        self._stack.callback(_stop, process)
        return process


def _address(file: Path) -> str:
    try:
        return json.loads(file.read_text())["address"]
    except ValueError:  # half written
        return ""


def _stop(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def cluster(folder: Path, *, workers: int, threads: int = 1, nanny: bool = False, **settings: str):
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        made = Cluster(folder, stack)
        made.begin(**settings)
        for _ in range(workers):
            made.worker(threads=threads, nanny=nanny)
        yield made


def until(holds, what: str, *alive: subprocess.Popen):
    """Wait until something holds and give it; fails when it does not come, or when a process that is needed ended."""
    last = time.monotonic() + SECONDS
    while not (found := holds()):
        assert time.monotonic() < last, f"not within {SECONDS} seconds: {what}"
        for process in alive:
            assert process.poll() is None, f"ended with {process.returncode} before: {what}"
        time.sleep(0.02)
    return found


def kill_while_it_works(client, worker: subprocess.Popen, *alive: subprocess.Popen) -> None:
    """SIGKILL a worker that has work in its hands: it is held still first, so that it cannot finish it."""
    address = until(lambda: _address_of(client, worker.pid), "the worker is known", worker)

    def is_held() -> bool:
        if not client.processing([address]).get(address):
            return False
        worker.send_signal(signal.SIGSTOP)
        if client.processing([address]).get(address):
            return True
        worker.send_signal(signal.SIGCONT)
        return False

    until(is_held, "the worker has something to do", worker, *alive)
    worker.kill()
    worker.wait()


def _address_of(client, pid: int) -> str:
    pids = client.run(os.getpid)
    return next((address for address, known in pids.items() if known == pid), "")
