"""Everything that can be read off an article without a model: names, shares, events, states, a summary.

    Article ─ annotate ─► Annotated
                           sentences, mentions and unlinked, shares and percentages,
                           events, geopolitics, quotations, summary

`annotate(article, lexicon)` does one article, `annotate_many(articles, lexicon)` a stream.
"""

from __future__ import annotations

from labtape.annotate.core import annotate, annotate_many

__all__ = ["annotate", "annotate_many"]
