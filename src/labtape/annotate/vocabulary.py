"""The lexicon's names made ready for finding; compiled once per lexicon and process.

Lexicon ─ vocabulary() ─► Vocabulary
                           ├── names                every spelling and what it may be (vocabulary_names)
                           ├── spellings, versions  where they stand in a text (vocabulary_patterns)
                           └── tickers              codes in market dress (vocabulary_tickers)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from labtape.annotate.vocabulary_names import Name, family_name, house_of, names_by_entity, names_of
from labtape.annotate.vocabulary_patterns import NameFinder, VersionFinder, name_finder, version_finder
from labtape.annotate.vocabulary_tickers import tickers
from labtape.expressions import expression
from labtape.lexicon.entries import ByDigest, Lexicon, ModelFamily


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything `find_mentions` looks up."""

    names: Mapping[str, tuple[Name, ...]]  # key -> what it may be, the surest first
    spellings: NameFinder
    versions: VersionFinder
    family_names: Mapping[str, Name]  # family id -> how a version of it is linked
    patterns: Mapping[str, re.Pattern[str]]  # family id -> its pattern
    by_house: Mapping[str, tuple[ModelFamily, ...]]
    tickers: Mapping[str, Name]
    moved: frozenset[str]  # entities whose owner depends on the day


def vocabulary(lexicon: Lexicon) -> Vocabulary:
    """The compiled names of a lexicon; made at the first call in a process, then kept."""
    return _compile(ByDigest(lexicon))


@lru_cache(maxsize=4)
def _compile(key: ByDigest) -> Vocabulary:
    lexicon = key.lexicon
    names = names_of(lexicon)
    entities = names_by_entity(names)
    versioned = [family for family in lexicon.models.values() if family.pattern]
    patterns = {family.id: expression(family.pattern, re.ASCII) for family in versioned}
    by_house: dict[str, list[ModelFamily]] = {}
    for family in versioned:
        by_house.setdefault(house_of(lexicon, family.lab), []).append(family)
    return Vocabulary(
        names=names,
        spellings=name_finder(tuple(names)),
        versions=version_finder(versioned, patterns),
        family_names={family.id: family_name(lexicon, family, entities) for family in versioned},
        patterns=patterns,
        by_house={house: tuple(group) for house, group in by_house.items()},
        tickers=tickers(lexicon),
        moved=frozenset(
            [f"model:{family.id}" for family in lexicon.models.values() if family.former_labs]
            + [lab.entity for lab in lexicon.labs.values() if lab.brand]
        ),
    )
