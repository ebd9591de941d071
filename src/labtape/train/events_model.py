"""Learn what the cues of event types weigh, from annotated articles; writes the table of `annotate.event_weights`.

    python -m labtape.train.events_model OUT GOLD[:TEXTS] ...

GOLD is an annotated JSONL or a folder of them, TEXTS what has its texts; articles of the split's test, and those apart, stay
unseen. One logistic regression for each type over `event_features`: no words of any
article are kept, only counts of cues. Same inputs, same bytes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.event_features import event_features
from labtape.annotate.event_weights import EventWeights
from labtape.annotate.mentions import find_mentions
from labtape.annotate.shares import find_shares
from labtape.lexicon import lexicon as shipped
from labtape.read import article_from_row
from labtape.text.language import language_of
from labtape.text.sentences import sentences
from labtape.train.gold import APART, AS_OF, TEST, read_gold

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

#: L2 strength; between .1 and 1 the cross-validated F1 moves by .02.
STRENGTH: Final = 0.3
#: Annotators gave irrelevant articles the closest type: they count less (1 costs .03 of F1).
IRRELEVANT: Final = 0.2
#: A lexicon's examples are headlines without an article.
EXAMPLE: Final = 1.0
#: A feature that fewer articles show is left out.
LEAST: Final = 5
FOLDS: Final = 5
#: What an encoder says of a type, in log-odds, begins like this.
READ: Final = "read:"
#: A title may tell much, words far down little; without it, long bodies drown the title.
SCALES: Final[Mapping[tuple[str, ...], float]] = {
    ("title", "strong"): 2.0,
    ("title", "weak"): 1.0,
    ("lead", "strong"): 1.2,
    ("lead", "weak"): 0.6,
    ("body", "strong"): 0.5,
    ("body", "weak"): 0.25,
}
THRESHOLDS: Final = (0.2, 0.225, 0.25, 0.275, 0.3, 0.325, 0.35)
#: The lowest threshold that is so near the best one is taken: on articles that no cue was written for, p is lower.
NEAR: Final = 0.005
#: Cross-validation asks for a steeper slope, but cues were widened on the same articles: it flatters.
STEEPEST: Final = 1.0
#: A type that fewer annotated articles tell cannot be learned; its own cues count as well.
FEW: Final = 5
#: Intercept of a type with too few articles to learn from.
_NEVER: Final = -6.0
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One text: its features, the types told (`types`) and those known not to be told (all others where None)."""

    values: Mapping[str, float]
    types: frozenset[str]
    against: frozenset[str] | None
    weight: float
    is_scored: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """The table, and its scores on articles that it had not seen (cross-validation)."""

    table: EventWeights
    scores: dict[str, float]


def fit_events(rows: Sequence[Row], types: Sequence[str]) -> Fit:
    """Fit the table on all rows; calibration, threshold and scores come from cross-validation by article."""
    scored = [k for k, row in enumerate(rows) if row.is_scored]
    unseen: dict[int, dict[str, float]] = {}
    for fold in range(FOLDS):
        held = {k for n, k in enumerate(scored) if n % FOLDS == fold}
        table = _fit([row for k, row in enumerate(rows) if k not in held], types)
        unseen |= {k: table.probabilities(rows[k].values) for k in held}
    pairs = [(rows[k].types, unseen[k]) for k in scored]
    slope, bias = _calibration(pairs)
    pairs = [(truth, _calibrated(p, slope, bias)) for truth, p in pairs]
    f1 = {t: _scores(pairs, t)["f1"] for t in THRESHOLDS}
    threshold = min(t for t in THRESHOLDS if f1[t] >= max(f1.values()) - NEAR)
    table = replace(_fit(rows, types), slope=slope, bias=bias, threshold=threshold)
    return Fit(table, _scores(pairs, threshold))


def rows_of(gold: Sequence[Mapping[str, Any]], lexicon: Lexicon) -> Iterator[Row]:
    """Yield annotated articles as rows. Any: annotations as docs/annotation.md has them."""
    for n, annotated in enumerate(gold, 1):
        is_relevant = bool(annotated["relevant"])
        values = _values(annotated, lexicon, f"article {n}")
        weight = 1.0 if is_relevant else IRRELEVANT
        yield Row(values, frozenset(annotated["events"]), None, weight, is_relevant)


def scores_of(rows: Sequence[Row], table: EventWeights) -> dict[str, float]:
    """Micro-F1 and the main event of a table on articles that it has not seen."""
    return _scores(
        [(row.types, table.probabilities(row.values)) for row in rows if row.is_scored], table.threshold
    )


def rows_of_examples(lexicon: Lexicon) -> Iterator[Row]:
    """Yield the examples of the lexicon's types; a counter-example only says which type is not told."""
    for kind in lexicon.event_types.values():
        for texts, told, against in (
            (kind.examples, frozenset([kind.id]), None),
            (kind.counter_examples, frozenset[str](), frozenset([kind.id])),
        ):
            for n, text in enumerate(texts, 1):
                values = _values({"title": text, "text": ""}, lexicon, f"{kind.id}:{n}")
                yield Row(values, told, against, EXAMPLE, is_scored=False)


