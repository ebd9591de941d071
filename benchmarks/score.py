"""Articles per second of the whole record, on the demo's articles (repeated), one run, ratios beside the figures.

    python benchmarks/score.py [--articles 2000]

Prints a row per chunk size and number of processes. Nothing here passes or fails: machines are noisy, read the ratios.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice

from labtape.annotate import annotate_many
from labtape.batch import core
from labtape.demo import NOW, demo_feeds
from labtape.fetch import fetcher
from labtape.read import read_feed, to_article
from labtape.types import Article


def articles(n: int) -> list[Article]:
    """The demo's articles, again and again, each under its own id."""
    fetch = fetcher()
    found = [
        to_article(entry, now=NOW)
        for feed in demo_feeds()
        for entry in read_feed(fetch.fetch(feed.url).body, url=feed.url, now=NOW)
    ]
    return [replace(article, id=f"{article.id}-{i}") for i, article in enumerate(islice(cycle(found), n))]


def timed(work: Callable[[], Iterator[object]]) -> float:
    start = time.perf_counter()
    for _ in work():
        pass
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=2000)
    n = parser.parse_args().articles
    given = articles(n)
    words = sum(len(article.full.split()) for article in given)
    lexicon, _ = core.opened(core.Tools())
    list(core.score(given[:64], now=NOW))
    only = timed(lambda: annotate_many(given, lexicon))
    print(f"{n} articles, {words} words\n{'':24}{'articles/s':>12}{'ratio':>8}")
    print(f"{'annotate only':24}{n / only:12.0f}")
    base = 0.0
    for chunk, jobs in ((64, 1), (16, 1), (256, 1), (64, 2)):
        core.CHUNK = chunk
        seconds = timed(lambda jobs=jobs: core.score(given, now=NOW, jobs=jobs))
        base = base or seconds
        print(f"{f'record, chunk {chunk}, jobs {jobs}':24}{n / seconds:12.0f}{base / seconds:8.2f}")
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
