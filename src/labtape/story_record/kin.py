"""Other stories one might read: alike in words, about the same labs, in the same share series, the same kind of event before.

A story is compared by its sketch, which is made once from a few of its articles; so many candidates cost little.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.foreign import clean, web_link
from labtape.story.vectors import Vector, dot, names, rarest, total, unit, weigh, words
from labtape.story_record.leading import leading
from labtape.story_record.nouns import Related, Similar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from labtape.lexicon.entries import Lexicon
    from labtape.types import Article, Record, Story

#: Articles of a story that its sketch is made of, words of its vector, stories it is compared with, stories told.
SKETCHED: Final = 3
WORDS: Final = 60
COMPARED: Final = 2000
SHOWN: Final = 5
# What each likeness is worth, and how much of it a story must have to be told. Chosen by reading lists for stories of the
# pool: a lab, or a lab with another release, is no reason to read on; with words in common, or the same uncommon kind of
# event, it is.
TEXT, LABS, SERIES, EVENT = 0.5, 0.3, 0.4, 0.15
NEEDED: Final = 0.22
#: From this cosine on the words are a reason, and from this rarity on a kind of event of the same lab is.
ALIKE: Final = 0.12
UNCOMMON: Final = 0.4
#: Kinds of event that say nothing of what happened.
_NO_KIND: Final = frozenset(["other"])


@dataclass(frozen=True, slots=True)
class Sketch:
    """A story in brief: who it is about, what happened, which share series it adds to, its words."""

    story_id: str
    headline: str
    article_id: str
    url: str | None
    first_at: datetime
    labs: frozenset[str]
    events: frozenset[str]
    series: frozenset[str]
    vector: Vector
    article_ids: frozenset[str]
    is_in_scope: bool = True


def sketched(article_ids: Sequence[str]) -> tuple[str, ...]:
    """Which articles of a story its sketch is made of: the earliest ones."""
    return tuple(article_ids[:SKETCHED])


def sketch(story: Story, records: Sequence[Record], articles: Mapping[str, Article]) -> Sketch:
    """A story in brief, from some of its records; words that are not at hand are left to the titles.

    `labs` are subjects, `events` the surest kind of each article.
    """
    told = sorted(records, key=lambda r: (r.order_at, r.id))[:SKETCHED]
    lead = leading(told)
    vector = unit(total(_vector(record, articles.get(record.id)) for record in told))
    return Sketch(
        story_id=story.id,
        headline=clean(lead.title) or "(no headline)",
        article_id=lead.id,
        url=web_link(lead.canonical_url or lead.url),
        first_at=story.first_at,
        labs=frozenset(subject_labs(told)),
        events=frozenset(event for record in told if (event := main_event(record))),
        series=frozenset(share.comparability_key for record in told for share in record.shares),
        vector={word: vector[word] for word in rarest(vector, WORDS)},
        article_ids=frozenset(story.article_ids),
        is_in_scope=any(record.verdict.state != "out_of_scope" for record in told),
    )


def _vector(record: Record, article: Article | None) -> Vector:
    text = article.text if article else ""
    return weigh(words(record.title, text), names(text), seen={}, n_seen=0)


def subject_labs(records: Iterable[Record]) -> tuple[str, ...]:
    """The labs that articles are about, those of most articles first."""
    counts = Counter(
        lab
        for record in records
        for lab in sorted({m.lab for m in record.mentions if m.lab and m.role == "subject"})
    )
    return tuple(sorted(counts, key=lambda lab: (-counts[lab], lab)))


def main_event(record: Record) -> str | None:
    """The surest kind of event of an article, the earliest told of equals; None where none says what happened."""
    told = [event for event in record.events if event.type not in _NO_KIND]
    return max(told, key=lambda e: (e.p, -e.start)).type if told else None


# ---------------------------------------------------------------- choosing


def related(
    story: Story,
    own: Sketch,
    candidates: Sequence[Sketch],
    *,
    most: int = SHOWN,
    compared: int = COMPARED,
    lexicon: Lexicon | None = None,
) -> tuple[Related, ...]:
    """The stories most like one, best first; never itself, a part that was merged with it, or one that has its articles.

    A lab alone is no reason, nor a lab with a kind of event that many stories are of. Only the `compared` candidates nearest in time are looked at.
    """
    same = {story.id, *(c.other for c in story.history if c.kind in ("merged", "joined")), story.merged_into}
    others = [c for c in candidates if c.story_id not in same and not c.article_ids & own.article_ids]
    near = sorted(others, key=lambda c: (abs(c.first_at - own.first_at), c.story_id))[:compared]
    rarity = _rarity(near)
    made = (_related(own, other, rarity, lexicon) for other in near if other.is_in_scope)
    told = [one for one in made if one and one.score >= NEEDED]
    return tuple(sorted(told, key=lambda one: (-one.score, one.story_id))[:most])


def _rarity(sketches: Sequence[Sketch]) -> Mapping[str, float]:
    """How much a lab or a kind of event tells, in (0, 1]: less, the more of the stories have it."""
    counts = Counter(name for sketch in sketches for name in sketch.labs | sketch.events)
    n = len(sketches) + 1
    return {name: math.log(1 + n / count) / math.log(1 + n) for name, count in counts.items()}


def _related(
    own: Sketch, other: Sketch, rarity: Mapping[str, float], lexicon: Lexicon | None
) -> Related | None:
    cosine = dot(own.vector, other.vector)
    labs = own.labs & other.labs
    series = own.series & other.series
    events = own.events & other.events if labs or series else frozenset()
    of_events = max((rarity[event] for event in events), default=0.0)
    if cosine < ALIKE and not series and of_events < UNCOMMON:
        return None
    of_labs = sum(rarity[lab] for lab in labs) / (len(own.labs | other.labs) or 1)
    score = TEXT * cosine + LABS * of_labs + SERIES * bool(series) + EVENT * of_events
    is_earlier = other.first_at < own.first_at
    why = (
        ("same share series" if series else ""),
        (f"shared labs: {', '.join(_name(lab, lexicon) for lab in sorted(labs))}" if labs else ""),
        (f"{'earlier ' if is_earlier else ''}{_event(min(events), lexicon)}" if events else ""),
        ("similar text" if cosine >= ALIKE else ""),
    )
    return Related(
        story_id=other.story_id,
        headline=other.headline,
        article_id=other.article_id,
        url=other.url,
        first_at=other.first_at,
        score=round(min(score, 1.0), 4),
        why=tuple(words_ for words_ in why if words_),
    )


def similar(own: Sketch, candidates: Sequence[Sketch]) -> Similar | None:
    """The nearest story that began earlier, with a kind of event and a lab or a share series in common."""
    earlier = [
        other
        for other in candidates
        if other.first_at < own.first_at
        and other.story_id != own.story_id
        and not other.article_ids & own.article_ids
        and own.events & other.events
        and (own.labs & other.labs or own.series & other.series)
    ]
    if not earlier:
        return None
    other = max(earlier, key=lambda one: (one.first_at, one.story_id))
    days = (own.first_at - other.first_at).total_seconds() / 86400
    return Similar(other.story_id, other.headline, round(days, 2))


def _name(lab: str, lexicon: Lexicon | None) -> str:
    known = lexicon.lab_of(lab) if lexicon else None
    return clean(known.name if known else lab.partition(":")[2] or lab)


def _event(event: str, lexicon: Lexicon | None) -> str:
    known = lexicon.event_types.get(event) if lexicon else None
    title = known.title if known else event.replace("_", " ")
    return f"event of the kind “{title}”"
