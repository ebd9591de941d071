"""The commands that go out for news: run, crawl, watch."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Timer
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import complain, console, local_time, number_of, open_desk, progress, settings, span
from labtape.exceptions import StoreError

if TYPE_CHECKING:
    from types import FrameType

    from labtape.crawl.engine import Kept
    from labtape.desk import Crawled, Desk
    from labtape.ports import FeedState
    from labtape.types import Feed, Record


SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))


def register(app: typer.Typer) -> None:
    for command in (run, crawl, watch):
        app.command()(command)


FeedsOption = Annotated[
    list[Path] | None, typer.Option("--feeds", help="OPML file or folder of feeds to add first; repeatable.")
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

    with open_desk(context, allow_private=allow_private) as desk, _ended_by_signals():
        with progress("crawling") as bar:
            cycle = desk.run(_feeds(feeds), due_only=True, progress=bar)
        report_crawl(cycle.crawled, records=cycle.records)
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

    with open_desk(context, allow_private=allow_private) as desk, _ended_by_signals():
        if dry_run:
            _show_plan(desk, _feeds(feeds), due_only=due, json=json)
            return
        with progress("crawling") as bar:
            crawled = desk.crawl(_feeds(feeds), due_only=due, progress=bar)
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
    raise typer.Exit(1 if crawled.failed else 0)


def watch(
    context: typer.Context,
    feeds: FeedsOption = None,
    allow_private: AllowPrivate = None,
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Serve Prometheus metrics at 127.0.0.1:PORT/metrics.")
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Stop after 90s, 10m, 12h, 7d.")
    ] = None,
    score: Annotated[bool, typer.Option(help="Score what is new; --no-score only crawls.")] = True,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show visits that brought nothing, too.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print a JSON line for each visit and record.")
    ] = False,
) -> None:
    """Crawl and score on a schedule, until SIGTERM or Ctrl-C.

    Every feed is visited when it is due; what is new is scored seconds later. Stopping loses nothing: what was under way is
    asked for again by the next run.
    """
    from labtape.crawl.engine import Kept
    from labtape.crawl.metrics import Tally, serve_metrics

    stop = Event()
    with open_desk(context, allow_private=allow_private) as desk, _stopped_by_signals(stop):
        desk.store.add_feeds(_feeds(feeds) or ())
        timer = Timer(span(for_).total_seconds(), stop.set) if for_ else None
        if timer:
            timer.daemon = True
            timer.start()
        tally = Tally()
        with (
            nullcontext() if metrics_port is None else serve_metrics(metrics_port, tally.snapshot) as address
        ):
            known = number_of(len(desk.feeds()), "feed")
            complain(f"watching {known}{f', metrics at {address}' if address else ''}; Ctrl-C stops")
            n_visits = n_new = n_records = 0
            for event in desk.watch(stop=stop, score=score, tally=tally):
                if isinstance(event, StoreError):
                    complain(f"labtape: {event}; trying again in a minute")
                    continue
                if isinstance(event, Kept):
                    n_visits, n_new = n_visits + 1, n_new + len(event.articles)
                else:
                    n_records += 1
                line = _json_line(event) if json else _line(event, verbose=verbose)
                if line:
                    typer.echo(line)
            complain(f"stopped after {number_of(n_visits, 'visit')}: {n_new} new, {n_records} scored")


def _feeds(sources: list[Path] | None) -> tuple[Feed, ...] | None:
    from labtape.cli.inputs import feeds_of

    return tuple(feed for source in sources for feed in feeds_of(source)) if sources else None


# ---------------------------------------------------------------- what is shown


def _show_plan(desk: Desk, feeds: tuple[Feed, ...] | None, *, due_only: bool, json: bool) -> None:
    from json import dumps

    from rich.table import Table

    from labtape.crawl.plan import plan_row, summary_of

    visits = desk.plan(feeds, due_only=due_only)
    summary = summary_of(visits)
    if json:
        rows = [plan_row(visit) for visit in visits]
        typer.echo(dumps({"visits": rows, "summary": plan_row(summary)}, ensure_ascii=False))
        return
    table = Table("when", "feed", "asks", "pages", "why", box=None, pad_edge=False)
    for visit in visits:
        when = f"{visit.at.astimezone():%m-%d %H:%M:%S}" if visit.at else visit.when
        asks = "if changed" if visit.asks_with else "whole"
        why = visit.why if visit.same_as is None else f"{visit.why}; the same as {visit.same_as}"
        table.add_row(when, visit.address, asks if visit.at else "", visit.pages if visit.at else "", why)
    console(wide=True).print(table)
    busiest = ", ".join(f"{host} {n}" for host, n in summary.busiest if n > 1)
    complain(
        f"{number_of(summary.n_feeds, 'feed')} on {number_of(summary.n_hosts, 'host')}: {summary.n_at_once} at once, "
        f"{summary.n_later} later, {summary.n_never} never"
        + (f"; the last begins at {summary.last_at.astimezone():%H:%M:%S}" if summary.last_at else "")
        + (f"; several on {busiest}" if busiest else "")
        + ". Nothing was fetched."
    )


def report_crawl(crawled: Crawled, records: Iterable[Record] = ()) -> None:
    """One line of counts on stderr, and one for each feed that failed."""
    records = tuple(records)
    for poll in crawled.failed:
        complain(f"labtape: {poll.feed_url}: {(poll.error or '').removeprefix(f'{poll.feed_url}: ')}")
    polls = crawled.polls
    same = sum(poll.status == "unchanged" for poll in polls)
    counts = f"{len(polls)} feeds: {len(crawled.articles)} new articles, {same} feeds unchanged, {len(crawled.failed)} failed"
    if crawled.pages:
        had = sum(poll.status != "failed" for poll in crawled.pages)
        counts += f"; {had} of {number_of(len(crawled.pages), 'page')} read"
    relevant = sum(record.relevance.relevant for record in records)
    complain(f"{counts}; {relevant} of {len(records)} scored are relevant" if records else counts)
    if crawled.skipped:
        complain(_skipped(crawled.skipped))


def _skipped(states: Iterable[FeedState]) -> str:
    """What was not visited, and when it will be."""
    whys: dict[str, int] = {}
    for state in states:
        why = _why_skipped(state)
        whys[why] = whys.get(why, 0) + 1
    times = [at for state in states if state.status == "active" and (at := state.not_before or state.due_at)]
    then = f"; the next is due {local_time(min(times))}" if times else ""
    parts = ", ".join(f"{n} {why}" for why, n in sorted(whys.items()))
    return f"not visited: {parts}{then} (`labtape feeds health` tells more)"


def _why_skipped(state: FeedState) -> str:
    if state.status != "active":
        return state.status
    return "asked to wait" if state.not_before and state.not_before == state.due_at else "not due"


def _line(event: Kept | Record, *, verbose: bool) -> str:
    """What a person wants to see of a visit or a record as it happens."""
    from labtape.crawl.engine import Kept

    now = f"{datetime.now(UTC).astimezone():%H:%M:%S}"
    if not isinstance(event, Kept):
        verdict = event.verdict.label or event.verdict.state
        return f"{now}  {verdict:<8} {event.title}" if event.relevance.relevant else ""
    poll, then = event.poll, ""
    if event.state and event.state.due_at:
        then = f", next {local_time(event.state.due_at)}"
    if event.state and event.state.status != "active":
        then = f", {event.state.status}"
    if poll.kind == "page":
        return f"{now}  page     {poll.address}: {poll.error or poll.status}" if verbose else ""
    if poll.status == "failed":
        error = (poll.error or "").removeprefix(f"{poll.feed_url}: ")
        return f"{now}  failed   {poll.feed_url}: {error}{then}"
    if event.articles or verbose:
        return f"{now}  {poll.status:<8} {poll.feed_url}: {len(event.articles)} new of {poll.n_entries}{then}"
    return ""


def _json_line(event: Kept | Record) -> str:
    from json import dumps

    from labtape.crawl.engine import Kept
    from labtape.report import record_json

    if not isinstance(event, Kept):
        return record_json(event)
    poll, state = event.poll, event.state
    row = {
        "feed": poll.feed_url,
        "kind": poll.kind,
        "address": poll.address,
        "at": poll.at.isoformat(),
        "status": poll.status,
        "http_status": poll.http_status,
        "error": poll.error,
        "error_kind": poll.error_kind,
        "new": [article.id for article in event.articles],
        "next": state.due_at.isoformat() if state and state.due_at else None,
    }
    return dumps(row, ensure_ascii=False)


# ---------------------------------------------------------------- signals


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends as Ctrl-C does: what is ready is kept, everything is closed, and one line says so."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    with _handling(dict.fromkeys(SIGNALS, end)):
        try:
            yield
        except KeyboardInterrupt as e:
            number = e.args[0] if e.args else signal.SIGINT
            complain("labtape: interrupted; what was fetched so far is kept")
            raise typer.Exit(128 + number) from e


@contextmanager
def _stopped_by_signals(stop: Event) -> Iterator[None]:
    """The first SIGTERM, Ctrl-C or closed terminal asks to stop, the second ends at once."""

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt(number)
        stop.set()

    with _handling(dict.fromkeys(SIGNALS, ask)):
        yield


@contextmanager
def _handling(handlers: dict[int, object]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}  # type: ignore[arg-type]  # a handler
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
