"""Bytes become entries and articles.

    feed bytes  ──read_feed──>  Entry  ──to_article──>  Article
    page bytes  ──read_page──>  Page ───────┘
    a file, a folder, a stream  ──read_articles──>  Article | Failure
    a list of feeds  ──read_opml / write_opml──>  Feed

The row of a document's life, one module each:

    charset    bytes -> clean text          feeds     RSS, RDF, Atom -> entries      pages     HTML page -> article text
    markup     HTML -> words                jsonfeed  JSON Feed -> entries           opml      lists of feeds
    dates      raw string -> moment         identity  which items are the same       articles  entry or row -> Article
                                                                                     files     files, folders, streams

Design notes
------------
**Hostile until read.** A document type declaration never reaches a parser: `feeds` starts the document at its first
element, so no entity is declared, expanded or fetched; a reference to one stays as it is written. feedparser only sees
`io.BytesIO` (given a string it would open files and addresses), without its sanitiser and its rewriting of links: HTML
is stored raw and cleaned when it is shown.

**Characters are settled before parsing** (`charset`), so every parser sees clean UTF-8 and one bad byte does not cost a
feed. **Dates are read by us** from the raw string (`dates`): feedparser's own reading takes a `2小时前` or a missing zone
for something. **Identity** (`identity`) follows guid, address, title and date; several entries under one guid or one
address are told apart in `feeds.distinct`.

**Future dates**: more than a day ahead of `now` the date is dropped (precision "none") and `first_seen_at` remains. It is
not replaced by `first_seen_at`: a reader could not tell that from a date the publisher gave.

**Tried, not chosen.** listparser for OPML: a flat tokenizer reads the same lists, also broken ones, in forty lines without
an XML parser. fastfeedparser: an order faster, but invents dates; it may come as a first try with feedparser as referee.
lxml for plain text: five times faster than the standard library's tokenizer, and recursive on deep nesting.
Rows of tables keep title and text to the letter, because offsets of the record point into them; only NUL and lone
surrogates, which no file or database takes, are replaced one by one.
"""

from __future__ import annotations

from labtape.read.aliases import is_similar, is_volatile
from labtape.read.articles import article_from_row, has_words, to_article
from labtape.read.dates import Dated, read_date
from labtape.read.documents import read_document
from labtape.read.feeds import read_feed
from labtape.read.files import Failure, read_articles, read_articles_stream
from labtape.read.fulltext import is_short, with_page
from labtape.read.identity import article_id, canonical_url
from labtape.read.markup import plain_text
from labtape.read.opml import read_opml, write_opml
from labtape.read.pages import Page, read_page

__all__ = [
    "Dated",
    "Failure",
    "Page",
    "article_from_row",
    "article_id",
    "canonical_url",
    "has_words",
    "is_short",
    "is_similar",
    "is_volatile",
    "plain_text",
    "read_articles",
    "read_articles_stream",
    "read_date",
    "read_document",
    "read_feed",
    "read_opml",
    "read_page",
    "to_article",
    "with_page",
    "write_opml",
]
