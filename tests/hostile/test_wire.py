"""Faults of the connection and of HTTP: 1 to 5."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from labtape.crawl.visits import ERROR_KINDS
from labtape.types import Feed, Validators

from .feeds import titles
from .server import EVERYTHING
from .stations import DEADLINE, Station, fetching, kinds
from .wire import Server

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


def paths(fault: int) -> tuple[str, ...]:
    """The routes of a fault that are feeds by themselves."""
    return tuple(p for p, r in EVERYTHING.table.items() if r.fault == fault and not p.endswith("/"))


def has_ten(desk: Station, path: str) -> bool:
    """Whether the feed's last document is kept whole, title for title."""
    host = desk.server.hosts[desk.host(path) - 1].rpartition(".")[2]
    key = f"{path.strip('/').replace('/', '-').replace('.', '-')}-{host}"
    return sorted(desk.titles(path)) == sorted(titles(key))


# ---------------------------------------------------------------- 1


@pytest.mark.fault(1)
def test_a_server_that_drips_is_an_error_at_the_deadline_and_holds_up_no_other(desk: Station) -> None:
    good = tuple(f"/good/{i}" for i in range(30))
    began = time.monotonic()
    desk.crawl(good)
    alone = max(hit.done_at or hit.at for hit in desk.server.log) - began
    desk.server.log.clear()

    slow = tuple(p for p in paths(1))
    began = time.monotonic()
    polls = desk.crawl((*slow, *good))
    took = time.monotonic() - began

    assert {p: k for p, k in kinds({p: polls[p] for p in slow}).items() if k != "timeout"} == {}
    assert {
        p: k for p, k in kinds({p: polls[p] for p in good}).items() if not k.startswith("unchanged")
    } == {}
    beside = max(hit.done_at or hit.at for hit in desk.server.log if hit.path.startswith("/good/")) - began
    assert beside < alone + 1.0, "other hosts were delayed"
    assert took < DEADLINE + 3.0


@pytest.mark.fault(1)
def test_a_host_that_takes_no_connection_is_an_error_at_the_deadline(desk: Station) -> None:
    """192.0.2.0/24 is for documentation and leads nowhere; it is not public, so it is opened by name."""
    began = time.monotonic()
    poll = desk.desk.crawl([Feed("http://192.0.2.7:81/feed")]).polls[0]
    assert (poll.status, poll.error_kind) == ("failed", "forbidden_address")
    assert time.monotonic() - began < DEADLINE + 2


# ---------------------------------------------------------------- 2


