"""Reads one lab file: an organisation with its names, people, listings and model families.

id, name, kind, country, city, status, open_weights, source
parent, parent_since, parent_source     the present owner, since when, who says so
brand                    true where it is only a name of its owner's since the purchase
[[former_parents]]       parent, since, until, source
names, products          ways to write the organisation or a thing it sells that mean nothing else
examples, counter_examples     marked sentences: `[Kimi](model:kimi) got cheaper.`
[[listings]]             ticker, since, until, written
[[ambiguous]]            surface, kind, language, ambiguity, positive, negative, ticker
[[people]]               id, names, ambiguity, positive, negative
[[models]]               id, name, kind, open_weights, versions, pattern, released, source, names, products
[[models.ambiguous]]     as [[ambiguous]]
[[models.former_labs]]   lab, until, source
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast, get_args

from labtape.lexicon.entries import Alias, Ambiguity, FormerLab, Lab, Listing, ModelFamily, Ownership
from labtape.lexicon.rows import Row

LAB_KINDS = frozenset({
    "app", "bigtech", "chip", "cloud", "equipment", "foundry", "investor", "lab", "memory", "neocloud",
    "networking", "platform", "power", "publisher", "research", "robotics", "server", "software",
})  # fmt: skip
NAME_KINDS = frozenset({"org", "model", "product", "project", "ticker"})
OPEN_WEIGHTS = frozenset({"yes", "no", "mixed"})
AMBIGUITIES = frozenset(get_args(Ambiguity))

# Han alone says Chinese; Japanese names of the lexicon hold kana.
_SCRIPTS = (
    ("ko", "[가-힣]"),
    ("ja", "[\u3040-\u30ff]"),
    ("zh", "[\u4e00-\u9fff]"),
    ("ru", "[\u0400-\u04ff]"),
)
_LANGUAGES = tuple((language, re.compile(script)) for language, script in _SCRIPTS)


def read_lab(row: Row) -> Lab:
    """The organisation of one file; what is wrong with it is noted in the row's problems."""
    lab_id = row.identifier("id")
    lab = Lab(
        id=lab_id,
        name=row.text("name"),
        kind=row.choice("kind", LAB_KINDS),
        country=row.country("country"),
        city=row.optional("city"),
        parent=row.optional("parent"),
        status=row.text("status"),
        open_weights=row.choice("open_weights", OPEN_WEIGHTS),
        listings=(),
        names=(),
        people=tuple(alias for part in row.rows("people", "id") for alias in _read_person(part, lab_id)),
        models=tuple(_read_model(part, lab_id) for part in row.rows("models", "id")),
        examples=row.texts("examples"),
        counter_examples=row.texts("counter_examples"),
        source=row.text("source"),
        parent_since=row.when("parent_since"),
        parent_source=row.optional("parent_source"),
        former_parents=_read_former_parents(row),
        brand=row.flag("brand") if "brand" in row.values else False,
    )
    names = [*_read_names(row, lab.entity, lab_id, "org")]
    listings = []
    for part in row.rows("listings", "ticker"):
        listing = Listing(part.ticker("ticker"), *part.period())
        listings.append(listing)
        names += _certain(part.texts("written"), f"ticker:{listing.ticker}", lab_id, "ticker")
        part.done()
    row.done()
    if not lab.parent and (lab.parent_since or lab.parent_source):
        row.wrong("parent", "missing; name the owner that parent_since or parent_source speaks of")
    if lab.brand and not lab.parent:
        row.wrong("brand", "true without an owner; name it with parent, or leave brand out")
    if not names:
        row.wrong("names", 'missing; give at least one, as in names = ["…"]')
    if not lab.examples:
        row.wrong("examples", "missing; give at least one marked sentence")
    return replace(lab, names=tuple(names), listings=tuple(listings))


def read_never(row: Row) -> Alias:
    """A surface that is never linked: a group of firms, or a name that only looks like one of ours."""
    alias = _read_ambiguous(row, None, None, row.choice("kind", {"group", "negative"}))
    row.done()
    return alias


def language_of(surface: str) -> str:
    """The language a name's script gives away; English for every Latin one.

    >>> [language_of(s) for s in ("Kimi", "月之暗面", "ソフトバンク", "삼성전자", "Яндекс")]
    ['en', 'zh', 'ja', 'ko', 'ru']
    """
    return next((language for language, script in _LANGUAGES if script.search(surface)), "en")


def _read_former_parents(row: Row) -> tuple[Ownership, ...]:
    """Those who owned it before, in the order in which they gave it up."""
    found = []
    for part in row.rows("former_parents", "parent"):
        since, until = part.period()
        if until is None:
            part.wrong("until", "missing; give the date when it ended, or name the present owner in parent")
        found.append(Ownership(part.identifier("parent"), since, until, part.text("source")))
        part.done()
    return tuple(sorted(found, key=lambda owner: owner.until or ""))


def _read_former_labs(row: Row) -> tuple[FormerLab, ...]:
    """Those who had a model family before, in the order in which they gave it up."""
    found = []
    for part in row.rows("former_labs", "lab"):
        until = part.when("until") or part.text("until")
        found.append(FormerLab(part.identifier("lab"), until, part.text("source")))
        part.done()
    return tuple(sorted(found, key=lambda former: former.until))


def _read_names(row: Row, entity: str, lab_id: str, kind: str) -> Iterator[Alias]:
    yield from _certain(row.texts("names"), entity, lab_id, kind)
    yield from _certain(row.texts("products"), entity, lab_id, "product")
    for part in row.rows("ambiguous", "surface"):
        part_kind = part.choice("kind", NAME_KINDS, kind)
        part_entity = f"ticker:{part.ticker('ticker')}" if part_kind == "ticker" else entity
        yield _read_ambiguous(part, part_entity, lab_id, part_kind)
        part.done()


def _certain(surfaces: tuple[str, ...], entity: str, lab_id: str, kind: str) -> Iterator[Alias]:
    return (Alias(surface, language_of(surface), entity, lab_id, "none", kind) for surface in surfaces)


def _read_ambiguous(row: Row, entity: str | None, lab_id: str | None, kind: str) -> Alias:
    surface = row.text("surface")
    return Alias(
        surface=surface,
        language=row.text("language", language_of(surface)),
        entity=entity,
        lab=lab_id,
        ambiguity=cast("Ambiguity", row.choice("ambiguity", AMBIGUITIES)),
        kind=kind,
        positive=row.texts("positive"),
        negative=row.texts("negative"),
    )


def _read_person(row: Row, lab_id: str) -> tuple[Alias, ...]:
    names = row.texts("names")
    entity = f"person:{row.identifier('id')}"
    ambiguity = cast("Ambiguity", row.choice("ambiguity", AMBIGUITIES, "none"))
    cues = row.texts("positive"), row.texts("negative")
    row.done()
    if not names:
        row.wrong("names", 'missing; give at least one, as in names = ["…"]')
    return tuple(Alias(name, language_of(name), entity, lab_id, ambiguity, "person", *cues) for name in names)


def _read_model(row: Row, lab_id: str) -> ModelFamily:
    family_id = row.identifier("id")
    family = ModelFamily(
        id=family_id,
        name=row.text("name"),
        lab=lab_id,
        kind=row.text("kind"),
        open_weights=row.choice("open_weights", OPEN_WEIGHTS),
        versions=row.texts("versions"),
        pattern=row.pattern("pattern"),
        aliases=tuple(_read_names(row, f"model:{family_id}", lab_id, "model")),
        released=row.when("released"),
        source=row.text("source"),
        former_labs=_read_former_labs(row),
    )
    row.done()
    return family
