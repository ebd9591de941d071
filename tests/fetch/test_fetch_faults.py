"""The faults of the web that a transport meets, each against a real server: an error with a class, in time and in bounds."""

from __future__ import annotations

import resource
import socket
import threading
import time
import zlib

import pytest

from labtape.exceptions import FetchError
from labtape.fetch import Crowd, HttpFetcher, Request, fetcher
from labtape.fetch.coding import decode
from labtape.fetch.names import resolve

from .servers import FEED, answer, read_request


def web(server, **settings) -> HttpFetcher:
    return HttpFetcher(**{"deadline": 5.0, "allow_private": (server.place,)} | settings)


def refused(server, path: str = "/", **settings) -> FetchError:
    with pytest.raises(FetchError) as caught:
        web(server, **settings).fetch(f"http://{server.place}{path}")
    return caught.value


def grown_by() -> float:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---------------------------------------------------------------- 1, 18: time


@pytest.mark.slow
def test_hosts_that_hang_in_every_way_end_at_the_deadline_and_delay_nobody(server, scripted):
    quick = scripted(lambda connection, number: read_request(connection) and connection.sendall(answer()))
    places = [server.place, quick.place]
    others = [f"127.0.0.{n}:{server.server_port}" for n in range(2, 5)]
    with Crowd(fetcher(deadline=2.0, allow_private=places), delay=0) as crowd:
        crowd.submit(Request(server.url("/silent")))
        crowd.submit(Request(f"http://{others[0]}/"))
        start = time.monotonic()
        crowd.submit(Request(f"http://{quick.place}/"))
        found = {}
        while crowd.pending:
            taken = crowd.next(5)
            found[taken.host] = (taken.result, time.monotonic() - start)
    assert found[server.place][0].kind == "timeout"
    assert found[server.place][1] < 4
    assert found[quick.place][0].status == 200
    assert found[quick.place][1] < 1.5


@pytest.mark.slow
def test_names_that_hang_hold_up_no_other_name(scripted):
    quick = scripted(lambda connection, number: read_request(connection) and connection.sendall(answer()))
    place = f"quick.example:{quick.port}"

    def sluggish(host: str, port: int) -> list[str]:
        if host != "quick.example":
            time.sleep(3)
        return ["127.0.0.1"]

    with Crowd(fetcher(deadline=2.0, allow_private=[place], resolve=sluggish), delay=0) as crowd:
        for n in range(40):
            crowd.submit(Request(f"http://hangs{n}.example/"))
        crowd.submit(Request(f"http://{place}/"))
        start = time.monotonic()
        kinds = []
        while crowd.pending:
            taken = crowd.next(5)
            if taken.host == place:
                assert taken.result.status == 200
                assert time.monotonic() - start < 1.5
            else:
                kinds.append(taken.result.kind)
        assert kinds == ["timeout"] * 40


# ---------------------------------------------------------------- 2: size


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/endless", "size"), ("/bomb", "size"), ("/bomb-unsaid", "size"), ("/br", "encoding"), ("/zstd", "encoding"),
     ("/gzip-gzip", "encoding"), ("/thrice", "encoding"), ("/interim", "size"), ("/crumbs", "size"), ("/large-header", "protocol")],
)  # fmt: skip
def test_what_is_too_much_is_refused_and_not_held(server, path, kind):
    before = grown_by()
    error = refused(server, path, deadline=10.0)
    assert error.kind == kind
    assert grown_by() - before < 50


def decoded(pieces: list[bytes], **how) -> bytes:
    found = []
    decode(pieces, add=found.append, **how)
    return b"".join(found)


def test_three_codings_hidden_in_one_another_are_undone_once():
    """A body that still looks packed after its one coding is handed on as it is; nobody unpacks it further."""
    inner = zlib.compress(zlib.compress(bytes(5_000_000)))
    assert decoded([zlib.compress(inner)], coding="deflate", limit=10_000) == inner


def test_a_deflate_bomb_is_refused():
    before = grown_by()
    with pytest.raises(FetchError) as caught:
        decoded([zlib.compress(bytes(40_000_000), 9)], coding="deflate", limit=1_000_000)
    assert caught.value.kind == "size"
    assert grown_by() - before < 90  # of which 40 are the bomb's making


# ---------------------------------------------------------------- 3: broken answers


@pytest.mark.parametrize(
    ("path", "kinds"),
    [("/cut", {"protocol"}), ("/reset", {"connect"}), ("/garbage", {"protocol"}), ("/large-header", {"protocol"}),
     ("/many-headers", {"protocol"}), ("/too-many-headers", {"protocol"}), ("/too-large", {"size"}),
     ("/short-length", {"protocol"}), ("/cookies", {"protocol"})],
)  # fmt: skip
def test_a_broken_answer_is_an_error_with_its_class(server, path, kinds):
    assert refused(server, path).kind in kinds


