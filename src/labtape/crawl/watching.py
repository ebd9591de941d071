"""Feeds visited when they are due, for as long as it is wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from labtape.crawl.schedule import due_first
from labtape.exceptions import StoreError

if TYPE_CHECKING:
    from labtape.crawl.engine import Crawler, Held, Kept
    from labtape.ports import Clock, FeedState, Store
    from labtape.types import Feed

REFRESH = 15.0  # seconds until feeds that another process added, removed or resumed are noticed
LOOK = 0.5  # seconds between two looks at who is due
PAUSE = 60.0  # seconds until a database that could not be used is tried again


def watch(
    crawler: Crawler, store: Store, *, clock: Clock, stop: Event, pause: float = PAUSE
) -> Iterator[Kept | Held | StoreError | None]:
    """Yield each visit as it is kept, and None whenever there is nothing to do for a moment, until `stop` is set.

    A feed is asked when its `due_at` has come and nothing of it is under way. What is under way when `stop` is set is cut off
    by leaving the crawler; the next run asks for it again. A database that cannot be used is told as a value; `pause`
    seconds later it is tried again, and nobody is asked until then.
    """
    known = _Known({}, {})
    refreshed = looked = -math.inf
    while not stop.is_set():
        try:
            if monotonic() - refreshed > REFRESH:
                known = _Known(
                    {feed.url: feed for feed in store.feeds()},
                    {state.url: state for state in store.feed_states()},
                )
                refreshed = monotonic()
            if monotonic() - looked > LOOK:
                known.ask_due(crawler, clock)
                looked = monotonic()
            kept = crawler.step(timeout=LOOK)
        except StoreError as e:
            yield e
            stop.wait(pause)
            continue
        if kept is not None and kept.state is not None:
            known.states[kept.state.url] = kept.state
        if kept is None and crawler.is_idle:
            stop.wait(LOOK)
        yield kept


@dataclass(frozen=True, slots=True)
class _Known:
    """The feeds and their states, by url."""

    feeds: dict[str, Feed]
    states: dict[str, FeedState]

    def ask_due(self, crawler: Crawler, clock: Clock) -> None:
        known = (state for url, state in self.states.items() if not crawler.is_asked(url))
        for state in due_first(known, now=clock()):
            if state.url in self.feeds:
                crawler.ask(self.feeds[state.url], state)
