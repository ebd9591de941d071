"""Fits the tables of `annotate` that give one label of several: a row of weights for each feature, a column for each label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence


def fitted(
    values: Sequence[Mapping[str, float]],
    labels: Sequence[str],
    *,
    strength: float,
    least: int,
    weights: Sequence[float] | None = None,
) -> tuple[tuple[str, ...], list[float], dict[str, list[float]]]:
    """Labels, their intercepts, and the weights of each feature in the order of the labels, of one L2 logistic regression.

    `strength` is scikit-learn's C; a feature that fewer than `least` rows show is left out; `weights` weigh the rows.

    >>> labels, _, table = fitted([{"a": 1.0}, {"b": 1.0}] * 4, ["x", "y"] * 4, strength=1.0, least=2)
    >>> labels, sorted(table), table["b"][0] < table["b"][1]
    (('x', 'y'), ['a', 'b'], True)
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    shown = Counter(name for row in values for name in row)
    vectoriser = DictVectorizer()
    matrix = vectoriser.fit_transform(
        [{name: v for name, v in row.items() if shown[name] >= least} for row in values]
    )
    model = LogisticRegression(C=strength, max_iter=1000).fit(matrix, labels, sample_weight=weights)
    # Of two labels scikit-learn keeps one column, for the second.
    rows, intercepts = (
        (model.coef_, model.intercept_)
        if len(model.classes_) > 2
        else ([[0.0] * len(model.coef_[0]), model.coef_[0]], [0.0, model.intercept_[0]])
    )
    columns = zip(*rows, strict=True)
    table = {
        str(name): [float(w) for w in column]
        for name, column in zip(vectoriser.get_feature_names_out(), columns, strict=True)
    }
    return tuple(str(label) for label in model.classes_), [float(b) for b in intercepts], table
