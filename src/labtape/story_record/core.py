"""Joins the parts: from a story, its records and its articles to the story's own record."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from labtape.exceptions import ReadError
from labtape.foreign import clean
from labtape.plain import Json, from_plain, to_plain
from labtape.story_record.changes import changes
from labtape.story_record.course import counts, origin_times, phase
from labtape.story_record.extracts import quotes, summary
from labtape.story_record.figures import story_figures, story_rows
from labtape.story_record.kin import Sketch, main_event, related, similar, sketch, subject_labs
from labtape.story_record.leading import lead_of, leading
from labtape.story_record.nouns import STORY_SCHEMA, StoryRecord
from labtape.story_record.scores import credibility, importance
from labtape.story_record.sources import primary_source, sources
from labtape.story_record.verdicts import story_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from labtape.ledger import ShareRow
    from labtape.lexicon.entries import Lexicon
    from labtape.story_record.nouns import Source
    from labtape.types import Article, Record, Story


def story_record(
    story: Story,
    records: Sequence[Record],
    articles: Mapping[str, Article],
    *,
    now: datetime,
    lexicon: Lexicon,
    others: Sequence[Sketch] = (),
    since: datetime | None = None,
    forest: Sequence[Source] | None = None,
    rows: Sequence[ShareRow] | None = None,
) -> StoryRecord:
    """Everything known about one story at `now`.

    `records` are those of its articles that are at hand, one or more; `articles` their words as scored, by id: what lacks them
    is told by its title, and nothing is quoted from it but what its record quotes. `others` are sketches of stories to
    look among for related and similar ones, its own may be among them; with `since` it says what came after that time.
    Who has `sources` and `story_rows` of the same values already hands them in as `forest` and `rows`.
    Raises `ReadError` where there is no record at all.
    """
    if not records:
        raise ReadError(f"story '{story.id}': none of its articles has a record")
    told = tuple(sorted(records, key=lambda r: (r.order_at, r.id)))
    lead = leading(told)
    forest = tuple(forest or sources(story, told, articles, lexicon=lexicon))
    n_origins = sum(node.parent is None for node in forest)
    primary = primary_source(forest)
    figures = story_figures(story_rows(story, told, articles, lexicon=lexicon) if rows is None else rows)
    verdict = story_verdict(told, forest, lexicon=lexicon)
    own = next((one for one in others if one.story_id == story.id), None) or sketch(story, told, articles)
    earlier = similar(own, others)
    return StoryRecord(
        id=story.id,
        made_at=now,
        first_at=story.first_at,
        last_at=story.last_at,
        headline=clean(lead.title) or "(no headline)",
        lead=lead_of(told),
        article_ids=story.article_ids or tuple(record.id for record in told),
        labs=subject_labs(told),
        events=_events(told),
        counts=counts([record.order_at for record in told], now),
        n_origins=n_origins,
        origins=forest,
        primary=primary,
        phase=phase(story.first_at, story.last_at, origin_times(forest), now),
        days_since_similar=earlier.days if earlier else None,
        similar=earlier,
        importance=importance(lead, verdict, n_origins),
        credibility=credibility(forest, primary, figures),
        summary=summary(lead, told, articles, forest),
        quotes=quotes(told, lead, forest),
        figures=figures,
        verdict=verdict,
        changes=None
        if since is None
        else changes(story, told, forest, figures, verdict, since=since, lexicon=lexicon),
        related=related(story, own, others, lexicon=lexicon),
    )


def _events(records: Iterable[Record]) -> tuple[str, ...]:
    """The kinds of event, those of most articles first; each article counts by its surest."""
    records = tuple(records)
    types = Counter(event for record in records if (event := main_event(record)))
    return tuple(sorted(types, key=lambda event: (-types[event], event)))


def story_to_dict(record: StoryRecord) -> Json:
    """The record of a story as a JSON object: `schema` first."""
    plain: Json = to_plain(record)
    return plain


def story_from_dict(plain: object) -> StoryRecord:
    """The record of a story that a JSON object stands for. Fields of a later engine are passed over.

    Raises `ReadError` with the path of the field that is wrong, or when it is of another schema.
    """
    if isinstance(plain, dict) and plain.get("schema") != STORY_SCHEMA:
        raise ReadError(f"$.schema: expected {STORY_SCHEMA!r}, got {plain.get('schema')!r}")
    return from_plain(StoryRecord, plain)
