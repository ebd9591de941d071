"""The commands that go out for news once: run, crawl."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import (
    as_crawler,
    complain,
    local_time,
    number_of,
    open_desk,
    progress,
    settings,
    short_time,
    zone,
)
from labtape.cli.stopping import ended_by_signals
from labtape.exceptions import ReadError

if TYPE_CHECKING:
    from labtape.crawl.plan import PlannedVisit, Summary
    from labtape.desk import Crawled, Desk
    from labtape.ports import FeedState, Poll
    from labtape.types import Feed, Record


def register(app: typer.Typer) -> None:
    for command in (run, crawl):
        app.command()(command)


FeedsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--feeds",
        metavar="PATH",
        help="To add first: an OPML list, a feed file or a folder of these; repeatable.",
    ),
]
AllowPrivate = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT", help="May be fetched although its address is not public; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def run(
    context: typer.Context, feeds: FeedsOption = None, allow_private: AllowPrivate = None, json: Json = False
) -> None:
    """One cycle: crawl what is due, score, keep, digest.

    Visits the feeds whose time has come, scores what is new, keeps it, prints the digest and delivers it to the channels
    of the settings.
    """
    from labtape.cli.look import show_digest
    from labtape.desk import deliver

    chosen_feeds = feeds_option(feeds)
    with (
        ended_by_signals(),
        open_desk(context, allow_private=allow_private) as desk,
        as_crawler(context),
    ):
        with progress("crawling") as bar:
            cycle = desk.run(chosen_feeds.feeds, due_only=True, progress=bar)
        report_crawl(cycle.crawled, records=cycle.records)
        chosen = settings(context)
        digest = desk.digest(
            hours=chosen.digest.hours,
            watchlist=chosen.digest.watchlist,
            min_confidence=chosen.digest.min_confidence,
            labels=chosen.digest.labels,
        )
        show_digest(digest, "json" if json else "terminal", out=None)
        if cycle.records and not digest.counts.n_articles:
            newest = max(record.order_at for record in cycle.records)
            complain(
                f"the newest of these articles is of {newest:%Y-%m-%d}; see them with `labtape digest --since {newest:%Y-%m-%d}`"
            )
        undelivered = deliver(digest, chosen.deliver)
        for failure in undelivered:
            complain(f"labtape: {failure}")
    is_done = chosen_feeds.is_whole and not cycle.crawled.failed and not undelivered
    raise typer.Exit(0 if is_done else 1)


def crawl(
    context: typer.Context,
    feeds: FeedsOption = None,
    due: Annotated[bool, typer.Option("--due", help="Only the feeds whose time has come.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which feeds would be visited, and when; fetch nothing.")
    ] = False,
    allow_private: AllowPrivate = None,
    json: Json = False,
) -> None:
    """Visit the feeds now and keep what is new.

    Feeds that are suspended or gone are left out, and those whose server asked to wait.
    """
    from json import dumps

    chosen = feeds_option(feeds)
    with (
        ended_by_signals(),
        open_desk(context, allow_private=allow_private, write=not dry_run) as desk,
        nullcontext() if dry_run else as_crawler(context),
    ):
        if dry_run:
            _show_plan(desk, chosen.feeds, due_only=due, json=json)
            raise typer.Exit(0 if chosen.is_whole else 1)
        with progress("crawling") as bar:
            crawled = desk.crawl(chosen.feeds, due_only=due, progress=bar)
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
            skipped = [{"feed": state.url, "why": _why_skipped(state)} for state in crawled.skipped]
            typer.echo(
                dumps(
                    {
                        "polls": rows,
                        "new": len(crawled.articles),
                        "pages": len(crawled.pages),
                        "skipped": skipped,
                    },
                    ensure_ascii=False,
                )
            )
        else:
            report_crawl(crawled)
    raise typer.Exit(0 if chosen.is_whole and not crawled.failed else 1)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The feeds of `--feeds`, None without it; `is_whole` when nothing of it was left out."""

    feeds: tuple[Feed, ...] | None
    is_whole: bool = True


def feeds_option(sources: list[Path] | None) -> _Chosen:
    """What the sources name; what cannot be taken is said. Raises `ReadError` where nothing can."""
    from labtape.cli.inputs import feeds_of, say_troubles

    if not sources:
        return _Chosen(None)
    feeds: list[Feed] = []
    errors: list[ReadError] = []
    is_whole = True
    for source in sources:
        try:
            taken = feeds_of(source)
        except ReadError as e:
            errors.append(e)
            continue
        feeds += taken.feeds
        is_whole = is_whole and not taken.troubles
        say_troubles(source, taken)
    for error in errors[:-1] if not feeds else errors:
        complain(f"labtape: {error}")
    if not feeds:
        raise errors[-1]
    return _Chosen(tuple(feeds), is_whole and not errors)


# ---------------------------------------------------------------- what is shown


