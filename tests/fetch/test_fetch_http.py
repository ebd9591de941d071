from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

import pytest

from labtape.exceptions import FetchError
from labtape.fetch import HttpFetcher
from labtape.types import Validators
from labtape.version import __version__

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def web(server, **settings) -> HttpFetcher:
    return HttpFetcher(**{"deadline": 5.0, "allow_private": (server.place,), "clock": lambda: NOW} | settings)


def refused(server, path: str, **settings) -> FetchError:
    with pytest.raises(FetchError) as caught:
        web(server, **settings).fetch(server.url(path))
    return caught.value


def test_an_answer_becomes_a_fetched(server):
    fetched = web(server).fetch(server.url("/ok"))
    assert fetched.status == 200
    assert fetched.body.startswith(b"<rss")
    assert (fetched.media_type, fetched.charset) == ("application/rss+xml", "utf-8")
    assert fetched.final_url == server.url("/ok")
    assert fetched.fetched_at == NOW


def test_the_project_names_itself(server):
    web(server).fetch(server.url("/ok"))
    seen = server.headers_seen["/ok"]
    assert seen["User-Agent"].startswith(f"labtape/{__version__}")
    assert seen["Accept-Encoding"] == "gzip, deflate"
    assert "If-None-Match" not in seen


def test_an_etag_is_sent_back_and_304_has_no_body(server):
    first = web(server).fetch(server.url("/etag"))
    second = web(server).fetch(server.url("/etag"), first.validators)
    assert first.validators == Validators(etag='W/"one"')
    assert second.is_unchanged and second.body == b""


def test_a_304_refreshes_the_validators_and_keeps_what_it_does_not_name(server):
    first = web(server).fetch(server.url("/etag"))
    second = web(server).fetch(server.url("/etag"), first.validators)
    assert second.validators == Validators('W/"one"', "Sat, 13 Jun 2026 16:37:21 GMT")


def test_last_modified_is_sent_back_as_it_came(server):
    first = web(server).fetch(server.url("/modified"))
    assert web(server).fetch(server.url("/modified"), first.validators).status == 304


def test_an_unasked_304_is_an_error(server):
    error = refused(server, "/unasked")
    assert (error.kind, error.status) == ("protocol", 304)


def test_a_validator_with_a_line_end_is_not_sent(server):
    web(server).fetch(server.url("/ok"), Validators(etag='"a"\r\nX-Evil: 1'))
    assert "X-Evil" not in server.headers_seen["/ok"]


@pytest.mark.parametrize("path", ["/drip", "/headers", "/silent"])
def test_what_drips_or_is_silent_ends_at_the_deadline(server, path):
    start = time.monotonic()
    error = refused(server, path, deadline=0.8)
    assert error.kind == "timeout"
    assert time.monotonic() - start < 2.5


@pytest.mark.parametrize("path", ["/endless", "/bomb", "/too-large"])
def test_what_is_too_large_is_refused_without_holding_it(server, path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = refused(server, path, max_bytes=2 * 1024 * 1024)
    assert error.kind == "size"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 50


@pytest.mark.parametrize(
    "path", ["/zipped", "/zipped-in-two", "/zipped-unsaid", "/not-zipped", "/deflated", "/deflated-raw"]
)
def test_a_coding_is_undone_or_repaired(server, path):
    assert web(server).fetch(server.url(path)).body.startswith(b"<rss version")


@pytest.mark.parametrize("path", ["/thrice", "/exotic", "/zipped-cut"])
def test_chained_unknown_and_cut_codings_are_refused(server, path):
    assert refused(server, path).kind == "encoding"


@pytest.mark.parametrize("path", ["/cut", "/garbage", "/many-headers", "/too-many-headers"])
def test_what_is_no_proper_http_is_an_error(server, path):
    assert refused(server, path).kind in ("protocol", "connect")


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/gone", 410), ("/busy", 503), ("/broken", 500)]
)
def test_an_error_status_is_an_error_that_names_place_and_status(server, path, status):
    error = refused(server, path)
    assert (error.kind, error.status) == ("http", status)
    assert str(error).startswith(f"{server.url(path)}: answered {status}")
    assert "\n" not in str(error)


def test_a_bad_gateway_is_tried_once_more(server):
    assert web(server).fetch(server.url("/broken-once")).status == 200
    assert server.hits["/broken-once"] == 2


def test_a_second_try_is_told_to_nobody(server, capfd):
    web(server).fetch(server.url("/broken-once"))
    assert capfd.readouterr() == ("", "")


def test_a_second_try_is_the_last(server):
    refused(server, "/broken")
    assert server.hits["/broken"] == 2


def test_a_server_that_is_busy_is_not_asked_again_at_once(server):
    refused(server, "/busy")
    assert server.hits["/busy"] == 1


def test_the_second_try_stays_inside_the_deadline(server):
    start = time.monotonic()
    refused(server, "/slow-broken", deadline=1.0)
    assert time.monotonic() - start < 2.0


def test_redirects_are_followed_up_to_five(server):
    fetched = web(server).fetch(server.url("/hop?5"))
    assert fetched.url == server.url("/hop?5")
    assert fetched.final_url == server.url("/ok")
    assert refused(server, "/hop?6").kind == "redirect"


def test_a_redirect_loop_ends(server):
    assert refused(server, "/loop").kind == "redirect"
    assert server.hits["/loop"] == 6


@pytest.mark.parametrize("path", ["/to-file", "/to-nowhere"])
def test_a_redirect_leaves_the_web_never(server, path):
    assert refused(server, path).kind == "redirect"


def test_a_redirect_to_a_private_port_is_blocked_before_it_is_reached(server, canary):
    server.canary = canary.url("/secret")
    error = refused(server, "/to-canary")
    assert error.kind == "forbidden_address"
    assert f"allow_private names {canary.place}" in str(error)
    assert not canary.hits


def test_a_redirect_to_a_link_local_address_is_blocked(server):
    assert refused(server, "/to-metadata").kind == "forbidden_address"


def test_nothing_private_is_reached_unless_it_is_named(server):
    assert refused(server, "/ok", allow_private=()).kind == "forbidden_address"
    assert refused(server, "/ok", allow_private=("127.0.0.1:1",)).kind == "forbidden_address"
    assert not server.hits


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
     "[::ffff:7f00:1]", "0.0.0.0", "[::]", "0"],
)  # fmt: skip
def test_no_spelling_of_loopback_is_reached(server, host):
    with pytest.raises(FetchError) as caught:
        web(server).fetch(f"http://{host}:{server.server_port}/ok")
    assert caught.value.kind in ("forbidden_address", "dns", "protocol")
    assert not server.hits


def test_a_proxy_of_the_environment_is_not_used(server, canary, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url(""))
    assert web(server).fetch(server.url("/ok")).status == 200
    assert not canary.hits


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "http://", "https://exa mple.com/", "http://[::1", "", "data:,x"]
)
def test_what_is_no_web_address_is_an_error(url):
    with pytest.raises(FetchError) as caught:
        HttpFetcher(deadline=1).fetch(url)
    assert caught.value.kind in ("protocol", "dns")


def test_a_port_where_nobody_listens_is_a_connection_error(server, canary):
    place = canary.place
    canary.server_close()
    with pytest.raises(FetchError) as caught:
        web(server, allow_private=(place,)).fetch(f"http://{place}/")
    assert caught.value.kind in ("connect", "timeout")
