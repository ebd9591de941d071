"""Schema 1: feeds, polls, articles, sightings, records, stories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1"
down_revision = None

# What `AnyText` and `UtcTime` of labtape.store.tables were when this schema was made; they may change, this may not.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    _feeds_and_polls()
    _articles()
    _records()
    _stories()


def _feeds_and_polls() -> None:
    op.create_table(
        "feeds",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("title", TEXT),
        sa.Column("publisher", TEXT),
        sa.Column("language", TEXT),
        sa.Column("category", TEXT),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
    )
    op.create_table(
        "polls",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("feed_url", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("etag", TEXT),
        sa.Column("last_modified", TEXT),
        sa.Column("body_hash", TEXT),
        sa.Column("n_entries", sa.Integer, nullable=False),
        sa.Column("error", TEXT),
        sa.Column("error_kind", TEXT),
    )
    op.create_index("ix_polls_feed", "polls", ["feed_url", "at", "seq"])


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("article_id", TEXT, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("url", TEXT),
        sa.Column("canonical_url", TEXT),
        sa.Column("publisher", TEXT),
        sa.Column("language", TEXT),
        sa.Column("published_at", TIME),
        sa.Column("published_precision", TEXT, nullable=False),
        sa.Column("first_seen_at", TIME),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("order_at", TIME, nullable=False),
    )
    op.create_index("ix_articles_order", "articles", ["order_at", "article_id"])
    op.create_table(
        "sightings",
        sa.Column("article_id", TEXT, primary_key=True),
        sa.Column("feed_url", TEXT, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "revision"],
            ["articles.article_id", "articles.revision"],
            name="fk_sightings_article",
        ),
    )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("article_id", TEXT, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("scored_at", TIME, nullable=False),
        sa.Column("order_at", TIME, nullable=False),
        sa.Column("relevant", sa.Boolean, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("input_hash", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.UniqueConstraint("digest", name="uq_records_digest"),
    )
    op.create_index("ix_records_article", "records", ["article_id", "scored_at", "seq"])
    op.create_index("ix_records_revision", "records", ["article_id", "revision"])
    op.create_index("ix_records_order", "records", ["order_at", "article_id"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("body", TEXT, nullable=False),
    )
    op.create_index("ix_stories_story", "stories", ["story_id", "seq"])
    op.create_index("ix_stories_last", "stories", ["last_at"])
