"""Percents, points and fractions: labtape against quantulum3 on corpora/quantities.jsonl, in one run.

python benchmarks/quantities.py

quantulum3 (`pip install 'labtape[bench]'`) gives a value, a unit and an uncertainty. What it offers is mapped in its favour: a
fraction or a bare number counts when it is the value labelled, in whichever unit; only numbers that it calls a percentage or basis points can be
wrong; a number with an uncertainty is a range, a negative one went down. Bounds such as "more than" and verbs it does not read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from labtape.text import find_quantities

CORPUS = Path(__file__).parents[1] / "corpora" / "quantities.jsonl"
ROUNDS = 3


class Read(NamedTuple):
    """A number as either reader gives it; `counted` is false where being wrong is no fault."""

    start: int
    end: int
    values: tuple[float, ...]
    high: float | None
    bound: str
    direction: str
    counted: bool


def _labtape(text: str) -> list[Read]:
    return [
        Read(q.start, q.end, (q.value,), q.high if q.bound == "range" else None, q.bound, q.direction, True)
        for q in find_quantities(text)
    ]


def _quantulum() -> Callable[[str], list[Read]]:
    try:
        from quantulum3 import classifier, parser  # type: ignore[import-not-found,unused-ignore]  # only in the extra "bench"
    except ImportError:
        sys.exit("quantulum3 is missing: pip install 'labtape[bench]'")

    classifier.USE_CLF = False  # its pickled model asks for an old scikit-learn; it chooses between units, and percents have one

    def read(text: str) -> list[Read]:
        found = []
        for q in parser.parse(text):
            ours = q.unit.name in ("percentage", "basis point", "percentage point")
            wide = float(q.uncertainty or 0.0)
            low, high = float(q.value) - wide, float(q.value) + wide
            values = (low, 100 * low, abs(low), -low)
            direction = "down" if q.value < 0 else "none"
            bound = "range" if wide else "exact"
            found.append(Read(*q.span, values, high if wide else None, bound, direction, ours))
        return found

    return read


def _score(rows: list[dict[str, Any]], read: Callable[[str], list[Read]]) -> tuple[float, float]:
    labels = said = right = full = 0
    for row in rows:
        found, used = read(row["text"]), set[int]()
        for label in row["quantities"]:
            labels += 1
            for i, one in enumerate(found):
                if i in used or one.start >= label["end"] or label["start"] >= one.end:
                    continue
                if not any(abs(value - label["value"]) < 0.02 for value in one.values):
                    continue
                if (one.high is None) == ("value_high" in label):
                    continue
                if (
                    one.high is not None
                    and not min(
                        abs(one.high - label["value_high"]), abs(100 * one.high - label["value_high"])
                    )
                    < 0.02
                ):
                    continue
                used.add(i)
                right += 1
                full += (one.bound, one.direction) == (label["bound"], label["direction"])
                break
        said += len(used) + sum(one.counted for i, one in enumerate(found) if i not in used)
    return 2 * right / (labels + said), 2 * full / (labels + said)


def main() -> None:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    words = sum(len(row["text"].split()) for row in rows)
    labels = sum(len(row["quantities"]) for row in rows)
    print(f"{len(rows)} sentences, {labels} quantities, best of {ROUNDS} rounds, one process")
    print(
        f"{'reader':12}{'language':>10}{'value F1':>10}{'with bound and direction':>26}{'sentences/s':>13}{'words/s':>10}"
    )
    english = [
        row
        for row in rows
        if row["text"].isascii() or not any("\u4e00" <= c <= "\u9fff" for c in row["text"])
    ]
    for name, read in (("labtape", _labtape), ("quantulum3", _quantulum())):
        best = float("inf")
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            for row in rows:
                read(row["text"])
            best = min(best, time.perf_counter() - begun)
        for language, chosen in (("all", rows), ("English", english)):
            value, full = _score(chosen, read)
            speed = f"{len(rows) / best:13.0f}{words / best:10.0f}" if chosen is rows else ""
            print(f"{name:12}{language:>10}{value:10.3f}{full:26.3f}{speed}")


if __name__ == "__main__":
    main()
