"""Whose is a model of the counter? Author and family from its name, owner and country on a day, by the lexicon.

    x-ai/grok-code-fast-1  ->  author x-ai  ->  lab xai  ->  family grok  ->  on 2026-03-01 owned by SpaceX, US

A model belongs to its author; a family only tells which of the author's labs made it (google/gemini… is Google
DeepMind's). The author alone decides, because others publish models that are named after a family they retrained.
An author the lexicon does not know stays unknown, and so does `openrouter`, under which labs try models in disguise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from labtape.ledger.rankings import RankedDay
    from labtape.lexicon.entries import Lexicon, ModelFamily

AUTHORS: Final = {
    "ibm-granite": "ibm", "kwaipilot": "kuaishou", "liquid": "liquid-ai", "meta-llama": "meta-ai",
    "opengvlab": "shanghai-ai-lab", "thudm": "zhipu", "tiiuae": "tii", "zai-org": "zhipu",
}  # fmt: skip
"""Authors whose name on model hubs is none of the lexicon's names of the lab."""
_NO_MODELS: Final = frozenset({"hardware", "app", "agent", "platform"})
"""Kinds of families that the counter does not count."""
_OPEN: Final = {"yes": True, "no": False}
_IDLE: Final = frozenset({"series", "models", "model", "the"})
_DATED: Final = re.compile(r"-(?:20\d\d-?[01]\d-?[0-3]\d)\Z")
_PARTS: Final = re.compile(r"[a-z]+|\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Maker:
    """Who stands behind a model on a day. `owners` is the lab's id, then its owner's, and so on up; empty for unknown.

    `country` is where the topmost owner is; `open_weights` is None where the lexicon cannot tell.
    """

    author: str
    owners: tuple[str, ...] = ()
    country: str | None = None
    family: str | None = None
    open_weights: bool | None = None

    @property
    def lab(self) -> str | None:
        return self.owners[0] if self.owners else None


@dataclass(frozen=True, slots=True)
class Row:
    """A model's tokens on a day, with who made it and the parts of its name."""

    model: str
    tokens: int
    maker: Maker
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day of the counter with its makers; the largest model first. `other` is None where the file has no such row."""

    day: date
    rows: tuple[Row, ...]
    other: int | None


def name_parts(name: str) -> frozenset[str]:
    """The words and numbers of a model's name, without author, variant and the date at its end.

    >>> sorted(name_parts("anthropic/claude-4.5-sonnet-20250929:free")), sorted(name_parts("Claude Sonnet 4.5"))
    (['4.5', 'claude', 'sonnet'], ['4.5', 'claude', 'sonnet'])
    """
    bare = name.casefold().rpartition("/")[2].partition(":")[0]
    return frozenset(_PARTS.findall(_DATED.sub("", bare)))


def counted_days(days: Iterable[RankedDay], lexicon: Lexicon) -> tuple[CountedDay, ...]:
    """Every day with the makers its models had on it."""
    authors = _authors(lexicon)
    known: dict[str, _Model] = {}
    made = []
    for day in days:
        rows, owners = [], cache(partial(lexicon.parents, at=day.day))
        for model, tokens in day.models:
            if model not in known:
                known[model] = _model(model, authors, lexicon)
            rows.append(
                Row(model, tokens, _maker(known[model], day.day, owners, lexicon), known[model].parts)
            )
        made.append(CountedDay(day.day, tuple(rows), day.other))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Model:
    """What a name says on any day: `families` may be its family, the most likely first."""

    author: str
    lab: str | None
    parts: frozenset[str]
    families: tuple[ModelFamily, ...]


def _model(model: str, authors: Mapping[str, str], lexicon: Lexicon) -> _Model:
    author, parts = model.partition("/")[0], name_parts(model)
    lab = authors.get(_key(author))
    found = []
    for family in lexicon.models.values() if lab else ():
        names = (family.name, *(alias.surface for alias in family.aliases if alias.language == "en"))
        fits = [n for n in (len(_family_parts(name, parts)) for name in names) if n]
        if family.kind not in _NO_MODELS and fits:
            found.append((-max(fits), family.id, family))
    return _Model(author, lab, parts, tuple(family for _, _, family in sorted(found, key=lambda x: x[:2])))


def _family_parts(name: str, parts: frozenset[str]) -> frozenset[str]:
    """The parts of a family's name, if they are all among a model's."""
    for one in re.split(r" / |[()]", name):
        wanted = name_parts(one) - _IDLE
        if wanted and wanted <= parts:
            return wanted
    return frozenset()


def _maker(model: _Model, day: date, owners_of: Callable[[str], tuple[str, ...]], lexicon: Lexicon) -> Maker:
    if model.lab is None:
        return Maker(model.author)
    group = owners_of(model.lab)
    for family in model.families:
        owners = owners_of(family.lab_at(day))
        if owners[-1:] == group[-1:]:
            opened = _OPEN.get(family.open_weights)
            return Maker(model.author, owners, _country(owners, lexicon), family.id, opened)
    opened = _OPEN.get(lexicon.labs[model.lab].open_weights)
    return Maker(model.author, group, _country(group, lexicon), None, opened)


def _country(owners: Sequence[str], lexicon: Lexicon) -> str | None:
    country = lexicon.labs[owners[-1]].country
    return None if country == "XX" else country


# ---------------------------------------------------------------- authors


def _authors(lexicon: Lexicon) -> Mapping[str, str]:
    """The lab of each name an author may go by; a name of two labs is nobody's."""
    ids = {_key(lab.id): lab.id for lab in lexicon.labs.values()}
    names: dict[str, set[str]] = {}
    for lab in lexicon.labs.values():
        surfaces = [lab.name, lab.name.partition(" (")[0]]
        surfaces += [
            alias.surface for alias in lab.names if alias.kind == "org" and alias.ambiguity != "high"
        ]
        surfaces += [family.name for family in lab.models]
        for surface in surfaces:
            names.setdefault(_key(surface), set()).add(lab.id)
    alone = {key: next(iter(labs)) for key, labs in names.items() if key and len(labs) == 1}
    spelled = {_key(author): lab for author, lab in AUTHORS.items() if lab in lexicon.labs}
    found = alone | spelled | ids
    return {key: lab for key, lab in found.items() if lexicon.labs[lab].kind != "platform"}


def _key(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
