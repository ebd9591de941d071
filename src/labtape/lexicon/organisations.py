"""Reads one lab file: an organisation with its names, people, listings and model families.

id, name, kind, country, city, parent, status, open_weights, source, examples, counter_examples
[[listings]]         ticker, since, until
[[names]]            surface, language, ambiguity, kind, positive, negative, ticker
[[people]]           surface, language, ambiguity, person, positive, negative
[[models]]           id, name, kind, open_weights, versions, pattern, released, source
[[models.aliases]]   as [[names]]
"""

from __future__ import annotations

from typing import cast, get_args

from labtape.lexicon.entries import Alias, Ambiguity, Lab, Listing, ModelFamily
from labtape.lexicon.rows import Row

LAB_KINDS = frozenset(
    "app bigtech chip cloud equipment foundry investor lab memory neocloud networking platform power "
    "publisher research robotics server software".split()
)
NAME_KINDS = frozenset({"org", "model", "product", "project", "ticker"})
OPEN_WEIGHTS = frozenset({"yes", "no", "mixed"})
AMBIGUITIES = frozenset(get_args(Ambiguity))


def read_lab(row: Row) -> Lab:
    """The organisation of one file; what is wrong with it is noted in the row's problems."""
    lab_id = row.identifier("id")
    lab = Lab(
        id=lab_id,
        name=row.text("name"),
        kind=row.choice("kind", LAB_KINDS),
        country=row.text("country"),
        city=row.optional("city"),
        parent=row.optional("parent"),
        status=row.text("status"),
        open_weights=row.choice("open_weights", OPEN_WEIGHTS),
        listings=tuple(_read_listing(part) for part in row.rows("listings", "ticker")),
        names=(),
        people=tuple(_read_person(part, lab_id) for part in row.rows("people", "surface")),
        models=tuple(_read_model(part, lab_id) for part in row.rows("models", "id")),
        examples=row.texts("examples"),
        counter_examples=row.texts("counter_examples"),
        source=row.text("source"),
    )
    names = tuple(_read_name(part, lab.entity, lab_id, "org") for part in row.rows("names", "surface"))
    row.done()
    if not names:
        row.wrong("names", "missing; give at least one [[names]] with a surface")
    if not lab.examples:
        row.wrong("examples", "missing; give at least one marked sentence")
    return _with_names(lab, names)


def read_never(row: Row) -> Alias:
    """A surface that is never linked: a group of firms, or a name that only looks like one of ours."""
    alias = _alias(row, None, None, row.choice("kind", {"group", "negative"}))
    row.done()
    return alias


def _with_names(lab: Lab, names: tuple[Alias, ...]) -> Lab:
    return Lab(**{name: getattr(lab, name) for name in Lab.__slots__} | {"names": names})


def _read_listing(row: Row) -> Listing:
    listing = Listing(row.ticker("ticker"), row.when("since"), row.when("until"))
    row.done()
    return listing


def _read_name(row: Row, entity: str, lab_id: str, kind: str) -> Alias:
    kind = row.choice("kind", NAME_KINDS, kind)
    if kind == "ticker":
        entity = f"ticker:{row.ticker('ticker')}"
    alias = _alias(row, entity, lab_id, kind)
    row.done()
    return alias


def _read_person(row: Row, lab_id: str) -> Alias:
    alias = _alias(row, f"person:{row.identifier('person')}", lab_id, "person")
    row.done()
    return alias


def _read_model(row: Row, lab_id: str) -> ModelFamily:
    family_id = row.identifier("id")
    aliases = row.rows("aliases", "surface")
    family = ModelFamily(
        id=family_id,
        name=row.text("name"),
        lab=lab_id,
        kind=row.text("kind"),
        open_weights=row.choice("open_weights", OPEN_WEIGHTS),
        versions=row.texts("versions"),
        pattern=row.pattern("pattern"),
        aliases=tuple(_read_name(part, f"model:{family_id}", lab_id, "model") for part in aliases),
        released=row.when("released"),
        source=row.text("source"),
    )
    row.done()
    return family


def _alias(row: Row, entity: str | None, lab_id: str | None, kind: str) -> Alias:
    return Alias(
        surface=row.text("surface"),
        language=row.text("language", "en"),
        entity=entity,
        lab=lab_id,
        ambiguity=cast("Ambiguity", row.choice("ambiguity", AMBIGUITIES, "none")),
        kind=kind,
        positive=row.texts("positive"),
        negative=row.texts("negative"),
    )
