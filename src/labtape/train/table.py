"""The measures on a screen, beside baselines of the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labtape.train.evaluate import LABELS, Row, verdict_measures

if TYPE_CHECKING:
    from rich.table import Table


def measures_table(name: str, measures: Mapping[str, Any], gold: Sequence[Row]) -> Table:
    """One line per measure; the verdict beside always-Neutral, and VADER where it is installed."""
    from rich.table import Table

    table = Table(
        title=f"{name}: {measures['items']} articles, {measures['missing']} missing", title_justify="left"
    )
    for column in ("measure", "labtape", "always Neutral", "VADER"):
        table.add_column(column)
    found = baselines(gold)
    for part, value in measures.items():
        if isinstance(value, Mapping) and part != "worst_mentions":
            for key, number in value.items():
                if isinstance(number, int | float) and key not in ("tp", "fp", "fn"):
                    beside = [
                        str(b[key]) if part == "verdict" and b and key in b else "" for b in found.values()
                    ]
                    table.add_row(f"{part} {key}", str(number), *beside)
        elif part in ("decoys_linked", "offset_errors"):
            table.add_row(part, str(value), "", "")
    return table


def baselines(gold: Sequence[Row]) -> dict[str, dict[str, Any] | None]:
    """Verdict measures of always-Neutral and of VADER (None where it is not installed) on the relevant articles."""
    relevant = [row for row in gold if row.get("relevant")]
    truth = [row["sentiment"] for row in relevant]
    neutral = {label: float(label == "Neutral") for label in LABELS}
    texts = [f"{row['title']}. {row['text'][:600]}" for row in relevant]
    vader = vader_probabilities(texts)
    return {
        "always Neutral": _shown(verdict_measures([(t, neutral) for t in truth])),
        "VADER": _shown(verdict_measures(list(zip(truth, vader, strict=True)))) if vader else None,
    }


def vader_probabilities(texts: Sequence[str]) -> list[dict[str, float]] | None:
    """VADER's compound score cut at its authors' thresholds, None where it is not installed."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyser = SentimentIntensityAnalyzer()
    labels = []
    for text in texts:
        compound = analyser.polarity_scores(text)["compound"]
        labels.append("Bullish" if compound >= 0.05 else "Bearish" if compound <= -0.05 else "Neutral")
    return [{x: float(x == label) for x in LABELS} for label in labels]


def _shown(measures: dict[str, Any]) -> dict[str, Any]:
    """Without calibration, which these baselines do not claim."""
    return {k: v for k, v in measures.items() if k in ("acc", "macro_f1", "n")}
