"""Schema 4: what records are found by, so that a page of a list costs what it shows.

records.confidence, record_terms   from the text of each record
ix_records_order                   -> ix_records_listed, which has all that a list asks
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "4"
down_revision = "3"

# What the types of labtape.store.tables were when this schema was made; they may change, this may not.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
AT_ONCE = 500


def upgrade() -> None:
    op.add_column("records", sa.Column("confidence", sa.Double, nullable=False, server_default="0"))
    op.create_table(
        "record_terms",
        sa.Column("term", TEXT, primary_key=True),
        sa.Column("order_at", TIME, primary_key=True),
        sa.Column("article_id", TEXT, primary_key=True),
        sa.Column(
            "record",
            sa.Integer,
            sa.ForeignKey("records.seq", name="fk_record_terms_record"),
            primary_key=True,
            autoincrement=False,
        ),
        sqlite_with_rowid=False,
    )
    for rows in _some():
        _fill(rows)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("records", "confidence", server_default=None)
    op.create_index("ix_records_kept", "records", ["kept_at", "seq"])
    op.create_index(
        "ix_records_listed", "records", ["order_at", "article_id", "scored_at", "confidence", "kept_at"]
    )
    op.drop_index("ix_records_order", "records")


def _some() -> Iterator[list[Any]]:  # Any: rows
    """All records, some at a time, by number: the tables may be larger than memory."""
    asked = sa.text(
        "SELECT seq, order_at, article_id, body FROM records WHERE seq > :after ORDER BY seq LIMIT :limit"
    )
    last = 0
    while rows := list(op.get_bind().execute(asked, {"after": last, "limit": AT_ONCE})):
        last = rows[-1].seq
        yield rows


def _fill(rows: list[Any]) -> None:  # Any: as above
    from labtape.store.tables import escaped, unescaped
    from labtape.store.terms import (
        terms_of,
    )  # what it says today: the terms are made of the text, and may be made anew

    bind, confident, found = op.get_bind(), [], []
    for row in rows:
        body = json.loads(unescaped(row.body))
        confident.append({"seq": row.seq, "confidence": float(body["verdict"]["confidence"])})
        found += [
            {"term": escaped(term), "order_at": row.order_at, "article_id": row.article_id, "record": row.seq}
            for term in terms_of(body)
        ]
    bind.execute(sa.text("UPDATE records SET confidence = :confidence WHERE seq = :seq"), confident)
    bind.execute(sa.text("INSERT INTO record_terms VALUES (:term, :order_at, :article_id, :record)"), found)
