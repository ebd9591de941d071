"""The tables, and how our text and times lie in them.

`migrations/versions` makes them; a test compares the two.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

# A character of the private use area that no font shows and no news writes; it escapes itself as well.
_ESCAPE = "\ue000"
_ESCAPED = re.compile(f"[\0\ud800-\udfff{_ESCAPE}]")
_UNESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")


def escaped(text: str) -> str:
    r"""Text that both engines can hold: NUL and lone surrogates written as U+E000 and four hex digits.

    >>> escaped("a\0b").encode("unicode_escape")
    b'a\\ue0000000b'
    """
    return _ESCAPED.sub(lambda match: f"{_ESCAPE}{ord(match[0]):04x}", text)


def unescaped(text: str) -> str:
    r"""The text that was escaped.

    >>> unescaped(escaped("a\0b\ud800\ue000")) == "a\0b\ud800\ue000"
    True
    """
    return _UNESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


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
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value}")
        at = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return at
        return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # Any: by dialect
        if value is None:
            return None
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        return at.astimezone(UTC)


metadata = MetaData()

feeds = Table(
    "feeds",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("url", AnyText, nullable=False),
    Column("title", AnyText),
    Column("publisher", AnyText),
    Column("language", AnyText),
    Column("category", AnyText),
    UniqueConstraint("url", name="uq_feeds_url"),
)

polls = Table(
    "polls",
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
    Index("ix_polls_feed", "feed_url", "at", "seq"),
)

articles = Table(
    "articles",
    metadata,
    Column("article_id", AnyText, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("title", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("url", AnyText),
    Column("canonical_url", AnyText),
    Column("publisher", AnyText),
    Column("language", AnyText),
    Column("published_at", UtcTime),
    Column("published_precision", AnyText, nullable=False),
    Column("first_seen_at", UtcTime),
    Column("content_hash", AnyText, nullable=False),
    Column("order_at", UtcTime, nullable=False),
    Index("ix_articles_order", "order_at", "article_id"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("article_id", AnyText, primary_key=True),
    Column("feed_url", AnyText, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["article_id", "revision"], ["articles.article_id", "articles.revision"], name="fk_sightings_article"
    ),
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
    UniqueConstraint("digest", name="uq_records_digest"),
    Index("ix_records_article", "article_id", "scored_at", "seq"),
    Index("ix_records_revision", "article_id", "revision"),
    Index("ix_records_order", "order_at", "article_id"),
)

stories = Table(
    "stories",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("story_id", AnyText, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("body", AnyText, nullable=False),
    Index("ix_stories_story", "story_id", "seq"),
    Index("ix_stories_last", "last_at"),
)
