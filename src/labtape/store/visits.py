"""Which article each arrival of a visit is, and what is to be kept of it: decided here, for every store.

    its id is known                                              -> that article
    its id was once taken for another one's                      -> that one
    a key is known, of an article seen within two days,
    with a similar body, that nothing else in the visit claims   -> that article, and its id is remembered
    else                                                         -> a new one

An article that the document carries under its own id is claimed by that id; so two entries of one document never
merge, and no two arrivals claim one article.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from labtape.ports import Poll, Visit
from labtape.store.revisions import FULL_TEXT, Known, as_kept, revision_of
from labtape.types import Arrival, Article

# CRAWLING.md: a hit by a key counts within two days. A clock that was set back makes no article old.
RECENT = timedelta(days=2)
# The rank of an id under which an article came later on; keys have 0 (strongest) and up.
ADOPTED = -1
# A row in a B-tree of PostgreSQL takes 2,704 bytes; a character up to four of them.
_LONGEST_KEY, _LONGEST_ASCII = 600, 2000


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that one of an arrival's keys names: the texts of its revisions, and when it was last seen."""

    texts: tuple[str, ...]
    seen_at: datetime


class Shelf(Protocol):
    """What a store looks up while a visit is decided."""

    def known(self, ids: Sequence[str], feed_url: str) -> Mapping[str, Known]: ...

    def owners(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The articles that have each of these keys; keys that none has are left out."""
        ...

    def candidates(self, ids: Sequence[str]) -> Mapping[str, Candidate]: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What is to be kept of an arrival. `article` carries the id and revision it has in the store.

    `is_new` says that the revision is to be kept, `is_first` that the article is, `is_first_here` that this
    feed never showed it. `keys` come with their ranks.
    `position` is the place in the document; None where the visit was to a page. `flags` are to be added to the latest
    revision, whose text is the same.
    """

    article: Article
    digest: str
    shown: str
    is_new: bool
    is_first: bool
    is_first_here: bool
    keys: tuple[tuple[str, int], ...]
    position: int | None
    flags: tuple[str, ...] = ()


def is_document(visit: Visit) -> bool:
    """Whether the visit brought a document of the feed, which takes the place of the one before."""
    return visit.poll.kind == "feed" and (visit.poll.status == "new" or bool(visit.arrivals))


def decide(visit: Visit, shelf: Shelf) -> tuple[Seen, ...]:
    """What is to be kept of a visit, in its order: of an id that comes twice the first counts."""
    poll = visit.poll
    arrivals = _distinct(visit.arrivals)
    known = dict(shelf.known(tuple(arrivals), poll.feed_url)) if arrivals else {}
    strangers = [arrival for id_, arrival in arrivals.items() if id_ not in known]
    homes = _homes(strangers, shelf, taken=set(arrivals), at=poll.at)
    if homes:
        known.update(shelf.known(tuple(homes.values()), poll.feed_url))
    return tuple(
        _seen(arrival, homes.get(id_, id_), known, poll, position)
        for position, (id_, arrival) in enumerate(arrivals.items())
    )


def keys_of(arrival: Arrival) -> tuple[str, ...]:
    """The keys of an arrival as they are kept: a long one is cut, and ends with what tells it from others."""
    if max(map(len, arrival.keys), default=0) <= _LONGEST_KEY:
        return arrival.keys
    return tuple(
        key if len(key) <= _LONGEST_KEY or (len(key) <= _LONGEST_ASCII and key.isascii()) else _cut(key)
        for key in arrival.keys
    )


def _cut(key: str) -> str:
    return f"{key[:_LONGEST_KEY]}…{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _distinct(arrivals: Iterable[Arrival]) -> dict[str, Arrival]:
    first: dict[str, Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.article.id, arrival)
    return first


def _seen(arrival: Arrival, id_: str, known: Mapping[str, Known], poll: Poll, position: int) -> Seen:
    article, there = arrival.article, known.get(id_)
    digest = article.content_hash
    shown = arrival.shown or digest
    is_full = FULL_TEXT in article.flags
    revision = revision_of(digest, there, shown=shown, is_full=is_full)
    is_new = there is None or revision not in there.digests
    adopted = () if id_ == article.id else ((_id_key(article.id), ADOPTED),)
    flags: tuple[str, ...] = ()
    if there and not is_new and poll.kind == "page" and there.digests[there.latest] == digest:
        flags = tuple(sorted({*article.flags, *there.flags})) if set(article.flags) - set(there.flags) else ()
    keys = keys_of(arrival)
    kept = as_kept(article, there, revision=revision, at=poll.at)
    return Seen(
        article=kept if id_ == article.id else replace(kept, id=id_),
        digest=digest,
        shown=shown,
        is_new=is_new,
        is_first=there is None,
        is_first_here=there is None or there.sighted is None,
        keys=(*adopted, *zip(keys, range(len(keys)), strict=True)),
        position=position if poll.kind == "feed" else None,
        flags=flags,
    )


# ---------------------------------------------------------------- an article under another id


def _homes(strangers: Sequence[Arrival], shelf: Shelf, *, taken: set[str], at: datetime) -> dict[str, str]:
    """The articles that arrivals of unknown ids are revisions of, by these ids. `taken` are ids claimed already."""
    names = {_id_key(arrival.article.id) for arrival in strangers}
    names.update(key for arrival in strangers for key in keys_of(arrival))
    owners = shelf.owners(sorted(names)) if names else {}
    ids = sorted({id_ for found in owners.values() for id_ in found} - taken)
    if not ids:
        return {}
    candidates = shelf.candidates(ids)
    homes: dict[str, str] = {}
    for fits in (
        _by_adopted_id,
        _by_key,
    ):  # an id names one article for ever: it goes first, for all arrivals
        for arrival in strangers:
            if arrival.article.id not in homes:
                free = {id_: one for id_, one in candidates.items() if id_ not in taken}
                if free and (home := fits(arrival, owners, free, at)):
                    homes[arrival.article.id] = home
                    taken.add(home)
    return homes


def _by_adopted_id(
    arrival: Arrival,
    owners: Mapping[str, Sequence[str]],
    free: Mapping[str, Candidate],
    _at: datetime,
) -> str | None:
    return next((id_ for id_ in owners.get(_id_key(arrival.article.id), ()) if id_ in free), None)


def _by_key(
    arrival: Arrival,
    owners: Mapping[str, Sequence[str]],
    free: Mapping[str, Candidate],
    at: datetime,
) -> str | None:
    """By the strongest key first; where several articles have it, the one that has most of the others as well."""
    keys = keys_of(arrival)

    def closeness(id_: str) -> tuple[int, datetime, str]:
        return sum(id_ in owners.get(key, ()) for key in keys), free[id_].seen_at, id_

    for key in keys:
        for id_ in sorted((id_ for id_ in owners.get(key, ()) if id_ in free), key=closeness, reverse=True):
            one = free[id_]
            if at - one.seen_at <= RECENT and _is_like(arrival.article.text, one.texts):
                return id_
    return None


def _is_like(text: str, texts: Iterable[str]) -> bool:
    from labtape.read.aliases import is_similar  # a room of its own size, rarely needed

    return any(is_similar(other, text) for other in texts)


def _id_key(article_id: str) -> str:
    return f"id:{article_id}"
