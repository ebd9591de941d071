"""Fits the heads on labelled AI news, and says what they are worth on articles they have not seen.

Three stages, because the house rules were widened after reading the development articles, so that folds over those
flatter:

    folds over development articles      -> cross-validated scores
    fit on development, judge the test   -> scores on articles whose errors nobody looked at
    fit on all of them                   -> what ships

Calibration and conformal threshold come from the test articles: only there is the model as sure as it is on new ones.
The method is chosen, and the threshold taken, on articles of the test that the calibration was not fitted on. What all
that is worth is measured crosswise, each half of the test with what the other half chose. The same story never stands
on both sides of a fold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from labtape.ports import Prediction
from labtape.report.reliability import Bin
from labtape.signal.calibration import METHODS, TEMPERATURE, UNCHANGED, Calibration
from labtape.signal.mathematics import conformal_threshold, discounted, label_of
from labtape.signal.model import log_odds, predict_one, three
from labtape.signal.ngrams import LABELS
from labtape.train.beside import vader_probabilities
from labtape.train.calibrating import Trial, chosen, fit_calibration, trial
from labtape.train.evaluate import verdict_measures
from labtape.train.heads import Annotation, Fitted, fit_heads, with_calibration
from labtape.train.horizons import Reading, fit_horizons
from labtape.train.reliability import bins_of
from labtape.train.verdicts import Judged as Verdict
from labtape.train.verdicts import measured

FOLDS: Final = 10
COVERAGE: Final = 0.9
RELEVANT: Final = 0.5
# Fewer relevant articles than this say nothing about calibration; then nothing is calibrated.
LEAST_TEST: Final = 60
# Fewer of one label say nothing about it; then one temperature for all is fitted, whatever else would measure better.
LEAST_LABEL: Final = 10
CALIBRATION_FOLDS: Final = 5
Judged = tuple[Annotation, Prediction]


@dataclass(frozen=True, slots=True)
class Decision:
    """What ships, and the measures of each stage: per source, all together, the test."""

    fitted: Fitted
    cross_validated: Mapping[str, Any]  # Any: JSON of measures
    test: Mapping[str, Any]  # Any: JSON of measures
    calibration: Mapping[str, Any]  # Any: JSON of measures
    reliability: Mapping[str, tuple[Bin, ...]]  # before and after calibration
    horizons: Mapping[str, Any]  # Any: JSON of measures


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration with its conformal threshold, and what each method was worth on articles left out."""

    calibration: Calibration
    conformal: float
    trials: tuple[Trial, ...]


def fit_decision(annotations: Sequence[Annotation], *, text_temperature: float) -> Decision:
    """Fit and measure in the three stages of this module's picture."""
    development = [a for a in annotations if not a.held]
    tested = [a for a in annotations if a.held]
    folds = _fits_of_folds(development, text_temperature)
    judged = [one for fitted, fold in folds for one in _judge(fitted, fold)]
    trial_fit = fit_heads(development, text_temperature=text_temperature)
    on_test = _judge(trial_fit, tested)
    readings = [
        one for fitted, unseen in (*folds, (trial_fit, tested)) for one in _read_for_horizons(fitted, unseen)
    ]
    horizons = fit_horizons(readings, Counter(a.label for a in annotations if a.relevant))
    is_enough = sum(a.relevant for a in tested) >= LEAST_TEST
    found = _calibrated(trial_fit, tested) if is_enough else Calibrated(UNCHANGED, _threshold(judged), ())
    crosswise = _crosswise(trial_fit, tested) if is_enough else []
    final = fit_heads(annotations, text_temperature=text_temperature)
    sources = sorted({a.source for a, _ in judged})
    by_source = {s: _measures([j for j in judged if j[0].source == s]) for s in sources}
    settings = replace(
        final.settings, calibration=found.calibration, conformal=found.conformal, horizons=horizons.weights
    )
    return Decision(
        replace(final, settings=settings),
        by_source | {"all": _measures(judged)},
        _tested(on_test, crosswise) if is_enough else {},
        {"method": found.calibration.method, "left_out": {t.method: t.to_dict() for t in found.trials}},
        {"before": _bins(on_test), "after": _bins(crosswise)} if is_enough else {"before": _bins(judged)},
        horizons.scores,
    )


def _fits_of_folds(
    development: Sequence[Annotation], text_temperature: float
) -> list[tuple[Fitted, list[Annotation]]]:
    """Per fold the heads that had not seen it, and its articles."""
    folds = _folds([a.story for a in development], FOLDS)
    made = []
    for k in range(FOLDS):
        rest = [a for a, f in zip(development, folds, strict=True) if f != k or a.filler]
        fold = [a for a, f in zip(development, folds, strict=True) if f == k and not a.filler]
        if fold:
            made.append((fit_heads(rest, text_temperature=text_temperature), fold))
    return made


