"""What a desk tells of what it keeps: records, the ledger, digests, stories. Nothing here is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from labtape.batch.core import Tools, opened_lexicon
from labtape.desk import digesting, telling
from labtape.desk.joining import LastLedger
from labtape.desk.knowledge import kept_lexicon
from labtape.ports import Clock, Model, Store
from labtape.store import AsOf
from labtape.story.current import current, standing
from labtape.types import Article, Record

if TYPE_CHECKING:
    from labtape.desk.corrections import Correction
    from labtape.ledger import ShareRow
    from labtape.lexicon import Lexicon
    from labtape.ports import Account
    from labtape.report import Digest
    from labtape.story_record import Related, StoryRecord

FIRST_DAY = datetime.min.replace(tzinfo=UTC)
_CHUNK = 500  # records read from the store at once


class Reading:
    """The reading side of a desk: the same for one that writes and for a view of a time."""

    store: Store
    tools: Tools
    clock: Clock
    model: Model | None
    _ledger: LastLedger

    @cached_property
    def lexicon(self) -> Lexicon:
        """What the desk shows by: the lexicon of the settings, and in a view of a time that of then where it was kept."""
        kept = kept_lexicon(self.store) if isinstance(self.store, AsOf) else None
        return kept or opened_lexicon(self.tools.lexicon)

    def records(
        self, *, since: datetime | None = None, until: datetime | None = None, as_of: datetime | None = None
    ) -> Iterator[Record]:
        """The latest record of each article, oldest first; `as_of` as it was known at that time."""
        return self.store.records(since=since, until=until, as_of=as_of)

    def versions(self) -> Iterator[Record]:
        """Every version of every record, in the order they were kept, those of retracted articles too.

        What `labtape.study` and `labtape.export` take, with `retractions`: the latest records alone know what became of an article. A view of a
        time has no such order and raises `StoreError`.
        """
        mark = 0
        while kept := self.store.records_after(mark, limit=_CHUNK):
            for mark, record in kept:  # noqa: B007  # the last number is where it goes on
                yield record

    def retractions(self) -> dict[str, datetime]:
        """When articles were taken back, by id."""
        return {one.article_id: one.at for one in self.store.retractions()}

    def corrections(self, *, since: datetime | None = None) -> tuple[Correction, ...]:
        """What was told and does not hold any more: articles revised or retracted, with the stories, claims and signals that used them.

        Against what was known at `since`; of what came later, and without `since`, against what was told first.
        """
        from labtape.desk.corrected import corrected

        return corrected(self.store, lexicon=self.lexicon, since=since)

    def explain(self, article_id: str) -> Record | None:
        """The latest record of an article, by its id or address; None when there is none."""
        found = self.store.record(article_id)
        if found is None and "://" in article_id:
            everything = self.store.records(retracted=True)
            named = (r for r in everything if article_id in (r.url, r.canonical_url))
            found = next(named, None)
        return found

    def account(self, record: Record, article: Article) -> Account | None:
        """What moved the record's probabilities, worked out again from the article.

        None where it cannot be: another model scored it, this one cannot say, or the article's words have changed.
        """
        from labtape.annotate import annotate
        from labtape.batch import opened
        from labtape.report.record import is_as_scored
        from labtape.signal import accounts

        lexicon, model = opened(self.tools)
        if model.ref != record.model or not is_as_scored(article, record):
            return None
        found = accounts(model, [annotate(article, lexicon)])
        return found[0] if found else None

    def shares(
        self,
        *,
        platform: str | None = None,
        holder: str | None = None,
        metric: str | None = None,
        status: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> tuple[ShareRow, ...]:
        """The ledger: one row per distinct share claim with its sightings and how it stands, newest claim first.

        `as_of` gives what was known at that time: the records that were available, of the revisions in force then. How a
        row stands is said over all of these; the other arguments only choose rows. `platform` is an id or a name, `holder`
        a name or an id of a lab, or a country and all its labs, `metric` words for one, `status` one of `ledger.STATUSES`;
        with `since` or `until` an article of that time makes the claim.
        Raises `SettingsError` for an unknown status, `LexiconError` for a holder that nobody knows.
        """
        from labtape.ledger import chosen

        return chosen(
            self._ledger.rows(self, as_of),
            lexicon=self.lexicon,
            platform=platform,
            holder=holder,
            metric=metric,
            status=status,
            since=since,
            until=until,
        )

    def digest(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        hours: float = 24.0,
        watchlist: Sequence[str] = (),
        min_confidence: float = 0.0,
        labels: Sequence[str] = (),
    ) -> Digest:
        """What a trader should know of the time from `since` (`hours` before `until`) to `until` (now), and what changed in it.

        Stories whose verdict is less likely than `min_confidence`, or none of `labels` where some are given, are counted and
        not shown, unless they concern the watchlist. Raises `LexiconError` for a label that no label set has.
        """
        now = self.clock()
        until = max(until or now, FIRST_DAY + timedelta(hours=hours, days=1))
        return digesting.digest(
            self,
            now=now,
            since=since or until - timedelta(hours=hours),
            until=until,
            watchlist=watchlist,
            min_confidence=min_confidence,
            labels=labels,
        )

    def standing(self, records: Iterable[Record]) -> tuple[Record, ...]:
        """The records with the ids of the stories their articles stand in now; else as they were written.

        Stories merge and split after an article was placed, and records are never changed: `record.story.id` of a record as it is
        kept is the id of then.
        """
        asked = tuple(records)
        home = current({record.id: record.story.id for record in asked}, self.store.stories_by_id)
        return tuple(standing(record, home) for record in asked)

    def story(self, id_: str, *, since: datetime | None = None) -> StoryRecord:
        """What is known about a story, by its id or that of an article; with `since` what came after it.

        Raises `ReadError` for an id that nobody here has.
        """
        return telling.story(self, id_, since=since)

    def stories(
        self, *, since: datetime | None = None, after: tuple[datetime, str] | None = None
    ) -> Iterator[StoryRecord]:
        """The stories still told at `since` or later, newest first; `after` the last time and the id of one, those behind it."""
        return telling.stories(self, since=since, after=after)

    def related(self, id_: str) -> tuple[Related, ...]:
        """Other stories to read beside a story, or beside the story of an article; best first."""
        return telling.related(self, id_)
