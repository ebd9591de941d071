"""Who really reported it: copies and "according to X" collapse to one origin.

An article belongs to an origin by, in this order: its text is a copy of one there; it credits an outlet which is there
(or which an earlier article credited); its own publisher is there. Otherwise it founds one.

`descents` draws each origin as a tree: which article has it from which, down to who had it first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from labtape.story.copies import COPY, first_copy, overlap, signature
from labtape.story.outlets import outlet_names, outlet_of_host
from labtape.story.slots import shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from labtape.story.copies import Signature
    from labtape.types import Article

#: Where a credit stands: the first sentences, or in brackets at the very end of a short item.
_LEAD = 700
_TAIL = 60
#: Origins of a story whose texts are compared, the latest ones.
_COMPARED = 40
#: Signatures kept for one origin: the first copy and the latest ones.
_SIGNATURES = 4


@dataclass(slots=True)
class Origin:
    """One independent source within a story: its articles, the outlets it goes by, some of its texts."""

    article_ids: list[str] = field(default_factory=list)
    outlets: set[str] = field(default_factory=set)
    signatures: list[Signature] = field(default_factory=list)

    def take(self, article_ids: Sequence[str], outlets: AbstractSet[str], texts: Sequence[Signature]) -> None:
        """Add articles that belong here."""
        self.article_ids.extend(article_ids)
        self.outlets |= outlets
        for text in texts:
            if len(self.signatures) < _SIGNATURES:
                self.signatures.append(text)
            else:
                self.signatures[-1] = text


class Origins:
    """The origins of a story, in the order in which they were met."""

    __slots__ = ("_by_outlet", "_made")

    def __init__(self) -> None:
        self._made: list[Origin] = []
        self._by_outlet: dict[str, int] = {}  # the place of the first that goes by an outlet

    def __len__(self) -> int:
        return len(self._made)

    def __iter__(self) -> Iterator[Origin]:
        return iter(self._made)

    def latest(self, n: int) -> Sequence[Origin]:
        """The last ones that were founded."""
        return self._made[-n:]

    def count(self, article_id: str, outlet: str | None, credits: frozenset[str], text: Signature) -> None:
        """Count an article to its origin; it founds one where it is a source of its own."""
        own = frozenset((outlet,)) if outlet else frozenset[str]()
        self._take((article_id,), credits or own, credits | own, (text,))

    def join(self, others: Origins) -> None:
        """Count the articles of another story, each origin of it as one."""
        for other in others:
            self._take(other.article_ids, other.outlets, other.outlets, other.signatures)

    def _take(
        self,
        article_ids: Sequence[str],
        known_by: AbstractSet[str],
        outlets: AbstractSet[str],
        texts: Sequence[Signature],
    ) -> None:
        place = self._copied(texts)
        if place is None:
            place = min((self._by_outlet[name] for name in known_by if name in self._by_outlet), default=None)
        if place is None:
            place = len(self._made)
            self._made.append(Origin())
            if place >= _COMPARED:  # nothing is compared with that one any more
                self._made[place - _COMPARED].signatures.clear()
        is_compared = place >= len(self._made) - _COMPARED
        self._made[place].take(article_ids, outlets, texts if is_compared else ())
        for name in outlets:
            self._by_outlet[name] = min(place, self._by_outlet.get(name, place))

    def _copied(self, texts: Sequence[Signature]) -> int | None:
        """The place of the origin whose text the first of these that is a copy is one of."""
        first = max(0, len(self._made) - _COMPARED)
        kept = [(n, text) for n, origin in enumerate(self._made[first:], first) for text in origin.signatures]
        others = [text for _, text in kept]
        copied = next((found for text in texts if (found := first_copy(text, others)) is not None), None)
        return None if copied is None else kept[copied][0]


@cache
def _credit(*, is_ascii: bool) -> re.Pattern[str]:
    """How a text in lower case credits an outlet. In ASCII there are no Chinese names, whose search takes a third of the time."""
    names = sorted(outlet_names(), key=len, reverse=True)
    latin = _any_of([n for n in names if n.isascii() or "’" in n])
    han = _any_of([n for n in names if not (n.isascii() or "’" in n)])
    name = rf"(?:the )?(?P<{{}}>{latin})(?![a-z])"
    before = (
        r"(?:according to|as reported by|reported by|first reported (?:by|in)|cit(?:ing|ed by)|per|told|via|"
        r"in an interview with|seen by|reviewed by|obtained by|report (?:by|from|in)|reports? from|reporting by)"
        r"(?: (?:an?|new|recent|exclusive|earlier|report|story|article|scoop|by|from|in|sources?|of|people|who|spoke|to))* "
    )
    after = (
        r"(?:['’]s?)? (?:(?:has|had|have|first|also|exclusively|earlier|previously|now|is) )*"
        r"(?:report(?:s|ed|ing)|says|said|wrote|writes|revealed|reveals|cited|learned|noted)\b"
    )
    words = rf"\b{before}{name.format('a')}|\b{name.format('b')}{after}"
    if is_ascii:
        return re.compile(rf"{words}|\((?P<c>{latin})\)")
    return re.compile(
        rf"{words}|据(?:外媒|英国|美国|日本|韩国|媒体|《|“)?(?P<c>{han})"
        rf"|(?P<d>{han})》?(?:”)?(?:\d+日|今日|周.|昨日)?(?:独家)?(?:报道|消息|获悉|援引|称)"
        rf"|[（(](?:来源[:：])?(?P<e>{han}|{latin})[）)]"
    )


def _any_of(names: Sequence[str]) -> str:
    """An expression for any of these names, the first that fits: by first letters, so that most are not tried one by one."""
    rests: dict[str, list[str]] = {}
    for name in names:
        rests.setdefault(name[0], []).append(re.escape(name[1:]))
    first = "".join(map(re.escape, rests))
    grouped = (f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in rests.items())
    return f"(?=[{first}])(?:{'|'.join(grouped)})"


def find_credits(article: Article) -> frozenset[str]:
    """The ids of the outlets that an article names as its source, in the lead or in brackets at its end.

    >>> from labtape.types import Article
    >>> sorted(find_credits(Article("a", "Lab raises money", "The round, first reported by the Financial Times, is large.")))
    ['ft']
    >>> sorted(find_credits(Article("a", "某公司融资", "某公司完成融资。（财联社）")))
    ['cls']
    """
    full = article.full.lower()
    parts = full[:_LEAD] if len(full) <= _LEAD + _TAIL else f"{full[:_LEAD]}\n{full[-_TAIL:]}"
    own = outlet_of(article)
    found = {
        outlet_names()[next(name for name in m.groups() if name)]
        for m in _credit(is_ascii=parts.isascii()).finditer(parts)
    }
    return shared(frozenset(found - {own}))


def outlet_of(article: Article) -> str | None:
    """Who published it: an outlet's id, else the publisher's name, else the host of its address."""
    return outlet_name(article.publisher, article.url)


def outlet_name(publisher: str | None, url: str | None) -> str | None:
    """An outlet's id, else the publisher's name in lower case, else the outlet or host of the address; None for neither.

    >>> outlet_name(None, "https://www.ft.com/1")
    'ft'
    >>> outlet_name("The Financial Times", None), outlet_name("Router Weekly", None)
    ('ft', 'router weekly')
    >>> outlet_name(None, "https://www.news.example/1")
    'news.example'
    """
    if publisher:
        name = publisher.strip().lower()
        return known_outlet(name) or name
    host = urlsplit(url).hostname if url else None
    return outlet_of_host(url) or (host.removeprefix("www.") if host else None)


def known_outlet(name: str) -> str | None:
    """The id of the outlet that goes by this name in lower case; None for an unknown one."""
    return outlet_names().get(name) or outlet_names().get(name.removeprefix("the "))


# ---------------------------------------------------------------- who has it from whom

How = Literal["root", "copy", "credit", "same_outlet", "rewrite"]
#: What stands before the id of an outlet that is credited and has no article in the story.
OUTLET: Final = "outlet:"


@dataclass(frozen=True, slots=True)
class Descent:
    """From whom an article has what it tells: another article, an outlet (`outlet:reuters`), or nobody.

    `root`: from nobody; `copy`: its text is one; `credit`: it names who had it; `same_outlet`: a later one of the same house;
    `rewrite`: the story counts it to that source for another reason.
    """

    article_id: str
    parent: str | None
    how: How


@dataclass(frozen=True, slots=True)
class _Leaf:
    article: Article
    group: int
    outlet: str | None
    credits: frozenset[str]
    text: Signature


def descents(articles: Sequence[Article], origins: Sequence[Sequence[str]] = ()) -> tuple[Descent, ...]:
    """For each article, oldest first as given, from whom it has it; the answer is a forest, without rings.

    `origins` are those of the story (ids); without them they are found from the articles. An article whose credit leads to
    an article of another origin has it from there, so that "A cites B, which cites C" is one tree.

    >>> from labtape.types import Article
    >>> c = Article("c", "Lab raises money", "The round is large, people who know of it said.", publisher="Financial Times")
    >>> b = Article("b", "A large round", "The lab found new investors, the Financial Times reported.", publisher="Axios")
    >>> a = Article("a", "More money", "Somebody pays for chips again, according to Axios.", publisher="Router Weekly")
    >>> [(d.article_id, d.parent, d.how) for d in descents((c, b, a))]
    [('c', None, 'root'), ('b', 'c', 'credit'), ('a', 'b', 'credit')]
    """
    if len(articles) == 1:
        return (_alone(articles[0]),)
    groups = {id_: n for n, ids in enumerate(origins or origins_of(articles)) for id_ in ids}
    leaves = [
        _Leaf(a, groups.get(a.id, -1 - n), outlet_of(a), find_credits(a), signature(a))
        for n, a in enumerate(articles)
    ]
    by_outlet: dict[str, _Leaf] = {}
    for leaf in reversed(leaves):
        if leaf.outlet:
            by_outlet[leaf.outlet] = leaf
    found: dict[str, Descent] = {}
    earlier: dict[int, list[_Leaf]] = {}
    for leaf in leaves:
        family = earlier.setdefault(leaf.group, [])
        options = _options(leaf, family, by_outlet, leaves)
        found[leaf.article.id] = next(o for o in options if not _is_ring(o, found))
        family.append(leaf)
    return tuple(_with_one_root(leaves, found))


def _alone(article: Article) -> Descent:
    """From whom the only article of a story has it: nothing is compared, so copies need not be known."""
    credited = sorted(find_credits(article))
    return (
        Descent(article.id, OUTLET + credited[0], "credit") if credited else Descent(article.id, None, "root")
    )


def origins_of(articles: Sequence[Article]) -> tuple[tuple[str, ...], ...]:
    """The articles of one story, oldest first as given, by who really reported them, as the story room counts it."""
    made = Origins()
    for article in articles:
        made.count(article.id, outlet_of(article), find_credits(article), signature(article))
    return tuple(tuple(origin.article_ids) for origin in made)


def _options(
    leaf: _Leaf, family: Sequence[_Leaf], by_outlet: Mapping[str, _Leaf], leaves: Sequence[_Leaf]
) -> Iterator[Descent]:
    """From whom an article may have it, the best reason first; the last one always holds."""
    id_ = leaf.article.id
    here = [by_outlet[name] for name in sorted(leaf.credits) if name in by_outlet]
    for source in sorted(here, key=lambda s: s.group != leaf.group):
        is_copy = overlap(leaf.text, source.text) >= COPY
        yield Descent(id_, source.article.id, "copy" if is_copy else "credit")
    copied = next((other for other in family if overlap(leaf.text, other.text) >= COPY), None)
    if copied:
        yield Descent(id_, copied.article.id, "copy")
    elsewhere = sorted(leaf.credits - by_outlet.keys(), key=lambda name: (-_n_crediting(name, leaves), name))
    if elsewhere:
        yield Descent(id_, OUTLET + elsewhere[0], "credit")
    same = next((other for other in family if leaf.outlet and other.outlet == leaf.outlet), None)
    if same:
        yield Descent(id_, same.article.id, "same_outlet")
    yield Descent(id_, None, "root")


def _n_crediting(name: str, leaves: Sequence[_Leaf]) -> int:
    return sum(name in leaf.credits for leaf in leaves)


def _is_ring(new: Descent, found: Mapping[str, Descent]) -> bool:
    """Whether a new link would lead an article back to itself."""
    at = new.parent
    while at is not None:
        if at == new.article_id:
            return True
        at = found[at].parent if at in found else None
    return False


def _with_one_root(leaves: Sequence[_Leaf], found: Mapping[str, Descent]) -> Iterator[Descent]:
    """The links, where all of an origin goes back to one: what does not is a rewrite of what its first article goes back to."""
    links = dict(found)
    group_of = {leaf.article.id: leaf.group for leaf in leaves}
    tops: dict[int, str] = {}
    for leaf in leaves:
        head, top = _head(leaf.article.id, links)
        first = tops.setdefault(leaf.group, top)
        if top != first and group_of[head] == leaf.group:
            joined = Descent(head, first, "rewrite")
            if not _is_ring(joined, links):
                links[head] = joined
    yield from (links[leaf.article.id] for leaf in leaves)


def _head(article_id: str, links: Mapping[str, Descent]) -> tuple[str, str]:
    """The last article on the way back, and what it all goes back to: that article itself, or an outlet."""
    at = article_id
    while (parent := links[at].parent) is not None:
        if parent not in links:
            return at, parent
        at = parent
    return at, at
