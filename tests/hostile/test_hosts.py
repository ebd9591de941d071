"""Faults 18 and 20: slow hosts beside good ones, and what else a host may be."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest

from labtape.exceptions import FetchError
from labtape.fetch import fetcher
from labtape.types import Feed

from . import certificates
from .feeds import titles
from .server import EVERYTHING
from .stations import Clock, Station, kinds, serving, station
from .wire import Exchange, Server

pytestmark = pytest.mark.slow


# ---------------------------------------------------------------- 18


def last_good(server: Server, began: float) -> float:
    """When the last of the good feeds was answered, in seconds."""
    return max(h.done_at or h.at for h in server.log if h.path.startswith("/good/")) - began


@pytest.mark.fault(18)
def test_fifty_feeds_on_a_slow_host_do_not_slow_down_fifty_on_good_ones(
    server: Server, tmp_path: Path
) -> None:
    """The good ones alone, then beside fifty feeds that are all on 127.0.0.120, which takes a second for each."""
    server.notes["slow"] = 1.0
    good = [Feed(server.url(f"/good/{i}", i + 1)) for i in range(50)]
    slow = [Feed(server.url(f"/slow/{i}", 120)) for i in range(50)]
    for folder in ("alone", "beside"):
        (tmp_path / folder).mkdir()
    with station(tmp_path / "alone", server) as desk:
        began = time.monotonic()
        desk.desk.crawl(good)
        alone = last_good(server, began)
    server.log.clear()
    mixed = [feed for pair in zip(slow, good, strict=True) for feed in pair]
    with station(tmp_path / "beside", server) as desk:
        for feed in mixed:
            desk.desk.store.add_feed(feed)
        stop = Event()
        began = time.monotonic()
        kept = []
        for event in desk.desk.watch(stop=stop, score=False):
            kept.append(event)
            n_good = sum("/good/" in k.poll.feed_url for k in kept)
            if n_good == 50 or time.monotonic() - began > 30:
                stop.set()
        beside = last_good(server, began)
    assert n_good == 50
    assert beside < alone + 1.0, f"{alone:.1f} s alone, {beside:.1f} s beside a slow host"
    assert_one_at_a_time(server, "127.0.0.120")


def assert_one_at_a_time(server: Server, host: str) -> None:
    hits = sorted((h for h in server.log if h.host == host and h.done_at), key=lambda h: h.at)
    overlaps = [(a.path, b.path) for a, b in pairwise(hits) if b.at < (a.done_at or a.at) - 0.01]
    assert overlaps == [], "two requests to one host at once"


@pytest.mark.fault(18)
def test_requests_to_one_host_are_apart_and_those_to_many_are_not(server: Server, tmp_path: Path) -> None:
    with station(tmp_path, server, delay=0.4) as desk:
        feeds = [Feed(server.url(f"/good/{i}", i % 3 + 1)) for i in range(12)]
        began = time.monotonic()
        polls = desk.desk.crawl(feeds).polls
    assert [p.n_entries for p in polls] == [10] * 12
    for host in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
        times = sorted(h.at for h in server.log if h.host == host)
        assert len(times) == 4
        assert min(later - sooner for sooner, later in pairwise(times)) >= 0.35
        assert_one_at_a_time(server, host)
    assert max(h.at for h in server.log) - began < 4.0, "hosts waited for each other"


@pytest.mark.fault(18)
def test_an_error_does_not_make_us_faster(server: Server, tmp_path: Path) -> None:
    with station(tmp_path, server, delay=0.3) as desk:
        desk.desk.crawl([Feed(server.url(f"{path}?{i}")) for i, path in enumerate(("/7/503-bare", "/7/404", "/7/429", "/good/1", "/3/reset", "/good/2"))])  # fmt: skip
    hits = sorted(server.log, key=lambda h: h.at)
    close = [(a.path, b.path, round(b.at - a.at, 3)) for a, b in pairwise(hits) if b.at - a.at < 0.25]
    assert close == []


# ---------------------------------------------------------------- 20


@pytest.mark.fault(20)
def test_old_http_is_read_or_classed(desk: Station) -> None:
    found = kinds(desk.crawl(["/20/http-1.0", "/20/http-1.0-redirect", "/20/http-0.9", "/20/http-9.9"]))
    assert (found["/20/http-1.0"], found["/20/http-1.0-redirect"]) == ("new 10", "new 10")
    assert found["/20/http-0.9"] in ("protocol", "new 10")
    assert found["/20/http-9.9"] in ("protocol", "new 10")


@pytest.mark.fault(20)
def test_a_host_that_is_on_ipv6_only_is_read(tmp_path: Path) -> None:
    server = Server(EVERYTHING, ("::1",))
    try:
        server.start()
    except OSError:
        pytest.skip("this machine has no IPv6")
    try:
        with station(tmp_path, server) as desk:
            poll = desk.desk.crawl([Feed(server.url("/good/six"))]).polls[0]
            assert (poll.status, poll.n_entries, poll.error) == ("new", 10, None)
    finally:
        server.close()


@pytest.mark.fault(20)
def test_a_certificate_that_is_expired_wrong_or_nobodys_is_a_tls_error(tmp_path: Path) -> None:
    contexts, authority = certificates.contexts(tmp_path)
    servers = {name: Server(EVERYTHING, tls=context).start() for name, context in contexts.items()}
    try:
        places = tuple(s.place() for s in servers.values())
        with station(tmp_path, servers["right"], allow_private=places) as desk:  # which trusts none of them
            polls = desk.desk.crawl([Feed(s.url(f"/good/{name}")) for name, s in servers.items()]).polls
        assert [p.error_kind for p in polls] == ["tls"] * 4
        assert [len(s.log) for s in servers.values()] == [0] * 4, (
            "spoke to a server without a good certificate"
        )

        trusting = fetcher(
            deadline=5.0, allow_private=places, ca_file=authority
        )  # which trusts whoever signed three
        found = {}
        for name, one in servers.items():
            try:
                found[name] = str(trusting.fetch(one.url(f"/good/{name}")).status)
            except FetchError as e:
                found[name] = e.kind
        assert found == {"right": "200", "expired": "tls", "wrong": "tls", "alone": "tls"}
    finally:
        for one in servers.values():
            one.close()


@pytest.mark.fault(20)
def test_http_where_tls_is_expected_and_the_other_way_round_is_classed(
    server: Server, tmp_path: Path
) -> None:
    secure = Server(EVERYTHING, ("127.0.0.7",), tls=certificates.contexts(tmp_path)[0]["alone"]).start()
    try:
        with station(tmp_path, server, allow_private=(*server.places(), *secure.places())) as desk:
            urls = [
                server.url("/good/1").replace("http:", "https:"),
                secure.url("/good/1").replace("https:", "http:"),
            ]
            began = time.monotonic()
            polls = desk.desk.crawl([Feed(url) for url in urls]).polls
            assert time.monotonic() - began < 8
        assert polls[0].error_kind in (
            "tls",
            "protocol",
            "connect",
            "timeout",
        )  # a server may wait for the rest of it
        assert polls[1].error_kind in ("tls", "protocol", "connect")
    finally:
        secure.close()


@pytest.mark.fault(20)
def test_a_name_that_does_not_exist_and_a_port_nobody_listens_at_are_classed(desk: Station) -> None:
    names = ["http://no-such-name.invalid/feed", "http://", "http:///feed", f"http://{'a' * 70}.example/feed", "http://a..b/feed", "http://xn--a/feed"]  # fmt: skip
    began = time.monotonic()
    polls = desk.desk.crawl([Feed(name) for name in names]).polls
    assert {
        p.feed_url: p.error_kind for p in polls if p.error_kind not in ("dns", "protocol", "timeout")
    } == {}
    assert time.monotonic() - began < 8


@pytest.mark.fault(20)
def test_a_port_nobody_listens_at_is_classed(tmp_path: Path, server: Server) -> None:
    with serving() as other:
        place = other.place()
    with station(tmp_path, server, allow_private=(place,)) as desk:
        poll = desk.desk.crawl([Feed(f"http://{place}/feed")]).polls[0]
    assert poll.error_kind == "connect"


@pytest.mark.fault(20)
def test_floods_of_cookies_are_classed_and_no_cookie_is_sent_back(desk: Station) -> None:
    polls = desk.crawl(["/20/cookies", "/20/cookie-flood"])
    assert kinds(polls)["/20/cookies"] == "new 10"
    assert kinds(polls)["/20/cookie-flood"] in ("protocol", "size")
    desk.clock.advance(hours=25)
    desk.crawl(["/20/cookies"])
    assert len(desk.hits("/20/cookies")) == 2
    assert [h.path for h in desk.server.log if "cookie" in h.headers] == []


async def forever(ex: Exchange) -> None:
    await asyncio.sleep(600)


async def huge(ex: Exchange) -> None:
    """10 MB of comments, then what forbids all: beyond the 500 KiB that count."""
    await ex.answer(
        200, b"# nothing\n" * 1_000_000 + b"User-agent: *\nDisallow: /\n", media_type="text/plain"
    )


ROBOTS = {  # what robots.txt is on each host, and whether pages may be fetched
    2: ((404, b""), True), 3: ((403, b""), True), 4: ((500, b""), False), 5: ((503, b""), False), 6: (forever, False),
    7: ((200, b"User-agent: *\nDisallow: /page/\n"), False), 8: ((200, b"User-agent: *\nAllow: /\n"), True),
    9: ((200, b"User-agent: labtape\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), False), 10: ((200, b""), True),
    11: ((200, b"\xff\xfe\x00garbage \x00\n" * 1000), True), 12: (huge, True),
    13: ((200, b"User-agent: other\nDisallow: /\n"), True),
}  # fmt: skip


@pytest.mark.fault(20)
def test_pages_are_fetched_as_robots_txt_allows_and_not_where_it_fails(
    server: Server, tmp_path: Path
) -> None:
    server.notes["robots"] = {f"127.0.0.{host}": answer for host, (answer, _) in ROBOTS.items()}
    with station(tmp_path, server, pages="short") as desk:
        desk.clock = Clock()
        began = time.monotonic()
        polls = desk.desk.crawl([Feed(server.url(f"/short/{host}", host)) for host in ROBOTS]).polls
        assert time.monotonic() - began < 30
        assert [p.n_entries for p in polls] == [10] * len(ROBOTS), "feeds are fetched without robots.txt"
        fetched = {host for host in ROBOTS for h in server.hits(host=host) if h.path.startswith("/page/")}
        asked = {host for host in ROBOTS for h in server.hits(host=host) if h.path == "/robots.txt"}
        assert fetched == {host for host, (_, allows) in ROBOTS.items() if allows}
        assert asked == set(ROBOTS)
        for host, (_, allows) in ROBOTS.items():
            kept = desk.desk.store.sightings(server.url(f"/short/{host}", host))
            assert sorted(a.article.title for a in kept) == sorted(titles(f"short-{host}-{host}"))
            assert all(("full_text" in a.article.flags) == allows for a in kept), host


@pytest.mark.fault(20)
def test_a_crawl_delay_is_kept_and_robots_txt_is_asked_once(server: Server, tmp_path: Path) -> None:
    server.notes["robots"] = {"127.0.0.2": (200, b"User-agent: *\nCrawl-delay: 0.5\nDisallow:\n")}
    with station(tmp_path, server, pages="short") as desk:
        feed = Feed(server.url("/short/2", 2))
        stop = Event()
        Thread(target=lambda: (time.sleep(3.0), stop.set()), daemon=True).start()
        desk.desk.store.add_feed(feed)
        for _ in desk.desk.watch(stop=stop, score=False):
            pass
    times = [h.at for h in server.hits(host=2) if h.path.startswith("/page/")]
    assert len(times) >= 2
    assert min(later - sooner for sooner, later in pairwise(times)) >= 0.45
    assert len(server.hits("/robots.txt", 2)) == 1
