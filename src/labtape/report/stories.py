"""The record of a story as JSON, and in the words that every dress shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from labtape.foreign import clean
from labtape.lexicon.entries import Lexicon
from labtape.report.record import dumps
from labtape.report.wording import counted, name_of, percent
from labtape.story.origins import OUTLET
from labtape.story_record import Changes, Source, StoryRecord, story_to_dict

_HOW: Final = {
    "root": "",
    "copy": "a copy",
    "credit": "credits it",
    "same_outlet": "same outlet, later",
    "rewrite": "counted to it",
}


def story_record_json(record: StoryRecord) -> str:
    """The record of a story on one line: compact, the same bytes for the same record."""
    return dumps(story_to_dict(record))


def sources_words(record: StoryRecord) -> str:
    """`2 independent sources, primarily Reuters`; `first` where nobody else goes back to it."""
    told = counted(record.n_origins, "independent source")
    if record.primary.name == "unknown source":
        return told
    rank = "primarily" if record.primary.n_outlets else "first"
    return f"{told}, {rank} {clean(record.primary.name)}"


def source_words(source: Source) -> str:
    """`a copy · tier 2: specialised …`, what stands beside a source's name in the tree."""
    how = "not here, only credited" if source.id.startswith(OUTLET) else _HOW[source.how]
    tier = f"tier {source.tier}: {source.tier_reason}" if source.tier else ""
    return " · ".join(part for part in (how, tier) if part)


def counts_words(record: StoryRecord) -> str:
    """`12 h 1 · 24 h 3 · 3 d 5 · 5 d 5 · 7 d 5`."""
    c = record.counts
    shown = (("12 h", c.h12), ("24 h", c.h24), ("3 d", c.h72), ("5 d", c.h120), ("7 d", c.h168))
    return " · ".join(f"{name} {n}" for name, n in shown)


def names_of(entities: Sequence[str], lexicon: Lexicon | None) -> str:
    return ", ".join(clean(name_of(entity, lexicon)) for entity in entities)


def votes_words(record: StoryRecord) -> str:
    """What the verdict rests on, in a few words; empty where there is one source."""
    verdict = record.verdict
    if record.n_origins < 2:
        return ""
    told = f"{counted(len(verdict.votes), 'vote')} of {counted(record.n_origins, 'source')}"
    split = ", which point both ways" if verdict.is_split else ""
    return f"{told}{split}, scores {verdict.spread:.2f} apart at most" if len(verdict.votes) > 1 else told


def change_lines(changes: Changes) -> tuple[str, ...]:
    """What came since, a line each."""
    if changes.is_new:
        return ("the whole story is new",)
    moved = changes.moved
    lines = [
        counted(n, one)
        for n, one in (
            (len(changes.article_ids), "new article"),
            (len(changes.origins), "new independent source"),
            (len(changes.figures), "new share figure"),
        )
        if n
    ]
    if moved:
        lines.append(
            f"the verdict moved from {moved.from_label} ({moved.from_score:+.2f}) to {moved.to_label} ({moved.to_score:+.2f})"
        )
    return (*lines, *changes.merges) or ("nothing",)


def similar_words(record: StoryRecord) -> str | None:
    """`4 days after “…” (s0123…)`; None where there is none."""
    other = record.similar
    if other is None:
        return None
    return f"{age_words(other.days)} after “{other.headline}” ({other.story_id})"


def age_words(days: float) -> str:
    """A span in days or, if short, in hours: `4 days`, `7 h`."""
    return f"{days:.0f} days" if days >= 1.5 else f"{days * 24:.0f} h"


def score_words(record: StoryRecord) -> str:
    """`importance 41% · credibility 70%`."""
    return f"importance {percent(record.importance.value)} · credibility {percent(record.credibility.value)}"
