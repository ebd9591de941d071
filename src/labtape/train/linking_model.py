"""Learn how probable it is that an ambiguous name means ours, from the words around it; writes the table of `annotate.linking_score`.

    python -m labtape.train.linking_model OUT corpora/names [GOLD[:TEXTS] ...]
    python -m labtape.train.linking_model --leave-one-out corpora/names [GOLD[:TEXTS] ...]

Every passage of corpora/names counts; of annotated articles those names that the rules leave open or decide by little, where the
split says train. The second form writes nothing: each name is judged by a table that has seen no passage of it and no article's use
of it, its own entry in the lexicon (kind, cues) apart. One logistic regression over `linking_features`. Same inputs, same bytes.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.linking import is_scored, settled_scene
from labtape.annotate.linking_features import context_of, features_of, scene_features
from labtape.annotate.linking_score import LinkingWeights
from labtape.annotate.mentions import find_candidates
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon as shipped
from labtape.text.sentences import sentences
from labtape.train.gold import full_of, read_gold, rows_with_places
from labtape.train.matching import Groups, overlap

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

#: L2 strength, and what a name in an article counts beside a passage: by leave-one-out and by the split's dev.
STRENGTH: Final = 0.2
IN_ARTICLE: Final = 2.0
#: A feature that fewer names show is left out, and so is a weight that rounds to nothing.
LEAST: Final = 3
FOLDS: Final = 13
#: An open name is linked, and a weak link dropped, only when the score is this sure (dev: 9 errors of 105 where 0.5 makes 17).
LINK_AT: Final = 0.8
DROP_AT: Final = 0.2
TRAIN: Final = "train"
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One place of an ambiguous name: what stands around it, and whether it means ours."""

    name: str
    source: str  # the passage or article
    is_ours: bool
    values: Mapping[str, float]
    level: str = ""  # how hard the passage is; empty for an article


def passage_rows(folder: Path, lexicon: Lexicon) -> Iterator[Row]:
    """Yield the passages of a folder (corpora/names); raises `ReadError` for one whose name is no candidate's."""
    for place, row in rows_with_places(folder):
        full, start = f"\n\n{row['text']}", row["start"] + 2
        candidates = find_candidates(full, lexicon)
        scene, rulings = settled_scene(full, 0, sentences(full), candidates)
        at = next((k for k, c in enumerate(candidates) if c.start <= start < c.end), None)
        if at is not None:
            values = features_of(context_of(scene, at), list(scene_features(scene, at, rulings[at])))
            yield Row(row["name"], row["id"], row["sense"] == "ours", values, row["level"])
        elif row["sense"] == "ours":
            raise ReadError(
                f"{place}: '{row['name']}' is no name of the lexicon there; check start and spelling"
            )


def article_rows(gold: Sequence[Mapping[str, Any]], lexicon: Lexicon) -> Iterator[Row]:
    """Yield the names of annotated articles that the score is asked for. Any: annotations as docs/annotation.md has them."""
    groups = Groups.of(lexicon)
    for row in gold:
        if "labs" not in row or "decoys" not in row or row.get("split", TRAIN) != TRAIN:
            continue
        full = full_of(row)
        candidates = find_candidates(full, lexicon)
        scene, rulings = settled_scene(full, len(row.get("title") or ""), sentences(full), candidates)
        for at, (candidate, ruling) in enumerate(zip(candidates, rulings, strict=True)):
            group = groups.group(ruling.name.lab or ruling.name.entity or "")
            if not is_scored(ruling) or group in groups.ignored:
                continue
            span = {"start": candidate.start, "end": candidate.end}
            is_ours = any(overlap(span, lab) and groups.group(lab["lab"]) == group for lab in row["labs"])
            values = features_of(context_of(scene, at), list(scene_features(scene, at, ruling)))
            yield Row(ruling.name.surface, str(row["id"]), is_ours, values)


