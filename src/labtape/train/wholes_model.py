"""Learn what a share is a part of, and where that is, from shares that were read; writes the table of `annotate.share_wholes`.

    python -m labtape.train.wholes_model OUT GOLD[:TEXTS] ...

GOLD is an annotated JSONL or a folder of them, TEXTS what has its texts; only articles of the split's train (and those without
a split) are learned from. For each share every phrase near it is a row, right or wrong: right are those that have most of the
reader's words and few others. One logistic regression for each field. Same inputs, same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.share_wholes import WholeWeights, new_places
from labtape.annotate.shares import shares_of
from labtape.annotate.whole_features import Candidate, Question, candidates, content, features
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon as shipped
from labtape.train.multinomial import fitted
from labtape.train.numbers import is_real, learned_rows, numbered, share_read

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.text.quantities import Quantity

#: L2 strength of the metric's weights and of the place's; by the split's dev.
METRIC_STRENGTH: Final = 0.1
PLACE_STRENGTH: Final = 0.05
#: A feature that fewer phrases show is left out, and so is a weight that is smaller.
LEAST: Final = 6
SMALL: Final = 0.03
#: What a phrase of real news counts beside one of an article written for the set.
REAL: Final = 2.0
_DIGITS: Final = 2
#: A phrase is right when it is this much like the reader's, and nearly as much as the best one.
_LIKE: Final = 0.4
_BEST: Final = 0.9
_MISSING: Final = 0.34

Row = tuple[Mapping[str, float], bool]


def rows_of(row: Mapping[str, Any], lexicon: Lexicon) -> Iterator[tuple[list[Row], list[Row]]]:
    """Yield, for each share of an annotated article, its phrases as rows of the metric and of the place. Any: annotations."""
    article = numbered(row, lexicon)
    decisions = [
        replace(d, kind=None if share_read(row, d.setting.quantity) else d.kind or "other")
        for d in article.decisions
    ]
    asked: list[tuple[Quantity, Question, Question]] = []

    def answer(
        quantity: Quantity, for_metric: Question, for_place: Question
    ) -> tuple[str | None, str | None]:
        asked.append((quantity, for_metric, for_place))
        return dict(for_metric.told).get("rule"), None

    shares_of(article.full, decisions, article.mentions, lexicon, None, answer=answer)
    for quantity, for_metric, for_place in asked:
        label = share_read(row, quantity) or {}
        metric, scope = content(label.get("metric")), content(label.get("scope"))
        all_metrics, all_places = candidates(for_metric), new_places(for_place)
        likes = [_like(c.words, metric, frozenset()) for c in all_metrics]
        kept: list[Row] = [(features(for_metric, c), ok) for c, ok in _right(all_metrics, likes)]
        metrics = kept if any(ok for _, ok in kept) else []
        places: list[Row] = []
        if scope:
            lacks = len(scope - for_place.known) > _MISSING * len(scope)
            likes = [_like(c.words, scope, for_place.known) if lacks else 0.0 for c in all_places]
            places = [(features(for_place, c), ok) for c, ok in _right(all_places, likes)]
        yield metrics, places


def _like(words: frozenset[str], wanted: frozenset[str], known: frozenset[str]) -> float:
    """How much a phrase is like the reader's words that are not known yet, 0 to 1; 0 if most of them are lacking.

    >>> _like(frozenset({"ai", "chips"}), frozenset({"ai", "chips", "sold"}), frozenset())
    0.8
    """
    new, wanted_new = words - known, wanted - known
    if not wanted or len((words | known) & wanted) < 0.5 * len(wanted) or not new or not wanted_new:
        return 0.0
    like = 2 * len(new & wanted_new) / (len(new) + len(wanted_new))
    return like * 0.9 if words & known else like


def _right(asked: Sequence[Candidate], likes: Sequence[float]) -> Iterator[tuple[Candidate, bool]]:
    most = max(likes, default=0.0)
    for candidate, like in zip(asked, likes, strict=True):
        yield candidate, most >= _LIKE and like >= _BEST * most


def fit_wholes(metrics: Sequence[tuple[Row, float]], places: Sequence[tuple[Row, float]]) -> WholeWeights:
    """The table fitted on ((features, whether it is right), what it counts) rows of the metric and of the place."""
    metric, _ = _fit(metrics, METRIC_STRENGTH)
    place, intercept = _fit(places, PLACE_STRENGTH)
    names = {*metric, *place}
    return WholeWeights({name: (metric.get(name, 0.0), place.get(name, 0.0)) for name in names}, intercept)


def _fit(rows: Sequence[tuple[Row, float]], strength: float) -> tuple[dict[str, float], float]:
    _, intercepts, columns = fitted(
        [features for (features, _), _ in rows],
        ["right" if ok else "other" for (_, ok), _ in rows],
        strength=strength,
        least=LEAST,
        weights=[counts for _, counts in rows],
    )
    table = {name: round(column[1], _DIGITS) for name, column in columns.items() if abs(column[1]) >= SMALL}
    return table, round(intercepts[1], _DIGITS)


def main(arguments: Sequence[str]) -> int:
    """Write the table to the first argument from the annotated articles of the others."""
    if len(arguments) < 2:
        raise ReadError("give OUT and at least one GOLD[:TEXTS]; see this module's docstring")
    out, *sources = arguments
    known = shipped()
    metrics: list[tuple[Row, float]] = []
    places: list[tuple[Row, float]] = []
    for row in learned_rows(sources):
        if row.get("shares"):
            counts = REAL if is_real(row) else 1.0
            for metric_rows, place_rows in rows_of(row, known):
                metrics += ((phrase, counts) for phrase in metric_rows)
                places += ((phrase, counts) for phrase in place_rows)
    table = fit_wholes(metrics, places)
    Path(out).write_text(table.as_json(), "utf-8")
    sys.stdout.write(f"{out}: {len(metrics)} and {len(places)} phrases, {len(table.weights)} features\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
