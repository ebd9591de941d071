"""What labtape says about one story: who really reported it, what is agreed, where it stands, what to read beside it.

    Story + Record… + Article… ─┬─ leading      which article leads, and why
                                ├─ sources      who has it from whom (story.origins.descents), tiers, the primary source
                                ├─ course       articles per time, phase
                                ├─ extracts     summary and quotations, in the articles' own words
                                ├─ figures      agreed, disputed, single (the ledger decides)
                                ├─ verdicts     one vote per origin
                                ├─ scores       importance and credibility, in parts that add up
                                ├─ changes      since a time
                                └─ kin          related and similar stories, by sketches
                                     └── story_record ─▸ StoryRecord ─▸ report: terminal, JSON, the digest's items

Design notes (docs/story_record.md has every rule and constant)

- Pure functions over values: the desk finds the records, words and other stories, and hands them in.
- Whatever counts sources counts trees, not articles: a wire copied forty times has one vote, one origin, one figure.
- Nothing is written here but what joins: sentences and quotations are spans of articles.
- Scores are sums, so that each part can be shown beside its most. Fitting them would need readers' choices, which we lack.
"""

from labtape.story_record.core import story_from_dict, story_record, story_to_dict
from labtape.story_record.kin import Sketch, related, similar, sketch, sketched
from labtape.story_record.nouns import (
    STORY_SCHEMA,
    Changes,
    Figure,
    Related,
    Score,
    Source,
    StoryRecord,
    StoryVerdict,
)

__all__ = [
    "STORY_SCHEMA",
    "Changes",
    "Figure",
    "Related",
    "Score",
    "Sketch",
    "Source",
    "StoryRecord",
    "StoryVerdict",
    "related",
    "similar",
    "sketch",
    "sketched",
    "story_from_dict",
    "story_record",
    "story_to_dict",
]
