"""How many share claims a second the ledger takes in: grouping, origins, statuses, at 1,000, 10,000 and 100,000 claims.

    python benchmarks/ledger.py [N …]

Two kinds of ledgers: `many`, where the claims spread over a thousand holders and fifty keys as news does, and `one`, where
all are of one key and holder, undated and dated, which is the worst case for statuses. Times are printed, never judged.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter

import labtape
from labtape.ledger import share_rows
from labtape.types import Period, Placement, Record, Share, Span

SIZES = (1_000, 10_000, 100_000)
START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("Birch Research", "OpenRouter data", "analysts", None, "a Reuters report", "Cedar & Fir")


def share(random: Random, *, holder: str, key: str) -> Share:
    value = round(random.uniform(0, 100), 1)
    width = random.choice((0.0, 0.0, 2.0))
    month = random.randrange(1, 13)
    period = random.choice((None, Period("then", f"2026-{month:02}-01", f"2026-{month:02}-28")))
    return Share(
        0, 3, f"{value}%", value, max(value - width, 0), value + width, "about" if width else "exact", "current", "snapshot",
        holder, (), (), "tokens", f"models of {key}", None, None, period, random.choice(WORDS), "measured", Span(0, 9), "hold", key,
    )  # fmt: skip


def records(n: int, *, spread: bool) -> Iterator[Record]:
    """One claim a record, over a year, from two hundred outlets."""
    random = Random(n)
    plain = labtape.label("A text.", bundle="rules")  # and loads the rooms that the first claim would load
    for i in range(n):
        holder, key = (f"Holder {i % 1000}", f"key {random.randrange(50)}") if spread else ("Holder", "key")
        at = START + timedelta(minutes=random.randrange(365 * 24 * 60))
        yield replace(
            plain, id=f"a{i}", publisher=f"Outlet {i % 200}", published_at=at, first_seen_at=at, available_at=at,
            story=Placement(f"s{i // 3}"), shares=(share(random, holder=holder, key=key),),
        )  # fmt: skip


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    for spread in (True, False):
        for n in sizes:
            known = tuple(records(n, spread=spread))
            before = perf_counter()
            rows = share_rows(known)
            seconds = perf_counter() - before
            print(
                f"{'many' if spread else 'one':4} {n:>7,} claims  {len(rows):>7,} rows  {seconds:6.2f} s  {n / seconds:>8,.0f} claims/s"
            )


if __name__ == "__main__":
    main()