def fit_linking(rows: Sequence[Row]) -> LinkingWeights:
    """The table fitted on all rows; its calibration comes from articles it had not seen (folds by article)."""
    from sklearn.linear_model import LogisticRegression

    unseen = _out_of_fold(rows, key=lambda row: row.source, only=lambda row: not row.level)
    slope, bias = 1.0, 0.0
    if len({rows[k].is_ours for k in unseen}) > 1:
        model = LogisticRegression().fit(
            [[logit] for logit in unseen.values()], [rows[k].is_ours for k in unseen]
        )
        slope, bias = float(model.coef_[0, 0]), float(model.intercept_[0])
    weights, intercept = _fit(rows)
    return LinkingWeights(
        weights, intercept, round(slope, _DIGITS), round(bias, _DIGITS), link_at=LINK_AT, drop_at=DROP_AT
    )


def leave_one_out(rows: Sequence[Row]) -> dict[str, dict[str, tuple[int, int]]]:
    """(right, all) of the passages at even odds, by name and by level; names are left out a few at a time, never judged by a table that saw them."""
    found: dict[str, dict[str, tuple[int, int]]] = {"name": {}, "level": {}, "all": {}}
    for k, logit in _out_of_fold(rows, key=lambda row: row.name, only=lambda row: bool(row.level)).items():
        row = rows[k]
        for kind, value in (
            ("name", row.name),
            ("level", f"{row.level} {'ours' if row.is_ours else 'other'}"),
            ("all", "all"),
        ):
            right, n = found[kind].get(value, (0, 0))
            found[kind][value] = right + ((logit > 0) == row.is_ours), n + 1
    return found


def _out_of_fold(
    rows: Sequence[Row], *, key: Callable[[Row], str], only: Callable[[Row], bool]
) -> dict[int, float]:
    """The logit of each row that `only` takes, by a table that has seen no row of its `key`."""
    keys = sorted({key(row) for row in rows if only(row)})
    random.Random(0).shuffle(keys)  # noqa: S311  # folds, not secrets
    fold = {name: k % FOLDS for k, name in enumerate(keys)}
    found: dict[int, float] = {}
    for n in range(FOLDS):
        held = [k for k, row in enumerate(rows) if fold.get(key(row)) == n and only(row)]
        weights, intercept = _fit([row for row in rows if fold.get(key(row)) != n])
        for k in held:
            found[k] = intercept + sum(weights.get(name, 0.0) * v for name, v in rows[k].values.items())
    return found


def _fit(rows: Sequence[Row]) -> tuple[dict[str, float], float]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    shown = Counter(name for row in rows for name in row.values)
    vectoriser = DictVectorizer()
    matrix = vectoriser.fit_transform(
        [{name: v for name, v in row.values.items() if shown[name] >= LEAST} for row in rows]
    )
    model = LogisticRegression(C=STRENGTH, max_iter=100).fit(
        matrix,
        [row.is_ours for row in rows],
        sample_weight=[1.0 if row.level else IN_ARTICLE for row in rows],
    )
    named = zip(vectoriser.get_feature_names_out(), model.coef_[0].round(_DIGITS).tolist(), strict=True)
    weights = {str(name): weight for name, weight in named if weight}
    return weights, round(float(model.intercept_[0]), _DIGITS)


def main(arguments: Sequence[str]) -> int:
    """Write the table to the first argument, or measure it with --leave-one-out."""
    if len(arguments) < 2:
        raise ReadError(
            "give OUT or --leave-one-out, then corpora/names and any GOLD[:TEXTS]; see this module's docstring"
        )
    out, names, *sources = arguments
    known = shipped()
    rows = list(passage_rows(Path(names), known))
    for source in sources:
        gold, _, texts = source.partition(":")
        rows += article_rows(read_gold(Path(gold), Path(texts) if texts else None).rows, known)
    if out == "--leave-one-out":
        _write(leave_one_out(rows))
        return 0
    table = fit_linking(rows)
    Path(out).write_text(table.as_json(), "utf-8")
    sys.stdout.write(
        f"{out}: {len(rows)} places of names, {len(table.weights)} features, slope {table.slope}, bias {table.bias}\n"
    )
    return 0


def _write(found: Mapping[str, Mapping[str, tuple[int, int]]]) -> None:
    worst = sorted(found["name"].items(), key=lambda pair: pair[1][0] / pair[1][1])
    for value, (right, n) in (*found["all"].items(), *sorted(found["level"].items()), *worst[:8]):
        sys.stdout.write(f"{value:16}{right:6} of {n:5}  {right / n:.3f}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
