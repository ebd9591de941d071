"""What the finance half of a bundle is worth on headlines it has not seen: the fifth of the public sets that it was trained without.

python benchmarks/headlines.py DATA [--labels LABELS … --texts TEXTS] [--seed N]     half an hour on two cores

The shipped bundle learned from all of these headlines, so it cannot be measured on them. Here text model and encoder go
through the same course (headlines, then labelled AI news where LABELS are given) without one fifth, split by near-duplicate, and read that.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.read import article_from_row
from labtape.signal.features import see
from labtape.signal.inputs import blended, pointed
from labtape.signal.ngrams import LABELS
from labtape.signal.toward import clauses_with
from labtape.train.corpora import read_corpora
from labtape.train.encoder_course import AGAIN, HEADLINES, LEAST_PIECE, NEWS
from labtape.train.encoder_fit import answers_of, base_folder, fit_encoder
from labtape.train.encoder_lessons import Lesson, article_lesson, entity_lessons, headline_lessons
from labtape.train.gold import APART, AS_OF, TEST, read_gold
from labtape.train.headlines import Labelled, conflicting, headline_columns
from labtape.train.table import headlines_table
from labtape.train.text_model import fit_text, folds_of
from labtape.train.vocabulary import pruned, read_vocabulary


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--labels", type=Path, action="append", default=[])
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    examples = [e for corpus in read_corpora(given.data) for e in corpus.examples]
    named = entity_lessons(given.data)
    folds = folds_of([*(e.text for e in examples), *(lesson.second for lesson in named)], seed=given.seed)
    folds_of_names = folds[len(examples) :]
    seen = [e for e, f in zip(examples, folds, strict=False) if f]
    unseen = [e for e, f in zip(examples, folds, strict=False) if not f]
    text = fit_text(seen, seed=given.seed).model
    lessons = [*headline_lessons(seen), *(n for n, f in zip(named, folds_of_names, strict=True) if f)]
    news = [lesson for path in given.labels for lesson in news_lessons(path, given.texts)]
    vocabulary = pruned(
        read_vocabulary(base_folder()),
        [t for x in (*lessons, *news) for t in (x.first, x.second)],
        least=LEAST_PIECE,
    )
    state = fit_encoder(lessons, HEADLINES, vocabulary, seed=given.seed, threads=2, progress=tick)
    if news:
        random.Random(given.seed).shuffle(lessons)
        mixed = [*news, *lessons[: round(AGAIN * len(news))]]
        state = fit_encoder(mixed, NEWS, vocabulary, start=state, seed=given.seed, threads=2, progress=tick)

    def read(pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        return answers_of(state, pairs, vocabulary)

    for source in dict.fromkeys(e.source for e in unseen):
        rows = [Labelled(e.text, e.label) for e in unseen if e.source == source]
        bags = text.probabilities([row.text for row in rows])
        reads = read([(row.text, "") for row in rows])
        made = [dict(zip(LABELS, blended(b, r), strict=True)) for b, r in zip(bags, reads, strict=True)]
        show(source, rows, made, text)
    rows = [
        Labelled(n.second, LABELS[n.answers["entity"]], n.first)  # type: ignore[call-overload]  # one class
        for n, f in zip(named, folds_of_names, strict=True)
        if not f
    ]
    in_text = read([(row.entity, row.text) for row in rows])
    in_clauses = read([(row.entity, clauses_with(row.text, row.entity)) for row in rows])
    made = [pointed(*own) for own in zip(in_text, in_clauses, strict=True)]
    show("names in SEntFiN headlines", rows, made, text)
    apart = conflicting(rows)
    show("… whose names differ", [rows[k] for k in apart], [made[k] for k in apart], text)


def news_lessons(path: Path, texts: Path | None) -> list[Lesson]:
    """The articles that were read for their verdict, and are not the test's."""
    known = lexicon()
    rows = [r for r in read_gold(path, texts).rows if "relevant" in r and r.get("split") not in (TEST, APART)]
    made = (
        annotate(article_from_row(r, place=f"{path}:{n}", now=AS_OF), known) for n, r in enumerate(rows, 1)
    )
    return [article_lesson(see(a, known), r) for a, r in zip(made, rows, strict=True)]


def show(title: str, rows: Sequence[Labelled], made: Sequence[Mapping[str, float]], text: object) -> None:
    from rich.console import Console

    columns = headline_columns(rows, made, text)  # type: ignore[arg-type]  # a TextModel
    Console(width=100).print(headlines_table(f"{title}: {len(rows)} not seen", columns, learned_from=False))


def tick(done: int, all_: int) -> None:
    if done % 100 == 0 or done == all_:
        sys.stderr.write(f"step {done} of {all_}\n")


if __name__ == "__main__":
    main()
