"""What the labels are worth: one plain model, TF-IDF and logistic regression, trained on different sets and measured on the same.

    public finance sets ──────┐
    labelled AI news (train) ─┼─ fit_text ─> verdict of gold's relevant articles, of the labels' dev and test side
    both ─────────────────────┘

Nothing is written: this is the yardstick beside the bundle, not a model to use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.exceptions import ReadError
from labtape.signal.ngrams import LABELS
from labtape.train.core import must_have_sides
from labtape.train.corpora import Example, read_corpora
from labtape.train.evaluate import verdict_measures
from labtape.train.gold import read_gold
from labtape.train.text_model import fit_text

if TYPE_CHECKING:
    from rich.table import Table

Row = Mapping[str, Any]  # Any: JSON of annotated articles
#: Title and so many characters of the text are read, in training and in judging. On dev 200 to 800 differ by less than .02
#: in accuracy, the headline alone costs .06: change it and run `labtape train --baseline`.
LEAD: Final = 400
PUBLIC, LEARNED, BOTH = "public finance sets", "labelled AI news", "both"


@dataclass(frozen=True, slots=True)
class Trial:
    """One training set: how many examples it has, and the verdict's measures on each test."""

    trained_on: str
    n: int
    measures: Mapping[str, Mapping[str, Any]]  # Any: numbers of verdict_measures


@dataclass(frozen=True, slots=True)
class Compared:
    """Every trial, and how many labels found no text or another one than they were made on."""

    trials: tuple[Trial, ...]
    n_missing: int
    n_changed: int


def compare(
    data: Path | None, gold: Sequence[Path], labels: Sequence[Path], texts: Path | None, *, seed: int
) -> Compared:
    """Train on the public sets of `data`, on `labels`, on both; judge the relevant articles of `gold` and of the labels' dev and test.

    Files as `train` takes them. A test has the name of its file or folder; where two have one name, its whole path.
    """
    public = [example for corpus in (read_corpora(data) if data else ()) for example in corpus.examples]
    found = {path: read_gold(path, texts if path in labels else None) for path in (*gold, *labels)}
    stems = Counter(path.stem for path in found)
    names = {path: path.stem if stems[path.stem] == 1 else str(path) for path in found}
    tests = {names[path]: found[path].rows for path in gold}
    labelled: list[Row] = []
    for path in labels:
        must_have_sides(path, found[path].rows)
        labelled += found[path].rows
        for side in ("dev", "test"):
            rows = tuple(row for row in found[path].rows if row.get("split") == side)
            tests |= {f"{names[path]} {side}": rows} if rows else {}
    trials = baseline(public, labelled, tests, seed=seed)
    missing, changed = (sum(getattr(own, n) for own in found.values()) for n in ("n_missing", "n_changed"))
    return Compared(trials, missing, changed)


def baseline(
    public: Sequence[Example], labelled: Sequence[Row], tests: Mapping[str, Sequence[Row]], *, seed: int
) -> tuple[Trial, ...]:
    """Train on the public sets, on the labelled articles, on both; judge the relevant articles of every test.

    Of the labelled articles the train side is learned from; rows without a split all are. Always-Neutral stands first.
    """
    news = [
        Example(seen(row), row["sentiment"], LEARNED)
        for row in labelled
        if row.get("relevant") and row.get("split", "train") == "train"
    ]
    inside = {name: [row for row in rows if row.get("relevant")] for name, rows in tests.items()}
    neutral = {label: float(label == "Neutral") for label in LABELS}
    trials = [
        Trial(
            "always Neutral",
            0,
            {name: _measured(rows, [neutral] * len(rows)) for name, rows in inside.items()},
        )
    ]
    sets = [(PUBLIC, list(public)), (LEARNED, news), (BOTH, [*public, *news] if public and news else [])]
    if not any(examples for _, examples in sets):
        raise ReadError("nothing to learn from; name public sets with --data or labels with --labels")
    for name, examples in sets:
        if examples:
            model = fit_text(examples, seed=seed).model
            judged = {
                test: [
                    dict(zip(LABELS, p, strict=True))
                    for p in model.probabilities([seen(row) for row in rows])
                ]
                for test, rows in inside.items()
            }
            measures = {
                test: _measured(inside[test], probabilities) for test, probabilities in judged.items()
            }
            trials.append(Trial(name, len(examples), measures))
    return tuple(trials)


def seen(row: Row) -> str:
    """What the baseline reads of an article.

    >>> seen({"title": "Acme ships", "text": "It is out."})
    'Acme ships. It is out.'
    """
    return f"{row['title']}. {str(row['text'])[:LEAD]}"


def _measured(
    rows: Sequence[Row], probabilities: Iterable[Mapping[str, float]]
) -> Mapping[str, Any]:  # Any: numbers
    return verdict_measures([(row["sentiment"], dict(p)) for row, p in zip(rows, probabilities, strict=True)])


def baseline_table(trials: Sequence[Trial]) -> Table:
    """One line per test and training set: accuracy, macro-F1, calibration error."""
    from rich.table import Table

    table = Table(
        title="TF-IDF + logistic regression: the verdict of relevant articles", title_justify="left"
    )
    for column in ("measured on", "trained on"):
        table.add_column(column)
    for column in ("examples", "acc", "macro-F1", "ECE"):
        table.add_column(column, justify="right")
    for test, first in trials[0].measures.items():
        table.add_section()
        for n, trial in enumerate(trials):
            m = trial.measures[test]
            numbers = (f"{m['acc']:.3f}", f"{m['macro_f1']:.3f}", f"{m['ece']:.3f}")
            name = f"{test} ({first['n']})" if n == 0 else ""
            table.add_row(name, trial.trained_on, f"{trial.n:,}" if trial.n else "", *numbers)
    return table
