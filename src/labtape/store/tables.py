"""The tables, and how our text and times lie in them.

`migrations/versions` makes them; a test compares the two.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

# A character of the private use area that no font shows and no news writes; it escapes itself as well.
_ESCAPE = "\ue000"
_ESCAPE_BEGINS = _ESCAPE.encode()[:1]  # as does the private use area up to U+EFFF, and nothing else
_ESCAPED = re.compile(f"[\0\ud800-\udfff{_ESCAPE}]")
_UNESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")


def escaped(text: str) -> str:
    r"""Text that both engines can hold: NUL and lone surrogates written as U+E000 and four hex digits.

    >>> escaped("a\0b").encode("unicode_escape")
    b'a\\ue0000000b'
    """
    if is_plain(text):
        return text
    return _ESCAPED.sub(lambda match: f"{_ESCAPE}{ord(match[0]):04x}", text)


def is_plain(text: str) -> bool:
    """Whether there is surely nothing to escape in it: of nearly all that is kept, in a tenth of the pattern's time.

    Lone surrogates, and only these, are no UTF-8; and single bytes are found in it at once.
    """
    if text.isascii():
        return "\0" not in text
    try:
        kept = text.encode()
    except UnicodeEncodeError:
        return False
    return _ESCAPE_BEGINS not in kept and b"\0" not in kept


def unescaped(text: str) -> str:
    r"""The text that was escaped.

    >>> unescaped(escaped("a\0b\ud800\ue000")) == "a\0b\ud800\ue000"
    True
    """
    return _UNESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if _ESCAPE in text else text


@lru_cache(maxsize=1024)  # the time of a visit stands in every row it makes
def timestamp(at: datetime, dialect: str) -> datetime | str:
    """An aware time as it is kept: in UTC, and where the database has no such type as text of fixed width.

    >>> timestamp(datetime(2026, 6, 3, 12, tzinfo=UTC), "sqlite")
    '2026-06-03T12:00:00.000000Z'
    """
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise ValueError(f"a time without zone: {at}")
        at = at.astimezone(UTC)
    return at if dialect == "postgresql" else f"{at.isoformat(timespec='microseconds')[:26]}Z"


def time_of(stored: datetime | str) -> datetime:
    """The time that was kept as `timestamp` has it."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def words_of(stored: str | None) -> tuple[str, ...]:
    """The names that were kept as `one,two`."""
    return tuple(unescaped(stored).split(",")) if stored else ()


