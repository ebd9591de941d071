"""What became of the records on the way into a study, so that nothing is left out in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isnan

from labtape.study.events import Trade, known_at, listings
from labtape.study.returns import Track
from labtape.study.versions import News
from labtape.types import Record

#: A verdict made later than this after its record was available may know what followed; a day covers a slow batch.
HINDSIGHT = timedelta(days=1)
#: A record that became available later than this after it was published: the price has had its time.
LATE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of records, and of trades (a record and a ticker).

    Of the records: `n_relevant`; of these, `n_unlisted` name nothing listed, and `n_unpriced` nothing with prices (`missing` says which
    tickers). Of the trades: `n_without_session` have no calendar, or one that does not reach; `n_after` could be traded after the last
    price only, `n_without_price` have none in their session; `n_again` are of later versions of an article and say what it had said before, no
    news. `n_trades` are left, as `n_observations` of a ticker with one entry, on
    `n_days` days. Of the records with news in them `n_late` became available more than two days after they were published, `n_before_published` before it,
    and `n_hindsight` were scored more than a day after they were available.
    """

    n_records: int
    n_relevant: int
    n_unlisted: int
    n_unpriced: int
    missing: tuple[tuple[str, int], ...]
    n_without_session: int
    n_after: int
    n_without_price: int
    n_again: int
    n_trades: int
    n_observations: int
    n_days: int
    n_late: int
    n_before_published: int
    n_hindsight: int


class Counted:
    """Counts records and trades as they pass, and remembers the first record of each story."""

    def __init__(self) -> None:
        self._n: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self._first: dict[str, tuple[datetime, str]] = {}

    def add(self, record: Record, made: Sequence[Trade], *, is_asked: bool) -> None:
        """Take note of a record; only one of the period that is asked for is counted."""
        came = known_at(record), record.id
        self._first[record.story.id] = min(came, self._first.get(record.story.id, came))
        if not is_asked:
            return
        self._n["records"] += 1
        if not record.relevance.relevant:
            return
        self._n["relevant"] += 1
        if not made:
            named = listings(record)
            self._n["unpriced" if named else "unlisted"] += 1
            self._missing.update(named)

    def add_news(self, news: News) -> None:
        """Count what a version of an article says again, and how its times lie where it says anything new."""
        self._n["again"] += news.n_again
        if not news.trades:
            return
        self._n["hindsight"] += news.scored_at - news.at > HINDSIGHT
        if news.published_at:
            self._n["late"] += news.at - news.published_at > LATE
            self._n["before_published"] += news.at < news.published_at

    def has_entry(self, trade: Trade, track: Track) -> bool:
        """Whether there is a price to enter at."""
        if trade.entry is None:
            self._n["without_session"] += 1
        elif not track.days or trade.entry > track.days[-1]:
            self._n["after"] += 1
        elif trade.entry not in track.place or isnan(track.start[track.place[trade.entry]]):
            self._n["without_price"] += 1
        else:
            return True
        return False

    def is_first(self, trade: Trade) -> bool:
        """Whether the trade is of the record of its story that was available first."""
        return self._first[trade.story_id] == (trade.available_at, trade.article_id)

    def counts(self, n_trades: int, n_observations: int, n_days: int) -> Counts:
        n = self._n
        return Counts(
            n_records=n["records"],
            n_relevant=n["relevant"],
            n_unlisted=n["unlisted"],
            n_unpriced=n["unpriced"],
            missing=tuple(sorted(self._missing.items(), key=lambda item: (-item[1], item[0]))),
            n_without_session=n["without_session"],
            n_after=n["after"],
            n_without_price=n["without_price"],
            n_again=n["again"],
            n_trades=n_trades,
            n_observations=n_observations,
            n_days=n_days,
            n_late=n["late"],
            n_before_published=n["before_published"],
            n_hindsight=n["hindsight"],
        )
