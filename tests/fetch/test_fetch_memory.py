"""What all bodies may weigh together, counted and measured."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from labtape.exceptions import FetchError
from labtape.fetch import Crowd, Request, fetcher
from labtape.fetch.deadline import Deadline
from labtape.fetch.memory import FREE, Body, Memory

from .servers import answer, read_request

MIB = 1024 * 1024


def fill(body: Body, size: int, *, seconds: float = 5.0) -> None:
    deadline = Deadline(seconds)
    while body.size < size:
        body.add(b"x" * min(64 * 1024, size - body.size), deadline)


@pytest.mark.parametrize("size", [0, 1, FREE, FREE + 1, 400_000, 3 * MIB])
def test_a_body_is_what_was_added(size):
    written = random.Random(size).randbytes(size)
    body = Body(4 * MIB, Memory())
    for start in range(0, size, 50_000):
        body.add(written[start : start + 50_000], Deadline(1))
    body.end()
    assert body.take() == written
    assert body.take() == b""


def test_a_small_body_waits_for_nobody():
    memory = Memory(shared=0, turns=0)
    body = Body(MIB, memory)
    fill(body, FREE)
    with pytest.raises(FetchError, match="waiting for other large bodies") as caught:
        fill(body, FREE + 1, seconds=0.05)
    assert caught.value.kind == "timeout"


def test_when_there_is_no_room_one_goes_to_its_end_and_then_the_next():
    memory = Memory(shared=0, turns=1)
    first, second = Body(MIB, memory), Body(MIB, memory)
    fill(first, MIB)
    waiting = threading.Thread(target=fill, args=(second, MIB))
    waiting.start()
    first.end()
    waiting.join(0.1)
    assert waiting.is_alive()  # the first is complete, and nobody has taken it
    assert len(first.take()) == MIB
    waiting.join(2)
    assert not waiting.is_alive()
    assert second.size == MIB


def test_what_is_complete_gives_back_what_it_did_not_need():
    memory = Memory(shared=MIB, turns=0)
    first, second = Body(MIB, memory), Body(MIB, memory)
    fill(first, MIB // 2)
    first.end()
    fill(second, MIB // 2 - 1, seconds=0.2)


def test_who_gives_up_waiting_leaves_the_line():
    memory = Memory(shared=0, turns=1)
    first, second, third = (Body(MIB, memory) for _ in range(3))
    fill(first, MIB)
    with pytest.raises(FetchError):
        fill(second, MIB, seconds=0.05)
    second.drop()
    first.drop()
    fill(third, MIB, seconds=0.2)


def test_many_bodies_of_all_sizes_come_through_and_leave_nothing_behind():
    memory, dice = Memory(shared=MIB, turns=1), random.Random(3)
    sizes = [dice.choice((1000, 100_000, 600_000, MIB)) for _ in range(60)]
    done = []

    def one(size: int) -> None:
        body = Body(MIB, memory)
        fill(body, size, seconds=20)
        body.end()
        time.sleep(0.001)
        if size % 3:
            done.append(len(body.take()))
        else:
            body.drop()
            done.append(size)

    threads = [threading.Thread(target=one, args=(size,)) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(done) == sorted(sizes)
    assert (memory._left, memory._turns, list(memory._line)) == (MIB, 1, [])


CHILD = """
import json, sys
from pathlib import Path
from labtape.fetch import Crowd, Request, fetcher
from labtape.types import Fetched

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(field))

first, *places = json.load(sys.stdin)
with Crowd(fetcher(allow_private=[first, *places]), delay=0) as crowd:
    crowd.submit(Request(f"http://{first}/"))
    crowd.next(20)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins again
    before = memory("VmRSS")
    for place in places:
        crowd.submit(Request(f"http://{place}/"))
    results = []
    while crowd.pending:
        result = crowd.next(60).result
        results.append(len(result.body) if isinstance(result, Fetched) else result.kind)
        del result
    print(json.dumps({"results": results, "rise": memory("VmHWM") - before}))
"""


def measured(places: list[str]) -> dict:
    """Fetch from all of them at once in a process of its own; say what came and by how many MB it grew."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(places), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def always(reply: bytes):
    def talk(connection, number):
        while read_request(connection):
            connection.sendall(reply)

    return talk


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are read from /proc")
def test_sixty_large_bodies_at_once_all_come_and_cost_less_than_100_mb(scripted):
    reply = answer(random.Random(1).randbytes(MIB) * 8)
    found = measured([scripted(always(answer())).place] + [scripted(always(reply)).place for _ in range(60)])
    assert found["results"] == [8 * MIB] * 60
    assert found["rise"] < 100


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are read from /proc")
def test_sixty_bombs_at_once_are_all_refused_and_cost_less_than_100_mb(scripted):
    reply = answer(gzip.compress(bytes(60 * MIB)), headers="Content-Encoding: gzip\r\n")
    found = measured([scripted(always(answer())).place] + [scripted(always(reply)).place for _ in range(60)])
    assert found["results"] == ["size"] * 60
    assert found["rise"] < 100


def test_a_large_body_among_small_ones_comes_at_once(scripted):
    large = scripted(always(answer(bytes(8 * MIB))))
    small = [scripted(always(answer(bytes(200_000)))) for _ in range(20)]
    places = [one.place for one in (large, *small)]
    with Crowd(fetcher(deadline=10, allow_private=places), delay=0) as crowd:
        for place in places:
            crowd.submit(Request(f"http://{place}/"))
        start = time.monotonic()
        sizes = [len(crowd.next(10).result.body) for _ in places]
    assert sorted(sizes) == [200_000] * 20 + [8 * MIB]
    assert time.monotonic() - start < 3


def test_closing_ends_who_waits_for_memory(scripted):
    def drip(connection, number):
        read_request(connection)
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(9 * MIB))
            connection.recv(1)

    servers = [scripted(drip) for _ in range(8)]
    crowd = Crowd(fetcher(deadline=20, allow_private=[one.place for one in servers]), delay=0)
    for one in servers:
        crowd.submit(Request(f"http://{one.place}/"))
    time.sleep(0.5)
    start = time.monotonic()
    crowd.close()
    assert time.monotonic() - start < 1
