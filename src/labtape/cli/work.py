"""The commands that do the job: run, crawl, score, demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import complain, console, number_of, open_desk, progress, settings
from labtape.exceptions import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labtape.desk import Crawled
    from labtape.types import Feed, Record


def register(app: typer.Typer) -> None:
    for command in (run, crawl, score, demo):
        app.command()(command)


FeedsOption = Annotated[
    list[Path] | None, typer.Option("--feeds", help="OPML file or folder of feeds to add first; repeatable.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def run(context: typer.Context, feeds: FeedsOption = None, json: Json = False) -> None:
    """One cycle: crawl, score, keep, digest.

    Visits the feeds, scores what is new, keeps it, prints the digest and delivers it to the channels of the settings.
    """
    from labtape.cli.look import show_digest
    from labtape.desk import deliver

    with open_desk(context) as desk:
        with progress("crawling") as bar:
            cycle = desk.run(_feeds(feeds), progress=bar)
        _report_crawl(cycle.crawled, records=cycle.records)
        chosen = settings(context)
        digest = desk.digest(hours=chosen.digest.hours, watchlist=chosen.digest.watchlist)
        show_digest(digest, "json" if json else "terminal", out=None)
        if cycle.records and not digest.counts.n_articles:
            newest = max(record.order_at for record in cycle.records)
            complain(
                f"the newest of these articles is of {newest:%Y-%m-%d}; see them with `labtape digest --since {newest:%Y-%m-%d}`"
            )
        undelivered = deliver(digest, chosen.deliver)
        for failure in undelivered:
            complain(f"labtape: {failure}")
    raise typer.Exit(1 if cycle.crawled.failed or undelivered else 0)


def crawl(context: typer.Context, feeds: FeedsOption = None, json: Json = False) -> None:
    """Visit the feeds and keep what is new."""
    from json import dumps

    with open_desk(context) as desk:
        with progress("crawling") as bar:
            crawled = desk.crawl(_feeds(feeds), progress=bar)
        if json:
            rows = [
                {
                    "feed": p.feed_url,
                    "status": p.status,
                    "entries": p.n_entries,
                    "error": p.error,
                    "kind": p.error_kind,
                }
                for p in crawled.polls
            ]
            typer.echo(dumps({"polls": rows, "new": len(crawled.articles)}, ensure_ascii=False))
        else:
            _report_crawl(crawled)
    raise typer.Exit(1 if crawled.failed else 0)


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
) -> None:
    """Score files: one record per article.

    Every readable article becomes a record; failures are listed on stderr (exit 1) and the rest is done.
    """
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
        tools = Tools(bundle=chosen.bundle, lexicon=chosen.lexicon)
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
    from labtape.cli.look import show_digest
    from labtape.demo import demo_desk, demo_digest

    with demo_desk(settings(context)) as desk:
        with progress("reading") as bar:
            cycle = desk.run(progress=bar)
        _report_crawl(cycle.crawled, records=cycle.records)
        digest = demo_digest(desk)
    show_digest(digest, "html", out=out)
    show_digest(digest, "terminal", out=None)
    console().print(f"\nThe same digest as a page: {out}")


def _feeds(sources: list[Path] | None) -> tuple[Feed, ...] | None:
    from labtape.cli.inputs import feeds_of

    return tuple(feed for source in sources for feed in feeds_of(source)) if sources else None


def _report_crawl(crawled: Crawled, records: Iterable[Record] = ()) -> None:
    """One line of counts on stderr, and one for each feed that failed."""
    records = tuple(records)
    for poll in crawled.failed:
        complain(f"labtape: {poll.feed_url}: {(poll.error or '').removeprefix(f'{poll.feed_url}: ')}")
    polls = crawled.polls
    same = sum(poll.status == "unchanged" for poll in polls)
    counts = f"{len(polls)} feeds: {len(crawled.articles)} new articles, {same} feeds unchanged, {len(crawled.failed)} failed"
    relevant = sum(record.relevance.relevant for record in records)
    complain(f"{counts}; {relevant} of {len(records)} scored are relevant" if records else counts)
