"""A story's record as its page shows it: the forest of sources as nodes, figures by how they stand, words with who says them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.foreign import bare_quote, clean
from labtape.report.stories import (
    age_words,
    change_lines,
    source_words,
    sources_words,
    votes_words,
)
from labtape.report.wording import counted, moment, name_of, state_words
from labtape.story_record.sources import name_of as source_name
from labtape.web.pages.tape_views import event_title

if TYPE_CHECKING:
    from labtape.lexicon import Lexicon
    from labtape.story_record import Figure, Source, StoryRecord
    from labtape.story_record.nouns import Counts, Extract

NODES = 60  # of the forest that are shown; the record has all
_STATES = ("disputed", "agreed", "single")


@dataclass(frozen=True, slots=True)
class Node:
    """One source with those that have it from there. `article_id` is None for an outlet that is only credited."""

    name: str
    article_id: str | None
    url: str | None
    at: str
    words: str
    below: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Words of an article, and whose they are."""

    text: str
    by: str
    article_id: str
    url: str | None
    n_origins: int


@dataclass(frozen=True, slots=True)
class StoryView:
    """What the page shows beside the record itself."""

    target: str
    state: str
    time: str
    counts: str
    sources: str
    votes: str
    similar_after: str
    phase_why: str
    lead_name: str
    labs: tuple[tuple[str, str], ...]
    events: tuple[str, ...]
    forest: tuple[Node, ...]
    n_sources_left_out: int
    figures: tuple[tuple[str, tuple[Figure, ...]], ...]
    summary: tuple[Told, ...]
    quotes: tuple[Told, ...]
    changes: tuple[str, ...]


def story_view(record: StoryRecord, lexicon: Lexicon) -> StoryView:
    """A story's record in the words of its page."""
    by_id = {source.id: source for source in record.origins}
    first, last = moment(record.first_at), moment(record.last_at)
    figures = ((state, tuple(f for f in record.figures if f.state == state)) for state in _STATES)
    verdict = record.verdict
    return StoryView(
        target=clean(name_of(verdict.target, lexicon)),
        state=state_words(verdict.state, verdict.label),
        time=first if first == last else f"{first} to {last}",
        counts=lately(record.counts),
        sources=sources_words(record),
        votes=votes_words(record) or "",
        similar_after=age_words(record.similar.days) if record.similar else "",
        phase_why=clean(record.phase.why[:1].upper() + record.phase.why[1:]),
        lead_name=source_name(by_id[record.lead.article_id]),
        labs=tuple((entity, clean(name_of(entity, lexicon))) for entity in record.labs),
        events=tuple(event_title(type_, lexicon) for type_ in record.events if type_ != "other"),
        forest=forest(record.origins[:NODES]),
        n_sources_left_out=max(0, len(record.origins) - NODES),
        figures=tuple((state, found) for state, found in figures if found),
        summary=tuple(_told(clean(e.text), e, by_id[e.article_id]) for e in record.summary),
        quotes=tuple(_told(bare_quote(e.text), e, by_id[e.article_id]) for e in record.quotes),
        changes=tuple(change_lines(record.changes)) if record.changes else (),
    )


def lately(counts: Counts) -> str:
    """How many articles came in the last days; spans that add none to a shorter one are left out; empty where none came in 7 days.

    >>> from labtape.story_record.nouns import Counts
    >>> lately(Counts(0, 2, 2, 5, 5, 6)), lately(Counts(0, 0, 0, 0, 0, 1))
    ('Of its 6 articles 2 came in the last 24 h, 5 in 5 days', '')
    """
    spans = (
        ("12 h", counts.h12),
        ("24 h", counts.h24),
        ("3 days", counts.h72),
        ("5 days", counts.h120),
        ("7 days", counts.h168),
    )
    shown = [
        (span, n) for (span, n), (_, before) in zip(spans, (("", 0), *spans), strict=False) if n > before
    ]
    if not shown:
        return ""
    (span, n), *rest = shown
    more = "".join(f", {n} in {span}" for span, n in rest)
    return f"Of its {counted(counts.all, 'article')} {n} came in the last {span}{more}"


def _told(text: str, extract: Extract, source: Source) -> Told:
    return Told(text, source_name(source), extract.article_id, source.url, extract.n_origins)


def forest(sources: Sequence[Source]) -> tuple[Node, ...]:
    """Sources as they stand, depth first, as trees; who has it from whom is below that."""
    below: dict[str | None, list[Source]] = {}
    known = {source.id for source in sources}
    for source in sources:
        below.setdefault(source.parent if source.parent in known else None, []).append(source)
    return tuple(_node(source, below) for source in below.get(None, ()))


def _node(source: Source, below: dict[str | None, list[Source]]) -> Node:
    is_outlet = source.id.startswith("outlet:")
    return Node(
        name=source_name(source),
        article_id=None if is_outlet else source.id,
        url=source.url,
        at=moment(source.at) if source.at else "",
        words=source_words(source),
        below=tuple(_node(child, below) for child in below.get(source.id, ())),
    )
