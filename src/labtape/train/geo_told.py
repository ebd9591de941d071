"""Learns the bundle's own tables of geopolitics: counts of cues, and what the encoder says of articles that it has not seen.

The stage stays the rules': a table of its own was right in .75 of the folds' matters of states and .62 of the test's 42, the rules in
.73 and .69.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.geo_features import GeoFeatures, geo_features
from labtape.annotate.geo_weights import NO, YES, Choice, GeoWeights
from labtape.signal.told import geo_read_values
from labtape.train.multinomial import fitted
from labtape.train.scores import ece, prf, rate
from labtape.types import Geopolitics

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.train.heads import Annotation
    from labtape.types import Annotated

#: L2 strengths; between .1 and 1 the F1 in folds moves by .01, between .03 and .3 the direction by .01.
STRENGTH: Final = 0.3
STRENGTH_OF_DIRECTION: Final = 0.1
#: A feature that fewer articles show is left out.
LEAST: Final = 5
#: With fewer matters of states nothing is learned.
FEWEST: Final = 40
FOLDS: Final = 5
THRESHOLDS: Final = (0.3, 0.325, 0.35, 0.375, 0.4, 0.425, 0.45, 0.475, 0.5)
#: The highest threshold that is so near the best one is taken: a false line of states misleads, a missing one is missed.
NEAR: Final = 0.005
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class GeoRow:
    """One article: what speaks for what, its story, how it was read, and what the rules alone say."""

    features: GeoFeatures
    read: Mapping[str, float]
    story: str
    truth: Mapping[str, Any]  # Any: `geo` of an annotation
    ruled: Geopolitics

    @property
    def values(self) -> dict[str, float]:
        return {**self.features.values, **self.read}

    @property
    def is_relevant(self) -> bool:
        return bool(self.truth["relevant"])


@dataclass(frozen=True, slots=True)
class GeoTold:
    """The tables, and their measures by how the articles were kept apart, beside those of the rules."""

    table: GeoWeights
    scores: Mapping[str, Mapping[str, float]]


def fit_geopolitics(
    annotations: Sequence[Annotation],
    annotated: Sequence[Annotated],
    rows: Sequence[Mapping[str, Any]],  # Any: JSON of annotations
    lexicon: Lexicon,
) -> GeoTold | None:
    """Fit on the articles that the encoder read and the split lets learn from; score them in folds, and the test's once.

    None where too few of them are matters of states.
    """
    made: dict[bool, list[GeoRow]] = {True: [], False: []}
    for a, found, row in zip(annotations, annotated, rows, strict=False):
        if a.read is not None and row.get("geo"):
            features, read = geo_features(found, lexicon), geo_read_values(a.read)
            made[a.held].append(GeoRow(features, read, a.story, row["geo"], found.geopolitics))
    return fit_rows(made[False], made[True])


def fit_rows(rows: Sequence[GeoRow], test: Sequence[GeoRow] = ()) -> GeoTold | None:
    """The tables fitted on `rows`, the threshold chosen in folds by story."""
    if sum(row.is_relevant for row in rows) < FEWEST:
        return None
    folds = {story: n % FOLDS for n, story in enumerate(sorted({row.story for row in rows}))}
    unseen: dict[int, Geopolitics] = {}
    for fold in range(FOLDS):
        table = _fit([row for row in rows if folds[row.story] != fold])
        unseen |= {k: _told(table, row) for k, row in enumerate(rows) if folds[row.story] == fold}
    told = [unseen[k] for k in range(len(rows))]
    f1 = {t: measures(rows, [_cut(g, t) for g in told])["f1"] for t in THRESHOLDS}
    threshold = max(t for t in THRESHOLDS if f1[t] >= max(f1.values()) - NEAR)
    table = replace(_fit(rows), threshold=threshold)
    scores = {
        "folds": measures(rows, [_cut(g, threshold) for g in told]),
        "folds, rules alone": measures(rows, [row.ruled for row in rows]),
    }
    if test:
        scores |= {
            "test": measures(test, [table.geopolitics(row.features, row.read) for row in test]),
            "test, rules alone": measures(test, [row.ruled for row in test]),
        }
    return GeoTold(table, scores)


def measures(rows: Sequence[GeoRow], told: Sequence[Geopolitics]) -> dict[str, float]:
    """F1 of being a matter of states, direction and stage where both say so, and how far p can be believed; `direction_all` counts what was missed as wrong."""
    both = [(row.truth, g) for row, g in zip(rows, told, strict=True) if row.is_relevant and g.relevant]
    n_told, n_true = sum(g.relevant for g in told), sum(row.is_relevant for row in rows)
    found = prf(len(both), n_told - len(both), n_true - len(both))
    return {
        **{name: found[name] for name in ("f1", "p", "r")},
        "direction": rate(sum(g.direction == truth["direction"] for truth, g in both), len(both)),
        "direction_all": rate(sum(g.direction == truth["direction"] for truth, g in both), n_true),
        "stage": rate(sum(g.stage == truth["stage"] for truth, g in both), len(both)),
        "ece": ece([(g.p, row.is_relevant) for row, g in zip(rows, told, strict=True)]),
        "articles": len(rows),
        "relevant": n_true,
    }


def _told(table: GeoWeights, row: GeoRow) -> Geopolitics:
    """What a table says of an article as if it were a matter of states, whatever its p."""
    return replace(table, threshold=0.0).geopolitics(row.features, row.read)


def _cut(told: Geopolitics, threshold: float) -> Geopolitics:
    return told if told.p >= threshold else Geopolitics(relevant=False, p=told.p)


def _fit(rows: Sequence[GeoRow]) -> GeoWeights:
    about = [row for row in rows if row.is_relevant]
    return GeoWeights(
        _choice(rows, [YES if row.is_relevant else NO for row in rows], STRENGTH),
        _choice(about, [row.truth["direction"] for row in about], STRENGTH_OF_DIRECTION),
        threshold=0.5,
    )


def _choice(rows: Sequence[GeoRow], truth: Sequence[str], strength: float) -> Choice:
    if len(set(truth)) < 2:
        return Choice((truth[0],), (0.0,), {})
    answers, intercepts, weights = fitted([row.values for row in rows], truth, strength=strength, least=LEAST)
    return Choice(
        answers,
        tuple(round(b, _DIGITS) for b in intercepts),
        {name: tuple(round(w, _DIGITS) for w in row) for name, row in weights.items()},
    )
