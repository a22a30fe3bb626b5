"""ranges of numbers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from errors.tables import UtcDateTime, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_ranges",
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=100), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", Words(), nullable=False),
        sa.PrimaryKeyConstraint("company", "kind", "year"),
    )
    op.create_table(
        "drawn_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=300), nullable=False),
        sa.Column("reason", Words(), server_default="", nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("drawn_numbers_owner", "drawn_numbers", ["company", "kind", "owner", "state"])
    op.create_index("drawn_numbers_number", "drawn_numbers", ["company", "kind", "number"])
    op.create_index("drawn_numbers_counter", "drawn_numbers", ["company", "kind", "year", "counter"])
