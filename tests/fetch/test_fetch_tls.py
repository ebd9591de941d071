"""Certificates and HTTP/2, against servers with real ones."""

from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime, timedelta

import h2.errors
import pytest
import trustme

from labtape.exceptions import FetchError
from labtape.fetch import Crowd, HttpFetcher, Request, fetcher
from labtape.fetch.deadline import Deadline
from labtape.types import Validators

from .servers import FEED, answer, read_request, speak_http2, speak_once


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path):
    """The file in which the authority of these tests is vouched for."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


def context(authority: trustme.CA, *names: str, protocols=("http/1.1",), **times) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **times).configure_cert(made)
    made.set_alpn_protocols(list(protocols))
    return made


def fetch(server, ca_file=None, url=None, **settings):
    getter = HttpFetcher(**{"deadline": 5.0, "allow_private": (server.place,), "ca_file": ca_file} | settings)
    return getter.fetch(url or f"https://{server.place}/")


def speak_http1(connection, number):
    while read_request(connection):
        connection.sendall(answer())


def refused(server, *args, **settings) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(server, *args, **settings)
    return caught.value


def test_a_certificate_of_a_trusted_authority_is_taken(scripted, authority, trusted):
    server = scripted(speak_http1, context=context(authority, "127.0.0.1"))
    assert fetch(server, trusted).body == FEED


def test_an_encrypted_connection_is_kept_too(scripted, authority, trusted):
    server = scripted(speak_http1, context=context(authority, "127.0.0.1"))
    getter = HttpFetcher(deadline=5, allow_private=(server.place,), ca_file=trusted)
    session = getter.session()
    trip = getter.trip(f"https://{server.place}/")
    for _ in range(3):
        assert getter.step(trip, session, Deadline(5)).body == FEED
    session.close()
    assert server.n_connections == 1


def test_a_certificate_of_nobody_we_know_is_refused(scripted, authority):
    server = scripted(speak_http1, context=context(authority, "127.0.0.1"))
    assert refused(server).kind == "tls"


def test_a_certificate_for_another_host_is_refused(scripted, authority, trusted):
    server = scripted(speak_http1, context=context(authority, "elsewhere.example"))
    assert refused(server, trusted).kind == "tls"


def test_an_expired_certificate_is_refused(scripted, authority, trusted):
    then = datetime.now(UTC) - timedelta(days=30)
    times = {"not_before": then, "not_after": then + timedelta(days=7)}
    server = scripted(speak_http1, context=context(authority, "127.0.0.1", **times))
    error = refused(server, trusted)
    assert error.kind == "tls"
    assert "expired" in str(error)


def test_a_certificate_that_is_not_valid_yet_is_refused(scripted, authority, trusted):
    later = datetime.now(UTC) + timedelta(days=3)
    times = {"not_before": later, "not_after": later + timedelta(days=7)}
    server = scripted(speak_http1, context=context(authority, "127.0.0.1", **times))
    assert refused(server, trusted).kind == "tls"


def test_what_speaks_no_tls_is_no_trusted_connection(scripted):
    server = scripted(lambda connection, number: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n"))
    assert refused(server).kind == "tls"


def test_a_handshake_that_never_comes_ends_at_the_deadline(scripted):
    server = scripted(lambda connection, number: time.sleep(3))
    start = time.monotonic()
    assert refused(server, deadline=0.5).kind == "timeout"
    assert time.monotonic() - start < 1.5


def test_a_name_is_checked_against_the_certificate_without_its_last_dot(scripted, authority, trusted):
    server = scripted(speak_http1, context=context(authority, "feeds.example"))
    place = f"feeds.example.:{server.port}"
    fetched = fetch(
        server, trusted, f"https://{place}/", allow_private=(place,), resolve=lambda host, port: ["127.0.0.1"]
    )
    assert fetched.status == 200


def test_a_resolver_that_leads_to_another_machine_does_not_get_past_the_certificate(
    scripted, authority, trusted
):
    server = scripted(speak_http1, context=context(authority, "127.0.0.1"))
    place = f"bank.example:{server.port}"
    error = refused(
        server, trusted, f"https://{place}/", allow_private=(place,), resolve=lambda host, port: ["127.0.0.1"]
    )
    assert error.kind == "tls"


# ---------------------------------------------------------------- HTTP/2


@pytest.fixture
def http2(scripted, authority):
    def start(respond):
        protocols = ("h2", "http/1.1")
        return scripted(speak_http2(respond), context=context(authority, "127.0.0.1", protocols=protocols))

    return start


def say(state, stream, body=FEED, status="200", extra=()):
    state.send_headers(stream, [(":status", status), ("content-type", "application/rss+xml"), *extra])
    size = state.max_outbound_frame_size
    for start in range(0, len(body), size):
        state.send_data(stream, body[start : start + size])
    state.end_stream(stream)


def test_http2_is_spoken_where_it_is_offered(http2, trusted):
    seen = []

    def respond(state, stream, headers):
        seen.append(headers)
        say(state, stream, extra=[("etag", '"two"')])

    server = http2(respond)
    fetched = fetch(server, trusted)
    assert (fetched.body, fetched.media_type) == (FEED, "application/rss+xml")
    assert fetched.validators == Validators('"two"')
    assert fetched.n_bytes > len(FEED)
    assert (seen[0][":path"], seen[0][":authority"]) == ("/", server.place)
    assert seen[0]["user-agent"].startswith("labtape/")


def test_http2_knows_304(http2, trusted):
    def respond(state, stream, headers):
        known = headers.get("if-none-match") == '"two"'
        state.send_headers(stream, [(":status", "304" if known else "500")], end_stream=True)

    server = http2(respond)
    getter = HttpFetcher(deadline=5, allow_private=(server.place,), ca_file=trusted)
    assert getter.fetch(f"https://{server.place}/", Validators('"two"')).is_unchanged


def test_http2_keeps_its_connection(http2, trusted):
    server = http2(lambda state, stream, headers: say(state, stream))
    getter = HttpFetcher(deadline=5, allow_private=(server.place,), ca_file=trusted)
    session = getter.session()
    trip = getter.trip(f"https://{server.place}/")
    for _ in range(3):
        assert getter.step(trip, session, Deadline(5)).body == FEED
    session.close()
    assert server.n_connections == 1


def test_a_goodbye_between_two_requests_is_not_noticed(http2, trusted):
    def respond(state, stream, headers):
        say(state, stream)
        state.close_connection(h2.errors.ErrorCodes.NO_ERROR, last_stream_id=stream)

    server = http2(respond)
    get = fetcher(deadline=5, allow_private=[server.place], ca_file=trusted)
    with Crowd(get, delay=0) as crowd:
        for _ in range(3):
            crowd.submit(Request(f"https://{server.place}/"))
        assert [crowd.next(5).result.body for _ in range(3)] == [FEED] * 3
    assert server.n_connections == 3


def test_a_body_over_http2_has_the_same_limit(http2, trusted):
    assert refused(http2(lambda s, n, h: say(s, n, b"x" * 60_000)), trusted, max_bytes=50_000).kind == "size"


def test_headers_over_http2_have_the_same_limit(http2, trusted):
    many = [(f"x-{n}", "1") for n in range(600)]
    assert refused(http2(lambda s, n, h: say(s, n, extra=many)), trusted).kind == "protocol"


def test_a_flood_of_headers_over_http2_is_refused(http2, trusted):
    many = [(f"x-{n}", "y" * 50) for n in range(5_000)]
    assert refused(http2(lambda s, n, h: say(s, n, extra=many)), trusted).kind == "protocol"


@pytest.mark.parametrize("has_answer", [False, True])
def test_pings_without_end_are_too_much(scripted, authority, trusted, has_answer):
    def respond(state, stream, headers):
        if has_answer:
            state.send_headers(stream, [(":status", "200")])

    def talk(connection, number):
        speak_once(connection, respond)
        while True:
            connection.sendall((b"\x00\x00\x08\x06\x00\x00\x00\x00\x00" + b"pingping") * 500)

    server = scripted(talk, context=context(authority, "127.0.0.1", protocols=("h2",)))
    assert refused(server, trusted, deadline=10).kind == "size"


def test_silence_over_http2_ends_at_the_deadline(http2, trusted):
    start = time.monotonic()
    assert refused(http2(lambda s, n, h: None), trusted, deadline=0.6).kind == "timeout"
    assert time.monotonic() - start < 1.6


def test_a_stream_that_is_reset_is_an_error(http2, trusted):
    def respond(state, stream, headers):
        state.send_headers(stream, [(":status", "200")])
        state.reset_stream(stream)

    assert refused(http2(respond), trusted).kind == "protocol"


def test_http2_that_is_none_is_an_error(scripted, authority, trusted):
    def garbage(connection, number):
        connection.recv(100)
        connection.sendall(b"\x00\xff" * 500)
        time.sleep(0.2)

    server = scripted(garbage, context=context(authority, "127.0.0.1", protocols=("h2",)))
    assert refused(server, trusted).kind in ("protocol", "connect")
