"""Which share claims may be compared: a key of what is divided, among whom, where, and how it is counted.

Two claims with the same key may be subtracted or drawn as one line. Everything else is "not comparable",
and `differences` says why.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

_IDLE: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "and",
        "all",
        "total",
        "its",
        "their",
        "overall",
        "combined",
        "to",
        "with",
        "that",
        "this",
        "these",
        "those",
        "now",
        "current",
        "currently",
        "already",
        "own",
    ]
)
_SAME: Final = {
    "consumption": "use", "usage": "use", "processed": "use", "consumed": "use", "used": "use", "volume": "use", "volumes": "use",
    "providers": "maker", "makers": "maker", "labs": "maker", "companies": "maker", "developers": "maker", "vendors": "maker", "firms": "maker",
    "spent": "spending", "spend": "spending", "sold": "sales", "worldwide": "global", "world": "global", "cent": "percent",
}  # fmt: skip
"""Words that name the same thing here; "open-weight" and "weekly" are not among them, on purpose."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a share rests on. The fields of the key, normalised."""

    metric: str
    group: str
    population: str
    platform: str
    statistic: str
    unit: str

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits, the same for the same basis on every machine."""
        fields = (self.metric, self.group, self.population, self.platform, self.statistic, self.unit)
        return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()[:12]


def normalised(words: str | None) -> str:
    """Words without articles, case, number and order.

    >>> normalised("The total token consumption"), normalised("tokens processed")
    ('token use', 'token use')
    """
    tokens = [token for token in re.findall(r"[\w.-]+", (words or "").lower()) if token not in _IDLE]
    return " ".join(sorted({_SAME.get(token, _singular(_SAME.get(token, token))) for token in tokens}))


def _singular(token: str) -> str:
    return (
        token[:-1]
        if len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is"))
        else token
    )


def basis(
    *,
    metric: str | None,
    group: str | None,
    labs: tuple[str, ...],
    population: str | None,
    platform: str | None,
    statistic: str,
) -> Basis:
    """The basis of one claim. A holder that is a lab and nothing else is known by its id."""
    name = normalised(group)
    if len(labs) == 1 and len(name.split()) <= 2:
        name = labs[0]
    return Basis(normalised(metric), name, normalised(population), platform or "", statistic, "percent")


def differences(a: Basis, b: Basis) -> tuple[str, ...]:
    """The names of the fields that forbid a comparison, in the order of the key."""
    names = ("metric", "group", "population", "platform", "statistic", "unit")
    return tuple(name for name in names if getattr(a, name) != getattr(b, name))
