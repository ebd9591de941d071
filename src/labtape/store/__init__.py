"""What is kept: feeds, polls, articles with every revision, records and stories.

    open_store("memory:")                          gone when closed; for tests and one-off runs
    open_store("sqlite:///tape.db")                one file, many processes
    open_store("postgresql+psycopg://user@host/tape")

All three pass the same contract (`tests/contracts/store.py`); which one is open makes no difference above
this room.

    feeds      what to poll, in the order added
    polls      every visit, with the validators the next one asks with
    articles   every revision, never changed        sightings  which feed showed which revision, first and last
    records    append-only, with their JSON text    stories    every version, append-only

Design notes.

*What is new* is decided in one pure function (`revisions.py`) which both stores call. A text that comes again
is a sighting. A feed is compared with what that feed showed last: two feeds that carry the same article with
different excerpts would otherwise make a new revision of it at every poll, for ever.

*One writer at a time.* SQLite allows no more; on PostgreSQL an advisory lock gives the same, so that revision
numbers and "is it there already" need no second thoughts. Readers never wait. What is to be written is put
together before the lock is taken.

*The record is its JSON text*, beside a few columns to select and sort by. It is already a contract with a
schema; a table per finding would be a second one. Whoever wants columns exports a frame.

*Times* are `timestamptz` on PostgreSQL and UTC ISO text of fixed width on SQLite, which sorts as it should and
can be read in any SQLite shell. *Text* may be anything Python can hold: NUL, which PostgreSQL refuses, and lone
surrogates, which are no UTF-8, are escaped on both engines and come back as they were (`tables.py`).

*Migrations* are Alembic scripts in this package, run on opening when the database is behind, in the same
transaction that checks its version; a database made by a later labtape is refused. No Alembic environment
file is needed, and Alembic is imported only when there is something to do (opening is ten times faster).
"""

from __future__ import annotations

from labtape.store.opening import open_store

__all__ = ["open_store"]
