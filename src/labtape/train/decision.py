"""Fits the heads on labelled AI news, and says what they are worth on articles they have not seen.

Three stages, because the house rules were widened after reading the development articles, so that folds over those
flatter:

    folds over development articles      -> cross-validated scores
    fit on development, judge the test   -> scores on articles whose errors nobody looked at
    fit on all of them                   -> what ships

Temperature and conformal threshold come from the test articles: only there is the model as sure as it is on new ones.
What the calibrated figures are worth is measured crosswise, each half of the test with the other's numbers. The same
story never stands on both sides of a fold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.ports import Prediction
from labtape.signal.mathematics import conformal_threshold, discounted
from labtape.signal.model import log_odds, predict_one, three
from labtape.signal.ngrams import LABELS
from labtape.train.evaluate import verdict_measures
from labtape.train.heads import Annotation, Fitted, calibrated, fit_heads
from labtape.train.table import vader_probabilities

FOLDS: Final = 10
COVERAGE: Final = 0.9
RELEVANT: Final = 0.5
# Fewer relevant articles than this say nothing about calibration; then the folds' predictions do.
LEAST_TEST: Final = 60
TEMPERATURES: Final = tuple(round(0.8 + 0.1 * k, 1) for k in range(18))
Judged = tuple[Annotation, Prediction]


@dataclass(frozen=True, slots=True)
class Decision:
    """What ships, and the measures of each stage: per source, all together, the test."""

    fitted: Fitted
    cross_validated: Mapping[str, Any]  # Any: JSON of measures
    test: Mapping[str, Any]  # Any: JSON of measures


def fit_decision(annotations: Sequence[Annotation], *, text_temperature: float) -> Decision:
    """Fit and measure in the three stages of this module's picture."""
    development = [a for a in annotations if not a.held]
    tested = [a for a in annotations if a.held]
    judged = _cross_validated(development, text_temperature)
    trial = fit_heads(development, text_temperature=text_temperature)
    on_test = _judge(trial, tested)
    is_enough = sum(a.relevant for a in tested) >= LEAST_TEST
    temperature, conformal = _calibration(trial, tested) if is_enough else (1.0, _threshold(judged))
    final = fit_heads(annotations, text_temperature=text_temperature)
    sources = sorted({a.source for a, _ in judged})
    by_source = {s: _measures([j for j in judged if j[0].source == s]) for s in sources}
    return Decision(
        calibrated(final, temperature=temperature, conformal=conformal),
        by_source | {"all": _measures(judged)},
        _tested(trial, tested, on_test) if is_enough else {},
    )


def _cross_validated(development: Sequence[Annotation], text_temperature: float) -> list[Judged]:
    folds = _folds([a.story for a in development])
    judged: list[Judged] = []
    for k in range(FOLDS):
        rest = [a for a, f in zip(development, folds, strict=True) if f != k or a.filler]
        fold = [a for a, f in zip(development, folds, strict=True) if f == k and not a.filler]
        if fold:
            judged.extend(_judge(fit_heads(rest, text_temperature=text_temperature), fold))
    return judged


def _judge(fitted: Fitted, annotations: Sequence[Annotation]) -> list[Judged]:
    words = fitted.words.scores([a.seen.views for a in annotations])
    return [
        (a, predict_one(a.seen, a.text, own, fitted.settings))
        for a, own in zip(annotations, words, strict=True)
    ]


def _calibration(trial: Fitted, annotations: Sequence[Annotation]) -> tuple[float, float]:
    """The temperature with the least log loss on relevant articles, then the conformal threshold under it."""
    inside = [a for a in annotations if a.relevant]
    words = trial.words.scores([a.seen.views for a in inside])
    odds = [log_odds(a.seen, a.text, own, trial.settings) for a, own in zip(inside, words, strict=True)]

    def loss(temperature: float) -> float:
        made = (three(z["material"], z["direction"], temperature) for z in odds)
        return -sum(math.log(max(p[a.label], 1e-6)) for a, p in zip(inside, made, strict=True))

    temperature = min(TEMPERATURES, key=loss)
    made = _judge(calibrated(trial, temperature=temperature, conformal=1.0), inside)
    return temperature, _threshold(made)


