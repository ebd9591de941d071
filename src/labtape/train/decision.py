"""The few numbers that join text and rules on AI news, fitted on annotated articles and checked by folds.

Seven parameters, because there are a hundred or two annotated articles and no more: scale and bias of
relevance; bias, rules and text of "material or not"; rules and text of the direction. The same story never
stands on both sides of a fold. The house rules themselves were written by people who had read these articles,
therefore the fit is shrunk, and cross-validated figures still flatter: only articles nobody here has read tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.signal.features import Seen
from labtape.signal.mathematics import conformal_threshold, logit
from labtape.signal.model import DIRECTION, MATERIAL, Settings, combined, inputs, predict_one, usable
from labtape.signal.ngrams import LABELS
from labtape.signal.rules import RELEVANCE, RELEVANCE_BIAS, logits, relevance
from labtape.train.evaluate import verdict_measures

FOLDS: Final = 10
COVERAGE: Final = 0.9
# L2 strength: the least log loss by folds was at 1; .3 costs .01 there and trusts the rules less, which were
# written with these articles in view.
SHRINK: Final = 0.3
Text = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotated article as the fit sees it: features, text probabilities, truth, story."""

    seen: Seen
    text: Text
    relevant: bool
    label: str
    story: str
    source: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The fitted numbers, and what folds say they are worth, per source."""

    settings: Settings
    cross_validated: Mapping[str, Any]  # Any: JSON of measures


def fit_decision(annotations: Sequence[Annotation], *, text_temperature: float) -> Decision:
    """Fit on everything; measure, and set the conformal threshold, by folds over stories."""
    folds = _folds([a.story for a in annotations])
    held_out: list[tuple[Annotation, float, Mapping[str, float]]] = []
    for k in range(FOLDS):
        train = [a for a, f in zip(annotations, folds, strict=True) if f != k]
        test = [a for a, f in zip(annotations, folds, strict=True) if f == k]
        if test:
            settings = _fit(train, text_temperature, conformal=1.0)
            held_out.extend((a, *_judged(a, settings)) for a in test)
    scores = [1 - p[a.label] for a, _, p in held_out if a.relevant]
    threshold = round(conformal_threshold(scores, COVERAGE), 4)
    final = _fit(annotations, text_temperature, conformal=threshold)
    sources = sorted({a.source for a in annotations})
    measured = {s: _measures([h for h in held_out if h[0].source == s]) for s in sources}
    return Decision(final, measured | {"all": _measures(held_out)})


def _judged(a: Annotation, settings: Settings) -> tuple[float, Mapping[str, float]]:
    """Relevance, and the probabilities inside AI news."""
    p = combined(logits(a.seen.values), usable(a.text, a.seen.values), settings)
    return predict_one(a.seen, a.text, settings).relevance, p


def _fit(annotations: Sequence[Annotation], text_temperature: float, *, conformal: float) -> Settings:
    scale, bias = _relevance(annotations)
    inside = [a for a in annotations if a.relevant]
    rows = [inputs(logits(a.seen.values), usable(a.text, a.seen.values)) for a in inside]
    material = _regression(
        [[m[n] for n in MATERIAL[1:]] for m, _ in rows],
        [a.label != "Neutral" for a in inside],
        intercept=True,
    )
    moved = [
        (d, a.label == "Bullish") for (_, d), a in zip(rows, inside, strict=True) if a.label != "Neutral"
    ]
    direction = _regression(
        [[d[n] for n in DIRECTION] for d, _ in moved], [up for _, up in moved], intercept=False
    )
    weights = {name: round(scale * weight, 4) for name, weight in RELEVANCE.items()}
    return Settings(
        relevance={"bias": round(bias + scale * RELEVANCE_BIAS, 4)} | weights,
        material=dict(zip(MATERIAL, material, strict=True)),
        direction=dict(zip(DIRECTION, direction[1:], strict=True)),
        temperature=1.0,
        text_temperature=text_temperature,
        conformal=conformal,
    )


def _relevance(annotations: Sequence[Annotation]) -> tuple[float, float]:
    """Scale and shift of the rule model's relevance logit."""
    x = [[logit(relevance(a.seen.values))] for a in annotations]
    bias, scale = _regression(x, [a.relevant for a in annotations], intercept=True)
    return scale, bias


def _regression(rows: Sequence[Sequence[float]], truth: Sequence[bool], *, intercept: bool) -> list[float]:
    """Intercept first (0 without one), then the weights, rounded so that a platform's last bits do not show."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=SHRINK, fit_intercept=intercept, tol=1e-8, max_iter=1000).fit(rows, truth)
    bias = float(model.intercept_[0]) if intercept else 0.0
    return [round(bias, 4), *(round(float(w), 4) for w in model.coef_[0])]


def _folds(stories: Sequence[str]) -> list[int]:
    order = {story: i for i, story in enumerate(sorted(set(stories)))}
    return [order[story] % FOLDS for story in stories]


def _measures(
    held_out: Sequence[tuple[Annotation, float, Mapping[str, float]]],
) -> dict[str, Any]:  # Any: JSON
    pairs = [(a.label, p) for a, _, p in held_out if a.relevant]
    always = [(truth, {label: float(label == "Neutral") for label in LABELS}) for truth, _ in pairs]
    tp = sum(a.relevant and r >= 0.5 for a, r, _ in held_out)
    wrong = sum(a.relevant != (r >= 0.5) for a, r, _ in held_out)
    measured, naive = verdict_measures(pairs), verdict_measures(always)
    return {
        "n": len(held_out),
        "relevance_f1": round(2 * tp / (2 * tp + wrong), 4) if tp else 0.0,
        "verdict_n": measured["n"],
        "verdict_acc": measured["acc"],
        "verdict_macro_f1": measured["macro_f1"],
        "verdict_ece": measured["ece"],
        "always_neutral_acc": naive["acc"],
    }
