"""Dask workers beside each other: how much faster are two than one, and what does a killed one cost?

    python benchmarks/cluster.py [--articles 2000] [--rounds 3] [--bundle market3] [--json benchmarks/results/cluster.json]

Every figure is of one table, scored in one run. Workers are processes of one thread, started before the clock and warm (the model
is loaded). Rounds take turns (one worker, two, two of which one is killed in the middle), so that what else the machine does falls on
all alike; each round is compared with itself, and the median of rounds is told beside all of them. The killed worker is started again by its nanny, loads the model again and goes on.
Articles are made up, of realistic lengths (a median of some 450 words, a tail to 2,000).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import pandas as pd

NOW = datetime(2026, 6, 10, tzinfo=UTC)
LABS = ("Alibaba", "Anthropic", "DeepSeek", "Google", "Mistral", "Moonshot AI", "Nvidia", "OpenAI", "Zhipu")
SENTENCES = (
    "{lab} said on {day} that its newest model took {n}% of tokens on OpenRouter, up from {m}% a month before.",
    "Shares of {other} fell {m}% after the announcement, and analysts cut their targets.",
    "The company expects revenue of ${n} billion this year, according to two people who know of the plan.",
    "Washington is weighing tighter rules for exports of accelerators to Shenzhen, officials said.",
    "Developers in Hangzhou and Paris welcomed the lower prices, while a rival called them unsustainable.",
    "Nothing else changed in the market, and the desk expects a calm week.",
    "{other} declined to comment; {lab} did not answer a request sent on {day}.",
    "The licence lets anybody run the weights, and some forty firms already do so.",
)


def articles(n: int, *, seed: int = 20261130) -> pd.DataFrame:
    """A table of made-up articles; the same number gives the same ones."""
    random = Random(seed)
    return pd.DataFrame(_row(random, k) for k in range(n))


def _row(random: Random, k: int) -> dict[str, str]:
    lab, other = random.sample(LABS, 2)
    given = {
        "lab": lab,
        "other": other,
        "day": "Monday",
        "n": random.randint(3, 60),
        "m": random.randint(1, 9),
    }
    words = min(2000, max(60, int(random.lognormvariate(6.1, 0.6))))
    sentences: list[str] = []
    while sum(s.count(" ") + 1 for s in sentences) < words:
        sentences.append(random.choice(SENTENCES).format(**given))
    title = f"{lab} takes {given['n']}% of tokens as {other} falls"
    return {
        "id": f"b{k}",
        "title": title,
        "text": " ".join(sentences),
        "published_at": f"2026-05-{1 + k % 28:02}T10:00:00Z",
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--parts", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bundle", default="market3")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    table = articles(given.articles)
    with TemporaryDirectory() as folder:
        pieces = _pieces(table, given.parts, Path(folder))
        times: dict[str, list[float]] = {"one": [], "two": [], "killed": []}
        for _ in range(given.rounds):
            times["one"].append(_run(pieces, given.bundle, workers=1))
            times["two"].append(_run(pieces, given.bundle, workers=2))
            times["killed"].append(_run(pieces, given.bundle, workers=2, kill=True))
    told = summary(times, given.articles)
    sys.stdout.write(_words(told))
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def summary(times: dict[str, list[float]], n: int) -> dict[str, object]:
    """The best of each way, and what the ways of each round say of each other."""
    speeds = [one / two for one, two in zip(times["one"], times["two"], strict=True)]
    costs = [killed / two - 1 for killed, two in zip(times["killed"], times["two"], strict=True)]
    return {
        "articles": n,
        "seconds": {name: [round(v, 2) for v in values] for name, values in times.items()},
        "articles_per_second": {name: round(n / min(values), 1) for name, values in times.items()},
        "speed_of_two": round(median(speeds), 3),
        "cost_of_a_kill": round(median(costs), 3),
        "speeds_of_two": [round(v, 3) for v in speeds],
        "costs_of_a_kill": [round(v, 3) for v in costs],
        "load_average": [round(v, 1) for v in os.getloadavg()],
        "processors": os.cpu_count(),
    }


def _words(told: dict[str, object]) -> str:
    return (
        f"{told['articles']} articles, best of each: {told['articles_per_second']} articles a second\n"
        f"two workers are {told['speed_of_two']} times as fast as one (floor 1.7); by round {told['speeds_of_two']}\n"
        f"a killed worker costs {told['cost_of_a_kill']:+.1%} (limit 20 %); by round {told['costs_of_a_kill']}\n"
        f"seconds {told['seconds']}, load {told['load_average']} on {told['processors']} processors\n"
    )


def _pieces(table: pd.DataFrame, n: int, folder: Path) -> list[str]:
    paths = []
    for k in range(n):
        path = folder / f"{k:04}.parquet"
        table.iloc[k * len(table) // n : (k + 1) * len(table) // n].to_parquet(path)
        paths.append(str(path))
    return paths


def _run(pieces: list[str], bundle: str, *, workers: int, kill: bool = False) -> float:
    """Seconds from the first part given out to the last one back."""
    from functools import partial

    from labtape.batch import Tools, connected, score_parts, warm_up
    from labtape.batch.cluster import cluster_tools
    from labtape.batch.tables import Job, judge_part
    from labtape.read.parts import TablePart

    tools = cluster_tools(Tools(bundle))
    job = Job(tools, NOW)
    parts = [TablePart(path, "parquet") for path in pieces]
    with connected(str(workers)) as client:
        warm_up(client, tools)
        pids = list(client.run(os.getpid).values())
        begin = time.perf_counter()
        for n, done in enumerate(score_parts(client, partial(judge_part, job=job), parts)):
            if done.error:
                raise SystemExit(f"{done.item.place}: {done.error}")
            if kill and n == len(parts) // 2:
                os.kill(pids[0], signal.SIGKILL)
        return time.perf_counter() - begin


if __name__ == "__main__":
    main()
