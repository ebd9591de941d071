"""When something found answers something annotated: organisations that count as one, spans that overlap, words that are near.

An annotation names organisations by bare id, a record by entity, and both are compared by group: a unit counts as its
parent (see `Groups`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Row = Mapping[str, Any]  # Any: JSON of annotations and records
# From the annotation guide's scorer: units that the annotators kept apart from a listed parent, ids that they
# spelled differently, and organisations that were not annotated (naming them is neither right nor wrong).
APART: Final = frozenset({"xai", "cursor", "google", "github", "x-corp"})
SPELLED: Final = {"bittensor": "opentensor", "bytedance-doubao": "bytedance", "safe-superintelligence": "ssi"}
UNANNOTATED_KINDS: Final = frozenset({"publisher", "investor", "research"})
UNANNOTATED: Final = frozenset(
    [
        "github",
        "x-corp",
        "vercel",
        "ollama",
        "lmarena",
        "artificial-analysis",
        "worldcoin-foundation",
        "salesforce",
        "servicenow",
        "cloudflare",
        "snowflake",
        "adobe",
        "tesla",
        "dell",
        "cisco",
        "foxconn",
        "iren",
        "applied-digital",
    ]
)
#: Two figures are one when their spans overlap and their values differ by less.
SAME_VALUE: Final = 0.51
_EMPTY_WORDS: Final = frozenset(["the", "of", "in", "on", "a", "an", "for", "and", "all", "its", "by"])


@dataclass(frozen=True, slots=True)
class Groups:
    """Which organisations count as one when an annotation is compared with a record."""

    parents: Mapping[str, str]
    ignored: frozenset[str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> Groups:
        kinds = {lab.id for lab in lexicon.labs.values() if lab.kind in UNANNOTATED_KINDS}
        parents = {lab.id: lab.parent for lab in lexicon.labs.values() if lab.parent}
        return cls(parents, UNANNOTATED | kinds)

    def group(self, entity: str) -> str:
        """The outermost organisation of an entity or bare id."""
        current = entity.split(":", 1)[-1]
        current = SPELLED.get(current, current)
        seen: set[str] = set()
        while current in self.parents and current not in APART and current not in seen:
            seen.add(current)
            current = self.parents[current]
        return current


def paired(gold: Iterable[Row], records: Iterable[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Annotated articles with their records by `id`, None where there is none.

    An id that stands twice (an item met with two texts) gets its records in their order.

    >>> [r and r["n"] for _, r in paired([{"id": "a"}, {"id": "a"}, {"id": "b"}], [{"id": "a", "n": 1}, {"id": "a", "n": 2}])]
    [1, 2, None]
    """
    by_id: dict[str, list[Row]] = defaultdict(list)
    for record in records:
        by_id[record["id"]].append(record)
    seen: dict[str, int] = defaultdict(int)
    for row in gold:
        known = by_id.get(row["id"])
        yield row, known[min(seen[row["id"]], len(known) - 1)] if known else None
        seen[row["id"]] += 1


def overlap(a: Row, b: Row) -> bool:
    """Whether two spans share a character."""
    return bool(a["start"] < b["end"] and b["start"] < a["end"])


def near_enough(found: str | None, wanted: str | None) -> bool:
    """Half of the wanted words are there."""
    a, b = tokens(found), tokens(wanted)
    return len(a & b) / len(b) >= 0.5 if b else not a


def tokens(text: str | None) -> set[str]:
    """The words that carry something, in small letters."""
    return set(re.findall(r"\w+", (text or "").lower())) - _EMPTY_WORDS
