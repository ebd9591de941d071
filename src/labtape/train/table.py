"""The measures on a screen, beside baselines of the same run, and the mention errors by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from labtape.train.evaluate import LABELS, verdict_measures
from labtape.train.matching import Row
from labtape.train.mention_errors import MentionError, commonest, error_counts

if TYPE_CHECKING:
    from rich.table import Table

#: Counts, which the table leaves to --json; look-alikes have a row of their own.
_NO_ROW: Final = frozenset({"tp", "fp", "fn", "all", "linked"})


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
                if isinstance(number, int | float) and key not in _NO_ROW:
                    beside = [
                        str(b[key]) if part == "verdict" and b and key in b else "" for b in found.values()
                    ]
                    table.add_row(f"{part} {key}", str(number), *beside)
        elif part in ("decoys_linked", "offset_errors"):
            table.add_row(part, str(value), "", "")
    return table


def errors_table(name: str, errors: Sequence[MentionError], n_cases: int) -> Table:
    """What was missed or wrongly linked, by kind: the commonest `n_cases` of each, the first place of each in its words."""
    from rich.table import Table
    from rich.text import Text

    counts = error_counts(errors)
    fn, fp = (sum(of_kind[side] for of_kind in counts.values()) for side in ("fn", "fp"))
    title = f"Mention errors by kind, {name}: {fn} missed, {fp} false"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("kind", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("surface → annotated / found (rule or reason)", overflow="fold")
    for kind, cases in commonest(errors).items():
        table.add_section()
        begin = (kind, str(counts[kind]["cases"]))
        for error, n in cases[:n_cases]:
            table.add_row(*begin, Text(_in_words(error, n)))
            table.add_row("", "", Text(f"  {error.context}", style="dim", no_wrap=True, overflow="ellipsis"))
            begin = ("", "")
        if (rest := len(cases) - n_cases) > 0:
            table.add_row("", "", Text(f"and {rest} more", style="dim"))
    return table


def _in_words(error: MentionError, n: int) -> str:
    why = "; ".join(part for part in (error.rule, error.reason) if part)
    times = f" ×{n}" if n > 1 else ""
    return (
        f"{error.surface} → {error.expected or '–'} / {error.found or '–'}{f' ({why})' if why else ''}{times}"
    )


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
