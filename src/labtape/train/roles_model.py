"""Learn the roles of organisations from articles that were read for them; writes the table of `annotate.roles`.

    python -m labtape.train.roles_model OUT GOLD[:TEXTS] ...

GOLD is an annotated JSONL or a folder of them, TEXTS what has its texts; only articles of the split's train (and those without
a split) are learned from. One multinomial logistic regression over `role_features`. Same inputs, same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from labtape.annotate.mentions import find_mentions
from labtape.annotate.role_features import role_features, stage_of
from labtape.annotate.roles import RoleWeights
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon as shipped
from labtape.text.sentences import sentences
from labtape.train.gold import full_of
from labtape.train.matching import Groups
from labtape.train.multinomial import fitted
from labtape.train.numbers import learned_rows
from labtape.train.roles import BYSTANDERS

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.types import MentionRole

#: L2 strength; between .1 and 1 accuracy on the split's dev moves by .01.
STRENGTH: Final = 0.3
#: Bystanders are few and matter most: a data source must not get a verdict.
RARE: Final = 3.0
#: A feature that fewer organisations show is left out.
LEAST: Final = 4
_DIGITS: Final = 3


def roles_of(row: Mapping[str, Any], lexicon: Lexicon) -> Iterator[tuple[dict[str, float], str]]:
    """Yield (features, annotated role) of each organisation that is found in an annotated article. Any: annotations."""
    groups = Groups.of(lexicon)
    wanted = {groups.group(e["entity"]): e["role"] for e in row["entities"] if e["entity"].startswith("lab:")}
    full, title_end = full_of(row), len(row.get("title") or "")
    spans = sentences(full)
    stage = stage_of(full, title_end, spans, find_mentions(full, title_end, spans, lexicon)[0])
    for organisation in stage.cast:
        role = wanted.get(groups.group(organisation))
        if role:
            yield role_features(stage, organisation).values(), role


def fit_roles(rows: Sequence[tuple[Mapping[str, float], str]]) -> RoleWeights:
    """The table fitted on (features, role) rows."""
    roles, intercepts, columns = fitted(
        [values for values, _ in rows],
        [role for _, role in rows],
        strength=STRENGTH,
        least=LEAST,
        weights=[RARE if role in BYSTANDERS else 1.0 for _, role in rows],
    )
    rounded = {name: tuple(round(w, _DIGITS) for w in column) for name, column in columns.items()}
    table = {name: column for name, column in rounded.items() if any(column)}
    named = tuple(cast("MentionRole", role) for role in roles)
    return RoleWeights(named, tuple(round(b, _DIGITS) for b in intercepts), table)


def main(arguments: Sequence[str]) -> int:
    """Write the table to the first argument from the annotated articles of the others."""
    if len(arguments) < 2:
        raise ReadError("give OUT and at least one GOLD[:TEXTS]; see this module's docstring")
    out, *sources = arguments
    known = shipped()
    rows: list[tuple[dict[str, float], str]] = []
    for row in learned_rows(sources):
        if row.get("entities"):
            rows += roles_of(row, known)
    table = fit_roles(rows)
    Path(out).write_text(table.as_json(), "utf-8")
    sys.stdout.write(f"{out}: {len(rows)} organisations, {len(table.weights)} features\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
