"""An organisation as values: what it is, what trades on it, and what the tape says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.foreign import clean
from labtape.lexicon.chain import chain
from labtape.report.labs import grouped, period_words, version_words
from labtape.report.wording import name_of, polarity
from labtape.web.pages.tape_views import LABELS, Day, days

if TYPE_CHECKING:
    from datetime import date

    from labtape.lexicon import Lexicon
    from labtape.types import Record

RECORDS = 30  # newest ones that are shown
_MODELS = 12


@dataclass(frozen=True, slots=True)
class Moving:
    """Listed things that move with or against it, for one reason."""

    words: str
    sign: int
    assets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story it is told of in."""

    id: str
    headline: str
    n: int


@dataclass(frozen=True, slots=True)
class LabView:
    """One organisation as its page shows it."""

    entity: str
    name: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    models: tuple[tuple[str, str, str], ...]
    tickers: tuple[tuple[str, str], ...]
    moving: tuple[Moving, ...]
    tally: tuple[tuple[str, int], ...]
    stories: tuple[StoryLine, ...]
    days: tuple[Day, ...]
    n: int


def lab_view(entity: str, records: Sequence[Record], lexicon: Lexicon, at: date) -> LabView:
    """An organisation (or a model: then whose it is) and the newest records that name it, in the stories they stand in now.

    Raises `LexiconError` for an entity that the lexicon does not have.
    """
    found = chain(lexicon, entity, at)
    lab = found.lab
    owners = " → ".join(
        f"{o.parent.name}{f' ({words})' if (words := period_words(o.since, o.until)) else ''}"
        for o in found.owners
    )
    facts = (
        ("Country", found.country if found.country == found.top_country else f"{found.country}, owner in {found.top_country}"),
        ("City", lab.city or ""),
        ("Owner", owners),
        ("Status", lab.status),
        ("Open weights", lab.open_weights),
    )  # fmt: skip
    signs = Counter(_sign_for(record, lab.entity) for record in records)
    return LabView(
        entity=lab.entity,
        name=lab.name,
        kind=lab.kind.replace("_", " "),
        facts=tuple((name, words) for name, words in facts if words),
        models=tuple((f.name, version_words(f), f.released or "") for f in found.families)[:_MODELS],
        tickers=tuple((place.ticker, place.exchange) for place in found.listings)
        + tuple((token.ticker, token.name) for token in found.tokens),
        moving=tuple(
            Moving(
                via.replace("_", " ")
                + (f", through {name_of('company:' + through, lexicon)}" if through else ""),
                sign,
                tuple((e.asset, clean(e.name)) for e in exposed),
            )
            for (through, via, sign), exposed in grouped(found.exposures).items()
        ),
        tally=tuple((label, signs[polarity(label)]) for label in LABELS),
        stories=stories_of(records),
        days=days(records, lexicon),
        n=len(records),
    )


def _sign_for(record: Record, entity: str) -> int:
    """Which way a record points for the organisation itself; 0 where it says nothing of it."""
    return next((polarity(v.label) for v in record.entity_verdicts if v.entity == entity), 0)


def stories_of(records: Iterable[Record]) -> tuple[StoryLine, ...]:
    """The stories that some records say they stand in, in their order, with how many of the records tell each."""
    told: dict[str, list[Record]] = {}
    for record in records:
        told.setdefault(record.story.id, []).append(record)
    return tuple(
        StoryLine(id_, clean(some[0].title) or "(no headline)", len(some)) for id_, some in told.items()
    )


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation in the list, with how often it was a subject and which way that pointed."""

    entity: str
    name: str
    country: str
    tickers: tuple[str, ...]
    n: int
    n_up: int
    n_down: int


def named(records: Iterable[Record], lexicon: Lexicon) -> tuple[Named, ...]:
    """The organisations that records are about, those with most records first."""
    n: Counter[str] = Counter()
    signs: Counter[tuple[str, int]] = Counter()
    for record in records:
        n.update({m.lab for m in record.mentions if m.lab})
        signs.update((v.entity, polarity(v.label)) for v in record.entity_verdicts)
    rows = []
    for entity, count in n.items():
        lab = lexicon.lab_of(entity)
        if lab is not None:
            up, down = signs[entity, 1], signs[entity, -1]
            rows.append(Named(entity, lab.name, lab.country, lexicon.tickers(lab.id)[:2], count, up, down))
    return tuple(sorted(rows, key=lambda row: (-row.n, row.name)))
