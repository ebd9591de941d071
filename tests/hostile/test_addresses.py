"""Fault 6: private addresses in every spelling, and names whose answer changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from labtape.desk import Desk
from labtape.exceptions import FetchError
from labtape.fetch import FileFetcher, HttpFetcher, SchemeFetcher
from labtape.settings import Settings
from labtape.types import Feed

from .stations import DEADLINE, Station, fetching, station
from .wire import Exchange, Server

pytestmark = [pytest.mark.slow, pytest.mark.fault(6)]

SPELLINGS = (
    "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001",
    "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.1", "127.000.000.001", "00000177.0.0.1",
    "127.0.0.1%2e", "%31%32%37.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.０.０.１",
    "0.0.0.0", "0", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[fe80::1%25lo]", "[::1%25lo]", "desk.example@127.0.0.1", "desk.example:80@127.0.0.1", "127.0.0.1#@desk.example",
    "127.0.0.2", "127.255.255.254",
)  # fmt: skip
PRIVATE = (
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
    "198.18.0.1", "192.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[fe80::1]", "[fc00::1]", "[fd12:3456::1]",
    "[fec0::1]", "[ff02::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[100::1]", "[2001:db8::1]",
)  # fmt: skip
REFUSED = {"forbidden_address", "dns", "protocol", "redirect"}


def spelled(places: tuple[str, ...], port: int) -> tuple[str, ...]:
    """The address with its port, wherever it is written."""
    urls = []
    for place in places:
        user, _, host = place.rpartition("@")
        host, sharp, fragment = (host, "", "") if user else place.partition("#")
        urls.append(f"http://{user + '@' if user else ''}{host}:{port}/secret{sharp}{fragment}")
    return tuple(urls)


def test_no_spelling_of_a_private_address_is_connected_to(desk: Station, forbidden: Server) -> None:
    urls = (*spelled(SPELLINGS, forbidden.port), *spelled(PRIVATE, 80))
    polls = desk.desk.crawl([Feed(url) for url in urls]).polls
    assert len(polls) == len(set(urls))
    assert {p.feed_url: p.error_kind or p.status for p in polls if p.error_kind not in REFUSED} == {}
    assert forbidden.log == []


def test_no_redirect_leads_to_a_private_address(desk: Station, forbidden: Server) -> None:
    urls = (*spelled(SPELLINGS, forbidden.port), *spelled(PRIVATE, 80))
    paths = tuple(f"/5/to?{quote(url, safe=':/@%[]#?').replace('#', '%23')}" for url in urls)
    polls = desk.crawl(paths)
    assert {
        p: poll.error_kind or poll.status for p, poll in polls.items() if poll.error_kind not in REFUSED
    } == {}
    assert forbidden.log == []


def test_only_the_host_and_port_that_are_named_are_opened(
    server: Server, tmp_path: Path, forbidden: Server
) -> None:
    with station(tmp_path, server, allow_private=(server.place(1),)) as desk:
        urls = [
            server.url("/good/a"),
            server.url("/good/b", 2),
            f"http://localhost:{server.port}/good/c",
            forbidden.url("/d"),
        ]
        polls = desk.desk.crawl([Feed(url) for url in urls]).polls
    assert [p.error_kind or p.n_entries for p in polls] == [10, *["forbidden_address"] * 3]
    assert server.hits("/good/c") == []


def test_neither_a_page_nor_robots_txt_leads_to_a_private_address(
    server: Server, tmp_path: Path, forbidden: Server
) -> None:
    """Entries whose pages lie on the private port, or on a host whose robots.txt or page leads there."""

    async def astray(ex: Exchange) -> None:
        await ex.answer(302, headers=[("Location", forbidden.url("/robots.txt"))])

    server.notes["robots"] = {"127.0.0.5": astray}
    with station(tmp_path, server, pages="always") as desk:
        desk.desk.crawl([Feed(server.url("/6/pages", 4)), Feed(server.url("/short/6", 5))])
    assert forbidden.log == []


class Fickle:
    """A name that is public when it is looked at, and this machine when it is looked at again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.n = 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.n += 1
        return self.answers[min(self.n, len(self.answers)) - 1]


@pytest.mark.parametrize(
    "answers",
    [
        (["192.0.2.1"], ["127.0.0.1"]),
        (["93.184.215.14"], ["127.0.0.1"]),
        (["127.0.0.1"], ["93.184.215.14"]),
        (["93.184.215.14", "127.0.0.1"],),
        (["127.0.0.1", "93.184.215.14"],),
        (["::ffff:127.0.0.1"],),
    ],
)
def test_a_name_whose_answer_changes_leads_nowhere_private(
    answers: tuple[list[str], ...], server: Server, tmp_path: Path, forbidden: Server
) -> None:
    """What is connected to is what was checked: the second answer is never used unchecked."""
    name = Fickle(*answers)
    web = HttpFetcher(deadline=1.0, allow_private=server.places(), resolve=name)
    settings = Settings(bundle="rules", fetch=replace(fetching(server), deadline=1.0))
    with Desk.open(f"sqlite:///{tmp_path / 'tape.db'}", settings=settings) as desk:
        desk.fetcher = SchemeFetcher(web=web, files=FileFetcher())
        feed = Feed(f"http://rebind.example:{forbidden.port}/secret")
        kinds = {desk.crawl([feed]).polls[0].error_kind for _ in range(3)}
    assert kinds <= {"forbidden_address", "timeout", "connect"}, kinds
    assert forbidden.log == []


def test_a_name_that_is_not_the_one_that_was_opened_does_not_lead_to_it(server: Server) -> None:
    """127.0.0.1:PORT is opened; a stranger's name that resolves to it is not."""
    web = HttpFetcher(
        deadline=DEADLINE, allow_private=server.places(), resolve=lambda host, port: ["127.0.0.1"]
    )
    with pytest.raises(FetchError) as caught:
        web.fetch(f"http://rebind.example:{server.port}/good/x")
    assert caught.value.kind == "forbidden_address"
    assert server.log == []
