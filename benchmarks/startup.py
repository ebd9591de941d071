"""What it costs to begin: importing labtape, its help, the first record, beside importing NumPy and pandas.

python benchmarks/startup.py [--runs 15]

Each line is a process of its own, all in turns, so that a busy machine slows all of them; medians of wall and of processor time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

RECORD = "import labtape; labtape.label('Kimi takes 12% of tokens on OpenRouter.', bundle={!r})"
STARTS = {
    "python (nothing)": "pass",
    "import numpy": "import numpy",
    "import pandas": "import pandas",
    "import labtape": "import labtape",
    "import labtape.pandas": "import labtape.pandas",
    "labtape.LabtapeClassifier": "import labtape; labtape.LabtapeClassifier",
    "labtape --help": "from labtape.cli import main; main(['--help'])",
    "first record, bundle rules": RECORD.format("rules"),
    "first record, bundle market3": RECORD.format("market3"),
}


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--runs", type=int, default=15)
    runs = arguments.parse_args().runs
    wall: dict[str, list[float]] = {name: [] for name in STARTS}
    processor: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(runs + 1):  # the first fills the caches of the disk
        for name, code in STARTS.items():
            seconds, cpu = _run(code)
            wall[name].append(seconds)
            processor[name].append(cpu)
    numpy = statistics.median(processor["import numpy"][1:])
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, medians of {runs} runs in turns")
    print("| start of a process | wall s | CPU s | CPU beside `import numpy` |")
    print("| --- | --- | --- | --- |")
    for name in STARTS:
        cpu = statistics.median(processor[name][1:])
        print(f"| {name} | {statistics.median(wall[name][1:]):.3f} | {cpu:.3f} | {cpu / numpy:.2f} × |")


def _run(code: str) -> tuple[float, float]:
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False)
    seconds, after = time.perf_counter() - start, os.times()
    if done.returncode:
        sys.exit(f"failed: {code}")
    return seconds, (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


if __name__ == "__main__":
    main()
