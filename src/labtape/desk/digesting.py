"""What a desk makes a digest from: the records of the time, those before it of stories that go on, words, corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from labtape.desk.telling import records_of
from labtape.story.current import current, homes
from labtape.types import Article, Record, Story

if TYPE_CHECKING:
    from labtape.desk.corrections import Change, Correction
    from labtape.desk.reading import Reading
    from labtape.report import Digest
    from labtape.report.digest_nouns import Corrected

#: Articles whose words are read from the store at once, and how many are kept at hand, some 50 MB.
_CHUNK: Final = 500
_AT_HAND: Final = 10_000


def digest(
    desk: Reading,
    *,
    now: datetime,
    since: datetime,
    until: datetime,
    watchlist: Sequence[str],
    min_confidence: float,
    labels: Sequence[str],
) -> Digest:
    """The digest of a time, from what is kept."""
    from labtape.report import digest as make_digest

    records = tuple(desk.records(since=since, until=until))
    stories = _stories(desk, records, since)
    earlier = _earlier(desk, records, stories)
    return make_digest(
        records,
        stories,
        since=since,
        until=until,
        now=now,
        lexicon=desk.lexicon,
        watchlist=tuple(watchlist),
        min_confidence=min_confidence,
        labels=tuple(labels),
        articles=_finder(desk, (*records, *earlier)),
        earlier=earlier,
        corrections=tuple(_corrections(desk, since)),
    )


def _stories(desk: Reading, records: Sequence[Record], since: datetime) -> tuple[Story, ...]:
    """The stories still told at `since` or later, and those of records that are dated anew and stand in older ones."""
    store = desk.store
    going_on = store.stories(since=since)
    home = homes(going_on)
    strays = {record.id: record.story.id for record in records if record.id not in home}
    if not strays:
        return going_on
    older = store.stories_by_id(set(current(strays, store.stories_by_id).values()))
    known = {story.id for story in going_on}
    return (*going_on, *(s for id_, s in sorted(older.items()) if id_ not in known and not s.merged_into))


def _earlier(desk: Reading, records: Sequence[Record], stories: Iterable[Story]) -> tuple[Record, ...]:
    """The records from before that belong to stories with an article in the digest's time."""
    now = {record.id for record in records}
    going_on = (story.article_ids for story in stories if not now.isdisjoint(story.article_ids))
    wanted = iter([id_ for ids in going_on for id_ in ids if id_ not in now])
    found: list[Record] = []
    while some := tuple(islice(wanted, _CHUNK)):
        found += records_of(desk.store, some)
    return tuple(found)


def _finder(desk: Reading, records: Sequence[Record]) -> Callable[[str], Article | None]:
    """Finds the article of one of these records by its id, as the record saw it, whatever came in since.

    Words are read in the order of the records, many at once; beyond what is kept at hand, one by one.
    """
    seen = {record.id: record.revision for record in records}
    waiting = iter(list(seen.items())[:_AT_HAND])
    at_hand: dict[str, Article | None] = {}

    def found(article_id: str) -> Article | None:
        while article_id not in at_hand and (some := tuple(islice(waiting, _CHUNK))):
            articles = desk.store.worded(some)
            at_hand.update((id_, articles.get((id_, revision))) for id_, revision in some)
        if article_id in at_hand:
            return at_hand[article_id]
        revision = article_id, seen[article_id]
        return desk.store.worded([revision]).get(revision)

    return found


# ---------------------------------------------------------------- corrections


def _corrections(desk: Reading, since: datetime) -> Iterator[Corrected]:
    """What was corrected since, in words; what was known then is only looked up where something was."""
    retracted = any(retraction.at >= since for retraction in desk.store.retractions())
    if retracted or any(
        change.kind == "revised" and change.at >= since
        for story in desk.store.stories()
        for change in story.history
    ):
        told = map(_worded, desk.corrections(since=since))
        yield from (one for one in told if one.kind == "retracted" or one.changes)


def _worded(correction: Correction) -> Corrected:
    from labtape.foreign import clean, web_link
    from labtape.report.digest_nouns import Corrected

    claims = (f"share claim of {_change(change)}" for change in correction.claims)
    signals = (_change(change) for change in correction.signals if _is_said_anew(change))
    return Corrected(
        article_id=correction.article_id,
        kind=correction.kind,
        at=correction.at,
        title=clean(correction.title) or "(no headline)",
        url=web_link(correction.url),
        why=clean(correction.why) if correction.why else None,
        changes=tuple(clean(words) for words in (*claims, *signals)),
    )


def _change(change: Change) -> str:
    return f"{change.what}: {change.old or 'not said'} → {change.new or 'not said any more'}"


def _is_said_anew(change: Change) -> bool:
    """Whether a signal has another label than before; that its probabilities moved a little is no correction to a reader."""
    was, now = ((words or "").partition(" ")[0] for words in (change.old, change.new))
    return was != now
