"""What Prometheus is told, read back by Prometheus' own parser."""

from dataclasses import replace
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from labtape.crawl.health import FeedHealth
from labtape.crawl.metrics import Snapshot, Tally, registry_of, serve_metrics
from labtape.exceptions import SettingsError
from labtape.ports import Poll

from .samples import NOW, URL, arrival

prometheus = pytest.importorskip("prometheus_client", reason="the metrics extra is not installed")

GOOD = Poll(URL, NOW, "new", n_bytes=1000, seconds=0.3)
FAILED = Poll(URL, NOW, "failed", error_kind="timeout", seconds=20.5)
PAGE = Poll(URL, NOW, "failed", kind="page", error_kind="http", seconds=99.0)


@pytest.fixture
def tally():
    tally = Tally()
    revised = replace(arrival("2").article, revision=2)
    tally.count(GOOD, (arrival("1").article, revised))
    tally.count(FAILED)
    tally.count(FAILED)
    tally.count(PAGE)
    tally.look(
        [FeedHealth("a", "ok", ""), FeedHealth("b", "ok", ""), FeedHealth("c", "gone", "")],
        n_due=4, n_queued=5, n_replaced=1,
    )  # fmt: skip
    return tally


def values(text):
    from prometheus_client.parser import text_string_to_metric_families

    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def shown(snapshot):
    return values(prometheus.generate_latest(registry_of(lambda: snapshot)).decode())


def test_what_was_counted_is_shown_under_the_names_of_the_docs(tally):
    found = shown(tally.snapshot())
    assert found["labtape_polls_total", "", "feed", "new"] == 1
    assert found["labtape_polls_total", "failed", "feed", "timeout"] == 2
    assert found["labtape_polls_total", "failed", "http", "page"] == 1
    assert found["labtape_fetched_bytes_total",] == 1000
    assert found["labtape_articles_new_total",] == 1 and found["labtape_revisions_total",] == 1
    assert found["labtape_feeds", "ok"] == 2 and found["labtape_feeds", "failing"] == 0
    assert found["labtape_feeds_due",] == 4 and found["labtape_queue_length",] == 5
    assert found["labtape_worker_replacements_total",] == 1
    assert found["labtape_last_success_timestamp_seconds",] == NOW.timestamp()


def test_seconds_are_a_histogram(tally):
    found = shown(tally.snapshot())
    buckets = {key[1]: n for key, n in found.items() if key[0] == "labtape_fetch_seconds_bucket"}
    assert (buckets["0.25"], buckets["0.5"], buckets["20.0"], buckets["60.0"], buckets["+Inf"]) == (
        0,
        1,
        1,
        3,
        4,
    )
    assert found["labtape_fetch_seconds_count",] == 4
    assert found["labtape_fetch_seconds_sum",] == pytest.approx(140.3)


def test_a_crawler_that_did_nothing_yet_shows_no_last_success():
    assert not any("success" in key[0] for key in shown(Snapshot()))


def test_no_label_holds_an_address(tally):
    assert not any("://" in part for key in shown(tally.snapshot()) for part in key)


def test_a_snapshot_does_not_change_afterwards(tally):
    before = tally.snapshot()
    tally.count(GOOD)
    assert before.polls["feed", "new", ""] == 1 and tally.snapshot().polls["feed", "new", ""] == 2


def test_metrics_are_served_on_this_machine_while_the_context_is_open(tally):
    with serve_metrics(0, tally.snapshot) as address:
        assert address.startswith("http://127.0.0.1:") and address.endswith("/metrics")
        assert values(urlopen(address, timeout=5).read().decode()) == shown(tally.snapshot())
        tally.count(GOOD)
        found = values(urlopen(address, timeout=5).read().decode())
        assert found["labtape_polls_total", "", "feed", "new"] == 2
    with pytest.raises(URLError):
        urlopen(address, timeout=5)


def test_two_may_be_served_beside_each_other_and_a_port_taken_is_an_error_of_ours(tally):
    with serve_metrics(0, tally.snapshot) as one, serve_metrics(0, Tally().snapshot) as other:
        assert one != other
        port = int(one.split(":")[2].split("/")[0])
        with (
            pytest.raises(SettingsError, match=f"metrics port {port}: cannot be served"),
            serve_metrics(port, tally.snapshot),
        ):
            pass
