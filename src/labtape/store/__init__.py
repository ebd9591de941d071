"""What is kept: feeds and their state, hosts, every fetch, articles with every revision, records and stories.

    open_store("memory:")                          gone when closed; for tests and one-off runs
    open_store("sqlite:///tape.db")                one file, many processes
    open_store("postgresql+psycopg://user@host/tape")

All three pass the same contract (`tests/contracts/store.py`); which one is open makes no difference above
this room.

    feeds       what to poll, in the order added, each with its state: when next, asked with what, how it has been
    hosts       how slowly each is to be asked, and its robots.txt
    fetches     every visit to a feed or a page, and what came of it
    articles    one row each: identity, first seen, latest revision       revisions   their texts, never changed
    sightings   which feed showed which article, what it showed last, its place in the feed's last document
    article_keys  other names of an article
    records     append-only, with their JSON text                          stories     every version, append-only
    feed_changes  what was said of feeds when                              retractions   articles that were taken back
    record_terms  what a record is found by, in the order of lists
    outbox      what is to be sent where, and what became of it     marks        how far readers of records have come
    knowledge   lexicons, models, engines by digest                        epochs      from when on each was in use

    visits.py     which article an arrival is (pure)      revisions.py   whether it is new or changed (pure)
    opening.py    which store a URL stands for             reading.py     files that may only be read
    alone.py      who else crawls                          engine.py      connections, schema, what errors say
    terms.py      what a record is found by (pure)        sql_lists.py  pages of records
    history.py    what counted at a time (pure)           as_of.py       a store as it was at a time
    memory.py     dictionaries (memory_crawl.py,          sql.py         transactions over sql_feeds, sql_articles, sql_records,
                  memory_outbox.py)                                      sql_history, sql_outbox, sql_upkeep; rows.py writes many

Design notes.

*A visit is one transaction*: the poll, the feed's next state with its validators, and what it brought. A crawler that
dies at any moment has either all of a visit or nothing, and then asks with the old validators. Visits that
brought nothing go many to a transaction.

*What is new* is decided in two pure modules which both stores call. A text that comes again is a sighting. A feed is
compared with what that feed showed last (`sightings.shown`, a hash): two feeds that carry the same article with
different excerpts would otherwise make a new revision of it at every poll, for ever, and so would a feed beside the
page of its article. The excerpt of one more feed does not replace the text of a page; a changed excerpt of the same
feed does, and its page is to be fetched again.

*Who is who* is decided inside the transaction, as only there is it known what the others have just written. An article
that came under a new guid is found by a key; the new guid is remembered (`article_keys`, rank −1), so that it needs
no luck the next time. A key may name several articles; the one that shares most keys goes first. Tried and left: one
owner a key (entries of a feed that all link to its front page then take each other's place).

*The last document* is marked by position, not by time: a clock that jumps would otherwise empty or mix it.

*One writer at a time.* SQLite allows no more; on PostgreSQL an advisory lock gives the same, so that revision
numbers and "is it there already" need no second thoughts. Readers never wait. What is to be written is put
together before the lock is taken. A locked database is waited for, 30 s, and then named.

*Speed.* A visit with 33 articles costs about 3 ms of CPU, of which SQLite takes more than half (benchmarks/store.py). What did it:
tables that name an article by its number, so that only one index is in the order of ids, which are random, and dirties a page for
each article (a fifth less than bare SQLite took with ids everywhere); pages of 16 KB; plain rows handed to the driver, statements written
once, and one parameter for any number of ids. Tried and left, measured in SQLite alone: keys as 8-byte hashes (a third more: texts
of one site lie side by side, hashes everywhere), sightings and keys WITHOUT ROWID, pages of 8 and 32 KB, a checkpoint every 64 MB instead of 16
(all the same or slightly worse). Bare SQLite takes 0.36 s for 6,600 articles, 0.13 of it for their texts.

*The record is its JSON text*, beside a few columns to select and sort by. It is already a contract with a
schema; a table per finding would be a second one. Whoever wants columns exports a frame.

*Lists* go along one index by keyset and hand on the record's text as it lies there. Every filter that is a word (a lab, an event, a label, a
language, a word of the title) is a row of `record_terms`, in the order of the list; so the first page of a filter that fits one record in ten
thousand costs as much as any other. The price is some 30 rows a record.

*As it was* is a question of when a row was kept, not of when something happened: each row that is added says when, by the clock of
who added it, and a reader of a time leaves out what came later. Tried and left: the times of the database (a replay could not be
tested), and intervals of validity in each row (they would be written to later on, and nothing here is).

*The outbox* is the memory of alerts as well: cooldown asks it what a story was told of. Deciding is repeatable: an id is made
from what is sent, and what is decided again is there already. What is taken is due again after a while, so that a
process that dies with it loses nothing and two processes do not send it twice meanwhile. Records are read by their number
in the order of keeping, and the mark of how far is kept in the transaction of what was decided.

*Times* are `timestamptz` on PostgreSQL and UTC ISO text of fixed width on SQLite, which sorts as it should and
can be read in any SQLite shell. *Text* may be anything Python can hold: NUL, which PostgreSQL refuses, and lone
surrogates, which are no UTF-8, are escaped on both engines and come back as they were (`tables.py`).

*Migrations* are Alembic scripts in this package, run on opening when the database is behind, in the same
transaction that checks its version; a database made by a later labtape is refused. No Alembic environment
file is needed, and Alembic is imported only when there is something to do (opening is ten times faster).
"""

from __future__ import annotations

from labtape.store.alone import other_crawler
from labtape.store.as_of import AsOf
from labtape.store.opening import open_store

__all__ = ["AsOf", "open_store", "other_crawler"]
