"""How near an outlet usually is to what it reports, as data with a reason each (`data/outlet_tiers.tsv`).

    1  news agency or paper of record with own reporters      3  party to the matter: newsroom, state paper, releases
    2  specialised or general press, reports and retells      4  aggregator, portal, anybody's own pages

It says nothing of any one article. An outlet without a row has no tier: unknown is not bad.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from labtape.story.origins import outlet_name
from labtape.story.outlets import outlet_of_host, tier_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The tier of who is a party to the matter.
PARTY: Final = 3


@dataclass(frozen=True, slots=True)
class Tier:
    """1 to 4, and why; `tier` is None where the outlet has no row."""

    tier: int | None
    reason: str


UNKNOWN: Final = Tier(None, "not in the list of outlets")


def tier_of(publisher: str | None, url: str | None) -> Tier:
    """The tier of who published something: by its name, else by the host of its address.

    >>> tier_of("Reuters", None).tier, tier_of(None, "https://www.the-decoder.com/x").tier, tier_of("Router Weekly", None).tier
    (1, 2, None)
    >>> tier_of("OpenAI", None).reason
    "the company's own newsroom: party to the matter"
    """
    names = (outlet_name(publisher, None), outlet_of_host(url))
    return next((_tiers()[name] for name in names if name in _tiers()), UNKNOWN)


def tier_of_outlet(outlet: str) -> Tier:
    """The tier of an outlet by its id, as `reuters`."""
    return _tiers().get(outlet, UNKNOWN)


@cache
def _tiers() -> Mapping[str | None, Tier]:
    return MappingProxyType({id_: Tier(tier, reason) for id_, tier, reason, _ in tier_rows()})
