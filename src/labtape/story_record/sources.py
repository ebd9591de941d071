"""The forest of who has a story from whom, whose story it is, and what each source's word counts for."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from labtape.foreign import clean, web_link
from labtape.lexicon.entries import ByDigest
from labtape.story.origins import OUTLET, Descent, descents, outlet_name
from labtape.story.outlets import outlet_title
from labtape.story.tiers import PARTY, UNKNOWN, Tier, tier_of, tier_of_outlet
from labtape.story_record.nouns import Primary, Source
from labtape.types import Article

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labtape.lexicon.entries import Lexicon
    from labtape.types import Record, Story

#: What the word of a source counts for, by tier: chosen, not fitted. Unknown stands between a party and an aggregator.
WEIGHTS: Final = {1: 1.0, 2: 0.8, 3: 0.6, 4: 0.4}
UNKNOWN_WEIGHT: Final = 0.5
#: What is left of a source's weight where only others say what it reported.
HEARSAY: Final = 0.8


def sources(
    story: Story,
    records: Sequence[Record],
    articles: Mapping[str, Article],
    *,
    lexicon: Lexicon | None = None,
) -> tuple[Source, ...]:
    """The forest, depth first, trees and branches by time.

    An article whose words are not at hand is told by its title alone. An origin of the story none of whose records is at
    hand is one root without a name.
    """
    by_id = {record.id: record for record in records}
    ordered = sorted(records, key=lambda r: (r.order_at, r.id))
    links = {d.article_id: d for d in descents([_words(r, articles) for r in ordered], story.origins)}
    unseen = [ids[0] for ids in story.origins if ids and not any(id_ in by_id for id_ in ids)]
    below: dict[str | None, list[Descent]] = defaultdict(list)
    for link in (*links.values(), *(Descent(id_, None, "root") for id_ in unseen)):
        if link.parent and link.parent not in links and link.parent not in below:
            below[None].append(Descent(link.parent, None, "root"))
        below[link.parent].append(link)
    return tuple(_walk(None, 0, below, by_id, lexicon))


def _words(record: Record, articles: Mapping[str, Article]) -> Article:
    found = articles.get(record.id)
    return found or Article(
        record.id,
        record.title,
        "",
        url=record.url,
        publisher=record.publisher,
        published_at=record.published_at,
    )


def _walk(
    parent: str | None,
    depth: int,
    below: Mapping[str | None, Sequence[Descent]],
    by_id: Mapping[str, Record],
    lexicon: Lexicon | None,
) -> Iterator[Source]:
    """Depth first, without calling itself: a chain of credits may be as long as a story."""
    waiting = [(link, depth) for link in reversed(below.get(parent, ()))]
    while waiting:
        link, depth = waiting.pop()
        yield _source(link, depth, by_id.get(link.article_id), lexicon)
        waiting += [(child, depth + 1) for child in reversed(below.get(link.article_id, ()))]


def _source(link: Descent, depth: int, record: Record | None, lexicon: Lexicon | None) -> Source:
    if record is None:
        outlet = link.article_id.removeprefix(OUTLET) if link.article_id.startswith(OUTLET) else None
        tier = tier_of_outlet(outlet) if outlet else UNKNOWN
        publisher = clean(outlet_title(outlet)) if outlet else None
        return Source(
            link.article_id, None, "root", depth, outlet, publisher, None, None, tier.tier, tier.reason
        )
    tier = source_tier(record.publisher, record.url, lexicon)
    return Source(
        id=record.id,
        parent=link.parent,
        how=link.how,
        depth=depth,
        outlet=outlet_name(record.publisher, web_link(record.url)),
        publisher=clean(record.publisher) if record.publisher else None,
        url=web_link(record.url),
        at=record.order_at,
        tier=tier.tier,
        tier_reason=tier.reason,
    )


def source_tier(publisher: str | None, url: str | None, lexicon: Lexicon | None = None) -> Tier:
    """The tier by the list of outlets; a publisher that is a lab of the lexicon is a party to the matter."""
    found = tier_of(publisher, web_link(url))
    name = publisher.strip().casefold() if publisher and found.tier is None else ""
    if name and lexicon and name in _lab_names(ByDigest(lexicon)):
        return Tier(PARTY, "the company's own newsroom: party to the matter")
    return found


@lru_cache(maxsize=4)
def _lab_names(key: ByDigest) -> frozenset[str]:
    return frozenset(lab.name.casefold() for lab in key.lexicon.labs.values())


# ---------------------------------------------------------------- trees


def roots_of(forest: Sequence[Source]) -> dict[str, str]:
    """For every node the root of its tree."""
    found: dict[str, str] = {}
    for node in forest:
        found[node.id] = node.id if node.parent is None else found[node.parent]
    return found


def primary_source(forest: Sequence[Source]) -> Primary:
    """The root that most outlets go back to, the earliest of equals, with what its word counts for."""
    roots = roots_of(forest)
    told: dict[str, list[Source]] = defaultdict(list)
    for node in forest:
        if not node.id.startswith(OUTLET):
            told[roots[node.id]].append(node)
    order = [node for node in forest if node.parent is None]
    root = max(order, key=lambda node: len({n.outlet or n.id for n in told[node.id]}))
    return Primary(
        id=root.id,
        name=name_of(root),
        n_articles=len(told[root.id]),
        n_outlets=_n_others(root, told[root.id]),
        tier=root.tier,
        weight=source_weight(root),
        why=f"{_why(root, told[root.id], order)}; {root.tier_reason}",
    )


def _n_others(root: Source, told: Sequence[Source]) -> int:
    return len({node.outlet or node.id for node in told} - {root.outlet or root.id})


def _why(root: Source, told: Sequence[Source], order: Sequence[Source]) -> str:
    others = _n_others(root, told)
    if root.id.startswith(OUTLET):
        return f"credited by {others} outlet{'s' if others > 1 else ''}, its own article is not here"
    if others:
        return f"{others} other outlet{'s go' if others > 1 else ' goes'} back to it"
    return "the only source" if len(order) == 1 else f"the earliest of {len(order)} independent sources"


def name_of(source: Source) -> str:
    """What readers call a source: its publisher, else the outlet of its address."""
    return source.publisher or (clean(outlet_title(source.outlet)) if source.outlet else "unknown source")


def source_weight(root: Source) -> float:
    """What the word of a root counts for, in [0, 1]."""
    weight = WEIGHTS[root.tier] if root.tier else UNKNOWN_WEIGHT
    return round(weight * HEARSAY, 4) if root.id.startswith(OUTLET) else weight
