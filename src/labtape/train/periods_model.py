"""Learn which of the periods named in a text is that of a share; writes the table of `annotate.share_periods`.

    python -m labtape.train.periods_model OUT GOLD[:TEXTS] ...

GOLD is an annotated JSONL or a folder of them, TEXTS what has its texts; only articles of the split's train (and those without
a split) are learned from. One logistic regression over pairs of a share and a period, the true one against the others; no
period at all is one more candidate. The share before counts with its true period. Same inputs, same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.mentions import find_mentions
from labtape.annotate.share_classes import decide
from labtape.annotate.share_context import settings
from labtape.annotate.share_periods import PeriodWeights, choices
from labtape.annotate.shares import shares_of
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon as shipped
from labtape.text.quantities import find_quantities
from labtape.text.sentences import sentences
from labtape.train.gold import full_of, read_gold
from labtape.train.matching import SAME_VALUE, near_enough
from labtape.train.multinomial import fitted
from labtape.types import Period

if TYPE_CHECKING:
    from labtape.annotate.share_period_features import Asked, Scene
    from labtape.lexicon.entries import Lexicon
    from labtape.text.quantities import Quantity

#: L2 strength.
STRENGTH: Final = 0.3
#: A feature that fewer pairs show is left out.
LEAST: Final = 4
#: A weight below it changes no choice that is not a tie.
SMALL: Final = 0.02
#: How much a pair of real news counts beside one of an article written for the set.
REAL: Final = 3.0
TRAIN: Final = "train"
_DIGITS: Final = 3

Pair = tuple[dict[str, float], bool]


def pairs_of(row: Mapping[str, Any], lexicon: Lexicon) -> list[Pair]:
    """(features, whether it is the true one) of each candidate of each English share of an annotated article. Any: annotations."""
    full, title_end = full_of(row), len(row.get("title") or "")
    spans = sentences(full)
    mentions = sorted(find_mentions(full, title_end, spans, lexicon)[0], key=lambda m: m.start)
    decided = tuple(decide(tuple(settings(full, spans, find_quantities(full))), mentions, han=True))
    told = {d.setting.quantity.start: _share_read(row, d.setting.quantity) for d in decided}
    decisions = [
        replace(d, kind=None if told[d.setting.quantity.start] else d.kind or "other") for d in decided
    ]
    pairs: list[Pair] = []

    def choose(scene: Scene, asked: Asked) -> Period | None:
        share = told[asked.setting.quantity.start]
        wanted = share.get("period") if share else None
        rows = [
            (
                period,
                features,
                period is None if not wanted else period is not None and near_enough(period.text, wanted),
            )
            for period, features in choices(scene, asked)
        ]
        if not any(true for *_, true in rows):
            return Period(wanted, None, None) if wanted else None
        pairs.extend((features, true) for _, features, true in rows)
        return next(period for period, _, true in rows if true)

    shares_of(full, decisions, mentions, lexicon, _published(row), choose)
    return pairs


def _published(row: Mapping[str, Any]) -> datetime | None:
    """When an article appeared; of a month alone nothing is known of the day."""
    day = str(row.get("published") or "")[:10]
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if len(day) == len("2026-01-01") else None


def _share_read(row: Mapping[str, Any], quantity: Quantity) -> Mapping[str, Any] | None:
    """The share that the readers took a number for."""
    for share in row["shares"]:
        over = quantity.start < share["end"] and share["start"] < quantity.end
        if over and abs(share["value"] - quantity.value) < SAME_VALUE:
            return share  # type: ignore[no-any-return]  # an annotation
    return None


def fit_periods(rows: Sequence[tuple[Pair, bool]]) -> PeriodWeights:
    """The table fitted on ((features, whether it is the true one), whether it is real news) rows."""
    _, _, columns = fitted(
        [features for (features, _), _ in rows],
        ["true" if true else "other" for (_, true), _ in rows],
        strength=STRENGTH,
        least=LEAST,
        weights=[REAL if real else 1.0 for _, real in rows],
    )
    return PeriodWeights(
        {name: round(column[1], _DIGITS) for name, column in columns.items() if abs(column[1]) >= SMALL}
    )


def main(arguments: Sequence[str]) -> int:
    """Write the table to the first argument from the annotated articles of the others."""
    if len(arguments) < 2:
        raise ReadError("give OUT and at least one GOLD[:TEXTS]; see this module's docstring")
    out, *sources = arguments
    known = shipped()
    rows: list[tuple[Pair, bool]] = []
    for source in sources:
        gold, _, texts = source.partition(":")
        for row in read_gold(Path(gold), Path(texts) if texts else None).rows:
            if row.get("shares") and row.get("split", TRAIN) == TRAIN:
                real = bool(row.get("sha256") or row.get("url") or row.get("collected_from"))
                rows += ((pair, real) for pair in pairs_of(row, known))
    table = fit_periods(rows)
    Path(out).write_text(table.as_json(), "utf-8")
    sys.stdout.write(f"{out}: {len(rows)} pairs, {len(table.weights)} features\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
