"""What a running crawler tells Prometheus: counts of what it did, and how its feeds are.

    Tally.count(poll, articles)  ─┐
    Tally.look(…)                ─┴─> Tally.snapshot() ──> serve_metrics(port, tally.snapshot)  127.0.0.1:port/metrics

The names are a promise (docs/crawl.md). No label holds an address: a label's values are few and known, and who may read
the metrics does not learn what is read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, get_args

from labtape.crawl.health import FeedHealth, Word
from labtape.exceptions import SettingsError
from labtape.ports import Poll
from labtape.types import Article

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

HOST = "127.0.0.1"  # whoever wants it elsewhere puts a proxy before it, which can ask who is asking
# Seconds of a request. A healthy feed takes 0.1 to 1; the deadline of a whole request is 20 by default.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The counts since the start, and how things stand. `polls` is by (kind, status, error class or "").

    `seconds` counts requests by the bucket of `BUCKETS` they fall into, those above the last one last.
    """

    polls: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    n_bytes: int = 0
    seconds: tuple[int, ...] = (0,) * (len(BUCKETS) + 1)
    seconds_sum: float = 0.0
    n_articles: int = 0
    n_revisions: int = 0
    last_success_at: datetime | None = None
    feeds: Mapping[str, int] = field(default_factory=dict)
    n_due: int = 0
    n_queued: int = 0
    n_replaced: int = 0


class Tally:
    """Counts what a crawler does. Counting and looking at it may be done by different threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._polls: Counter[tuple[str, str, str]] = Counter()
        self._seconds = [0] * (len(BUCKETS) + 1)
        self._known = Snapshot()

    def count(self, poll: Poll, articles: Sequence[Article] = ()) -> None:
        """Count a visit that was kept, and the new articles and revisions it brought."""
        n_revisions = sum(article.revision > 1 for article in articles)
        with self._lock:
            known = self._known
            self._polls[poll.kind, poll.status, poll.error_kind or ""] += 1
            if poll.error_kind != "robots":  # which is a request that was not made
                self._seconds[bisect_left(BUCKETS, poll.seconds)] += 1
            self._known = replace(
                known,
                n_bytes=known.n_bytes + poll.n_bytes,
                seconds_sum=known.seconds_sum + poll.seconds,
                n_articles=known.n_articles + len(articles) - n_revisions,
                n_revisions=known.n_revisions + n_revisions,
                last_success_at=known.last_success_at if poll.status == "failed" else poll.at,
            )

    def look(
        self, health: Iterable[FeedHealth], *, n_due: int = 0, n_queued: int = 0, n_replaced: int = 0
    ) -> None:
        """Take down how things stand: feeds that are due, requests that wait, worker processes replaced so far."""
        words = Counter(one.word for one in health)
        with self._lock:
            self._known = replace(
                self._known,
                feeds={word: words[word] for word in get_args(Word)},
                n_due=n_due,
                n_queued=n_queued,
                n_replaced=n_replaced,
            )

    def snapshot(self) -> Snapshot:
        with self._lock:
            return replace(self._known, polls=dict(self._polls), seconds=tuple(self._seconds))


@contextmanager
def serve_metrics(port: int, snapshot: Callable[[], Snapshot]) -> Iterator[str]:
    """Serve /metrics on this machine only, for as long as the context is open; give its address. Port 0 takes a free one.

    `snapshot` is called by the server's thread at each request. Raises `SettingsError` where the port is taken or
    prometheus-client is not installed.
    """
    registry = registry_of(snapshot)
    from prometheus_client import start_http_server

    try:
        server, thread = start_http_server(port, addr=HOST, registry=registry)
    except (OSError, OverflowError) as e:
        raise SettingsError(
            f"metrics port {port}: cannot be served on {HOST} ({e}); choose a port that is free"
        ) from e
    try:
        yield f"http://{HOST}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def registry_of(snapshot: Callable[[], Snapshot]) -> CollectorRegistry:
    """A registry of its own that shows a snapshot whenever it is asked."""
    try:
        from prometheus_client import CollectorRegistry
        from prometheus_client.registry import Collector
    except ImportError as e:
        raise SettingsError(
            "metrics need prometheus-client; install labtape[metrics], or leave the metrics port out"
        ) from e

    class Crawler(Collector):
        def collect(self) -> Iterator[Metric]:
            return families(snapshot())

    registry = CollectorRegistry()
    registry.register(Crawler())
    return registry


def families(snapshot: Snapshot) -> Iterator[Metric]:
    """The metrics of a snapshot, in the order of docs/crawl.md."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    polls = CounterMetricFamily(
        "labtape_polls", "Visits to feeds and pages.", labels=("kind", "status", "error")
    )
    for labels, n in sorted(snapshot.polls.items()):
        polls.add_metric(labels, n)
    yield polls
    yield CounterMetricFamily("labtape_fetched_bytes", "Bytes over the wire.", value=snapshot.n_bytes)
    seconds = HistogramMetricFamily("labtape_fetch_seconds", "Seconds a request took.")
    seconds.add_metric((), _cumulative(snapshot.seconds), snapshot.seconds_sum)
    yield seconds
    yield CounterMetricFamily("labtape_articles_new", "Articles not seen before.", value=snapshot.n_articles)
    yield CounterMetricFamily(
        "labtape_revisions", "New revisions of known articles.", value=snapshot.n_revisions
    )
    feeds = GaugeMetricFamily("labtape_feeds", "Feeds by how they are.", labels=("health",))
    for word, n in snapshot.feeds.items():
        feeds.add_metric((word.replace(" ", "_"),), n)
    yield feeds
    yield GaugeMetricFamily("labtape_feeds_due", "Feeds whose time has come.", value=snapshot.n_due)
    yield GaugeMetricFamily("labtape_queue_length", "Requests not yet answered.", value=snapshot.n_queued)
    yield CounterMetricFamily(
        "labtape_worker_replacements", "Parser processes replaced.", value=snapshot.n_replaced
    )
    if snapshot.last_success_at is not None:
        yield GaugeMetricFamily(
            "labtape_last_success_timestamp_seconds",
            "When a visit last succeeded.",
            value=snapshot.last_success_at.timestamp(),
        )


def _cumulative(counts: Sequence[int]) -> list[tuple[str, float]]:
    bounds = [*map(str, BUCKETS), "+Inf"]
    return [(bound, float(sum(counts[: n + 1]))) for n, bound in enumerate(bounds)]
