"""What each spelling of the lexicon may stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from labtape.annotate.traditional import SIMPLE, TRADITIONAL
from labtape.annotate.vocabulary_cues import Cues, cues_against, cues_for
from labtape.lexicon.entries import Alias, Lab, Lexicon, ModelFamily

SIMPLIFIED = str.maketrans(TRADITIONAL, SIMPLE)
SEPARATORS = "-\u2010\u2011\u2012\u2013\u00a0 "
_SEPARATOR = re.compile(f"[{SEPARATORS}]+")
_SHORTEST_ANY_CASE = 4
# Spellings that are remembered; articles name the same few thousand things over and over.
_MOST_SPELLINGS = 20_000
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
    positive: Cues | None = None
    negative: Cues | None = None
    has_other_posts: bool = False  # a person whose cues against are other organisations
    is_hyphened: bool = False
    is_distinct: bool = False  # the version pattern of its family takes it bare: "Gemini", not "Nova"


@lru_cache(maxsize=_MOST_SPELLINGS)
def spelling(surface: str) -> str:
    """A name with every kind of hyphen and space as one space and traditional characters as simplified ones.

    >>> spelling("SK‑Hynix"), spelling("聯想")
    ('SK Hynix', '联想')
    """
    folded = surface if surface.isascii() else surface.translate(SIMPLIFIED)
    return _SEPARATOR.sub(" ", folded).strip()


@lru_cache(maxsize=_MOST_SPELLINGS)
def key_of(surface: str) -> str:
    """What names are looked up by: the spelling in lower case."""
    return spelling(surface).lower()


def house_of(lexicon: Lexicon, lab_id: str) -> str:
    """The id at the top of the family tree: `google-deepmind` and `google-cloud` share `alphabet`."""
    chain = lexicon.parents(lab_id)
    return chain[-1] if chain else lab_id


def admits_any_case(name: Name) -> bool:
    """Whether case says nothing about the name."""
    return name.ambiguity == "none" and len(spelling(name.surface)) >= _SHORTEST_ANY_CASE


def admits(name: Name, surface: str) -> bool:
    """Whether the name may be written so: safe names in any case, ambiguous ones as spelled or in capitals."""
    if name.is_hyphened and "-" not in surface and " " in surface:
        return False
    written, wanted = spelling(surface), spelling(name.surface)
    if written == wanted:
        return True
    if admits_any_case(name):
        return True
    return len(wanted) >= _SHORTEST_ANY_CASE and not wanted.isupper() and written == wanted.upper()


def names_of(lexicon: Lexicon) -> dict[str, tuple[Name, ...]]:
    """Every spelling by its key, with what it may stand for, the surest first."""
    found: dict[str, list[Name]] = {}
    organisations = {alias.surface for alias in lexicon.aliases if alias.kind == "org"}
    surfaces = {alias.surface for alias in lexicon.aliases}
    for alias in lexicon.aliases:
        # "蘋果" is read as "苹果": where the lexicon has both, what it says of the simplified one holds.
        if alias.kind != "ticker" and (alias.surface.isascii() or not _is_doubled(alias.surface, surfaces)):
            found.setdefault(key_of(alias.surface), []).append(_name(lexicon, alias, organisations))
    for word, code in lexicon.countries.items():
        country = Name(word, f"country:{code}", None, None, "country", "country", "low")
        found.setdefault(key_of(word), []).append(country)
    for family in lexicon.models.values():
        for version in family.versions:
            if _BARE_VERSION.fullmatch(version) and key_of(version) not in found:
                found[key_of(version)] = [_bare_version(lexicon, family, version)]
    order = {"none": 0, "low": 1, "high": 2}
    return {key: tuple(sorted(group, key=lambda n: order[n.ambiguity])) for key, group in found.items()}


def _is_doubled(surface: str, surfaces: Set[str]) -> bool:
    simplified = surface.translate(SIMPLIFIED)
    return simplified != surface and simplified in surfaces


def _operating(lexicon: Lexicon, lab: Lab) -> Lab:
    """Of a holding and its one operating company of the same kind, the latter: Alphabet is read as Google."""
    if lab.kind != "bigtech":
        return lab
    below = [child for child in lexicon.labs.values() if child.parent == lab.id and child.kind == lab.kind]
    return below[0] if len(below) == 1 else lab


def _name(lexicon: Lexicon, alias: Alias, organisations: Set[str]) -> Name:
    lab = lexicon.labs.get(alias.lab) if alias.lab else None
    return Name(
        surface=alias.surface,
        entity=alias.entity,
        lab=_operating(lexicon, lab).entity if lab else None,
        house=house_of(lexicon, lab.id) if lab else None,
        kind=alias.kind,
        lab_kind=lab.kind if lab else "",
        ambiguity=alias.ambiguity,
        positive=cues_for(alias.positive, but=alias.surface),
        negative=cues_against(alias.negative, but=alias.surface),
        has_other_posts=alias.kind == "person" and any(cue in organisations for cue in alias.negative),
        is_hyphened=_needs_hyphen(lexicon, alias),
        is_distinct=_is_distinct(lexicon, alias),
    )


def _needs_hyphen(lexicon: Lexicon, alias: Alias) -> bool:
    """Whether the name is an ordinary word and a number but for its hyphen: "Gen-4", "Step-3"."""
    head, hyphen, number = alias.surface.partition("-")
    if not hyphen or not number[:1].isdigit() or head.isupper():
        return False
    return not any(other.surface == head and other.ambiguity == "none" for other in lexicon.aliases)


def _is_distinct(lexicon: Lexicon, alias: Alias) -> bool:
    kind, _, family_id = (alias.entity or "").partition(":")
    family = lexicon.models.get(family_id) if kind == "model" else None
    return family is not None and bool(family.pattern and re.fullmatch(family.pattern, alias.surface))


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


ByEntity = Mapping[str, Sequence[tuple[str, Name]]]


def names_by_entity(names: Mapping[str, tuple[Name, ...]]) -> ByEntity:
    """The names of each entity with their keys, in the order of `names`."""
    found: dict[str, list[tuple[str, Name]]] = {}
    for key, group in names.items():
        for name in group:
            if name.entity:
                found.setdefault(name.entity, []).append((key, name))
    return found


def family_name(lexicon: Lexicon, family: ModelFamily, by_entity: ByEntity) -> Name:
    """How a versioned name of the family is linked: as its own name, else as the most doubtful that begins like it."""
    entity, own = f"model:{family.id}", key_of(family.name)
    kin = [
        name
        for key, name in by_entity.get(entity, ())
        if name.kind not in ("person", "version") and key.split()[0] == own.split()[0]
    ]
    if kin:
        order = {"none": 0, "low": 1, "high": 2}
        return max(kin, key=lambda n: (key_of(n.surface) == own, order[n.ambiguity]))
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