def measured(server: Server, folder: Path, groups: list[list[str]]) -> list[dict]:
    """Crawl groups of feeds in a process of its own; what each cost."""
    asked = {
        "database": f"sqlite:///{folder / 'tape.db'}",
        "fetch": asdict(fetching(server, deadline=10.0)),
        "first": [server.url("/good/first", 120), server.url("/4/deflate", 119)],
        "groups": groups,
    }
    done = subprocess.run(
        [sys.executable, "-m", "hostile.measure"], input=json.dumps(asked), capture_output=True, text=True,
        timeout=200, env={**os.environ, "PYTHONPATH": str(ROOT / "tests")}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(groups)
    return rows


@pytest.mark.fault(2)
def test_endless_bodies_and_bombs_are_refused_for_less_than_50_mb(
    server: Server, tmp_path: Path, note: Callable[[float], None]
) -> None:
    rows = measured(server, tmp_path, [[server.url(path, i + 1)] for i, path in enumerate(paths(2))])
    note(max(row["rise"] for row in rows))
    assert [row for row in rows if row["rise"] >= 50] == []
    assert [row for row in rows if not set(row["kinds"]) <= set(ERROR_KINDS)] == [], (
        "a bomb was taken for a feed"
    )
    assert [row for row in rows if row["seconds"] > 12] == []


@pytest.mark.fault(2)
@pytest.mark.parametrize("path", ["/2/gzip-bomb", "/10/comment"])
def test_fifty_large_bodies_at_once_leave_the_crawler_below_300_mb(
    path: str, server: Server, tmp_path: Path, note: Callable[[float], None]
) -> None:
    """What all answers under way may hold together is bounded: 64 times the limit of one would be 640 MB."""
    (row,) = measured(server, tmp_path, [[server.url(path, i + 1) for i in range(50)]])
    note(0.0)  # the table shows what one body costs
    assert row["peak"] < 300, row


# ---------------------------------------------------------------- 3

NO_ERROR = {
    "/3/headers-600",
    "/3/truncated-unsaid",
}  # many, but no flood; and nothing in HTTP says that it is cut


@pytest.mark.fault(3)
def test_a_broken_answer_is_classed_and_the_feed_keeps_what_it_had(desk: Station) -> None:
    later = tuple(f"/later{path}" for path in paths(3))
    first = desk.crawl(later)
    assert {p: k for p, k in kinds(first).items() if k != "new 10"} == {}
    before = {path: desk.state(path) for path in later}

    desk.clock.advance(hours=25)
    second = desk.crawl(later)
    must_fail = {p: poll for p, poll in second.items() if p.removeprefix("/later") not in NO_ERROR}
    assert {p: k for p, k in kinds(must_fail).items() if k not in ERROR_KINDS} == {}
    states = {path: desk.state(path) for path in must_fail}
    assert {
        p: s.validators
        for p, s in states.items()
        if s.validators != Validators('"good"', "Sat, 02 May 2026 10:00:00 GMT")
    } == {}
    assert {p for p, s in states.items() if s.body_hash != before[p].body_hash} == set()
    assert {
        p for p, s in states.items() if s.last_error_kind != second[p].error_kind or s.n_failures != 1
    } == set()
    assert {p for p in must_fail if not has_ten(desk, p)} == set(), "a broken answer took away what was kept"


@pytest.mark.fault(3)
def test_after_a_broken_answer_the_whole_feed_is_had_the_next_time(desk: Station) -> None:
    once = tuple(f"/once{path}" for path in (*paths(3), *paths(1)[:1], *paths(2)[-1:]))
    desk.crawl(once)
    desk.clock.advance(hours=25)
    desk.crawl(once)
    assert desk.server.notes.get("ahead", []) == [], "asked with the validators of an answer that was broken"
    assert {p for p in once if not has_ten(desk, p)} == set()


# ---------------------------------------------------------------- 4

REPAIRED = {"/4/gzip-unsaid", "/4/gzip-as-type", "/4/gzip-said", "/4/deflate", "/4/deflate-raw", "/4/rubbish-after", "/4/wrong-type"}  # fmt: skip


@pytest.mark.fault(4)
def test_a_wrong_coding_is_repaired_or_classed(desk: Station) -> None:
    polls = desk.crawl(paths(4))
    found = kinds(polls)
    assert {p: k for p, k in found.items() if k != "new 10" and k not in ERROR_KINDS} == {}
    assert {p: found[p] for p in REPAIRED if found[p] != "new 10" or not has_ten(desk, p)} == {}
    assert {p for p in ("/4/png", "/4/png-honest", "/4/pdf") if polls[p].status != "failed"} == set()


# ---------------------------------------------------------------- 5

ALLOWED = {"/5/moved", "/5/moved-308", "/5/found", "/5/mixed", "/5/to"}


@pytest.mark.fault(5)
def test_redirects_end_after_five_hops_and_lead_nowhere_private(desk: Station) -> None:
    bad = tuple(p for p in paths(5) if p not in ALLOWED)
    polls = desk.crawl((*bad, "/5/hops/5", "/5/hops/6", "/5/hops/25"))
    found = kinds(polls)
    assert {
        p: found[p] for p in bad if found[p] not in ("redirect", "forbidden_address", "protocol", "http")
    } == {}
    assert found["/5/hops/5"] == "new 10"
    assert {found["/5/hops/6"], found["/5/hops/25"]} == {"redirect"}
    for path in ("/5/loop", "/5/there", "/5/hops/25"):
        asked = [h.path for h in desk.server.hits(host=desk.host(path))]
        assert len(asked) <= 6, f"{path} was followed too far: {asked}"
    kept = [article.full for article in desk.desk.store.articles()]
    assert not [text for text in kept if "root:" in text or "canary" in text]


@pytest.mark.fault(5)
def test_a_feed_moves_when_every_hop_was_permanent_three_times_over_a_day(desk: Station) -> None:
    moving = ("/5/moved", "/5/moved-308", "/5/found", "/5/mixed")
    for _ in range(2):
        desk.crawl(moving)
        desk.clock.advance(hours=2)
        assert {p: desk.state(p).address for p in moving if desk.state(p).address} == {}
    desk.crawl(moving)
    assert {p: desk.state(p).address for p in moving if desk.state(p).address} == {}, "moved within a day"
    desk.clock.advance(hours=25)
    desk.crawl(moving)
    assert desk.state("/5/moved").address == desk.server.url("/good/moved", desk.host("/5/moved"))
    assert desk.state("/5/moved-308").address == desk.server.url("/good/moved-308", desk.host("/5/moved-308"))
    assert {desk.state("/5/found").address, desk.state("/5/mixed").address} == {None}

    n = len(desk.server.hits("/5/moved"))
    desk.clock.advance(hours=25)
    assert kinds(desk.crawl(["/5/moved"])) == {"/5/moved": "unchanged 0"}
    assert len(desk.server.hits("/5/moved")) == n, "the old address was asked although the feed has moved"
    assert has_ten_of(desk, "/5/moved", "good-moved")
    moved = Feed(desk.server.url("/good/moved", desk.host("/5/moved")))
    assert not desk.desk.store.add_feed(moved), "the same feed under its new address was added a second time"


def has_ten_of(desk: Station, path: str, key: str) -> bool:
    host = desk.server.hosts[desk.host(path) - 1].rpartition(".")[2]
    return sorted(desk.titles(path)) == sorted(titles(f"{key}-{host}"))
