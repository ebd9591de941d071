"""Checks who owns whom, and from when to when: unknown owners, periods that overlap, circles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from labtape.lexicon.periods import day_of, first_day
from labtape.lexicon.rows import is_date

if TYPE_CHECKING:
    from datetime import date

    from labtape.lexicon.entries import Lab, Lexicon, ModelFamily


def owner_problems(lexicon: Lexicon) -> Iterator[str]:
    """Every problem of the dated owners of labs and model families, one line each."""
    days = _days_of_change(lexicon)
    for lab in lexicon.labs.values():
        place = f"labs/{lab.id}.toml"
        unknown = [*_unknown(lab, lexicon)]
        yield from (f"{place}: {problem}" for problem in (*unknown, *_overlaps(lab)))
        if not unknown:
            yield from (f"{place}: {problem}" for problem in _circles(lab, lexicon, days))
        for family in lab.models:
            yield from (
                f"{place}: models {family.id}: former_labs {problem}"
                for problem in _of_family(family, lexicon)
            )


def _unknown(lab: Lab, lexicon: Lexicon) -> Iterator[str]:
    if lab.parent and lab.parent not in lexicon.labs:
        yield f"parent: no lab {lab.parent!r}; name one of labs/ or leave it out"
    for former in lab.former_parents:
        if former.parent not in lexicon.labs:
            yield f"former_parents {former.parent}: parent: no lab {former.parent!r}; name one of labs/"


def _overlaps(lab: Lab) -> Iterator[str]:
    """Former owners stand in the order of their ends; each must begin when the one before has ended."""
    for before, after in pairwise(lab.ownerships):
        field = "parent_since" if after.until is None else f"former_parents {after.parent}: since"
        ended = f"{before.parent!r} owned it until {before.until}"
        if after.since is None:
            yield f"{field}: missing; {ended}, give the date when {after.parent!r} began"
        elif before.until and after.since < before.until:
            yield f"{field}: {after.since!r} overlaps, {ended}; write that date or a later one"


def _circles(lab: Lab, lexicon: Lexicon, days: tuple[date | None, ...]) -> Iterator[str]:
    """The first day on which a lab belongs to itself, if there is one."""
    if not lab.ownerships:
        return
    for day in days:
        owner = lab.parent_at(day)
        if owner and lab.id in lexicon.parents(owner.parent, day):
            field = "parent" if owner.until is None else f"former_parents {owner.parent}: parent"
            when = f" on {day_of(day)}" if day else ""
            yield f"{field}: {owner.parent!r} belongs to {lab.id!r} itself{when}; name another or leave it out"
            return


def _of_family(family: ModelFamily, lexicon: Lexicon) -> Iterator[str]:
    for former in family.former_labs:
        if former.lab not in lexicon.labs:
            yield f"{former.lab}: lab: no lab {former.lab!r}; name one of labs/"
    for before, after in pairwise(family.former_labs):
        if before.until == after.until:
            yield f"{after.lab}: until: {after.until!r} overlaps {before.lab!r}; give each the date when it ended"
    if family.former_labs and family.former_labs[-1].lab == family.lab:
        yield f"{family.lab}: lab: {family.lab!r} has the family now; leave it out"


def _days_of_change(lexicon: Lexicon) -> tuple[date | None, ...]:
    """The present first, then every day on which some owner began or ended."""
    dates = {
        value
        for lab in lexicon.labs.values()
        for owner in lab.ownerships
        for value in (owner.since, owner.until)
        if value and is_date(value)
    }
    return (None, *sorted(map(first_day, dates)))
