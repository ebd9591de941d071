"""Files in, one file of records out: what is finished is kept, and a run that was stopped goes on where it was.

    Reading ──items──▸ chunks ──judged (processes)──▸ grouped ──▸ parts on the disk ──all there──▸ OUT
                                                                        └──after a stop──▸ read again, grouper rebuilt

The bytes of the output depend on the inputs, the options and `now`, and on nothing else: not on the number of processes, nor on
whether and where a run was stopped. Chunks are cut by items from the beginning, so that a resumed run judges the same batches.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from labtape.batch.core import judged, model_ref, opened, opened_lexicon, placed
from labtape.batch.parts import (
    Input,
    Job,
    Manifest,
    Part,
    Spent,
    Tally,
    folder_of,
    opened_job,
)
from labtape.batch.reading import Reading, Sourced
from labtape.batch.run_report import Counts, Meter, Options, Run, RunReport, errors_of, write_report
from labtape.exceptions import BatchError, SettingsError
from labtape.plain import from_plain, iso, to_plain
from labtape.read.files import lies_at
from labtape.read.found import Failure
from labtape.report.record import dumps, input_hash, record_json, to_record
from labtape.report.write import check_name, check_places, format_of, replacing, without_links, write_kept
from labtape.types import Annotated, Article, Mention, Placement, Record
from labtape.version import __version__

if TYPE_CHECKING:
    from labtape.ports import Model
    from labtape.story import Grouper

# Articles whose stories are remembered: 300 words each are 6 kB (benchmarks/stories.py), so 120 MB at most. A window of
# 72 hours seldom holds as many; without dates all articles lie in one.
MOST_GROUPED = 20_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: items scored now and found done, bytes read of all there are (0: not known)."""

    n_scored: int
    n_kept: int
    n_read: int
    n_bytes: int


OnProgress = Callable[[Progress], object]


def score_files(
    inputs: Sequence[Path],
    out: Path,
    *,
    options: Options = Options(),
    now: datetime | None = None,
    clock: Callable[[], datetime],
    restart: bool = False,
    report: Path | None = None,
    story_list: Path | None = None,
    on_begin: Callable[[Job], object] = lambda job: None,
    on_progress: OnProgress = lambda done: None,
) -> RunReport:
    """Score files and folders into `out` (JSON Lines, .gz or .zst, CSV, Parquet): one record per article, in order.

    A run that was stopped, in whatever way, goes on behind the last chunk it finished when it is called again with the same
    inputs and options; `restart` begins anew. `now` is what records are scored at; None is the time of the first start.
    Failures are written to `out`.errors.jsonl where there are any, the report to `report` or `out`.report.json, the stories,
    where wanted, to `story_list`. `clock` tells the time. `on_begin` hears of the job before it begins, `on_progress` of each chunk.

    Raises `BatchError` where what was begun does not fit, or a worker died; `SettingsError` where none of the inputs is there, or an
    output cannot be written; what was finished stays, and the next call goes on.
    """
    paths = tuple(Path(path) for path in inputs)
    # What an earlier run wrote is not replaced by nothing.
    if paths and all(lies_at(path) == "nothing" for path in paths):
        raise SettingsError(f"{', '.join(map(str, paths))}: there is no such file or folder")
    places = Places.checked(paths, out, report, story_list)
    return kept_run(
        _Files(Reading(paths, without=places.all())), places, options=options, now=now, clock=clock, restart=restart,
        on_begin=on_begin, on_progress=on_progress,
    )  # fmt: skip


