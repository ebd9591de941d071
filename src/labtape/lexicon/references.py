"""Checks what one row cannot know: doubles, names claimed twice, and references that lead nowhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from labtape.lexicon.owners import owner_problems
from labtape.lexicon.rows import repeated

if TYPE_CHECKING:
    from labtape.lexicon.entries import Alias, Lab, Lexicon

MARK = re.compile(r"\[[^\[\]]+\]\(([^()\s]*)\)")


def problems_of(lexicon: Lexicon) -> Iterator[str]:
    """Every problem between the rows of a lexicon, one line each."""
    people = {alias.entity for lab in lexicon.labs.values() for alias in lab.people}
    known = (
        {lab.entity for lab in lexicon.labs.values()} | {f"model:{name}" for name in lexicon.models} | people
    )
    for lab in lexicon.labs.values():
        yield from _of_lab(lab)
        yield from _of_examples(lab, known)
    yield from owner_problems(lexicon)
    yield from _exchanges(lexicon)
    yield from _doubles(lexicon)
    yield from _double_claims(lexicon.aliases)
    yield from _dangling(lexicon)


def _of_lab(lab: Lab) -> Iterator[str]:
    place = f"labs/{lab.id}.toml"
    aliases = (*lab.names, *(alias for model in lab.models for alias in model.aliases))
    ambiguous = [alias.surface for alias in aliases if alias.ambiguity == "high" and alias.kind != "ticker"]
    if ambiguous and not lab.counter_examples:
        yield f"{place}: counter_examples: missing; give a sentence where {ambiguous[0]!r} is something else"
    for name in repeated(alias.surface for alias in (*aliases, *lab.people)):
        yield f"{place}: {name}: surface: stands there twice; keep one"


def _of_examples(lab: Lab, known: set[str | None]) -> Iterator[str]:
    for sentence in (*lab.examples, *lab.counter_examples):
        for entity in MARK.findall(sentence):
            if entity not in known:
                yield f"labs/{lab.id}.toml: examples: {entity!r} in {sentence!r} is unknown; name an entity we have"
    for sentence in lab.examples:
        if not MARK.search(sentence):
            yield f"labs/{lab.id}.toml: examples: {sentence!r} marks nothing; mark names as [name](kind:id)"


def _exchanges(lexicon: Lexicon) -> Iterator[str]:
    """Tickers of an exchange that has no row, and so no country; tokens trade everywhere."""
    have = ", ".join(lexicon.exchanges)
    named = [
        *((f"assets.csv: {a.ticker}", a.ticker) for a in lexicon.assets if a.market == "equity"),
        *(
            (f"labs/{lab.id}.toml: listings {listing.ticker}", listing.ticker)
            for lab in lexicon.labs.values()
            for listing in lab.listings
        ),
    ]
    for place, ticker in named:
        code = ticker.partition(":")[0]
        if code not in lexicon.exchanges:
            yield f"{place}: ticker: no exchange {code!r}; add it to exchanges.csv or name one of {have}"


def _doubles(lexicon: Lexicon) -> Iterator[str]:
    for name in repeated(model.id for lab in lexicon.labs.values() for model in lab.models):
        yield f"labs/{lexicon.models[name].lab}.toml: models {name}: id: two families have it; rename one"
    for name in repeated(f"{r.lab} {r.asset} {r.via}" for r in lexicon.relations):
        yield f"relations.csv: {name}: lab: stands there twice; keep one"


def _double_claims(aliases: tuple[Alias, ...]) -> Iterator[str]:
    claims: dict[str, dict[str | None, Alias]] = defaultdict(dict)
    for alias in aliases:
        claims[alias.surface].setdefault(alias.entity, alias)
    for surface, claimants in claims.items():
        certain = [alias for alias in claimants.values() if alias.ambiguity == "none"]
        if len(claimants) > 1 and certain:
            names = " and ".join(sorted(str(entity) for entity in claimants))
            yield f'labs/{certain[0].lab}.toml: {surface}: ambiguity: {names} both claim it; write "low" or "high"'


def _dangling(lexicon: Lexicon) -> Iterator[str]:
    tickers = {asset.ticker for asset in lexicon.assets}
    named: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
        *((f"assets.csv: {a.ticker}", (a.lab,) if a.lab else (), ()) for a in lexicon.assets),
        *((f"dated_events.csv: {e.date} {e.title}", e.labs, e.assets) for e in lexicon.events),
        *((f"shares.csv: {s.subject} {s.value:g}", s.labs, ()) for s in lexicon.shares),
        *((f"relations.csv: {r.lab} {r.asset}", (r.lab,), (r.asset,)) for r in lexicon.relations),
        *((f"markets.toml: {m.id}", m.labs, ()) for m in lexicon.markets.values()),
    ]
    for place, labs, assets in named:
        for lab in labs:
            if lab not in lexicon.labs:
                yield f"{place}: lab: no lab {lab!r}; name one of labs/"
        for asset in assets:
            if asset not in tickers:
                yield f"{place}: asset: no asset {asset!r}; add it to assets.csv or name one from there"
    have = ", ".join(lexicon.event_types)
    for event in lexicon.events:
        if event.type not in lexicon.event_types:
            yield f"dated_events.csv: {event.date} {event.title}: type: no event type {event.type!r}; have: {have}"