class AnyText(TypeDecorator[str]):
    """Any Python string. On PostgreSQL it sorts by code point whatever the server's language is, as elsewhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:  # Any: as SQLAlchemy has it
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else escaped(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unescaped(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, in UTC: `timestamptz`, or ISO text of fixed width, which sorts by time."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:  # Any: as SQLAlchemy has it
        kind = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(27)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # Any: by dialect
        return None if value is None else timestamp(value, dialect.name)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # Any: by dialect
        return None if value is None else time_of(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """Names without commas, as `one,two`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else escaped(",".join(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return words_of(value)


class Numbers(TypeDecorator[tuple[int, ...]]):
    """Whole numbers, as `1,2`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else ",".join(map(str, value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...]:
        return tuple(map(int, value.split(","))) if value else ()


metadata = MetaData()

# What is said of a feed, then its state between two visits: the fields of Feed and of FeedState, in their order.
feeds = Table(
    "feeds",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("url", AnyText, nullable=False),
    Column("title", AnyText),
    Column("publisher", AnyText),
    Column("language", AnyText),
    Column("category", AnyText),
    Column("pages", AnyText),
    Column("status", AnyText, nullable=False, server_default="active"),
    Column("address", AnyText),
    Column("due_at", UtcTime),
    Column("not_before", UtcTime),
    Column("interval", Double, nullable=False, server_default="0"),
    Column("etag", AnyText),
    Column("last_modified", AnyText),
    Column("body_hash", AnyText),
    Column("n_visits", Integer, nullable=False, server_default="0"),
    Column("n_failures", Integer, nullable=False, server_default="0"),
    Column("n_missing", Integer, nullable=False, server_default="0"),
    Column("gone_since", UtcTime),
    Column("moved_to", AnyText),
    Column("moved_since", UtcTime),
    Column("n_moved", Integer, nullable=False, server_default="0"),
    Column("first_visit_at", UtcTime),
    Column("last_visit_at", UtcTime),
    Column("last_success_at", UtcTime),
    Column("last_new_at", UtcTime),
    Column("last_error", AnyText),
    Column("last_error_kind", AnyText),
    Column("last_error_at", UtcTime),
    Column("n_entries", Integer, nullable=False, server_default="0"),
    Column("n_undated", Integer, nullable=False, server_default="0"),
    Column("n_empty", Integer, nullable=False, server_default="0"),
    Column("by_title", Boolean, nullable=False, server_default=false()),
    Column("n_pages_wanted", Integer, nullable=False, server_default="0"),
    Column("ttl", Integer),
    Column("skip_hours", Numbers, nullable=False, server_default=""),
    Column("skip_days", Numbers, nullable=False, server_default=""),
    UniqueConstraint("url", name="uq_feeds_url"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", AnyText, primary_key=True),
    Column("delay", Double, nullable=False),
    Column("last_at", UtcTime),
    Column("robots", AnyText),
    Column("robots_at", UtcTime),
    Column("robots_status", Integer),
)

# Every attempt: the fields of Poll, in their order.
fetches = Table(
    "fetches",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("feed_url", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("status", AnyText, nullable=False),
    Column("etag", AnyText),
    Column("last_modified", AnyText),
    Column("body_hash", AnyText),
    Column("n_entries", Integer, nullable=False),
    Column("error", AnyText),
    Column("error_kind", AnyText),
    Column("kind", AnyText, nullable=False, server_default="feed"),
    Column("address", AnyText),
    Column("http_status", Integer),
    Column("n_bytes", BigInteger, nullable=False, server_default="0"),
    Column("seconds", Double, nullable=False, server_default="0"),
    Column("n_undated", Integer, nullable=False, server_default="0"),
    Column("n_empty", Integer, nullable=False, server_default="0"),
    Index("ix_fetches_feed", "feed_url", "at", "seq"),
)

# One row an article: its identity, and which revision is the latest. The other tables name it by its number: numbers grow,
# so what is new goes to the end of their indexes; ids, being random, would touch a page each in every index.
articles = Table(
    "articles",
    metadata,
    Column("article", Integer, primary_key=True, autoincrement=False),
    Column("article_id", AnyText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("order_at", UtcTime, nullable=False),
    UniqueConstraint("article_id", name="uq_articles_article_id"),
    Index("ix_articles_order", "order_at", "article_id"),
)

revisions = Table(
    "revisions",
    metadata,
    Column(
        "article",
        Integer,
        ForeignKey("articles.article", name="fk_revisions_article"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("kept_at", UtcTime, nullable=False),
    Column("title", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("url", AnyText),
    Column("canonical_url", AnyText),
    Column("publisher", AnyText),
    Column("language", AnyText),
    Column("published_at", UtcTime),
    Column("published_precision", AnyText, nullable=False),
    Column("flags", Words, nullable=False, server_default=""),
    Column("content_hash", AnyText, nullable=False),
)

# Which feed showed which article: what it showed last (a content hash), and where in its last document, if there.
sightings = Table(
    "sightings",
    metadata,
    Column("feed_url", AnyText, primary_key=True),
    Column("article", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("shown", AnyText, nullable=False),
    Column("position", Integer),
    ForeignKeyConstraint(
        ["article", "revision"],
        ["revisions.article", "revisions.revision"],
        name="fk_sightings_revision",
    ),
    Index("ix_sightings_article", "article"),
)
_listed = sightings.c.position.is_not(None)
Index(
    "ix_sightings_listed",
    sightings.c.feed_url,
    sightings.c.position,
    sqlite_where=_listed,
    postgresql_where=_listed,
)

# The other names of an article. Rank 0 is the strongest; below 0 stand ids under which it came later on.
article_keys = Table(
    "article_keys",
    metadata,
    Column("key", AnyText, primary_key=True),
    Column(
        "article",
        Integer,
        ForeignKey("articles.article", name="fk_article_keys_article"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("rank", Integer, nullable=False),
    Index("ix_article_keys_article", "article"),
)

records = Table(
    "records",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("article_id", AnyText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("scored_at", UtcTime, nullable=False),
    Column("order_at", UtcTime, nullable=False),
    Column("relevant", Boolean, nullable=False),
    Column("label", AnyText, nullable=False),
    Column("input_hash", AnyText, nullable=False),
    Column("digest", AnyText, nullable=False),
    Column("body", AnyText, nullable=False),
    Column("kept_at", UtcTime, nullable=False),
    Column("run_at", UtcTime),
    Column("confidence", Double, nullable=False),
    UniqueConstraint("digest", name="uq_records_digest"),
    Index("ix_records_article", "article_id", "scored_at", "seq"),
    Index("ix_records_run", "run_at", "seq"),
    Index("ix_records_revision", "article_id", "revision"),
    Index("ix_records_kept", "kept_at", "seq"),
    # All that a list asks of a record, so that no body is touched on the way to the ones it shows.
    Index("ix_records_listed", "order_at", "article_id", "scored_at", "confidence", "kept_at"),
)

# What a record is found by (`terms.py`), in the order of a list: so each page is one range of the key.
record_terms = Table(
    "record_terms",
    metadata,
    Column("term", AnyText, primary_key=True),
    Column("order_at", UtcTime, primary_key=True),
    Column("article_id", AnyText, primary_key=True),
    Column(
        "record",
        Integer,
        ForeignKey("records.seq", name="fk_record_terms_record"),
        primary_key=True,
        autoincrement=False,
    ),
    sqlite_with_rowid=False,
)

stories = Table(
    "stories",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("story_id", AnyText, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("body", AnyText, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    Index("ix_stories_story", "story_id", "seq"),
    Index("ix_stories_last", "last_at"),
)

# What was said of a feed when: its details, and whether it was added, changed or removed. Never changed.
feed_changes = Table(
    "feed_changes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("change", AnyText, nullable=False),
    Column("url", AnyText, nullable=False),
    *(Column(name, AnyText) for name in ("title", "publisher", "language", "category", "pages")),
)

# By the article's id, not its number: what is retracted stays so when the article is forgotten and comes back.
retractions = Table(
    "retractions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("article_id", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("why", AnyText, nullable=False),
    UniqueConstraint("article_id", name="uq_retractions_article_id"),
)

knowledge = Table(
    "knowledge",
    metadata,
    Column("kind", AnyText, primary_key=True),
    Column("digest", AnyText, primary_key=True),
    Column("name", AnyText, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

epochs = Table(
    "epochs",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", AnyText, nullable=False),
    Column("digest", AnyText, nullable=False),
    ForeignKeyConstraint(
        ["kind", "digest"], ["knowledge.kind", "knowledge.digest"], name="fk_epochs_knowledge"
    ),
)

# What is to be sent where, and what became of it: the fields of Delivery, in their order.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", AnyText, nullable=False),
    Column("batch", AnyText, nullable=False),
    Column("channel", AnyText, nullable=False),
    Column("kind", AnyText, nullable=False),
    Column("subject", AnyText, nullable=False),
    Column("body", AnyText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("rule", AnyText, nullable=False),
    Column("story_id", AnyText, nullable=False),
    Column("label", AnyText, nullable=False),
    Column("status", AnyText, nullable=False),
    Column("n_tries", Integer, nullable=False),
    Column("tried_at", UtcTime),
    Column("error", AnyText),
    UniqueConstraint("id", name="uq_outbox_id"),
    Index("ix_outbox_due", "status", "due_at"),
    Index("ix_outbox_story", "story_id"),
)

# How far those have come who read in order: the number of the record that was considered last, or a time.
marks = Table(
    "marks",
    metadata,
    Column("name", AnyText, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
