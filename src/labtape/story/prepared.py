"""What the grouper needs to know of an article and no other article tells: it can be made beforehand, in any process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labtape.story.copies import signature_of
from labtape.story.furniture import head_of
from labtape.story.origins import find_credits, outlet_of
from labtape.story.slots import find_slots
from labtape.story.vectors import names, words

if TYPE_CHECKING:
    from labtape.story.copies import Signature
    from labtape.story.furniture import Head
    from labtape.story.slots import Slots
    from labtape.types import Annotated


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Title and text as they are compared: how often each word stands there, which are names, and the MinHash."""

    counts: dict[str, int]
    names: frozenset[str]
    signature: Signature


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One article. `head` is what is read of its text; `reading` what is found there if nothing of it is furniture, None if not read yet."""

    head: Head
    reading: Reading | None
    slots: Slots
    outlet: str | None
    credits: frozenset[str]


def prepare(annotated: Annotated) -> Prepared:
    """Read an article for `Grouper.add`: a third of its work, for any process; what is given can be pickled.

    >>> from labtape.types import Annotated, Article
    >>> prepare(Annotated(Article("a", "Lab raises $2 billion", "", publisher="Reuters"), "en")).outlet
    'reuters'
    """
    begun = begin(annotated)
    return replace(begun, reading=read(annotated.article.title, begun.head.text))


def begin(annotated: Annotated) -> Prepared:
    """The same without reading, for whoever knows what is furniture: that need not be read."""
    article = annotated.article
    return Prepared(
        head=head_of(article.title, article.text),
        reading=None,
        slots=find_slots(annotated),
        outlet=outlet_of(article),
        credits=find_credits(article),
    )


def read(title: str, text: str) -> Reading:
    """Title and text, or what is left of it, as they are compared."""
    return Reading(dict(words(title, text)), names(text), signature_of(title, text))
