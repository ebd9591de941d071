"""What an answer says besides its body: where the feed lives now, when to come back, what to ask with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.exceptions import FetchError
from labtape.fetch import HttpFetcher, host_key
from labtape.fetch.answers import Trip, find_max_age, find_retry, judged
from labtape.fetch.session import Reply
from labtape.fetch.urls import read_address
from labtape.types import Validators

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def web(server, **settings) -> HttpFetcher:
    return HttpFetcher(**{"deadline": 5.0, "allow_private": (server.place,), "clock": lambda: NOW} | settings)


@pytest.mark.parametrize(
    ("hops", "has_moved"),
    [
        ("301", True),
        ("308", True),
        ("301,308,301", True),
        ("302", False),
        ("301,302", False),
        ("307,308", False),
    ],
)
def test_a_feed_has_moved_only_when_every_hop_was_permanent(server, hops, has_moved):
    fetched = web(server).fetch(server.url(f"/moved?{hops}"))
    assert fetched.moved_to == (server.url("/ok") if has_moved else None)
    assert fetched.url == server.url(f"/moved?{hops}")


def test_what_was_not_redirected_has_not_moved(server):
    assert web(server).fetch(server.url("/ok")).moved_to is None


def trip(url: str) -> Trip:
    return Trip(url, read_address(url), Validators())


def reply(status: int, **headers: str) -> Reply:
    return Reply(status, [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()], b"x", 10)


def test_a_permanent_move_that_gives_up_encryption_is_not_believed():
    on = judged(
        trip("https://a.example/"), reply(301, Location="http://a.example/"), now=NOW, max_redirects=5
    )
    back = judged(on, reply(301, Location="https://b.example/"), now=NOW, max_redirects=5)
    assert judged(back, reply(200), now=NOW, max_redirects=5).moved_to is None


def test_a_permanent_move_to_encryption_is_believed_without_its_fragment():
    on = judged(
        trip("http://a.example/#top"), reply(308, Location="https://a.example/#top"), now=NOW, max_redirects=5
    )
    assert judged(on, reply(200), now=NOW, max_redirects=5).moved_to == "https://a.example/"


def test_a_way_that_leads_back_is_no_move():
    on = judged(trip("http://a.example/"), reply(301, Location="/b"), now=NOW, max_redirects=5)
    back = judged(on, reply(301, Location="/"), now=NOW, max_redirects=5)
    assert judged(back, reply(200), now=NOW, max_redirects=5).moved_to is None


def test_bytes_of_all_hops_count():
    on = judged(trip("http://a.example/"), reply(302, Location="/b"), now=NOW, max_redirects=5)
    assert judged(on, reply(200), now=NOW, max_redirects=5).n_bytes == 20


def test_a_location_in_utf8_is_read_as_such():
    on = judged(
        trip("http://a.example/"),
        Reply(302, [(b"location", "/é".encode())], b"", 0),
        now=NOW,
        max_redirects=5,
    )
    assert on.address.target == b"/%C3%A9"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("max-age=0", 0), ("MAX-AGE = 60", 60), ("s-maxage=9, max-age=8", 8), ("max-age=-1", None), ("max-age", None),
     ("no-store, max-age=60", None), ("no-cache, max-age=60", None), ('no-cache="set-cookie", max-age=60', 60),
     ("max-age=600, stale-while-revalidate=30", 600), ("", None), ("max-age=" + "9" * 400, 86400), ("max-age=１", None)],
)  # fmt: skip
def test_cache_control_says_how_long_an_answer_stays_fresh(said, seconds):
    assert find_max_age(said) == seconds


@pytest.mark.parametrize(
    ("said", "at"),
    [("0", NOW), ("30", NOW + timedelta(seconds=30)), (" 30.2 ", NOW + timedelta(seconds=31)),
     ("9" * 12, NOW + timedelta(days=31)), ("9" * 400, None), ("-5", None), ("", None), ("tomorrow", None),
     ("Wed, 01 Jul 2026 13:00:00 GMT", NOW + timedelta(hours=1)),
     ("Wednesday, 01-Jul-26 13:00:00 GMT", NOW + timedelta(hours=1)),
     ("Wed Jul  1 13:00:00 2026", NOW + timedelta(hours=1)),
     ("Wed, 01 Jul 2026 15:00:00 +0200", NOW + timedelta(hours=1)),
     ("Fri, 31 Dec 9999 23:59:59 GMT", NOW + timedelta(days=31)), ("Thu, 01 Jan 1970 00:00:00 GMT", NOW)],
)  # fmt: skip
def test_retry_after_is_a_moment_at_most_a_month_ahead(said, at):
    assert find_retry(said, NOW) == at


@given(st.text())
def test_no_header_makes_reading_it_fail(text):
    assert find_max_age(text) is None or 0 <= find_max_age(text) <= 86400
    at = find_retry(text, NOW)
    assert at is None or NOW <= at <= NOW + timedelta(days=31)
    assert isinstance(host_key(text), str)


def test_an_answer_says_when_to_come_back_and_what_it_weighed(server):
    fetched = web(server).fetch(server.url("/fresh"))
    assert (fetched.max_age, fetched.retry_at) == (900, NOW + timedelta(seconds=120))
    assert len(fetched.body) < fetched.n_bytes < len(fetched.body) + 1000
    assert 0 < fetched.seconds < 5


@pytest.mark.parametrize(
    ("path", "status", "later"),
    [("/busy", 503, timedelta(minutes=1)), ("/too-many", 429, timedelta(minutes=30)), ("/gone", 410, None), ("/none", 404, None)],
)  # fmt: skip
def test_an_error_carries_its_status_and_retry_after(server, path, status, later):
    with pytest.raises(FetchError) as caught:
        web(server).fetch(server.url(path))
    assert (caught.value.kind, caught.value.status) == ("http", status)
    assert caught.value.retry_at == (NOW + later if later else None)


def test_a_rotating_etag_is_taken_as_it_comes(server):
    first = web(server).fetch(server.url("/rotating"))
    second = web(server).fetch(server.url("/rotating"), first.validators)
    assert (first.validators.etag, second.validators.etag) == ('"1"', '"2"')
    assert first.body == second.body


def test_an_etag_of_odd_letters_goes_back_to_the_letter(server):
    first = web(server).fetch(server.url("/odd-etag"))
    assert first.validators.etag == "W/\"caf\xe9 'x' <y>\""
    web(server).fetch(server.url("/odd-etag"), first.validators)
    assert server.headers_seen["/odd-etag"]["If-None-Match"] == first.validators.etag


def test_a_validator_no_server_would_take_back_is_not_kept():
    fetched = judged(trip("http://a.example/"), reply(200, ETag="x" * 5000), now=NOW, max_redirects=5)
    assert fetched.validators == Validators()


@pytest.mark.parametrize(
    ("accept", "asked"), [("feed", "application/atom+xml"), ("page", "text/html"), ("robots", "text/plain")]
)
def test_what_is_wanted_is_said(server, accept, asked):
    web(server).fetch(server.url("/ok"), accept=accept)
    assert server.headers_seen["/ok"]["Accept"].startswith(asked)


@pytest.mark.parametrize(
    ("url", "key"),
    [("https://A.Example/x", "a.example"), ("http://a.example:443/", "a.example:443"), ("https://a.example:443/", "a.example"),
     ("http://a.example./", "a.example"), ("http://[::1]:8080/", "[::1]:8080"), ("http://Bücher.example/", "xn--bcher-kva.example"),
     ("http://user:pw@a.example/", "a.example"), ("file:///a.xml", ""), ("a.xml", ""), ("http://", ""), ("ftp://a.example/", "")],
)  # fmt: skip
def test_a_host_has_one_name_in_the_queues(url, key):
    assert host_key(url) == key
