"""What labtape knows without reading news: labs, models, names, assets, dated events, relations, kinds of events.

    data/
      labs/<id>.toml          an organisation: names, people, listings, model families, examples
      events/<type>.toml      a kind of event: expressions that give it away, examples
      labelsets/<id>.toml     the labels a verdict may take
      markets.toml            markets a reader may watch
      never.toml              groups and look-alikes that are never linked
      countries.toml          words that stand for a state
      assets.csv  exchanges.csv  dated_events.csv  shares.csv  feeds.csv  relations.csv

`lexicon()` is the shipped one; `load_lexicon(folder)` adds a user's folder of the same layout, in which a lab,
asset, event type, label set, market, feed or country word of the same id takes the shipped one's place;
`check(folder)` lists everything that is wrong with it. `load_with_content` gives what a lexicon was made of as well, which
can be kept (`Content.packed`) and made into the same lexicon again (`from_content`). Nothing outside this package is read or fetched.

How a name is judged is said where it is written. `names` and `products` of a file mean nothing else and may
be matched in any case. An `[[ambiguous]]` name says how often it is something else (`low`: seldom, in news;
`high`: it is a common word, a given name or another firm too) and which words near it speak for and against
it; it is matched as spelled. The room says what names may mean; `annotate` decides what they do mean.

Design notes
- One file for a lab, because that is what changes together, and what a user adds. Tables where a row has no
  parts: CSV, which a spreadsheet opens.
- Every lab carries sentences in which its names are found, and, where a name is ambiguous, sentences in which
  it means something else. Tests walk all of them, so that a row cannot be wrong silently.
- A subsidiary seldom has listings of its own: `Lexicon.listings_of` gives the nearest owner's. Owners hold from a date
  to a date (xAI in SpaceX, Manus at Meta for four months), and so do a family's labs, listings and relations; `chain`
  puts them together, so that signal and command line cannot disagree. Kept as relations before, an owner's listing
  counted twice, and the question who owned whom had no answer for a day.
- The present owner stands in `parent`, because it is what most rows have; only former ones need a table.
- One pass finds every problem, because a `Row` notes what is wrong and goes on; raising at the first would make
  mending a file a guessing game.
- Written as one table per name, the files took twice as long to read; lists of certain names halved that and
  made them readable. A compiled copy was not made: it would be a second truth for 0.1 s.
- Of the shipped rows `load_lexicon` checks the shape only; expressions and references are checked by a test.
  A user's folder is checked in full when it is loaded.
- Consumer apps that are no AI product (TikTok, YouTube, Instagram) are left out or in never.toml: an article
  that names the app alone is not about the company.
"""

from labtape.lexicon.chain import Chain, chain
from labtape.lexicon.content import Content, unpacked
from labtape.lexicon.entries import Lexicon
from labtape.lexicon.loading import check, from_content, lexicon, load_lexicon, load_with_content

__all__ = [
    "Chain",
    "Content",
    "Lexicon",
    "chain",
    "check",
    "from_content",
    "lexicon",
    "load_lexicon",
    "load_with_content",
    "unpacked",
]
