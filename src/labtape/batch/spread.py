"""Tables scored by the workers of a cluster, part by part; what is finished is kept, and a run that was stopped goes on.

    tables ─cut─▸ parts ─judged by workers─▸ this process groups, keeps each part beside OUT ─all there─▸ OUT    tables_source, kept_run
                        ─scored and written by workers─▸ FOLDER/part-00000.parquet …, _SUCCESS.json last         score_into_folder

A part is known by its number: the same tables are cut alike, and what a folder or job was begun with lies in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labtape.batch.cluster import Done, cluster_tools, score_parts
from labtape.batch.core import opened_lexicon, placed, prepared_elsewhere
from labtape.batch.job import manifest_of, part_of
from labtape.batch.own import is_own
from labtape.batch.parts import Input, Job, Manifest, Part, differences, manifest_from, manifest_text
from labtape.batch.reading import Sourced, Stamped, stamped
from labtape.batch.run_report import Meter, Options
from labtape.batch.tables import (
    FOLDER_SCHEMA,
    Cut,
    JudgedPart,
    Numbered,
    Written,
    judge_part,
    note_name,
    part_name,
    put_text,
    write_part,
)
from labtape.batch.tables import Job as TableJob
from labtape.exceptions import BatchError, SettingsError
from labtape.plain import iso
from labtape.read.found import Failure
from labtape.read.parts import file_system, parts_of, tables_at
from labtape.report.record import to_record

if TYPE_CHECKING:
    from distributed import Client

    from labtape.story import Grouper

SUCCESS: Final = "_SUCCESS.json"
BEGUN: Final = "_labtape.json"


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables behind what was named, `inputs` one for each name; `passed_over` are those that labtape wrote."""

    paths: tuple[str, ...]
    inputs: tuple[Input, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Those that lie on this machine."""
        return tuple(Path(path) for path in self.paths if "://" not in path)


def find_tables(names: Iterable[str], *, without: Collection[Path] = ()) -> Tables:
    """The tables behind paths, addresses, patterns and folders, by whole names.

    Of patterns and folders, `without` and what runs of labtape wrote are passed over; on this machine it is known by its contents, in
    an object store a folder of parts by what lies beside them. Raises `SettingsError` as `tables_at` does, and where nothing is left.
    """
    paths, inputs, own = list[str](), list[Input](), list[str]()
    part_folders: dict[str, bool] = {}

    def is_ours(path: str) -> bool:
        if "://" not in path:
            return is_own(Path(path))
        fs, inside = file_system(path)
        folder = inside.rpartition("/")[0]
        if folder not in part_folders:
            part_folders[folder] = fs.exists(f"{folder}/{BEGUN}")
        return part_folders[folder]

    for name in names:
        read = found = tables_at((name,))
        if file_system(found[0])[1] != file_system(name)[1]:  # a folder or a pattern
            read = tuple(path for path in found if not (_is_among(path, without) or is_ours(path)))
            own += (path for path in found if path not in read and not _is_among(path, without))
            if not read:
                raise SettingsError(
                    f"{name}: holds nothing but what labtape wrote; would read tables of news"
                )
        read = tuple(path if "://" in path else str(Path(path).absolute()) for path in read)
        paths += read
        inputs.append(stamped(name, map(_stamp, read)))
    return Tables(tuple(paths), tuple(inputs), tuple(own))


def _is_among(path: str, without: Collection[Path]) -> bool:
    return "://" not in path and Path(path).resolve() in without


def _stamp(path: str) -> Stamped:
    """A table with its time of change, or what an object store says instead of it."""
    if "://" not in path:
        return Stamped.of(Path(path))
    fs, inside = file_system(path)
    info = fs.info(inside)
    keys = ("ETag", "etag", "mtime", "LastModified", "updated", "created")
    return Stamped(path, info["size"] or 0, next((info[key] for key in keys if key in info), ""))


def _cut(client: Client, tables: Tables) -> Iterator[Cut]:
    """The parts of all tables in order, cut by the workers; a table that cannot be is a `Failure` in its place."""
    for done in score_parts(client, parts_of, tables.paths):
        if done.value is None:
            yield Failure(done.item, done.error, done.item)
        elif isinstance(done.value, Failure):
            yield done.value
        else:
            yield from done.value


def _given_up(item: Cut, error: str) -> Failure:
    return item if isinstance(item, Failure) else Failure(item.place, error, item.path)


# ---------------------------------------------------------------- into one file


class TablesOnCluster:
    """Tables as a source of parts (`job.Source`): workers judge, and this process groups."""

    n_read, n_bytes, on_cluster = 0, 0, True

    def __init__(self, client: Client, tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self.inputs = tables.inputs
        self.passed_over = tables.passed_over

    def parts(
        self, options: Options, now: datetime, grouper: Grouper | None, meter: Meter, kept: Job | None
    ) -> Iterator[Part]:
        """The parts behind those kept: those are cut again and not judged."""
        is_prepared = prepared_elsewhere(options.jobs, grouped=grouper is not None)
        job = TableJob(cluster_tools(options.tools), now, options.any_topic, is_prepared)
        work = partial(judge_part, job=job)
        lexicon = opened_lexicon(options.tools.lexicon)
        missing = islice(_cut(self._client, self._tables), kept.n_parts if kept else 0, None)
        for done in score_parts(self._client, work, missing):
            judged = _judged(done)
            meter.add(judged.cpu_seconds)
            records = tuple(
                to_record(a, signal, placed(a, prepared, grouper), lexicon=lexicon)
                for a, signal, prepared in judged.articles
            )
            source = (
                (done.item.source or done.item.place) if isinstance(done.item, Failure) else done.item.path
            )
            items: list[Sourced] = [(source, a.article) for a, _, _ in judged.articles]
            items += ((source, failure) for failure in judged.failures)
            yield part_of(items, records, grouper, meter.spent())


def _judged(done: Done[Cut, JudgedPart]) -> JudgedPart:
    if done.value is not None:
        return done.value
    return JudgedPart([], (_given_up(done.item, done.error),))


# ---------------------------------------------------------------- into a folder


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of a run into a folder: `n_kept` parts were found done."""

    n_records: int
    failures: tuple[Failure, ...]
    n_kept: int


def score_into_folder(
    client: Client,
    tables: Tables,
    folder: str,
    *,
    options: Options,
    now: datetime | None,
    clock: Callable[[], datetime],
    restart: bool = False,
    on_begin: Callable[[int, str], object] = lambda n_kept, begun: None,
    on_progress: Callable[[int], object] = lambda n_records: None,
) -> Scored:
    """Score tables into `part-00000.parquet` … of a folder, here or in an object store: each whole or not there, `_SUCCESS.json` last.

    A folder that was begun with the same inputs and options and is not finished is gone on with: parts that are there are not scored
    again. `now` is what records are scored at; None is the time of the first start. `on_begin` hears how many parts are there and since
    when. Raises `SettingsError` for a folder that holds anything else, `BatchError` where what was begun does not fit.
    """
    manifest = manifest_of(tables.inputs, options, now or clock(), on_cluster=True)
    manifest, names = _begun(folder, manifest, restart=restart, same_now=now is not None)
    n_kept = sum(name.startswith("part-") for name in names)
    on_begin(n_kept, manifest.now)
    job = TableJob(cluster_tools(options.tools), datetime.fromisoformat(manifest.now), options.any_topic)
    numbered = (
        Numbered(number, item, bool(names & {part_name(number), note_name(number)}))
        for number, item in enumerate(_cut(client, tables))
    )
    n, failures = 0, list[Failure]()
    for done in score_parts(client, partial(write_part, job=job, folder=folder), numbered):
        written = done.value or Written(0, (_given_up(done.item.item, done.error),))
        n += written.n_records
        failures += written.failures
        on_progress(n)
    told = {
        "schema": FOLDER_SCHEMA,
        "records": n,
        "scored_at": iso(job.now),
        "failures": [{"place": f.place, "error": f.error} for f in failures],
    }
    put_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", folder, SUCCESS)
    _remove(folder, "_part-")
    return Scored(n, tuple(failures), n_kept)


def _begun(
    folder: str, manifest: Manifest, *, restart: bool, same_now: bool
) -> tuple[Manifest, frozenset[str]]:
    """With what a folder is filled, and the names in it; it is made, or what lies in it must have been begun alike."""
    fs, inside = file_system(folder)
    try:
        names = _names(folder)
        if restart and BEGUN in names:
            # Without the first of these a folder is not finished, so it goes first.
            for beginning in (SUCCESS, "part-", "_part-", BEGUN):
                _remove(folder, beginning)
            names = _names(folder)
        if SUCCESS in names and BEGUN in names:
            raise SettingsError(
                f"{folder}: a run into it is finished; give another name for the parts, or --restart to begin anew"
            )
        if names and BEGUN not in names:
            raise SettingsError(
                f"{folder}: is there and not an empty folder; give another name for the parts"
            )
        begun = None
        if any(name.startswith(("part-", "_part-")) for name in names):
            begun = manifest_from(fs.cat_file(f"{inside.rstrip('/')}/{BEGUN}"), folder)
        given = replace(manifest, now=begun.now) if begun and not same_now else manifest
        if begun is not None and (other := differences(begun, given)):
            raise BatchError(
                f"{folder}: was begun differently ({'; '.join(other)}); run it as it was begun, or --restart"
            )
        chosen = given if begun is None else replace(begun, n_starts=begun.n_starts + 1)
        fs.makedirs(inside, exist_ok=True)
        put_text(manifest_text(chosen) + "\n", folder, BEGUN)
    except OSError as e:
        raise SettingsError(f"{folder}: cannot be made ({e.strerror or e}); give another place") from e
    return chosen, frozenset(names)


def _names(folder: str) -> list[str]:
    """What lies in a folder, none where it is not there. Raises `SettingsError` where the place is taken by a file."""
    fs, inside = file_system(folder)
    fs.invalidate_cache()
    if not fs.exists(inside):
        return []
    if not fs.isdir(inside):
        raise SettingsError(f"{folder}: is a file; give another name for the folder of parts")
    return [str(path).rstrip("/").rpartition("/")[2] for path in fs.ls(inside, detail=False)]


def _remove(folder: str, beginning: str) -> None:
    fs, inside = file_system(folder)
    for name in _names(folder):
        if name.startswith(beginning):
            fs.rm_file(f"{inside.rstrip('/')}/{name}")
