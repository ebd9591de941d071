"""Connections that are kept, and what servers do to them."""

from __future__ import annotations

import socket

import pytest

from labtape.exceptions import FetchError
from labtape.fetch import HttpFetcher
from labtape.fetch.answers import Trip
from labtape.fetch.deadline import Deadline

from .servers import FEED, answer, read_request


def web(server, **settings) -> HttpFetcher:
    return HttpFetcher(**{"deadline": 5.0, "allow_private": (server.place,)} | settings)


def ask(server, session, path: str = "/"):
    """Ask over a session as a fetch does: again, when the connection had died since."""
    fetcher = web(server)
    trip = fetcher.trip(f"http://{server.place}{path}")
    while isinstance(trip, Trip):
        trip = fetcher.step(trip, session, Deadline(5))
    return trip


def keep(connection: socket.socket, number: int) -> None:
    while read_request(connection):
        connection.sendall(answer())


@pytest.fixture
def session(request):
    opened = []

    def start(server, **settings):
        opened.append(web(server, **settings).session())
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def test_a_session_keeps_its_connection(scripted, session):
    server = scripted(keep)
    one = session(server)
    for path in ("/a", "/b", "/c"):
        assert ask(server, one, path).body == FEED
    assert server.n_connections == 1


def test_two_fetches_share_no_connection(scripted):
    server = scripted(keep)
    for _ in range(2):
        web(server).fetch(f"http://{server.place}/")
    assert server.n_connections == 2


def test_a_connection_the_server_closed_is_opened_again_without_a_word(scripted, session):
    def one_each(connection, number):
        read_request(connection)
        connection.sendall(answer())

    server = scripted(one_each)
    one = session(server)
    for _ in range(3):
        assert ask(server, one).status == 200
    assert server.n_connections == 3


def test_a_connection_that_dies_with_the_request_is_opened_again(scripted, session):
    def deaf_to_the_second(connection, number):
        read_request(connection)
        connection.sendall(answer())
        if number == 1:
            read_request(connection)
        else:
            keep(connection, number)

    server = scripted(deaf_to_the_second)
    one = session(server)
    assert [ask(server, one).status for _ in range(3)] == [200, 200, 200]
    assert server.n_connections == 2


def test_a_connection_that_breaks_in_the_middle_of_an_answer_is_an_error(scripted, session):
    def half(connection, number):
        read_request(connection)
        connection.sendall(answer())
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-")

    server = scripted(half)
    one = session(server)
    assert ask(server, one).status == 200
    with pytest.raises(FetchError) as caught:
        ask(server, one)
    assert caught.value.kind == "protocol"
    assert server.n_connections == 1


def test_a_new_connection_that_dies_is_an_error_at_once(scripted, session):
    server = scripted(lambda connection, number: read_request(connection))
    with pytest.raises(FetchError) as caught:
        ask(server, session(server))
    assert caught.value.kind in ("protocol", "connect")
    assert server.n_connections == 1


def test_words_before_the_request_are_not_its_answer(scripted, session):
    """What a server sent unasked would else be read as the answer to the next question."""

    def chatty(connection, number):
        read_request(connection)
        connection.sendall(answer() + (answer(b"planted") if number == 1 else b""))
        keep(connection, number)

    server = scripted(chatty)
    one = session(server)
    with pytest.raises(FetchError, match="more than the"):
        ask(server, one)
    assert ask(server, one).body == FEED


def test_words_after_an_answer_without_a_body_are_not_the_next_answer(scripted, session):
    def wordy(connection, number):
        while read_request(connection):
            connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno" + answer(b"planted"))

    server = scripted(wordy)
    one = session(server)
    for _ in range(2):
        with pytest.raises(FetchError) as caught:
            ask(server, one)
        assert caught.value.status == 404


def test_the_text_of_an_error_is_passed_over_and_the_connection_kept(scripted, session):
    def first_no(connection, number):
        read_request(connection)
        connection.sendall(answer(b"no such page", status="404 Not Found"))
        keep(connection, number)

    server = scripted(first_no)
    one = session(server)
    with pytest.raises(FetchError):
        ask(server, one)
    assert ask(server, one).body == FEED
    assert server.n_connections == 1


def test_an_error_with_a_long_text_costs_the_connection_and_not_the_reading(scripted, session):
    def long_no(connection, number):
        read_request(connection)
        if number == 1:
            connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100_000)
            connection.recv(1)
        else:
            connection.sendall(answer())

    server = scripted(long_no)
    one = session(server)
    with pytest.raises(FetchError):
        ask(server, one)
    assert ask(server, one).body == FEED
    assert server.n_connections == 2


def test_redirects_on_one_host_use_one_connection(scripted):
    def forward(connection, number):
        while head := read_request(connection):
            is_last = b" /3 " in head
            connection.sendall(
                answer() if is_last else answer(b"", status="302 Found", headers="Location: /3\r\n")
            )

    server = scripted(forward)
    assert web(server).fetch(f"http://{server.place}/1").status == 200
    assert server.n_connections == 1


def test_every_new_connection_is_checked_anew(scripted, session):
    """A name may lead elsewhere by the time its kept connection is gone."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    def once(connection, number):
        read_request(connection)
        connection.sendall(answer())

    server = scripted(once)
    place = f"feeds.example:{server.port}"
    fetcher = HttpFetcher(deadline=2, allow_private=(place,), resolve=lambda host, port: next(answers))
    one = fetcher.session()
    trip = fetcher.trip(f"http://{place}/")
    assert fetcher.step(trip, one, Deadline(2)).status == 200
    strict = HttpFetcher(deadline=2, resolve=lambda host, port: next(answers))
    with pytest.raises(FetchError) as caught:
        strict.fetch(f"http://{place}/")
    assert caught.value.kind == "forbidden_address"
    one.close()


def test_no_cookies_are_sent_back(scripted, session):
    heads = []

    def baker(connection, number):
        while head := read_request(connection):
            heads.append(head.lower())
            connection.sendall(answer(headers="Set-Cookie: id=1\r\n"))

    server = scripted(baker)
    one = session(server)
    ask(server, one)
    ask(server, one)
    assert len(heads) == 2
    assert not any(b"cookie:" in head for head in heads)
