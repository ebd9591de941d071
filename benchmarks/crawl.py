"""The crawler beside the `reader` package on the same loopback feeds, in one run.

    python benchmarks/crawl.py [--repeats 3] [--parts speed,memory,slow,text] [--gzip] [--write]

    speed    200 feeds cold and unchanged (304): CPU, wall, entries kept, memory, for us and for others
    memory   1,000 feeds: peak memory of the crawler and its worker
    slow     how long 50 quick feeds take beside 50 slow hosts, and beside 50 feeds on one slow host
    text     words and dates found in real pages, where ../shared is

CPU seconds are of the process and all its children (user and system), from behind the imports to the end of the crawl;
the server's are not counted. Every run is a process of its own, contenders take turns, the figure is the median and the
result is the ratio. Nothing here fails for being slow: the exit status is 1 only when something is broken.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from crawl_contenders import CONTENDERS, Spec
from crawl_measure import Run, cold_and_warm, rehearsed, run
from crawl_server import Server
from crawl_text import text

from labtape.version import __version__

RESULTS = Path(__file__).parent / "results" / "crawl.md"
US = "labtape"
FLOOR = "feedparser + SQLite"
PATIENCE = 30.0  # seconds that quick feeds may take to come
MB = 1024 * 1024

Pairs = list[tuple[Run, Run]]


class Report:
    """Lines that are printed as they come and may be written down afterwards, and what turned out broken."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.broken: list[str] = []

    def say(self, line: str = "") -> None:
        print(line, flush=True)
        self.lines.append(line)

    def complain(self, line: str) -> None:
        self.say(f"BROKEN: {line}")
        self.broken.append(line)


# ---------------------------------------------------------------- speed


def speed(report: Report, arguments: argparse.Namespace) -> None:
    with Server(arguments.feeds, is_packed=arguments.gzip) as server:
        urls = server.feeds()
        report.say(
            f"{len(urls)} feeds on {len(urls)} hosts, {sum(server.n_entries):,} entries, {server.n_bytes / 1e6:.1f} MB"
            f"{' (sent as gzip)' if arguments.gzip else ''}, {sum(f is not None for f in server.faults)} of them sloppy; "
            f"median of {arguments.repeats}"
        )
        specs = {name: Spec(tuple(urls), "", rehearsed(name, urls[:3])) for name in CONTENDERS}
        server.told()
        runs: dict[str, Pairs] = {name: [] for name in CONTENDERS}
        answers: dict[str, dict[str, int]] = {}
        for turn in range(arguments.repeats):
            for name in _rotated(tuple(CONTENDERS), turn):
                runs[name].append(cold_and_warm(name, specs[name]))
                answers[name] = server.told()
    errors = [one.error for pairs in runs.values() for pair in pairs for one in pair if one.error]
    for error in errors:
        report.complain(error)
    if not errors:
        _speed_table(report, runs, answers)
        _entries(report, server, urls, {name: pairs[-1][0] for name, pairs in runs.items()})


def _rotated(names: tuple[str, ...], n: int) -> tuple[str, ...]:
    n %= len(names)
    return names[n:] + names[:n]


def _speed_table(report: Report, runs: dict[str, Pairs], answers: dict[str, dict[str, int]]) -> None:
    for phase, title in enumerate(("cold", "unchanged")):
        report.say()
        report.say(
            f"{title:20}{'CPU s':>8}{'least-most':>14}{'ratio':>7}{'+imports':>10}{'wall s':>8}{'entries':>9}{'MB':>6}"
        )
        ours = median(pair[phase].cpu for pair in runs[US])
        for name, pairs in runs.items():
            these = [pair[phase] for pair in pairs]
            cpu = [one.cpu for one in these]
            report.say(
                f"{name:20}{median(cpu):8.2f}{f'{min(cpu):.2f}-{max(cpu):.2f}':>14}{median(cpu) / ours:6.1f}x"
                f"{median(one.cpu_all for one in these):10.2f}{median(one.wall for one in these):8.2f}"
                f"{these[-1].n_entries:9,}{median(one.peak for one in these) / MB:6.0f}"
            )
    told = "; ".join(
        f"{name} {' '.join(f'{n} × {status}' for status, n in sorted(counts.items()))}"
        for name, counts in answers.items()
    )
    report.say(f"\nanswers of the server in both rounds of the last turn: {told}")


