"""What the desk says about a rule or a kind of event: the fixed half of every rationale."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

Turn = Literal["event", "quiet", "up", "down"]

_SOURCES: Final = ("desk_words.toml", "desk_words_turns.toml")


@dataclass(frozen=True, slots=True)
class Words:
    """`because` is a noun phrase; `soon` and `later` are clauses; `watch` goes after "would change if"."""

    because: str
    soon: str
    later: str
    watch: str


def rule_words(rule_id: str) -> Words:
    return _words()[f"rule.{rule_id}"]


def event_words(event_type: str, turn: Turn = "event") -> Words:
    """The words for a kind of event; those for `other` where the lexicon has a kind the desk has no words for.

    `turn`: "event" for Neutral, "quiet" for Neutral where nothing that trades is reached, "up" and "down" for a
    direction that only the words of the report carry.

    >>> event_words("outage").soon
    'outages pass'
    >>> event_words("outage", "down").soon
    'customers ask about a second supplier'
    """
    known = _words()
    return known.get(f"{turn}.{event_type}", known[f"{turn}.other"])


@cache
def _words() -> Mapping[str, Words]:
    found: dict[str, Words] = {}
    for name in _SOURCES:
        data = tomllib.loads(resources.files("labtape.signal").joinpath(name).read_text("utf-8"))
        found |= {f"{kind}.{key}": Words(**row) for kind, rows in data.items() for key, row in rows.items()}
    return found
