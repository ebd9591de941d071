"""How commands that take their time end before their time: by a signal, cleanly, with one line."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import typer

from labtape.cli.common import complain

if TYPE_CHECKING:
    from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))


@contextmanager
def ended_by_signals() -> Iterator[None]:
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
def stopped_by_signals(stop: Event) -> Iterator[None]:
    """The first SIGTERM, Ctrl-C or closed terminal asks to stop, the second ends at once, with one line."""

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt(number)
        stop.set()
        if number == signal.SIGINT:  # the terminal shows ^C and the cursor behind it
            # Not by echo: a handler may come in the middle of one.
            os.write(2, (b"\n" if os.isatty(2) else b"") + b"stopping; Ctrl-C again ends at once\n")

    with _handling(dict.fromkeys(SIGNALS, ask)):
        try:
            yield
        except KeyboardInterrupt as e:
            number = e.args[0] if e.args else signal.SIGINT
            complain(
                "labtape: ended at once; what was fetched so far is kept, the rest comes with the next run"
            )
            raise typer.Exit(128 + number) from e


@contextmanager
def _handling(handlers: dict[int, object]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}  # type: ignore[arg-type]  # a handler
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
