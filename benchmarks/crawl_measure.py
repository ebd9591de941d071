"""Runs a contender in a fresh process and weighs it from outside: CPU with all its children, wall, peak memory."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import psutil
from crawl_contenders import Spec

SAMPLE = 0.05  # seconds between two looks at memory
LIMIT = 900.0  # seconds after which a run counts as hung


@dataclass(frozen=True, slots=True)
class Run:
    """One phase of one contender. `cpu` and `wall` begin behind the imports, `cpu_all` with the process.

    `peak` is the largest sum, in bytes, of the resident memory of the process and its children at one moment.
    `kept_after` is told for watched feeds: the seconds until the last of them was kept; None: not within the limit.
    """

    cpu: float = 0.0
    cpu_all: float = 0.0
    wall: float = 0.0
    peak: int = 0
    entries: Mapping[str, int] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    left: int = 0  # processes that still ran when the phase was over; their CPU is in no figure
    kept_after: float | None = None
    error: str | None = None

    @property
    def n_entries(self) -> int:
        return sum(self.entries.values())


def run(name: str, phase: str, spec: Spec, *, limit: float = LIMIT) -> Run:
    """Run one phase. A watched run is ended as soon as its feeds are kept, or the limit is reached."""
    with tempfile.TemporaryDirectory() as folder:
        given, out, err = (Path(folder) / part for part in ("spec.json", "out", "err"))
        given.write_text(json.dumps(asdict(spec)))
        command = [
            sys.executable,
            str(Path(__file__).with_name("crawl_contenders.py")),
            name,
            phase,
            str(given),
        ]
        with out.open("w") as stdout, err.open("w") as stderr:
            process = subprocess.Popen(
                command, stdout=stdout, stderr=stderr, cwd=folder, start_new_session=True
            )
            peak, code = _watched(process, out if spec.watched else None, limit)
        lines = [json.loads(line) for line in out.read_text().splitlines() if line.startswith("{")]
        told: dict[str, object] = {key: value for line in lines for key, value in line.items()}
        if spec.watched:
            return Run(peak=peak, kept_after=told.get("kept_after"))  # type: ignore[arg-type]  # our own JSON
        if code or "cpu" not in told:
            last = err.read_text().strip().splitlines()[-1:] or [f"ended with {code}"]
            return Run(error=f"{name}, {phase}: {last[0]}")
        if told["left"]:
            return Run(error=f"{name}, {phase}: {told['left']} processes left behind")
        told["late"] = tuple(told["late"])  # type: ignore[arg-type]  # our own JSON
        return Run(**{**told, "peak": peak})  # type: ignore[arg-type]


def _watched(process: subprocess.Popen[bytes], out: Path | None, limit: float) -> tuple[int, int]:
    """Wait for the end; give peak memory and exit code."""
    end = time.monotonic() + limit
    peak = 0
    while True:
        if (code := process.poll()) is not None:
            return peak, code
        with contextlib.suppress(psutil.Error):
            peak = max(peak, sum(_memory(psutil.Process(process.pid))))
        if time.monotonic() > end or (out and "kept_after" in out.read_text()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)  # its children are in the session it leads
            end = float("inf")
        time.sleep(SAMPLE)


def _memory(process: psutil.Process) -> Iterator[int]:
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            yield one.memory_info().rss


def rehearsed(name: str, urls: Sequence[str]) -> tuple[str, ...]:
    """The modules a contender loads on the way, to be imported before the clock starts."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Spec(tuple(urls), str(Path(folder) / "db"))
        runs = [run(name, phase, spec) for phase in ("subscribe", "cold", "warm")]
    errors = [one.error for one in runs if one.error]
    if errors:
        raise SystemExit("; ".join(errors))
    return tuple(dict.fromkeys(module for one in runs for module in one.late))


def cold_and_warm(name: str, spec: Spec) -> tuple[Run, Run]:
    """Both rounds on a new database, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        spec = replace(spec, database=str(Path(folder) / "db"))
        first = run(name, "subscribe", spec)
        return (
            (Run(error=first.error),) * 2
            if first.error
            else (run(name, "cold", spec), run(name, "warm", spec))
        )  # type: ignore[return-value]  # two
