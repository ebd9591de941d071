"""What a desk knew of an article when: its versions, and what each said that the one before had not said.

    available_at    1 June            3 June                 9 June            12 June
    version         1  Bullish        2  Bullish             3  Bearish        retracted
    holds           until 3 June      until 9 June           until 12 June
    says since      1 June            1 June                 9 June

The record of an article at the time it was first available is what could be traded then, whatever became of it. A later version (the
article was revised, or scored again) is known from its own `available_at` on. Where it says of a ticker what the version before said, it is
no news: the verdict is as old as it was. Another verdict is news, from when it was known. What comes after a retraction never held.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from labtape.study.events import Trade, known_at
from labtape.types import Record

#: When a version was available, and its number; versions of one article are ordered so.
Key = tuple[datetime, int]


def key_of(record: Record) -> Key:
    return known_at(record), record.revision


def ends_of(keys: Iterable[Key], retracted_at: datetime | None) -> dict[Key, datetime | None]:
    """Until when each version of an article held, oldest first; those that never did, as they came after the retraction, are left out.

    >>> from datetime import UTC
    >>> first, second = ((datetime(2026, 6, day, tzinfo=UTC), day) for day in (1, 3))
    >>> [end and end.day for end in ends_of([second, first], None).values()]
    [3, None]
    """
    ordered = sorted(keys)
    ends: dict[Key, datetime | None] = {}
    for n, key in enumerate(ordered):
        later = [at for at, _ in ordered[n + 1 : n + 2]]
        if retracted_at is not None:
            later.append(retracted_at)
        end = min(later, default=None)
        if end is None or end > key[0]:
            ends[key] = end
    return ends


def said_since(
    versions: Sequence[tuple[datetime, Mapping[str, Hashable]]],
) -> tuple[dict[str, datetime], ...]:
    """For each version of an article, oldest first, since when what it says of each ticker has been said without a break.

    >>> from datetime import UTC
    >>> days = [datetime(2026, 6, day, tzinfo=UTC) for day in (1, 3, 9)]
    >>> told = zip(days, [{"X": "Bullish"}, {"X": "Bullish", "Y": "Bearish"}, {"X": "Bearish"}])
    >>> [{ticker: at.day for ticker, at in one.items()} for one in said_since(list(told))]
    [{'X': 1}, {'X': 1, 'Y': 3}, {'X': 9}]
    """
    found: list[dict[str, datetime]] = []
    before: Mapping[str, Hashable] = {}
    since: dict[str, datetime] = {}
    for at, said in versions:
        since = {
            ticker: since[ticker] if ticker in since and before[ticker] == what else at
            for ticker, what in said.items()
        }
        before = said
        found.append(since)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class News:
    """A version of an article that held, from `at` on: the trades that are new with it, and how many say again what was said before."""

    at: datetime
    scored_at: datetime
    published_at: datetime | None
    trades: tuple[Trade, ...]
    n_again: int


class Told:
    """The trades of records by article and version, until all are there and what was new can be told."""

    def __init__(self) -> None:
        self._by_article: dict[str, dict[Key, News]] = {}

    def add(self, record: Record, made: tuple[Trade, ...]) -> None:
        version = News(known_at(record), record.scored_at, record.published_at, made, 0)
        self._by_article.setdefault(record.id, {})[key_of(record)] = version

    def news(self, retracted: Mapping[str, datetime]) -> Iterator[News]:
        """The versions that held, by articles in the order they came and oldest first, with only those trades that are new."""
        for article_id, versions in self._by_article.items():
            held = [versions[key] for key in ends_of(versions, retracted.get(article_id))]
            said = [(v.at, {t.ticker: (t.label, t.sign) for t in v.trades}) for v in held]
            for version, since in zip(held, said_since(said), strict=True):
                new = tuple(trade for trade in version.trades if since[trade.ticker] == version.at)
                yield replace(version, trades=new, n_again=len(version.trades) - len(new))