def _read_for_horizons(fitted: Fitted, unseen: Sequence[Annotation]) -> list[Reading]:
    own = [a for a in unseen if a.horizons and a.relevant]
    words = fitted.words.scores([a.seen.unnamed for a in own])
    return [
        Reading(
            log_odds(a.seen, a.text, w, fitted.settings, a.read),
            a.seen,
            a.horizons or {},
            a.label,
            a.story,
        )
        for a, w in zip(own, words, strict=True)
    ]


def _judge(fitted: Fitted, annotations: Sequence[Annotation]) -> list[Judged]:
    words = fitted.words.scores([a.seen.unnamed for a in annotations])
    return [
        (a, predict_one(a.seen, a.text, own, fitted.settings, a.read))
        for a, own in zip(annotations, words, strict=True)
    ]


def _calibrated(trial_fit: Fitted, annotations: Sequence[Annotation]) -> Calibrated:
    """The method that measures best on relevant articles left out, fitted on all of them, with the threshold of those left out."""
    inside = [a for a in annotations if a.relevant]
    words = trial_fit.words.scores([a.seen.unnamed for a in inside])
    truth = [a.label for a in inside]
    raw = []
    for a, own in zip(inside, words, strict=True):
        z = log_odds(a.seen, a.text, own, trial_fit.settings, a.read)
        raw.append(three(z["material"], z["direction"]))
    folds = _folds([a.story for a in inside], CALIBRATION_FOLDS)

    def left_out(method: str) -> list[Judged]:
        made: dict[int, Judged] = {}
        for fold in sorted(set(folds)):
            rest = [k for k, f in enumerate(folds) if f != fold]
            own = fit_calibration(method, [raw[k] for k in rest], [truth[k] for k in rest])
            settings = replace(trial_fit.settings, calibration=own)
            for k in (k for k, f in enumerate(folds) if f == fold):
                made[k] = (
                    inside[k],
                    predict_one(inside[k].seen, inside[k].text, words[k], settings, inside[k].read),
                )
        return [made[k] for k in range(len(inside))]

    is_enough = min(Counter(truth)[label] for label in LABELS) >= LEAST_LABEL
    judged = {method: left_out(method) for method in (METHODS if is_enough else (TEMPERATURE,))}
    shown = {method: [_shown(p) for _, p in own] for method, own in judged.items()}
    method = chosen(shown, truth)
    plain = [
        _shown(predict_one(a.seen, a.text, own, trial_fit.settings, a.read))
        for a, own in zip(inside, words, strict=True)
    ]
    trials = (trial("none", plain, truth), *(trial(m, own, truth) for m, own in shown.items()))
    return Calibrated(fit_calibration(method, raw, truth), _threshold(judged[method]), trials)


def _threshold(judged: Sequence[Judged]) -> float:
    misses = [1 - p.p[a.label] for a, p in judged if a.relevant and p.relevance >= RELEVANT]
    return round(conformal_threshold(misses, COVERAGE), 4)


def _crosswise(trial_fit: Fitted, tested: Sequence[Annotation]) -> list[Judged]:
    """Each half of the test, by story, judged with the calibration that the other half chose."""
    sides = _folds([a.story for a in tested], 2)
    halves = [[a for a, side in zip(tested, sides, strict=True) if side == k] for k in (0, 1)]
    judged: list[Judged] = []
    for mine, other in (halves, halves[::-1]):
        found = _calibrated(trial_fit, other)
        judged.extend(_judge(with_calibration(trial_fit, found.calibration, conformal=found.conformal), mine))
    return judged


def _tested(plain: Sequence[Judged], crosswise: Sequence[Judged]) -> dict[str, Any]:  # Any: JSON
    """Measures of the test: as fitted on development, and with calibration taken crosswise from its halves."""
    inside = [(a, p) for a, p in crosswise if a.relevant and p.relevance >= RELEVANT]
    sets = [p.label_set for _, p in inside]
    return {
        "before_calibration": _measures(plain),
        "calibrated_crosswise": _measures(crosswise),
        "intervals": measured([_verdict(a, p) for a, p in crosswise if a.relevant]),
        "conformal": {
            "n": len(inside),
            "coverage": _part(sum(a.label in s for (a, _), s in zip(inside, sets, strict=True)), len(inside)),
            "labels_a_set": round(sum(map(len, sets)) / max(1, len(sets)), 2),
        },
        "confusion": _confusion(crosswise),
    }


def _verdict(a: Annotation, prediction: Prediction) -> Verdict:
    """As a record would say it."""
    p = _shown(prediction)
    label_set = prediction.label_set if prediction.relevance >= RELEVANT else None
    return Verdict(a.label, label_of(p), max(p.values()), a.story, label_set=label_set)


def _bins(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    shown = [(a, _shown(p)) for a, p in judged if a.relevant]
    return bins_of([(max(p.values()), label_of(p) == a.label) for a, p in shown])


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


def _folds(stories: Sequence[str], n: int) -> list[int]:
    order = {story: i for i, story in enumerate(sorted(set(stories)))}
    return [order[story] % n for story in stories]
