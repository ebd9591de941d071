"""What reading costs: 200 feeds of benchmarks/crawl_feeds.py, in processor time, whole and by feedparser's way.

python benchmarks/read.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from crawl_feeds import make_feed

from labtape.exceptions import ReadError
from labtape.read import read_document
from labtape.read.charset import decode
from labtape.read.referee import read_with_feedparser, read_xml
from labtape.read.sniff import without_prolog
from labtape.types import Feed

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def main() -> None:
    made = [make_feed(i, newest=NOW) for i in range(200)]
    documents = [
        without_prolog(decode(one.body)) for one in made if one.media_type != "application/feed+json"
    ]
    print(
        f"{sum(len(one.body) for one in made) / 1e6:.1f} MB, {sum(one.n_entries for one in made)} entries written"
    )
    for i in range(5):
        _arrivals(i, made[i].body)
    spent("read_document", lambda: sum(_arrivals(i, one.body) for i, one in enumerate(made)))
    spent("of it, the elements", lambda: sum(_count(read_xml, document) for document in documents))
    spent("feedparser alone", lambda: sum(_count(read_with_feedparser, document) for document in documents))


def _arrivals(i: int, body: bytes) -> int:
    url = f"https://site{i}.example/feed"
    return len(read_document(body, feed=Feed(url), url=url, now=NOW).arrivals)


def _count(read: Callable[[str], object], document: str) -> int:
    try:
        reading = read(document)
    except ReadError:
        return 0
    return len(getattr(reading, "items", ()))


def spent(name: str, work: Callable[[], int]) -> None:
    start = time.process_time()
    entries = work()
    print(f"{name:22} {entries:6} entries  {time.process_time() - start:6.2f} CPU s")


if __name__ == "__main__":
    main()
