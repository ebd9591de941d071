"""How `labtape score` talks: a bar on a terminal, what is gone on with, what failed, what to do after a stop."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from labtape.cli.common import complain, number_of
from labtape.exceptions import BatchError

if TYPE_CHECKING:
    from labtape.batch import Progress, RunReport
    from labtape.batch.parts import Job
    from labtape.read import Failure

# Failures said on the screen; the file beside the output has all.
_SAID = 20


def kept_files(inputs: Sequence[str], out: str) -> tuple[Path, ...] | None:
    """The inputs as files that can be read again, so that a run can go on; None where one of them cannot, or the output is a pipe."""
    from labtape.cli.inputs import is_read_once

    if out == "-" or any(is_read_once(name) for name in inputs):
        return None
    return tuple(map(Path, inputs))


def written_to(out: Path | None, report: Path | None) -> set[Path]:
    """All that a run writes which keeps nothing, so that a folder is read without it."""
    from labtape.batch.job import Places

    if out is not None:
        return Places.checked((), out, report, None).all()
    return {report.resolve()} if report is not None else set()


def say_begin(job: Job) -> None:
    """A line where a run goes on that was begun before."""
    if job.n_parts:
        complain(
            f"labtape: goes on behind {number_of(job.n_items, 'item')} kept in {job.folder.name}, "
            f"begun {job.manifest.now}; --restart begins anew"
        )


@contextmanager
def stopping(kept_at: Path | None) -> Iterator[None]:
    """Say what remains of a run that is stopped, by Ctrl-C or by an error, in the folder where what is finished is kept."""
    try:
        yield
    except KeyboardInterrupt:
        complain(f"labtape: stopped; {_kept(kept_at)}")
        raise typer.Exit(130) from None
    except BatchError as e:
        raise BatchError(f"{e}; {_kept(kept_at)}" if kept_at and not _says_what_to_do(e) else str(e)) from e


def _says_what_to_do(error: BatchError) -> bool:
    return "--restart" in str(error) or "another process" in str(error)


def _kept(folder: Path | None) -> str:
    if folder is None or not folder.exists():
        return "nothing is kept"
    return f"what is finished is kept in {folder.name}, and the same command goes on"


def say_failure(failure: Failure) -> None:
    """A line for something that could not be read."""
    complain(f"labtape: {failure}")


def say_end(report: RunReport) -> None:
    """What failed, and what was written."""
    if report.errors is not None:
        with Path(report.errors).open("rb") as lines:
            for line in islice(lines, _SAID):
                failure = json.loads(line)
                complain(f"labtape: {failure['place']}: {failure['error']}")
        if report.n_failures > _SAID:
            complain(f"labtape: and {report.n_failures - _SAID} more, in {report.errors}")
    say_passed_over(report.passed_over, report.n_passed_over)
    where = f" in {report.output.path}" if report.output else ""
    complain(f"{number_of(report.n_records, 'record')}{where}, {number_of(report.n_failures, 'failure')}")


def say_passed_over(names: Sequence[str], n: int | None = None) -> None:
    """A line where folders hold outputs of earlier runs: `n` of them, or as many as are named."""
    n = len(names) if n is None else n
    if n:
        shown = ", ".join(Path(name).name for name in names[:3])
        more = f" and {n - 3} more" if n > 3 else ""
        complain(f"labtape: passed over {number_of(n, 'file')} that labtape wrote: {shown}{more}")


@contextmanager
def scoring_bar() -> Iterator[Callable[[Progress], object]]:
    """A bar on a terminal's stderr: how much of the files is read, articles, articles a second, time left. Nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("scoring"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task, began = bar.add_task("", total=None, said=""), time.monotonic()

        def show(done: Progress) -> None:
            said = rate(done, time.monotonic() - began)
            if (
                bar.tasks[0].total is None and done.n_bytes
            ):  # what was kept before says nothing about the time that is left
                bar.reset(task, total=done.n_bytes, completed=done.n_read, said=said)
            bar.update(task, completed=done.n_read, said=said)

        yield show


def rate(done: Progress, seconds: float) -> str:
    """How many articles are done, and how many a second since this start.

    >>> from labtape.batch import Progress
    >>> rate(Progress(1280, 640, 0, 0), 8.0)
    '1,920 articles, 160 a second'
    """
    speed = f", {done.n_scored / seconds:,.0f} a second" if seconds > 0 else ""
    return f"{done.n_scored + done.n_kept:,} articles{speed}"
