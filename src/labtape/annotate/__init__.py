"""Everything that can be read off an article without a model: names, shares, events, states, a summary.

    Article ─ annotate ─► Annotated
      sentences, quotations      text/
      mentions, unlinked         mentions ─ vocabulary ─ linking ─ roles
      shares, percentages        shares ─ percentages ─ attribution ─ comparability
      events                     events
      geopolitics                geopolitics
      summary                    summary

`annotate(article, lexicon)` does one article, `annotate_many(articles, lexicon)` a stream, one at a time.
Every finding has its place in the text and the name of the rule that made it. docs/annotate.md has the how-to
and the measures; these are the reasons:

- **Finding names: a dictionary by first word, not a phrase matcher.** spaCy's blank pipeline with PhraseMatcher
  (lower case for safe names, exact for ambiguous ones, a CJK character class in the tokenizer) was the plan. One
  expression with a trie of all spellings needed no tokens and no import, but slowed down as names were added
  (2,600 names: 110,000 words a second). Taking the text word by word and looking the word up as the first of a
  name does not depend on how many names there are, and any case, hyphen or space is settled when a first word
  hits. Names in scripts without spaces are found by a trie over characters. So no finder needs spaCy; `spacy.py` offers them
  to those who have a pipeline (docs/spacy.md), and `displacy.py` draws marked texts.
- **Versions are grammar, not entries.** The lexicon's patterns find the families' versions; a name that is known
  grows by a version, tier or size nobody has seen ("Kimi K4", "GPT-7 mini"), unless the number counts something.
- **Linking is a list of rules in order** (linking.py), not a score: each link says which rule made it, each
  refusal why. A common word is never linked for want of anything else. Two passes: what the first one links
  makes its maker known to the second.
- **Maker and product are two names** ("Google Gemini"), as in "Google's Gemini".
- **States are mentions** (`country:CN`), because share holders and actors are often states; they have no lab.
- **A person of several companies** is named without a lab where the text does not say which.
"""

from __future__ import annotations

from labtape.annotate.core import annotate, annotate_many

__all__ = ["annotate", "annotate_many"]
