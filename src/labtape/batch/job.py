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
from typing import TYPE_CHECKING

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
from labtape.read.found import Failure
from labtape.report.record import dumps, input_hash, record_json, to_record
from labtape.report.write import check_places, format_of, replacing, write_kept
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
    beside = report or out.with_name(f"{out.name}.report.json")
    if paths and not any(
        path.exists() for path in paths
    ):  # what an earlier run wrote is not replaced by nothing
        raise SettingsError(f"{', '.join(map(str, paths))}: there is no such file or folder")
    written = _places(paths, out, beside, story_list)
    reading = Reading(paths, without=written)
    started = clock()
    manifest = manifest_of(reading.inputs, options, now or started)
    with opened_job(folder_of(out), manifest, restart=restart, same_now=now is not None) as job:
        on_begin(job)
        meter = Meter(job.part(job.n_parts - 1).spent if job.n_parts else Spent())
        counts = Counts(n_kept=job.n_items)
        _score(job, reading, options, meter, on_progress)
        _join(job, out, counts, story_list)
        run = Run(job.manifest, options, out, beside, started, clock(), job.manifest.n_starts - 1)
        made = write_report(run, counts, meter.spent())
        job.end()
    return made


def score_found(
    found: Iterable[Sourced],
    inputs: Sequence[str],
    out: Path | None,
    *,
    options: Options = Options(),
    now: datetime,
    clock: Callable[[], datetime],
    report: Path | None = None,
    on_failure: Callable[[Failure], object] = lambda failure: None,
    on_progress: OnProgress = lambda done: None,
) -> RunReport:
    """Score what can be read but once, as standard input or feeds on the web: like `score_files`, and nothing is kept on the way.

    Without `out`, lines of JSON go to standard output, and a report is written only where `report` says. `on_failure` hears
    of each failure as it is met.
    """
    beside = report or (out.with_name(f"{out.name}.report.json") if out else None)
    files = tuple(path for path in map(Path, inputs) if path.is_file())
    if out is not None:
        _places(files, out, beside, None)
    else:
        check_places(files, {"--report": beside})
    started, meter, counts, failures = clock(), Meter(), Counts(), list[Failure]()
    grouper = new_grouper() if options.stories else None

    def lines() -> Iterator[bytes]:
        for part in made_parts(found, options, now=now, grouper=grouper, meter=meter):
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
    manifest = manifest_of(tuple(Input(name, 0, 0, "") for name in inputs), options, now)
    return write_report(Run(manifest, options, out, beside, started, clock()), counts, meter.spent())


def manifest_of(inputs: tuple[Input, ...], options: Options, now: datetime) -> Manifest:
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
    )


def _places(inputs: Sequence[Path], out: Path, report: Path | None, story_list: Path | None) -> set[Path]:
    """All that a run writes, once it is sure that nothing that is read is among it."""
    format_of(out)
    written = {"--out": out, "--report": report, "--story-list": story_list}
    check_places(inputs, written)
    check_places((*inputs, *filter(None, written.values())), {"--out": errors_of(out)})
    return {path.resolve() for path in (*written.values(), errors_of(out)) if path}


# ---------------------------------------------------------------- scoring


def _score(job: Job, reading: Reading, options: Options, meter: Meter, on_progress: OnProgress) -> None:
    """Make the parts that are missing."""
    last = job.part(job.n_parts - 1) if job.n_parts else None
    if last is not None and last.n_items == 0:
        return
    now, n_kept, n_scored = datetime.fromisoformat(job.manifest.now), job.n_items, 0
    grouper = new_grouper() if options.stories else None
    if grouper is not None:
        rebuild(grouper, job.parts())
    found = reading.found(now)
    if last is not None:
        pass_over(found, n_kept, last)
    for part in made_parts(found, options, now=now, grouper=grouper, meter=meter):
        job.add(part)
        n_scored += part.n_items
        on_progress(Progress(n_scored, n_kept, reading.n_read, reading.n_bytes))
    job.add(Part(0, (), stories=grouper.stories() if grouper else (), spent=meter.spent()))


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
        yield _part(waiting.popleft(), records, grouper, meter.spent())


def _part(chunk: list[Sourced], records: tuple[Record, ...], grouper: Grouper | None, spent: Spent) -> Part:
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
