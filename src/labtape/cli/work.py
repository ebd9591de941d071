"""The commands that score: files, and the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from labtape.cli.common import complain, console, number_of, progress, settings
from labtape.exceptions import SettingsError


def register(app: typer.Typer) -> None:
    for command in (score, demo):
        app.command()(command)


def score(
    context: typer.Context,
    inputs: Annotated[
        list[str], typer.Argument(help="Feeds, OPML, JSONL, CSV, Parquet, pages, folders; - for stdin.")
    ],
    out: Annotated[
        str, typer.Option("-o", "--out", help="FILE.jsonl[.gz], .csv or .parquet; - for JSONL on stdout.")
    ],
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    any_topic: Annotated[bool, typer.Option(help="Judge every text, AI or not.")] = False,
    stories: Annotated[bool, typer.Option(help="Group articles into stories.")] = True,
    now: Annotated[
        str | None, typer.Option(help="The time to write as scored_at, for the same bytes again.")
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            help="Score tables on a Dask cluster: tcp://HOST:PORT of its scheduler, or a number of local workers. OUT may be a folder."
        ),
    ] = None,
) -> None:
    """Score files: one record per article.

    Every readable article becomes a record; failures are listed on stderr (exit 1) and the rest is done.
    """
    if dask is not None:
        from labtape.cli.cluster import score_on_cluster

        score_on_cluster(settings(context), dask, inputs, out, any_topic=any_topic, stories=stories, now=now)
        return
    from labtape.batch import Tools
    from labtape.batch import score as score_articles
    from labtape.cli.common import moment
    from labtape.cli.inputs import Counted, articles_of
    from labtape.report import write_records
    from labtape.story import Grouper

    if out in inputs:
        raise SettingsError(f"{out}: is read and would be overwritten; give --out another name")
    chosen = settings(context)
    at = moment(now, now=datetime.now(UTC)) or datetime.now(UTC)
    counted = Counted()
    with progress("scoring") as bar:
        articles = counted.good(articles_of(inputs, chosen, now=at), bar)
        tools = Tools(chosen.bundle, chosen.lexicon, chosen.bundle_digest)
        grouper = Grouper() if stories else None
        records = score_articles(
            articles, tools=tools, now=at, jobs=jobs, any_topic=any_topic, grouper=grouper
        )
        written = write_records(records, None if out == "-" else Path(out))
    for failure in counted.failures:
        complain(f"labtape: {failure.place}: {failure.error}")
    where = "" if out == "-" else f" in {out}"
    complain(f"{number_of(written, 'record')}{where}, {number_of(len(counted.failures), 'failure')}")
    raise typer.Exit(1 if counted.failures else 0)


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
