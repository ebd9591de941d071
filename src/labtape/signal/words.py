"""What the desk says about a rule or a kind of event: the fixed half of every rationale."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Words:
    """`because` is a noun phrase; `soon` and `later` are clauses; `watch` goes after "would change if"."""

    because: str
    soon: str
    later: str
    watch: str


def rule_words(rule_id: str) -> Words:
    return _words()[f"rule.{rule_id}"]


def event_words(event_type: str) -> Words:
    """The words for a kind of event; those for `other` where the lexicon has a kind the desk has no words for.

    >>> event_words("outage").soon
    'outages pass'
    """
    known = _words()
    return known.get(f"event.{event_type}", known["event.other"])


@cache
def _words() -> Mapping[str, Words]:
    source = resources.files("labtape.signal").joinpath("desk_words.toml").read_text("utf-8")
    data = tomllib.loads(source)
    return {f"{kind}.{name}": Words(**row) for kind, rows in data.items() for name, row in rows.items()}