@pytest.mark.parametrize(
    "reply",
    [b"", b"\r\n", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 9999 What\r\n\r\n", b"HTTP/2 200 OK\r\n\r\n", b"ICY 200 OK\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nabc",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"HTTP/1.1 200 OK\r\nNo colon here\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n", b"<html>hello</html>", b"SSH-2.0-OpenSSH_9.6\r\n"],
)  # fmt: skip
def test_what_is_no_http_is_an_error(scripted, reply):
    def say(connection, number):
        read_request(connection)
        connection.sendall(reply)

    assert refused(scripted(say)).kind in ("protocol", "connect", "http")


def test_a_line_end_after_the_body_is_forgiven(scripted):
    server = scripted(
        lambda connection, number: read_request(connection) and connection.sendall(answer() + b"\r\n")
    )
    assert web(server).fetch(f"http://{server.place}/").body == FEED


# ---------------------------------------------------------------- 5, 6: where to


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0x0.0x0.0x1", "0177.0.0.1",
     "017700000001", "127.0.0.1.", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:7f00:0001]",
     "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0", "[::]", "0", "127。0。0。1", "１２７.０.０.１", "127.0.0.1%00.example.com",
     "user@127.0.0.1", "example.com:80@127.0.0.1", "example.com%5C@127.0.0.1", "①②⑦.0.0.1", "[::1%25lo]", "ⓛocalhost"],
)  # fmt: skip
def test_no_spelling_of_this_machine_is_reached(server, host):
    """The very port is open to the spelling `127.0.0.1` only through allow_private, and that is not given here."""
    with pytest.raises(FetchError) as caught:
        HttpFetcher(deadline=3).fetch(f"http://{host}:{server.server_port}/ok")
    assert caught.value.kind in ("forbidden_address", "dns", "protocol")
    assert not server.hits


@pytest.mark.parametrize(
    "address",
    ["100.64.0.1", "10.0.0.1", "192.168.0.1", "172.31.255.255", "169.254.169.254", "[fd00::1]", "[fe80::1]", "[64:ff9b::a00:1]",
     "[2002:a00:1::]", "[::ffff:100.64.0.1]", "[2001:0:a00:1::]", "198.18.0.1", "203.0.113.9", "[ff02::1]", "[100::1]", "[64:ff9b:1::1]"],
)  # fmt: skip
def test_no_address_that_is_not_the_internets_is_asked(address):
    with pytest.raises(FetchError) as caught:
        HttpFetcher(deadline=3).fetch(f"http://{address}/")
    assert caught.value.kind == "forbidden_address"


def test_what_is_allowed_opens_nothing_else(server, canary):
    open_place = fetcher(deadline=3, allow_private=[server.place])
    for url in (
        canary.url("/"),
        f"http://localhost:{server.server_port}/ok",
        f"http://127.1:{server.server_port}/ok",
    ):
        with pytest.raises(FetchError) as caught:
            open_place.fetch(url)
        assert caught.value.kind == "forbidden_address"
    assert not canary.hits
    assert not server.hits


def test_a_name_that_changes_between_two_hops_is_checked_at_each(server):
    """Rebinding: the first answer leads where it may, the second to a private place."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    place = f"changes.example:{server.server_port}"
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return answers[min(len(asked), 2) - 1]

    first = HttpFetcher(deadline=3, allow_private=(place,), resolve=rebinding)
    assert first.fetch(f"http://{place}/ok").status == 200
    with pytest.raises(FetchError) as caught:
        HttpFetcher(deadline=3, resolve=rebinding).fetch(f"http://{place}/ok")
    assert caught.value.kind == "forbidden_address"
    assert len(asked) == 2  # once for each connection: what was checked is what is connected


def test_many_hops_loops_and_files_end_in_an_error(server):
    for path in ("/loop", "/hop?25", "/to-file", "/to-nowhere"):
        assert refused(server, path).kind == "redirect"


# ---------------------------------------------------------------- 20: odd servers


def test_http_of_the_last_century_is_read(server):
    assert web(server).fetch(server.url("/old")).body == FEED


def test_a_host_that_has_ipv6_only_is_read(scripted):
    def say(connection, number):
        read_request(connection)
        connection.sendall(answer())

    try:
        server = scripted(say, host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert web(server).fetch(f"http://{server.place}/").body == FEED
    name = f"six.example:{server.port}"
    by_name = HttpFetcher(deadline=3, allow_private=(name,), resolve=lambda host, port: ["::1"])
    assert by_name.fetch(f"http://{name}/").body == FEED


def test_an_address_that_refuses_leaves_the_next_one_its_turn(scripted):
    server = scripted(lambda connection, number: read_request(connection) and connection.sendall(answer()))
    name = f"two.example:{server.port}"
    fetched = HttpFetcher(
        deadline=3, allow_private=(name,), resolve=lambda host, port: ["127.0.0.99", "127.0.0.1"]
    ).fetch(f"http://{name}/")
    assert fetched.body == FEED


def test_a_name_nobody_knows_is_a_dns_error():
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError) as caught:
        HttpFetcher(deadline=3, resolve=unknown).fetch("http://nobody.example/")
    assert caught.value.kind == "dns"


def test_a_name_no_resolver_takes_is_a_dns_error():
    with pytest.raises(FetchError) as caught:
        HttpFetcher(deadline=3, resolve=resolve).fetch(f"http://{'a' * 70}..example/")
    assert caught.value.kind in ("dns", "protocol")


def test_a_flood_of_cookies_is_refused_and_a_few_are_passed_over(server):
    assert refused(server, "/cookies").kind == "protocol"
    assert web(server).fetch(server.url("/some-cookies")).body == FEED


def test_a_server_that_hangs_up_on_every_connection_is_an_error(scripted):
    server = scripted(lambda connection, number: None)
    assert refused(server).kind in ("connect", "protocol")


def test_threads_do_not_remain_after_faults(server):
    before = threading.active_count()
    for path in ("/garbage", "/reset", "/cut"):
        refused(server, path)
    assert threading.active_count() <= before + 3  # of the server
