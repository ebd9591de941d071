"""What a desk tells about stories: finds what `story_record` needs in the store, and hands it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from labtape.exceptions import ReadError
from labtape.foreign import shortened
from labtape.story_record import Sketch, StoryRecord, sketch, sketched, story_record
from labtape.types import Article, Record, Story

if TYPE_CHECKING:
    from datetime import datetime

    from labtape.desk.reading import Reading
    from labtape.ports import Store
    from labtape.story_record import Related

#: How far back related and similar stories are looked for, and how many stories are sketched, the nearest in time.
BACK: Final = timedelta(days=30)
SKETCHED: Final = 1000
#: Articles that are read from the store at once.
_CHUNK: Final = 256
#: Ids that are offered for one that nobody has, and letters that must be the same from the beginning.
NEAR: Final = 3
ALIKE: Final = 5
_LONGEST: Final = 100


def story(desk: Reading, id_: str, *, since: datetime | None = None) -> StoryRecord:
    """The record of a story, by its id or by the id or address of one of its articles."""
    found = find_story(desk, id_)
    known = desk.store.stories(since=found.first_at - BACK, merged=True)
    near = [s for s in known if s.article_ids]
    near = sorted(near, key=lambda s: abs(s.first_at - found.first_at))[:SKETCHED]
    records, articles = _told(desk, found)
    return _record(desk, found, records, articles, tuple(sketches(desk, near)), since)


def stories(
    desk: Reading, *, since: datetime | None = None, after: tuple[datetime, str] | None = None
) -> Iterator[StoryRecord]:
    """The record of every story still told at `since` or later, newest article first; made one by one.

    `after` is the time of the last article and the id of a story, and gives those that come after it.
    """
    wanted = [s for s in desk.store.stories(since=since) if s.article_ids]
    if not wanted:
        return
    back = min(s.first_at for s in wanted) - BACK
    near = [s for s in desk.store.stories(since=back) if s.article_ids]
    others = tuple(sketches(desk, sorted(near, key=lambda s: s.last_at)[-SKETCHED:]))
    for told in sorted(wanted, key=lambda s: (s.last_at, s.id), reverse=True):
        if after is not None and (told.last_at, told.id) >= after:
            continue
        records, articles = _told(desk, told)
        if records:
            yield _record(desk, told, records, articles, others, since)


def alone(desk: Reading, told: Story) -> StoryRecord | None:
    """The record of a story without a look at others: none is similar or related to it. None where no article of it has a record."""
    records, articles = _told(desk, told)
    return _record(desk, told, records, articles, (), None) if records else None


def related(desk: Reading, id_: str) -> tuple[Related, ...]:
    """Other stories that one might read beside a story, or beside the story of an article."""
    return story(desk, id_).related


def find_story(desk: Reading, id_: str) -> Story:
    """The story that goes by an id now, or that holds the article of this id or address; what went into another one is found there.

    Raises `ReadError` for an id that is neither a story's nor an article's, with those that look like it.
    """
    store, asked, seen = desk.store, id_, set[str]()
    while id_ not in seen and (found := store.stories_by_id([id_]).get(id_)):
        if found.merged_into is None:
            return found
        seen.add(id_)
        id_ = found.merged_into
    record = desk.explain(asked)
    if record is not None:
        (placed,) = desk.standing([record])
        home = store.stories_by_id([placed.story.id]).get(placed.story.id)
        if home is not None and record.id in home.article_ids:
            return home
        if any(retraction.article_id == record.id for retraction in store.retractions()):
            raise ReadError(f"article '{shortened(record.id, 80)}' was taken back and stands in no story")
    known = store.stories(merged=True)
    article_id = record.id if record else asked
    holding = next((s for s in known if article_id in s.article_ids), None)
    if holding is None:
        near = near_ids(asked, [i for s in known for i in (s.id, *s.article_ids)])
        hint = f"; near: {', '.join(near)}" if near else "; `labtape stories` lists them"
        raise ReadError(f"no story or article '{shortened(asked, 80)}' here{hint}")
    return holding


def near_ids(id_: str, ids: Sequence[str]) -> tuple[str, ...]:
    """Up to three ids that begin alike, else those that look alike.

    >>> near_ids("s170d9ecc", ("s170d9ecddb754810", "s500cb4c29a27436c"))
    ('s170d9ecddb754810',)
    """
    for length in range(min(len(id_), _LONGEST), ALIKE - 1, -1):
        begin = [known for known in ids if known.startswith(id_[:length])]
        if begin:
            return tuple(begin[:NEAR])
    return tuple(get_close_matches(id_[:_LONGEST], ids, n=NEAR, cutoff=0.6))


def sketches(desk: Reading, told: Sequence[Story]) -> Iterator[Sketch]:
    """The stories in brief, read from the store some at a time; those without a record are left out."""
    for start in range(0, len(told), _CHUNK):
        some = told[start : start + _CHUNK]
        found = desk.store.told(id_ for s in some for id_ in sketched(s.article_ids))
        for one in some:
            pairs = [found[id_] for id_ in sketched(one.article_ids) if id_ in found]
            if pairs:
                yield sketch(one, [record for _, record in pairs], {a.id: a for a, _ in pairs})


def records_of(store: Store, article_ids: Sequence[str]) -> tuple[Record, ...]:
    """The latest records of articles that were not taken back, in their order; those whose words are forgotten as well."""
    found = {id_: record for id_, (_, record) in store.told(article_ids).items()}
    if forgotten := [id_ for id_ in article_ids if id_ not in found]:
        gone = {retraction.article_id for retraction in store.retractions()}
        left = (store.record(id_) for id_ in forgotten if id_ not in gone)
        found |= {record.id: record for record in left if record}
    return tuple(found[id_] for id_ in article_ids if id_ in found)


def _record(
    desk: Reading,
    told: Story,
    records: Sequence[Record],
    articles: Mapping[str, Article],
    others: Sequence[Sketch],
    since: datetime | None,
) -> StoryRecord:
    return story_record(
        told,
        records,
        articles,
        now=desk.clock(),
        lexicon=desk.lexicon,
        others=others,
        since=since,
    )


def _told(desk: Reading, told: Story) -> tuple[tuple[Record, ...], Mapping[str, Article]]:
    """The records of a story, and the articles in the words that were scored where these are still kept."""
    records = records_of(desk.store, told.article_ids)
    worded = desk.store.worded((record.id, record.revision) for record in records)
    return records, {id_: article for (id_, _), article in worded.items()}