def _show_plan(desk: Desk, feeds: tuple[Feed, ...] | None, *, due_only: bool, json: bool) -> None:
    from json import dumps

    from labtape.crawl.plan import plan_row, summary_of

    visits = desk.plan(feeds, due_only=due_only)
    summary = summary_of(visits)
    if json:
        rows = [plan_row(visit) for visit in visits]
        typer.echo(dumps({"visits": rows, "summary": plan_row(summary)}, ensure_ascii=False))
        return
    same = _show_visits(visits) if visits else []
    if same:
        complain(f"for each of them: {', '.join(same)}")
    complain(_planned(summary))


def _show_visits(visits: Sequence[PlannedVisit]) -> list[str]:
    """Print a row for each visit; what is the same for all has no column, and is given back in words."""
    from labtape.cli.rows import Heading, Row, show_rows

    now = datetime.now(UTC)
    columns = {
        "asks": [
            "" if visit.at is None else "if changed" if visit.asks_with else "whole" for visit in visits
        ],
        "pages": ["" if visit.at is None else visit.pages for visit in visits],
    }
    whys = [
        visit.why if visit.same_as is None else f"{visit.why}; same as {visit.same_as}" for visit in visits
    ]
    same = [f"{name} {values[0]}" for name, values in columns.items() if len({*values}) == 1 and values[0]]
    if len(visits) > 1 and len({*whys}) == 1:
        same.append(whys[0])
        whys = [""] * len(visits)
    shown = [name for name, values in columns.items() if len({*values}) > 1]
    rows = [
        Row(
            cells=(
                short_time(visit.at, now=now, seconds=True) if visit.at else visit.when,
                *(columns[name][n] for name in shown),
            ),
            address=visit.address,
            below=whys[n],
        )
        for n, visit in enumerate(visits)
    ]
    show_rows(Heading((f"when ({zone()})", *shown)), rows)
    return same


def _planned(summary: Summary) -> str:
    busiest = ", ".join(f"{host} {n}" for host, n in summary.busiest if n > 1)
    last = summary.last_at and short_time(summary.last_at, now=datetime.now(UTC), seconds=True)
    return (
        f"{number_of(summary.n_feeds, 'feed')} on {number_of(summary.n_hosts, 'host')}: {summary.n_at_once} at once, "
        f"{summary.n_later} later, {summary.n_never} never"
        + (f"; the last begins at {last}" if last else "")
        + (f"; several on {busiest}" if busiest else "")
        + ". Nothing was fetched."
    )


def report_crawl(crawled: Crawled, records: Iterable[Record] = ()) -> None:
    """One line of counts on stderr, and one for each feed that failed."""
    records = tuple(records)
    for poll in crawled.failed:
        complain(f"labtape: {poll.feed_url}: {error_of(poll)}")
    polls = crawled.polls
    same = sum(poll.status == "unchanged" for poll in polls)
    counts = (
        f"{number_of(len(polls), 'feed')}: {number_of(len(crawled.articles), 'article')} new or changed, "
        f"{number_of(same, 'feed')} unchanged, {len(crawled.failed)} failed"
    )
    if crawled.pages:
        counts += f"; {_pages_read(crawled.pages)}"
    relevant = sum(record.relevance.relevant for record in records)
    complain(f"{counts}; {relevant} of {len(records)} scored are relevant" if records else counts)
    if crawled.skipped:
        complain(_skipped(crawled.skipped))


def _pages_read(pages: Sequence[Poll]) -> str:
    """How many pages were had, and why the others were not."""
    had = sum(poll.status != "failed" for poll in pages)
    kinds = Counter(poll.error_kind or "other" for poll in pages if poll.status == "failed")
    others = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items(), key=lambda row: (-row[1], row[0])))
    return f"{had} of {number_of(len(pages), 'page')} read{f' ({others})' if others else ''}"


def error_of(poll: Poll) -> str:
    """What went wrong, without the addresses that stand before it already."""
    text = poll.error or ""
    for address in (poll.address, poll.feed_url):
        text = text.removeprefix(f"{address}: ")
    return text


def _skipped(states: Iterable[FeedState]) -> str:
    """What was not visited, and when it will be."""
    whys: dict[str, int] = {}
    for state in states:
        why = _why_skipped(state)
        whys[why] = whys.get(why, 0) + 1
    times = [at for state in states if state.status == "active" and (at := state.not_before or state.due_at)]
    then = f"; the next is due {local_time(min(times))} {zone()}" if times else ""
    parts = ", ".join(f"{n} {why}" for why, n in sorted(whys.items()))
    return f"not visited: {parts}{then} (`labtape feeds health` tells more)"


def _why_skipped(state: FeedState) -> str:
    if state.status != "active":
        return state.status
    return "asked to wait" if state.not_before and state.not_before == state.due_at else "not due"