def _threshold(judged: Sequence[Judged]) -> float:
    misses = [1 - p.p[a.label] for a, p in judged if a.relevant and p.relevance >= RELEVANT]
    return round(conformal_threshold(misses, COVERAGE), 4)


def _tested(
    trial: Fitted, tested: Sequence[Annotation], plain: Sequence[Judged]
) -> dict[str, Any]:  # Any: JSON
    """Measures of the test: as fitted on development, and with calibration taken crosswise from its halves."""
    halves = (tested[0::2], tested[1::2])
    crosswise: list[Judged] = []
    for mine, other in (halves, halves[::-1]):
        temperature, conformal = _calibration(trial, other)
        crosswise.extend(_judge(calibrated(trial, temperature=temperature, conformal=conformal), mine))
    inside = [(a, p) for a, p in crosswise if a.relevant and p.relevance >= RELEVANT]
    sets = [p.label_set for _, p in inside]
    return {
        "before_calibration": _measures(plain),
        "calibrated_crosswise": _measures(crosswise),
        "conformal": {
            "n": len(inside),
            "coverage": _part(sum(a.label in s for (a, _), s in zip(inside, sets, strict=True)), len(inside)),
            "labels_a_set": round(sum(map(len, sets)) / max(1, len(sets)), 2),
        },
        "confusion": _confusion(crosswise),
    }


def _shown(prediction: Prediction) -> dict[str, float]:
    """The probabilities a record shows: out of scope little of a direction is left."""
    if prediction.relevance >= RELEVANT:
        return dict(prediction.p)
    return discounted(prediction.p, prediction.relevance, "Neutral")


def _measures(judged: Sequence[Judged]) -> dict[str, Any]:  # Any: JSON
    inside = [(a, _shown(p)) for a, p in judged if a.relevant]
    measured = verdict_measures([(a.label, p) for a, p in inside])
    always = verdict_measures([(a.label, {x: float(x == "Neutral") for x in LABELS}) for a, _ in inside])
    texts = [f"{a.seen.views.title}. {a.seen.views.lead}" for a, _ in inside]
    vader = vader_probabilities(texts)
    beside = (
        verdict_measures([(a.label, p) for (a, _), p in zip(inside, vader, strict=True)]) if vader else None
    )
    tp = sum(a.relevant and p.relevance >= RELEVANT for a, p in judged)
    found = sum(p.relevance >= RELEVANT for _, p in judged)
    return {
        "n": len(judged),
        "relevance_f1": _part(2 * tp, found + len(inside)),
        "relevance_p": _part(tp, found),
        "relevance_r": _part(tp, len(inside)),
        "verdict_n": measured["n"],
        "verdict_acc": measured["acc"],
        "verdict_macro_f1": measured["macro_f1"],
        "verdict_ece": measured["ece"],
        "always_neutral_acc": always["acc"],
        "always_neutral_macro_f1": always["macro_f1"],
        "vader_acc": beside["acc"] if beside else None,
        "vader_macro_f1": beside["macro_f1"] if beside else None,
    }


def _confusion(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """Per true label how often each label was given, on relevant articles."""
    table = {truth: dict.fromkeys(LABELS, 0) for truth in LABELS}
    for a, prediction in judged:
        if a.relevant:
            p = _shown(prediction)
            table[a.label][max(p, key=lambda label: p[label])] += 1
    return table


def _part(count: float, n: int) -> float:
    return round(count / max(1, n), 4)


def _folds(stories: Sequence[str]) -> list[int]:
    order = {story: i for i, story in enumerate(sorted(set(stories)))}
    return [order[story] % FOLDS for story in stories]
