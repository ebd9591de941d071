"""Outlets as data: by which names others cite them, which domains are theirs, and how near they usually are to what they report.

`data/outlets.tsv` has the names, `data/outlet_tiers.tsv` tiers, reasons and domains.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Labels of a host that are looked up, from the whole to its last two.
_LABELS: Final = 6


@cache
def outlet_names() -> Mapping[str, str]:
    """Name as cited, lower case -> outlet id."""
    return MappingProxyType({name.lower(): id_ for id_, names in _named() for name in names})


def outlet_title(outlet: str) -> str:
    """What readers call an outlet; what is not on the list goes by its id.

    >>> outlet_title("wsj"), outlet_title("router weekly")
    ('Wall Street Journal', 'router weekly')
    """
    return _titles().get(outlet, outlet)


def outlet_of_host(url: str | None) -> str | None:
    """The outlet whose domain an address lies in; None for an unknown one.

    >>> outlet_of_host("https://www.techcrunch.com/x"), outlet_of_host("https://news.example/1")
    ('techcrunch', None)
    """
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    labels = (host or "").split(".")[-_LABELS:]
    tails = (".".join(labels[n:]) for n in range(len(labels) - 1))
    return next((found for tail in tails if (found := _by_domain().get(tail))), None)


@cache
def tier_rows() -> tuple[tuple[str, int, str, tuple[str, ...]], ...]:
    """The rows of the table of tiers: outlet id (else its name in lower case), tier, reason, domains."""
    cells = (row.split("\t") for row in _rows("outlet_tiers.tsv"))
    return tuple((id_, int(tier), reason, tuple(domains.split())) for id_, tier, reason, domains in cells)


def _rows(name: str) -> list[str]:
    return (files("labtape.story") / "data" / name).read_text("utf-8").splitlines()


def _named() -> list[tuple[str, list[str]]]:
    return [(id_, names) for id_, *names in (row.split("\t") for row in _rows("outlets.tsv"))]


@cache
def _titles() -> Mapping[str, str]:
    return MappingProxyType({id_: names[0] for id_, names in _named()})


@cache
def _by_domain() -> Mapping[str, str]:
    return MappingProxyType({domain: id_ for id_, _, _, domains in tier_rows() for domain in domains})
