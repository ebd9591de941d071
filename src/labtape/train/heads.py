"""Three regularised regressions on labelled AI news: relevance, material or not, direction.

Inputs differ in kind, so each kind has a scale, which is its share of the ridge penalty: what rules and text model say
together is trusted first, single rules and features less, words are many and small. Scales and strengths were chosen
by folds on the labelled articles; neighbouring values differ by less than .01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from labtape.exceptions import ReadError
from labtape.signal.calibration import UNCHANGED, Calibration
from labtape.signal.features import FEATURES, Seen, plain
from labtape.signal.inputs import ENTITY_INPUTS, JOINT, Reading, Text, about_entity, inputs_of, names
from labtape.signal.model import Settings, usable
from labtape.signal.news_words import HEADS, NewsWords
from labtape.signal.rules import logits
from labtape.signal.tfidf import fitted, vectoriser

if TYPE_CHECKING:
    from numpy import ndarray

    Array = ndarray[Any, Any]  # Any: shape and number type

# How many articles a word (or pair) must stand in to be kept: headline, opening.
TITLE_LEAST: Final = 2
LEAD_LEAST: Final = 3
#: What varies less is the same everywhere, but for the last bits of its mean.
LEAST_SPREAD: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a head reads, and how firmly it is held back (`strength` is scikit-learn's C)."""

    joint: tuple[str, ...]
    joint_scale: float
    rules: float
    features: float
    words: tuple[float, float]  # headline, opening
    written: float  # of the column `WRITTEN`
    strength: float


RECIPES: Final[Mapping[str, Recipe]] = {
    "relevance": Recipe(("rules.relevance", "encoder.relevance"), 0.5, 0.0, 0.2, (2.0, 2.0), 0.0, 1.0),
    "material": Recipe(JOINT[1:], 1.0, 0.5, 0.2, (2.0, 2.0), 2.0, 0.5),
    "direction": Recipe(JOINT[1:], 1.0, 0.5, 0.0, (1.0, 0.0), 2.0, 0.5),
}
ENTITY_STRENGTH: Final = 0.3
#: A column of the fit alone, 1 for our own articles beside real ones: it takes up how much oftener they have a direction, so that
#: the heads' biases are those of news. Relevance loses by it and goes without.
WRITTEN: Final = "written"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an article was read to mean for one organisation, and what rules, text model and encoder say of it there."""

    by_sign: Mapping[int, float]
    text: Text | None
    read: Reading | None
    label: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """A labelled article as the fit sees it; `held` ones are kept for the test, `filler` ones never measured.

    A filler is a finance headline without any AI word: it teaches relevance only. `written` ones are of our own writing:
    they have a direction far oftener than news (see `WRITTEN`).
    """

    seen: Seen
    text: Text
    relevant: bool
    label: str
    story: str
    source: str
    held: bool = False
    filler: bool = False
    written: bool = False
    read: Reading | None = None
    subjects: tuple[Subject, ...] = ()
    horizons: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """The heads: words with their weights, and the named numbers."""

    words: NewsWords
    settings: Settings


def fit_heads(annotations: Sequence[Annotation], *, text_temperature: float) -> Fitted:
    """Fit all heads; not calibrated, and no conformal threshold yet."""
    import numpy as np

    views = [a.seen.unnamed for a in annotations if not a.filler]
    title = _vectoriser([v.title for v in views], TITLE_LEAST)
    lead = _vectoriser([v.lead for v in views], LEAD_LEAST)
    order = (*names(), WRITTEN)
    is_mixed = len({a.written for a in annotations if not a.filler}) > 1
    table = np.array([[*_row(a, names()), float(is_mixed and a.written)] for a in annotations])
    texts = [(plain(a.seen.unnamed.title), plain(a.seen.unnamed.lead)) for a in annotations]
    bags = (title.transform([t for t, _ in texts]), lead.transform([x for _, x in texts]))
    truth = {
        "relevance": [(k, a.relevant) for k, a in enumerate(annotations)],
        "material": [(k, a.label != "Neutral") for k, a in enumerate(annotations) if _inside(a)],
        "direction": [
            (k, a.label == "Bullish")
            for k, a in enumerate(annotations)
            if _inside(a) and a.label != "Neutral"
        ],
    }
    named: dict[str, dict[str, float]] = {}
    rows = []
    for head in HEADS:
        at = [k for k, _ in truth[head]]
        if len({y for _, y in truth[head]}) < 2:
            raise ReadError(
                f"{len(at)} articles teach '{head}' and all say the same; more labels of both sides are needed"
            )
        weights, bag = _fit(
            RECIPES[head], table[at], [b[at] for b in bags], [y for _, y in truth[head]], order
        )
        named[head] = weights
        rows.append(bag)
    words = NewsWords(fitted(title, "word"), fitted(lead, "word"), np.array(rows).round(4).astype(np.float32))
    material, direction = _entity(annotations)
    settings = Settings(
        relevance=named["relevance"],
        material=named["material"],
        direction=named["direction"],
        entity_material=material,
        entity_direction=direction,
        calibration=UNCHANGED,
        text_temperature=text_temperature,
        conformal=1.0,
    )
    return Fitted(words, settings)


def with_calibration(fitted: Fitted, calibration: Calibration, *, conformal: float) -> Fitted:
    return replace(fitted, settings=replace(fitted.settings, calibration=calibration, conformal=conformal))


def _inside(a: Annotation) -> bool:
    return a.relevant and not a.filler


def _row(a: Annotation, order: Sequence[str]) -> list[float]:
    inputs = inputs_of(a.seen, usable(a.text, a.seen.values), a.read)
    return [inputs.get(name, 0.0) for name in order]


def _vectoriser(texts: Sequence[str], least: int) -> Any:  # Any: scikit-learn has no types
    made = vectoriser("word", min_df=least).fit([plain(t) for t in texts])
    made.idf_ = made.idf_.round(6)
    return made


def _fit(
    recipe: Recipe, table: Array, bags: Sequence[Any], truth: Sequence[bool], order: Sequence[str]
) -> tuple[dict[str, float], Array]:  # Any: sparse matrices
    """The named weights (bias first, on the inputs as they are) and the words' weights of one head."""
    import numpy as np
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    scale = np.array([_scale(recipe, name) for name in order])
    spread = np.array([table[:, k].std() if name in FEATURES else 1.0 for k, name in enumerate(order)])
    centre = np.array([table[:, k].mean() if name in FEATURES else 0.0 for k, name in enumerate(order)])
    factor = np.where(spread > LEAST_SPREAD, scale / np.where(spread > LEAST_SPREAD, spread, 1.0), 0.0)
    matrix = hstack(
        [csr_matrix((table - centre) * factor), *(b * s for b, s in zip(bags, recipe.words, strict=True))]
    ).tocsr()
    model = LogisticRegression(C=recipe.strength, max_iter=3000, tol=1e-6).fit(matrix, truth)
    found = model.coef_[0]
    weights = found[: len(order)] * factor
    bias = float(model.intercept_[0]) - float(weights @ centre)
    kept = {
        name: round(float(w), 4)
        for name, w in zip(order, weights, strict=True)
        if round(float(w), 4) and name != WRITTEN
    }
    split = len(order) + bags[0].shape[1]
    words = np.concatenate([found[len(order) : split] * recipe.words[0], found[split:] * recipe.words[1]])
    return {"bias": round(bias, 4)} | kept, words


