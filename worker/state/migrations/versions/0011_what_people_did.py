"""what people did besides ordering something for an error"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from errors.tables import UtcDateTime, Words

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject", Words(), server_default="", nullable=False),
        sa.Column("value", Words(), server_default="", nullable=False),
        sa.Column("company", sa.String(length=64), server_default="", nullable=False),
        sa.Column("why", Words(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("deeds_at", "deeds", ["at", "id"])
    op.create_index("actions_at", "actions", ["at", "id"])
