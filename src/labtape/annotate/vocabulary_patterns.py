"""How names are found: by their first words, by a tree of characters, by version patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from labtape.annotate.vocabulary_names import Name, admits_any_case, spelling
from labtape.lexicon.entries import ModelFamily

LETTER = "A-Za-z0-9\u00c0-\u024f\u0400-\u04ff"
# Han, kana and Hangul names stand without spaces, often beside Latin ones.
IS_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_FIRST_WORD = re.compile(f"[{LETTER}]+")


def heads_of(names: Mapping[str, Iterable[Name]]) -> dict[str, tuple[str, ...]]:
    """First word as it may be written -> keys of the names that begin with it, the longest first.

    >>> name = Name("SK Hynix", "company:sk-hynix", None, None, "org", "memory", "none")
    >>> sorted(heads_of({"sk hynix": [name]}).items())
    [('SK', ('sk hynix',)), ('Sk', ('sk hynix',)), ('sk', ('sk hynix',))]
    """
    found: dict[str, set[str]] = {}
    for key, group in names.items():
        for name in group:
            first = _FIRST_WORD.match(spelling(name.surface))
            if first and not IS_EAST.search(name.surface):
                for form in _forms(first.group(), name):
                    found.setdefault(form, set()).add(key)
    return {form: tuple(sorted(keys, key=lambda k: (-len(k), k))) for form, keys in found.items()}


def _forms(word: str, name: Name) -> set[str]:
    if admits_any_case(name):
        return {word, word.lower(), word.upper(), word.capitalize()}
    return {word, word.upper()}


def east_finder(surfaces: Iterable[str]) -> re.Pattern[str]:
    """One expression that matches the longest of the names that stand without spaces."""
    tree: dict[str, object] = {}
    for word in {spelling(surface) for surface in surfaces if IS_EAST.search(surface)}:
        node = tree
        for character in word:
            node = node.setdefault(character, {})  # type: ignore[assignment]  # a tree of its own kind
        node[""] = {}
    body = _expression(tree)
    return re.compile(body or r"(?!)")


def _expression(node: dict[str, object]) -> str:
    """The tree below a prefix as an expression that prefers the longest way down."""
    branches = [
        re.escape(character) + _expression(child)
        for character, child in sorted(node.items())
        if character and isinstance(child, dict)
    ]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{body})?" if "" in node else body


def version_finder(families: Mapping[str, ModelFamily]) -> re.Pattern[str]:
    """All version patterns as one expression, sorted under their first letters so that few are tried."""
    by_first: dict[str, list[str]] = {}
    for group, family in families.items():
        for first in sorted(first_letters(family.pattern)):
            by_first.setdefault(first, []).append(group)
    # A family under two letters is written twice; a group name may stand only once.
    seen: set[str] = set()
    parts = []
    for first, groups in sorted(by_first.items()):
        branches = "|".join(_branch(group, families[group].pattern, seen) for group in groups)
        parts.append(f"(?={re.escape(first)})(?:{branches})" if first else f"(?:{branches})")
    # Han letters count as word characters to \b: by ASCII rules "用GPT-5写" is found.
    return re.compile(f"(?<![{LETTER}@$])(?:{'|'.join(parts)})" if parts else r"(?!)", re.ASCII)


def _branch(group: str, pattern: str, seen: set[str]) -> str:
    name = group if group not in seen else f"{group}_{len(seen)}"
    seen.add(name)
    return f"(?P<{name}>{pattern})"


def first_letters(pattern: str) -> frozenset[str]:
    r"""The characters a version pattern can begin with; the empty string where that cannot be told.

    >>> sorted(first_letters(r"\b(?:DeepSeek[\s-]?)?R1\b")), sorted(first_letters(r"\bo[134]\b"))
    (['D', 'R'], ['o'])
    """
    return frozenset(first for branch in _alternatives(pattern) for first in _first_of(branch))


def _first_of(branch: str) -> frozenset[str]:
    branch = branch.removeprefix(r"\b")
    if branch.startswith("(?:"):
        end = _closing(branch)
        inner = frozenset(f for part in _alternatives(branch[3:end]) for f in _first_of(part))
        rest = branch[end + 1 :]
        return inner - {""} | _first_of(rest[1:]) if rest.startswith("?") or "" in inner else inner
    if branch.startswith("["):
        return frozenset(branch[1 : branch.index("]")])
    return frozenset(branch[0]) if branch[:1].isalnum() else frozenset({""})


def _alternatives(pattern: str) -> list[str]:
    """The pattern cut at the bars that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(pattern):
        depth += (character in "([") - (character in ")]")
        if character == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
    return [*parts, pattern[start:]]


def _closing(pattern: str) -> int:
    depth = 0
    for place, character in enumerate(pattern):
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return place
    return len(pattern) - 1
