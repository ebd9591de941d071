"""The demo: a desk in memory over the bundled feeds, at a fixed time, so that it always says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.desk import Desk
from labtape.exceptions import ReadError
from labtape.types import Feed

if TYPE_CHECKING:
    from labtape.report import Digest
    from labtape.settings import Settings

# The bundled feeds run over the three weeks before this moment.
NOW = datetime(2026, 6, 22, 7, 0, tzinfo=UTC)
SPAN = timedelta(days=22)


def feeds_folder() -> Path:
    """Where the bundled feeds lie: inside an installed package, or in the source tree."""
    installed = Path(str(files("labtape"))) / "_demo"
    source = Path(__file__).parents[2] / "corpora" / "feeds"
    for folder in (installed, source):
        if folder.is_dir():
            return folder
    raise ReadError(f"{source}: the demo's feeds are missing; install labtape from its wheel or source tree")


def demo_feeds() -> tuple[Feed, ...]:
    """The bundled feeds, as file: addresses; their publishers are named in the feeds."""
    return tuple(Feed(file.resolve().as_uri()) for file in sorted(feeds_folder().iterdir()))


def demo_desk(settings: Settings) -> Desk:
    """A desk in memory that knows the bundled feeds and whose clock stands still."""
    desk = Desk.open("memory:", settings=settings, clock=lambda: NOW)
    desk.store.add_feeds(demo_feeds(), at=desk.clock())
    return desk


def demo_digest(desk: Desk) -> Digest:
    """The digest over all three weeks of the demo, up to and with what came in at its last moment."""
    return desk.digest(since=NOW - SPAN, until=NOW + timedelta(minutes=1))
