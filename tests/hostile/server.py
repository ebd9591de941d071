"""The hostile server, all faults together; by hand: `python -m tests.hostile.server`.

Prints an OPML list with one feed per route, and serves until it is interrupted.
"""

from __future__ import annotations

import argparse
import sys
import time
from html import escape
from pathlib import Path

from . import churn, documents, transport
from .transport import SECRET
from .wire import Exchange, Route, Routes, Server

EVERYTHING = Routes()
EVERYTHING.table = {**transport.routes.table, **documents.routes.table, **churn.routes.table}
N_HOSTS = 120
NOT_FEEDS = (
    "/page/",
    "/later/",
    "/once/",
    "/robots.txt",
    "/5/to",
    "/9/nasty/",
    "/heavy/",
)  # routes beside the feeds
COMPLETE = {"/good/": "/good/1", "/short/": "/short/1", "/slow/": "/slow/1", "/5/hops/": "/5/hops/25"}


def hosts(n: int) -> tuple[str, ...]:
    """127.0.0.1 and so on: on Linux all of 127/8 is this machine, each address a host of its own."""
    return tuple(f"127.0.0.{i}" for i in range(1, n + 1))


def hostile(n_hosts: int = 1) -> Server:
    """A server of every fault on so many hosts, not yet started."""
    return Server(EVERYTHING, hosts(n_hosts))


def canary(names: tuple[str, ...] = ("127.0.0.1", "::1")) -> Server:
    """A server that nobody may reach: all it does is count, and sing."""
    table = Routes()

    @table("/", 0, "sings")
    async def sing(ex: Exchange) -> None:
        await ex.answer(200, SECRET.encode(), media_type="text/plain")

    return Server(table, names)


def feeds() -> tuple[tuple[str, Route], ...]:
    """The path of a feed for every route that is one."""
    rows = (r for path, r in EVERYTHING.table.items() if path not in NOT_FEEDS)
    paths = ((COMPLETE.get(r.path, f"{r.path}1" if r.path.endswith("/") else r.path), r) for r in rows)
    return tuple(sorted(paths, key=lambda pair: (pair[1].fault, pair[0])))


def opml(server: Server, faults: tuple[int, ...] = (), only: str = "") -> str:
    """A list for `labtape feeds import`: each feed on a host of its own, as far as there are hosts."""
    chosen = [(p, r) for p, r in feeds() if (not faults or r.fault in faults) and only in p]
    rows = "".join(
        f'<outline type="rss" text="{r.fault}: {escape(r.name)}" xmlUrl="{escape(server.url(path, i % len(server.hosts) + 1))}"/>\n'
        for i, (path, r) in enumerate(chosen)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>Faults</title></head><body>\n{rows}</body></opml>\n'


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.server", description=__doc__)
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--hosts", type=int, default=240, help="serve on 127.0.0.1 … 127.0.0.N")
    parser.add_argument("--fault", type=int, action="append", help="only this row of the table; repeatable")
    parser.add_argument("--only", default="", help="only routes with this in their path, as churn")
    parser.add_argument(
        "--every", type=float, default=10.0, help="seconds between two versions of a churning feed"
    )
    parser.add_argument("--opml", type=Path, help="write the list to this file instead of the screen")
    options = parser.parse_args()
    guarded = canary().start()
    server = hostile(options.hosts)
    server.port = options.port
    server.notes["canary"] = guarded.place()
    churn.Tide(server, options.every)
    with server:
        made = opml(server, tuple(options.fault or ()), options.only)
        if options.opml:
            options.opml.write_text(made, "utf-8")
        else:
            sys.stdout.write(made)
            sys.stdout.flush()
        sys.stderr.write(f"LABTAPE_FETCH_ALLOW_PRIVATE={','.join(server.places())}\n")
        _watch(server, guarded)
    guarded.close()


def _watch(server: Server, guarded: Server) -> None:
    """Print every request as it comes, until interrupted; then whether the canary was hit."""
    seen = 0
    try:
        while True:
            for hit in server.log[seen:]:
                seen += 1
                sys.stderr.write(f"{time.strftime('%H:%M:%S')} {hit.host:12} {hit.path[:100]}\n")
            time.sleep(0.2)
    except KeyboardInterrupt:
        sys.stderr.write(f"{len(server.log)} requests; the canary was hit {len(guarded.log)} times\n")


if __name__ == "__main__":
    main()
