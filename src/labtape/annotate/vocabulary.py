"""The lexicon's names made ready for finding: one regular expression for all of them, and what each means.

Lexicon ─ vocabulary() ─► Vocabulary
                           ├── names      one trie expression over every spelling of every name
                           ├── families   the version patterns of the model families, side by side
                           └── tickers    codes in market dress
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from labtape.annotate.vocabulary_cues import cue_pattern, negative_pattern
from labtape.lexicon.entries import Alias, Lab, Lexicon, ModelFamily

SEPARATORS = "-\u2010\u2011\u2012\u2013\u00a0 "
_SEPARATOR = re.compile(f"[{SEPARATORS}]+")
_SEPARATOR_CLASS = f"[{SEPARATORS}]"

LETTER = "A-Za-z0-9\u00c0-\u024f\u0400-\u04ff"
# Han, kana and Hangul names stand without spaces, often beside Latin ones.
_IS_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LEFT, _RIGHT = f"(?<![{LETTER}@$])", f"(?=s?(?![{LETTER}]))"
_SHORTEST_ANY_CASE = 4
_HUMAN = re.compile(r"\b(?:given|sur|common|first|last)\s?names?\b|\bpeople\b|人名|姓氏", re.IGNORECASE)
# Versions that makers also use alone: "V4-Pro", "K2 Thinking", "R1".
_BARE_VERSION = re.compile(r"[A-Za-z]\d[\w.]*(?:[ -][A-Z]\w+)?")


@dataclass(frozen=True, slots=True)
class Name:
    """A spelling and what it may stand for. `house` is the id at the top of the owner's family tree."""

    surface: str
    entity: str | None
    lab: str | None
    house: str | None
    kind: str
    lab_kind: str
    ambiguity: str
    positive: re.Pattern[str] | None = None
    negative: re.Pattern[str] | None = None
    is_human: bool = False
    is_hyphened: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything `find_mentions` looks up. Made once per lexicon digest and process."""

    finder: re.Pattern[str]
    names: Mapping[str, tuple[Name, ...]]
    versions: re.Pattern[str]
    families: Mapping[str, ModelFamily]  # group name in `versions` -> family
    family_names: Mapping[str, Name]  # family id -> how a version of it is linked
    patterns: Mapping[str, re.Pattern[str]]  # family id -> its pattern
    by_lab: Mapping[str, tuple[ModelFamily, ...]]  # house -> families
    tickers: Mapping[str, Name]


@dataclass(frozen=True, slots=True, eq=False)
class _ByDigest:
    """A lexicon as a cache key: two with one digest are the same."""

    lexicon: Lexicon

    def __hash__(self) -> int:
        return hash(self.lexicon.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and other.lexicon.digest == self.lexicon.digest


def vocabulary(lexicon: Lexicon) -> Vocabulary:
    """The compiled names of a lexicon; made at the first call in a process, then kept."""
    return _compile(_ByDigest(lexicon))


@lru_cache(maxsize=4)
def _compile(key: _ByDigest) -> Vocabulary:
    lexicon = key.lexicon
    names = _names(lexicon)
    families = {f"f{place}": family for place, family in enumerate(lexicon.models.values())}
    by_lab: dict[str, list[ModelFamily]] = {}
    for family in lexicon.models.values():
        by_lab.setdefault(house_of(lexicon, family.lab), []).append(family)
    return Vocabulary(
        finder=_finder(name.surface for group in names.values() for name in group),
        names=names,
        versions=_versions(families),
        families=families,
        family_names={family.id: _family_name(lexicon, family, names) for family in families.values()},
        patterns={family.id: re.compile(family.pattern, re.ASCII) for family in families.values()},
        by_lab={house: tuple(group) for house, group in by_lab.items()},
        tickers=_tickers(lexicon),
    )


def spelling(surface: str) -> str:
    """A name with every kind of hyphen and space as one space: "SK‑Hynix" is "SK Hynix"."""
    return _SEPARATOR.sub(" ", surface).strip()


def key_of(surface: str) -> str:
    """What names are looked up by: the spelling in lower case."""
    return spelling(surface).lower()


def house_of(lexicon: Lexicon, lab_id: str) -> str:
    """The id at the top of the family tree: `google-deepmind` and `google-cloud` share `alphabet`."""
    chain = lexicon.parents(lab_id)
    return chain[-1] if chain else lab_id


def admits(name: Name, surface: str) -> bool:
    """Whether the name may be written so: safe names in any case, ambiguous ones as spelled or in capitals."""
    if name.is_hyphened and "-" not in surface and " " in surface:
        return False
    written, wanted = spelling(surface), spelling(name.surface)
    if written == wanted:
        return True
    if name.ambiguity == "none" and len(wanted) >= _SHORTEST_ANY_CASE:
        return True
    return len(wanted) >= _SHORTEST_ANY_CASE and not wanted.isupper() and written == wanted.upper()


# ---------------------------------------------------------------- names


def _names(lexicon: Lexicon) -> dict[str, tuple[Name, ...]]:
    found: dict[str, list[Name]] = {}
    for alias in lexicon.aliases:
        if alias.kind != "ticker":
            found.setdefault(key_of(alias.surface), []).append(_name(lexicon, alias))
    for word, code in lexicon.countries.items():
        country = Name(word, f"country:{code}", None, None, "country", "country", "low")
        found.setdefault(key_of(word), []).append(country)
    for family in lexicon.models.values():
        for version in family.versions:
            if _BARE_VERSION.fullmatch(version) and key_of(version) not in found:
                found[key_of(version)] = [_bare_version(lexicon, family, version)]
    order = {"none": 0, "low": 1, "high": 2}
    return {key: tuple(sorted(group, key=lambda n: order[n.ambiguity])) for key, group in found.items()}


def _operating(lexicon: Lexicon, lab: Lab) -> Lab:
    """Of a holding and its one operating company of the same kind, the latter: Alphabet is read as Google."""
    below = [child for child in lexicon.labs.values() if child.parent == lab.id and child.kind == lab.kind]
    return below[0] if len(below) == 1 and lab.kind == "bigtech" else lab


def _name(lexicon: Lexicon, alias: Alias) -> Name:
    lab = lexicon.labs.get(alias.lab) if alias.lab else None
    return Name(
        surface=alias.surface,
        entity=alias.entity,
        lab=_operating(lexicon, lab).entity if lab else None,
        house=house_of(lexicon, lab.id) if lab else None,
        kind=alias.kind,
        lab_kind=lab.kind if lab else "",
        ambiguity=alias.ambiguity,
        positive=cue_pattern(alias.positive, but=alias.surface),
        negative=negative_pattern(alias.negative, but=alias.surface),
        is_human=bool(_HUMAN.search("; ".join(alias.negative))),
        is_hyphened=_needs_hyphen(lexicon, alias),
    )


def _needs_hyphen(lexicon: Lexicon, alias: Alias) -> bool:
    """Whether the name is an ordinary word and a number but for its hyphen: "Gen-4", "Step-3"."""
    head, hyphen, number = alias.surface.partition("-")
    if not hyphen or not number[:1].isdigit() or head.isupper():
        return False
    return not any(other.surface == head and other.ambiguity == "none" for other in lexicon.aliases)


def _bare_version(lexicon: Lexicon, family: ModelFamily, version: str) -> Name:
    """A version written alone: only linked where its maker is named."""
    lab = lexicon.labs.get(family.lab)
    return Name(
        surface=version,
        entity=f"model:{family.id}",
        lab=lab.entity if lab else None,
        house=house_of(lexicon, family.lab),
        kind="version",
        lab_kind=lab.kind if lab else "",
        ambiguity="high",
    )


def _family_name(lexicon: Lexicon, family: ModelFamily, names: Mapping[str, tuple[Name, ...]]) -> Name:
    """How a versioned name of the family is linked: with the cues of the family's own name, if it has any."""
    entity = f"model:{family.id}"
    for group in names.values():
        for name in group:
            if name.entity == entity and name.kind not in ("person", "ticker"):
                return name
    lab: Lab | None = lexicon.labs.get(family.lab)
    return Name(
        surface=family.name,
        entity=entity,
        lab=lab.entity if lab else None,
        house=house_of(lexicon, family.lab),
        kind="model",
        lab_kind=lab.kind if lab else "",
        ambiguity="low",
    )