def _entries(report: Report, server: Server, urls: list[str], cold: dict[str, Run]) -> None:
    """Compare what was kept, feed by feed, with what was written and with what feedparser found."""
    for i, url in enumerate(urls):
        fault, written = server.faults[i], server.n_entries[i]
        kept = {name: one.entries.get(url, 0) for name, one in cold.items()}
        if fault:
            each = ", ".join(f"{name} {n}" for name, n in kept.items())
            report.say(f"feed {i}, {fault}, {written} entries written: {each}")
        if kept[US] < kept[FLOOR]:
            report.complain(f"feed {i}: {kept[US]} entries kept, feedparser finds {kept[FLOOR]}")
        elif not fault and kept[US] != written:
            report.complain(f"feed {i}: {kept[US]} entries kept of {written} written")


# ---------------------------------------------------------------- memory


def memory(report: Report, arguments: argparse.Namespace) -> None:
    with Server(1000, is_packed=arguments.gzip) as server, tempfile.TemporaryDirectory() as folder:
        spec = Spec(tuple(server.feeds()), str(Path(folder) / "db"))
        first, cold, warm = (run(US, phase, spec) for phase in ("subscribe", "cold", "warm"))
        for error in filter(None, (first.error, cold.error, warm.error)):
            report.complain(error)
            return
        report.say(
            f"1,000 feeds, {server.n_bytes / 1e6:.0f} MB, {cold.n_entries:,} of {sum(server.n_entries):,} entries kept; "
            f"peak of crawler and worker {cold.peak / MB:.0f} MB (goal: under 300), unchanged {warm.peak / MB:.0f} MB; "
            f"{cold.cpu:.1f} CPU s in {cold.wall:.1f} s, unchanged {warm.cpu:.2f} in {warm.wall:.1f}"
        )


# ---------------------------------------------------------------- slow


def slow(report: Report, arguments: argparse.Namespace) -> None:
    """Ask the slow ones first: a crawler that works off a list has all its hands full of them."""
    with Server(50, n_slow=50) as server:
        quick = tuple(server.feeds())
        cases = {
            "alone": (),
            "beside 50 slow hosts": tuple(server.slow()),
            "beside 50 feeds on one slow host": tuple(server.slow(one_host=True)),
        }
        report.say(
            f"seconds until the last of 50 quick feeds is kept{'':6}{US:>10}{'reader, 10 workers':>20}"
        )
        for title, others in cases.items():
            found = [_kept_after(name, quick, others) for name in (US, "reader, 10 workers")]
            shown = [f"{seconds:.1f}" if seconds is not None else f"> {PATIENCE:.0f}" for seconds in found]
            report.say(f"{title:50}{shown[0]:>10}{shown[1]:>20}")
            if found[0] is None:
                report.complain(f"50 quick feeds {title} were not kept in {PATIENCE:.0f} s")


def _kept_after(name: str, quick: tuple[str, ...], others: tuple[str, ...]) -> float | None:
    with tempfile.TemporaryDirectory() as folder:
        spec = Spec((*others, *quick), str(Path(folder) / "db"))
        run(name, "subscribe", spec)
        watched = Spec(spec.urls, spec.database, watched=quick)
        return run(name, "cold", watched, limit=PATIENCE).kept_after


# ---------------------------------------------------------------- all of it

PARTS: dict[str, tuple[str, Callable[[Report, argparse.Namespace], None]]] = {
    "speed": ("Cold and unchanged", speed),
    "memory": ("A thousand feeds", memory),
    "slow": ("Slow hosts", slow),
    "text": ("Page text and dates", text),
}


def _machine() -> Iterator[str]:
    packages = ("reader", "feedparser", "httpcore2", "SQLAlchemy", "lxml")
    yield f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.release()}, {_cpu()}, {os.cpu_count()} cores"
    yield f"Python {platform.python_version()}, labtape {__version__}, " + ", ".join(
        f"{name} {version(name)}" for name in packages
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine()
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--gzip", action="store_true", help="feeds are sent packed, as most servers do")
    parser.add_argument("--write", action="store_true", help=f"write what is printed to {RESULTS.name}")
    arguments = parser.parse_args()
    report = Report()
    for line in _machine():
        report.say(line)
    for name in arguments.parts.split(","):
        title, part = PARTS[name]
        report.say(f"\n{title}\n{'-' * len(title)}")
        part(report, arguments)
    if arguments.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(
            "# The crawler, measured\n\n`make bench-crawl`\n\n```\n" + "\n".join(report.lines) + "\n```\n"
        )
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
