"""Measures of verdicts, each with the interval that drawing the same articles again would give.

The bootstrap draws stories, not articles: retellings of one story are right or wrong together. A drawing is a row of
weights, one for each article; every measure is a weighted one, so that all drawings are counted at once. The first row
has weight one for all, and gives the measure itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from labtape.signal.ngrams import LABELS
from labtape.train.reliability import BINS, bin_of

if TYPE_CHECKING:
    from numpy import ndarray

    Array = ndarray[Any, Any]  # Any: shape and number type

RESAMPLES: Final = 1000
SEED: Final = 0
#: Drawings counted at once: 100 rows of 10,000 articles are 8 MB.
_BLOCK: Final = 100
NEUTRAL: Final = "Neutral"
#: Accuracy among this part of the articles, the surest ones.
TOPS: Final = (25, 50, 75, 100)
_BOUNDS: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict beside the truth. Without a `certainty` (0 to 1), or a `label_set`, none is claimed."""

    truth: str
    label: str
    certainty: float | None
    story: str
    is_high: bool = False  # the annotator was sure of the truth
    label_set: tuple[str, ...] | None = None


def measured(
    judged: Sequence[Judged], *, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, dict[str, float]]:
    """Every measure that these verdicts allow: `value`, `low` and `high` (95 %, percentiles), and `n` articles behind it.

    | measure | what |
    | --- | --- |
    | `acc`, `macro_f1` | over all; F1 of a label that neither side has is 0 |
    | `direction_acc` | part with the right sign, where truth and verdict both have a direction |
    | `acc_high_confidence` | accuracy where the annotator was sure |
    | `ece` | expected calibration error of the certainty, 15 bins of equal width |
    | `acc_top_25` … | accuracy among the surest 25 % …; of equally sure ones each counts in part |
    | `conformal_coverage`, `conformal_size` | how often the label set holds the truth; labels in it |

    The same stories in the same order are drawn alike, so that columns of one table can be compared. Noise can only add to
    an ECE, so its interval sits high.

    >>> judged = [Judged("Bullish", "Bullish", 0.9, "a"), Judged("Neutral", "Bullish", 0.6, "b")]
    >>> measured(judged)["acc"]
    {'value': 0.5, 'low': 0.0, 'high': 1.0, 'n': 2}
    """
    import numpy as np

    if not judged:
        return {}
    counts = _counts(judged)
    stories = {story: k for k, story in enumerate(dict.fromkeys(j.story for j in judged))}
    at = np.array([stories[j.story] for j in judged])
    rng = np.random.default_rng(seed)
    even = np.full(len(stories), 1 / len(stories))
    rows: dict[str, list[Array]] = {name: [] for name in counts}
    for begin in range(0, resamples, _BLOCK):
        drawn = rng.multinomial(len(stories), even, size=min(_BLOCK, resamples - begin))[:, at].astype(float)
        for name, (_, count) in counts.items():
            rows[name].append(count(drawn))
    once = np.ones((1, len(judged)))
    made = {}
    for name, (n, count) in counts.items():
        low, high = np.nanpercentile(np.concatenate(rows[name]), _BOUNDS)
        numbers = {"value": count(once)[0], "low": low, "high": high}
        made[name] = {key: round(float(x), 4) for key, x in numbers.items()} | {"n": n}
    return made


def _counts(judged: Sequence[Judged]) -> dict[str, tuple[int, Callable[[Array], Array]]]:
    """Each measure that is possible: the number of articles behind it, and the measure of each row of weights."""
    import numpy as np

    right = np.array([float(j.truth == j.label) for j in judged])
    everything = np.ones(len(judged))
    moved = np.array([float(NEUTRAL not in (j.truth, j.label)) for j in judged])
    high = np.array([float(j.is_high) for j in judged])
    counts: dict[str, tuple[int, Callable[[Array], Array]]] = {}

    def add(name: str, among: Array, count: Callable[[Array], Array]) -> None:
        if among.any():
            counts[name] = int(among.sum()), count

    add("acc", everything, lambda w: _mean(w, right))
    add("macro_f1", everything, lambda w: _macro_f1(w, judged))
    add("direction_acc", moved, lambda w: _mean(w * moved, right))
    add("acc_high_confidence", high, lambda w: _mean(w * high, right))
    certainties = [j.certainty for j in judged if j.certainty is not None]
    if len(certainties) == len(judged):
        certainty = np.array(certainties)
        add("ece", everything, lambda w: _ece(w, certainty, right))
        for top in TOPS[:-1]:
            add(f"acc_top_{top}", everything, partial(_acc_of_top, certainty, right, top / 100))
        add("acc_top_100", everything, lambda w: _mean(w, right))
    has_set = np.array([float(j.label_set is not None) for j in judged])
    held = np.array([float(j.truth in (j.label_set or ())) for j in judged])
    size = np.array([float(len(j.label_set or ())) for j in judged])
    add("conformal_coverage", has_set, lambda w: _mean(w * has_set, held))
    add("conformal_size", has_set, lambda w: _mean(w * has_set, size))
    return counts


def _mean(weights: Array, values: Array) -> Array:
    """The weighted mean of each row; no number where a row has no weight."""
    import numpy as np

    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray((weights @ values) / np.where(total > 0, total, np.nan))


def _macro_f1(weights: Array, judged: Sequence[Judged]) -> Array:
    import numpy as np

    f1 = np.zeros(len(weights))
    for label in LABELS:
        truth = np.array([float(j.truth == label) for j in judged])
        said = np.array([float(j.label == label) for j in judged])
        both = weights @ (truth + said)
        f1 += 2 * (weights @ (truth * said)) / np.where(both > 0, both, 1)
    return f1 / len(LABELS)


def _ece(weights: Array, certainty: Array, right: Array) -> Array:
    import numpy as np

    at = np.array([bin_of(float(c)) for c in certainty])
    gaps = np.zeros(len(weights))
    for k in range(BINS):
        gaps += np.abs(weights @ ((at == k) * (certainty - right)))
    return np.asarray(gaps / weights.sum(axis=1))


def _acc_of_top(certainty: Array, right: Array, part: float, weights: Array) -> Array:
    """Accuracy among the surest part of the weight. Equally sure ones stand together and count with the part of them
    that still fits in."""
    import numpy as np

    order = np.argsort(-certainty, kind="stable")
    _, begins = np.unique(-certainty[order], return_index=True)
    weight = np.add.reduceat(weights[:, order], begins, axis=1)
    hits = np.add.reduceat((weights * right)[:, order], begins, axis=1)
    wanted = part * weights.sum(axis=1, keepdims=True)
    taken = np.clip(wanted - (weight.cumsum(axis=1) - weight), 0, weight)
    rate = hits / np.where(weight > 0, weight, 1)
    return np.asarray((taken * rate).sum(axis=1) / wanted[:, 0])


def verdicts_of(
    pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> tuple[Judged, ...]:  # Any: JSON
    """The verdicts of records on articles that the annotation calls relevant.

    A record that calls the article irrelevant has a verdict (what is left of its direction) and no label set.
    """
    return tuple(
        Judged(
            row["sentiment"],
            record["verdict"]["label"],
            max(record["verdict"]["p"].values()),
            story_of(row),
            row.get("confidence") == "high",
            tuple(record["verdict"].get("label_set", ())) or None
            if record["relevance"]["relevant"]
            else None,
        )
        for row, record in pairs
        if row.get("relevant")
    )


def story_of(row: Mapping[str, Any]) -> str:  # Any: JSON of annotations
    """The story of an annotated article; without one it is its own."""
    return f"story {row['story']}" if row.get("story") else f"article {row['id']}"
