"""Schema 5: the outbox of digests and alerts, and marks: how far those have come who read records in the order of keeping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5"
down_revision = "4"

# What the types of labtape.store.tables were when this schema was made; they may change, this may not.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("n_tries", sa.Integer, nullable=False),
        sa.Column("tried_at", TIME),
        sa.Column("error", TEXT),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
    )
    op.create_index("ix_outbox_due", "outbox", ["status", "due_at"])
    op.create_index("ix_outbox_story", "outbox", ["story_id"])
    op.create_table(
        "marks",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