def _tickers(lexicon: Lexicon) -> dict[str, Name]:
    """Every code a listing, an asset or an alias has, with and without its exchange."""
    found: dict[str, Name] = {}

    def add(code: str, ticker: str, lab: Lab | None) -> None:
        entity = lab.entity if lab else None
        house = house_of(lexicon, lab.id) if lab else None
        found.setdefault(
            code.upper(),
            Name(code, f"ticker:{ticker}", entity, house, "ticker", lab.kind if lab else "", "low"),
        )

    # The owner before its subsidiaries, which show their parent's listing.
    for lab in sorted(lexicon.labs.values(), key=lambda lab: (lab.parent is not None, lab.id)):
        for listing in lab.listings:
            exchange, _, code = listing.ticker.partition(":")
            for spelled in _spelled(exchange, code):
                add(spelled, listing.ticker, lab)
    for asset in lexicon.assets:
        exchange, _, code = asset.ticker.partition(":")
        for spelled in _spelled(exchange, code):
            add(spelled, asset.ticker, lexicon.labs.get(asset.lab) if asset.lab else None)
    return found


_SUFFIXES = {
    "HKEX": "HK",
    "SSE": "SH",
    "SZSE": "SZ",
    "TSE": "T",
    "KRX": "KS",
    "TWSE": "TW",
    "SHA": "SH",
    "SHE": "SZ",
}


