"""Which expressions can match in a short text at all: by the letters with which their matches begin.

Of some hundred cues that may stand anywhere before a number, one pass over its words (Aho-Corasick) leaves ten to try.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from labtape.annotate.patterns import find_all, heads_of
from labtape.expressions import small

if TYPE_CHECKING:
    from collections.abc import Iterable

_EDGE = r"\b"


@dataclass(frozen=True, slots=True)
class CueIndex:
    """The numbers of expressions by their beginnings; those of `unanchored` may begin with anything."""

    automaton: AhoCorasick
    by_head: tuple[tuple[int, ...], ...]
    unanchored: frozenset[int]

    def possible(self, text: str) -> frozenset[int]:
        """The numbers of the expressions that can match somewhere in the text."""
        heads = {head for head, _, _ in find_all(self.automaton, small(text))}
        return self.unanchored.union(*(self.by_head[head] for head in heads))


def cue_index(rows: Iterable[tuple[int, str]]) -> CueIndex:
    r"""The index of (number, expression in any case).

    >>> index = cue_index([(3, r"\baccount(?:s|ed)? for"), (5, r"\b(?:holds?|took)\b"), (8, r".+%")])
    >>> sorted(index.possible("Qwen Accounts for")), sorted(index.possible("nothing"))
    ([3, 8], [8])
    """
    by_head: dict[str, list[int]] = {}
    unanchored: set[int] = set()
    for number, expression in rows:
        heads = _heads(expression)
        if not heads:
            unanchored.add(number)
        for head in heads:
            by_head.setdefault(head, []).append(number)
    return CueIndex(
        AhoCorasick(list(by_head)), tuple(tuple(n) for n in by_head.values()), frozenset(unanchored)
    )


def _heads(expression: str) -> set[str]:
    return {head.lower() for head in heads_of(expression.replace(_EDGE, ""))}
