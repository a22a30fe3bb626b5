"""mails: kinds, conversations, follow-ups"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from errors.tables import UtcDateTime, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNTOLD = sa.text("state = 'open' AND mailed_at IS NULL")
WAITING = sa.text("sent_at IS NULL")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("kind", Words(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("thread", Words(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("refused_at", UtcDateTime(), nullable=True))
    op.create_index(
        "outbox_waiting", "outbox", ["not_before"], unique=False, sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index("outbox_by_kind", "outbox", ["kind", "id"], unique=False)
    op.create_index(
        "errors_untold", "errors", ["state", "mailed_at"], unique=False, sqlite_where=UNTOLD, postgresql_where=UNTOLD
    )
    op.create_index("errors_told", "errors", ["mailed_at", "company"], unique=False)
    op.create_table(
        "followups",
        sa.Column("topic", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "name"),
    )
