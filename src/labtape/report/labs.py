"""A chain and a forest of organisations in words and as plain values, for a terminal, a page or a program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from labtape.foreign import clean

if TYPE_CHECKING:
    from labtape.lexicon.chain import Chain, Exposed, Owner, Place
    from labtape.lexicon.entries import ModelFamily
    from labtape.lexicon.forest import Branch

VIAS = ("holder", "host", "supplier", "customer", "rival")  # in the order in which they are shown
_ADDRESS = re.compile(r"https?://(?:www\.|m\.)?([^/\s;]+)\S*")


def period_words(since: str | None, until: str | None) -> str:
    """A period as its rows give it; nothing where neither end is known.

    >>> period_words("2026-02", None), period_words("2025-12-29", "2026-04-27"), period_words(None, "2022")
    ('since 2026-02', '2025-12-29 to 2026-04-27', 'until 2022')
    """
    if since and until:
        return f"{since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else ""


def source_words(source: str) -> str:
    """A source with each address cut to its host.

    >>> source_words("https://www.example.com/a/b?c=d ; closing not seen")
    'example.com; closing not seen'
    """
    return clean(_ADDRESS.sub(r"\1", source)).replace(" ; ", "; ")


def version_words(family: ModelFamily) -> str:
    """A family's first and last version we know, and how many lie between.

    A family without versions has none to tell.
    """
    versions = family.versions
    if len(versions) <= 3:
        return ", ".join(versions)
    return f"{versions[0]} … {versions[-1]} ({len(versions)} versions)"


def grouped(exposures: tuple[Exposed, ...]) -> dict[tuple[str | None, str, int], list[Exposed]]:
    """Exposures by whose relation it is, what it is and which way it goes: its own first, rivals last."""
    ordered = sorted(exposures, key=lambda e: (e.through is not None, VIAS.index(e.via), -e.sign))
    groups: dict[tuple[str | None, str, int], list[Exposed]] = {}
    for exposed in ordered:
        groups.setdefault((exposed.through, exposed.via, exposed.sign), []).append(exposed)
    return groups


def chain_dict(chain: Chain) -> dict[str, Any]:  # Any: what JSON holds
    """A chain as plain values, in the order in which it is told."""
    lab = chain.lab
    return {
        "entity": chain.entity,
        "as_of": chain.at.isoformat() if chain.at else None,
        "lab": {
            "id": lab.id, "entity": lab.entity, "name": lab.name, "kind": lab.kind, "country": lab.country,
            "city": lab.city, "status": lab.status, "source": lab.source,
        },
        "country": {
            "lab": chain.country, "top_owner": chain.top_country, "listings": list(chain.listing_countries),
        },
        "models": [
            {
                "id": f"model:{family.id}", "name": family.name, "kind": family.kind,
                "released": family.released, "versions": list(family.versions),
                "former_labs": [{"lab": f.lab, "until": f.until, "source": f.source} for f in family.former_labs],
            }
            for family in chain.families
        ],
        "owners": [_owner(owner) for owner in chain.owners],
        "former_owners": [_owner(owner) for owner in chain.former_owners],
        "listings": [_place(place) for place in chain.listings],
        "tokens": [token.ticker for token in chain.tokens],
        "exposures": [
            {
                "asset": e.asset, "name": e.name, "via": e.via, "sign": e.sign, "through": e.through,
                "since": e.since, "until": e.until, "source": e.source,
            }
            for e in chain.exposures
        ],
        "is_exposed": chain.is_exposed,
        "names": [alias.surface for alias in lab.names],
        "people": [alias.surface for alias in lab.people],
    }  # fmt: skip


def _owner(owner: Owner) -> dict[str, Any]:  # Any: what JSON holds
    return {
        "lab": owner.lab, "parent": owner.parent.id, "name": owner.parent.name, "country": owner.parent.country,
        "since": owner.since, "until": owner.until, "source": owner.source,
    }  # fmt: skip


def _place(place: Place) -> dict[str, Any]:  # Any: what JSON holds
    return {
        "ticker": place.ticker, "lab": place.lab, "exchange": place.exchange, "country": place.country,
        "since": place.since, "until": place.until,
    }  # fmt: skip


def branch_dict(branch: Branch) -> dict[str, Any]:  # Any: what JSON holds
    """An organisation of a forest with what it owns, as plain values."""
    return {
        "id": branch.lab.id, "name": branch.lab.name, "kind": branch.lab.kind, "country": branch.lab.country,
        "since": branch.since, "n_families": branch.n_families, "is_asked": branch.is_asked,
        "listings": [_place(place) for place in branch.listings],
        "below": [branch_dict(child) for child in branch.below],
    }  # fmt: skip