class Source(Protocol):
    """What is scored in parts: `inputs` by name and stamp; `n_read` of `n_bytes` are behind (0: not known)."""

    @property
    def inputs(self) -> tuple[Input, ...]: ...
    @property
    def passed_over(self) -> tuple[str, ...]: ...
    @property
    def on_cluster(self) -> bool: ...
    @property
    def n_read(self) -> int: ...
    @property
    def n_bytes(self) -> int: ...
    def parts(
        self, options: Options, now: datetime, grouper: Grouper | None, meter: Meter, kept: Job | None
    ) -> Iterator[Part]:
        """The parts behind those kept, in order."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run writes."""

    out: Path
    report: Path
    story_list: Path | None

    @classmethod
    def checked(
        cls, inputs: Sequence[Path], out: Path, report: Path | None, story_list: Path | None
    ) -> Places:
        """The places, once it is sure that nothing that is read is among them. Raises `SettingsError` otherwise."""
        format_of(out)
        made = cls(out, report or out.with_name(f"{out.name}.report.json"), story_list)
        check_name(folder_of(out))
        written = {"--out": out, "--report": made.report, "--story-list": story_list}
        check_places(inputs, written)
        check_places((*inputs, *filter(None, written.values())), {"--out": errors_of(out)})
        return made

    def all(self) -> set[Path]:
        """Every file that is written, whole and without links."""
        named = (self.out, self.report, self.story_list, errors_of(self.out))
        return {without_links(path) for path in named if path is not None}


def kept_run(
    source: Source,
    places: Places,
    *,
    options: Options,
    now: datetime | None,
    clock: Callable[[], datetime],
    restart: bool = False,
    on_begin: Callable[[Job], object] = lambda job: None,
    on_progress: OnProgress = lambda done: None,
) -> RunReport:
    """Score what can be read again into one file, keeping each part as it is finished; see `score_files`."""
    started = clock()
    manifest = manifest_of(source.inputs, options, now or started, on_cluster=source.on_cluster)
    with opened_job(folder_of(places.out), manifest, restart=restart, same_now=now is not None) as job:
        on_begin(job)
        last = job.last
        meter = Meter(last.spent if last else Spent())
        counts = Counts(n_kept=job.n_items)
        _score(job, source, options, meter, on_progress)
        _join(job, places.out, counts, places.story_list)
        run = Run(
            job.manifest, options, places.out, places.report, started, clock(), job.manifest.n_starts - 1,
            source.passed_over,
        )  # fmt: skip
        made = write_report(run, counts, meter.spent())
        job.end()
    return made


class _Files:
    """Files and folders of this machine, scored by it."""

    on_cluster = False

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.inputs = reading.inputs
        self.passed_over = tuple(map(str, reading.passed_over))
        self.n_bytes = reading.n_bytes

    @property
    def n_read(self) -> int:
        return self._reading.n_read

    def parts(
        self, options: Options, now: datetime, grouper: Grouper | None, meter: Meter, kept: Job | None
    ) -> Iterator[Part]:
        found = self._reading.found(now)
        last = kept.last if kept is not None else None
        if kept is not None and last is not None:
            pass_over(found, kept.n_items, last)
        return made_parts(found, options, now=now, grouper=grouper, meter=meter)


class _Once:
    """What can be read but once."""

    n_read, n_bytes, on_cluster = 0, 0, False

    def __init__(self, found: Iterable[Sourced], inputs: Sequence[str], passed_over: Sequence[str]) -> None:
        self._found = found
        self.inputs = tuple(Input(name, 0, 0, "") for name in inputs)
        self.passed_over = tuple(passed_over)

    def parts(
        self, options: Options, now: datetime, grouper: Grouper | None, meter: Meter, kept: Job | None
    ) -> Iterator[Part]:
        return made_parts(self._found, options, now=now, grouper=grouper, meter=meter)


def score_found(
    found: Iterable[Sourced],
    inputs: Sequence[str],
    out: Path | None,
    *,
    options: Options = Options(),
    now: datetime,
    clock: Callable[[], datetime],
    report: Path | None = None,
    passed_over: Sequence[str] = (),
    on_failure: Callable[[Failure], object] = lambda failure: None,
    on_progress: OnProgress = lambda done: None,
) -> RunReport:
    """Score what can be read but once, as standard input or feeds on the web: like `score_files`, and nothing is kept on the way.

    Without `out`, lines of JSON go to standard output, and a report is written only where `report` says. `on_failure` hears
    of each failure as it is met. `passed_over` are files that were left out, for the report.
    """
    files = tuple(path for path in map(Path, inputs) if lies_at(path) == "file")
    return passing_run(
        _Once(found, inputs, passed_over), files, out, options=options, now=now, clock=clock, report=report,
        on_failure=on_failure, on_progress=on_progress,
    )  # fmt: skip


