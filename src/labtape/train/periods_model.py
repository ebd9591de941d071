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

from labtape.annotate.share_periods import PeriodWeights, choices
from labtape.annotate.shares import shares_of
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon as shipped
from labtape.train.matching import near_enough
from labtape.train.multinomial import fitted
from labtape.train.numbers import is_real, learned_rows, numbered, share_read
from labtape.types import Period

if TYPE_CHECKING:
    from labtape.annotate.share_period_features import Asked, Scene
    from labtape.lexicon.entries import Lexicon

#: L2 strength.
STRENGTH: Final = 0.3
#: A feature that fewer pairs show is left out.
LEAST: Final = 4
#: A weight below it changes no choice that is not a tie.
SMALL: Final = 0.02
#: How much a pair of real news counts beside one of an article written for the set.
REAL: Final = 3.0
_DIGITS: Final = 3

Pair = tuple[dict[str, float], bool]


def pairs_of(row: Mapping[str, Any], lexicon: Lexicon) -> list[Pair]:
    """(features, whether it is the true one) of each candidate of each English share of an annotated article. Any: annotations."""
    article = numbered(row, lexicon)
    told = {d.setting.quantity.start: share_read(row, d.setting.quantity) for d in article.decisions}
    decisions = [
        replace(d, kind=None if told[d.setting.quantity.start] else d.kind or "other")
        for d in article.decisions
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

    shares_of(article.full, decisions, article.mentions, lexicon, _published(row), choose)
    return pairs


def _published(row: Mapping[str, Any]) -> datetime | None:
    """When an article appeared; of a month alone nothing is known of the day."""
    day = str(row.get("published") or "")[:10]
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if len(day) == len("2026-01-01") else None


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
    for row in learned_rows(sources):
        if row.get("shares"):
            rows += ((pair, is_real(row)) for pair in pairs_of(row, known))
    table = fit_periods(rows)
    Path(out).write_text(table.as_json(), "utf-8")
    sys.stdout.write(f"{out}: {len(rows)} pairs, {len(table.weights)} features\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
