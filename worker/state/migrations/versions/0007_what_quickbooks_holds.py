"""what QuickBooks holds, and how many calls were made"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from errors.tables import UtcDateTime, Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quickbooks_objects",
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("realm_id", sa.String(length=32), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("target_id", sa.String(length=64), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=True),
        sa.Column("updated", UtcDateTime(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("company", "realm_id", "entity", "target_id"),
    )
    op.create_table(
        "quickbooks_keys",
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("realm_id", sa.String(length=32), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("value", Words(), nullable=False),
        sa.Column("target_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("company", "realm_id", "entity", "field", "value", "target_id"),
    )
    with op.batch_alter_table("quickbooks_keys", schema=None) as batch_op:
        batch_op.create_index(
            "quickbooks_keys_of_an_object", ["company", "realm_id", "entity", "target_id"], unique=False
        )
    op.create_table(
        "quickbooks_freshness",
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("realm_id", sa.String(length=32), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("complete_at", UtcDateTime(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("queried_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("company", "realm_id", "entity"),
    )
    op.create_table(
        "quickbooks_calls",
        sa.Column("company", sa.String(length=64), nullable=False),
        sa.Column("realm_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("company", "realm_id", "month", "kind"),
    )
