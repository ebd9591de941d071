"""What several commands share: settings, consoles, times, progress."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from labtape.exceptions import SettingsError
from labtape.moments import end_of

if TYPE_CHECKING:
    from rich.console import Console

    from labtape.desk import Desk, Progress
    from labtape.settings import Settings

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SPANS = "90s, 10m, 1.5h, 7d, 2w"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPAN = re.compile(r"(\d{1,10}(?:\.\d{1,3})?)([smhdw])")


def settings(context: typer.Context) -> Settings:
    """The settings the global options chose, read when a command first asks."""
    load = context.find_root().obj
    chosen: Settings = load()
    return chosen


@contextmanager
def open_desk(
    context: typer.Context, *, allow_private: Sequence[str] | None = None, write: bool = True
) -> Iterator[Desk]:
    """The desk of the settings; `allow_private` adds to the hosts that may be fetched although they are not public.

    With `write` False it only looks: nothing is made or changed, and the database may be read-only.
    """
    from labtape.desk import Desk

    chosen = settings(context)
    if allow_private:
        hosts = (*chosen.fetch.allow_private, *allow_private)
        chosen = replace(chosen, fetch=replace(chosen.fetch, allow_private=hosts))
    with Desk.open(settings=chosen, write=write) as desk:
        yield desk


@contextmanager
def as_crawler(context: typer.Context) -> Iterator[None]:
    """While this one crawls; where another one does already, a line says so."""
    from labtape.store import other_crawler

    database = settings(context).database
    with other_crawler(database) as other:
        if other:
            place = without_password(database)
            complain(
                f"labtape: {place}: {other} crawls with it already; both go on, and ask every server twice"
            )
        yield


def without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*):[^/]*@", r"\1:***@", url)


def console() -> Console:
    """A console on stdout: colours on a terminal, plain text in a pipe."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


def number_of(n: int, thing: str) -> str:
    """A count in words.

    >>> number_of(1, "record"), number_of(0, "failure")
    ('1 record', '0 failures')
    """
    return f"{n} {thing}{'' if n == 1 else 's'}"


def complain(text: str) -> None:
    """Say something on stderr, on one line: names of files may hold the ends of lines, and what moves a terminal."""
    typer.echo(one_line(text), err=True)


def one_line(text: str) -> str:
    r"""The same text with control characters written out.

    >>> print(one_line("a\nb: is empty"))
    a\nb: is empty
    """
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def clock() -> datetime:
    """What time it is."""
    return datetime.now(UTC)


def moment(text: str | None, *, now: datetime) -> datetime | None:
    """A time from `2026-06-01`, `2026-06-01T09:30Z`, or back from now: `90m`, `36h`, `7d`, `2w`.

    >>> moment("36h", now=datetime(2026, 6, 3, tzinfo=UTC)).isoformat()
    '2026-06-01T12:00:00+00:00'
    """
    if text is None:
        return None
    try:
        if _SPAN.fullmatch(text):
            return now - span(text)
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, SettingsError) as e:
        raise SettingsError(
            f"'{text}' is no time; write 2026-06-01, 2026-06-01T09:30Z, or back from now: 36h, 7d"
        ) from e


def known_by(text: str, *, now: datetime) -> datetime:
    """The moment of `--as-of` and `--until`: like `moment`, but a date is the end of that day, and of today it is now.

    >>> known_by("2026-06-01", now=datetime(2026, 6, 3, tzinfo=UTC)).isoformat()
    '2026-06-01T23:59:59.999999+00:00'
    """
    return end_of(text, moment(text, now=now) or now, now=now)


def span(text: str) -> timedelta:
    """A length of time from `90s`, `10m`, `1.5h`, `7d`, `2w`.

    >>> span("90s"), span("1.5h")
    (datetime.timedelta(seconds=90), datetime.timedelta(seconds=5400))
    """
    parts = _SPAN.fullmatch(text)
    try:
        if parts:
            return timedelta(**{UNITS[parts[2]]: float(parts[1])})
    except OverflowError:
        parts = None
    raise SettingsError(f"'{text}' is no length of time; write {SPANS}")


def local_time(at: datetime) -> str:
    """A time as this machine's users read it, to the minute."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def short_time(at: datetime, *, now: datetime, seconds: bool = False) -> str:
    """A time of this machine's zone, with its date only where that is not today."""
    here, today = at.astimezone(), now.astimezone()
    clock = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    if here.date() == today.date():
        return clock
    return f"{here:%m-%d} {clock}" if here.year == today.year else f"{here:%Y-%m-%d} {clock}"


def zone() -> str:
    """The name of this machine's time zone, to be said once where times are shown."""
    return datetime.now(UTC).astimezone().tzname() or "local time"


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A bar on a terminal's stderr, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
