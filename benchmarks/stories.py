"""How fast the grouper places articles, and what it keeps in memory, from 1,000 to 100,000 articles in its window.

    make bench-stories        or: python benchmarks/stories.py [--quick] [--sizes 1000 … 100000] [--picture docs/pictures/stories_speed.svg]

The articles are invented (`story_flow.py`: 300 words, stories of heavy-tailed sizes, copies and retellings) and spread over 60 hours of a
window of 72. They are made, with their mentions, outside what is timed: timed is `Grouper.add` alone, in processor time, one thread of one process,
each row the stretch since the row above. Then another window's worth comes so much later that all of the first is closed: memory must stay.
Memory is this process's resident set, less what it was before the first article. Nothing here fails for being slow.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import process_time

from story_flow import Flow, Told

from labtape.story import Grouper

START = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
QUICK = (1_000, 2_000, 5_000, 10_000)
WINDOW = timedelta(hours=72)
#: From the first article of one window to the first of the next: behind two windows everything is closed.
LATER = 3 * WINDOW
BATCH = 250  # articles made at once
MB = 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """One stretch of the stream: `n` articles in all at its end, its own speed, and memory of the grouper at its end in MB."""

    window: int
    n: int
    per_second: float
    slowest_ms: float  # 99 of 100 articles took less
    mb: float

    @property
    def kb_each(self) -> float:
        """Memory for each article of this window so far, in kB."""
        return self.mb * MB / 1000 / self.n


@dataclass(frozen=True, slots=True)
class Quality:
    """The first window's stories as they were found. Precision and recall of pairs of articles."""

    n_true: int
    n_found: int
    p: float
    r: float

    @property
    def f1(self) -> float:
        return 2 * self.p * self.r / (self.p + self.r) if self.p + self.r else 0.0


@dataclass(frozen=True, slots=True)
class Result:
    rows: tuple[Row, ...]
    quality: Quality

    def peak(self, window: int) -> float:
        """The most memory at the end of a stretch of this window, in MB."""
        return max(row.mb for row in self.rows if row.window == window)


def measure(sizes: Sequence[int], on_row: Callable[[Row], object] = lambda row: None) -> Result:
    """Two windows of `sizes[-1]` articles each, a row at each size."""
    n = sizes[-1]
    grouper, rows = Grouper(WINDOW), []
    list(Flow(BATCH).articles(START))  # words are made before memory is looked at
    warm = Grouper(WINDOW)
    for told in Flow(BATCH, first=10**7).articles(START):
        warm.add(told.annotated)
    del warm
    base = resident()
    quality = Quality(0, 0, 0.0, 0.0)
    for window in (1, 2):
        flow = Flow(n, first=(window - 1) * 10**6).articles(START + (window - 1) * LATER)
        done = 0
        for size in sizes:
            seconds, slowest = _add(grouper, islice(flow, size - done))
            row = Row(window, size, (size - done) / seconds, slowest * 1000, (resident() - base) / MB)
            done = size
            rows.append(row)
            on_row(row)
            if window > 1:
                grouper.take_closed()
        if window == 1:
            quality = pair_quality(grouper, Flow(n))
    return Result(tuple(rows), quality)


def _add(grouper: Grouper, flow: Iterator[Told]) -> tuple[float, float]:
    """Processor seconds of all, and of the slowest 1 % at least."""
    spent: list[float] = []
    while batch := list(islice(flow, BATCH)):
        for told in batch:
            before = process_time()
            grouper.add(told.annotated)
            spent.append(process_time() - before)
    spent.sort()
    return sum(spent), spent[len(spent) * 99 // 100]


def pair_quality(grouper: Grouper, flow: Flow) -> Quality:
    """How many pairs of one story were found, of all there are; articles carry their story in their id."""
    found = {a: story.id for story in grouper.stories() for a in story.article_ids}
    truth = {a: a.partition("-")[0] for a in found}
    assert len(found) == flow.n
    both = pairs(Counter((truth[a], found[a]) for a in found).values())
    theirs, ours = Counter(truth.values()), Counter(found.values())
    return Quality(
        len(theirs), len(ours), both / max(1, pairs(ours.values())), both / max(1, pairs(theirs.values()))
    )


def pairs(counts: Iterable[int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts)


def resident() -> float:
    """Bytes of memory in use; where the system does not say, the most that was ever in use."""
    place = Path("/proc/self/statm")
    if place.exists():
        return int(place.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def line(row: Row) -> str:
    return (
        f"{row.window:>6}{row.n:>11,}{row.per_second:>14,.0f}{1e6 / row.per_second:>10,.0f}"
        f"{row.slowest_ms:>13.1f}{row.mb:>9.0f}{row.kb_each:>13.1f}"
    )


HEAD = f"{'window':>6}{'articles':>11}{'articles/s':>14}{'µs each':>10}{'99 % under, ms':>15}{'MB':>7}{'kB/article':>13}"


def picture(result: Result, path: Path) -> None:
    """Speed and memory over the articles in the window, as .svg or .png."""
    import altair as alt
    import vl_convert

    values = [asdict(row) | {"window": f"window {row.window}"} for row in result.rows]
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("n:Q", title="articles in the window", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(format="~s")),
        color=alt.Color("window:N", title=None, scale=alt.Scale(range=["#1f4fbf", "#8a5a00"])),
    )  # fmt: skip
    panels = [
        base.mark_line(point=True).encode(y=alt.Y(f"{field}:Q", title=title, scale=alt.Scale(zero=True)))
        .properties(width=340, height=240, title=title)
        for field, title in (("per_second", "articles per CPU second"), ("mb", "memory, MB"))
    ]  # fmt: skip
    chart = alt.hconcat(*panels, background="white", padding=18).configure(
        font="Helvetica, Arial, sans-serif"
    )
    spec = chart.to_dict()
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    if path.suffix == ".png":
        path.write_bytes(vl_convert.vegalite_to_png(spec, vl_version=version, scale=2))
    else:
        path.write_text(vl_convert.vegalite_to_svg(spec, vl_version=version), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="10,000 articles at most")
    parser.add_argument("--sizes", type=int, nargs="+", help="a row at each, rising")
    parser.add_argument("--picture", type=Path, metavar="FILE", help=".svg or .png")
    given = parser.parse_args()
    if given.picture and given.picture.suffix not in (".svg", ".png"):
        parser.error(f"{given.picture}: no picture has this ending; have: .svg, .png")
    sizes = given.sizes or (QUICK if given.quick else SIZES)
    if any(a >= b for a, b in zip((0, *sizes), sizes, strict=False)):
        parser.error(f"--sizes {' '.join(map(str, sizes))}: must rise from 1 or more")
    print(HEAD)
    result = measure(sizes, lambda row: print(line(row), flush=True))
    found = result.quality
    print(
        f"window 1: {found.n_true:,} stories made, {found.n_found:,} found; pairs of one story: precision {found.p:.3f}, "
        f"recall {found.r:.3f}, F1 {found.f1:.3f}\nmemory at most: {result.peak(1):.0f} MB in the first window, "
        f"{result.peak(2):.0f} MB in the second ({result.peak(2) / result.peak(1):.2f} times)"
    )
    if given.picture:
        picture(result, given.picture)
        print(f"{given.picture}: written")


if __name__ == "__main__":
    main()