def _spelled(exchange: str, code: str) -> tuple[str, ...]:
    suffix = _SUFFIXES.get(exchange, "")
    stems = {code, code.lstrip("0"), code.zfill(4), code.zfill(5)} if exchange == "HKEX" else {code}
    dressed = {f"{stem}.{suffix}" for stem in stems} if suffix else set()
    if exchange == "SSE":
        dressed.add(f"{code}.SS")
    # A bare number says nothing; a bare letter code is only read in brackets or after a dollar sign.
    return tuple(sorted(dressed | ({code} if not code.isdigit() else set())))


# ---------------------------------------------------------------- expressions


def _finder(surfaces: Iterable[str]) -> re.Pattern[str]:
    """One expression that matches the longest of all names at a place, in the spellings news uses."""
    west: set[str] = set()
    east: set[str] = set()
    for surface in surfaces:
        spelled = spelling(surface)
        if _IS_EAST.search(spelled[0] + spelled[-1]):
            east.add(spelled)
        else:
            west |= {spelled, spelled.lower(), spelled.upper(), spelled.title(), spelled.capitalize()}
    parts = []
    if west:
        parts.append(f"{_LEFT}{_trie(west)}{_RIGHT}")
    if east:
        parts.append(_trie(east))
    return re.compile("|".join(parts) or r"(?!)")


def _trie(words: Iterable[str]) -> str:
    tree: dict[str, object] = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})  # type: ignore[assignment]  # a tree of its own kind
        node[""] = {}
    return _expression(tree)


def _expression(node: dict[str, object]) -> str:
    """The tree below a prefix as an expression that prefers the longest way down."""
    branches = [
        (_SEPARATOR_CLASS if character == " " else re.escape(character)) + _expression(child)
        for character, child in sorted(node.items())
        if character and isinstance(child, dict)
    ]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{body})?" if "" in node else body


def _versions(families: Mapping[str, ModelFamily]) -> re.Pattern[str]:
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
    # Han letters count as word characters to \\b: ASCII rules make "用GPT-5写" found.
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
