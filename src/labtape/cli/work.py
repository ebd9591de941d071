"""The commands that score: files, and the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from labtape.cli.common import clock, console, moment, progress, settings
from labtape.exceptions import SettingsError


def register(app: typer.Typer) -> None:
    for command in (score, demo):
        app.command()(command)


def score(
    context: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Feeds, OPML, JSONL, CSV, Parquet, WARC, pages, folders, also .gz, .zst; - for stdin.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option("-o", "--out", help="FILE.jsonl[.gz|.zst], .csv or .parquet; - for JSONL on stdout."),
    ],
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    any_topic: Annotated[bool, typer.Option(help="Judge every text, AI or not.")] = False,
    stories: Annotated[bool, typer.Option(help="Group articles into stories.")] = True,
    now: Annotated[
        str | None, typer.Option(help="The time to write as scored_at, for the same bytes again.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw away what a stopped run has finished, and begin anew.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where the run report (JSON) goes; else OUT.report.json.")
    ] = None,
    story_list: Annotated[
        Path | None, typer.Option(help="Write the stories here, JSON Lines: articles, origins, what merged.")
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            help="Score tables on a Dask cluster: tcp://HOST:PORT of its scheduler, or a number of local workers."
        ),
    ] = None,
) -> None:
    """Score files: one record per article.

    Every readable article becomes a record; failures are listed in OUT.errors.jsonl (exit 1) and the rest is done. A run that
    was stopped goes on when the same command is given again, if its inputs are files.
    """
    if not out or not all(inputs):
        raise SettingsError(
            "an INPUT or --out is empty; give each a name, or - for standard input and output"
        )
    if dask is not None:
        from labtape.cli.cluster import score_on_cluster

        if jobs > 1:
            raise SettingsError(
                "--jobs: not with --dask, whose cluster has its workers (docs/scale.md); leave out one of the two"
            )
        score_on_cluster(
            settings(context), dask, inputs, out, any_topic=any_topic, stories=stories, now=moment(now, now=clock()),
            restart=restart, report=report, story_list=story_list,
        )  # fmt: skip
        return
    from labtape.batch import Options, Tools, score_files, score_found
    from labtape.batch.parts import folder_of
    from labtape.cli.inputs import sourced
    from labtape.cli.scoring import (
        kept_files,
        say_begin,
        say_end,
        say_failure,
        scoring_bar,
        stopping,
        written_to,
    )

    if out != "-" and out in inputs:
        raise SettingsError(f"{out}: is read and would be overwritten; give --out another name")
    chosen = settings(context)
    at = moment(now, now=clock())
    options = Options(Tools(chosen.bundle, chosen.lexicon, chosen.bundle_digest), jobs, any_topic, stories)
    files, target = kept_files(inputs, out), None if out == "-" else Path(out)
    with scoring_bar() as bar, stopping(folder_of(target) if files and target else None):
        if files is None or target is None:
            if story_list is not None:
                raise SettingsError(
                    "--story-list: needs files to read and a file to write; give it with these"
                )
            begun = at or clock()
            found, passed_over = sourced(inputs, chosen, now=begun, without=written_to(target, report))
            done = score_found(
                found, inputs, target, options=options, now=begun, clock=clock, report=report, passed_over=passed_over,
                on_failure=say_failure if target is None else lambda failure: None, on_progress=bar,
            )  # fmt: skip
        else:
            done = score_files(
                files, target, options=options, now=at, clock=clock, restart=restart, report=report,
                story_list=story_list, on_begin=say_begin, on_progress=bar,
            )  # fmt: skip
    say_end(done)
    raise typer.Exit(1 if done.n_failures else 0)


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Where to write the HTML digest.")] = Path("digest.html"),
) -> None:
    """The whole job on bundled feeds, offline."""
    from labtape.cli.crawling import report_crawl
    from labtape.cli.look import show_digest
    from labtape.demo import demo_desk, demo_digest

    with demo_desk(settings(context)) as desk:
        with progress("reading") as bar:
            cycle = desk.run(progress=bar)
        report_crawl(cycle.crawled, records=cycle.records)
        digest = demo_digest(desk)
    show_digest(digest, "html", out=out)
    show_digest(digest, "terminal", out=None)
    console().print(f"\nThe same digest as a page: {out}")
