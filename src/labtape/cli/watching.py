"""`labtape watch`: crawl and score on a schedule, and a line for what a person wants to see of it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import TIMEOUT_MAX, Event, Timer
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import (
    SPANS,
    as_crawler,
    complain,
    number_of,
    open_desk,
    settings,
    short_time,
    span,
    zone,
)
from labtape.cli.crawling import AllowPrivate, FeedsOption, error_of, feeds_option
from labtape.cli.delivering import outcome_json, outcome_line
from labtape.cli.stopping import stopped_by_signals
from labtape.exceptions import SettingsError, StoreError

if TYPE_CHECKING:
    from labtape.crawl.engine import Kept
    from labtape.types import Record


def register(app: typer.Typer) -> None:
    app.command()(watch)


def watch(
    context: typer.Context,
    feeds: FeedsOption = None,
    allow_private: AllowPrivate = None,
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Serve Prometheus metrics at 127.0.0.1:PORT/metrics.")
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help=f"Stop after a time: {SPANS}.")
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

    Every feed is visited when it is due; what is new is scored seconds later. What a rule of the settings asks for is sent to its
    channels, and digests at their times. Stopping loses nothing: what was under way is asked for again by the next run.
    """
    from labtape.crawl.metrics import Tally, serve_metrics
    from labtape.desk import Alerting, Outcome

    chosen_settings = settings(context)
    is_alerting = bool(chosen_settings.watch.rule or chosen_settings.watch.digest_at)
    stop, counted = Event(), _Counted()
    timer = Timer(_seconds(for_), stop.set) if for_ else None
    chosen = feeds_option(feeds).feeds or ()
    with (
        stopped_by_signals(stop),
        open_desk(context, allow_private=allow_private) as desk,
        as_crawler(context),
    ):
        desk.store.add_feeds(chosen, at=desk.clock())
        if timer:
            timer.daemon = True
            timer.start()
        tally = Tally()
        with (
            nullcontext() if metrics_port is None else serve_metrics(metrics_port, tally.snapshot) as address,
            Alerting(desk, chosen_settings) if is_alerting else nullcontext() as alerting,
        ):
            known = number_of(len(desk.feeds()), "feed")
            complain(
                f"watching {known}{f', metrics at {address}' if address else ''}; times in {zone()}; Ctrl-C stops"
            )
            is_told = False
            for event in desk.watch(stop=stop, score=score, tally=tally, alerting=alerting):
                if isinstance(event, StoreError):
                    complain(f"labtape: {event}; trying again in a minute")
                    continue
                if isinstance(event, Outcome):
                    counted.n_sent += event.error is None
                    typer.echo(outcome_json(event) if json else outcome_line(event))
                    continue
                counted.count(event)
                line = _json_line(event) if json else _line(event, verbose=verbose)
                if line:
                    typer.echo(line)
                if stop.is_set() and counted.n_scoring and not is_told:
                    complain("stopping: scoring what is left")
                    is_told = True
            complain(f"stopped after {counted.said()}")


def _seconds(text: str) -> float:
    """How long to watch."""
    seconds = span(text).total_seconds()
    if not seconds:
        raise SettingsError(f"--for {text}: nothing can be watched in no time; write {SPANS}")
    return min(seconds, TIMEOUT_MAX)


# ---------------------------------------------------------------- what is shown


@dataclass(slots=True)
class _Counted:
    """What a watch did so far."""

    n_visits: int = 0
    n_pages: int = 0
    n_refused: int = 0
    n_new: int = 0
    n_revised: int = 0
    n_texts: int = 0
    n_records: int = 0
    n_sent: int = 0  # messages
    n_scoring: int = 0  # records since the last visit

    def count(self, event: Kept | Record) -> None:
        from labtape.crawl.engine import Kept

        if not isinstance(event, Kept):
            self.n_records, self.n_scoring = self.n_records + 1, self.n_scoring + 1
            return
        self.n_scoring = 0
        new, revised = _new_and_revised(event)
        self.n_new += new
        if event.poll.kind == "feed":
            self.n_visits += 1
            self.n_revised += revised
        elif event.poll.error_kind == "robots":  # a page that was not asked for
            self.n_refused += 1
        else:
            self.n_pages += 1
            self.n_texts += revised

    def said(self) -> str:
        parts = [f"{number_of(self.n_new, 'new article')}", f"{self.n_revised} revised"]
        if self.n_pages or self.n_refused:
            refused = f", {self.n_refused} refused by robots.txt" if self.n_refused else ""
            parts.append(f"{number_of(self.n_texts, 'text')} of {number_of(self.n_pages, 'page')}{refused}")
        parts.append(f"{self.n_records} scored")
        if self.n_sent:
            parts.append(f"{number_of(self.n_sent, 'message')} sent")
        return f"{number_of(self.n_visits, 'visit')}: {', '.join(parts)}"


def _new_and_revised(event: Kept) -> tuple[int, int]:
    revised = sum(article.revision > 1 for article in event.articles)
    return len(event.articles) - revised, revised


def _line(event: Kept | Record, *, verbose: bool) -> str:
    """What a person wants to see of a visit or a record as it happens."""
    from labtape.crawl.engine import Kept

    at = datetime.now(UTC)
    now = short_time(at, now=at, seconds=True)
    if not isinstance(event, Kept):
        verdict = event.verdict.label or event.verdict.state
        return f"{now}  {verdict:<8} {event.title}" if event.relevance.relevant else ""
    poll, then = event.poll, ""
    if event.state and event.state.due_at:
        then = f", next {short_time(event.state.due_at, now=at, seconds=True)}"
    if event.state and event.state.status != "active":
        then = f", {event.state.status}"
    if poll.kind == "page":
        return f"{now}  page     {poll.address}: {error_of(poll) or poll.status}" if verbose else ""
    if poll.status == "failed":
        return f"{now}  failed   {poll.feed_url}: {error_of(poll)}{then}"
    if event.articles or verbose:
        new, revised = _new_and_revised(event)
        counts = f"{new} new{f', {revised} revised' if revised else ''} of {poll.n_entries}"
        return f"{now}  {poll.status:<8} {poll.feed_url}: {counts if event.articles else 'nothing new'}{then}"
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
