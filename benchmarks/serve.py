"""How many requests the list of records holds, and how fast: `python benchmarks/serve.py [--quick] [--database FILE]`.

100,000 records in SQLite (the demo's, over and over, under new ids and times), `labtape serve --workers 2` on loopback, and a load generator
of raw sockets in this process, which shares the machine with the server.

held      requests begin at a fixed rate whether or not the ones before are answered; latency counts from when each was due
most      as many as 16 connections can do, each asking as soon as it has its answer

Every answer is compared with the bytes that the first one to the same question had, and those with the store. Nothing is printed as a verdict
but wrong and lost answers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from labtape.demo import NOW, demo_desk
from labtape.ports import Store, Wanted
from labtape.settings import Settings
from labtape.store import open_store

RATE, SECONDS, CONNECTIONS = 200, 30.0, 64
QUESTIONS: tuple[dict[str, str], ...] = (
    {},
    {"relevant": "true"},
    {"label": "Bearish"},
    {"lab": "deepseek"},
    {"entity": "company:nvidia", "relevant": "true"},
    {"q": "prices"},
    {"since": "2025-01-01", "until": "2025-06-01"},
    {"min_confidence": "0.6", "language": "zh"},
)


@dataclass(slots=True)
class Tally:
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0
    lost: int = 0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2,000 records, 2 seconds")
    parser.add_argument("--database", type=Path, help="keep the file, and take it where it is there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rate", type=int, default=RATE)
    asked = parser.parse_args(arguments)
    n, seconds = (2_000, 2.0) if asked.quick else (100_000, SECONDS)
    rate = 20 if asked.quick else asked.rate
    with tempfile.TemporaryDirectory() as folder:
        path = (asked.database or Path(folder) / "tape.db").resolve()
        if not path.exists():
            fill(path, n)
        return measure(path, workers=asked.workers, rate=rate, seconds=seconds)


def fill(path: Path, n: int) -> None:
    """The demo's records again and again, newest first less than an hour apart, three years of them."""
    begun = time.perf_counter()
    with demo_desk(Settings(bundle="rules")) as desk:
        desk.run()
        samples = list(desk.records())
    store = open_store(f"sqlite:///{path}")
    for start in range(0, n, 1000):
        made = []
        for i in range(start, min(start + 1000, n)):
            at = NOW - timedelta(minutes=15 * i)
            sample = samples[i % len(samples)]
            made.append(
                replace(
                    sample,
                    id=f"{i * 2654435761 % 2**32:08x}{i:08x}",
                    published_at=at,
                    first_seen_at=at,
                    scored_at=at,
                    story=replace(sample.story, id=f"story:{i // 3:08x}"),
                    shares=tuple(
                        replace(share, value=min(100.0, share.value + i % 97 / 10)) for share in sample.shares
                    ),
                )
            )
        store.add_records(made)
    store.close()
    print(
        f"made      {n:,} records, {path.stat().st_size / 1e6:,.0f} MB, {time.perf_counter() - begun:.0f} s"
    )


def measure(path: Path, *, workers: int, rate: int, seconds: float) -> int:
    port = free_port()
    environment = os.environ | {"LABTAPE_DATABASE": f"sqlite:///{path}"}
    command = [sys.executable, "-m", "labtape", "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        expected = {target: fetched(port, target) for target in targets(port)}
        store = open_store(f"sqlite:///{path}", write=False)
        wrong = check(store, expected)
        store.close()
        print(
            f"asked     {len(expected)} questions, {sum(map(len, expected.values())) / len(expected) / 1e3:,.0f} kB an answer"
        )
        held = asyncio.run(hold(port, expected, rate=rate, seconds=seconds))
        report("held", held, seconds, f"{rate}/s asked")
        most = asyncio.run(rush(port, expected, seconds=seconds / 3))
        report("most", most, seconds / 3, "16 connections")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    return 1 if wrong + held.wrong + held.lost + most.wrong + most.lost else 0


def targets(port: int) -> list[str]:
    """The questions, each with the first page and the one behind it."""
    found = []
    for question in QUESTIONS:
        target = f"/api/v1/records?{urlencode(question)}"
        found.append(target)
        after = json.loads(fetched(port, target))["next"]
        if after:
            found.append(f"/api/v1/records?{urlencode({**question, 'cursor': after})}")
    return found


def check(store: Store, expected: dict[str, bytes]) -> int:
    """What the server gave for the plain list is what the store has."""
    records = json.loads(expected["/api/v1/records?"])["records"]
    kept = [json.loads(one.body) for one in store.listed(Wanted(), limit=25)]
    return int(records != kept)


async def hold(port: int, expected: dict[str, bytes], *, rate: int, seconds: float) -> Tally:
    tally, idle = Tally(), deque([await Connection.opened(port) for _ in range(CONNECTIONS)])
    asked = list(expected)
    begun = time.perf_counter()

    async def one(n: int, due: float) -> None:
        while not idle:
            await asyncio.sleep(0.001)
        connection = idle.popleft()  # the one that rested longest: none is closed for resting
        await answered(connection, asked[n % len(asked)], expected, tally, due)
        idle.append(connection)

    under_way = []
    for n in range(int(rate * seconds)):
        due = begun + n / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(one(n, due)))
    await asyncio.gather(*under_way)
    for connection in idle:
        connection.writer.close()
    return tally


async def rush(port: int, expected: dict[str, bytes], *, seconds: float) -> Tally:
    tally, asked = Tally(), list(expected)
    until = time.perf_counter() + seconds

    async def one(first: int) -> None:
        connection, n = await Connection.opened(port), first
        while time.perf_counter() < until:
            await answered(connection, asked[n % len(asked)], expected, tally, time.perf_counter())
            n += 1
        connection.writer.close()

    await asyncio.gather(*(one(n) for n in range(16)))
    return tally


async def answered(
    connection: Connection, target: str, expected: dict[str, bytes], tally: Tally, due: float
) -> None:
    try:
        status, body = await connection.get(target)
    except (OSError, asyncio.IncompleteReadError):
        tally.lost += 1
        await connection.reopen()
        return
    tally.latencies.append(time.perf_counter() - due)
    tally.wrong += status != 200 or body != expected[target]


class Connection:
    """One that is kept open; answers have a Content-Length."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    @classmethod
    async def opened(cls, port: int) -> Connection:
        connection = cls(port)
        await connection.reopen()
        return connection

    async def reopen(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)

    async def get(self, target: str) -> tuple[int, bytes]:
        self.writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head.split()[1]), await self.reader.readexactly(length)


def report(name: str, tally: Tally, seconds: float, how: str) -> None:
    times = sorted(tally.latencies) or [0.0]

    def at(share: float) -> float:
        return times[min(len(times) - 1, int(len(times) * share))] * 1000

    print(
        f"{name:9} {len(tally.latencies) / seconds:7.1f} requests/s ({how})  p50 {at(0.5):6.1f} ms  p99 {at(0.99):6.1f} ms  "
        f"most {times[-1] * 1000:6.1f} ms  wrong {tally.wrong}  lost {tally.lost}"
    )


def fetched(port: int, target: str) -> bytes:
    with urlopen(f"http://127.0.0.1:{port}{target}", timeout=30) as answer:
        body: bytes = answer.read()
    return body


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            fetched(port, "/api/v1/health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start within 30 s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
