"""`labtape score --dask`: tables that the workers of a Dask cluster read by themselves.

OUT is a file (or -)      workers hand back judged articles, this process groups and writes them: the bytes of one process
OUT is a folder           workers write part-00000.parquet …, and _SUCCESS.json comes last; every article is a story of its own
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import typer

from labtape.cli.common import complain, moment, number_of, progress
from labtape.exceptions import SettingsError
from labtape.plain import iso
from labtape.read import Failure

if TYPE_CHECKING:
    from distributed import Client

    from labtape.batch.tables import Job, Written
    from labtape.desk import Progress
    from labtape.read.parts import TablePart
    from labtape.settings import Settings
    from labtape.types import Record

SUCCESS = "_SUCCESS.json"


def score_on_cluster(
    chosen: Settings,
    address: str,
    inputs: Sequence[str],
    out: str,
    *,
    any_topic: bool,
    stories: bool,
    now: str | None,
) -> None:
    """Score tables on the cluster at an address, say how it went, and leave with 1 where something failed."""
    from labtape.batch import Tools, connected, warm_up
    from labtape.batch.cluster import cluster_tools
    from labtape.batch.tables import Job, new_folder
    from labtape.read.parts import tables_at
    from labtape.report.write import check_format, check_places

    _need_dask()
    logging.getLogger("distributed").setLevel(
        logging.CRITICAL
    )  # what it would say is said below, in our words
    tables = tuple(_absolute(table) for table in tables_at(inputs))
    is_folder = _is_folder(out)
    if not is_folder and out != "-":
        check_format(Path(out))
        check_places((Path(table) for table in tables if "://" not in table), {"--out": Path(out)})
    at = moment(now, now=datetime.now(UTC)) or datetime.now(UTC)
    tools = cluster_tools(Tools(chosen.bundle, chosen.lexicon, chosen.bundle_digest))
    job = Job(tools, at, any_topic)
    failures: list[Failure] = []
    with connected(address) as client:
        warm_up(client, tools)
        with progress("scoring") as bar:
            if is_folder:
                written = _to_folder(client, tables, job, new_folder(out), failures, bar)
            else:
                written = _to_file(
                    client, tables, job, None if out == "-" else Path(out), stories, failures, bar
                )
    for failure in failures:
        complain(f"labtape: {failure.place}: {failure.error}")
    where = "" if out == "-" else f" in {out}"
    complain(f"{number_of(written, 'record')}{where}, {number_of(len(failures), 'failure')}")
    if is_folder and stories:
        complain("not grouped into stories: give one file for that, or see labtape.batch.stories_over")
    raise typer.Exit(1 if failures else 0)


def _need_dask() -> None:
    missing = [name for name in ("dask", "distributed", "fsspec") if find_spec(name) is None]
    if missing:
        raise SettingsError(f"--dask: needs {', '.join(missing)}; install labtape[dask]")


def _is_folder(out: str) -> bool:
    """A folder of parts: an address, a name that ends in / or has no ending, or a folder that is there."""
    if "://" in out:
        if PurePath(out).suffix:
            raise SettingsError(
                f"{out}: one file is written here; give a local name, or a folder as {PurePath(out).stem}/"
            )
        return True
    return out != "-" and (out.endswith("/") or Path(out).is_dir() or not Path(out).suffix)


def _absolute(table: str) -> str:
    return table if "://" in table else str(Path(table).absolute())


def _parts(client: Client, tables: Sequence[str], failures: list[Failure]) -> Iterator[TablePart]:
    """The parts of all tables in order, cut by the workers."""
    from labtape.batch.cluster import as_failure, score_parts
    from labtape.read.parts import parts_of

    for done in score_parts(client, parts_of, tables):
        if done.value is None:
            failures.append(as_failure(done.item, done))
        elif isinstance(done.value, Failure):
            failures.append(done.value)
        else:
            yield from done.value


def _to_file(
    client: Client,
    tables: Sequence[str],
    job: Job,
    path: Path | None,
    stories: bool,
    failures: list[Failure],
    bar: Progress,
) -> int:
    from labtape.batch import opened_lexicon
    from labtape.batch.cluster import as_failure, score_parts
    from labtape.batch.tables import judge_part
    from labtape.report import to_record, write_records
    from labtape.story import Grouper, story_id
    from labtape.types import Placement

    lexicon = opened_lexicon(job.tools.lexicon)
    grouper = Grouper() if stories else None

    def records() -> Iterator[Record]:
        n = 0
        for done in score_parts(client, partial(judge_part, job=job), _parts(client, tables, failures)):
            if done.value is None:
                failures.append(as_failure(done.item.place, done))
                continue
            failures.extend(done.value.failures)
            for a, signal in zip(done.value.annotated, done.value.signals, strict=True):
                placement = grouper.add(a) if grouper else Placement(id=story_id(a.article.id))
                yield to_record(a, signal, placement, lexicon=lexicon)
                n += 1
            bar(n, 0)

    return write_records(records(), path)


def _to_folder(
    client: Client, tables: Sequence[str], job: Job, folder: str, failures: list[Failure], bar: Progress
) -> int:
    from labtape.batch.cluster import as_failure, score_parts
    from labtape.batch.tables import put_text, write_part

    n = 0
    work: Callable[[tuple[int, TablePart]], Written] = partial(write_part, job=job, folder=folder)
    for done in score_parts(client, work, enumerate(_parts(client, tables, failures))):
        if done.value is None:
            failures.append(as_failure(done.item[1].place, done))
            continue
        n += done.value.n_records
        failures.extend(done.value.failures)
        bar(n, 0)
    told = {
        "records": n,
        "scored_at": iso(job.now),
        "failures": [{"place": f.place, "error": f.error} for f in failures],
    }
    put_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", folder, SUCCESS)
    return n
