"""Everything that can be read off an article without a model: names, shares, events, states, a summary.

    Article ─ annotate ─► Annotated
      sentences, quotations      text/
      mentions, unlinked         mentions ─ vocabulary ─ linking (rules, score) ─ short forms ─ roles
      shares, percentages        shares ─ percentages ─ attribution ─ comparability
      volumes                    volumes ─ ranks; claim_checks over shares and volumes
      events                     events
      geopolitics                geopolitics
      summary                    summary

`annotate(article, lexicon)` does one article, `annotate_many(articles, lexicon)` a stream, one at a time.
Every finding has its place in the text and the name of the rule that made it. docs/annotate.md has the how-to
and the measures; these are the reasons:

- **Finding names: one automaton over the text, not a phrase matcher.** spaCy's blank pipeline with PhraseMatcher was the plan; its
  tokenising alone is several times slower than everything here (benchmarks/annotate.py has it side by side). One
  expression with a trie of all spellings slowed down as names were added. An Aho-Corasick automaton over the keys (small letters, hyphens as spaces,
  traditional characters as simplified ones) takes 0.03 ms an article however many names there are, and so do the cues of
  events and states, found by what their expressions can begin with (patterns.py). No finder needs spaCy; `spacy.py` offers them
  to those who have a pipeline (docs/spacy.md), and `displacy.py` draws marked texts.
- **Versions are grammar, not entries.** The lexicon's patterns find the families' versions; a name that is known
  grows by a version, tier or size nobody has seen ("Kimi K4", "GPT-7 mini"), unless the number counts something.
- **Linking is rules in order, then a score.** Each link says which rule made it, each refusal why. Rules alone are right on articles
  (.99) and helpless on a headline or a paragraph without a maker's name; a score alone links too much in articles. So the score is asked where
  rules leave a name open or decide by little, must be sure (0.8) to link, and reads the text with the name masked, so that it holds for names nobody has seen.
  Tried and left, with code that was not kept: 25,000 unlabelled places as weak labels (worse by .03 to .05), static vectors of MiniLM or of our own texts (no gain), a veto of
  strong rules (drops as many right ones).
- **Maker and product are two names** ("Google Gemini"), as in "Google's Gemini".
- **States are mentions** (`country:CN`), because share holders and actors are often states; they have no lab.
- **A person of several companies** is named without a lab where the text does not say which.
"""

from __future__ import annotations

from labtape.annotate.core import annotate, annotate_many

__all__ = ["annotate", "annotate_many"]
