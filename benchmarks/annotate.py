"""How fast names are found and articles annotated, beside spaCy's EntityRuler and a plain regular expression; and whether memory stays flat.

    make bench-annotate            or: python benchmarks/annotate.py ../shared/pool/pool.jsonl [--articles 1500] [--memory 100000]

One process, one core, process time, the best of three rounds; words are what `str.split` gives. All finders get the same texts and the
same names (every Latin and Chinese spelling of the lexicon). EntityRuler with token patterns is tried on fewer articles, because it is slow.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from labtape.annotate import annotate, annotate_many
from labtape.annotate.mentions import find_candidates, find_mentions
from labtape.lexicon import lexicon
from labtape.text import sentences
from labtape.types import Article

LEXICON = lexicon()
ROUNDS = 3
TOKEN_PATTERN_ARTICLES = 60
REPORT_EVERY = 10_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", type=Path, nargs="?", default=Path("../shared/pool/pool.jsonl"))
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--memory", type=int, default=100_000)
    chosen = parser.parse_args()
    if not chosen.texts.is_file():
        sys.exit(f"{chosen.texts}: no such file; name a JSONL with id, title and text")
    articles = list(read(chosen.texts, chosen.articles))
    print(
        f"Python {platform.python_version()}, spaCy {metadata.version('spacy')}, {len(articles)} articles, {n_words(articles):,} words"
    )
    speeds(articles)
    if chosen.memory:
        memory(articles, chosen.memory)


def read(path: Path, most: int) -> Iterator[Article]:
    with path.open(encoding="utf-8") as lines:
        for _, line in zip(range(most), lines, strict=False):
            row = json.loads(line)
            yield Article(str(row["id"]), row["title"], row["text"])


def n_words(articles: Sequence[Article]) -> int:
    return sum(len(article.full.split()) for article in articles)


# ---------------------------------------------------------------- speed


def speeds(articles: Sequence[Article]) -> None:
    few = articles[:TOKEN_PATTERN_ARTICLES]
    ours = speed(mentions_of, articles)
    print(f"{'':46}{'words/s':>12}{'beside ours':>13}")
    shown = [
        ("labtape: sentences and mentions, linked", ours),
        ("labtape: spellings alone, nothing linked", speed(candidates_of, articles)),
        ("labtape: whole annotation", speed(whole, articles)),
        ("re: one alternation of the same names", speed(alternation(), articles)),
        ("spaCy blank: tokenising alone", speed(tokenising(), articles)),
        ("spaCy EntityRuler: phrases, LOWER", speed(ruler("phrase"), articles)),
        (f"spaCy EntityRuler: token patterns ({len(few)} articles)", speed(ruler("token"), few)),
    ]
    for name, found in shown:
        print(f"{name:46}{found:12,.0f}{found / ours:12.2f}×")


def speed(work: Callable[[Article], object], articles: Sequence[Article]) -> float:
    """Words a second, the best of `ROUNDS`; the first articles warm it up."""
    for article in articles[:50]:
        work(article)
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for article in articles:
            work(article)
        best = min(best, time.process_time() - start)
    return n_words(articles) / best


def mentions_of(article: Article) -> object:
    full = article.full
    return find_mentions(full, len(article.title), sentences(full), LEXICON)


def candidates_of(article: Article) -> object:
    return find_candidates(article.full, LEXICON)


def whole(article: Article) -> object:
    return annotate(article, LEXICON)


def spellings() -> list[str]:
    return sorted({a.surface for a in LEXICON.aliases if a.entity}, key=lambda s: (-len(s), s))


def alternation() -> Callable[[Article], object]:
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, spellings()))})(?!\w)")
    return lambda article: pattern.findall(article.full)


def tokenising() -> Callable[[Article], object]:
    import spacy

    nlp = spacy.blank("en")

    def work(article: Article) -> object:
        with nlp.memory_zone():
            return len(nlp(article.full))

    return work


def ruler(kind: str) -> Callable[[Article], object]:
    import spacy

    nlp = spacy.blank("en")
    step = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    if kind == "phrase":
        rows = [{"label": "NAME", "pattern": surface} for surface in spellings()]
    else:
        rows = [
            {"label": "NAME", "pattern": [{"LOWER": token.lower_} for token in nlp.make_doc(surface)]}
            for surface in spellings()
        ]
    with nlp.select_pipes(disable=["entity_ruler"]):
        step.add_patterns(rows)

    def work(article: Article) -> object:
        with nlp.memory_zone():
            return len(nlp(article.full).ents)

    return work


# ---------------------------------------------------------------- memory


def memory(articles: Sequence[Article], n: int) -> None:
    """Resident memory (its peak, MiB) over a stream of articles that all differ in words nobody has seen."""
    print(f"\npeak memory, MiB, every {REPORT_EVERY:,} articles")
    for name, stream, most in (
        ("labtape: annotate_many", annotate_many(unseen(articles, n), LEXICON), n),
        ("spaCy: labtape_mentions in memory_zone", in_zones(unseen(articles, n // 5)), n // 5),
    ):
        peaks = []
        for k, _ in enumerate(stream, 1):
            if k % REPORT_EVERY == 0 or k == REPORT_EVERY // 10:
                peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(f"{name:46}{most:8,} articles  {' '.join(f'{peak:.0f}' for peak in peaks)}")


def unseen(articles: Sequence[Article], n: int) -> Iterator[Article]:
    """Yield the articles over and over, each time with two words of its own."""
    for k in range(n):
        article = articles[k % len(articles)]
        yield Article(f"{article.id}-{k}", article.title, f"{article.text} Zq{k}ab and Qz{k:x}.")


def in_zones(articles: Iterator[Article], size: int = 500) -> Iterator[int]:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("labtape_mentions")
    batch: list[str] = []
    for article in articles:
        batch.append(article.full)
        if len(batch) == size:
            with nlp.memory_zone():
                found = [len(doc.spans["labtape_mentions"]) for doc in nlp.pipe(batch)]
            yield from found
            batch = []


if __name__ == "__main__":
    main()
