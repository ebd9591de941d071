"""What a run over files did, as one JSON object: `OUT.report.json`, schema labtape.batch/1 (docs/batch.md)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from labtape.batch.core import CHUNK, Tools
from labtape.batch.parts import Input, Manifest, Part, Spent, Tally
from labtape.batch.pool import Usage, usage
from labtape.plain import to_plain
from labtape.report.write import format_of, write_bytes
from labtape.types import ModelRef

SCHEMA: Final = "labtape.batch/1"
# Sources listed singly; a folder may hold millions of pages.
_LISTED: Final = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """How articles are scored. `jobs` processes change nothing but the time; `chunk` items are judged and kept at once."""

    tools: Tools = Tools()
    jobs: int = 1
    any_topic: bool = False
    stories: bool = True
    chunk: int = CHUNK


@dataclass(frozen=True, slots=True)
class Output:
    """What was written, and how large it is in bytes."""

    path: str
    format: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """Counts, costs and versions of one run. Times are in seconds over all starts of the job, memory in bytes.

    `peak_bytes` adds the peaks of this process and of each worker, which need not fall together: never less than was used.
    `n_resumed` counts how often it was begun again, `n_kept` the articles that the last start found done.
    """

    started_at: datetime
    ended_at: datetime
    scored_at: datetime
    labtape: str
    kb: str
    model: ModelRef
    any_topic: bool
    stories: bool
    jobs: int
    chunk: int
    inputs: tuple[Input, ...]
    output: Output | None
    errors: str | None
    n_records: int
    n_failures: int
    n_resumed: int
    n_kept: int
    labels: Mapping[str, int]
    sources: Mapping[str, Tally]
    n_sources: int
    spent: Spent
    articles_per_second: float
    articles_per_cpu_second: float
    merged: Mapping[str, str]
    passed_over: tuple[str, ...] = ()
    n_passed_over: int = 0
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class Run:
    """What a report is made of besides counts and costs. Without `out` records went to standard output."""

    manifest: Manifest
    options: Options
    out: Path | None
    report: Path | None
    started_at: datetime
    ended_at: datetime
    n_resumed: int = 0
    passed_over: tuple[str, ...] = ()


@dataclass(slots=True)
class Counts:
    """Parts added up."""

    n_kept: int = 0
    n_records: int = 0
    n_failures: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    sources: dict[str, Tally] = field(default_factory=dict)
    n_sources: int = 0
    merged: dict[str, str] = field(default_factory=dict)
    _last: str | None = None

    def add(self, part: Part) -> None:
        self.n_records += len(part.records)
        self.n_failures += len(part.failures)
        for label, n in part.labels.items():
            self.labels[label] = self.labels.get(label, 0) + n
        for name, tally in part.sources.items():
            self._add_source(name, tally)
        self.merged |= {story.id: story.merged_into for story in part.stories if story.merged_into}

    def _add_source(self, name: str, tally: Tally) -> None:
        if name not in self.sources:
            self.n_sources += name != self._last  # sources come one after another, so the last one tells
            self._last = name
            if len(self.sources) >= _LISTED:
                return
        was = self.sources.get(name, Tally())
        self.sources[name] = Tally(was.articles + tally.articles, was.failures + tally.failures)


class Meter:
    """What a run has cost: this process and its workers, on top of what was spent before."""

    def __init__(self, before: Spent = Spent()) -> None:
        self._before = before
        self._began = time.perf_counter()
        self._own = usage().cpu_seconds
        self._workers: dict[int, Usage] = {}
        self._far = 0.0

    def hear(self, used: Usage) -> None:
        """Take what a worker says of itself."""
        self._workers[used.pid] = used

    def add(self, cpu_seconds: float) -> None:
        """Take what a part cost on another machine."""
        self._far += cpu_seconds

    def spent(self) -> Spent:
        """What was spent until now."""
        me, workers = usage(), self._workers.values()
        return Spent(
            round(self._before.seconds + time.perf_counter() - self._began, 3),
            round(
                self._before.cpu_seconds
                + me.cpu_seconds
                - self._own
                + self._far
                + sum(w.cpu_seconds for w in workers),
                3,
            ),
            max(self._before.peak_bytes, me.peak_bytes + sum(w.peak_bytes for w in workers)),
        )


def errors_of(out: Path) -> Path:
    """Where the failures of an output are listed."""
    return out.with_name(f"{out.name}.errors.jsonl")


def write_report(run: Run, counts: Counts, spent: Spent) -> RunReport:
    """Make the report, and write it where the run says."""
    out, options = run.out, run.options
    report = RunReport(
        started_at=run.started_at,
        ended_at=run.ended_at,
        scored_at=datetime.fromisoformat(run.manifest.now),
        labtape=run.manifest.version,
        kb=run.manifest.kb,
        model=run.manifest.model,
        any_topic=options.any_topic,
        stories=options.stories,
        jobs=options.jobs,
        chunk=run.manifest.chunk,
        inputs=run.manifest.inputs,
        output=Output(str(out), format_of(out), out.stat().st_size) if out else None,
        errors=str(errors_of(out)) if out and counts.n_failures else None,
        n_records=counts.n_records,
        n_failures=counts.n_failures,
        n_resumed=run.n_resumed,
        n_kept=counts.n_kept,
        labels=dict(sorted(counts.labels.items())),
        sources=counts.sources,
        n_sources=counts.n_sources,
        spent=spent,
        articles_per_second=_per(counts.n_records, spent.seconds),
        articles_per_cpu_second=_per(counts.n_records, spent.cpu_seconds),
        merged=counts.merged,
        passed_over=run.passed_over[:_LISTED],
        n_passed_over=len(run.passed_over),
    )
    if run.report is not None:
        text = json.dumps(to_plain(report), ensure_ascii=True, indent=2) + "\n"
        write_bytes(run.report, text.encode())
    return report


def _per(n: int, seconds: float) -> float:
    return round(n / seconds, 1) if seconds else 0.0
