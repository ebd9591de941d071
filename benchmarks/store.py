"""What the store costs a crawl, in CPU seconds: `python benchmarks/store.py [URL]` (default: a new SQLite file).

cold       200 visits with 33 arrivals of 7 KB each, a transaction each
again      the same documents again (a changed body, no changed article)
unchanged  200 unchanged visits in one call
states     the state of 1,000 feeds
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from labtape.ports import FeedState, Poll, Visit
from labtape.store import open_store
from labtape.types import Arrival, Article, Feed, Validators

FEEDS, ENTRIES, LENGTH = 200, 33, 7_000
AT = datetime(2026, 6, 3, 12, tzinfo=UTC)


def main(url: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(url or f"sqlite:///{Path(folder) / 'tape.db'}")
        cold, again = documents(AT), documents(AT + timedelta(hours=1))
        for visit in cold:
            store.add_feed(Feed(visit.poll.feed_url))
        new = measured("cold", lambda: sum(len(store.save_visits([visit])) for visit in cold))
        assert new == FEEDS * ENTRIES
        assert measured("again", lambda: sum(len(store.save_visits([visit])) for visit in again)) == 0
        later = AT + timedelta(hours=2)
        unchanged = [
            Visit(Poll(v.poll.feed_url, later, "unchanged"), state(v.poll.feed_url, later)) for v in cold
        ]
        measured("unchanged", lambda: len(store.save_visits(unchanged)))
        for n in range(FEEDS, 1_000):
            store.add_feed(Feed(url_of(n)))
        store.save_states([state(url_of(n), later) for n in range(1_000)])
        store.feed_states()
        measured("states", lambda: len(store.feed_states()))
        store.close()


def measured(name: str, act: Callable[[], int]) -> int:
    gc.collect()
    gc.freeze()  # what the benchmark holds is not the store's to walk through
    cpu, wall = process_time(), perf_counter()
    n = act()
    print(f"{name:10} {process_time() - cpu:7.3f} CPU s  {perf_counter() - wall:7.3f} s  {n:>6}")
    return n


def url_of(feed: int) -> str:
    return f"https://site{feed}.example/feeds/news.xml"


def documents(at: datetime) -> list[Visit]:
    """The same articles whatever the time: only the words of the poll differ."""
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 11))) for _ in range(3_000)]
    visits = []
    for feed in range(FEEDS):
        arrivals = []
        for n in range(ENTRIES):
            text, link = (
                " ".join(chance.choices(words, k=1_200))[:LENGTH],
                f"https://site{feed}.example/2026/{n}/a-title-here",
            )
            title = " ".join(chance.choices(words, k=8))
            arrivals.append(
                Arrival(
                    Article(
                        f"a{feed:08x}{n:08x}"[::-1], title, text, link, link, f"Site {feed}", "en",
                        AT - timedelta(minutes=chance.randint(1, 40_000)), "second", at,
                    ),
                    (f"guid|site{feed}.example|/posts/{n}", f"url|{link}", f"title|site{feed}.example|{title}|2026-06-01"),
                )
            )  # fmt: skip
        poll = Poll(url_of(feed), at, "new", Validators(f'"{at}"'), "ff" * 32, ENTRIES, http_status=200)
        visits.append(Visit(poll, state(url_of(feed), at), tuple(arrivals)))
    return visits


def state(url: str, at: datetime) -> FeedState:
    return FeedState(
        url, due_at=at, interval=3600.0, validators=Validators(f'"{at}"', "Wed, 03 Jun 2026 12:00:00 GMT"),
        body_hash="ff" * 32, n_visits=9, first_visit_at=at, last_visit_at=at, last_success_at=at, last_new_at=at,
        n_entries=ENTRIES, skip_hours=(1, 2, 3),
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