def _values(row: Mapping[str, Any], lexicon: Lexicon, place: str) -> Mapping[str, float]:
    article = article_from_row({"url": f"https://example.org/{place}", **row}, place=place, now=AS_OF)
    full, title_end, spans = article.full, len(article.title), sentences(article.full)
    at, language, publisher = article.published_at, language_of(full), article.publisher
    mentions, _ = find_mentions(full, title_end, spans, lexicon, at)
    shares, percentages = find_shares(
        full, spans, mentions, lexicon, at, language=language, publisher=publisher
    )
    return event_features(full, title_end, mentions, shares, percentages, lexicon).values


def _fit(rows: Sequence[Row], types: Sequence[str]) -> EventWeights:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    seen = Counter(name for row in rows for name in row.values)
    names = sorted(name for name, n in seen.items() if n >= LEAST)
    scales = [scale(name) for name in names]
    matrix = np.array(
        [[row.values.get(name, 0.0) * s for name, s in zip(names, scales, strict=True)] for row in rows]
    )
    intercepts, columns = [], []
    for kind in types:
        used = [k for k, row in enumerate(rows) if row.against is None or kind in row.against]
        truth = np.array([kind in rows[k].types for k in used])
        if truth.sum() < 2:
            intercepts.append(_NEVER)
            columns.append(np.zeros(len(names)))
            continue
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0, max_iter=300)
        model.fit(matrix[used], truth, sample_weight=[rows[k].weight for k in used])
        intercepts.append(round(float(model.intercept_[0]), _DIGITS))
        columns.append(model.coef_[0])
    weights = {
        name: tuple(round(float(column[j]) * scales[j], _DIGITS) for column in columns)
        for j, name in enumerate(names)
    }
    told = Counter(kind for row in rows if row.is_scored for kind in row.types)
    few = tuple(kind for kind in types if told[kind] < FEW)
    return EventWeights(tuple(types), tuple(intercepts), weights, slope=1.0, bias=0.0, threshold=0.5, few=few)


def scale(feature: str) -> float:
    """How freely a feature's weight may grow: the regression starts from what a place should tell.

    >>> scale("cue:funding:title:strong"), scale("form:question"), scale("read:event.funding")
    (2.0, 0.7, 0.5)
    """
    if feature.startswith(READ):
        return 0.5
    return SCALES.get(tuple(feature.split(":")[-2:]), 1.0) if feature.startswith("cue:") else 0.7


Pairs = Sequence[tuple[frozenset[str], Mapping[str, float]]]


def _calibration(pairs: Pairs) -> tuple[float, float]:
    """Slope and bias that make the sums honest over all types at once."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    sums = np.array([[_logit(chance)] for _, p in pairs for chance in p.values()])
    told = np.array([kind in truth for truth, p in pairs for kind in p])
    model = LogisticRegression(C=1e6, random_state=0).fit(sums, told)
    fitted, bias = float(model.coef_[0][0]), float(model.intercept_[0])
    slope = min(fitted, STEEPEST)
    return round(slope, _DIGITS), round(bias * slope / fitted, _DIGITS)


def _calibrated(p: Mapping[str, float], slope: float, bias: float) -> dict[str, float]:
    import math

    return {kind: 1 / (1 + math.exp(-slope * _logit(chance) - bias)) for kind, chance in p.items()}


def _logit(p: float) -> float:
    import math

    clipped = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def _scores(pairs: Pairs, threshold: float) -> dict[str, float]:
    """Micro-F1 over all types, and how often the likeliest is among those annotated."""
    counts: Counter[str] = Counter()
    for truth, p in pairs:
        ranked = sorted(p, key=lambda kind: (-p[kind], kind))
        told = {kind for kind in ranked[:3] if p[kind] >= threshold and kind != "other"} or {ranked[0]}
        counts["tp"] += len(told & truth)
        counts["fp"] += len(told - truth)
        counts["fn"] += len(truth - told)
        counts["main"] += ranked[0] in truth
    return {
        "f1": round(2 * counts["tp"] / max(1, 2 * counts["tp"] + counts["fp"] + counts["fn"]), 4),
        "main": round(counts["main"] / max(1, len(pairs)), 4),
        "articles": len(pairs),
    }


def main(arguments: Sequence[str]) -> None:
    """Read the annotated sets, fit, write the table and tell the cross-validated scores."""
    out, *sets = arguments
    lexicon = shipped()
    rows: list[Row] = []
    for one in sets:
        path, texts = (*one.split(":"), "")[:2]
        gold = read_gold(Path(path), Path(texts) if texts else None).rows
        rows += rows_of([r for r in gold if "events" in r and r.get("split") not in (TEST, APART)], lexicon)
    fit = fit_events([*rows, *rows_of_examples(lexicon)], tuple(lexicon.event_types))
    Path(out).write_text(fit.table.as_json(), encoding="utf-8")
    sys.stdout.write(f"{json.dumps(fit.scores)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
