"""How names and versioned models are found in one pass each: by all their spellings, by what their patterns begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from labtape.annotate.patterns import find_all, heads_of
from labtape.annotate.vocabulary_names import SEPARATORS, SIMPLIFIED
from labtape.lexicon.entries import ModelFamily

LETTER = "A-Za-z0-9\u00c0-\u024f\u0400-\u04ff"
# Han, kana and Hangul names stand without spaces, often beside Latin ones.
IS_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
#: All letters of that class, one by one: a look-up costs a third of a match.
LETTERS = frozenset(re.findall(f"[{LETTER}]", "".join(map(chr, range(0x500)))))
_NO_NAME_AFTER = ("@", "$")
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class NameFinder:
    """Finds the keys of names in a text: in any case, hyphens as spaces, Latin ones as whole words."""

    automaton: AhoCorasick
    is_east: tuple[bool, ...]

    def spans(self, full: str) -> list[tuple[int, int]]:
        """Where a name may be written, from the left, the longest first at each place.

        >>> finder = name_finder(["qwen", "sk hynix", "阿里"])
        >>> text = "SK-Hynix and Qwen4, not Qwentin; 阿里云"
        >>> [text[a:b] for a, b in finder.spans(text)]
        ['SK-Hynix', 'Qwen', '阿里']
        """
        is_east = self.is_east
        found = [
            (start, -end)
            for key, start, end in find_all(self.automaton, _keyed(full))
            if is_east[key] or (_begins_word(full, start) and _ends_word(full, end))
        ]
        found.sort()
        return [(start, -end) for start, end in found]


def name_finder(keys: Sequence[str]) -> NameFinder:
    """The finder of these keys, which are in small letters with spaces for hyphens."""
    return NameFinder(AhoCorasick(keys), tuple(bool(IS_EAST.search(key)) for key in keys))


def _keyed(full: str) -> str:
    """The text as keys are written, index for index."""
    spaced = full
    for separator in SEPARATORS:
        spaced = spaced.replace(separator, " ")
    if IS_EAST.search(spaced):
        spaced = spaced.translate(SIMPLIFIED)
    lowered = spaced.lower()
    if len(lowered) != len(full):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in spaced)
    return lowered


def _begins_word(full: str, start: int) -> bool:
    if not start:
        return True
    before = full[start - 1]
    return before not in _NO_NAME_AFTER and not (before in LETTERS and full[start] in LETTERS)


def _ends_word(full: str, end: int) -> bool:
    """At a word's end, before a plural s, or before the digits that end the word ("Qwen4")."""
    following = full[end : end + 1]
    if following not in LETTERS or full[end - 1] not in LETTERS:
        return True
    if following in _DIGITS and full[end - 1] not in _DIGITS:
        while following and following in _DIGITS:
            end += 1
            following = full[end : end + 1]
    elif following == "s":
        following = full[end + 1 : end + 2]
    else:
        return False
    return following not in LETTERS


@dataclass(frozen=True, slots=True)
class VersionFinder:
    """Finds models by the version patterns of their families; each is tried only where it can begin."""

    automaton: AhoCorasick
    by_head: tuple[tuple[int, ...], ...]
    families: tuple[tuple[ModelFamily, re.Pattern[str]], ...]
    unanchored: tuple[int, ...]

    def matches(self, full: str) -> Iterator[tuple[int, int, ModelFamily]]:
        """Yield (start, end, family) from the left, none within another."""
        heads = find_all(self.automaton, full)
        tries = {(start, number) for head, start, _ in heads for number in self.by_head[head]}
        for number in self.unanchored:
            tries |= {(match.start(), number) for match in self.families[number][1].finditer(full)}
        reached = 0
        for start, number in sorted(tries):
            if start >= reached and _begins_version(full, start):
                family, pattern = self.families[number]
                match = pattern.match(full, start)
                if match:
                    reached = match.end()
                    yield start, reached, family


def _begins_version(full: str, start: int) -> bool:
    before = full[start - 1 : start]
    return not before or (before not in _NO_NAME_AFTER and before not in LETTERS)


def version_finder(families: Sequence[ModelFamily], patterns: Mapping[str, re.Pattern[str]]) -> VersionFinder:
    """The finder of the families' versions. `patterns` are their compiled patterns by family id."""
    by_head: dict[str, list[int]] = {}
    unanchored: list[int] = []
    for number, family in enumerate(families):
        heads = heads_of(family.pattern.replace(r"\b", ""))
        if not heads:
            unanchored.append(number)
        for head in heads:
            by_head.setdefault(head, []).append(number)
    return VersionFinder(
        automaton=AhoCorasick(list(by_head)),
        by_head=tuple(tuple(numbers) for numbers in by_head.values()),
        families=tuple((family, patterns[family.id]) for family in families),
        unanchored=tuple(unanchored),
    )