def _scale(recipe: Recipe, name: str) -> float:
    if name == WRITTEN:
        return recipe.written
    if name in JOINT:
        return recipe.joint_scale if name in recipe.joint else 0.0
    return recipe.rules if name.startswith("hit.") else recipe.features


def _entity(annotations: Sequence[Annotation]) -> tuple[dict[str, float], dict[str, float]]:
    """What rules, text and encoder weigh for an entity: of "material" with a bias, of the direction without.

    Learned from what articles were read to mean for their subjects; where nobody read that, from the articles.
    """
    told = [subject for a in annotations for subject in a.subjects] or [
        Subject(logits(a.seen.values), usable(a.text, a.seen.values), None, a.label)
        for a in annotations
        if _inside(a)
    ]
    rows = [(*about_entity(s.by_sign, s.text, s.read), s.label) for s in told]
    material = _few([m for m, _, _ in rows], [label != "Neutral" for *_, label in rows], intercept=True)
    moved = [(d, label == "Bullish") for _, d, label in rows if label != "Neutral"]
    direction = _few([d for d, _ in moved], [up for _, up in moved], intercept=False)
    return (
        dict(zip(("bias", *ENTITY_INPUTS), material, strict=True)),
        dict(zip(ENTITY_INPUTS, direction[1:], strict=True)),
    )


def _few(rows: Sequence[Sequence[float]], truth: Sequence[bool], *, intercept: bool) -> list[float]:
    """Intercept first (0 without one), then the weights, rounded so that a platform's last bits do not show."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=ENTITY_STRENGTH, fit_intercept=intercept, tol=1e-8, max_iter=1000)
    model.fit(rows, truth)
    bias = float(model.intercept_[0]) if intercept else 0.0
    return [round(bias, 4), *(round(float(w), 4) for w in model.coef_[0])]