def passing_run(
    source: Source,
    files: Sequence[Path],
    out: Path | None,
    *,
    options: Options,
    now: datetime,
    clock: Callable[[], datetime],
    report: Path | None = None,
    on_failure: Callable[[Failure], object] = lambda failure: None,
    on_progress: OnProgress = lambda done: None,
) -> RunReport:
    """Score a source without keeping anything on the way; see `score_found`. None of `files` may be written over."""
    beside = report
    if out is not None:
        beside = Places.checked(files, out, report, None).report
    else:
        check_places(files, {"--report": report})
    started, meter, counts, failures = clock(), Meter(), Counts(), list[Failure]()
    grouper = new_grouper() if options.stories else None

    def lines() -> Iterator[bytes]:
        for part in source.parts(options, now, grouper, meter, None):
            counts.add(part)
            failures.extend(part.failures)
            for failure in part.failures:
                on_failure(failure)
            yield from part.records
            on_progress(Progress(counts.n_records, 0, 0, 0))
        counts.add(Part(0, (), stories=grouper.stories() if grouper else ()))

    write_kept(lines(), out)
    if out is not None:
        _write_errors(failures, out)
    manifest = manifest_of(source.inputs, options, now, on_cluster=source.on_cluster)
    run = Run(manifest, options, out, beside, started, clock(), passed_over=source.passed_over)
    return write_report(run, counts, meter.spent())


def manifest_of(
    inputs: tuple[Input, ...], options: Options, now: datetime, *, on_cluster: bool = False
) -> Manifest:
    """What a job of these inputs would be."""
    tools = options.tools
    model = model_ref(tools)
    if tools.digest and model.digest != tools.digest.strip().lower():
        opened(tools)  # says why it is not opened
    return Manifest(
        version=__version__,
        now=iso(now),
        inputs=inputs,
        any_topic=options.any_topic,
        stories=options.stories,
        model=model,
        kb=opened_lexicon(tools.lexicon).version,
        chunk=options.chunk,
        on_cluster=on_cluster,
    )


# ---------------------------------------------------------------- scoring


def _score(job: Job, source: Source, options: Options, meter: Meter, on_progress: OnProgress) -> None:
    """Make the parts that are missing."""
    last = job.last
    if last is not None and last.is_last:
        return
    now, n_kept, n_scored = datetime.fromisoformat(job.manifest.now), job.n_items, 0
    grouper = new_grouper() if options.stories else None
    if grouper is not None:
        rebuild(grouper, job.parts())
    for part in source.parts(options, now, grouper, meter, job):
        job.add(part)
        n_scored += part.n_items
        on_progress(Progress(n_scored, n_kept, source.n_read, source.n_bytes))
    stories = grouper.stories() if grouper else ()
    job.add(Part(0, (), stories=stories, spent=meter.spent(), is_last=True))


def new_grouper() -> Grouper:
    """A grouper whose memory is bounded whatever dates the articles have."""
    from labtape.story import Grouper

    return Grouper(most=MOST_GROUPED)


