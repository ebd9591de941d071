"""How near an outlet usually is to what it reports, as data with a reason each (`data/outlet_tiers.tsv`).

    1  news agency or paper of record with own reporters      3  party to the matter: newsroom, state paper, releases
    2  specialised or general press, reports and retells      4  aggregator, portal, anybody's own pages

It says nothing of any one article. An outlet without a row has no tier: unknown is not bad.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from labtape.story.origins import outlet_name

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The tier of who is a party to the matter.
PARTY: Final = 3
#: Labels of a host that are looked up, from the whole to its last two.
_LABELS: Final = 6


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
    name = outlet_name(publisher, None)
    found = _by_outlet().get(name) if name else None
    return found or _by_host(url) or UNKNOWN


def tier_of_outlet(outlet: str) -> Tier:
    """The tier of an outlet by its id, as `reuters`."""
    return _by_outlet().get(outlet, UNKNOWN)


def tier_rows() -> tuple[tuple[str, int, str, tuple[str, ...]], ...]:
    """The rows of the table: outlet id (else its name in lower case), tier, reason, domains."""
    rows = (files("labtape.story") / "data" / "outlet_tiers.tsv").read_text("utf-8").splitlines()
    cells = (row.split("\t") for row in rows)
    return tuple((id_, int(tier), reason, tuple(domains.split())) for id_, tier, reason, domains in cells)


@cache
def _by_outlet() -> Mapping[str, Tier]:
    return MappingProxyType({id_: Tier(tier, reason) for id_, tier, reason, _ in tier_rows()})


@cache
def _by_domain() -> Mapping[str, Tier]:
    return MappingProxyType(
        {domain: Tier(tier, reason) for _, tier, reason, domains in tier_rows() for domain in domains}
    )


def _by_host(url: str | None) -> Tier | None:
    """The row of a host, or of the nearest domain that it lies in."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    labels = (host or "").split(".")[-_LABELS:]
    tails = (".".join(labels[n:]) for n in range(len(labels) - 1))
    return next((found for tail in tails if (found := _by_domain().get(tail))), None)
