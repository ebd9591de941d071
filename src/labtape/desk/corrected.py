"""Looks up what corrections are told by: what was known before, and what is known now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from labtape.desk.corrections import Correction, corrections
from labtape.ports import Store
from labtape.types import Record, Story

if TYPE_CHECKING:
    from labtape.lexicon import Lexicon

_JUST_BEFORE = timedelta(microseconds=1)


def corrected(store: Store, *, lexicon: Lexicon, since: datetime | None) -> tuple[Correction, ...]:
    """What was told, and is revised or retracted now."""
    retractions = [r for r in store.retractions() if since is None or r.at > since]
    if not retractions and not store.revised():
        return ()
    before, after = _told(store, since), {record.id: record for record in store.records()}
    gone = {r.article_id: r.at for r in retractions if r.article_id in before}
    moments = {
        *(at - _JUST_BEFORE for at in gone.values()),
        *(
            after[r.id].scored_at
            for r in before.values()
            if r.id in after and after[r.id].revision != r.revision
        ),
    }
    stories: list[Story] = []
    for moment in sorted(moments):  # the versions that told the articles, each before its correction
        stories += store.stories(as_of=moment, merged=True)
    return corrections(
        before.values(),
        after.values(),
        stories,
        store.stories(),
        lexicon=lexicon,
        retractions=retractions,
    )


def _told(store: Store, since: datetime | None) -> dict[str, Record]:
    """The record by which each article was told: that of `since`, or the first one after it."""
    gone = {r.article_id for r in store.retractions(as_of=since)} if since else set()
    told = {record.id: record for record in store.records(as_of=since)} if since else {}
    for run_at in store.runs():
        if since is None or run_at >= since:
            for record in store.run_records(run_at):
                told.setdefault(record.id, record)
    for record in store.records(retracted=True):  # kept before runs were
        told.setdefault(record.id, record)
    return {id_: record for id_, record in told.items() if id_ not in gone}
