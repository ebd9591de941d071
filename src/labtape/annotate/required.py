"""Which of many regular expressions a text can match at all: by letters that every match holds.

Most expressions have nothing to say of most sentences. One pass over a sentence (Aho-Corasick) finds the letters of all
of them; only an expression with an alternative whose letters are all there is worth a search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from labtape.annotate.patterns import atoms, find_all, heads_of, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Parts (letters, groups) of a tail that are followed: longer strings tell no more, and the filter is made in half the time.
_FOLLOWED = 12
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Prefilter:
    """`marks` has the sets that each string belongs to, as the bits of a number.

    `tried` has for each string the expressions to try where it stands, each with the sets that must be there too;
    `always` those that may match without any of the strings.
    """

    strings: AhoCorasick
    marks: tuple[int, ...]
    tried: tuple[tuple[tuple[int, int], ...], ...]
    always: frozenset[int]

    def possible(self, text: str) -> list[int]:
        """The numbers of the expressions that may match in a text, in order; the others cannot."""
        strings = {string for string, _, _ in find_all(self.strings, text)}
        found = 0
        for string in strings:
            found |= self.marks[string]
        numbers = {n for string in strings for n, sets in self.tried[string] if found & sets == sets}
        return sorted(numbers | self.always)


def prefilter(sources: Sequence[str]) -> Prefilter:
    r"""The filter of expressions that are searched as they are written, with no flags.

    >>> cues = prefilter([r"\bprices?\W+(?:rise|fall)\b", r"\d+ chips", r"\w+"])
    >>> cues.possible("Prices rise"), cues.possible("prices of tea fall")
    ([2], [0, 2])
    >>> cues.possible("ten chips")
    [1, 2]
    """
    bits: dict[frozenset[str], int] = {}
    marks: dict[str, int] = {}
    tried: dict[str, list[tuple[int, int]]] = {}
    always = set()
    for number, source in enumerate(sources):
        for sets in _alternatives(_ESCAPE.sub(_plain, source)):
            for letters in sets - bits.keys():
                bits[letters] = 1 << len(bits)
                for string in letters:
                    marks[string] = marks.get(string, 0) | bits[letters]
            if not sets:
                always.add(number)
                continue
            needed = sum(bits[letters] for letters in sets)
            for string in max(sets, key=_telling):
                tried.setdefault(string, []).append((number, needed))
    return Prefilter(
        AhoCorasick(list(marks)),
        tuple(marks.values()),
        tuple(tuple(tried.get(string, ())) for string in marks),
        frozenset(always),
    )


def _telling(letters: frozenset[str]) -> tuple[int, int, list[str]]:
    """The set whose shortest string is longest is found least often; then the smallest."""
    return min(map(len, letters)), -len(letters), sorted(letters)


def _plain(escape: re.Match[str]) -> str:
    r"""An escape as `heads_of` can take it: \b takes no letters, and \d stands for more digits than it lists."""
    return {"b": "", "d": r"\w"}.get(escape[1], escape[0])


def _alternatives(source: str) -> Iterator[set[frozenset[str]]]:
    """Per alternative the sets of strings of which every match holds one each."""
    for branch in split(source):
        parts = list(atoms(branch))
        if len(parts) == 1 and parts[0][0].startswith("(?:") and not parts[0][1]:
            yield from _alternatives(parts[0][0][3:-1])
        else:
            yield set(_required(parts))


def _required(parts: Sequence[tuple[str, str]]) -> Iterator[frozenset[str]]:
    r"""What the tails of a sequence begin with: a match of the whole holds a match of each.

    A tail begins where the one before it could not be followed further: behind what stands for many letters.
    """
    is_behind_letters = False
    for n, (atom, times) in enumerate(parts):
        heads = () if is_behind_letters else heads_of("".join(a + t for a, t in parts[n : n + _FOLLOWED]))
        if heads and all(len(head) > 1 or not head.isascii() for head in heads):
            yield frozenset(heads)
        is_behind_letters = not times and atom[0] != "(" and bool(heads_of(atom))
