"""How long a bundle takes to load, and how many articles it judges in a second of CPU time.

python benchmarks/verdict.py [BUNDLE]        prints; judges nothing: machines are noisy
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from time import perf_counter, process_time

from labtape.annotate import annotate_many
from labtape.lexicon import lexicon
from labtape.signal import judge, load_model
from labtape.types import Article

NOW = datetime(2026, 11, 1, tzinfo=UTC)
N = 200
TITLES = (
    "Nvidia shares fall 6% after weak guidance",
    "Oracle wins $40 billion cloud contract from OpenAI",
    "DeepSeek raises API prices as demand grows",
    "智谱股价大跌12%，大模型概念股下挫",
)
BODY = "The company said demand for its chips and data centers was strong. Analysts had expected more. " * 18


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "market3"
    started = perf_counter()
    model = load_model(name, lexicon=lexicon())
    loaded = perf_counter() - started
    articles = (Article(str(k), TITLES[k % len(TITLES)], f"Report {k}. {BODY}") for k in range(N))
    annotated = list(annotate_many(articles, lexicon()))
    started = process_time()
    judge(annotated, model=model, lexicon=lexicon(), now=NOW)
    print(
        f"{name}: loaded in {loaded:.2f} s, {N / (process_time() - started):.0f} articles of 300 words judged per CPU second"
    )


if __name__ == "__main__":
    main()
