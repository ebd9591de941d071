"""Which verdicts are looked at together, and what is measured of them.

verdict      each label: its mean; all with a direction: the mean in the verdict's direction; those up less those down
state        as above: in the verdict's direction where it has one, the plain mean of the states that have none
event        verdicts with a direction by the record's main event
confidence   verdicts with a direction in three equal parts by the probability of their label
horizon      the labels of the short and of the long horizon
phase, origin, ticker   verdicts with a direction by when they came, by what the record says them about, by ticker
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from labtape.lexicon.entries import Lexicon
from labtape.report.wording import polarity
from labtape.study.events import Trade

By = Literal["verdict", "state", "event", "confidence", "horizon", "phase", "origin", "ticker"]
BY: tuple[By, ...] = ("verdict", "state", "event", "confidence", "horizon", "phase", "origin", "ticker")
#: How a group's return is taken: as it is, times the sign of the verdict, or as a difference of two means.
Measure = Literal["plain", "signed", "spread"]


@dataclass(frozen=True, slots=True)
class Group:
    """Trades by their places, with the side each counts on: 1 or -1 times its return, and whether it is what is subtracted.

    `sign` is what a hit would be: 1 where returns above 0 are right, -1 for those below, 0 where nothing is said.
    """

    by: By
    name: str
    measure: Measure
    sign: int
    members: tuple[int, ...]
    subtracted: tuple[int, ...] = ()


def groups(trades: Sequence[Trade], by: Iterable[By], *, lexicon: Lexicon | None = None) -> tuple[Group, ...]:
    """The groups of some trades, in the order asked for; within one by name, labels from up to down."""
    return tuple(group for one in by for group in _GROUPED[one](trades, one, lexicon) if group.members)


Grouped = Callable[[Sequence[Trade], By, Lexicon | None], Iterator[Group]]


def _by_verdict(trades: Sequence[Trade], by: By, lexicon: Lexicon | None) -> Iterator[Group]:
    by_label = _parted(
        trades, lambda t: f"{t.label} of a rival" if t.sign == -polarity(t.label, lexicon) != 0 else t.label
    )
    signs = {label: trades[places[0]].sign for label, places in by_label.items()}
    for label in sorted(by_label, key=lambda name: (-signs[name], name)):
        yield Group(by, label, "plain", signs[label], by_label[label])
    up, down = (tuple(n for n, t in enumerate(trades) if t.sign == sign) for sign in (1, -1))
    if up and down:
        yield Group(by, "up less down", "spread", 1, up, down)
        yield Group(by, "in its direction", "signed", 1, tuple(sorted(up + down)))


def _by_state(trades: Sequence[Trade], by: By, lexicon: Lexicon | None) -> Iterator[Group]:
    yield Group(by, "directional", "signed", 1, tuple(n for n, t in enumerate(trades) if t.sign))
    still = _parted(trades, lambda t: None if t.sign else t.state)
    for state in sorted(still):
        yield Group(by, state, "plain", 0, still[state])


def _by_confidence(trades: Sequence[Trade], by: By, lexicon: Lexicon | None) -> Iterator[Group]:
    ordered = sorted((n for n, t in enumerate(trades) if t.sign), key=lambda n: trades[n].confidence)
    edges = [trades[ordered[len(ordered) * k // 3]].confidence for k in (1, 2)] if len(ordered) >= 3 else []
    parts: dict[int, list[int]] = defaultdict(list)
    for n in ordered:
        parts[sum(trades[n].confidence >= edge for edge in edges)].append(n)
    for part in sorted(parts):
        low, high = (trades[parts[part][end]].confidence for end in (0, -1))
        yield Group(by, f"{low:.2f} … {high:.2f}", "signed", 1, tuple(sorted(parts[part])))


def _by_horizon(trades: Sequence[Trade], by: By, lexicon: Lexicon | None) -> Iterator[Group]:
    for name, label_of in (("short", _short), ("long", _long)):
        by_label = _parted(trades, label_of)
        for label in sorted(by_label, key=lambda one: (-polarity(one, lexicon), one)):
            yield Group(by, f"{name}: {label}", "plain", polarity(label, lexicon), by_label[label])


def _short(trade: Trade) -> str | None:
    return trade.short


def _long(trade: Trade) -> str | None:
    return trade.long


def _signed_by(part: Callable[[Trade], str | None]) -> Grouped:
    def grouped(trades: Sequence[Trade], by: By, lexicon: Lexicon | None) -> Iterator[Group]:
        parts = _parted(trades, lambda t: part(t) if t.sign else None)
        for name in sorted(parts, key=lambda one: (-len(parts[one]), one)):
            yield Group(by, name, "signed", 1, parts[name])

    return grouped


def _parted(trades: Sequence[Trade], part: Callable[[Trade], str | None]) -> dict[str, tuple[int, ...]]:
    parts: dict[str, list[int]] = defaultdict(list)
    for n, trade in enumerate(trades):
        if (name := part(trade)) is not None:
            parts[name].append(n)
    return {name: tuple(places) for name, places in parts.items()}


_GROUPED: dict[By, Grouped] = {
    "verdict": _by_verdict,
    "state": _by_state,
    "event": _signed_by(lambda t: t.main_event or "none"),
    "confidence": _by_confidence,
    "horizon": _by_horizon,
    "phase": _signed_by(lambda t: t.phase),
    "origin": _signed_by(lambda t: t.origin),
    "ticker": _signed_by(lambda t: t.ticker),
}
