"""Feeds visited when they are due, for as long as it is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from labtape.crawl.schedule import due_first

if TYPE_CHECKING:
    from labtape.crawl.engine import Crawler, Kept
    from labtape.ports import Clock, FeedState, Store
    from labtape.types import Feed

REFRESH = 15.0  # seconds until feeds that another process added, removed or resumed are noticed
LOOK = 0.5  # seconds between two looks at who is due


def watch(crawler: Crawler, store: Store, *, clock: Clock, stop: Event) -> Iterator[Kept | None]:
    """Yield each visit as it is kept, and None whenever there is nothing to do for a moment, until `stop` is set.

    A feed is asked when its `due_at` has come and nothing of it is under way. What is under way when `stop` is set is cut off
    by leaving the crawler; the next run asks for it again.
    """
    feeds = {feed.url: feed for feed in store.feeds()}
    states = {state.url: state for state in store.feed_states()}
    refreshed = looked = monotonic()
    _ask_due(crawler, feeds, states, clock)
    while not stop.is_set():
        kept = crawler.step(timeout=LOOK)
        if kept is not None and kept.state is not None:
            states[kept.state.url] = kept.state
        if monotonic() - refreshed > REFRESH:
            feeds = {feed.url: feed for feed in store.feeds()}
            states = {state.url: state for state in store.feed_states()}
            refreshed = monotonic()
        if monotonic() - looked > LOOK:
            _ask_due(crawler, feeds, states, clock)
            looked = monotonic()
        if kept is None and crawler.is_idle:
            stop.wait(LOOK)
        yield kept


def _ask_due(
    crawler: Crawler, feeds: Mapping[str, Feed], states: Mapping[str, FeedState], clock: Clock
) -> None:
    known = (states[url] for url in feeds if url in states and not crawler.is_asked(url))
    for state in due_first(known, now=clock()):
        crawler.ask(feeds[state.url], state)
