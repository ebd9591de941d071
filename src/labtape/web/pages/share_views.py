"""The ledger as values: series that may be drawn as one line, claims alone, and the answer to "join these"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from labtape.exceptions import LexiconError, SettingsError
from labtape.foreign import clean
from labtape.ledger import STATUSES, NotComparable, claim_words, not_comparable, reasons, series
from labtape.web.pages.asking import one_of, words
from labtape.web.pages.share_chart import Chart, chart

if TYPE_CHECKING:
    from labtape.desk import Desk
    from labtape.ledger import Series, ShareRow

ALONE, SERIES, PAIRS = 100, 30, 12  # shown at most of each
JOINED = 12  # claims that may be chosen
STATUS_WORDS: Mapping[str, str] = {status: status.replace("_", " ") for status in STATUSES}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which claims somebody asks for, and which of them to join."""

    platform: str = ""
    holder: str = ""
    metric: str = ""
    status: str = ""
    join: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Comparable claims, with their picture where there is a course of time. `who` is empty where several hold them."""

    of_what: str
    who: str
    statistic: str
    rows: tuple[ShareRow, ...]
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Joined:
    """The answer to "join these": a group, or why not, pair by pair."""

    group: Group | None
    refusals: tuple[NotComparable, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the ledger's page shows."""

    groups: tuple[Group, ...]
    alone: tuple[ShareRow, ...]
    n: int
    n_left_out: int
    apart: tuple[NotComparable, ...]
    joined: Joined | None
    note: str | None


def wanted_of(parameters: Mapping[str, str], join: Sequence[str]) -> Wanted:
    """What the parameters of an address ask for."""
    return Wanted(
        platform=words(parameters.get("platform")),
        holder=words(parameters.get("holder")),
        metric=words(parameters.get("metric")),
        status=one_of(parameters.get("status"), STATUSES),
        join=tuple(dict.fromkeys(words(id_) for id_ in join))[:JOINED],
    )


def rows_of(desk: Desk, wanted: Wanted) -> tuple[tuple[ShareRow, ...], str | None]:
    """The rows that are asked for; where a holder is nobody's name, none and a note."""
    try:
        found = desk.shares(
            platform=wanted.platform or None,
            holder=wanted.holder or None,
            metric=wanted.metric or None,
            status=wanted.status or None,
        )
    except (LexiconError, SettingsError) as e:
        return (), clean(str(e))
    return found, None


def ledger(
    rows: Sequence[ShareRow], everything: Sequence[ShareRow], wanted: Wanted, note: str | None
) -> Ledger:
    """The rows in groups. `everything` are all rows: what to join may lie outside of what is shown."""
    groups = series(rows)
    many = [g for g in groups if len(g.rows) > 1]
    alone = [row for g in groups if len(g.rows) == 1 for row in g.rows]
    return Ledger(
        groups=tuple(map(group, many[:SERIES])),
        alone=tuple(alone[:ALONE]),
        n=len(rows),
        n_left_out=sum(len(g.rows) for g in many[SERIES:]) + max(0, len(alone) - ALONE),
        apart=not_comparable(rows)[:PAIRS],
        joined=join(everything, wanted.join) if wanted.join else None,
        note=note,
    )


def group(found: Series) -> Group:
    """A series with its picture."""
    holders = {row.holder for row in found.rows}
    who = clean(found.rows[-1].who) if len(holders) == 1 else ""
    return Group(clean(found.of_what), who, found.statistic, found.rows, chart(found.rows))


def join(rows: Sequence[ShareRow], ids: Sequence[str]) -> Joined:
    """The claims with these ids as one series, or for each pair that is not comparable the reasons."""
    by_id = {row.id: row for row in rows}
    chosen = tuple(by_id[id_] for id_ in ids if id_ in by_id)
    pairs = ((left, right, reasons(left, right)) for left, right in combinations(chosen, 2))
    refusals = tuple(NotComparable(left, right, why) for left, right, why in pairs if why)
    found = series(chosen)
    whole = group(found[0]) if len(chosen) > 1 and not refusals else None
    return Joined(whole, refusals, len(ids) - len(chosen))


def claim_line(row: ShareRow) -> str:
    """A claim in one line, with whose share it is."""
    return f"{clean(row.who)}: {claim_words(row)}"
