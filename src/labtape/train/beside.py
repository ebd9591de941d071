"""Verdict measures of labtape beside plain methods, on the same articles in the same run.

| column | what it does | what it claims |
| --- | --- | --- |
| labtape | the records | label, certainty, label set |
| TF-IDF | the text model of the bundle alone reads the headline: n-grams and a logistic regression | label, certainty |
| always Neutral | | label |
| VADER | its compound score over headline and opening, cut at its authors' thresholds | label |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from labtape.signal.features import LEAD_CHARS
from labtape.signal.ngrams import LABELS, TextModel
from labtape.train.matching import Row, paired
from labtape.train.verdicts import NEUTRAL, Judged, measured, story_of, verdicts_of

LABTAPE: Final = "labtape"
TF_IDF: Final = "TF-IDF"
ALWAYS: Final = "always Neutral"
VADER: Final = "VADER"


def verdict_columns(
    gold: Sequence[Row], records: Iterable[Row], *, text_model: TextModel | None
) -> dict[str, dict[str, Any] | None]:  # Any: JSON of measures
    """The measures (`verdicts.measured`) of each column over relevant articles that have a record.

    None stands for a column that could not be made: a bundle without a text model, VADER not installed.
    """
    pairs = [(row, record) for row, record in paired(gold, records) if record is not None]
    rows = [row for row, _ in pairs if row.get("relevant")]
    vader = vader_labels([f"{row['title']}. {row['text'][:LEAD_CHARS]}" for row in rows])
    return {
        LABTAPE: measured(verdicts_of(pairs)),
        TF_IDF: measured(_of_text_model(rows, text_model)) if text_model else None,
        ALWAYS: measured(_only_labels(rows, [NEUTRAL] * len(rows))),
        VADER: measured(_only_labels(rows, vader)) if vader is not None else None,
    }


def vader_labels(texts: Sequence[str]) -> list[str] | None:
    """VADER's compound score cut at its authors' thresholds, None where it is not installed."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyser = SentimentIntensityAnalyzer()
    compounds = [analyser.polarity_scores(text)["compound"] for text in texts]
    return ["Bullish" if c >= 0.05 else "Bearish" if c <= -0.05 else NEUTRAL for c in compounds]


def vader_probabilities(texts: Sequence[str]) -> list[dict[str, float]] | None:
    """The same as probabilities: all of it on the label."""
    labels = vader_labels(texts)
    return None if labels is None else [{x: float(x == label) for x in LABELS} for label in labels]


def _of_text_model(rows: Sequence[Row], model: TextModel) -> list[Judged]:
    made = model.probabilities([row["title"] or row["text"][:LEAD_CHARS] for row in rows])
    best = [p.index(max(p)) for p in made]
    return [
        Judged(row["sentiment"], LABELS[k], p[k], story_of(row), row.get("confidence") == "high")
        for row, p, k in zip(rows, made, best, strict=True)
    ]


def _only_labels(rows: Sequence[Row], labels: Sequence[str]) -> list[Judged]:
    return [
        Judged(row["sentiment"], label, None, story_of(row), row.get("confidence") == "high")
        for row, label in zip(rows, labels, strict=True)
    ]
