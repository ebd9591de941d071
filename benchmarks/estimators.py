"""How many labels LabtapeClassifier needs: share of right answers and log-loss by the number of labels, beside plain methods.

python benchmarks/estimators.py SET.csv [--bundle market3]

SET.csv has a headline and a label (positive, neutral, negative) a row: use a set that the bundle was not trained on. Each figure
is the mean over random splits, with half of what lies between the 5th and the 95th percentile. The same rows test all methods.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from labtape import LabtapeClassifier, label_many

SIZES = (10, 30, 100, 300)
SPLITS = 10
TESTED = 400
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def methods(bundle: str) -> dict[str, tuple[bool, Callable[[], object]]]:
    """By name: whether it reads records (else headlines), and how it is made."""
    ours = {"bundle": bundle, "any_topic": True, "as_of": "2026-06-01"}
    return {
        "labtape's verdict as it is": (True, lambda: LabtapeClassifier(**ours, prefit=True)),
        "from the verdict (C=0.1)": (True, lambda: LabtapeClassifier(**ours, C=0.1)),
        "from the verdict (C=1, default)": (True, lambda: LabtapeClassifier(**ours)),
        "from the verdict, tfidf=True": (True, lambda: LabtapeClassifier(**ours, tfidf=True)),
        "columns without prior": (True, lambda: LabtapeClassifier(**ours, prior=None)),
        "TF-IDF and logistic regression": (
            False,
            lambda: make_pipeline(
                TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
                LogisticRegression(C=10, max_iter=1000),
            ),
        ),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("set", type=Path)
    arguments.add_argument("--bundle", default="market3")
    given = arguments.parse_args()
    with given.set.open(encoding="utf-8", newline="") as file:
        rows = {row["text"]: row["label"] for row in csv.DictReader(file) if row["label"] != "mixed"}
    texts, y = np.asarray(list(rows), dtype=object), np.asarray(list(rows.values()))
    records = np.empty(len(texts), dtype=object)
    records[:] = list(label_many([{"title": t} for t in texts], bundle=given.bundle, any_topic=True, now=NOW))
    print(
        f"{given.set.name}: {len(y)} headlines, {dict(zip(*np.unique(y, return_counts=True), strict=True))}"
    )
    print("| method | " + " | ".join(f"{n} labels" for n in SIZES) + " |")
    print("| --- |" + " --- |" * len(SIZES))
    warnings.simplefilter("ignore", UndefinedMetricWarning)
    for name, (reads_records, make) in methods(given.bundle).items():
        X = records if reads_records else texts
        cells = [_measured(X, y, make, n) for n in SIZES]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _measured(X: np.ndarray, y: np.ndarray, make: Callable[[], object], n: int) -> str:
    right, losses = [], []
    for split in range(SPLITS):
        order = np.random.default_rng(split).permutation(len(y))
        tested, rest = order[:TESTED], order[TESTED:]
        # One of each class first, so that every method knows all of them.
        first = [next(i for i in rest if y[i] == c) for c in np.unique(y)]
        learned = [*first, *[i for i in rest if i not in first][: n - len(first)]]
        model = make().fit(list(X[learned]), y[learned])
        p = model.predict_proba(list(X[tested]))
        told = _in_order(p, model.classes_)
        wanted = np.unique(y)
        right.append(float((wanted[told.argmax(axis=1)] == y[tested]).mean()))
        losses.append(log_loss(y[tested], told, labels=wanted))
    low, high = np.percentile(right, [5, 95])
    return f"{np.mean(right):.3f} ± {(high - low) / 2:.3f}, loss {np.mean(losses):.2f}"


def _in_order(p: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The columns in the order negative, neutral, positive, which labtape's own names sort differently."""
    own = {"Bearish": "negative", "Neutral": "neutral", "Bullish": "positive"}
    names = [own.get(c, c) for c in classes]
    return p[:, np.argsort(names)]


if __name__ == "__main__":
    main()
