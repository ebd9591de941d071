"""Schema 3: when records and stories were kept, and by which scoring; changes of feeds, retractions, knowledge and epochs.

records.kept_at  = scored_at                 records.run_at = not known
stories.saved_at = last_at, the time of the latest article
feeds            -> feed_changes: added at the first visit, else at the first visit to any feed, else in 1970
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3"
down_revision = "2"

# What the types of labtape.store.tables were when this schema was made; they may change, this may not.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
LONG_AGO = "1970-01-01T00:00:00.000000Z"


def upgrade() -> None:
    _times()
    _feed_changes()
    _retractions()
    _knowledge()


def _times() -> None:
    """SQLite adds no column without a value, so the default stands there first; PostgreSQL drops it again."""
    for table, column, known in (("records", "kept_at", "scored_at"), ("stories", "saved_at", "last_at")):
        op.add_column(table, sa.Column(column, TIME, nullable=False, server_default=LONG_AGO))
        op.execute(f"UPDATE {table} SET {column} = {known}")  # noqa: S608 (constants)
        if op.get_bind().dialect.name == "postgresql":
            op.alter_column(table, column, server_default=None)
    op.add_column("records", sa.Column("run_at", TIME))
    op.create_index("ix_records_run", "records", ["run_at", "seq"])


def _feed_changes() -> None:
    op.create_table(
        "feed_changes",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("change", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("title", TEXT),
        sa.Column("publisher", TEXT),
        sa.Column("language", TEXT),
        sa.Column("category", TEXT),
        sa.Column("pages", TEXT),
    )
    op.execute(
        "INSERT INTO feed_changes (at, change, url, title, publisher, language, category, pages) "
        "SELECT COALESCE(f.first_visit_at, (SELECT min(p.at) FROM fetches p), '1970-01-01T00:00:00.000000Z'), 'added', "
        "f.url, f.title, f.publisher, f.language, f.category, f.pages FROM feeds f ORDER BY f.seq"
    )


def _retractions() -> None:
    op.create_table(
        "retractions",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("article_id", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.UniqueConstraint("article_id", name="uq_retractions_article_id"),
    )


def _knowledge() -> None:
    op.create_table(
        "knowledge",
        sa.Column("kind", TEXT, primary_key=True),
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "epochs",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["kind", "digest"], ["knowledge.kind", "knowledge.digest"], name="fk_epochs_knowledge"
        ),
    )
