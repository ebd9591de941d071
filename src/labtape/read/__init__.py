"""Bytes become entries and articles.

    feed bytes  ──read_feed──>  Entry  ──to_article──>  Article
    page bytes  ──read_page──>  Page ───────┘
    a file, a folder, a stream  ──read_articles──>  Article | Failure
    a list of feeds  ──read_opml / write_opml──>  Feed

    the same for the crawler: feed bytes  ──read_document──>  Document (articles, their other names, when to come back)

The row of a document's life, one module each:

    charset    bytes -> clean text          sniff     what is it, where does it start    pages     HTML page -> article text
    markup     HTML -> words                elements  RSS, RDF, Atom -> what they say    fulltext  a page's text for an article
    dates      raw string -> moment         mend      broken XML put right               opml      lists of feeds
    identity   which items are the same     referee   which reading is believed          articles  entry or row -> Article
    aliases    ids change: what remains     jsonfeed  JSON Feed -> entries               files     files, folders, streams
    documents  feed -> Document             feeds     what they say -> entries           sandbox   all this in a worker process
    trees      an XML tree's names, texts  plain     bytes of a feed that needs no mending
    packed     gzip, Zstandard -> bytes    warc      a web archive -> articles          found     what could not be read

Design notes
------------
**Hostile until read.** A document type declaration never reaches a parser: `sniff.without_prolog` starts the document at
its first element, so no entity is declared, expanded or fetched; a reference to one stays as it is written. libxml2 reads
from memory, with entities, DTDs and network off. feedparser only sees `io.BytesIO` (given a string it would open files and
addresses), without its sanitiser and its rewriting of links: HTML is stored raw and cleaned when it is shown.

**One reading, and a referee** (`elements`, `mend`, `referee`). A well-formed feed is read from its elements, by
feedparser's rules, in a tenth of its time. A broken one is mended where it can only mean one thing, and read again. What
is still broken, or lacks ids, titles or dates that the document seems to have, goes to feedparser as well, and the reading
with more entries counts; a giant is not shown to it (a millisecond for each entry).

fastfeedparser was to be the first reader, and was measured and left out. It is quicker (0.2 against 0.5 CPU s for 46 MB),
but gives no raw dates (it reads them itself: today for a guid `2026`, UTC for a missing zone, the seventh of June for
`06/07/2026`), puts the link in the place of an id that is missing and a piece of the content in the place of a summary,
does not say whether a title is text or HTML, loses one in XHTML, and takes a `media:title` or `itunes:title` for the title if it
comes first. Each can be found out only by reading the XML once more: and that second reading is `elements`. Its answers
are compared with feedparser's on every feed of ../shared (tests/read/test_read_referee.py); seven of 2,138 documents
differ, each for a reason written there.

**Characters are settled before parsing** (`charset`), so every parser sees clean UTF-8 and one bad byte does not cost a
feed. **Dates are read by us** from the raw string (`dates`): feedparser's own reading takes a `2小时前` or a missing zone
for something. **Identity** (`identity`) follows guid, address, title and date; several entries under one guid or one
address are told apart in `feeds.distinct`.

**Future dates**: what has not come yet (ten minutes for a clock that is fast; fourteen hours for a day without an hour,
which has begun somewhere) is dropped, flagged `future_date`, and `first_seen_at` remains. It is not replaced by
`first_seen_at`: a reader could not tell that from a date the publisher gave. Once it has come, the next visit has the date.

**Words by cutting** (`markup`), three ways, each leaving what it is not sure of to the next. Ordinary HTML is cut at every
`<` and `>` and each tag looked up by what is written in it, without a pattern. Scripts, `<pre>` and odd characters take a
pattern in which every attempt ends at the next `<`, so no input makes it slow; what looks like a tag and does not fit goes to
the standard library's tokenizer. All give the same words on 3,668 texts of ../shared; the tokenizer alone takes fifteen times
as long as the first. A parser in C (selectolax, lexbor) was measured and left
out: it takes two thirds of the time of the cutting, before any line is made of a block.

**Ten thousand entries** of one document are read, and the rest counted (`Document.n_left_out`): a feed of 100,000 small
items costs a seventh of its time, and none that is published for readers has as many.

**Tried, not chosen.** listparser for OPML: a flat tokenizer reads the same lists, also broken ones, in forty lines without
an XML parser. A loose date parser behind the strict list: it would add one date in 2,501, and that one is cut off.
lxml for plain text: recursive on deep nesting.
Rows of tables keep title and text to the letter, because offsets of the record point into them; only NUL and lone
surrogates, which no file or database takes, are replaced one by one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtape.read.aliases import is_similar, is_volatile
    from labtape.read.articles import article_from_row, has_words, to_article
    from labtape.read.dates import Dated, read_date
    from labtape.read.documents import read_document
    from labtape.read.feeds import read_feed
    from labtape.read.files import read_articles, read_articles_stream, readable_files
    from labtape.read.found import Failure
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
    "readable_files",
    "to_article",
    "with_page",
    "write_opml",
]

# A crawler that only hands bytes to its workers imports next to nothing; each name comes from its module when it is asked for.
_HOMES = {
    "is_similar": "labtape.read.aliases",
    "is_volatile": "labtape.read.aliases",
    "article_from_row": "labtape.read.articles",
    "has_words": "labtape.read.articles",
    "to_article": "labtape.read.articles",
    "Dated": "labtape.read.dates",
    "read_date": "labtape.read.dates",
    "read_document": "labtape.read.documents",
    "read_feed": "labtape.read.feeds",
    "Failure": "labtape.read.found",
    "read_articles": "labtape.read.files",
    "read_articles_stream": "labtape.read.files",
    "readable_files": "labtape.read.files",
    "is_short": "labtape.read.fulltext",
    "with_page": "labtape.read.fulltext",
    "article_id": "labtape.read.identity",
    "canonical_url": "labtape.read.identity",
    "plain_text": "labtape.read.markup",
    "read_opml": "labtape.read.opml",
    "write_opml": "labtape.read.opml",
    "Page": "labtape.read.pages",
    "read_page": "labtape.read.pages",
}


def __getattr__(name: str) -> object:
    """Import a public name's module when the name is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
