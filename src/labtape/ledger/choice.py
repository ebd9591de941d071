"""Which rows somebody asks for: by platform, holder, metric, status and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, get_args

from labtape.exceptions import LexiconError, SettingsError
from labtape.ledger.rows import ShareRow, Status

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
_Test = Callable[[ShareRow], bool]


def chosen(
    rows: Sequence[ShareRow],
    *,
    lexicon: Lexicon,
    platform: str | None = None,
    holder: str | None = None,
    metric: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[ShareRow, ...]:
    """The rows that pass every test that is given, in their order; a row is kept whole, with all its sightings.

    `platform` is an id or a name, `holder` a name or an id of a lab, or a country and all its labs, `metric` words for one
    ("tokens"), `status` one of `STATUSES`; with `since` or `until` somebody made the claim in that time.
    Raises `SettingsError` for an unknown status, `LexiconError` for a holder that nobody knows.
    """
    tests: list[_Test] = []
    if status is not None:
        if status not in STATUSES:
            raise SettingsError(f"no status '{status}'; have: {', '.join(STATUSES)}")
        tests.append(lambda row: row.status == status)
    if platform is not None:
        tests.append(lambda row: _is_counted_on(row, platform))
    if metric is not None:
        tests.append(_metric_test(metric))
    if since is not None or until is not None:
        tests.append(lambda row: any(_is_within(s.at or s.available_at, since, until) for s in row.sightings))
    if holder is not None:
        tests.append(_holder_test(holder, rows, lexicon))
    return tuple(row for row in rows if all(test(row) for test in tests))


def _is_within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= at) and (until is None or at <= until)


def _is_counted_on(row: ShareRow, platform: str) -> bool:
    names = (row.platform, (row.platform or "").partition(":")[2], row.platform_name)
    return platform.casefold() in {name.casefold() for name in names if name}


def _metric_test(metric: str) -> _Test:
    """Whether a row's metric goes by the same name, or has all the words that are asked for."""
    from labtape.annotate.comparability import metric_name, normalised  # its room takes long to load

    name, words = metric_name(metric), set(normalised(metric).split())

    def test(row: ShareRow) -> bool:
        return row.metric is not None and (
            metric_name(row.metric) == name or (bool(words) and words <= set(normalised(row.metric).split()))
        )

    return test


def _holder_test(holder: str, rows: Sequence[ShareRow], lexicon: Lexicon) -> _Test:
    """Whether a row is held by whom the word means: by what the lexicon knows of it, else by the row's own words."""
    from labtape.annotate.comparability import group_name  # its room takes long to load
    from labtape.lexicon.lookup import find_meanings, near_names

    country = _country(holder, lexicon)
    if country:
        labs = {lab.entity for lab in lexicon.labs.values() if lab.country == country}
        wanted = labs | {f"country:{country}"}
    else:
        wanted = {m.entity for m in find_meanings(lexicon, holder)}
        wanted |= {lab.entity for e in wanted if (lab := lexicon.lab_of(e))}
    words = group_name(holder)

    def test(row: ShareRow) -> bool:
        held_by = {*row.subject_labs, *row.subject_entities}
        return bool(held_by & wanted) or (row.subject is not None and group_name(row.subject) == words)

    if not wanted and not any(test(row) for row in rows):
        near = near_names(lexicon, holder)
        hint = f"; nearest names: {', '.join(near)}" if near else "; give a name, a lab's id or a country"
        raise LexiconError(f"no holder '{holder}' is known or in the ledger{hint}")
    return test


def _country(word: str, lexicon: Lexicon) -> str | None:
    """The ISO code of the country a word means: the code, `country:CN`, or a word for it."""
    code = word.strip().removeprefix("country:").upper()
    if code in lexicon.countries.values():
        return code
    known = {name.casefold(): iso for name, iso in lexicon.countries.items()}
    return known.get(word.strip().casefold())
