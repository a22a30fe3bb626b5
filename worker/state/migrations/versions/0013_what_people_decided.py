"""what people decided about a record or a word, and whose documents are whose"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from errors.tables import UtcDateTime, Words

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("matter", sa.String(length=16), nullable=False),
        sa.Column("realm_id", sa.String(length=32), server_default="", nullable=False),
        sa.Column("value", Words(), server_default="", nullable=False),
        sa.Column("instead_of", Words(), server_default="", nullable=False),
        sa.Column("error_id", sa.Integer(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("why", Words(), server_default="", nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("company", "about", "key", "matter"),
    )
    op.create_index("items_customer", "items", ["company", "customer_id"])
