"""people who sign in with a service of the firm"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from errors.tables import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    signs_in = sa.Column("signs_in", sa.String(length=16), server_default="password", nullable=False)
    op.add_column("users", signs_in)
    op.add_column("users", sa.Column("subject", sa.String(length=255), server_default="", nullable=False))
    op.create_table(
        "openid_starts",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.create_index("openid_starts_by_address", "openid_starts", ["address", "at"])
