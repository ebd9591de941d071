"""`labtape score --dask`: tables that the workers of a Dask cluster read by themselves.

OUT is a file (or -)      workers hand back judged articles, this process groups, keeps and writes them: the bytes of one process
OUT is a folder           workers write part-00000.parquet …, and _SUCCESS.json comes last; every article is a story of its own
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import typer

from labtape.cli.common import clock, complain, number_of, progress
from labtape.cli.scoring import say_begin, say_end, say_failure, say_passed_over, scoring_bar, stopping
from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    from distributed import Client

    from labtape.batch import Options
    from labtape.batch.spread import Tables
    from labtape.settings import Settings


def score_on_cluster(
    chosen: Settings,
    address: str,
    inputs: Sequence[str],
    out: str,
    *,
    any_topic: bool,
    stories: bool,
    now: datetime | None,
    restart: bool,
    report: Path | None,
    story_list: Path | None,
) -> None:
    """Score tables on the cluster at an address, say how it went, and leave with 1 where something failed."""
    from labtape.batch import Options, Tools, connected, warm_up
    from labtape.batch.cluster import cluster_tools
    from labtape.batch.spread import find_tables

    _need_dask()
    logging.getLogger("distributed").setLevel(
        logging.CRITICAL
    )  # what it would say is said below, in our words
    is_folder = _is_folder(out)
    file = None if is_folder or out == "-" else Path(out)
    given = {
        "--restart": restart and out == "-",
        "--report": report and is_folder,
        "--story-list": story_list and not file,
    }
    if idle := [option for option, value in given.items() if value]:
        raise SettingsError(
            f"{', '.join(idle)}: not with {'a folder of parts' if is_folder else '-o -'}; leave it out, or give --out a file"
        )
    tables = find_tables(inputs, without=_written(file, report, story_list))
    tools = cluster_tools(Tools(chosen.bundle, chosen.lexicon, chosen.bundle_digest))
    with connected(address) as client, stopping(_kept_at(out, file)):
        warm_up(client, tools)
        n_threads = sum(client.nthreads().values())
        options = Options(tools, n_threads, any_topic, stories and not is_folder)
        if is_folder:
            folder = out if "://" in out else str(Path(out).absolute())
            failed = _to_folder(client, tables, folder, options, now, restart)
        else:
            failed = _to_file(client, tables, file, options, now, restart, report, story_list)
    if is_folder and stories:
        complain("not grouped into stories: give one file for that, or see labtape.batch.stories_over")
    raise typer.Exit(1 if failed else 0)


def _written(file: Path | None, report: Path | None, story_list: Path | None) -> set[Path]:
    from labtape.batch.job import Places

    return Places.checked((), file, report, story_list).all() if file is not None else set()


def _kept_at(out: str, file: Path | None) -> Path | None:
    from labtape.batch.parts import folder_of

    if file is not None:
        return folder_of(file)
    return None if out == "-" else Path(out)


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


def _to_file(
    client: Client,
    tables: Tables,
    file: Path | None,
    options: Options,
    now: datetime | None,
    restart: bool,
    report: Path | None,
    story_list: Path | None,
) -> int:
    from labtape.batch.job import Places, kept_run, passing_run
    from labtape.batch.spread import TablesOnCluster

    source = TablesOnCluster(client, tables)
    with scoring_bar() as bar:
        if file is None:
            done = passing_run(
                source, tables.files, None, options=options, now=now or clock(), clock=clock, report=report,
                on_failure=say_failure, on_progress=bar,
            )  # fmt: skip
        else:
            done = kept_run(
                source, Places.checked(tables.files, file, report, story_list), options=options, now=now, clock=clock,
                restart=restart, on_begin=say_begin, on_progress=bar,
            )  # fmt: skip
    say_end(done)
    return done.n_failures


def _to_folder(
    client: Client, tables: Tables, folder: str, options: Options, now: datetime | None, restart: bool
) -> int:
    from labtape.batch.spread import score_into_folder

    def say_kept(n_kept: int, begun: str) -> None:
        if n_kept:
            complain(
                f"labtape: goes on with {number_of(n_kept, 'part')} kept in {folder}, begun {begun}; --restart begins anew"
            )

    with progress("scoring") as bar:
        done = score_into_folder(
            client, tables, folder, options=options, now=now, clock=clock, restart=restart, on_begin=say_kept,
            on_progress=lambda n: bar(n, 0),
        )  # fmt: skip
    for failure in done.failures:
        say_failure(failure)
    say_passed_over(tables.passed_over)
    complain(f"{number_of(done.n_records, 'record')} in {folder}, {number_of(len(done.failures), 'failure')}")
    return len(done.failures)
