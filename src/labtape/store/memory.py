"""A store that is gone when it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from labtape.ports import Epoch, Knowledge, KnowledgeKind, Listed, Mark, Place, Retraction, Wanted, utc_now
from labtape.store.history import is_new_epoch
from labtape.store.memory_crawl import KeptRecord, KeptStory, is_within
from labtape.store.memory_outbox import MemoryOutbox
from labtape.store.revisions import article_time
from labtape.store.terms import terms_of
from labtape.types import Article, Record, Story


class MemoryStore(MemoryOutbox):
    """Everything in dictionaries, under one lock."""

    def __init__(self) -> None:
        super().__init__()
        self._n_kept = 0
        self._terms: dict[int, frozenset[str]] = {}  # by the number of a record, made when first asked for
        self._knowledge: dict[tuple[str, str], Knowledge] = {}
        self._epochs: list[Epoch] = []

    # ------------------------------------------------------------ articles

    def article(self, article_id: str, *, as_of: datetime | None = None) -> Article | None:
        with self._lock:
            revisions = self._revisions(article_id, as_of)
            return revisions[-1] if revisions else None

    def _revisions(self, article_id: str, as_of: datetime | None) -> list[Article]:
        revisions = self._articles.get(article_id, [])
        if as_of is None:
            return revisions
        kept = zip(revisions, self._kept_at.get(article_id, ()), strict=True)
        return [article for article, at in kept if at <= as_of]

    def articles(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
    ) -> Iterator[Article]:
        with self._lock:
            latest = [self.article(id_, as_of=as_of) for id_ in self._articles]
            gone = set() if retracted else self._gone(as_of)
        within = (
            (article_time(a), a.id, a)
            for a in latest
            if a and a.id not in gone and is_within(article_time(a), since, until)
        )
        return iter([article for _, _, article in sorted(within, key=lambda row: row[:2])])

    def unscored(self, *, as_of: datetime | None = None) -> tuple[Article, ...]:
        with self._lock:
            scored = self._scored(as_of)
            return tuple(a for a in self.articles(as_of=as_of) if (a.id, a.revision) not in scored)

    # ------------------------------------------------------------ records

    def add_records(
        self, records: Iterable[Record], *, at: datetime | None = None, run_at: datetime | None = None
    ) -> int:
        """How many were kept: a record that is there already is not kept twice."""
        came = tuple(records)
        with self._lock:
            n = 0
            for record in came:
                kept = self._records.setdefault(record.id, [])
                if all(one.record != record for one in kept):
                    self._n_kept += 1
                    kept.append(KeptRecord(self._n_kept, record, at or record.scored_at, run_at))
                    n += 1
            return n

    def record(self, article_id: str, *, as_of: datetime | None = None) -> Record | None:
        with self._lock:
            return _latest(self._records.get(article_id, []), as_of=as_of)

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime | None = None,
        retracted: bool = False,
        with_figures: bool = False,
    ) -> Iterator[Record]:
        with self._lock:
            latest = [_latest(records, as_of=as_of) for records in self._records.values()]
            gone = set() if retracted else self._gone(as_of)
        within = (
            (r.order_at, r.id, r)
            for r in latest
            if r and r.id not in gone and is_within(r.order_at, since, until)
            if r.shares or r.volumes or not with_figures
        )
        return iter([record for _, _, record in sorted(within, key=lambda row: row[:2])])

    def listed(
        self, wanted: Wanted, *, after: Place | None = None, limit: int, as_of: datetime | None = None
    ) -> tuple[Listed, ...]:
        with self._lock:
            gone = self._gone(as_of)
            latest = [_latest_kept(kept, as_of=as_of) for kept in self._records.values()]
            found = [one for one in latest if one and one.record.id not in gone and self._fits(one, wanted)]
        return self._page(found, wanted, after, limit)

    def _fits(self, one: KeptRecord, wanted: Wanted) -> bool:
        record = one.record
        return (
            is_within(record.order_at, wanted.since, wanted.until)
            and is_within(one.at, wanted.kept_since, None)
            and record.verdict.confidence >= wanted.min_confidence
            and (wanted.article_ids is None or record.id in wanted.article_ids)
            and (not wanted.terms or set(wanted.terms) <= self._terms_of(one))
        )

    def _terms_of(self, one: KeptRecord) -> frozenset[str]:
        if one.seq not in self._terms:
            from labtape.plain import to_plain

            self._terms[one.seq] = frozenset(terms_of(to_plain(one.record)))
        return self._terms[one.seq]

    def _page(
        self, found: list[KeptRecord], wanted: Wanted, after: Place | None, limit: int
    ) -> tuple[Listed, ...]:
        from labtape.report.record import record_json

        if wanted.order == "added":
            found = [one for one in found if not isinstance(after, int) or one.seq > after]
            found.sort(key=lambda one: one.seq)
        else:
            found = [one for one in found if not isinstance(after, tuple) or _key(one) < after]
            found.sort(key=_key, reverse=True)
        return tuple(
            Listed(one.seq, one.record.id, one.record.order_at, one.at, record_json(one.record).encode())
            for one in found[:limit]
        )

    def mark(self) -> Mark:
        with self._lock:
            versions = sum(map(len, self._stories.values()))
            return Mark(self._n_kept, versions, len(self._retractions), len(self._epochs))

    def runs(self, *, since: datetime | None = None, as_of: datetime | None = None) -> tuple[datetime, ...]:
        with self._lock:
            kept = [one for records in self._records.values() for one in records]
        fitting = {
            one.run_at
            for one in kept
            if one.run_at is not None
            and is_within(one.at, None, as_of)
            and is_within(one.record.order_at, since, None)
        }
        return tuple(sorted(fitting))

    def run_records(self, run_at: datetime, *, as_of: datetime | None = None) -> tuple[Record, ...]:
        with self._lock:
            kept = [
                one
                for records in self._records.values()
                for one in records
                if one.run_at == run_at and is_within(one.at, None, as_of)
            ]
        return tuple(one.record for one in sorted(kept, key=lambda one: one.seq))

    def told(
        self, article_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, tuple[Article, Record]]:
        with self._lock:
            gone = self._gone(as_of)
            both = {
                id_: (self.article(id_, as_of=as_of), self.record(id_, as_of=as_of))
                for id_ in article_ids
                if id_ not in gone
            }
        return {id_: (article, record) for id_, (article, record) in both.items() if article and record}

    def worded(
        self, revisions: Iterable[tuple[str, int]], *, as_of: datetime | None = None
    ) -> Mapping[tuple[str, int], Article]:
        asked = set(revisions)
        with self._lock:
            kept = [a for id_ in {id_ for id_, _ in asked} for a in self._revisions(id_, as_of)]
        return {(a.id, a.revision): a for a in kept if (a.id, a.revision) in asked}

    # ------------------------------------------------------------ stories

    def save_stories(self, stories: Iterable[Story], *, at: datetime | None = None) -> None:
        came = {story.id: story for story in stories}
        now = at or utc_now()
        with self._lock:
            for id_, story in came.items():
                versions = self._stories.setdefault(id_, [])
                if not versions or versions[-1].story != story:
                    versions.append(KeptStory(story, now))

    def stories(
        self, *, since: datetime | None = None, as_of: datetime | None = None, merged: bool = False
    ) -> tuple[Story, ...]:
        with self._lock:
            kept = [
                [one.story for one in versions if is_within(one.at, None, as_of)]
                for versions in self._stories.values()
            ]
        latest = [versions[-1] for versions in kept if versions]
        going_on = (
            s for s in latest if is_within(s.last_at, since, None) and (merged or s.merged_into is None)
        )
        return tuple(sorted(going_on, key=lambda story: (story.first_at, story.id)))

    def stories_by_id(
        self, story_ids: Iterable[str], *, as_of: datetime | None = None
    ) -> Mapping[str, Story]:
        with self._lock:
            asked = {id_: self._stories.get(id_, []) for id_ in story_ids}
            kept = {
                id_: [one.story for one in versions if is_within(one.at, None, as_of)]
                for id_, versions in asked.items()
            }
        return {id_: versions[-1] for id_, versions in kept.items() if versions}

    # ------------------------------------------------------------ what was known when

    def retract(self, article_id: str, *, at: datetime, why: str) -> bool:
        with self._lock:
            is_known = article_id in self._articles or article_id in self._records
            if article_id in self._retractions or not is_known:
                return False
            self._retractions[article_id] = Retraction(article_id, at, why)
            return True

    def retractions(self, *, as_of: datetime | None = None) -> tuple[Retraction, ...]:
        with self._lock:
            return tuple(r for r in self._retractions.values() if is_within(r.at, None, as_of))

    def revised(self) -> frozenset[str]:
        with self._lock:
            return frozenset(
                id_ for id_, kept in self._records.items() if len({one.record.revision for one in kept}) > 1
            )

    def _gone(self, as_of: datetime | None) -> set[str]:
        return {retraction.article_id for retraction in self.retractions(as_of=as_of)}

    def note(self, knowledge: Iterable[Knowledge], *, at: datetime) -> None:
        came = tuple(knowledge)
        with self._lock:
            latest = {epoch.kind: epoch.digest for epoch in self._epochs}
            for one in came:
                if is_new_epoch(one, latest):
                    self._knowledge.setdefault((one.kind, one.digest), one)
                    self._epochs.append(Epoch(at, one.kind, one.digest))

    def knowledge(self, *, as_of: datetime | None = None) -> Mapping[KnowledgeKind, Knowledge]:
        with self._lock:
            in_use = {e.kind: e.digest for e in self._epochs if is_within(e.at, None, as_of)}
            return {kind: self._knowledge[kind, digest] for kind, digest in in_use.items()}

    def epochs(self) -> tuple[Epoch, ...]:
        with self._lock:
            return tuple(self._epochs)

    def close(self) -> None:
        """Nothing to close."""


def _key(one: KeptRecord) -> tuple[datetime, str]:
    return one.record.order_at, one.record.id


def _latest(records: list[KeptRecord], *, as_of: datetime | None) -> Record | None:
    last = _latest_kept(records, as_of=as_of)
    return last.record if last else None


def _latest_kept(records: list[KeptRecord], *, as_of: datetime | None) -> KeptRecord | None:
    """The last scored of them; of two scored at once the one that was added later."""
    in_time = [one for one in records if is_within(one.at, None, as_of)]
    return max(reversed(in_time), key=lambda one: one.record.scored_at, default=None)
