"""Learn which numbers are shares, and what the others are, from numbers that were read; writes the table of `annotate.share_kinds`.

    python -m labtape.train.kinds_model OUT GOLD[:TEXTS] ...

GOLD is an annotated JSONL or a folder of them, TEXTS what has its texts; only articles of the split's train (and those without
a split) are learned from. One multinomial logistic regression over `share_features`. Real news and articles written for the
set hold shares in different parts, so some features have a copy that real news alone has (Daumé III, Frustratingly Easy Domain
Adaptation, 2007); what is shipped is the sum for real news. Same inputs, same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.share_features import number_features
from labtape.annotate.share_kinds import SHARE, KindWeights
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon as shipped
from labtape.train.multinomial import fitted
from labtape.train.numbers import is_real, learned_rows, numbered, overlaps, share_read

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.text.quantities import Quantity

#: L2 strength.
STRENGTH: Final = 0.3
#: A feature that fewer numbers show is left out.
LEAST: Final = 4
#: A row whose weights are all smaller changes no decision that is not a tie.
SMALL: Final = 0.02
REAL: Final = "real|"
_DIGITS: Final = 3
#: What real news has a copy of: the cues, what they decided, and the words next to the number.
_COPIED: Final = ("sum:", "hand:", "rule:", "cue:", "unit:", "dir:", "l1:", "r1:", "r12:", "title:")

Row = tuple[dict[str, float], str]


def kinds_of(row: Mapping[str, Any], lexicon: Lexicon) -> Iterator[Row]:
    """Yield (features, kind as read) of each number of an annotated article that was read. Any: annotations."""
    article = numbered(row, lexicon)
    for i, decision in enumerate(article.decisions):
        kind = _kind_read(row, decision.setting.quantity)
        if kind:
            yield number_features(article.decisions, i, article.mentions, article.title_end), kind


def _kind_read(row: Mapping[str, Any], quantity: Quantity) -> str | None:
    """What the readers took a number for; None where they took it for no statistic."""
    if share_read(row, quantity):
        return SHARE
    other = next((o for o in row["other_percents"] if overlaps(o, quantity)), None)
    if other is None:
        return None
    return "stake" if other.get("sub") == "equity_stake" else str(other["kind"])


def fit_kinds(rows: Sequence[tuple[Row, bool]]) -> KindWeights:
    """The table fitted on ((features, kind), whether it is real news) rows."""
    kinds, intercepts, columns = fitted(
        [_copied(features) if real else features for (features, _), real in rows],
        [kind for (_, kind), _ in rows],
        strength=STRENGTH,
        least=LEAST,
    )
    nothing = [0.0] * len(kinds)
    real = columns.get(REAL, nothing)
    summed = {
        name: [a + b for a, b in zip(column, columns.get(REAL + name, nothing), strict=True)]
        for name, column in columns.items()
        if not name.startswith(REAL)
    }
    table = {
        name: tuple(round(w, _DIGITS) for w in column)
        for name, column in summed.items()
        if max(map(abs, column)) >= SMALL
    }
    return KindWeights(
        kinds, tuple(round(a + b, _DIGITS) for a, b in zip(intercepts, real, strict=True)), table
    )


def _copied(features: Mapping[str, float]) -> dict[str, float]:
    copies = {REAL + name: value for name, value in features.items() if name.startswith(_COPIED)}
    return {**features, **copies, REAL: 1.0}


def main(arguments: Sequence[str]) -> int:
    """Write the table to the first argument from the annotated articles of the others."""
    if len(arguments) < 2:
        raise ReadError("give OUT and at least one GOLD[:TEXTS]; see this module's docstring")
    out, *sources = arguments
    known = shipped()
    rows: list[tuple[Row, bool]] = []
    for row in learned_rows(sources):
        if row.get("shares") or row.get("other_percents"):
            rows += ((number, is_real(row)) for number in kinds_of(row, known))
    table = fit_kinds(rows)
    Path(out).write_text(table.as_json(), "utf-8")
    sys.stdout.write(f"{out}: {len(rows)} numbers, {len(table.weights)} features\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
