"""Who a word may mean: ids, names in any language, models, people and tickers, with what it is for each.

"Kimi" -> model:kimi, a model family of lab:moonshot          "Musk" -> three companies, and why each
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtape.lexicon.entries import Alias, Lexicon

_GAPS = re.compile(r"[\s\-‐‑–_]+")
_KINDS = {
    "org": "its name",
    "model": "a name of its model family {name}",
    "product": "its product",
    "project": "its project",
    "person": "a person of it",
    "ticker": "its ticker",
}
_DOUBTS = {"none": "", "low": ", now and then something else", "high": ", often something else"}
NEAR = 6


@dataclass(frozen=True, slots=True)
class Meaning:
    """One organisation a word may mean: `entity` is the finest thing meant, `why` says what the word is to it."""

    entity: str
    lab: str
    why: str


def find_meanings(lexicon: Lexicon, word: str) -> tuple[Meaning, ...]:
    """Every organisation a word may mean, one meaning each, the surest first; none for an unknown word.

    An id stands for itself alone. Case and hyphens say nothing.
    """
    wanted = _key(word)
    of_id = tuple(_of_ids(lexicon, word.strip().casefold()))
    found = of_id or (*_of_names(lexicon, wanted), *_of_tickers(lexicon, word.strip().upper()))
    found = found or tuple(_of_versions(lexicon, word.strip()))
    first: dict[str, Meaning] = {}
    for meaning in found:
        first.setdefault(meaning.lab, meaning)
    return tuple(first.values())


def near_names(lexicon: Lexicon, word: str) -> tuple[str, ...]:
    """Names of the lexicon that are written much like a word, the nearest first."""
    spelled = {_key(name): name for name in _all_names(lexicon)}
    wanted = _key(word)
    close = get_close_matches(wanted, spelled, n=NEAR, cutoff=0.7) if wanted else []
    within = [key for key in spelled if len(wanted) > 2 and wanted in key]
    return tuple(spelled[key] for key in dict.fromkeys((*close, *sorted(within, key=len))))[:NEAR]


def is_never_linked(lexicon: Lexicon, word: str) -> bool:
    """Whether the lexicon knows the word as a group's or a look-alike's, which stands for nobody."""
    return any(alias.entity is None and _key(alias.surface) == _key(word) for alias in lexicon.aliases)


@lru_cache(maxsize=65536)
def _key(word: str) -> str:
    return _GAPS.sub(" ", word.strip()).casefold()


def _of_ids(lexicon: Lexicon, word: str) -> Iterator[Meaning]:
    for lab in lexicon.labs.values():
        if word in (lab.id, lab.entity):
            yield Meaning(lab.entity, lab.id, "its id")
    if word.startswith("model:") and word.removeprefix("model:") in lexicon.models:
        family = lexicon.models[word.removeprefix("model:")]
        yield Meaning(word, family.lab, f"the id of its model family {family.name}")


def _of_names(lexicon: Lexicon, wanted: str) -> Iterator[Meaning]:
    for lab in lexicon.labs.values():
        if wanted in (_key(lab.name), _key(lab.name.partition(" (")[0])):
            yield Meaning(lab.entity, lab.id, "its name")
    for family in lexicon.models.values():
        if wanted in (family.id, _key(family.name)):
            yield Meaning(f"model:{family.id}", family.lab, f"its model family {family.name}")
    doubts = list(_DOUBTS)
    aliases = [alias for alias in lexicon.aliases if alias.lab and _key(alias.surface) == wanted]
    for alias in sorted(aliases, key=lambda alias: doubts.index(alias.ambiguity)):
        yield _of_alias(lexicon, alias)


def _of_alias(lexicon: Lexicon, alias: Alias) -> Meaning:
    entity, lab = alias.entity or "", alias.lab or ""
    family = lexicon.models.get(entity.removeprefix("model:")) if entity.startswith("model:") else None
    what = _KINDS["model" if family else alias.kind].format(name=family.name if family else "")
    return Meaning(entity if family else lexicon.labs[lab].entity, lab, f"{what}{_DOUBTS[alias.ambiguity]}")


def _of_tickers(lexicon: Lexicon, word: str) -> Iterator[Meaning]:
    """`NASDAQ:NVDA`, `NVDA`, `0700` and `0700.HK`; a listing that has ended only where no other has the code."""
    bare = word.lstrip("$").partition(".")[0]

    def is_meant(ticker: str) -> bool:
        return word in (ticker.upper(), f"TICKER:{ticker.upper()}") or bare == ticker.partition(":")[2]

    listed = [(lab.id, x) for lab in lexicon.labs.values() for x in lab.listings if is_meant(x.ticker)]
    now = [(lab_id, x.ticker) for lab_id, x in listed if x.until is None]
    assets = [(a.lab, a.ticker) for a in lexicon.assets if a.lab in lexicon.labs and is_meant(a.ticker)]
    for lab_id, ticker in (*now, *assets) or [(lab_id, x.ticker) for lab_id, x in listed]:
        yield Meaning(lexicon.labs[lab_id or ""].entity, lab_id or "", f"its ticker {ticker}")


def _of_versions(lexicon: Lexicon, word: str) -> Iterator[Meaning]:
    """A version that no file names: "Qwen 9"."""
    for family in lexicon.models.values():
        if family.pattern and re.fullmatch(family.pattern, word, re.IGNORECASE):
            yield Meaning(f"model:{family.id}", family.lab, f"a version of its model family {family.name}")


def _all_names(lexicon: Lexicon) -> Iterator[str]:
    for lab in lexicon.labs.values():
        yield from (lab.id, lab.name)
    yield from (family.name for family in lexicon.models.values())
    yield from (alias.surface for alias in lexicon.aliases if alias.lab)