def made_parts(
    found: Iterable[Sourced],
    options: Options,
    *,
    now: datetime,
    grouper: Grouper | None,
    meter: Meter,
    model: Model | None = None,
) -> Iterator[Part]:
    """Score what is found, a part for each chunk. A plug-in of the options, or a `model`, judges in this process."""
    from labtape.signal.plugins import is_plugin

    tools = options.tools
    own = opened(tools)[1] if model is None and is_plugin(tools.bundle) else model
    waiting: deque[list[Sourced]] = deque()

    def chunks() -> Iterator[list[Article]]:
        source = iter(found)
        while chunk := list(islice(source, options.chunk)):
            waiting.append(chunk)
            yield [item for _, item in chunk if isinstance(item, Article)]

    lexicon = opened_lexicon(tools.lexicon)
    for chunk in judged(
        chunks(), tools=tools, own=own, now=now, jobs=options.jobs, any_topic=options.any_topic,
        grouped=grouper is not None, on_usage=meter.hear,
    ):  # fmt: skip
        records = tuple(
            to_record(annotated, signal, placed(annotated, prepared, grouper), lexicon=lexicon)
            for annotated, signal, prepared in chunk
        )
        yield part_of(waiting.popleft(), records, grouper, meter.spent())


def part_of(
    chunk: Sequence[Sourced], records: tuple[Record, ...], grouper: Grouper | None, spent: Spent
) -> Part:
    """What was read with the records that were made of it."""
    good = Counter(source for source, item in chunk if isinstance(item, Article))
    bad = Counter(item.source or source for source, item in chunk if isinstance(item, Failure))
    return Part(
        n_items=len(chunk),
        records=tuple(record_json(record).encode("utf-8") for record in records),
        failures=tuple(item for _, item in chunk if isinstance(item, Failure)),
        articles=tuple(item for _, item in chunk if isinstance(item, Article)) if grouper else (),
        stories=grouper.take_closed() if grouper else (),
        sources={name: Tally(good[name], bad[name]) for name in dict.fromkeys((*good, *bad))},
        labels=Counter(record.verdict.label or record.verdict.state for record in records),
        spent=spent,
    )


# ---------------------------------------------------------------- going on


def rebuild(grouper: Grouper, parts: Iterable[Part]) -> None:
    """Bring a grouper to where it was behind these parts; raises `BatchError` where that is not what they say.

    A grouper sees of an article its words, its language and the names in it; those are read off article and record.
    """
    for part in parts:
        for line, article in zip(part.records, part.articles, strict=True):
            plain = json.loads(line)
            mentions = tuple(from_plain(Mention, mention) for mention in plain["mentions"])
            placement = grouper.add(Annotated(article, plain["language"], mentions=mentions))
            if placement != from_plain(Placement, plain["story"]):
                raise BatchError(
                    f"article {article.id}: comes into another story than in what was kept; --restart to begin anew"
                )
        grouper.take_closed()


def pass_over(found: Iterator[Sourced], n: int, last: Part) -> None:
    """Read on behind the items of the parts kept; raises `BatchError` where those of the last one are not what was read."""
    for _ in islice(found, n - last.n_items):
        pass
    items = [item for _, item in islice(found, last.n_items)]
    read = [input_hash(item) for item in items if isinstance(item, Article)]
    if len(items) != last.n_items or read != [json.loads(line)["input_hash"] for line in last.records]:
        raise BatchError("the inputs do not hold what was read before; --restart to begin anew")


# ---------------------------------------------------------------- the end


def _join(job: Job, out: Path, counts: Counts, story_list: Path | None) -> None:
    """Write all parts as one file, and what goes beside it."""

    def lines() -> Iterator[bytes]:
        for part in job.parts():
            counts.add(part)
            yield from part.records

    write_kept(lines(), out, inside=job.folder)
    _write_errors(
        (failure for part in job.parts() for failure in part.failures) if counts.n_failures else (), out
    )
    if story_list is not None:
        with replacing(story_list) as file:
            for part in job.parts():
                file.writelines(dumps(to_plain(story)).encode() + b"\n" for story in part.stories)


def _write_errors(failures: Iterable[Failure], out: Path) -> None:
    """Failures as lines of JSON, or no such file where there are none."""
    path, rest = errors_of(out), iter(failures)
    first = next(rest, None)
    if first is None:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as file:
        file.writelines(dumps(to_plain(failure)).encode() + b"\n" for failure in chain((first,), rest))
