"""Schema 2: the state of feeds, every fetch, hosts; articles apart from their revisions; sightings with what was shown; keys.

polls     -> fetches                     articles -> revisions, and one row an article
(last good poll of a feed) -> feeds      sightings: shown is the digest of the revision, position is not known
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2"
down_revision = "1"

# What the types of labtape.store.tables were when this schema was made; they may change, this may not.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    _feeds()
    _fetches()
    _articles()
    _sightings()
    _keys()
    _hosts()
    _states_from_polls()


def _feeds() -> None:
    times = ("due_at", "not_before", "gone_since", "moved_since", "first_visit_at", "last_visit_at",
             "last_success_at", "last_new_at", "last_error_at")  # fmt: skip
    texts = (
        "pages",
        "address",
        "etag",
        "last_modified",
        "body_hash",
        "moved_to",
        "last_error",
        "last_error_kind",
    )
    numbers = (
        "n_visits",
        "n_failures",
        "n_missing",
        "n_moved",
        "n_entries",
        "n_undated",
        "n_empty",
        "n_pages_wanted",
    )
    columns: list[sa.Column[Any]] = [  # Any: of several types
        sa.Column("status", TEXT, nullable=False, server_default="active"),
        *(sa.Column(name, TEXT) for name in texts),
        *(sa.Column(name, TIME) for name in times),
        *(_number(name, sa.Integer()) for name in numbers),
        _number("interval", sa.Double()),
        sa.Column("by_title", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("ttl", sa.Integer),
        sa.Column("skip_hours", sa.Text, nullable=False, server_default=""),
        sa.Column("skip_days", sa.Text, nullable=False, server_default=""),
    ]
    for column in columns:
        op.add_column("feeds", column)


def _fetches() -> None:
    op.drop_index("ix_polls_feed", "polls")
    op.rename_table("polls", "fetches")
    for column in (
        sa.Column("kind", TEXT, nullable=False, server_default="feed"),
        sa.Column("address", TEXT),
        sa.Column("http_status", sa.Integer),
        _number("n_bytes", sa.BigInteger()),
        _number("seconds", sa.Double()),
        _number("n_undated", sa.Integer()),
        _number("n_empty", sa.Integer()),
    ):
        op.add_column("fetches", column)
    op.create_index("ix_fetches_feed", "fetches", ["feed_url", "at", "seq"])


def _articles() -> None:
    """Copied, not renamed: what points to the old table would follow it, and its columns stay in their old order."""
    op.drop_index("ix_articles_order", "articles")
    op.rename_table("articles", "articles_1")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX articles_pkey RENAME TO articles_1_pkey")
    op.create_table(
        "articles",
        sa.Column("article", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("article_id", TEXT, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("order_at", TIME, nullable=False),
        sa.UniqueConstraint("article_id", name="uq_articles_article_id"),
    )
    op.execute(
        "INSERT INTO articles SELECT row_number() OVER (ORDER BY COALESCE(a.first_seen_at, a.order_at), a.article_id), "
        "a.article_id, a.revision, COALESCE(a.first_seen_at, a.order_at), a.order_at "
        "FROM articles_1 a WHERE NOT EXISTS (SELECT 1 FROM articles_1 later "
        "WHERE later.article_id = a.article_id AND later.revision > a.revision)"
    )
    op.create_index("ix_articles_order", "articles", ["order_at", "article_id"])
    op.create_table(
        "revisions",
        sa.Column("article", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kept_at", TIME, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("url", TEXT),
        sa.Column("canonical_url", TEXT),
        sa.Column("publisher", TEXT),
        sa.Column("language", TEXT),
        sa.Column("published_at", TIME),
        sa.Column("published_precision", TEXT, nullable=False),
        sa.Column("flags", sa.Text, nullable=False, server_default=""),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.article"], name="fk_revisions_article"),
    )
    op.execute(
        "INSERT INTO revisions SELECT a.article, o.revision, COALESCE(o.first_seen_at, o.order_at), o.title, o.text, "
        "o.url, o.canonical_url, o.publisher, o.language, o.published_at, o.published_precision, '', o.content_hash "
        "FROM articles_1 o JOIN articles a ON a.article_id = o.article_id ORDER BY a.article, o.revision"
    )


def _sightings() -> None:
    op.rename_table("sightings", "sightings_1")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX sightings_pkey RENAME TO sightings_1_pkey")
    op.create_table(
        "sightings",
        sa.Column("feed_url", TEXT, primary_key=True),
        sa.Column("article", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("shown", TEXT, nullable=False),
        sa.Column("position", sa.Integer),
        sa.ForeignKeyConstraint(
            ["article", "revision"],
            ["revisions.article", "revisions.revision"],
            name="fk_sightings_revision",
        ),
    )
    op.execute(
        "INSERT INTO sightings SELECT s.feed_url, a.article, s.revision, s.first_at, s.last_at, r.content_hash, NULL "
        "FROM sightings_1 s JOIN articles a ON a.article_id = s.article_id "
        "JOIN revisions r ON r.article = a.article AND r.revision = s.revision"
    )
    op.drop_table("sightings_1")
    op.drop_table("articles_1")
    op.create_index("ix_sightings_article", "sightings", ["article"])
    listed = sa.text("position IS NOT NULL")
    op.create_index(
        "ix_sightings_listed",
        "sightings",
        ["feed_url", "position"],
        sqlite_where=listed,
        postgresql_where=listed,
    )


def _keys() -> None:
    op.create_table(
        "article_keys",
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("article", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.article"], name="fk_article_keys_article"),
    )
    op.create_index("ix_article_keys_article", "article_keys", ["article"])


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", TEXT, primary_key=True),
        sa.Column("delay", sa.Double, nullable=False),
        sa.Column("last_at", TIME),
        sa.Column("robots", TEXT),
        sa.Column("robots_at", TIME),
        sa.Column("robots_status", sa.Integer),
    )


def _states_from_polls() -> None:
    """A feed goes on with the validators of its last good poll; when it is due is left open: at once."""
    good = "p.status IN ('new', 'unchanged')"
    last = (
        "SELECT {} FROM fetches p WHERE p.feed_url = feeds.url AND {} ORDER BY p.at DESC, p.seq DESC LIMIT 1"
    )
    values = {
        "n_visits": "SELECT count(*) FROM fetches p WHERE p.feed_url = feeds.url",
        "first_visit_at": "SELECT min(p.at) FROM fetches p WHERE p.feed_url = feeds.url",
        "last_visit_at": "SELECT max(p.at) FROM fetches p WHERE p.feed_url = feeds.url",
        **{name: last.format(f"p.{name}", good) for name in ("etag", "last_modified", "body_hash")},
        "last_success_at": last.format("p.at", good),
        "last_new_at": last.format("p.at", "p.status = 'new'"),
        "last_error": last.format("p.error", "p.status = 'failed'"),
        "last_error_kind": last.format("p.error_kind", "p.status = 'failed'"),
        "last_error_at": last.format("p.at", "p.status = 'failed'"),
    }
    n_entries = last.format("p.n_entries", "p.status = 'new'")
    assigned = [f"{name} = ({query})" for name, query in values.items()]
    op.execute(f"UPDATE feeds SET {', '.join(assigned)}, n_entries = COALESCE(({n_entries}), 0)")  # noqa: S608 (constants)


def _number(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default="0")
