"""Which article of a story leads: the one to open, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from labtape.foreign import clean, web_link
from labtape.story_record.nouns import Lead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labtape.types import Record

# What each part of an article's weight is worth. Chosen by reading digests of the demo feeds, not fitted:
# a clear verdict outweighs everything else, a figure or an act of a state lifts news without a direction.
FIGURES: Final = 0.25
EVENT: Final = 0.05
EVENTS: Final = 3
ACT: Final = 0.10
#: Taken off for each check that a figure fails.
CHECK: Final = 0.1


def leading(records: Sequence[Record]) -> Record:
    """The article that says most and whose figures hold, in the language most tell it in; the earliest of equals."""
    languages = Counter(record.language for record in records)
    return max(
        records,
        key=lambda r: (languages[r.language], weight(r) - CHECK * n_checks(r), -r.order_at.timestamp()),
    )


def weight(record: Record) -> float:
    """How much one article says: p(relevant) times (|score| x confidence + figures + kinds of event + an act of a state)."""
    verdict = record.verdict
    substance = (
        abs(verdict.score) * verdict.confidence
        + FIGURES * bool(record.shares)
        + EVENT * n_kinds(record)
        + ACT * is_act(record)
    )
    return record.relevance.p * substance


def n_kinds(record: Record) -> int:
    """How many kinds of event it tells, three at most."""
    return min(len({event.type for event in record.events}), EVENTS)


def is_act(record: Record) -> bool:
    """Whether it tells what a state has done."""
    return record.geopolitics.relevant and record.geopolitics.stage == "act"


def n_checks(record: Record) -> int:
    return sum(len(share.checks) for share in record.shares)


def lead_of(records: Sequence[Record]) -> Lead:
    """The leading article as it is shown."""
    record = leading(records)
    publisher = clean(record.publisher) if record.publisher else None
    return Lead(record.id, web_link(record.canonical_url or record.url), publisher, _why(record, records))


def _why(record: Record, records: Sequence[Record]) -> str:
    if len(records) == 1:
        return "the only article"
    said = [
        words
        for words, holds in (
            ("the clearest verdict", _is_most(record, records)),
            ("a share figure", bool(record.shares) and not n_checks(record)),
            ("a share figure, with objections", bool(n_checks(record))),
            ("an act of a state", is_act(record)),
        )
        if holds
    ]
    told = f"says most: {', '.join(said)}" if said else "says most by relevance and events"
    return told if len({r.language for r in records}) == 1 else f"{told}, in the language most tell it in"


def _is_most(record: Record, records: Sequence[Record]) -> bool:
    strength = abs(record.verdict.score) * record.verdict.confidence
    return strength > 0 and all(strength >= abs(r.verdict.score) * r.verdict.confidence for r in records)
