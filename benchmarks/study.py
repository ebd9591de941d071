"""What `labtape study` finds in prices that were made up: an effect where one was planted, nothing where none was.

    make study-demo        or: python benchmarks/study.py [--effect 0.01] [--seed 7] [--out FOLDER] [--worlds 200]

Records and prices are invented (`study_flow.py`). In the first market every directional verdict moves its ticker by `--effect` in its
direction, spread evenly over the five sessions after the entry; in the second none does anything. With `--worlds` so many markets without
an effect are made, and how often each row has p < 0.05, or an interval without 0, is printed: both should be near 0.05.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from study_flow import MARKET, SPREAD, false_finds, invented_prices, invented_records

from labtape.report import write_records
from labtape.study import Prices


def to_csv(prices: Prices, path: Path) -> None:
    """A row a day and ticker, as vendors give them."""
    long = (
        prices.closes.round(4)
        .rename_axis("date")
        .melt(ignore_index=False, var_name="ticker", value_name="close")
        .reset_index()
    )
    opens = (
        prices.opens.round(4)
        .rename_axis("date")
        .melt(ignore_index=False, var_name="ticker", value_name="open")
        .reset_index()
    )
    long.merge(opens, on=["date", "ticker"])[["date", "ticker", "open", "close"]].to_csv(path, index=False)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--effect", type=float, default=0.01, help="what a verdict adds over five sessions, a fraction"
    )
    parser.add_argument("--stories", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--worlds", type=int, default=0, help="markets without an effect to count false finds in"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("out/study"), help="folder for records, prices and pictures"
    )
    given = parser.parse_args(arguments)
    if given.worlds:
        _print_size(given.worlds, seed=given.seed)
        return
    given.out.mkdir(parents=True, exist_ok=True)
    records = invented_records(given.stories, seed=given.seed)
    write_records(records, given.out / "records.jsonl")
    for name, effect in (("planted", given.effect), ("nothing", 0.0)):
        prices = given.out / f"prices-{name}.csv"
        to_csv(invented_prices(records, effect=effect, seed=given.seed), prices)
        sys.stdout.write(
            f"\n{'—' * 3} {name}: verdicts move prices by {effect:.2%} over {SPREAD} sessions\n\n"
        )
        sys.stdout.flush()
        command = [
            "study",
            prices,
            "--records",
            given.out / "records.jsonl",
            "--benchmark",
            MARKET,
            "--picture",
            given.out / f"{name}.svg",
        ]
        _labtape([str(part) for part in command])


def _print_size(n_worlds: int, *, seed: int) -> None:
    found = false_finds(n_worlds, seed=seed)
    sys.stdout.write(f"{'row':<24}{'markets':>8}{'p < 0.05':>10}{'no 0 in interval':>18}\n")
    for (group, (_, end)), finds in found.items():
        p, outside = (sum(one[n] for one in finds) / len(finds) for n in (0, 1))
        sys.stdout.write(f"{f'{group} 0…{end}':<24}{len(finds):>8}{p:>10.3f}{outside:>18.3f}\n")
    every = [one for finds in found.values() for one in finds]
    p, outside = (sum(one[n] for one in every) / len(every) for n in (0, 1))
    sys.stdout.write(f"{'all':<24}{len(every):>8}{p:>10.3f}{outside:>18.3f}\n")


def _labtape(arguments: list[str]) -> None:
    from labtape.cli import main as run

    try:
        run(arguments)
    except SystemExit as stopped:
        if stopped.code:
            raise


if __name__ == "__main__":
    main()
