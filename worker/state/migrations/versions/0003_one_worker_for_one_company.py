"""one worker for one company"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from errors.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("company"),
    )
