"""What was told and does not hold any more, because an article was revised or taken back: decided on values.

records before, after  ──▸ articles with another revision, or none ──▸ Correction
                           stories, claims of the ledger and signals that used them, each as it was and as it is
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from labtape.foreign import clean
from labtape.plain import iso
from labtape.ports import Retraction
from labtape.types import Record, Story

if TYPE_CHECKING:
    from labtape.ledger import ShareRow
    from labtape.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was said: `what` names it, `old` and `new` are in words, None where it was not or is not said."""

    what: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """An article that was revised or retracted, and what of it was told.

    `at` is when it was retracted, or the revision scored. `revisions` are the numbers before and after, None where it is retracted.
    """

    article_id: str
    kind: Literal["revised", "retracted"]
    at: datetime
    title: str
    url: str | None
    why: str | None
    revisions: tuple[int, int | None]
    stories: tuple[Change, ...]
    claims: tuple[Change, ...]
    signals: tuple[Change, ...]


def corrections(
    before: Iterable[Record],
    after: Iterable[Record],
    stories_before: Iterable[Story],
    stories_after: Iterable[Story],
    *,
    lexicon: Lexicon,
    retractions: Iterable[Retraction] = (),
) -> tuple[Correction, ...]:
    """What changed between two views of what is known, oldest correction first.

    `before` and `after` are the latest records of all articles in each view; one that is scored again without another revision
    is not corrected. Of two versions of a story that hold an article the later one counts.
    """
    from labtape.ledger import share_rows

    old, new = ({r.id: r for r in records} for records in (before, after))
    taken_back = {retraction.article_id: retraction for retraction in retractions}
    corrected = [
        record
        for record in old.values()
        if (record.id not in new and record.id in taken_back)
        or (record.id in new and new[record.id].revision != record.revision)
    ]
    if not corrected:
        return ()
    latest = {story.id: story for story in stories_after}
    stories = _by_article(stories_before), _by_article(latest.values())
    is_stated = any(view[r.id].shares for r in corrected for view in (old, new) if r.id in view)
    rows = tuple(
        share_rows(known.values(), lexicon=lexicon, stories=tuple(dict.fromkeys(told.values())))
        if is_stated
        else ()
        for known, told in zip((old, new), stories, strict=True)
    )
    by_id = {row.id: row for row in rows[1]}
    found = (
        _correction(record, new.get(record.id), taken_back.get(record.id), (*stories, latest), rows, by_id)
        for record in corrected
    )
    return tuple(sorted(found, key=lambda correction: (correction.at, correction.article_id)))


def correction_words(correction: Correction) -> tuple[str, ...]:
    """A correction in lines, fit for a terminal: what befell the article, then each thing that changed with it."""
    first, second = correction.revisions
    befell = f"retracted: {clean(correction.why or '')}" if second is None else f"revision {first} → {second}"
    changed = (
        f"  {kind} " + clean(f"{change.what}: {change.old or 'not said'} → {change.new or 'not said any more'}")
        for kind, changes in (
            ("story", correction.stories), ("claim", correction.claims), ("signal", correction.signals),
        )
        for change in changes
    )  # fmt: skip
    head = f"{iso(correction.at)}  {clean(correction.article_id)}  {clean(correction.title)}  ({befell})"
    return head, *changed


def _by_article(stories: Iterable[Story]) -> dict[str, Story]:
    return {article_id: story for story in stories for article_id in story.article_ids}


def _correction(
    old: Record,
    new: Record | None,
    retraction: Retraction | None,
    stories: tuple[Mapping[str, Story], Mapping[str, Story], Mapping[str, Story]],
    rows: tuple[tuple[ShareRow, ...], ...],
    by_id: Mapping[str, ShareRow],
) -> Correction:
    at = new.scored_at if new else retraction.at if retraction else old.scored_at
    was, now = ([row for row in side if any(s.article_id == old.id for s in row.sightings)] for side in rows)
    return Correction(
        article_id=old.id,
        kind="revised" if new else "retracted",
        at=at,
        title=(new or old).title,
        url=(new or old).url,
        why=None if new or not retraction else retraction.why,
        revisions=(old.revision, new.revision if new else None),
        stories=tuple(_stories(old, new, *stories)),
        claims=tuple(_claims(was, now, by_id)),
        signals=tuple(_signals(old, new)),
    )


def _stories(
    old: Record,
    new: Record | None,
    before: Mapping[str, Story],
    after: Mapping[str, Story],
    latest: Mapping[str, Story],
) -> Iterator[Change]:
    """The story that told it, by the number of its articles and the revision it tells; both where the article moved."""
    then, now = before.get(old.id), after.get(old.id)
    for id_ in dict.fromkeys(story.id for story in (then, now) if story):
        was = _story(then, old) if then and then.id == id_ else None
        yield Change(id_, was, _story(now, new) if now and now.id == id_ else _story(latest.get(id_), None))


def _story(story: Story | None, record: Record | None) -> str | None:
    if story is None:
        return None
    n = len(story.article_ids)
    told = f", revision {record.revision} of it" if record else " without it"
    return f"{n} article{'s' * (n != 1)}{told}"


def _claims(
    before: Iterable[ShareRow], after: Iterable[ShareRow], by_id: Mapping[str, ShareRow]
) -> Iterator[Change]:
    """The rows of the ledger that had the article among their sightings; a new figure for the same thing is set beside the old."""
    left = {row.id: row for row in after}
    for row in before:
        same = left.pop(row.id, None) or by_id.get(row.id)
        if same is None:
            same = next((r for r in left.values() if _same_thing(r, row)), None)
            if same:
                del left[same.id]
        was, now = _claim(row), _claim(same) if same else None
        if was != now:
            yield Change(row.who, was, now)
    for row in left.values():
        yield Change(row.who, None, _claim(row))


def _same_thing(one: ShareRow, other: ShareRow) -> bool:
    return (one.comparability_key, one.holder, one.role) == (
        other.comparability_key,
        other.holder,
        other.role,
    )


def _claim(row: ShareRow) -> str:
    from labtape.ledger import claim_words

    n = len(row.sightings)
    return f"{claim_words(row)}, {row.status.replace('_', ' ')}, {n} sighting{'s' * (n != 1)}"


def _signals(old: Record, new: Record | None) -> Iterator[Change]:
    was, now = _signal(old), _signal(new) if new else {}
    for what in dict.fromkeys((*was, *now)):
        if was.get(what) != now.get(what):
            yield Change(what, was.get(what), now.get(what))


def _signal(record: Record) -> dict[str, str]:
    """What the record says of each thing: its verdict, then labs and companies, then markets that have a direction."""
    verdict = record.verdict
    said = {f"verdict on {verdict.target}": f"{verdict.label} {verdict.confidence:.2f}, {verdict.state}"}
    said |= {one.entity: f"{one.label} {one.score:+.2f}" for one in record.entity_verdicts}
    return said | {
        f"market:{one.market}": one.label for one in record.markets if one.state != "no_transmission"
    }
