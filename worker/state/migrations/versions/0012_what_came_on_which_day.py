"""what was posted and what failed on which day is found without reading all of it"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("runs_finished", "runs", ["finished_at"])
    op.create_index("errors_first", "errors", ["first_at"])
