"""What stands behind a name on a day: model -> lab -> owners -> listing, and the listed things that move with it.

    model:grok -> lab:xai (US) --since 2026-02-02--> company:spacex (US) -> NASDAQ:SPCX (US, since 2026-06-12)
                          `--supplier +1--> NASDAQ:NVDA      through spacex: what moves with its owner

The countries of the lab, of its topmost owner and of the exchange are three things, and are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.exceptions import LexiconError
from labtape.lexicon.periods import holds

if TYPE_CHECKING:
    from datetime import date

    from labtape.lexicon.entries import Asset, Lab, Lexicon, Listing, ModelFamily, Ownership


@dataclass(frozen=True, slots=True)
class Owner:
    """A step up: `lab` belongs to `parent` from `since` to `until`."""

    lab: str
    parent: Lab
    since: str | None
    until: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """A listing of `lab`, and the exchange it trades on; `country` is the exchange's, None where it has none."""

    ticker: str
    lab: str
    exchange: str
    country: str | None
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Exposed:
    """An asset that moves with the lab (`sign` 1) or against it (-1), and what it is to it (`via`).

    `through` is the id of the owner whose relation it is; None for the lab's own.
    """

    asset: str
    name: str
    via: str
    sign: int
    since: str | None
    until: str | None
    source: str
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything behind `entity` on the day `at` (None: what has not ended).

    `family` is the model family that was asked for. `owners` go up from the lab; `former_owners` are those of
    the lab that had ended by then. `listings` are the lab's own or those of its nearest listed owner.
    """

    entity: str
    at: date | None
    lab: Lab
    family: ModelFamily | None
    families: tuple[ModelFamily, ...]
    owners: tuple[Owner, ...]
    former_owners: tuple[Owner, ...]
    listings: tuple[Place, ...]
    exposures: tuple[Exposed, ...]
    tokens: tuple[Asset, ...]

    @property
    def country(self) -> str:
        """The country of the lab itself."""
        return self.lab.country

    @property
    def top_country(self) -> str:
        """The country of the topmost owner; the lab's own where it has none."""
        return self.owners[-1].parent.country if self.owners else self.lab.country

    @property
    def listing_countries(self) -> tuple[str, ...]:
        """The countries of the exchanges, each once."""
        return tuple(dict.fromkeys(place.country for place in self.listings if place.country))

    @property
    def is_exposed(self) -> bool:
        """Whether anything that trades stands for the lab or moves with it."""
        return bool(self.listings or self.exposures or self.tokens)


def chain(lexicon: Lexicon, entity: str, at: date | None = None) -> Chain:
    """What stands behind a model, lab, company or platform (`model:qwen`, `lab:deepseek`) on a day.

    Raises `LexiconError` for an entity that the lexicon does not have.
    """
    lab = lexicon.lab_of(entity, at)
    if lab is None:
        raise LexiconError(
            f"no entity '{entity}' in the lexicon; give a model, lab, company or platform by its id"
        )
    kind, _, name = entity.partition(":")
    family_ids = lexicon.parents(lab.id, at)
    return Chain(
        entity=entity,
        at=at,
        lab=lab,
        family=lexicon.models[name] if kind == "model" else None,
        families=lexicon.families_of(lab.id, at),
        owners=tuple(_owners(lexicon, family_ids, at)),
        former_owners=tuple(_former_owners(lexicon, lab, at)),
        listings=places(lexicon, lab.id, at),
        exposures=tuple(_exposures(lexicon, family_ids, at)),
        tokens=tuple(a for a in lexicon.assets if a.market == "crypto" and a.lab == lab.id),
    )


def places(lexicon: Lexicon, lab_id: str, at: date | None = None) -> tuple[Place, ...]:
    """The listings that stand for a lab on a day, with their exchanges."""
    listed = lexicon.listed_as(lab_id, at)
    return (
        tuple(_place(lexicon, listed, listing) for listing in lexicon.listings_of(lab_id, at))
        if listed
        else ()
    )


def _place(lexicon: Lexicon, lab_id: str, listing: Listing) -> Place:
    exchange = lexicon.exchanges.get(listing.ticker.partition(":")[0])
    return Place(
        ticker=listing.ticker,
        lab=lab_id,
        exchange=exchange.name if exchange else "",
        country=exchange.country if exchange and exchange.country != "XX" else None,
        since=listing.since,
        until=listing.until,
    )


def _owners(lexicon: Lexicon, family: tuple[str, ...], at: date | None) -> Iterator[Owner]:
    for lab_id in family[:-1]:
        ownership = lexicon.labs[lab_id].parent_at(at)
        if ownership:
            yield _owner(lexicon, lab_id, ownership)


def _former_owners(lexicon: Lexicon, lab: Lab, at: date | None) -> Iterator[Owner]:
    for ownership in lab.former_parents:
        has_ended = at is None or holds(ownership.until, None, at)
        if has_ended and ownership.parent in lexicon.labs:
            yield _owner(lexicon, lab.id, ownership)


def _owner(lexicon: Lexicon, lab_id: str, ownership: Ownership) -> Owner:
    parent = lexicon.labs[ownership.parent]
    return Owner(lab_id, parent, ownership.since, ownership.until, ownership.source)


def _exposures(lexicon: Lexicon, family: tuple[str, ...], at: date | None) -> Iterator[Exposed]:
    """In the order of relations.csv."""
    names: dict[str, str] | None = None
    for relation in lexicon.relations:
        if relation.lab not in family or not holds(relation.since, relation.until, at):
            continue
        if names is None:
            names = {asset.ticker: asset.name for asset in lexicon.assets}
        yield Exposed(
            asset=relation.asset,
            name=names.get(relation.asset, ""),
            via=relation.via,
            sign=relation.sign,
            since=relation.since,
            until=relation.until,
            source=relation.source,
            through=None if relation.lab == family[0] else relation.lab,
        )
