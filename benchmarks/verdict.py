"""What a verdict costs: whole records of 300-word articles by each bundle, beside a BERT-base, in one run.

python benchmarks/verdict.py [ARTICLES.jsonl]        prints; judges nothing: machines are noisy

Articles are invented, or the first ones of a JSONL with `title` and `text`, cut or repeated to 300 words. Each row is a process of its
own, on one thread: the time to load, the CPU time of a whole record (names, shares, events, verdict, rationale), one article alone, the peak
of memory. BERT-base is FinBERT's shape with random weights, run by transformers (extra `transformers`) on title and text up
to its 512 pieces; it gives three numbers, not a record.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WORDS = 300
N, N_BERT, N_ALONE = 240, 12, 20
BUNDLES = ("market3", "market3-fast", "rules")
BERT = "BERT-base"
TITLES = (
    "Nvidia shares fall 6% after weak guidance",
    "Oracle wins $40 billion cloud contract from OpenAI",
    "DeepSeek raises API prices as demand grows",
    "Qwen takes 18% of tokens on OpenRouter, Kimi 9%",
)
BODY = "The company said demand for its chips and data centers was strong. Analysts had expected more from Microsoft and Anthropic. "


def texts(path: Path | None, n: int) -> list[tuple[str, str]]:
    """Titles with texts of 300 words."""
    if path is None:
        found = [(TITLES[k % len(TITLES)], f"Report {k}. {BODY * 20}") for k in range(n)]
    else:
        with path.open(encoding="utf-8") as lines:
            rows = (row for row in map(json.loads, lines) if len((row.get("text") or "").split()) > 50)
            found = [(row["title"], row["text"]) for row in islice(rows, n)]
    return [(title, " ".join((text.split() * 6)[:WORDS])) for title, text in found]


def bundle_row(name: str, given: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Load a bundle and make whole records."""
    import labtape
    from labtape.batch import Tools, score
    from labtape.types import Article

    articles = [Article(str(k), title, text) for k, (title, text) in enumerate(given)]
    tools = Tools(bundle=name)

    def run(some: Sequence[Article]) -> None:
        for _ in score(iter(some), tools=tools, now=NOW):
            pass

    assert labtape
    return measured(
        lambda: run(articles[:1]), lambda: run(articles[1:]), lambda k: run([articles[k]]), len(articles) - 1
    )


def bert_row(given: Sequence[tuple[str, str]]) -> dict[str, float]:
    """FinBERT's shape with random weights and ids: what is read does not change how long it takes."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.set_num_threads(1)
    models = []

    def load() -> None:
        models.append(BertForSequenceClassification(BertConfig(num_labels=3)).eval())
        read(0)

    def read(k: int) -> None:
        words = sum(map(len, (text.split() for text in given[k])))
        with torch.no_grad():
            models[0](input_ids=torch.randint(1000, 20000, (1, min(512, round(1.3 * words)))))

    return measured(load, lambda: [read(k) for k in range(1, len(given))], read, len(given) - 1)


def measured(
    load: Callable[[], None], work: Callable[[], object], one: Callable[[int], None], n: int
) -> dict[str, float]:
    begun = perf_counter()
    load()
    loaded = perf_counter() - begun
    begun = process_time()
    work()
    rate = n / (process_time() - begun)
    alone = []
    for k in range(1, min(N_ALONE, n) + 1):
        begun = perf_counter()
        one(k)
        alone.append(perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"load_s": loaded, "per_cpu_s": rate, "one_ms": 1000 * median(alone), "rss_mb": peak}


def main() -> None:
    if sys.argv[1:2] == ["--row"]:
        path = Path(sys.argv[3]) if len(sys.argv) > 3 else None
        name = sys.argv[2]
        row = bert_row(texts(path, N_BERT)) if name == BERT else bundle_row(name, texts(path, N))
        print(json.dumps(row))
        return
    print(
        f"{'':14}{'load, s':>9}{'articles per CPU s':>20}{'times BERT-base':>17}{'one article, ms':>17}{'peak RSS, MB':>14}"
    )
    rows = {}
    for name in (BERT, *BUNDLES):
        done = subprocess.run(
            [sys.executable, __file__, "--row", name, *sys.argv[1:]],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(
                f"{name:14}not run: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}"
            )
            continue
        rows[name] = json.loads(done.stdout.splitlines()[-1])
        r = rows[name]
        times = f"{r['per_cpu_s'] / rows[BERT]['per_cpu_s']:.0f}" if BERT in rows else "–"
        print(
            f"{name:14}{r['load_s']:9.2f}{r['per_cpu_s']:20.1f}{times:>17}{r['one_ms']:17.1f}{r['rss_mb']:14.0f}"
        )


if __name__ == "__main__":
    main()
